-- The service metadata package of each brand as it was last served: what changes it gets another
-- GUID and a later date, and a restart changes neither [MATCH-83].
CREATE TABLE package_revision (
    brand         TEXT PRIMARY KEY,
    guid          TEXT NOT NULL UNIQUE,
    last_modified INTEGER NOT NULL,
    sha256        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
