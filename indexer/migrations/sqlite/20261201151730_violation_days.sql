-- Counts of violations by day, in UTC, and by hour of the day: a question about a month reads some hundred rows instead
-- of all violations. Kept right by the triggers below, in the transaction of each change. `anjian check` compares them
-- with the violations. No CHECK refuses a count below zero: a wrong count must not stop a violation from being kept.
-- A migration that builds `violation` anew has to create the last three triggers again.

-- By everything that a question may ask for, but the score.
CREATE TABLE violation_day_of_camera (
    day_us INTEGER NOT NULL CHECK (day_us % 86400000000 = 0), -- its beginning
    camera TEXT NOT NULL,
    zone TEXT NOT NULL,
    site TEXT NOT NULL,
    behaviour TEXT NOT NULL,
    status TEXT NOT NULL,
    verdict TEXT NOT NULL,
    run_kind TEXT NOT NULL,
    count INTEGER NOT NULL DEFAULT 0, -- of the whole day
    -- Of each hour, from 00:00.
    h00 INTEGER NOT NULL DEFAULT 0, h01 INTEGER NOT NULL DEFAULT 0, h02 INTEGER NOT NULL DEFAULT 0,
    h03 INTEGER NOT NULL DEFAULT 0, h04 INTEGER NOT NULL DEFAULT 0, h05 INTEGER NOT NULL DEFAULT 0,
    h06 INTEGER NOT NULL DEFAULT 0, h07 INTEGER NOT NULL DEFAULT 0, h08 INTEGER NOT NULL DEFAULT 0,
    h09 INTEGER NOT NULL DEFAULT 0, h10 INTEGER NOT NULL DEFAULT 0, h11 INTEGER NOT NULL DEFAULT 0,
    h12 INTEGER NOT NULL DEFAULT 0, h13 INTEGER NOT NULL DEFAULT 0, h14 INTEGER NOT NULL DEFAULT 0,
    h15 INTEGER NOT NULL DEFAULT 0, h16 INTEGER NOT NULL DEFAULT 0, h17 INTEGER NOT NULL DEFAULT 0,
    h18 INTEGER NOT NULL DEFAULT 0, h19 INTEGER NOT NULL DEFAULT 0, h20 INTEGER NOT NULL DEFAULT 0,
    h21 INTEGER NOT NULL DEFAULT 0, h22 INTEGER NOT NULL DEFAULT 0, h23 INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day_us, camera, zone, site, behaviour, status, verdict, run_kind)
) STRICT, WITHOUT ROWID;

-- The same without camera and zone: what is asked for most, in still fewer rows.
CREATE TABLE violation_day (
    day_us INTEGER NOT NULL CHECK (day_us % 86400000000 = 0), -- its beginning
    site TEXT NOT NULL,
    behaviour TEXT NOT NULL,
    status TEXT NOT NULL,
    verdict TEXT NOT NULL,
    run_kind TEXT NOT NULL,
    count INTEGER NOT NULL DEFAULT 0, -- of the whole day
    -- Of each hour, from 00:00.
    h00 INTEGER NOT NULL DEFAULT 0, h01 INTEGER NOT NULL DEFAULT 0, h02 INTEGER NOT NULL DEFAULT 0,
    h03 INTEGER NOT NULL DEFAULT 0, h04 INTEGER NOT NULL DEFAULT 0, h05 INTEGER NOT NULL DEFAULT 0,
    h06 INTEGER NOT NULL DEFAULT 0, h07 INTEGER NOT NULL DEFAULT 0, h08 INTEGER NOT NULL DEFAULT 0,
    h09 INTEGER NOT NULL DEFAULT 0, h10 INTEGER NOT NULL DEFAULT 0, h11 INTEGER NOT NULL DEFAULT 0,
    h12 INTEGER NOT NULL DEFAULT 0, h13 INTEGER NOT NULL DEFAULT 0, h14 INTEGER NOT NULL DEFAULT 0,
    h15 INTEGER NOT NULL DEFAULT 0, h16 INTEGER NOT NULL DEFAULT 0, h17 INTEGER NOT NULL DEFAULT 0,
    h18 INTEGER NOT NULL DEFAULT 0, h19 INTEGER NOT NULL DEFAULT 0, h20 INTEGER NOT NULL DEFAULT 0,
    h21 INTEGER NOT NULL DEFAULT 0, h22 INTEGER NOT NULL DEFAULT 0, h23 INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day_us, site, behaviour, status, verdict, run_kind)
) STRICT, WITHOUT ROWID;

-- One violation more (step 1) or less (step -1). Holds no rows: inserting into it counts.
CREATE VIEW violation_step AS SELECT 0 AS day_us, 0 AS hour, '' AS camera, '' AS zone, '' AS site, '' AS behaviour,
    '' AS status, '' AS verdict, '' AS run_kind, 0 AS step WHERE FALSE;

CREATE TRIGGER violation_step_count INSTEAD OF INSERT ON violation_step BEGIN
    INSERT INTO violation_day_of_camera (day_us, camera, zone, site, behaviour, status, verdict, run_kind)
        VALUES (NEW.day_us, NEW.camera, NEW.zone, NEW.site, NEW.behaviour, NEW.status, NEW.verdict, NEW.run_kind)
        ON CONFLICT DO NOTHING;
    UPDATE violation_day_of_camera SET count = count + NEW.step,
        h00 = h00 + NEW.step * (NEW.hour = 0), h01 = h01 + NEW.step * (NEW.hour = 1),
        h02 = h02 + NEW.step * (NEW.hour = 2), h03 = h03 + NEW.step * (NEW.hour = 3),
        h04 = h04 + NEW.step * (NEW.hour = 4), h05 = h05 + NEW.step * (NEW.hour = 5),
        h06 = h06 + NEW.step * (NEW.hour = 6), h07 = h07 + NEW.step * (NEW.hour = 7),
        h08 = h08 + NEW.step * (NEW.hour = 8), h09 = h09 + NEW.step * (NEW.hour = 9),
        h10 = h10 + NEW.step * (NEW.hour = 10), h11 = h11 + NEW.step * (NEW.hour = 11),
        h12 = h12 + NEW.step * (NEW.hour = 12), h13 = h13 + NEW.step * (NEW.hour = 13),
        h14 = h14 + NEW.step * (NEW.hour = 14), h15 = h15 + NEW.step * (NEW.hour = 15),
        h16 = h16 + NEW.step * (NEW.hour = 16), h17 = h17 + NEW.step * (NEW.hour = 17),
        h18 = h18 + NEW.step * (NEW.hour = 18), h19 = h19 + NEW.step * (NEW.hour = 19),
        h20 = h20 + NEW.step * (NEW.hour = 20), h21 = h21 + NEW.step * (NEW.hour = 21),
        h22 = h22 + NEW.step * (NEW.hour = 22), h23 = h23 + NEW.step * (NEW.hour = 23)
        WHERE (day_us, camera, zone, site, behaviour, status, verdict, run_kind)
        = (NEW.day_us, NEW.camera, NEW.zone, NEW.site, NEW.behaviour, NEW.status, NEW.verdict, NEW.run_kind);
    DELETE FROM violation_day_of_camera WHERE count = 0
        AND (day_us, camera, zone, site, behaviour, status, verdict, run_kind)
        = (NEW.day_us, NEW.camera, NEW.zone, NEW.site, NEW.behaviour, NEW.status, NEW.verdict, NEW.run_kind);
    INSERT INTO violation_day (day_us, site, behaviour, status, verdict, run_kind)
        VALUES (NEW.day_us, NEW.site, NEW.behaviour, NEW.status, NEW.verdict, NEW.run_kind) ON CONFLICT DO NOTHING;
    UPDATE violation_day SET count = count + NEW.step,
        h00 = h00 + NEW.step * (NEW.hour = 0), h01 = h01 + NEW.step * (NEW.hour = 1),
        h02 = h02 + NEW.step * (NEW.hour = 2), h03 = h03 + NEW.step * (NEW.hour = 3),
        h04 = h04 + NEW.step * (NEW.hour = 4), h05 = h05 + NEW.step * (NEW.hour = 5),
        h06 = h06 + NEW.step * (NEW.hour = 6), h07 = h07 + NEW.step * (NEW.hour = 7),
        h08 = h08 + NEW.step * (NEW.hour = 8), h09 = h09 + NEW.step * (NEW.hour = 9),
        h10 = h10 + NEW.step * (NEW.hour = 10), h11 = h11 + NEW.step * (NEW.hour = 11),
        h12 = h12 + NEW.step * (NEW.hour = 12), h13 = h13 + NEW.step * (NEW.hour = 13),
        h14 = h14 + NEW.step * (NEW.hour = 14), h15 = h15 + NEW.step * (NEW.hour = 15),
        h16 = h16 + NEW.step * (NEW.hour = 16), h17 = h17 + NEW.step * (NEW.hour = 17),
        h18 = h18 + NEW.step * (NEW.hour = 18), h19 = h19 + NEW.step * (NEW.hour = 19),
        h20 = h20 + NEW.step * (NEW.hour = 20), h21 = h21 + NEW.step * (NEW.hour = 21),
        h22 = h22 + NEW.step * (NEW.hour = 22), h23 = h23 + NEW.step * (NEW.hour = 23)
        WHERE (day_us, site, behaviour, status, verdict, run_kind)
        = (NEW.day_us, NEW.site, NEW.behaviour, NEW.status, NEW.verdict, NEW.run_kind);
    DELETE FROM violation_day WHERE count = 0 AND (day_us, site, behaviour, status, verdict, run_kind)
        = (NEW.day_us, NEW.site, NEW.behaviour, NEW.status, NEW.verdict, NEW.run_kind);
END;

-- The remainder of a moment before 1970 is negative, so it is brought into the day.
CREATE TRIGGER violation_day_add AFTER INSERT ON violation BEGIN
    INSERT INTO violation_step SELECT NEW.opened_us - of_day_us, of_day_us / 3600000000, NEW.camera,
        NEW.zone, NEW.site, NEW.behaviour, NEW.status, NEW.verdict, NEW.run_kind, 1
        FROM (SELECT (NEW.opened_us % 86400000000 + 86400000000) % 86400000000 AS of_day_us);
END;

CREATE TRIGGER violation_day_move
AFTER UPDATE OF opened_us, camera, zone, site, behaviour, status, verdict, run_kind ON violation BEGIN
    INSERT INTO violation_step SELECT OLD.opened_us - of_day_us, of_day_us / 3600000000, OLD.camera,
        OLD.zone, OLD.site, OLD.behaviour, OLD.status, OLD.verdict, OLD.run_kind, -1
        FROM (SELECT (OLD.opened_us % 86400000000 + 86400000000) % 86400000000 AS of_day_us);
    INSERT INTO violation_step SELECT NEW.opened_us - of_day_us, of_day_us / 3600000000, NEW.camera,
        NEW.zone, NEW.site, NEW.behaviour, NEW.status, NEW.verdict, NEW.run_kind, 1
        FROM (SELECT (NEW.opened_us % 86400000000 + 86400000000) % 86400000000 AS of_day_us);
END;

CREATE TRIGGER violation_day_remove AFTER DELETE ON violation BEGIN
    INSERT INTO violation_step SELECT OLD.opened_us - of_day_us, of_day_us / 3600000000, OLD.camera,
        OLD.zone, OLD.site, OLD.behaviour, OLD.status, OLD.verdict, OLD.run_kind, -1
        FROM (SELECT (OLD.opened_us % 86400000000 + 86400000000) % 86400000000 AS of_day_us);
END;

-- What is there already.
INSERT INTO violation_day_of_camera
SELECT opened_us - of_day_us, camera, zone, site, behaviour, status, verdict, run_kind, count(*),
    sum(hour = 0), sum(hour = 1), sum(hour = 2), sum(hour = 3), sum(hour = 4), sum(hour = 5), sum(hour = 6),
    sum(hour = 7), sum(hour = 8), sum(hour = 9), sum(hour = 10), sum(hour = 11), sum(hour = 12), sum(hour = 13),
    sum(hour = 14), sum(hour = 15), sum(hour = 16), sum(hour = 17), sum(hour = 18), sum(hour = 19), sum(hour = 20),
    sum(hour = 21), sum(hour = 22), sum(hour = 23)
FROM (SELECT *, of_day_us / 3600000000 AS hour FROM (
    SELECT *, (opened_us % 86400000000 + 86400000000) % 86400000000 AS of_day_us FROM violation
)) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

INSERT INTO violation_day
SELECT day_us, site, behaviour, status, verdict, run_kind, sum(count),
    sum(h00), sum(h01), sum(h02), sum(h03), sum(h04), sum(h05), sum(h06), sum(h07), sum(h08), sum(h09), sum(h10),
    sum(h11), sum(h12), sum(h13), sum(h14), sum(h15), sum(h16), sum(h17), sum(h18), sum(h19), sum(h20), sum(h21),
    sum(h22), sum(h23)
FROM violation_day_of_camera GROUP BY 1, 2, 3, 4, 5, 6;
