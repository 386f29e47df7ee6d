"""Articles from the web: single addresses, feeds and sitemaps, fetched safely and politely."""

from ingest.fetch.addresses import Rules
from ingest.fetch.ahead import WebItem
from ingest.fetch.client import Client
from ingest.fetch.kept_client import KeptClient
from ingest.fetch.listings import Listing
from ingest.fetch.remote import Feed, Remote, Sitemap
from ingest.fetch.web import Web

__all__ = ["Client", "Feed", "KeptClient", "Listing", "Remote", "Rules", "Sitemap", "Web", "WebItem"]
