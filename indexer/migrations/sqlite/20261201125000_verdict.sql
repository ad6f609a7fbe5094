-- Rebuilds tables: violation, violation_tally.
--
-- The verdict of an inspector stands beside the lifecycle: a violation that was judged may still be open. So far the
-- status held either. Rows keep their seq, so what names them stays right; foreign keys are not enforced meanwhile.

CREATE TABLE violation_new (
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
    status TEXT NOT NULL CHECK (status IN ('open', 'closed')), -- lifecycle
    verdict TEXT NOT NULL DEFAULT 'none' CHECK (verdict IN ('none', 'confirmed', 'dismissed')), -- an inspector's
    opened_us INTEGER NOT NULL,          -- first observation of the breach
    opened_media_ns INTEGER NOT NULL,    -- the same in the source
    closed_us INTEGER,                   -- last observation of the breach; NULL while it goes on
    closed_media_ns INTEGER,             -- the same in the source
    close_reason TEXT,                   -- ended, left, source_ended, interrupted; NULL while it goes on
    track INTEGER,                       -- unique in its Run; NULL where no single person is meant
    CHECK ((closed_us IS NULL) = (status = 'open')),
    CHECK ((closed_us IS NULL) = (close_reason IS NULL)),
    CHECK ((closed_us IS NULL) = (closed_media_ns IS NULL))
) STRICT;

INSERT INTO violation_new (seq, id, run, run_kind, site, camera, zone, behaviour, rule, rule_version, model, score,
    score_step, status, verdict, opened_us, opened_media_ns, closed_us, closed_media_ns, close_reason, track)
SELECT seq, id, run, run_kind, site, camera, zone, behaviour, rule, rule_version, model, score,
    score_step, iif(closed_us IS NULL, 'open', 'closed'), iif(status IN ('confirmed', 'dismissed'), status, 'none'),
    opened_us, opened_media_ns, closed_us, closed_media_ns, close_reason, track
FROM violation ORDER BY seq;

DROP TABLE violation; -- with its indexes and triggers
ALTER TABLE violation_new RENAME TO violation;

-- Search walks exactly one of these, newest first, once for each combination of its leading columns, and
-- decides from the trailing columns alone whether a row is wanted: the table is read only for rows of the page.
CREATE INDEX violation_by_time ON violation (opened_us, seq, score, run_kind);
CREATE INDEX violation_by_score ON violation (score_step, behaviour, opened_us, seq, score, run_kind);
CREATE INDEX violation_by_behaviour ON violation (behaviour, opened_us, seq, score, run_kind);
CREATE INDEX violation_by_status ON violation (status, behaviour, opened_us, seq, score, run_kind);
CREATE INDEX violation_by_verdict ON violation (verdict, behaviour, opened_us, seq, score, run_kind, status);
CREATE INDEX violation_by_site ON violation (site, behaviour, opened_us, seq, score, run_kind, status, verdict);
CREATE INDEX violation_by_zone
    ON violation (zone, behaviour, opened_us, seq, score, run_kind, status, verdict, site);
CREATE INDEX violation_by_camera
    ON violation (camera, behaviour, opened_us, seq, score, run_kind, status, verdict, site, zone);
CREATE INDEX violation_unclosed ON violation (run) WHERE closed_us IS NULL;

-- How many violations there are of all times, so that nobody has to count them. Kept right by the triggers below.
DROP TABLE violation_tally;
CREATE TABLE violation_tally (
    camera TEXT NOT NULL,
    site TEXT NOT NULL,
    behaviour TEXT NOT NULL,
    status TEXT NOT NULL,
    verdict TEXT NOT NULL,
    run_kind TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (camera, site, behaviour, status, verdict, run_kind)
) STRICT, WITHOUT ROWID;

INSERT INTO violation_tally
SELECT camera, site, behaviour, status, verdict, run_kind, count(*) FROM violation GROUP BY 1, 2, 3, 4, 5, 6;

CREATE TRIGGER violation_tally_add AFTER INSERT ON violation BEGIN
    INSERT INTO violation_tally
        VALUES (NEW.camera, NEW.site, NEW.behaviour, NEW.status, NEW.verdict, NEW.run_kind, 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER violation_tally_move AFTER UPDATE OF status, verdict ON violation
WHEN (OLD.status, OLD.verdict) <> (NEW.status, NEW.verdict) BEGIN
    UPDATE violation_tally SET count = count - 1 WHERE (camera, site, behaviour, status, verdict, run_kind)
        = (OLD.camera, OLD.site, OLD.behaviour, OLD.status, OLD.verdict, OLD.run_kind);
    INSERT INTO violation_tally
        VALUES (NEW.camera, NEW.site, NEW.behaviour, NEW.status, NEW.verdict, NEW.run_kind, 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER violation_tally_remove AFTER DELETE ON violation BEGIN
    UPDATE violation_tally SET count = count - 1 WHERE (camera, site, behaviour, status, verdict, run_kind)
        = (OLD.camera, OLD.site, OLD.behaviour, OLD.status, OLD.verdict, OLD.run_kind);
END;
