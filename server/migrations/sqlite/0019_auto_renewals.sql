-- Plans whose customers chose that they renew themselves, with what was agreed to and when. It
-- stays after it was turned off: it is the record of a consent.
CREATE TABLE auto_renewal (
    order_id    TEXT PRIMARY KEY,
    price_minor INTEGER NOT NULL,
    currency    TEXT NOT NULL,
    session     TEXT NOT NULL,
    text        TEXT NOT NULL,
    agreed_at   INTEGER NOT NULL,
    reminder    INTEGER NOT NULL DEFAULT 0,
    reminded_at INTEGER,
    charge      INTEGER NOT NULL DEFAULT 0,
    renewal     TEXT,
    look_at     INTEGER NOT NULL,
    off_at      INTEGER,
    off_why     TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX auto_renewal_look ON auto_renewal (look_at) WHERE off_at IS NULL;
CREATE INDEX auto_renewal_charged ON auto_renewal (renewal) WHERE renewal IS NOT NULL;
