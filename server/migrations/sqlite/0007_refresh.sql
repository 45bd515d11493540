-- Who may fetch the current document of a subscription: made with its first document, which is
-- the only place that holds the password in clear text.
CREATE TABLE refresh_access (
    order_id         TEXT PRIMARY KEY,
    credentials_hash TEXT NOT NULL,
    made_from        TEXT NOT NULL,
    created_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The latest revision of a subscription's document, once it differs from the first one: signed
-- once and kept byte for byte until another takes its place.
CREATE TABLE current_document (
    order_id  TEXT NOT NULL,
    variant   TEXT NOT NULL,
    revision  INTEGER NOT NULL,
    made_from TEXT NOT NULL,
    xml       TEXT NOT NULL,
    sha256    TEXT NOT NULL,
    signed_at INTEGER NOT NULL,
    PRIMARY KEY (order_id, variant)
) STRICT, WITHOUT ROWID;

-- Who has a plan is asked by the SIM.
CREATE INDEX subscription_subscriber ON subscription (sub_id);
CREATE INDEX subscription_sim ON subscription (icc_id);
