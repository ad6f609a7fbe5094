-- Who signs in: accounts with a role and a scope, their sessions, tokens of programs. See docs/accounts.md.

-- The administrative division in which a site lies (GB/T 2260: 2, 4 or 6 digits); '' when unknown.
ALTER TABLE site ADD COLUMN region TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE account (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    shown_name TEXT COLLATE "C" NOT NULL,           -- what people call the person; '' when only the name is known
    role TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,                -- JSON: kind, and of what
    grants TEXT COLLATE "C" NOT NULL,               -- JSON: actions beyond the role
    certificate TEXT COLLATE "C" NOT NULL,          -- number of an officer's certificate (执法证号); '' when there is none
    is_active BIGINT NOT NULL CHECK (is_active IN (0, 1)),
    password TEXT COLLATE "C",                      -- Argon2id, PHC string; NULL: none was set
    is_one_time BIGINT NOT NULL CHECK (is_one_time IN (0, 1)), -- the password has to be changed first
    password_ends_us BIGINT,           -- NULL: it does not end
    totp BYTEA,                          -- sealed secret; NULL: none
    is_totp_active BIGINT NOT NULL CHECK (is_totp_active IN (0, 1)), -- 0: made, and no code was seen yet
    totp_step BIGINT NOT NULL,         -- of the newest code that was used; 0: none
    subject TEXT COLLATE "C" UNIQUE,                -- issuer and subject at a single sign-on; NULL: none
    rights_version BIGINT NOT NULL,    -- counts changes of rights and password
    made_us BIGINT NOT NULL,
    last_login_us BIGINT
);

-- One signed-in browser. The token itself is nowhere.
CREATE TABLE session (
    digest BYTEA NOT NULL PRIMARY KEY CHECK (length(digest) = 32), -- SHA-256 of the token
    old_digest BYTEA,                    -- of the token before, which still counts for a moment
    id TEXT COLLATE "C" NOT NULL UNIQUE,            -- by which people name it
    account TEXT COLLATE "C" NOT NULL REFERENCES account (name),
    rights_version BIGINT NOT NULL,    -- of the account when the token was made
    address TEXT COLLATE "C" NOT NULL,              -- of the network, at the login
    agent TEXT COLLATE "C" NOT NULL,                -- as the browser called itself
    made_us BIGINT NOT NULL,
    token_us BIGINT NOT NULL,          -- when this token was made
    seen_us BIGINT NOT NULL,           -- within a minute
    ends_us BIGINT NOT NULL            -- at the latest
);
CREATE INDEX session_by_account ON session (account, made_us);
CREATE INDEX session_by_old ON session (old_digest) WHERE old_digest IS NOT NULL;

-- Tokens of programs: of the installation, or of an account, whose rights bound theirs.
CREATE TABLE token (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    digest BYTEA NOT NULL UNIQUE CHECK (length(digest) = 32), -- SHA-256 of the token
    name TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" REFERENCES account (name), -- NULL: of the installation
    scope TEXT COLLATE "C" NOT NULL,                -- JSON; of the owner where there is one
    grants TEXT COLLATE "C" NOT NULL,               -- JSON: actions
    made_by TEXT COLLATE "C" NOT NULL,
    made_us BIGINT NOT NULL,
    used_us BIGINT,                    -- within a minute
    ends_us BIGINT NOT NULL
);
CREATE INDEX token_by_owner ON token (owner, made_us);
