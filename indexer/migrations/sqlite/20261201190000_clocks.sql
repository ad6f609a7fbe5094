-- Whose clock dates a violation, where that lies in the recording, and which rows a clock dated that was wrong.

ALTER TABLE segment ADD COLUMN clock_error_us INTEGER; -- by how much its clock was found to be ahead, or behind when negative; NULL: no fault is known
CREATE INDEX segment_misdated ON segment (camera, start_us) WHERE clock_error_us IS NOT NULL;

ALTER TABLE violation ADD COLUMN clock_source TEXT; -- sender_report, arrival, footage; NULL: of an earlier version
-- That clock minus the place in the recording: the recording holds opened_us at opened_us - clock_offset_us.
ALTER TABLE violation ADD COLUMN clock_offset_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE violation ADD COLUMN clock_error_us INTEGER; -- like that of segments

-- The machine's clock was set: by a person, or by a time server after it ran wrong.
CREATE TABLE clock_step (
    seq INTEGER NOT NULL PRIMARY KEY,
    found_us INTEGER NOT NULL,           -- the clock when the step was found; after a step forward, no later than the first picture
    step_us INTEGER NOT NULL CHECK (step_us <> 0), -- forward when positive
    violation_seq INTEGER NOT NULL,      -- of the newest violation then; 0: there was none
    oldest_us INTEGER,                   -- beginning of the oldest segment then; NULL: there was none
    undone_by INTEGER REFERENCES clock_step (seq) -- the later step that set right what this one made wrong
) STRICT;

-- When a live system last wrote: one row.
CREATE TABLE heartbeat (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    at_us INTEGER NOT NULL
) STRICT;
