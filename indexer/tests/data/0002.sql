PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(1,'index','2026-12-01 12:46:28',1,X'34d313f55429e2fc4b61e5b4c0b9c86f855c838f8fb1e46cb3b4834caa8ee491c1a33d9efa044b9e392fe62635f49887',12890198);
INSERT INTO _sqlx_migrations VALUES(2,'recording','2026-12-01 12:46:28',1,X'390c79d260bbceb2523b6570750ed06d816a60560d0e4b9e9a7de290787137c08ac8733301d364a7322e418952ab664f',7610465);
CREATE TABLE site (
    id TEXT NOT NULL PRIMARY KEY,        -- as written in the configuration
    name TEXT NOT NULL,                  -- what people call it
    credit_code TEXT NOT NULL,           -- unified social credit code; empty when unknown
    time_zone TEXT NOT NULL,             -- IANA name
    risk_level TEXT NOT NULL,            -- the regulator's words; empty when unknown
    is_configured INTEGER NOT NULL CHECK (is_configured IN (0, 1)) -- 0: gone from the configuration
) STRICT, WITHOUT ROWID;
INSERT INTO site VALUES('mill','轧钢厂','91310000MA1K00000X','Asia/Shanghai','较大',0);
INSERT INTO site VALUES('plant','东港机械厂','91310000MA1K00000X','Asia/Shanghai','较大',1);
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
INSERT INTO camera VALUES('gate','plant','gate 摄像机','{"dock":"装卸作业区"}',1,'failed',1772323261000000,'wrong password',1772323260000000);
INSERT INTO camera VALUES('press','mill','press 摄像机','{"dock":"装卸作业区"}',0,'stopped',NULL,NULL,NULL);
INSERT INTO camera VALUES('yard','plant','yard 摄像机','{"dock":"装卸作业区"}',1,'stopped',NULL,NULL,NULL);
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
INSERT INTO run VALUES(X'00000000000000000000000000000001','live','plant','gate','rtsp://admin:***@10.0.0.5/live','nano@0f3c21aa90d1',1772323200000000,NULL,1772323515000000,NULL);
INSERT INTO run VALUES(X'00000000000000000000000000000002','archive','mill','press','rtsp://admin:***@10.0.0.5/live','nano@0f3c21aa90d1',1772323200000000,1772323800000000,1772323800000000,600000000000);
CREATE TABLE rule_version (
    id INTEGER NOT NULL PRIMARY KEY,
    rule TEXT NOT NULL,                  -- unique in its camera
    version TEXT NOT NULL,               -- behaviour and digest
    behaviour TEXT NOT NULL,
    zone TEXT NOT NULL,
    definition TEXT NOT NULL,            -- thresholds, schedule and polygon, JSON
    UNIQUE (version, rule, zone, definition)
) STRICT;
INSERT INTO rule_version VALUES(1,'hats','no_hard_hat@1f0c9ad2b7e4','no_hard_hat','dock','{"window_s":2.5}');
CREATE TABLE run_rule (
    run BLOB NOT NULL REFERENCES run (id),
    rule_version INTEGER NOT NULL REFERENCES rule_version (id),
    PRIMARY KEY (run, rule_version)
) STRICT, WITHOUT ROWID;
INSERT INTO run_rule VALUES(X'00000000000000000000000000000001',1);
INSERT INTO run_rule VALUES(X'00000000000000000000000000000002',1);
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
INSERT INTO violation VALUES(1,X'0000000000000001000000000000000a',X'00000000000000000000000000000001','live','plant','gate','dock','no_hard_hat','hats','no_hard_hat@1f0c9ad2b7e4','nano@0f3c21aa90d1',0.75,48,'open',1772323210000000,10000000000,NULL,NULL,NULL,10);
INSERT INTO violation VALUES(2,X'0000000000000001000000000000006e',X'00000000000000000000000000000001','live','plant','gate','dock','hot_work','hats','no_hard_hat@1f0c9ad2b7e4','nano@0f3c21aa90d1',0.75,48,'confirmed',1772323310000000,110000000000,1772323315000000,115000000000,'left',110);
INSERT INTO violation VALUES(3,X'000000000000000100000000000000d2',X'00000000000000000000000000000001','live','plant','gate','dock','overcrowding','hats','no_hard_hat@1f0c9ad2b7e4','nano@0f3c21aa90d1',0.75,48,'dismissed',1772323410000000,210000000000,1772323415000000,215000000000,'left',210);
INSERT INTO violation VALUES(4,X'00000000000000010000000000000136',X'00000000000000000000000000000001','live','plant','gate','dock','no_anti_static','hats','no_hard_hat@1f0c9ad2b7e4','nano@0f3c21aa90d1',0.75,48,'closed',1772323510000000,310000000000,1772323515000000,315000000000,'left',310);
INSERT INTO violation VALUES(5,X'0000000000000002000000000000000a',X'00000000000000000000000000000002','archive','mill','press','dock','no_hard_hat','hats','no_hard_hat@1f0c9ad2b7e4','nano@0f3c21aa90d1',0.75,48,'confirmed',1772323210000000,10000000000,NULL,NULL,NULL,10);
INSERT INTO violation VALUES(6,X'0000000000000002000000000000006e',X'00000000000000000000000000000002','archive','mill','press','dock','hot_work','hats','no_hard_hat@1f0c9ad2b7e4','nano@0f3c21aa90d1',0.75,48,'dismissed',1772323310000000,110000000000,1772323315000000,115000000000,'left',110);
INSERT INTO violation VALUES(7,X'000000000000000200000000000000d2',X'00000000000000000000000000000002','archive','mill','press','dock','overcrowding','hats','no_hard_hat@1f0c9ad2b7e4','nano@0f3c21aa90d1',0.75,48,'closed',1772323410000000,210000000000,1772323415000000,215000000000,'left',210);
INSERT INTO violation VALUES(8,X'00000000000000020000000000000136',X'00000000000000000000000000000002','archive','mill','press','dock','no_anti_static','hats','no_hard_hat@1f0c9ad2b7e4','nano@0f3c21aa90d1',0.75,48,'closed',1772323510000000,310000000000,1772323515000000,315000000000,'left',310);
CREATE TABLE violation_tally (
    camera TEXT NOT NULL,
    site TEXT NOT NULL,
    behaviour TEXT NOT NULL,
    status TEXT NOT NULL,
    run_kind TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (camera, site, behaviour, status, run_kind)
) STRICT, WITHOUT ROWID;
INSERT INTO violation_tally VALUES('gate','plant','hot_work','closed','live',0);
INSERT INTO violation_tally VALUES('gate','plant','hot_work','confirmed','live',1);
INSERT INTO violation_tally VALUES('gate','plant','hot_work','open','live',0);
INSERT INTO violation_tally VALUES('gate','plant','no_anti_static','closed','live',1);
INSERT INTO violation_tally VALUES('gate','plant','no_anti_static','open','live',0);
INSERT INTO violation_tally VALUES('gate','plant','no_hard_hat','open','live',1);
INSERT INTO violation_tally VALUES('gate','plant','overcrowding','closed','live',0);
INSERT INTO violation_tally VALUES('gate','plant','overcrowding','dismissed','live',1);
INSERT INTO violation_tally VALUES('gate','plant','overcrowding','open','live',0);
INSERT INTO violation_tally VALUES('press','mill','hot_work','closed','archive',0);
INSERT INTO violation_tally VALUES('press','mill','hot_work','dismissed','archive',1);
INSERT INTO violation_tally VALUES('press','mill','hot_work','open','archive',0);
INSERT INTO violation_tally VALUES('press','mill','no_anti_static','closed','archive',1);
INSERT INTO violation_tally VALUES('press','mill','no_anti_static','open','archive',0);
INSERT INTO violation_tally VALUES('press','mill','no_hard_hat','confirmed','archive',1);
INSERT INTO violation_tally VALUES('press','mill','no_hard_hat','open','archive',0);
INSERT INTO violation_tally VALUES('press','mill','overcrowding','closed','archive',1);
INSERT INTO violation_tally VALUES('press','mill','overcrowding','open','archive',0);
CREATE TABLE violation_detail (
    violation INTEGER NOT NULL PRIMARY KEY REFERENCES violation (seq),
    snapshot_us INTEGER NOT NULL,        -- when the snapshot was taken
    snapshot_media_ns INTEGER NOT NULL,  -- the same in the source
    detections TEXT NOT NULL,            -- everything the model saw in the snapshot, JSON
    path TEXT NOT NULL                   -- where the track was, JSON; replaced by the whole when it closes
) STRICT;
INSERT INTO violation_detail VALUES(1,1772323210000000,10000000000,'{"camera":"gate","at":{"media":10000000000,"wall":"2026-03-01T00:00:10Z"},"items":[]}','[{"at":{"media":10000000000,"wall":"2026-03-01T00:00:10Z"},"box":[0.25,0.25,0.5,0.5]}]');
INSERT INTO violation_detail VALUES(2,1772323310000000,110000000000,'{"camera":"gate","at":{"media":110000000000,"wall":"2026-03-01T00:01:50Z"},"items":[]}','[{"at":{"media":110000000000,"wall":"2026-03-01T00:01:50Z"},"box":[0.25,0.25,0.5,0.5]}]');
INSERT INTO violation_detail VALUES(3,1772323410000000,210000000000,'{"camera":"gate","at":{"media":210000000000,"wall":"2026-03-01T00:03:30Z"},"items":[]}','[{"at":{"media":210000000000,"wall":"2026-03-01T00:03:30Z"},"box":[0.25,0.25,0.5,0.5]}]');
INSERT INTO violation_detail VALUES(4,1772323510000000,310000000000,'{"camera":"gate","at":{"media":310000000000,"wall":"2026-03-01T00:05:10Z"},"items":[]}','[{"at":{"media":310000000000,"wall":"2026-03-01T00:05:10Z"},"box":[0.25,0.25,0.5,0.5]}]');
INSERT INTO violation_detail VALUES(5,1772323210000000,10000000000,'{"camera":"press","at":{"media":10000000000,"wall":"2026-03-01T00:00:10Z"},"items":[]}','[{"at":{"media":10000000000,"wall":"2026-03-01T00:00:10Z"},"box":[0.25,0.25,0.5,0.5]}]');
INSERT INTO violation_detail VALUES(6,1772323310000000,110000000000,'{"camera":"press","at":{"media":110000000000,"wall":"2026-03-01T00:01:50Z"},"items":[]}','[{"at":{"media":110000000000,"wall":"2026-03-01T00:01:50Z"},"box":[0.25,0.25,0.5,0.5]}]');
INSERT INTO violation_detail VALUES(7,1772323410000000,210000000000,'{"camera":"press","at":{"media":210000000000,"wall":"2026-03-01T00:03:30Z"},"items":[]}','[{"at":{"media":210000000000,"wall":"2026-03-01T00:03:30Z"},"box":[0.25,0.25,0.5,0.5]}]');
INSERT INTO violation_detail VALUES(8,1772323510000000,310000000000,'{"camera":"press","at":{"media":310000000000,"wall":"2026-03-01T00:05:10Z"},"items":[]}','[{"at":{"media":310000000000,"wall":"2026-03-01T00:05:10Z"},"box":[0.25,0.25,0.5,0.5]}]');
CREATE TABLE evidence (
    violation INTEGER NOT NULL REFERENCES violation (seq),
    kind TEXT NOT NULL CHECK (kind IN ('snapshot', 'snapshot_annotated', 'clip')),
    path TEXT NOT NULL UNIQUE,           -- in the evidence folder, with forward slashes
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64), -- lower-case hexadecimal
    PRIMARY KEY (violation, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO evidence VALUES(1,'snapshot','gate/2026/03/01/00000000-0000-0001-0000-00000000000a/snapshot.jpg',5,'3b066804f6d1d077173cfe4d06002e6a61e6f21c2b2e648417962115f1afcd8e');
INSERT INTO evidence VALUES(1,'snapshot_annotated','gate/2026/03/01/00000000-0000-0001-0000-00000000000a/snapshot_annotated.jpg',9,'f98ad21069f8dc0dcbaedd5a3ae3b3691de33b5e37d1a4c945707c8bd9a491bb');
INSERT INTO evidence VALUES(2,'clip','gate/clip.mp4',9,'abababababababababababababababababababababababababababababababab');
INSERT INTO evidence VALUES(2,'snapshot','gate/2026/03/01/00000000-0000-0001-0000-00000000006e/snapshot.jpg',5,'3b066804f6d1d077173cfe4d06002e6a61e6f21c2b2e648417962115f1afcd8e');
INSERT INTO evidence VALUES(2,'snapshot_annotated','gate/2026/03/01/00000000-0000-0001-0000-00000000006e/snapshot_annotated.jpg',9,'f98ad21069f8dc0dcbaedd5a3ae3b3691de33b5e37d1a4c945707c8bd9a491bb');
INSERT INTO evidence VALUES(3,'snapshot','gate/2026/03/01/00000000-0000-0001-0000-0000000000d2/snapshot.jpg',5,'3b066804f6d1d077173cfe4d06002e6a61e6f21c2b2e648417962115f1afcd8e');
INSERT INTO evidence VALUES(3,'snapshot_annotated','gate/2026/03/01/00000000-0000-0001-0000-0000000000d2/snapshot_annotated.jpg',9,'f98ad21069f8dc0dcbaedd5a3ae3b3691de33b5e37d1a4c945707c8bd9a491bb');
INSERT INTO evidence VALUES(4,'snapshot','gate/2026/03/01/00000000-0000-0001-0000-000000000136/snapshot.jpg',5,'3b066804f6d1d077173cfe4d06002e6a61e6f21c2b2e648417962115f1afcd8e');
INSERT INTO evidence VALUES(4,'snapshot_annotated','gate/2026/03/01/00000000-0000-0001-0000-000000000136/snapshot_annotated.jpg',9,'f98ad21069f8dc0dcbaedd5a3ae3b3691de33b5e37d1a4c945707c8bd9a491bb');
INSERT INTO evidence VALUES(5,'snapshot','press/2026/03/01/00000000-0000-0002-0000-00000000000a/snapshot.jpg',5,'3b066804f6d1d077173cfe4d06002e6a61e6f21c2b2e648417962115f1afcd8e');
INSERT INTO evidence VALUES(5,'snapshot_annotated','press/2026/03/01/00000000-0000-0002-0000-00000000000a/snapshot_annotated.jpg',9,'f98ad21069f8dc0dcbaedd5a3ae3b3691de33b5e37d1a4c945707c8bd9a491bb');
INSERT INTO evidence VALUES(6,'snapshot','press/2026/03/01/00000000-0000-0002-0000-00000000006e/snapshot.jpg',5,'3b066804f6d1d077173cfe4d06002e6a61e6f21c2b2e648417962115f1afcd8e');
INSERT INTO evidence VALUES(6,'snapshot_annotated','press/2026/03/01/00000000-0000-0002-0000-00000000006e/snapshot_annotated.jpg',9,'f98ad21069f8dc0dcbaedd5a3ae3b3691de33b5e37d1a4c945707c8bd9a491bb');
INSERT INTO evidence VALUES(7,'snapshot','press/2026/03/01/00000000-0000-0002-0000-0000000000d2/snapshot.jpg',5,'3b066804f6d1d077173cfe4d06002e6a61e6f21c2b2e648417962115f1afcd8e');
INSERT INTO evidence VALUES(7,'snapshot_annotated','press/2026/03/01/00000000-0000-0002-0000-0000000000d2/snapshot_annotated.jpg',9,'f98ad21069f8dc0dcbaedd5a3ae3b3691de33b5e37d1a4c945707c8bd9a491bb');
INSERT INTO evidence VALUES(8,'snapshot','press/2026/03/01/00000000-0000-0002-0000-000000000136/snapshot.jpg',5,'3b066804f6d1d077173cfe4d06002e6a61e6f21c2b2e648417962115f1afcd8e');
INSERT INTO evidence VALUES(8,'snapshot_annotated','press/2026/03/01/00000000-0000-0002-0000-000000000136/snapshot_annotated.jpg',9,'f98ad21069f8dc0dcbaedd5a3ae3b3691de33b5e37d1a4c945707c8bd9a491bb');
CREATE TABLE outbox (
    seq INTEGER NOT NULL PRIMARY KEY,    -- event id of the live stream
    violation INTEGER REFERENCES violation (seq), -- set when a violation changed
    camera TEXT REFERENCES camera (id),  -- set when a camera went into another state
    at_us INTEGER NOT NULL,              -- when it was written
    CHECK ((violation IS NULL) <> (camera IS NULL))
) STRICT;
INSERT INTO outbox VALUES(1,1,NULL,1772323200000000);
INSERT INTO outbox VALUES(2,2,NULL,1772323200000000);
INSERT INTO outbox VALUES(3,2,NULL,1772323200000000);
INSERT INTO outbox VALUES(4,3,NULL,1772323200000000);
INSERT INTO outbox VALUES(5,3,NULL,1772323200000000);
INSERT INTO outbox VALUES(6,4,NULL,1772323200000000);
INSERT INTO outbox VALUES(7,4,NULL,1772323200000000);
INSERT INTO outbox VALUES(8,5,NULL,1772323200000000);
INSERT INTO outbox VALUES(9,6,NULL,1772323200000000);
INSERT INTO outbox VALUES(10,6,NULL,1772323200000000);
INSERT INTO outbox VALUES(11,7,NULL,1772323200000000);
INSERT INTO outbox VALUES(12,7,NULL,1772323200000000);
INSERT INTO outbox VALUES(13,8,NULL,1772323200000000);
INSERT INTO outbox VALUES(14,8,NULL,1772323200000000);
INSERT INTO outbox VALUES(15,NULL,'gate',1772323200000000);
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
INSERT INTO segment VALUES('gate',1772323200000000,1772323260000000,60000000000,1000,X'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','h264',1920,1080,NULL,'arrival',0,0);
INSERT INTO segment VALUES('gate',1772323260000000,1772323320000000,60000000000,1000,NULL,'h264',1920,1080,NULL,'arrival',0,0);
INSERT INTO segment VALUES('yard',1772323200000000,1772323260000000,60000000000,1000,X'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','h264',1920,1080,NULL,'arrival',0,1);
CREATE TABLE recorded (
    camera TEXT NOT NULL PRIMARY KEY REFERENCES camera (id),
    segments INTEGER NOT NULL CHECK (segments >= 0),
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    expired_until_us INTEGER             -- end of the newest segment that retention deleted; NULL: none yet
) STRICT, WITHOUT ROWID;
INSERT INTO recorded VALUES('gate',2,2000,NULL);
INSERT INTO recorded VALUES('yard',1,1000,NULL);
CREATE TABLE recording_change (
    seq INTEGER NOT NULL PRIMARY KEY,    -- in the order of telling; breaks ties of since_us
    camera TEXT NOT NULL REFERENCES camera (id),
    since_us INTEGER NOT NULL,
    state TEXT NOT NULL,                 -- waiting, recording, disk_full, failed, overloaded, stopped, interrupted
    reason TEXT                          -- for a person; never holds a password
) STRICT;
INSERT INTO recording_change VALUES(1,'gate',1772323200000000,'recording',NULL);
INSERT INTO recording_change VALUES(2,'gate',1772323261000000,'waiting','no data for 5 s');
CREATE TABLE coverage_minute (
    camera TEXT NOT NULL REFERENCES camera (id),
    minute_us INTEGER NOT NULL CHECK (minute_us % 60000000 = 0), -- its beginning
    analysed_us INTEGER NOT NULL CHECK (analysed_us BETWEEN 0 AND 60000000),
    gated_us INTEGER NOT NULL CHECK (gated_us BETWEEN 0 AND 60000000),
    PRIMARY KEY (camera, minute_us)
) STRICT, WITHOUT ROWID;
INSERT INTO coverage_minute VALUES('gate',1772323200000000,30000000,10000000);
CREATE TABLE coverage_blind (
    camera TEXT NOT NULL REFERENCES camera (id),
    minute_us INTEGER NOT NULL CHECK (minute_us % 60000000 = 0),
    cause TEXT NOT NULL,                 -- black, covered, frozen, out_of_focus, moved
    blind_us INTEGER NOT NULL CHECK (blind_us BETWEEN 0 AND 60000000),
    PRIMARY KEY (camera, minute_us, cause)
) STRICT, WITHOUT ROWID;
INSERT INTO coverage_blind VALUES('gate',1772323200000000,'covered',5000000);
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
INSERT INTO hold VALUES(1,'gate',1772323200000000,1772323260000000,'王检查员','案件 2026-17',1772323200000000,NULL,NULL,NULL);
INSERT INTO hold VALUES(2,'yard',1772323200000000,1772323260000000,'王检查员','案件 2026-17',1772323200000000,1772323200000000,'李律师','结案');
CREATE TABLE clip (
    violation INTEGER NOT NULL PRIMARY KEY REFERENCES violation (seq),
    state TEXT NOT NULL CHECK (state IN ('due', 'cut', 'none')), -- none: there is nothing to cut it from, and never will
    from_us INTEGER,                     -- what was cut, or was to be cut; NULL while due
    to_us INTEGER,
    reason TEXT                          -- what is missing of it, or why there is none, for a person
) STRICT;
INSERT INTO clip VALUES(1,'due',NULL,NULL,NULL);
INSERT INTO clip VALUES(2,'cut',1772323205000000,1772323220000000,NULL);
INSERT INTO clip VALUES(3,'none',1772323305000000,1772323320000000,'nothing was recorded then');
INSERT INTO clip VALUES(4,'due',NULL,NULL,NULL);
CREATE INDEX run_by_camera ON run (camera, started_us);
CREATE INDEX run_unended ON run (kind, camera) WHERE ended_us IS NULL;
CREATE INDEX violation_by_time ON violation (opened_us, seq, score, run_kind);
CREATE INDEX violation_by_score ON violation (score_step, behaviour, opened_us, seq, score, run_kind);
CREATE INDEX violation_by_behaviour ON violation (behaviour, opened_us, seq, score, run_kind);
CREATE INDEX violation_by_status ON violation (status, behaviour, opened_us, seq, score, run_kind);
CREATE INDEX violation_by_site ON violation (site, behaviour, opened_us, seq, score, run_kind, status);
CREATE INDEX violation_by_zone ON violation (zone, behaviour, opened_us, seq, score, run_kind, status, site);
CREATE INDEX violation_by_camera
    ON violation (camera, behaviour, opened_us, seq, score, run_kind, status, site, zone);
CREATE INDEX violation_unclosed ON violation (run) WHERE closed_us IS NULL;
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
CREATE INDEX segment_unfinished ON segment (camera, start_us) WHERE sha256 IS NULL;
CREATE INDEX segment_expiring ON segment (camera, start_us) WHERE is_expiring = 1;
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
CREATE INDEX recording_change_by_camera ON recording_change (camera, since_us, seq);
CREATE INDEX hold_standing ON hold (camera, to_us, from_us) WHERE lifted_us IS NULL;
CREATE INDEX hold_by_camera ON hold (camera, id);
CREATE INDEX clip_due ON clip (violation) WHERE state = 'due';
COMMIT;
