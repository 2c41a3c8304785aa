-- How conflicts were settled stays in the log; a proposal may come from one.

ALTER TABLE change ADD COLUMN resolution bytea;
ALTER TABLE change ADD COLUMN resolution_hash bytea
    CONSTRAINT change_resolution_hash_length CHECK (length(resolution_hash) = 32);
ALTER TABLE change ADD CONSTRAINT change_resolution_hashed
    CHECK (resolution IS NULL OR resolution_hash IS NOT NULL);
COMMENT ON COLUMN change.resolution IS 'What it settled: protocol.proto''s Resolution';
COMMENT ON COLUMN change.resolution_hash IS 'Its BLAKE2b-256; stays when personal data is erased';

ALTER TABLE proposal ADD COLUMN operation bytea
    CONSTRAINT proposal_operation_length CHECK (length(operation) = 16);
ALTER TABLE proposal ADD COLUMN seen bytea;
COMMENT ON COLUMN proposal.operation IS 'The operation, in conflict, that it comes from';
COMMENT ON COLUMN proposal.seen IS 'What its author saw in these fields: the subject''s kind';
