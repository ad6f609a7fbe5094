-- How far `anjian store copy` has come that fills this database, or has filled it. One row, or none. No copy takes it along.
CREATE TABLE store_copy (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    source TEXT NOT NULL,                -- address of the database that is copied, without a password
    source_state TEXT NOT NULL,          -- digest of its nodes: another one after a live system ran on it
    files TEXT,                          -- address of the bucket that takes the evidence; NULL: evidence stays where it is
    begun_us INTEGER NOT NULL,
    step TEXT NOT NULL,                  -- what is being copied
    after TEXT,                          -- key of the last row of the step that is here, JSON; NULL: none is here yet
    done INTEGER NOT NULL,               -- rows and files that are here
    finished_us INTEGER                  -- when everything was here and compared; NULL: something is missing
) STRICT;
