-- Recording: segments, what recorders and analysis did, what must be kept, and the clips of violations.
--
-- Columns that end in _us are moments, or durations, in microseconds; _ns are nanoseconds. Recordings of a camera that
-- leaves the configuration stay, like its violations.

-- A recorded media file of a camera. Segments of a camera never overlap. The name of the file follows from camera and
-- start (`<camera>/<yyyy>/<mm>/<dd>/<HHMMSS.ffffff>Z.mp4`, UTC), so no column holds it. A row is written after its
-- file, and deleted after its file.
CREATE TABLE segment (
    camera TEXT NOT NULL REFERENCES camera (id),
    start_us INTEGER NOT NULL,           -- first picture
    end_us INTEGER NOT NULL,             -- start and duration; what was on disk at the beginning while unfinished
    duration_ns INTEGER NOT NULL CHECK (duration_ns >= 0),
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    sha256 BLOB CHECK (length(sha256) = 32), -- NULL: unfinished, it is being written or its process was killed
    video TEXT NOT NULL,                 -- h264, h265
    width_px INTEGER NOT NULL,
    height_px INTEGER NOT NULL,
    audio TEXT,                          -- aac, a_law, mu_law; NULL: no sound
    time_source TEXT NOT NULL,           -- whose clock start_us follows: sender_report, arrival
    clock_offset_us INTEGER NOT NULL,    -- that clock minus start_us
    is_expiring INTEGER NOT NULL DEFAULT 0 CHECK (is_expiring IN (0, 1)), -- 1: given up; the file may be gone already
    PRIMARY KEY (camera, start_us),
    CHECK (end_us = start_us + duration_ns / 1000)
) STRICT, WITHOUT ROWID;

CREATE INDEX segment_unfinished ON segment (camera, start_us) WHERE sha256 IS NULL;
CREATE INDEX segment_expiring ON segment (camera, start_us) WHERE is_expiring = 1;

-- What is recorded of a camera, so that nobody has to add it up. Kept right by the triggers below.
CREATE TABLE recorded (
    camera TEXT NOT NULL PRIMARY KEY REFERENCES camera (id),
    segments INTEGER NOT NULL CHECK (segments >= 0),
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    expired_until_us INTEGER             -- end of the newest segment that retention deleted; NULL: none yet
) STRICT, WITHOUT ROWID;

CREATE TRIGGER recorded_add AFTER INSERT ON segment BEGIN
    INSERT INTO recorded VALUES (NEW.camera, 1, NEW.size_bytes, NULL)
        ON CONFLICT DO UPDATE SET segments = segments + 1, size_bytes = size_bytes + NEW.size_bytes;
END;

CREATE TRIGGER recorded_grow AFTER UPDATE OF size_bytes ON segment BEGIN
    UPDATE recorded SET size_bytes = size_bytes - OLD.size_bytes + NEW.size_bytes WHERE camera = NEW.camera;
END;

CREATE TRIGGER recorded_remove AFTER DELETE ON segment BEGIN
    UPDATE recorded SET segments = segments - 1, size_bytes = size_bytes - OLD.size_bytes WHERE camera = OLD.camera;
END;

-- What the recorder of a camera did, from then on: the causes of gaps.
CREATE TABLE recording_change (
    seq INTEGER NOT NULL PRIMARY KEY,    -- in the order of telling; breaks ties of since_us
    camera TEXT NOT NULL REFERENCES camera (id),
    since_us INTEGER NOT NULL,
    state TEXT NOT NULL,                 -- waiting, recording, disk_full, failed, overloaded, stopped, interrupted
    reason TEXT                          -- for a person; never holds a password
) STRICT;

CREATE INDEX recording_change_by_camera ON recording_change (camera, since_us, seq);

-- What analysis made of a minute of a camera. Minutes without a row were not analysed.
CREATE TABLE coverage_minute (
    camera TEXT NOT NULL REFERENCES camera (id),
    minute_us INTEGER NOT NULL CHECK (minute_us % 60000000 = 0), -- its beginning
    analysed_us INTEGER NOT NULL CHECK (analysed_us BETWEEN 0 AND 60000000),
    gated_us INTEGER NOT NULL CHECK (gated_us BETWEEN 0 AND 60000000),
    PRIMARY KEY (camera, minute_us)
) STRICT, WITHOUT ROWID;

-- How long a camera saw nothing in a minute, by cause.
CREATE TABLE coverage_blind (
    camera TEXT NOT NULL REFERENCES camera (id),
    minute_us INTEGER NOT NULL CHECK (minute_us % 60000000 = 0),
    cause TEXT NOT NULL,                 -- black, covered, frozen, out_of_focus, moved
    blind_us INTEGER NOT NULL CHECK (blind_us BETWEEN 0 AND 60000000),
    PRIMARY KEY (camera, minute_us, cause)
) STRICT, WITHOUT ROWID;

-- A legal hold: what is recorded in this range is never deleted while it stands. Rows are never deleted.
CREATE TABLE hold (
    id INTEGER NOT NULL PRIMARY KEY,
    camera TEXT NOT NULL REFERENCES camera (id),
    from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL,
    who TEXT NOT NULL,                   -- who put it
    why TEXT NOT NULL,
    put_us INTEGER NOT NULL,
    lifted_us INTEGER,                   -- NULL: it stands
    lifted_by TEXT,
    lifted_why TEXT,
    CHECK (from_us < to_us),
    CHECK ((lifted_us IS NULL) = (lifted_by IS NULL)),
    CHECK ((lifted_us IS NULL) = (lifted_why IS NULL))
) STRICT;

CREATE INDEX hold_standing ON hold (camera, to_us, from_us) WHERE lifted_us IS NULL;
CREATE INDEX hold_by_camera ON hold (camera, id);

-- The clip of a live violation. Violations of archive Runs have none: their footage is the archive's.
CREATE TABLE clip (
    violation INTEGER NOT NULL PRIMARY KEY REFERENCES violation (seq),
    state TEXT NOT NULL CHECK (state IN ('due', 'cut', 'none')), -- none: there is nothing to cut it from, and never will
    from_us INTEGER,                     -- what was cut, or was to be cut; NULL while due
    to_us INTEGER,
    reason TEXT                          -- what is missing of it, or why there is none, for a person
) STRICT;

CREATE INDEX clip_due ON clip (violation) WHERE state = 'due';
