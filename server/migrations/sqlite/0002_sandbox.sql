-- The sandbox payment provider's own book: nothing of ours reads it but the sandbox itself.
CREATE TABLE sandbox_session (
    id           TEXT PRIMARY KEY,
    key          TEXT NOT NULL UNIQUE,
    description  TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency     TEXT NOT NULL,
    return_url   TEXT NOT NULL,
    closes_at    INTEGER NOT NULL,
    status       TEXT NOT NULL,
    reference    TEXT,
    refunded     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sandbox_reference ON sandbox_session (reference) WHERE reference IS NOT NULL;
