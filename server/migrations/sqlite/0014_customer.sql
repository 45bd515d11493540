-- What a session asked for with the key of a form. It goes when the session does: until then the
-- same key is the same order, and never another one.
CREATE TABLE asked_with_key (
    session     TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (session, key)
) STRICT, WITHOUT ROWID;

-- Sessions that may see an order. `sealed` is the order's link as that session shows it: it opens
-- with the session's cookie, which is not stored.
CREATE TABLE order_access (
    session  TEXT NOT NULL,
    order_id TEXT NOT NULL,
    sealed   TEXT,
    at       INTEGER NOT NULL,
    PRIMARY KEY (session, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_access_order ON order_access (order_id);

-- The link that opens an order in another browser, one at a time; only its hash is kept.
CREATE TABLE resume_link (
    order_id   TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
