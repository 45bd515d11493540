-- Whether a plan asks Windows for usage notifications, as it was sold [USE-15].
ALTER TABLE orders ADD COLUMN usage_notifications INTEGER NOT NULL DEFAULT 1;

-- Subscriptions whose use is counted, with their terms as they were sold. Other tables of usage
-- know them by the short `id`.
CREATE TABLE usage (
    id             INTEGER PRIMARY KEY,
    subscription   TEXT NOT NULL UNIQUE,
    brand          TEXT NOT NULL,
    plan           TEXT NOT NULL,
    imsi           TEXT,
    iccid          TEXT,
    starts_at      INTEGER NOT NULL,
    ends_at        INTEGER,
    terms          TEXT NOT NULL
) STRICT;
CREATE INDEX usage_imsi ON usage (imsi, starts_at) WHERE imsi IS NOT NULL;
CREATE INDEX usage_iccid ON usage (iccid, starts_at) WHERE iccid IS NOT NULL;

-- What changes with every batch, in few bytes, as each batch writes all of it: the engine's
-- state, counters by profile, where the device is registered, the revision of documents. And when
-- to look at it again.
CREATE TABLE usage_state (
    id            INTEGER PRIMARY KEY,
    version       INTEGER NOT NULL,
    next_deadline INTEGER,
    state         BLOB NOT NULL
) STRICT;
CREATE INDEX usage_deadline ON usage_state (next_deadline) WHERE next_deadline IS NOT NULL;

-- Where records come from: a billing system, a file feed, a modem, a RADIUS client.
CREATE TABLE usage_source (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- Which sequence numbers of a source were taken: 1,024 of them in a row, a bit each.
CREATE TABLE usage_seen (
    source INTEGER NOT NULL,
    chunk  INTEGER NOT NULL,
    bits   BLOB NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (source, chunk)
) STRICT, WITHOUT ROWID;

-- The last cumulative values of each session of a source.
CREATE TABLE usage_session (
    source   INTEGER NOT NULL,
    session  TEXT NOT NULL,
    usage    INTEGER NOT NULL,
    sent     INTEGER NOT NULL,
    received INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (source, session)
) STRICT, WITHOUT ROWID;

-- History [USE-03]: minutes since 1970, and hours into which minutes are added when they are old.
-- `kind` is 1 for roaming plus 2 for shared. The time comes first, so that what is written and
-- what is swept lies together.
CREATE TABLE usage_minute (
    minute   INTEGER NOT NULL,
    usage    INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    sent     INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (minute, usage, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE usage_hour (
    hour     INTEGER NOT NULL,
    usage    INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    sent     INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (hour, usage, kind)
) STRICT, WITHOUT ROWID;

-- When a subscription was connected; open while `ended_at` is null.
CREATE TABLE usage_connection (
    usage      INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    roaming    INTEGER NOT NULL,
    PRIMARY KEY (usage, started_at)
) STRICT, WITHOUT ROWID;

-- Records that were not counted, each with the reason, for people to look at.
CREATE TABLE usage_quarantine (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    source      TEXT NOT NULL,
    sequence    INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    record      TEXT NOT NULL
) STRICT;
CREATE INDEX usage_quarantine_received ON usage_quarantine (received_at);

-- What usage asks of the operator's systems, at least once, known by its key.
CREATE TABLE usage_outbox (
    key          TEXT PRIMARY KEY,
    subscription TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    last_error   TEXT,
    done_at      INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_outbox_due ON usage_outbox (due_at) WHERE done_at IS NULL;
CREATE INDEX usage_outbox_subscription ON usage_outbox (subscription) WHERE done_at IS NULL;
