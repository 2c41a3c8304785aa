-- What every region has beside its kinds: the log's head, the register of records, the log itself.
-- Constraints are named <table>_<field>_<what>: the server tells people the field from the name.
-- Those between records are checked at commit, so that a batch may write them in any order.

CREATE TABLE head (
    one boolean PRIMARY KEY DEFAULT true CONSTRAINT head_one_check CHECK (one),
    seq bigint NOT NULL DEFAULT 0,
    hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
        CONSTRAINT head_hash_length CHECK (length(hash) = 32),
    serials integer[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE head IS 'One row: where the log stands. Whoever writes holds it until commit.';
COMMENT ON COLUMN head.seq IS 'The newest change''s';
COMMENT ON COLUMN head.serials IS 'The last handle number given, by number of the kind';
INSERT INTO head DEFAULT VALUES;

CREATE TABLE record (
    id uuid CONSTRAINT record_id_key PRIMARY KEY,
    kind text NOT NULL,
    handle text NOT NULL,
    revision bigint NOT NULL CONSTRAINT record_revision_range CHECK (revision > 0),
    seq bigint NOT NULL CONSTRAINT record_seq_key UNIQUE,
    owner uuid,
    plan uuid,
    created_at timestamptz NOT NULL,
    created_by uuid,
    changed_at timestamptz NOT NULL,
    changed_by uuid,
    deleted boolean NOT NULL DEFAULT false,
    unknown bytea
);
COMMENT ON TABLE record IS 'The register: every record, whatever its kind, also those deleted';
COMMENT ON COLUMN record.kind IS 'The table that holds the rest of it, under the same id';
COMMENT ON COLUMN record.handle IS 'What people type: 2.1.3, PA12';
COMMENT ON COLUMN record.revision IS '1, 2, 3 … of this record';
COMMENT ON COLUMN record.seq IS 'The place of its latest change in the log';
COMMENT ON COLUMN record.owner IS 'The party that answers for it; none: the Consortium';
COMMENT ON COLUMN record.plan IS 'The plan that it hangs on';
COMMENT ON COLUMN record.unknown IS 'Fields of a later version, as they came';

CREATE TABLE change (
    seq bigint CONSTRAINT change_seq_key PRIMARY KEY,
    op_id uuid NOT NULL CONSTRAINT change_op_id_key UNIQUE,
    record uuid NOT NULL,
    kind text NOT NULL,
    revision bigint NOT NULL,
    at timestamptz NOT NULL,
    authored_at timestamptz,
    account uuid,
    device uuid,
    fields text[] NOT NULL,
    patch bytea,
    patch_hash bytea NOT NULL CONSTRAINT change_patch_hash_length CHECK (length(patch_hash) = 32),
    deleted boolean NOT NULL,
    reason text,
    hash bytea NOT NULL CONSTRAINT change_hash_length CHECK (length(hash) = 32),
    CONSTRAINT change_revision_key UNIQUE (record, revision)
);
COMMENT ON TABLE change IS 'The log, which only grows: the server may not update or delete in it';
COMMENT ON COLUMN change.authored_at IS 'By the device''s clock, which may be wrong';
COMMENT ON COLUMN change.fields IS 'What was set or emptied';
COMMENT ON COLUMN change.patch IS 'What was set: the kind''s message of records.proto';
COMMENT ON COLUMN change.hash IS 'Of the change before it, of this one, of its patch''s hash';

CREATE TABLE invitation (
    code_hash bytea CONSTRAINT invitation_code_hash_key PRIMARY KEY
        CONSTRAINT invitation_code_hash_length CHECK (length(code_hash) = 32),
    account uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    device uuid
);
COMMENT ON TABLE invitation IS 'Codes are kept as hashes alone';
COMMENT ON COLUMN invitation.device IS 'Who used it; none: it is still open';
