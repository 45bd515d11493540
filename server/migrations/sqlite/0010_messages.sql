-- Messages of operators that were reported, and what was answered: a report that is sent again
-- gets the same answer.
CREATE TABLE message_answer (
    subscription TEXT NOT NULL,
    id           TEXT NOT NULL,
    at           INTEGER NOT NULL,
    answer       TEXT NOT NULL,
    PRIMARY KEY (subscription, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_answer_age ON message_answer (at);

-- Parts of messages that are being put together, or were within the last ten minutes.
CREATE TABLE message_part (
    subscription TEXT NOT NULL,
    sender       TEXT NOT NULL,
    is_wide      INTEGER NOT NULL,
    reference    INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    since        INTEGER NOT NULL,
    class        INTEGER,
    alphabet     TEXT NOT NULL,
    body         BLOB NOT NULL,
    PRIMARY KEY (subscription, sender, is_wide, reference, total, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_part_age ON message_part (since);
