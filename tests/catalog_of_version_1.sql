-- What the first version of Dossier made; an article is in it.
CREATE TABLE stamp (name TEXT NOT NULL, dimension INTEGER NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE changes (last INTEGER NOT NULL);
INSERT INTO changes VALUES (0);
CREATE TABLE articles (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, text_sha256 TEXT NOT NULL,
    author TEXT, site TEXT, url TEXT, published TEXT, published_by TEXT, updated TEXT, date_source TEXT, language TEXT,
    companies TEXT NOT NULL, flags TEXT NOT NULL, origin_id TEXT NOT NULL, signature BLOB NOT NULL,
    change INTEGER NOT NULL
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
    embedded_sha256 BLOB NOT NULL, embedding BLOB NOT NULL
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
    article_id TEXT, error TEXT, number INTEGER NOT NULL, attempts INTEGER NOT NULL
) STRICT;
INSERT INTO stamp VALUES ('m', 4, 'aa');
INSERT INTO articles VALUES ('a1', 'a.md', 'Acme', 'Acme raised.', 'x', NULL, NULL, NULL, '2023', '2023-12-31', NULL,
    'front matter', 'en', '["Acme"]', '[]', 'a1', x'', 1);
INSERT INTO jobs VALUES ('j1', 'a.md', 'text/markdown', NULL, 'done', 'a1', NULL, 1, 1);
PRAGMA application_id = 1146049363;
PRAGMA user_version = 1;
