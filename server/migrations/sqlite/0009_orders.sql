-- What an order remembers beside its first payment and activation. Rows that were there before
-- stay readable: where one of these is absent, the reader knows what it stood for.
ALTER TABLE orders ADD COLUMN tax_rate_bp INTEGER;
ALTER TABLE orders ADD COLUMN tax_minor INTEGER;
-- The order whose subscription this one continues, and when that ends.
ALTER TABLE orders ADD COLUMN renews TEXT;
ALTER TABLE orders ADD COLUMN renews_ends_at INTEGER;
-- Names of payment providers; absent = `sandbox`, the only one there was.
ALTER TABLE orders ADD COLUMN attempt_provider TEXT;
ALTER TABLE orders ADD COLUMN session_provider TEXT;
ALTER TABLE orders ADD COLUMN payment_provider TEXT;
-- Payments that go back, as JSON; absent = none but that of an order that says so itself.
ALTER TABLE orders ADD COLUMN refunds TEXT;
-- The latest try of the activation; absent with a payment = the first, at the payment.
ALTER TABLE orders ADD COLUMN asked INTEGER;
ALTER TABLE orders ADD COLUMN asked_at INTEGER;
ALTER TABLE orders ADD COLUMN failed_at INTEGER;

ALTER TABLE payment_session ADD COLUMN provider TEXT NOT NULL DEFAULT 'sandbox';

-- Support finds an order by the last digits of its SIM.
CREATE INDEX orders_iccid_end ON orders (substr(icc_id, -4));
