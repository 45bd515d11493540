-- What the customer of an order agreed to, and when: versions of texts, no personal data.
CREATE TABLE consent (
    order_id         TEXT PRIMARY KEY,
    at               INTEGER NOT NULL,
    terms_version    TEXT NOT NULL,
    privacy_version  TEXT NOT NULL,
    withdrawal       TEXT,
    withdrawal_days  INTEGER
) STRICT, WITHOUT ROWID;
