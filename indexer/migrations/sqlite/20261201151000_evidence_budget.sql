-- Rebuilds tables: clip, evidence.
--
-- A clip lies in the recording until that is about to expire, and is a file of its own only then. Evidence that no
-- inspector confirmed goes by age and size. What went keeps its row: when, why, and the digest that it had.

CREATE TABLE clip_new (
    violation INTEGER NOT NULL PRIMARY KEY REFERENCES violation (seq),
    camera TEXT NOT NULL REFERENCES camera (id), -- of the violation, here for finding the clips of a segment
    -- recorded: its bytes lie in the segments; cut: in a file of its own; expired: it was there and went;
    -- none: there is nothing to cut it from, and never will be
    state TEXT NOT NULL CHECK (state IN ('due', 'recorded', 'cut', 'none', 'expired')),
    from_us INTEGER,                     -- what it shows, or was to show; NULL while due
    to_us INTEGER,
    size_bytes INTEGER CHECK (size_bytes >= 0), -- of the file that the segments give; NULL unless recorded
    sha256 TEXT CHECK (length(sha256) = 64), -- of the same, lower-case hexadecimal
    reason TEXT,                         -- what is missing of it, or why there is none, for a person
    expired_us INTEGER,                  -- when it went; NULL unless expired
    expired_by TEXT,                     -- by which policy: age, size, recording
    CHECK ((state = 'recorded') = (sha256 IS NOT NULL)),
    CHECK ((size_bytes IS NULL) = (sha256 IS NULL)),
    CHECK ((state = 'expired') = (expired_us IS NOT NULL)),
    CHECK ((expired_us IS NULL) = (expired_by IS NULL))
) STRICT;

INSERT INTO clip_new (violation, camera, state, from_us, to_us, reason)
SELECT c.violation, v.camera, c.state, c.from_us, c.to_us, c.reason
FROM clip AS c JOIN violation AS v ON v.seq = c.violation ORDER BY c.violation;

DROP TABLE clip; -- with its index
ALTER TABLE clip_new RENAME TO clip;

CREATE INDEX clip_due ON clip (violation) WHERE state = 'due';
CREATE INDEX clip_recorded ON clip (camera, from_us, to_us) WHERE state = 'recorded';

-- The files of a violation. A row is written only after its file is safe on disk, and stays when the file goes.
CREATE TABLE evidence_new (
    violation INTEGER NOT NULL REFERENCES violation (seq),
    kind TEXT NOT NULL CHECK (kind IN ('snapshot', 'snapshot_annotated', 'clip')),
    camera TEXT NOT NULL REFERENCES camera (id), -- of the violation, here for adding up
    path TEXT NOT NULL UNIQUE,           -- in the evidence folder, with forward slashes
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64), -- lower-case hexadecimal
    expired_us INTEGER,                  -- when it was given up; the file may be gone already. NULL: it is kept
    expired_by TEXT,                     -- by which policy: age, size
    is_gone INTEGER NOT NULL DEFAULT 0 CHECK (is_gone IN (0, 1)), -- 1: the file is deleted
    PRIMARY KEY (violation, kind),
    CHECK ((expired_us IS NULL) = (expired_by IS NULL)),
    CHECK (is_gone = 0 OR expired_us IS NOT NULL)
) STRICT, WITHOUT ROWID;

INSERT INTO evidence_new (violation, kind, camera, path, size_bytes, sha256)
SELECT e.violation, e.kind, v.camera, e.path, e.size_bytes, e.sha256
FROM evidence AS e JOIN violation AS v ON v.seq = e.violation ORDER BY e.violation, e.kind;

DROP TABLE evidence;
ALTER TABLE evidence_new RENAME TO evidence;

CREATE INDEX evidence_kept ON evidence (kind, violation) WHERE expired_us IS NULL;
CREATE INDEX evidence_expiring ON evidence (violation, kind) WHERE expired_us IS NOT NULL AND is_gone = 0;

-- Bytes of the evidence that is kept of a camera, so that nobody has to add them up. Kept right by the triggers below.
CREATE TABLE evidence_stored (
    camera TEXT NOT NULL PRIMARY KEY REFERENCES camera (id),
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO evidence_stored SELECT camera, sum(size_bytes) FROM evidence GROUP BY camera;

CREATE TRIGGER evidence_stored_add AFTER INSERT ON evidence WHEN NEW.expired_us IS NULL BEGIN
    INSERT INTO evidence_stored VALUES (NEW.camera, NEW.size_bytes)
        ON CONFLICT DO UPDATE SET size_bytes = size_bytes + NEW.size_bytes;
END;

CREATE TRIGGER evidence_stored_expire AFTER UPDATE OF expired_us ON evidence
WHEN OLD.expired_us IS NULL AND NEW.expired_us IS NOT NULL BEGIN
    UPDATE evidence_stored SET size_bytes = size_bytes - OLD.size_bytes WHERE camera = OLD.camera;
END;

CREATE TRIGGER evidence_stored_remove AFTER DELETE ON evidence WHEN OLD.expired_us IS NULL BEGIN
    UPDATE evidence_stored SET size_bytes = size_bytes - OLD.size_bytes WHERE camera = OLD.camera;
END;
