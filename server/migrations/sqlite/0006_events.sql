-- What a device last reported, and what its customer was told last.
CREATE TABLE event_state (
    subscription  TEXT PRIMARY KEY,
    version       INTEGER NOT NULL,
    interface     TEXT,
    is_connected  INTEGER NOT NULL,
    registered    TEXT,
    told          TEXT,
    has_handler   INTEGER NOT NULL,
    raised        INTEGER NOT NULL,
    checks_made   INTEGER NOT NULL,
    checks        TEXT NOT NULL,
    next_deadline INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX event_state_deadline ON event_state (next_deadline) WHERE next_deadline IS NOT NULL;

-- Reports that were taken: a report that is sent again is noticed here. One that asked for a
-- sharing check has its number.
CREATE TABLE event_report (
    source       TEXT NOT NULL,
    id           TEXT NOT NULL,
    at           INTEGER NOT NULL,
    check_number INTEGER,
    PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_report_age ON event_report (at);

-- What was answered to a device that wanted to share its connection.
CREATE TABLE sharing_answer (
    subscription TEXT NOT NULL,
    check_number INTEGER NOT NULL,
    outcome      TEXT NOT NULL,
    reason       TEXT,
    at           INTEGER NOT NULL,
    PRIMARY KEY (subscription, check_number)
) STRICT, WITHOUT ROWID;
CREATE INDEX sharing_answer_age ON sharing_answer (at);

-- The log of what is told. Ids grow in the order of commits; `seq` counts within a subscriber;
-- the key makes raising something twice the same as once.
CREATE TABLE notification (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    key          TEXT NOT NULL,
    brand        TEXT NOT NULL,
    interface    TEXT,
    at           INTEGER NOT NULL,
    name         TEXT NOT NULL,
    message_type INTEGER,
    kind         TEXT NOT NULL,
    word         TEXT,
    cycle        INTEGER,
    step         INTEGER,
    amount       INTEGER,
    bearer       TEXT,
    encoding     INTEGER,
    is_unicode   INTEGER,
    message      BLOB,
    text         TEXT,
    rule         TEXT,
    UNIQUE (subscription, key),
    UNIQUE (subscription, seq)
) STRICT;
CREATE INDEX notification_message ON notification (at) WHERE message <> x'';

-- Where notifications are sent. Those up to `cursor` were looked at for it.
CREATE TABLE webhook_endpoint (
    name         TEXT PRIMARY KEY,
    cursor       INTEGER NOT NULL,
    disabled_at  INTEGER,
    disabled_why TEXT
) STRICT, WITHOUT ROWID;

-- A notification for an endpoint: `open`, `done` or `dead`.
CREATE TABLE webhook_delivery (
    endpoint     TEXT NOT NULL,
    notification INTEGER NOT NULL,
    subscription TEXT NOT NULL,
    state        TEXT NOT NULL,
    queued_at    INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    settled_at   INTEGER,
    last_outcome TEXT,
    PRIMARY KEY (endpoint, notification)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_delivery_open ON webhook_delivery (endpoint, subscription, notification)
    WHERE state = 'open';
CREATE INDEX webhook_delivery_age ON webhook_delivery (queued_at);
CREATE INDEX webhook_delivery_dead ON webhook_delivery (endpoint, notification)
    WHERE state = 'dead';

-- A subscriber with something open at an endpoint, and when to try its first: what comes later
-- for that subscriber waits.
CREATE TABLE webhook_queue (
    endpoint     TEXT NOT NULL,
    subscription TEXT NOT NULL,
    due_at       INTEGER NOT NULL,
    PRIMARY KEY (endpoint, subscription)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_queue_due ON webhook_queue (endpoint, due_at);

-- What was delivered where, each try.
CREATE TABLE event_delivery (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    notification INTEGER NOT NULL,
    channel      TEXT NOT NULL,
    at           INTEGER NOT NULL,
    outcome      TEXT NOT NULL
) STRICT;
CREATE INDEX event_delivery_notification ON event_delivery (notification, id);
CREATE INDEX event_delivery_age ON event_delivery (at);
-- Streams read what they like as often as they like: only the first time counts.
CREATE UNIQUE INDEX event_delivery_streamed ON event_delivery (notification, channel)
    WHERE outcome = 'streamed';
