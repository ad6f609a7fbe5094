-- Runs say what they analysed, how its time is known, how they ended, and which Run took their place.
--
-- A Run over the same footage of the same camera takes the place of the Runs before it when it is complete. Violations
-- of a Run whose place was taken have the run_kind 'superseded' and leave lists and counts; those with a verdict keep
-- their run_kind and stay. A verdict that is given to a superseded violation sets run_kind back to the kind of its Run.
-- NULL in these columns: a live Run, or one of an earlier version.

ALTER TABLE run ADD COLUMN footage BLOB CHECK (length(footage) = 32); -- SHA-256 of the bytes
ALTER TABLE run ADD COLUMN start_source TEXT;      -- how started_us is known: given, follows, container, modified
ALTER TABLE run ADD COLUMN file_start_us INTEGER;  -- the start by the file alone: container, else modification time
ALTER TABLE run ADD COLUMN settings TEXT;          -- what decides besides model and rules, JSON object
ALTER TABLE run ADD COLUMN outcome TEXT;           -- complete, stopped, failed; NULL too: it goes on, or was killed
ALTER TABLE run ADD COLUMN superseded_by BLOB REFERENCES run (id); -- the Run in its place

CREATE INDEX run_by_footage ON run (footage, camera) WHERE footage IS NOT NULL;
CREATE INDEX violation_by_run ON violation (run) WHERE run_kind <> 'live';

-- As before, and when a Run is superseded.
DROP TRIGGER violation_tally_move;
CREATE TRIGGER violation_tally_move AFTER UPDATE OF status, verdict, run_kind ON violation
WHEN (OLD.status, OLD.verdict, OLD.run_kind) <> (NEW.status, NEW.verdict, NEW.run_kind) BEGIN
    UPDATE violation_tally SET count = count - 1 WHERE (camera, site, behaviour, status, verdict, run_kind)
        = (OLD.camera, OLD.site, OLD.behaviour, OLD.status, OLD.verdict, OLD.run_kind);
    INSERT INTO violation_tally
        VALUES (NEW.camera, NEW.site, NEW.behaviour, NEW.status, NEW.verdict, NEW.run_kind, 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
END;
