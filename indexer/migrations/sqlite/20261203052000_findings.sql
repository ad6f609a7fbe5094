-- What officers find on site, the cases that are about it, and the record of a site.

CREATE TABLE finding (
    seq INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16), -- the phone makes it: what is sent twice is recorded once
    site TEXT NOT NULL REFERENCES site (id),
    camera TEXT REFERENCES camera (id), -- the camera that watches the place; NULL: none is named
    behaviour TEXT,                    -- what was broken; NULL: the words say it
    words TEXT NOT NULL,               -- what was found; '' after disposal
    place TEXT NOT NULL,               -- where on the premises
    found_us INTEGER NOT NULL,         -- by the clock of the phone
    arrived_us INTEGER NOT NULL,       -- by the clock of the server
    account TEXT NOT NULL,             -- who found it
    role TEXT NOT NULL,
    dismissed_us INTEGER               -- when a plea about it was upheld; NULL: it stands
) STRICT;
CREATE INDEX finding_by_site ON finding (site, seq);

-- The findings of a case. A finding is in one case at a time, unless that one is over.
CREATE TABLE casefile_finding (
    casefile INTEGER NOT NULL REFERENCES casefile (seq),
    finding INTEGER NOT NULL REFERENCES finding (seq),
    is_in INTEGER NOT NULL CHECK (is_in IN (0, 1)),     -- 0: it left the case
    is_bound INTEGER NOT NULL CHECK (is_bound IN (0, 1)), -- it is in, and the case is not over
    PRIMARY KEY (casefile, finding)
) STRICT, WITHOUT ROWID;
CREATE INDEX casefile_finding_cases ON casefile_finding (finding, casefile);
CREATE UNIQUE INDEX casefile_finding_once ON casefile_finding (finding) WHERE is_bound = 1;

ALTER TABLE attachment ADD COLUMN finding INTEGER REFERENCES finding (seq); -- the finding that it belongs to; NULL: none
CREATE INDEX attachment_by_finding ON attachment (finding, seq) WHERE finding IS NOT NULL;
CREATE INDEX attachment_to_site ON attachment (site, account) WHERE casefile IS NULL AND is_taken = 0;

CREATE TABLE site_record (
    site TEXT NOT NULL PRIMARY KEY REFERENCES site (id),
    version INTEGER NOT NULL CHECK (version > 0), -- counts the changes
    record TEXT NOT NULL,              -- JSON: licence, industry, responsible person, telephone, address
    account TEXT NOT NULL,             -- who wrote it
    at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
