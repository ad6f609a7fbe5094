-- Pictures, short videos and documents that a side sends. A step of a case takes them; what nothing took goes after a day.

CREATE TABLE attachment (
    seq INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    site TEXT NOT NULL REFERENCES site (id),
    casefile INTEGER REFERENCES casefile (seq), -- the case that it was sent to; NULL: it was sent to the site
    version INTEGER,                   -- of the case after the step that took it; NULL: no step did
    is_taken INTEGER NOT NULL CHECK (is_taken IN (0, 1)), -- it belongs to something that stands on record
    kind TEXT NOT NULL CHECK (kind IN ('jpeg', 'png', 'webp', 'mp4', 'pdf')),
    name TEXT NOT NULL,                -- as the sender calls it; shown, and never the name of a file here
    account TEXT NOT NULL,             -- who sent it
    role TEXT NOT NULL,
    at_us INTEGER NOT NULL,            -- when it was sent
    path TEXT NOT NULL UNIQUE,         -- in the evidence folder, with forward slashes
    size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64), -- lower-case hexadecimal
    expired_us INTEGER,                -- when it was given up; the file may be gone already. NULL: it is kept
    is_gone INTEGER NOT NULL DEFAULT 0 CHECK (is_gone IN (0, 1)), -- 1: the file is deleted
    place INTEGER NOT NULL,            -- the node in whose folder the file lies; 0: it lies in the bucket
    CHECK (version IS NULL OR is_taken = 1),
    CHECK (is_gone = 0 OR expired_us IS NOT NULL)
) STRICT;
CREATE INDEX attachment_by_case ON attachment (casefile, seq);
CREATE INDEX attachment_by_place ON attachment (place, seq) WHERE is_gone = 0 AND expired_us IS NULL;
CREATE INDEX attachment_untaken ON attachment (at_us) WHERE is_taken = 0 AND expired_us IS NULL;
CREATE INDEX attachment_expiring ON attachment (seq) WHERE expired_us IS NOT NULL AND is_gone = 0;
