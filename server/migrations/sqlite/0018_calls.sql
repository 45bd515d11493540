-- Calls to the outside for an order: payment providers, the network, billing. Those that follow
-- each other with the same outcome are one row.
CREATE TABLE call (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id   TEXT NOT NULL,
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    whom       TEXT NOT NULL,
    what       TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    elapsed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX call_order ON call (order_id, id);

-- When the customer of an order began the visit in which it was placed, and since when its
-- document is offered again.
CREATE TABLE order_visit (
    order_id   TEXT PRIMARY KEY,
    began_at   INTEGER,
    offered_at INTEGER
) STRICT, WITHOUT ROWID;
