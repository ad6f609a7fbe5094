-- What was done, by whom, from where and why. Written in the transaction of the change. Entries are linked: each link is the SHA-256
-- of the link before it and of the entry, see indexer/src/audit/link.rs.
CREATE TABLE audit (
    seq INTEGER NOT NULL PRIMARY KEY,   -- from 1 on, without gaps
    at_us INTEGER NOT NULL,
    account TEXT NOT NULL,
    role TEXT NOT NULL,                 -- when it was done
    address TEXT NOT NULL,              -- of the network; '' when it came from this machine itself
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,          -- hold, account, violation, …
    object TEXT NOT NULL,               -- its id
    why TEXT NOT NULL,                  -- as the person gave it; '' when none is asked for
    before TEXT,                        -- JSON; NULL: it was not there, or is not changed
    after TEXT,                         -- JSON; NULL: it is gone, or is not changed
    link BLOB NOT NULL CHECK (length(link) = 32)
) STRICT;
CREATE INDEX audit_by_account ON audit (account, seq);
CREATE INDEX audit_by_action ON audit (action, seq);
CREATE INDEX audit_by_object ON audit (object_kind, object, seq);
CREATE INDEX audit_by_time ON audit (at_us, seq);

CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;

-- Keys that signed something. The secret halves lie in the data folder, never here.
CREATE TABLE signing_key (
    id TEXT NOT NULL PRIMARY KEY,       -- the first 16 digits of the public half's SHA-256
    algorithm TEXT NOT NULL,            -- ed25519
    public BLOB NOT NULL,
    made_us INTEGER NOT NULL,
    retired_us INTEGER                  -- NULL: it signs
) STRICT;

CREATE TABLE checkpoint (
    seq INTEGER NOT NULL PRIMARY KEY,   -- of the audit entry that it is about
    at_us INTEGER NOT NULL,
    envelope TEXT NOT NULL              -- DSSE, JSON
) STRICT;
