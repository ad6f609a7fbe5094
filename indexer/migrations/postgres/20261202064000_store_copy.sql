-- How far `anjian store copy` has come that fills this database, or has filled it. One row, or none. No copy takes it along.
CREATE TABLE store_copy (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    source TEXT COLLATE "C" NOT NULL,    -- address of the database that is copied, without a password
    source_state TEXT COLLATE "C" NOT NULL, -- digest of its nodes: another one after a live system ran on it
    files TEXT COLLATE "C",              -- address of the bucket that takes the evidence; NULL: evidence stays where it is
    begun_us BIGINT NOT NULL,
    step TEXT COLLATE "C" NOT NULL,      -- what is being copied
    after TEXT COLLATE "C",              -- key of the last row of the step that is here, JSON; NULL: none is here yet
    done BIGINT NOT NULL,                -- rows and files that are here
    finished_us BIGINT                   -- when everything was here and compared; NULL: something is missing
);
