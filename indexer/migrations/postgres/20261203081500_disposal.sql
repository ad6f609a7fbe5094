-- Disposal: what an ended case holds goes after its term, when two officers signed.

ALTER TABLE casefile ADD COLUMN disposed_us BIGINT; -- when what it held was disposed of; its words are '' since. NULL: all is kept
CREATE INDEX casefile_ended ON casefile (changed_us, seq) WHERE is_over = 1 AND disposed_us IS NULL;

CREATE TABLE disposal_signature (
    casefile BIGINT NOT NULL REFERENCES casefile (seq),
    account TEXT COLLATE "C" NOT NULL,             -- who signed
    certificate TEXT COLLATE "C" NOT NULL,         -- the officer's number of that day; '' without
    at_us BIGINT NOT NULL,
    PRIMARY KEY (casefile, account)
);

-- What went, with digests. Never changed.
CREATE TABLE disposal (
    casefile BIGINT NOT NULL PRIMARY KEY REFERENCES casefile (seq),
    at_us BIGINT NOT NULL,
    record TEXT COLLATE "C" NOT NULL               -- JSON: violations, findings, files
);
