"""Gets feeds and sitemaps; one that has not changed is not sent again, and lists what it listed before."""

from dataclasses import replace

from ingest.fetch.answers import Page
from ingest.fetch.client import Client
from ingest.fetch.listings import breaks_off
from rag.catalog import Catalog, KeptList


def get_list(client: Client, catalog: Catalog, source: str, address: str, max_bytes: int) -> Page:
    """The feed or sitemap at an address, which the catalog knows as `source`; always with its body.

    The bytes are kept rather than the list that was made of them: entries that failed before are tried again, and
    filters of this run, which may be others, apply. Raises SourceError.
    """
    kept = catalog.kept_list(source)
    asked = {"If-None-Match": kept and kept.etag, "If-Modified-Since": kept and kept.last_modified}
    conditions = {name: value for name, value in asked.items() if value}
    page = client.get(address, max_bytes=max_bytes, conditions=conditions)
    if page.body is None:
        assert kept is not None
        return replace(page, address=kept.address, body=kept.body)
    if catalog.writable:  # a dry run only looks
        if (page.etag or page.last_modified) and not breaks_off(page.body):
            catalog.keep_list(KeptList(source, page.address, page.etag, page.last_modified, page.body))
        elif kept:
            catalog.drop_list(source)
    return page
