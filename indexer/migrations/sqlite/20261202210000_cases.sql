-- Cases: confirmed violations of one site that are dealt with together, and what was done with them.

CREATE TABLE casefile (
    seq INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    site TEXT NOT NULL REFERENCES site (id),
    version INTEGER NOT NULL CHECK (version > 0), -- counts the steps
    stage TEXT NOT NULL,               -- where it stands, as `state` has it
    is_over INTEGER NOT NULL CHECK (is_over IN (0, 1)), -- nothing can follow
    outcome TEXT,                      -- what the notice asks for, or else the draft; NULL: nothing was proposed
    due TEXT,                          -- the last day of the term, 2026-03-01; NULL before a notice
    assignee TEXT NOT NULL,            -- the account of the officer in charge
    opened_us INTEGER NOT NULL,
    changed_us INTEGER NOT NULL,
    noticed_us INTEGER,                -- when the notice left; NULL: the enterprise does not see it yet
    escalated INTEGER NOT NULL,        -- steps of lateness that deliveries were written for
    state TEXT NOT NULL                -- JSON: the case as `domain/casework` keeps it
) STRICT;
CREATE INDEX casefile_by_change ON casefile (changed_us, seq);
CREATE INDEX casefile_by_site ON casefile (site, changed_us, seq);
CREATE INDEX casefile_by_stage ON casefile (stage, changed_us, seq);
CREATE INDEX casefile_by_assignee ON casefile (assignee, changed_us, seq);
CREATE INDEX casefile_due ON casefile (due, seq) WHERE is_over = 0 AND due IS NOT NULL;

-- The violations of a case. A violation is in one case at a time, unless that one is over.
CREATE TABLE casefile_violation (
    casefile INTEGER NOT NULL REFERENCES casefile (seq),
    violation INTEGER NOT NULL REFERENCES violation (seq),
    is_in INTEGER NOT NULL CHECK (is_in IN (0, 1)),     -- 0: it left the case
    is_bound INTEGER NOT NULL CHECK (is_bound IN (0, 1)), -- it is in, and the case is not over
    PRIMARY KEY (casefile, violation)
) STRICT, WITHOUT ROWID;
CREATE INDEX casefile_violation_cases ON casefile_violation (violation, casefile);
CREATE UNIQUE INDEX casefile_violation_once ON casefile_violation (violation) WHERE is_bound = 1;

-- Every step of every case, with the words that belong to it. Never changed.
CREATE TABLE casefile_step (
    casefile INTEGER NOT NULL REFERENCES casefile (seq),
    version INTEGER NOT NULL,
    step TEXT NOT NULL,
    account TEXT NOT NULL,             -- who took it; '' for the program
    role TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    stage TEXT NOT NULL,               -- where the case stood afterwards
    words TEXT NOT NULL,               -- of pleas, answers, rectifications, returns; '' without
    PRIMARY KEY (casefile, version)
) STRICT, WITHOUT ROWID;

-- What the other side is to hear of, written with the change that causes it. Nothing is dropped from here.
CREATE TABLE delivery (
    seq INTEGER NOT NULL PRIMARY KEY,
    casefile INTEGER NOT NULL REFERENCES casefile (seq),
    version INTEGER NOT NULL,
    audience TEXT NOT NULL CHECK (audience IN ('enterprise', 'officers')),
    cause TEXT NOT NULL,               -- the step, or `due_soon`, `due`, `overdue`
    at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_by_case ON delivery (casefile, seq);

-- Officers who must not act on a site.
CREATE TABLE recusal (
    site TEXT NOT NULL REFERENCES site (id),
    account TEXT NOT NULL,
    reason TEXT NOT NULL,
    noted_us INTEGER NOT NULL,
    PRIMARY KEY (site, account)
) STRICT, WITHOUT ROWID;

-- The proof that a camera may be used as evidence. A newer row replaces the older one from its day on.
CREATE TABLE camera_review (
    camera TEXT NOT NULL REFERENCES camera (id),
    version INTEGER NOT NULL CHECK (version > 0),
    reviewed_on TEXT NOT NULL,         -- 2026-03-01
    review TEXT NOT NULL,              -- JSON: number, reviewer, day, sign, publication
    is_example INTEGER NOT NULL CHECK (is_example IN (0, 1)), -- comes with the demonstration
    account TEXT NOT NULL,             -- who entered it
    at_us INTEGER NOT NULL,
    PRIMARY KEY (camera, version)
) STRICT, WITHOUT ROWID;
