-- A record hangs on a plan or on a meeting: what is frozen with it is told by one column.

ALTER TABLE record RENAME COLUMN plan TO root;
COMMENT ON COLUMN record.root IS 'The plan or meeting that it hangs on';

ALTER TABLE objective ADD COLUMN supports uuid CONSTRAINT objective_supports_ref
    REFERENCES objective DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX objective_supports ON objective (supports);
COMMENT ON COLUMN objective.supports IS 'The regional objective that a local one serves';
