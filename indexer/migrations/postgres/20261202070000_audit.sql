-- What was done, by whom, from where and why. Written in the transaction of the change. Entries are linked: each link is the SHA-256
-- of the link before it and of the entry, see indexer/src/audit/link.rs.
CREATE TABLE audit (
    seq BIGINT NOT NULL PRIMARY KEY,   -- from 1 on, without gaps
    at_us BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,                 -- when it was done
    address TEXT COLLATE "C" NOT NULL,              -- of the network; '' when it came from this machine itself
    action TEXT COLLATE "C" NOT NULL,
    object_kind TEXT COLLATE "C" NOT NULL,          -- hold, account, violation, …
    object TEXT COLLATE "C" NOT NULL,               -- its id
    why TEXT COLLATE "C" NOT NULL,                  -- as the person gave it; '' when none is asked for
    before TEXT COLLATE "C",                        -- JSON; NULL: it was not there, or is not changed
    after TEXT COLLATE "C",                         -- JSON; NULL: it is gone, or is not changed
    link BYTEA NOT NULL CHECK (length(link) = 32)
);
CREATE INDEX audit_by_account ON audit (account, seq);
CREATE INDEX audit_by_action ON audit (action, seq);
CREATE INDEX audit_by_object ON audit (object_kind, object, seq);
CREATE INDEX audit_by_time ON audit (at_us, seq);

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only';
END $$;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse();

-- Keys that signed something. The secret halves lie in the data folder, never here.
CREATE TABLE signing_key (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,       -- the first 16 digits of the public half's SHA-256
    algorithm TEXT COLLATE "C" NOT NULL,            -- ed25519
    public BYTEA NOT NULL,
    made_us BIGINT NOT NULL,
    retired_us BIGINT                  -- NULL: it signs
);

CREATE TABLE checkpoint (
    seq BIGINT NOT NULL PRIMARY KEY,   -- of the audit entry that it is about
    at_us BIGINT NOT NULL,
    envelope TEXT COLLATE "C" NOT NULL              -- DSSE, JSON
);
