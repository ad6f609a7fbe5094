-- Who is notified. What happens is an event, written in the transaction of the change. A plan makes deliveries of it, one for each
-- subscription that wants it; each is sent at least once. See docs/notifications.md.

CREATE TABLE event (
    seq INTEGER NOT NULL PRIMARY KEY,
    topic TEXT NOT NULL,
    cause TEXT NOT NULL,               -- of a case: the step, or `due_soon`, `due`, `overdue`; of a camera: what happened; else ''
    site TEXT REFERENCES site (id),    -- NULL: it concerns the installation
    camera TEXT REFERENCES camera (id),
    violation INTEGER REFERENCES violation (seq) ON DELETE CASCADE,
    casefile INTEGER REFERENCES casefile (seq),
    version INTEGER,                   -- of the case then
    audience TEXT CHECK (audience IN ('enterprise', 'officers')), -- of a case: the side that is to hear of it
    at_us INTEGER NOT NULL,
    is_planned INTEGER NOT NULL CHECK (is_planned IN (0, 1)) -- its deliveries are there
) STRICT;
CREATE INDEX event_unplanned ON event (seq) WHERE is_planned = 0;
CREATE INDEX event_by_case ON event (casefile, seq) WHERE casefile IS NOT NULL;
CREATE INDEX event_by_violation ON event (violation) WHERE violation IS NOT NULL;

-- What cases said so far was never sent, and is too old to be news.
INSERT INTO event (seq, topic, cause, site, casefile, version, audience, at_us, is_planned)
    SELECT d.seq, CASE WHEN d.cause IN ('due_soon', 'due', 'overdue') THEN 'case_late' ELSE 'case_step' END,
        d.cause, c.site, d.casefile, d.version, d.audience, d.at_us, 1
    FROM delivery AS d JOIN casefile AS c ON c.seq = d.casefile;
DROP TABLE delivery;

-- What an account wants to hear of, by which way.
CREATE TABLE subscription (
    seq INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    account TEXT NOT NULL REFERENCES account (name),
    channel TEXT NOT NULL CHECK (channel IN ('email', 'webhook', 'mqtt')),
    address TEXT NOT NULL,             -- a mail address, a URL, a topic
    language TEXT NOT NULL CHECK (language IN ('zh-CN', 'en')),
    wants TEXT NOT NULL,               -- JSON: topics, sites, behaviours, pace, quiet hours
    secret BLOB,                       -- of a webhook, sealed
    old_secret BLOB,                   -- the one before, sealed; both sign while it is changed
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    version INTEGER NOT NULL CHECK (version > 0), -- counts the changes
    made_us INTEGER NOT NULL,
    failures INTEGER NOT NULL,         -- attempts in a row at which it was away
    retry_us INTEGER NOT NULL,         -- nothing is tried before
    failing_us INTEGER,                -- since when nothing arrived; NULL: the last attempt did
    trouble TEXT NOT NULL,             -- why; '' when it did
    parked_us INTEGER,                 -- when it was given up; NULL: it is tried
    ended_us INTEGER,                  -- NULL: it goes on
    reported_us INTEGER                -- end of the newest period that a report was made of
) STRICT;
CREATE INDEX subscription_by_account ON subscription (account, seq);

-- One message to one receiver.
CREATE TABLE delivery (
    seq INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16), -- the receiver sees it, and can tell what came twice
    subscription INTEGER NOT NULL REFERENCES subscription (seq),
    topic TEXT NOT NULL,               -- of its events; `report`; `test`
    casefile INTEGER REFERENCES casefile (seq), -- deliveries of one case to one receiver keep their order
    from_us INTEGER,                   -- of a report: its period
    to_us INTEGER,
    made_us INTEGER NOT NULL,
    due_us INTEGER NOT NULL,           -- when it is tried next
    claimed_us INTEGER,                -- until when a sender has it
    attempts INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dropped')),
    ended_us INTEGER,                  -- when it arrived or was dropped
    said TEXT NOT NULL                 -- the receipt, or why the last attempt failed, or why it was dropped
) STRICT;
CREATE INDEX delivery_waiting ON delivery (subscription, due_us, seq) WHERE state = 'waiting';
CREATE INDEX delivery_by_subscription ON delivery (subscription, seq);
CREATE INDEX delivery_by_case ON delivery (casefile, seq) WHERE casefile IS NOT NULL;

-- What a delivery is about: one event, or a burst of them.
CREATE TABLE delivery_event (
    delivery INTEGER NOT NULL REFERENCES delivery (seq) ON DELETE CASCADE,
    event INTEGER NOT NULL REFERENCES event (seq) ON DELETE CASCADE,
    PRIMARY KEY (delivery, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_event_by_event ON delivery_event (event);
