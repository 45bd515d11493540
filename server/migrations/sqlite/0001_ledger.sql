-- Sessions: what a launch said, behind an opaque cookie of which only the hash is kept.
CREATE TABLE session (
    id_hash       TEXT PRIMARY KEY,
    token         TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    sub_kind      TEXT,
    sub_id        TEXT,
    dev_kind      TEXT,
    dev_id        TEXT,
    icc_id        TEXT,
    technology    TEXT NOT NULL,
    brand         TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX session_expiry ON session (expires_at);

-- The order: the fold of its journal, written in the same transaction as the journal.
CREATE TABLE orders (
    id                  TEXT PRIMARY KEY,
    code                TEXT NOT NULL UNIQUE,
    version             INTEGER NOT NULL,
    session             TEXT NOT NULL,
    browser_key         TEXT NOT NULL,
    brand               TEXT NOT NULL,
    plan                TEXT NOT NULL,
    price_minor         INTEGER NOT NULL,
    currency            TEXT NOT NULL,
    plan_type           TEXT NOT NULL,
    data_limit_mb       INTEGER,
    duration            TEXT NOT NULL,
    resets              INTEGER NOT NULL,
    sub_kind            TEXT,
    sub_id              TEXT,
    dev_kind            TEXT,
    dev_id              TEXT,
    icc_id              TEXT,
    state               TEXT NOT NULL,
    created_at          INTEGER NOT NULL,
    attempt             INTEGER,
    attempt_closes_at   INTEGER,
    attempt_closing     INTEGER,
    session_id          TEXT,
    session_url         TEXT,
    payment_reference   TEXT,
    payment_at          INTEGER,
    activation_at       INTEGER,
    activation_estimate INTEGER,
    activation_margin   INTEGER,
    grant_from          INTEGER,
    grant_to            INTEGER,
    next_deadline       INTEGER,
    UNIQUE (session, browser_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_deadline ON orders (next_deadline) WHERE next_deadline IS NOT NULL;
CREATE INDEX orders_unsettled ON orders (activation_at)
    WHERE state IN ('activating', 'activation_failed');
CREATE INDEX orders_session ON orders (session, id);
-- A customer has one payment window open at a time, whatever tabs and clicks do.
CREATE UNIQUE INDEX orders_one_open ON orders (session) WHERE state = 'payment_open';

-- Which order a provider's session belongs to, also after another attempt took its place.
CREATE TABLE payment_session (
    session  TEXT PRIMARY KEY,
    order_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What happened to an order, in order.
CREATE TABLE journal (
    order_id TEXT NOT NULL,
    version  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    event    TEXT NOT NULL,
    state    TEXT NOT NULL,
    PRIMARY KEY (order_id, version)
) STRICT, WITHOUT ROWID;

-- What is to be done outside, at least once, known by its key.
CREATE TABLE outbox (
    key        TEXT PRIMARY KEY,
    order_id   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    body       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    done_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL;

-- Events of payment providers that were taken: a replay is noticed here.
CREATE TABLE payment_event (
    provider TEXT NOT NULL,
    id       TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (provider, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE subscription (
    order_id  TEXT PRIMARY KEY,
    brand     TEXT NOT NULL,
    plan      TEXT NOT NULL,
    sub_kind  TEXT,
    sub_id    TEXT,
    icc_id    TEXT,
    starts_at INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Signed documents, byte for byte.
CREATE TABLE document (
    order_id  TEXT NOT NULL,
    variant   TEXT NOT NULL,
    xml       TEXT NOT NULL,
    sha256    TEXT NOT NULL,
    signed_at INTEGER NOT NULL,
    PRIMARY KEY (order_id, variant)
) STRICT, WITHOUT ROWID;

-- Hand-overs of a document to Windows, and what it returned.
CREATE TABLE delivery (
    id        TEXT PRIMARY KEY,
    order_id  TEXT NOT NULL,
    variant   TEXT NOT NULL,
    channel   TEXT NOT NULL,
    sha256    TEXT NOT NULL,
    at        INTEGER NOT NULL,
    result    INTEGER,
    result_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_order ON delivery (order_id, at);
