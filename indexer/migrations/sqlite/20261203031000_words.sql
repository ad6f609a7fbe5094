-- Rebuilds tables: outbox.
--
-- Search by words and by what officers decided; live events of cases.

CREATE TABLE outbox_new (
    seq INTEGER NOT NULL PRIMARY KEY,    -- event id of the live stream
    violation INTEGER REFERENCES violation (seq), -- set when a violation changed
    camera TEXT REFERENCES camera (id),  -- set when a camera went into another state
    casefile INTEGER REFERENCES casefile (seq), -- set when a case changed
    at_us INTEGER NOT NULL,              -- when it was written
    CHECK ((violation IS NOT NULL) + (camera IS NOT NULL) + (casefile IS NOT NULL) = 1)
) STRICT;
INSERT INTO outbox_new (seq, violation, camera, at_us) SELECT seq, violation, camera, at_us FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;

ALTER TABLE verdict ADD COLUMN reason TEXT; -- why `shown` dismisses; NULL: it does not
UPDATE verdict SET reason = json_extract(state, '$.standing.finding.reason');
CREATE INDEX verdict_by_reason ON verdict (reason, violation) WHERE reason IS NOT NULL;

-- What people wrote, for searching: of verdicts and of cases. A space stands round every Han character, because the tokens of
-- full-text search are words between spaces.
CREATE TABLE written (
    id INTEGER NOT NULL PRIMARY KEY,
    violation INTEGER REFERENCES violation (seq) ON DELETE CASCADE, -- set for the words of its verdict
    casefile INTEGER REFERENCES casefile (seq), -- set for the words of a step
    spaced TEXT NOT NULL,
    CHECK ((violation IS NULL) <> (casefile IS NULL))
) STRICT;
CREATE UNIQUE INDEX written_of_violation ON written (violation) WHERE violation IS NOT NULL;
CREATE INDEX written_of_case ON written (casefile) WHERE casefile IS NOT NULL;

CREATE VIRTUAL TABLE written_text USING fts5(spaced, content = 'written', content_rowid = 'id');
CREATE TRIGGER written_add AFTER INSERT ON written BEGIN
    INSERT INTO written_text (rowid, spaced) VALUES (NEW.id, NEW.spaced);
END;
CREATE TRIGGER written_remove AFTER DELETE ON written BEGIN
    INSERT INTO written_text (written_text, rowid, spaced) VALUES ('delete', OLD.id, OLD.spaced);
END;

-- Words that are there already.
CREATE TEMP TABLE word_of (violation INTEGER, casefile INTEGER, words TEXT);
INSERT INTO word_of SELECT violation, NULL, trim(group_concat(words, ' ')) FROM (
    SELECT v.violation, coalesce(j.value ->> '$.finding.words', '') || ' ' || coalesce(j.value ->> '$.change_reason', '') AS words
    FROM verdict AS v, json_each(json_insert(v.state -> '$.replaced', '$[#]', v.state -> '$.standing')) AS j
) GROUP BY violation;
INSERT INTO word_of SELECT NULL, casefile, words FROM casefile_step;
WITH RECURSIVE letter (word, place, spaced) AS (
    SELECT rowid, 1, '' FROM word_of WHERE words <> ''
    UNION ALL
    SELECT l.word, l.place + 1, l.spaced || iif(unicode(substr(w.words, l.place, 1)) BETWEEN 13312 AND 40959,
        ' ' || substr(w.words, l.place, 1) || ' ', substr(w.words, l.place, 1))
    FROM letter AS l JOIN word_of AS w ON w.rowid = l.word WHERE l.place <= length(w.words)
)
INSERT INTO written (violation, casefile, spaced)
    SELECT w.violation, w.casefile, l.spaced FROM letter AS l JOIN word_of AS w ON w.rowid = l.word
    WHERE l.place = length(w.words) + 1;
DROP TABLE word_of;
