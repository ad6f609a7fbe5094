-- The index: sites, cameras, Runs, violations, their evidence, and what is to be told.
--
-- Columns that end in _us are moments: microseconds since 1970-01-01T00:00:00Z. Columns that end in _ns are
-- places in a source: nanoseconds from its beginning. Ids of Runs and violations are the 16 bytes of a UUID.
-- Enumerations are stored by the name that answers use; a new behaviour must not need a migration, so there is
-- no CHECK on it.

-- One enterprise's premises, from the configuration.
CREATE TABLE site (
    id TEXT NOT NULL PRIMARY KEY,        -- as written in the configuration
    name TEXT NOT NULL,                  -- what people call it
    credit_code TEXT NOT NULL,           -- unified social credit code; empty when unknown
    time_zone TEXT NOT NULL,             -- IANA name
    risk_level TEXT NOT NULL,            -- the regulator's words; empty when unknown
    is_configured INTEGER NOT NULL CHECK (is_configured IN (0, 1)) -- 0: gone from the configuration
) STRICT, WITHOUT ROWID;

-- A camera, from the configuration, and the newest that is known of it.
CREATE TABLE camera (
    id TEXT NOT NULL PRIMARY KEY,        -- as written in the configuration; names the folder of its evidence
    site TEXT NOT NULL REFERENCES site (id),
    name TEXT NOT NULL,                  -- what people call it
    zone_names TEXT NOT NULL DEFAULT '{}', -- what people call its zones: JSON object, zone id to name
    is_configured INTEGER NOT NULL CHECK (is_configured IN (0, 1)), -- 0: gone from the configuration
    state TEXT NOT NULL DEFAULT 'stopped', -- connecting, live, stalled, failed, stopped
    since_us INTEGER,                    -- since when; NULL until somebody told
    reason TEXT,                         -- why, for a person; never holds a password
    last_frame_us INTEGER                -- newest picture; written about once a second
) STRICT, WITHOUT ROWID;

-- One analysis of one source, with one model and rule set.
CREATE TABLE run (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('live', 'archive')),
    site TEXT NOT NULL REFERENCES site (id),
    camera TEXT NOT NULL REFERENCES camera (id),
    source TEXT NOT NULL,                -- address without password, or a path
    model TEXT NOT NULL,                 -- name and digest
    started_us INTEGER NOT NULL,         -- when the first frame was expected
    ended_us INTEGER,                    -- NULL while it goes on, or when its process was killed
    last_seen_us INTEGER NOT NULL,       -- last moment that is known; where a killed Run is said to have ended
    last_media_ns INTEGER                -- last analysed place in the source, once it ended
) STRICT, WITHOUT ROWID;

CREATE INDEX run_by_camera ON run (camera, started_us);
CREATE INDEX run_unended ON run (kind, camera) WHERE ended_us IS NULL;

-- A rule as it stood when it judged. Kept once however many Runs used it.
CREATE TABLE rule_version (
    id INTEGER NOT NULL PRIMARY KEY,
    rule TEXT NOT NULL,                  -- unique in its camera
    version TEXT NOT NULL,               -- behaviour and digest
    behaviour TEXT NOT NULL,
    zone TEXT NOT NULL,
    definition TEXT NOT NULL,            -- thresholds, schedule and polygon, JSON
    UNIQUE (version, rule, zone, definition)
) STRICT;

-- Which rules a Run evaluated.
CREATE TABLE run_rule (
    run BLOB NOT NULL REFERENCES run (id),
    rule_version INTEGER NOT NULL REFERENCES rule_version (id),
    PRIMARY KEY (run, rule_version)
) STRICT, WITHOUT ROWID;

-- An interval in which a rule was broken.
CREATE TABLE violation (
    seq INTEGER NOT NULL PRIMARY KEY,    -- in the order of recording; breaks ties of opened_us
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    run BLOB NOT NULL REFERENCES run (id),
    run_kind TEXT NOT NULL,              -- of the Run, here for searching
    site TEXT NOT NULL REFERENCES site (id),
    camera TEXT NOT NULL REFERENCES camera (id),
    zone TEXT NOT NULL,                  -- unique in its camera
    behaviour TEXT NOT NULL,
    rule TEXT NOT NULL,
    rule_version TEXT NOT NULL,          -- rule_version.version; kept even when the Run never declared it
    model TEXT NOT NULL,                 -- name and digest
    score REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
    -- 0..=64, for searching. Not generated: SQLite does not answer from an index alone where a column of it is.
    score_step INTEGER NOT NULL CHECK (score_step = CAST(score * 64 AS INTEGER)),
    status TEXT NOT NULL CHECK (status IN ('open', 'closed', 'confirmed', 'dismissed')), -- the last two: verdicts
    opened_us INTEGER NOT NULL,          -- first observation of the breach
    opened_media_ns INTEGER NOT NULL,    -- the same in the source
    closed_us INTEGER,                   -- last observation of the breach; NULL while it goes on
    closed_media_ns INTEGER,             -- the same in the source
    close_reason TEXT,                   -- ended, left, source_ended, interrupted; NULL while it goes on
    track INTEGER,                       -- unique in its Run; NULL where no single person is meant
    CHECK ((closed_us IS NULL) = (close_reason IS NULL)),
    CHECK ((closed_us IS NULL) = (closed_media_ns IS NULL))
) STRICT;

-- Search walks exactly one of these, newest first, once for each combination of its leading columns, and
-- decides from the trailing columns alone whether a row is wanted: the table is read only for rows of the page.
CREATE INDEX violation_by_time ON violation (opened_us, seq, score, run_kind);
CREATE INDEX violation_by_score ON violation (score_step, behaviour, opened_us, seq, score, run_kind);
CREATE INDEX violation_by_behaviour ON violation (behaviour, opened_us, seq, score, run_kind);
CREATE INDEX violation_by_status ON violation (status, behaviour, opened_us, seq, score, run_kind);
CREATE INDEX violation_by_site ON violation (site, behaviour, opened_us, seq, score, run_kind, status);
CREATE INDEX violation_by_zone ON violation (zone, behaviour, opened_us, seq, score, run_kind, status, site);
CREATE INDEX violation_by_camera
    ON violation (camera, behaviour, opened_us, seq, score, run_kind, status, site, zone);
CREATE INDEX violation_unclosed ON violation (run) WHERE closed_us IS NULL;

-- How many violations there are of all times, so that nobody has to count them. Kept right by the triggers below.
CREATE TABLE violation_tally (
    camera TEXT NOT NULL,
    site TEXT NOT NULL,
    behaviour TEXT NOT NULL,
    status TEXT NOT NULL,
    run_kind TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (camera, site, behaviour, status, run_kind)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER violation_tally_add AFTER INSERT ON violation BEGIN
    INSERT INTO violation_tally VALUES (NEW.camera, NEW.site, NEW.behaviour, NEW.status, NEW.run_kind, 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER violation_tally_move AFTER UPDATE OF status ON violation WHEN OLD.status <> NEW.status BEGIN
    UPDATE violation_tally SET count = count - 1 WHERE
        (camera, site, behaviour, status, run_kind) = (OLD.camera, OLD.site, OLD.behaviour, OLD.status, OLD.run_kind);
    INSERT INTO violation_tally VALUES (NEW.camera, NEW.site, NEW.behaviour, NEW.status, NEW.run_kind, 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER violation_tally_remove AFTER DELETE ON violation BEGIN
    UPDATE violation_tally SET count = count - 1 WHERE
        (camera, site, behaviour, status, run_kind) = (OLD.camera, OLD.site, OLD.behaviour, OLD.status, OLD.run_kind);
END;

-- What lists do not show of a violation.
CREATE TABLE violation_detail (
    violation INTEGER NOT NULL PRIMARY KEY REFERENCES violation (seq),
    snapshot_us INTEGER NOT NULL,        -- when the snapshot was taken
    snapshot_media_ns INTEGER NOT NULL,  -- the same in the source
    detections TEXT NOT NULL,            -- everything the model saw in the snapshot, JSON
    path TEXT NOT NULL                   -- where the track was, JSON; replaced by the whole when it closes
) STRICT;

-- The files of a violation. A row is written only after its file is safe on disk.
CREATE TABLE evidence (
    violation INTEGER NOT NULL REFERENCES violation (seq),
    kind TEXT NOT NULL CHECK (kind IN ('snapshot', 'snapshot_annotated', 'clip')),
    path TEXT NOT NULL UNIQUE,           -- in the evidence folder, with forward slashes
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64), -- lower-case hexadecimal
    PRIMARY KEY (violation, kind)
) STRICT, WITHOUT ROWID;

-- What is to be told to listeners, written with the change itself. The oldest rows are deleted.
CREATE TABLE outbox (
    seq INTEGER NOT NULL PRIMARY KEY,    -- event id of the live stream
    violation INTEGER REFERENCES violation (seq), -- set when a violation changed
    camera TEXT REFERENCES camera (id),  -- set when a camera went into another state
    at_us INTEGER NOT NULL,              -- when it was written
    CHECK ((violation IS NULL) <> (camera IS NULL))
) STRICT;
