-- What inspectors made of violations. `violation.verdict` holds what counts outside the inbox: it follows a judgement once
-- that can be undone no longer and has the signatures that were asked for.

CREATE TABLE verdict (
    violation BIGINT NOT NULL PRIMARY KEY REFERENCES violation (seq) ON DELETE CASCADE,
    version BIGINT NOT NULL CHECK (version > 0), -- counts the changes
    shown TEXT COLLATE "C" NOT NULL CHECK (shown IN ('none', 'confirmed', 'dismissed')), -- what the inbox shows
    is_settled BIGINT NOT NULL CHECK (is_settled IN (0, 1)), -- violation.verdict is `shown`
    settles_us BIGINT,                -- when it can be undone no longer; NULL: that is over, or a signature is awaited
    state TEXT COLLATE "C" NOT NULL                -- JSON: the judgements, who gave them, when, why, who signed
);
CREATE INDEX verdict_unsettled ON verdict (settles_us, violation) WHERE is_settled = 0;
