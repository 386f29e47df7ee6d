"""The tables of a catalog, and how one of an older version gets them."""

SCHEMA_VERSION = 10
APPLICATION_ID = 0x444F5353  # "DOSS", so that another program's database is told apart

SCHEMA = """
CREATE TABLE stamp (name TEXT NOT NULL, dimension INTEGER NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE changes (last INTEGER NOT NULL);
INSERT INTO changes VALUES (0);
CREATE TABLE articles (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, text_sha256 TEXT NOT NULL,
    author TEXT, site TEXT, url TEXT, published TEXT, published_by TEXT, updated TEXT, date_source TEXT, language TEXT,
    companies TEXT NOT NULL, flags TEXT NOT NULL, origin_id TEXT NOT NULL, signature BLOB NOT NULL,
    change INTEGER NOT NULL,
    people TEXT NOT NULL DEFAULT '[]', models TEXT NOT NULL DEFAULT '[]', products TEXT NOT NULL DEFAULT '[]',
    notes TEXT NOT NULL DEFAULT '[]', boilerplate_share REAL, stated_companies TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX articles_by_change ON articles (change);
CREATE INDEX articles_by_text ON articles (text_sha256);
CREATE TABLE article_companies (
    company TEXT NOT NULL, article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
    PRIMARY KEY (company, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX companies_by_article ON article_companies (article_id);
CREATE TABLE chunks (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE, position INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, heading TEXT NOT NULL,
    embedded_sha256 BLOB NOT NULL, embedding BLOB NOT NULL, header TEXT NOT NULL DEFAULT '', sentences BLOB
) STRICT;
CREATE INDEX chunks_by_article ON chunks (article_id);
CREATE INDEX chunks_by_embedded ON chunks (embedded_sha256);
CREATE TABLE removed (article_id TEXT PRIMARY KEY, change INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX removed_by_change ON removed (change);
CREATE TABLE ledger (
    location TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, article_id TEXT, error TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_by_article ON ledger (article_id);
CREATE TABLE fetched (
    location TEXT PRIMARY KEY, etag TEXT, last_modified TEXT, digest TEXT NOT NULL, version TEXT, checked REAL NOT NULL,
    told TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE jobs (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, media_type TEXT NOT NULL, body BLOB, status TEXT NOT NULL,
    article_id TEXT, error TEXT, number INTEGER NOT NULL, attempts INTEGER NOT NULL, address TEXT
) STRICT;
"""

_ADDED_IN_2 = """
CREATE TABLE addresses (
    address TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_by_article ON addresses (article_id);
CREATE TABLE listed (
    source TEXT NOT NULL, location TEXT NOT NULL, PRIMARY KEY (source, location)
) STRICT, WITHOUT ROWID;
CREATE INDEX listed_by_location ON listed (location);
CREATE TABLE raw (
    location TEXT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, body BLOB NOT NULL, address TEXT,
    fetched REAL NOT NULL, headers TEXT NOT NULL, told TEXT NOT NULL
) STRICT;
"""
_ADDED_IN_3 = """
CREATE TABLE fingerprints (
    fingerprint INTEGER NOT NULL, article_id TEXT NOT NULL, PRIMARY KEY (fingerprint, article_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE repeats (
    chunk_id TEXT NOT NULL REFERENCES chunks ON DELETE CASCADE,
    article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE, PRIMARY KEY (chunk_id, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX repeats_by_article ON repeats (article_id);
CREATE INDEX articles_unrelated ON articles (id) WHERE length(signature) = 1;
CREATE INDEX articles_by_origin ON articles (origin_id);
"""
_ADDED_IN_4 = """
CREATE TABLE lineages (first INTEGER PRIMARY KEY, token TEXT NOT NULL) STRICT;
"""
_ADDED_IN_5 = """
CREATE TABLE tagged (digest TEXT NOT NULL) STRICT;
"""
_ADDED_IN_6 = """
CREATE TABLE lists (
    source TEXT PRIMARY KEY, address TEXT NOT NULL, etag TEXT, last_modified TEXT, body BLOB NOT NULL
) STRICT;
"""
_ADDED_IN_8 = """
ALTER TABLE addresses ADD COLUMN key TEXT NOT NULL DEFAULT '';
CREATE INDEX addresses_by_key ON addresses (key);
"""
# Every opening asks for these: without it, that would read the whole table.
_ADDED_IN_10 = """
CREATE INDEX chunks_without_sentences ON chunks (id) WHERE sentences IS NULL;
"""
SCHEMA += _ADDED_IN_2 + _ADDED_IN_3 + _ADDED_IN_4 + _ADDED_IN_5 + _ADDED_IN_6 + _ADDED_IN_8 + _ADDED_IN_10

# What brings a catalog of the version before to this one.
MIGRATIONS = {
    2: """
ALTER TABLE articles ADD COLUMN people TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN models TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN products TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN boilerplate_share REAL;
ALTER TABLE jobs ADD COLUMN address TEXT;
"""
    + _ADDED_IN_2,
    3: "UPDATE articles SET signature = x'00';" + _ADDED_IN_3,
    4: _ADDED_IN_4,
    # Which companies were stated and which were found is not known any more: none of them is to be lost.
    5: """
ALTER TABLE articles ADD COLUMN stated_companies TEXT NOT NULL DEFAULT '[]';
UPDATE articles SET stated_companies = companies;
"""
    + _ADDED_IN_5,
    6: _ADDED_IN_6,
    7: "ALTER TABLE chunks ADD COLUMN header TEXT NOT NULL DEFAULT ''",
    8: _ADDED_IN_8,
    9: "ALTER TABLE chunks ADD COLUMN sentences BLOB",
    10: _ADDED_IN_10,
}
