-- Orders whose personal data were erased; `is_scrubbed` once nothing of them is left in the files.
CREATE TABLE erasure (
    order_id    TEXT PRIMARY KEY,
    at          INTEGER NOT NULL,
    actor       TEXT NOT NULL,
    is_scrubbed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX erasure_open ON erasure (is_scrubbed) WHERE is_scrubbed = 0;

-- Orders that still say whose they are, by the end of their plan: what is kept too long is found.
CREATE INDEX orders_identified ON orders (coalesce(grant_to, created_at))
    WHERE (sub_id IS NOT NULL OR dev_id IS NOT NULL OR icc_id IS NOT NULL)
      AND NOT (resets AND state = 'active');

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
