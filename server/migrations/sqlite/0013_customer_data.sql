-- What customers said of themselves, apart from the orders that it is for: a row that is deleted
-- takes nothing from the books.
CREATE TABLE customer_data (
    order_id TEXT PRIMARY KEY REFERENCES orders (id),
    at       INTEGER NOT NULL,
    data     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_data_age ON customer_data (at);

-- The same on its way to an order, until the session ends.
CREATE TABLE customer_draft (
    session    TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    data       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_draft_expiry ON customer_draft (expires_at);
