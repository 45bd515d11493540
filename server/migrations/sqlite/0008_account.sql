-- Notices that a customer has put away: they are told once.
CREATE TABLE notice_put_away (
    subscription TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (subscription, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_notice ON notification (subscription, seq) WHERE kind = 'notice';
