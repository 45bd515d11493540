-- Batches of vouchers, and what each voucher of them is good for.
CREATE TABLE voucher_batch (
    id           TEXT PRIMARY KEY,
    brand        TEXT NOT NULL,
    plan         TEXT NOT NULL,
    count        INTEGER NOT NULL,
    starts_at    INTEGER,
    ends_at      INTEGER,
    created_at   INTEGER NOT NULL,
    withdrawn_at INTEGER
) STRICT, WITHOUT ROWID;

-- Vouchers: of a code only a keyed hash is kept, whose key is not in the database.
CREATE TABLE voucher (
    hash   BLOB PRIMARY KEY,
    batch  TEXT NOT NULL,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What vouchers paid. An order is paid by one voucher once, and a voucher pays one order at a
-- time, whoever is how fast: the index refuses the second.
CREATE TABLE voucher_redemption (
    order_id      TEXT PRIMARY KEY,
    batch         TEXT NOT NULL,
    number        INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    given_back_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX voucher_redeemed ON voucher_redemption (batch, number)
    WHERE given_back_at IS NULL;
CREATE INDEX voucher_given_back ON voucher_redemption (batch, number)
    WHERE given_back_at IS NOT NULL;
