-- Who serves which camera, and where files lie. Several processes may share a database on a server; a file has one node, number 1.

ALTER TABLE heartbeat RENAME TO node;
ALTER TABLE node RENAME COLUMN one TO id;
ALTER TABLE node RENAME COLUMN at_us TO seen_us; -- when its live system last wrote; 0: never
ALTER TABLE node ADD COLUMN key TEXT NOT NULL DEFAULT ''; -- the word in its data folder
ALTER TABLE node ADD COLUMN name TEXT NOT NULL DEFAULT ''; -- of the machine, for a person
ALTER TABLE node ADD COLUMN folder TEXT NOT NULL DEFAULT ''; -- its data folder there
ALTER TABLE node ADD COLUMN process TEXT NOT NULL DEFAULT ''; -- the word of the live system that beats
CREATE UNIQUE INDEX node_by_key ON node (key);

ALTER TABLE camera ADD COLUMN node INTEGER NOT NULL DEFAULT 1; -- which records it and watches it live
ALTER TABLE clock_step ADD COLUMN node INTEGER NOT NULL DEFAULT 1; -- whose clock

ALTER TABLE segment ADD COLUMN place INTEGER NOT NULL DEFAULT 1; -- the node in whose folder the file lies
ALTER TABLE evidence ADD COLUMN place INTEGER NOT NULL DEFAULT 1; -- the same; 0: it lies in the bucket
CREATE INDEX evidence_by_place ON evidence (place, violation, kind) WHERE is_gone = 0;
CREATE INDEX segment_by_place ON segment (place, camera, start_us);

-- What is recorded of a camera, by place. Kept right by the triggers below.
CREATE TABLE recorded_at (
    place INTEGER NOT NULL,
    camera TEXT NOT NULL REFERENCES camera (id),
    segments INTEGER NOT NULL CHECK (segments >= 0),
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    PRIMARY KEY (place, camera)
) STRICT, WITHOUT ROWID;
INSERT INTO recorded_at SELECT 1, camera, segments, size_bytes FROM recorded;

CREATE TRIGGER recorded_at_add AFTER INSERT ON segment BEGIN
    INSERT INTO recorded_at VALUES (NEW.place, NEW.camera, 1, NEW.size_bytes)
        ON CONFLICT DO UPDATE SET segments = segments + 1, size_bytes = size_bytes + NEW.size_bytes;
END;

CREATE TRIGGER recorded_at_change AFTER UPDATE OF size_bytes, place ON segment
WHEN (OLD.size_bytes, OLD.place) <> (NEW.size_bytes, NEW.place) BEGIN
    UPDATE recorded_at SET segments = segments - 1, size_bytes = size_bytes - OLD.size_bytes
        WHERE (place, camera) = (OLD.place, OLD.camera);
    INSERT INTO recorded_at VALUES (NEW.place, NEW.camera, 1, NEW.size_bytes)
        ON CONFLICT DO UPDATE SET segments = segments + 1, size_bytes = size_bytes + NEW.size_bytes;
END;

CREATE TRIGGER recorded_at_remove AFTER DELETE ON segment BEGIN
    UPDATE recorded_at SET segments = segments - 1, size_bytes = size_bytes - OLD.size_bytes
        WHERE (place, camera) = (OLD.place, OLD.camera);
END;
