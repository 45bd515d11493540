-- When the customer agreed, on a page of ours, that the open session is charged.
ALTER TABLE orders ADD COLUMN agreed_at INTEGER;
