-- What inspectors made of violations. `violation.verdict` holds what counts outside the inbox: it follows a judgement once
-- that can be undone no longer and has the signatures that were asked for.

CREATE TABLE verdict (
    violation INTEGER NOT NULL PRIMARY KEY REFERENCES violation (seq) ON DELETE CASCADE,
    version INTEGER NOT NULL CHECK (version > 0), -- counts the changes
    shown TEXT NOT NULL CHECK (shown IN ('none', 'confirmed', 'dismissed')), -- what the inbox shows
    is_settled INTEGER NOT NULL CHECK (is_settled IN (0, 1)), -- violation.verdict is `shown`
    settles_us INTEGER,                -- when it can be undone no longer; NULL: that is over, or a signature is awaited
    state TEXT NOT NULL                -- JSON: the judgements, who gave them, when, why, who signed
) STRICT;
CREATE INDEX verdict_unsettled ON verdict (settles_us, violation) WHERE is_settled = 0;
