-- What the customer of an order agreed to, and when: versions of texts, no personal data.
CREATE TABLE consent (
    order_id         TEXT PRIMARY KEY,
    at               INTEGER NOT NULL,
    terms_version    TEXT NOT NULL,
    privacy_version  TEXT NOT NULL,
    withdrawal       TEXT,
    withdrawal_days  INTEGER
) STRICT, WITHOUT ROWID;

-- Receipts and credit notes as they were issued. `series` is what stands before the numbers, which
-- follow each other without a gap: the next one is taken in the transaction that records the
-- payment, and nothing is ever deleted here.
CREATE TABLE receipt (
    series       TEXT NOT NULL,
    ordinal      INTEGER NOT NULL,
    number       TEXT NOT NULL,
    kind         TEXT NOT NULL,
    order_id     TEXT NOT NULL,
    issued_at    INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency     TEXT NOT NULL,
    body         TEXT NOT NULL,
    PRIMARY KEY (series, ordinal),
    UNIQUE (order_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_number ON receipt (number);

-- Orders that were paid before there were receipts.
CREATE TABLE receipt_due (
    order_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO receipt_due SELECT id FROM orders WHERE payment_reference IS NOT NULL;
