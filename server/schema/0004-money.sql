-- Projects and money (amounts in cents, Canadian dollars), and the agreement behind them.

CREATE TABLE project (
    id uuid PRIMARY KEY CONSTRAINT project_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    title text NOT NULL,
    party uuid NOT NULL CONSTRAINT project_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    territory uuid CONSTRAINT project_territory_ref
        REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
    action uuid CONSTRAINT project_action_ref
        REFERENCES action DEFERRABLE INITIALLY DEFERRED,
    plan uuid CONSTRAINT project_plan_ref
        REFERENCES plan DEFERRABLE INITIALLY DEFERRED,
    summary text,
    status text CONSTRAINT project_status_list CHECK (status IN
        ('idea', 'submitted', 'funded', 'under_way', 'done', 'dropped')),
    starts_on date,
    ends_on date,
    CONSTRAINT project_ends_on_order CHECK (ends_on >= starts_on)
);
CREATE INDEX project_party ON project (party);
CREATE INDEX project_territory ON project (territory);
CREATE INDEX project_action ON project (action);
CREATE INDEX project_plan ON project (plan);

CREATE TABLE budget_line (
    id uuid PRIMARY KEY CONSTRAINT budget_line_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    project uuid NOT NULL CONSTRAINT budget_line_project_ref
        REFERENCES project DEFERRABLE INITIALLY DEFERRED,
    label text NOT NULL,
    planned bigint NOT NULL CONSTRAINT budget_line_planned_range CHECK (planned >= 0),
    actual bigint CONSTRAINT budget_line_actual_range CHECK (actual >= 0),
    note text
);
CREATE INDEX budget_line_project ON budget_line (project);
COMMENT ON COLUMN budget_line.planned IS 'Cents';
COMMENT ON COLUMN budget_line.actual IS 'Cents';

CREATE TABLE envelope (
    id uuid PRIMARY KEY CONSTRAINT envelope_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    title text NOT NULL,
    funder uuid NOT NULL CONSTRAINT envelope_funder_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    amount bigint NOT NULL CONSTRAINT envelope_amount_range CHECK (amount >= 0),
    starts_on date,
    ends_on date,
    apply_by date,
    conditions text,
    CONSTRAINT envelope_ends_on_order CHECK (ends_on >= starts_on)
);
CREATE INDEX envelope_funder ON envelope (funder);
COMMENT ON COLUMN envelope.amount IS 'Cents';
COMMENT ON COLUMN envelope.apply_by IS 'The last day to ask';

CREATE TABLE funding_request (
    id uuid PRIMARY KEY CONSTRAINT funding_request_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    project uuid NOT NULL CONSTRAINT funding_request_project_ref
        REFERENCES project DEFERRABLE INITIALLY DEFERRED,
    envelope uuid CONSTRAINT funding_request_envelope_ref
        REFERENCES envelope DEFERRABLE INITIALLY DEFERRED,
    funder uuid CONSTRAINT funding_request_funder_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    amount bigint CONSTRAINT funding_request_amount_range CHECK (amount >= 0),
    status text CONSTRAINT funding_request_status_list CHECK (status IN
        ('needed', 'requested', 'awaiting', 'granted', 'refused')),
    decision_on date,
    granted bigint CONSTRAINT funding_request_granted_range CHECK (granted >= 0),
    note text
);
CREATE INDEX funding_request_project ON funding_request (project);
CREATE INDEX funding_request_envelope ON funding_request (envelope);
CREATE INDEX funding_request_funder ON funding_request (funder);
COMMENT ON COLUMN funding_request.amount IS 'Cents; none: not known yet';
COMMENT ON COLUMN funding_request.granted IS 'Cents';

CREATE TABLE agreement (
    id uuid PRIMARY KEY CONSTRAINT agreement_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    title text NOT NULL,
    starts_on date,
    ends_on date,
    status text CONSTRAINT agreement_status_list CHECK (status IN
        ('exploring', 'drafting', 'signed', 'ended')),
    amount bigint CONSTRAINT agreement_amount_range CHECK (amount >= 0),
    renews uuid CONSTRAINT agreement_renews_ref
        REFERENCES agreement DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT agreement_ends_on_order CHECK (ends_on >= starts_on)
);
CREATE INDEX agreement_renews ON agreement (renews);
COMMENT ON COLUMN agreement.amount IS 'Cents';
COMMENT ON COLUMN agreement.renews IS 'The agreement that this one takes over from';

CREATE TABLE signatory (
    id uuid PRIMARY KEY CONSTRAINT signatory_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    agreement uuid NOT NULL CONSTRAINT signatory_agreement_ref
        REFERENCES agreement DEFERRABLE INITIALLY DEFERRED,
    party uuid NOT NULL CONSTRAINT signatory_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    standing text CONSTRAINT signatory_standing_list CHECK (standing IN
        ('current', 'potential', 'signed', 'withdrawn')),
    contribution bigint CONSTRAINT signatory_contribution_range CHECK (contribution >= 0),
    signed_on date,
    CONSTRAINT signatory_party_key UNIQUE (agreement, party) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX signatory_agreement ON signatory (agreement);
CREATE INDEX signatory_party ON signatory (party);
COMMENT ON COLUMN signatory.contribution IS 'Cents';
