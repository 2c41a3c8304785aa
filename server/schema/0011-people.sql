-- The register of incidents of confidentiality, and what revoked devices had not sent.

CREATE TABLE incident (
    id uuid PRIMARY KEY CONSTRAINT incident_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    title text NOT NULL,
    occurred_on date,
    discovered_on date NOT NULL,
    description text,
    people integer CONSTRAINT incident_people_range CHECK (people >= 0),
    serious boolean,
    commission_on date,
    persons_on date,
    measures text,
    status text CONSTRAINT incident_status_list CHECK (status IN ('open', 'closed')),
    CONSTRAINT incident_discovered_on_order CHECK (discovered_on >= occurred_on)
);
COMMENT ON COLUMN incident.people IS 'How many persons it concerns';
COMMENT ON COLUMN incident.serious IS 'A risk of serious injury: the Commission and the persons are told';

CREATE TABLE quarantine (
    id uuid PRIMARY KEY CONSTRAINT quarantine_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    device uuid NOT NULL CONSTRAINT quarantine_device_ref
        REFERENCES device DEFERRABLE INITIALLY DEFERRED,
    target bytea NOT NULL CONSTRAINT quarantine_target_length CHECK (length(target) = 16),
    target_kind text NOT NULL,
    base_revision bigint,
    patch bytea,
    clear text[],
    removes boolean,
    reason text,
    authored_at bigint,
    seen bytea,
    part integer,
    rank integer,
    status text CONSTRAINT quarantine_status_list
        CHECK (status IN ('waiting', 'accepted', 'refused')),
    answer text
);
CREATE INDEX quarantine_device ON quarantine (device);
COMMENT ON TABLE quarantine IS 'Operations that a revoked device had not sent, each until it is reviewed';
COMMENT ON COLUMN quarantine.target IS 'The record''s id, which may not exist';
COMMENT ON COLUMN quarantine.patch IS 'The fields to set: the target''s kind''s message';
COMMENT ON COLUMN quarantine.authored_at IS 'By the device''s clock: microseconds since 1970';
COMMENT ON COLUMN quarantine.part IS 'Operations of one atomic push have the same';
COMMENT ON COLUMN quarantine.status IS 'None: waiting';

-- Somebody can always invite, revoke and open: after each change there is a coordinator whose mandate
-- runs. By the database's date, which may differ from the region's by some hours at midnight.
CREATE FUNCTION account_rules() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM account WHERE role = 'coordinator' AND active IS NOT FALSE
        AND (expires IS NULL OR expires >= CURRENT_DATE)) THEN
        PERFORM broken('account', 'role', 'last_coordinator');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER account_role_last_coordinator AFTER UPDATE OR DELETE ON account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.role = 'coordinator' AND OLD.active IS NOT FALSE
        AND (OLD.expires IS NULL OR OLD.expires >= CURRENT_DATE))
    EXECUTE FUNCTION account_rules();
