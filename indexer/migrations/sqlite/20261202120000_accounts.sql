-- Who signs in: accounts with a role and a scope, their sessions, tokens of programs. See docs/accounts.md.

-- The administrative division in which a site lies (GB/T 2260: 2, 4 or 6 digits); '' when unknown.
ALTER TABLE site ADD COLUMN region TEXT NOT NULL DEFAULT '';

CREATE TABLE account (
    name TEXT NOT NULL PRIMARY KEY,
    shown_name TEXT NOT NULL,           -- what people call the person; '' when only the name is known
    role TEXT NOT NULL,
    scope TEXT NOT NULL,                -- JSON: kind, and of what
    grants TEXT NOT NULL,               -- JSON: actions beyond the role
    certificate TEXT NOT NULL,          -- number of an officer's certificate (执法证号); '' when there is none
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    password TEXT,                      -- Argon2id, PHC string; NULL: none was set
    is_one_time INTEGER NOT NULL CHECK (is_one_time IN (0, 1)), -- the password has to be changed first
    password_ends_us INTEGER,           -- NULL: it does not end
    totp BLOB,                          -- sealed secret; NULL: none
    is_totp_active INTEGER NOT NULL CHECK (is_totp_active IN (0, 1)), -- 0: made, and no code was seen yet
    totp_step INTEGER NOT NULL,         -- of the newest code that was used; 0: none
    subject TEXT UNIQUE,                -- issuer and subject at a single sign-on; NULL: none
    rights_version INTEGER NOT NULL,    -- counts changes of rights and password
    made_us INTEGER NOT NULL,
    last_login_us INTEGER
) STRICT;

-- One signed-in browser. The token itself is nowhere.
CREATE TABLE session (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32), -- SHA-256 of the token
    old_digest BLOB,                    -- of the token before, which still counts for a moment
    id TEXT NOT NULL UNIQUE,            -- by which people name it
    account TEXT NOT NULL REFERENCES account (name),
    rights_version INTEGER NOT NULL,    -- of the account when the token was made
    address TEXT NOT NULL,              -- of the network, at the login
    agent TEXT NOT NULL,                -- as the browser called itself
    made_us INTEGER NOT NULL,
    token_us INTEGER NOT NULL,          -- when this token was made
    seen_us INTEGER NOT NULL,           -- within a minute
    ends_us INTEGER NOT NULL            -- at the latest
) STRICT;
CREATE INDEX session_by_account ON session (account, made_us);
CREATE INDEX session_by_old ON session (old_digest) WHERE old_digest IS NOT NULL;

-- Tokens of programs: of the installation, or of an account, whose rights bound theirs.
CREATE TABLE token (
    id TEXT NOT NULL PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32), -- SHA-256 of the token
    name TEXT NOT NULL,
    owner TEXT REFERENCES account (name), -- NULL: of the installation
    scope TEXT NOT NULL,                -- JSON; of the owner where there is one
    grants TEXT NOT NULL,               -- JSON: actions
    made_by TEXT NOT NULL,
    made_us INTEGER NOT NULL,
    used_us INTEGER,                    -- within a minute
    ends_us INTEGER NOT NULL
) STRICT;
CREATE INDEX token_by_owner ON token (owner, made_us);
