-- Disposal: what an ended case holds goes after its term, when two officers signed.

ALTER TABLE casefile ADD COLUMN disposed_us INTEGER; -- when what it held was disposed of; its words are '' since. NULL: all is kept
CREATE INDEX casefile_ended ON casefile (changed_us, seq) WHERE is_over = 1 AND disposed_us IS NULL;

CREATE TABLE disposal_signature (
    casefile INTEGER NOT NULL REFERENCES casefile (seq),
    account TEXT NOT NULL,             -- who signed
    certificate TEXT NOT NULL,         -- the officer's number of that day; '' without
    at_us INTEGER NOT NULL,
    PRIMARY KEY (casefile, account)
) STRICT, WITHOUT ROWID;

-- What went, with digests. Never changed.
CREATE TABLE disposal (
    casefile INTEGER NOT NULL PRIMARY KEY REFERENCES casefile (seq),
    at_us INTEGER NOT NULL,
    record TEXT NOT NULL               -- JSON: violations, findings, files
) STRICT;
