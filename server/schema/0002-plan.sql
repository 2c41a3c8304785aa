-- The kinds: who acts, and what the plan is made of. One table each, named as in records.proto, with
-- the same columns; a record's id, owner, handle and history are in `record` and `change`.

CREATE TABLE territory (
    id uuid PRIMARY KEY CONSTRAINT territory_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    code text NOT NULL,
    name text NOT NULL,
    type text CONSTRAINT territory_type_list CHECK (type IN ('rcm', 'city', 'agglomeration')),
    municipalities text[],
    population integer CONSTRAINT territory_population_range CHECK (population >= 0),
    note text,
    CONSTRAINT territory_code_key UNIQUE (code) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON COLUMN territory.type IS 'rcm: regional county municipality (MRC)';

CREATE TABLE party (
    id uuid PRIMARY KEY CONSTRAINT party_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    name text NOT NULL,
    short_name text,
    type text NOT NULL CONSTRAINT party_type_list CHECK (type IN
        ('coordination', 'support', 'followup', 'thematic', 'local', 'partner', 'staff')),
    territory uuid CONSTRAINT party_territory_ref
        REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
    mission text,
    context text,
    mandates text[],
    meetings_min integer CONSTRAINT party_meetings_min_range CHECK (meetings_min >= 0),
    meetings_max integer CONSTRAINT party_meetings_max_range CHECK (meetings_max >= 0),
    quorum integer CONSTRAINT party_quorum_range CHECK (quorum >= 0),
    website text,
    email text,
    phone text,
    CONSTRAINT party_meetings_max_order CHECK (meetings_max >= meetings_min)
);
CREATE INDEX party_territory ON party (territory);
COMMENT ON TABLE party IS 'Whoever acts: a committee, a partner organization, the staff';
COMMENT ON COLUMN party.meetings_min IS 'A year';
COMMENT ON COLUMN party.meetings_max IS 'A year';
COMMENT ON COLUMN party.quorum IS 'Seats';

CREATE TABLE membership (
    id uuid PRIMARY KEY CONSTRAINT membership_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    party uuid NOT NULL CONSTRAINT membership_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    organization uuid CONSTRAINT membership_organization_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    person text,
    seat text,
    standing text CONSTRAINT membership_standing_list
        CHECK (standing IN ('member', 'potential', 'associate')),
    since date,
    until date,
    email text,
    phone text,
    CONSTRAINT membership_until_order CHECK (until >= since)
);
CREATE INDEX membership_party ON membership (party);
CREATE INDEX membership_organization ON membership (organization);
COMMENT ON COLUMN membership.person IS 'Personal, as are email and phone';

CREATE TABLE account (
    id uuid PRIMARY KEY CONSTRAINT account_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    person text NOT NULL,
    role text NOT NULL CONSTRAINT account_role_list
        CHECK (role IN ('coordinator', 'secretariat', 'editor', 'reader')),
    parties uuid[],
    language text,
    active boolean,
    expires date
);
COMMENT ON COLUMN account.person IS 'Personal';
COMMENT ON COLUMN account.parties IS 'For whom an editor writes';
COMMENT ON COLUMN account.active IS 'None: yes';
COMMENT ON COLUMN account.expires IS 'The mandate''s last day';

CREATE TABLE device (
    id uuid PRIMARY KEY CONSTRAINT device_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    account uuid NOT NULL CONSTRAINT device_account_ref
        REFERENCES account DEFERRABLE INITIALLY DEFERRED,
    name text NOT NULL,
    fingerprint text NOT NULL,
    joined_on date,
    revoked boolean,
    CONSTRAINT device_fingerprint_key UNIQUE (fingerprint) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX device_account ON device (account);
COMMENT ON COLUMN device.fingerprint IS 'SHA-256 of its public key, hexadecimal';

CREATE TABLE plan (
    id uuid PRIMARY KEY CONSTRAINT plan_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    title text NOT NULL,
    type text NOT NULL CONSTRAINT plan_type_list
        CHECK (type IN ('annual', 'triennial', 'local', 'communication', 'thematic')),
    party uuid NOT NULL CONSTRAINT plan_party_ref REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    parent uuid CONSTRAINT plan_parent_ref REFERENCES plan DEFERRABLE INITIALLY DEFERRED,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    status text CONSTRAINT plan_status_list
        CHECK (status IN ('draft', 'proposed', 'adopted', 'closed')),
    adopted_on date,
    adopted_by uuid CONSTRAINT plan_adopted_by_ref REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    adopted_seq bigint CONSTRAINT plan_adopted_seq_range CHECK (adopted_seq >= 0),
    resolution uuid CONSTRAINT plan_resolution_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT plan_ends_on_order CHECK (ends_on >= starts_on)
);
CREATE INDEX plan_party ON plan (party);
CREATE INDEX plan_parent ON plan (parent);
CREATE INDEX plan_adopted_by ON plan (adopted_by);
COMMENT ON COLUMN plan.party IS 'Who owns it';
COMMENT ON COLUMN plan.status IS 'None: draft';
COMMENT ON COLUMN plan.adopted_seq IS 'The log''s place at adoption';

CREATE TABLE objective (
    id uuid PRIMARY KEY CONSTRAINT objective_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    plan uuid NOT NULL CONSTRAINT objective_plan_ref REFERENCES plan DEFERRABLE INITIALLY DEFERRED,
    parent uuid CONSTRAINT objective_parent_ref
        REFERENCES objective DEFERRABLE INITIALLY DEFERRED,
    number text NOT NULL,
    title text NOT NULL,
    CONSTRAINT objective_number_key UNIQUE (plan, number) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX objective_parent ON objective (parent);

CREATE TABLE action (
    id uuid PRIMARY KEY CONSTRAINT action_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    objective uuid NOT NULL CONSTRAINT action_objective_ref
        REFERENCES objective DEFERRABLE INITIALLY DEFERRED,
    number text NOT NULL,
    title text NOT NULL,
    description text,
    communication_goal text CONSTRAINT action_communication_goal_list
        CHECK (communication_goal IN ('information', 'attitudes', 'behaviours')),
    audiences uuid[],
    annex text,
    weight integer CONSTRAINT action_weight_range CHECK (weight >= 0),
    CONSTRAINT action_number_key UNIQUE (objective, number) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON COLUMN action.weight IS 'In its objective''s progress; none: 1';

CREATE TABLE responsibility (
    id uuid PRIMARY KEY CONSTRAINT responsibility_id_ref
        REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    subject uuid NOT NULL CONSTRAINT responsibility_subject_ref
        REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    party uuid CONSTRAINT responsibility_party_ref REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    role text,
    lead boolean
);
CREATE INDEX responsibility_subject ON responsibility (subject);
CREATE INDEX responsibility_party ON responsibility (party);
COMMENT ON COLUMN responsibility.subject IS 'An action, a milestone or a project';

CREATE TABLE deadline (
    id uuid PRIMARY KEY CONSTRAINT deadline_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    subject uuid NOT NULL CONSTRAINT deadline_subject_ref
        REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    label text,
    text text NOT NULL,
    mode text CONSTRAINT deadline_mode_list CHECK (mode IN
        ('dated', 'recurring', 'continuous', 'as_needed', 'by_calendar', 'to_be_set')),
    earliest date,
    latest date,
    precision text CONSTRAINT deadline_precision_list
        CHECK (precision IN ('day', 'month', 'season', 'quarter', 'year', 'span')),
    times_min integer CONSTRAINT deadline_times_min_range CHECK (times_min >= 0),
    times_max integer CONSTRAINT deadline_times_max_range CHECK (times_max >= 0),
    calendar_of text,
    met_on date,
    CONSTRAINT deadline_latest_order CHECK (latest >= earliest),
    CONSTRAINT deadline_times_max_order CHECK (times_max >= times_min)
);
CREATE INDEX deadline_subject ON deadline (subject);
COMMENT ON COLUMN deadline.text IS 'As written; mode, dates, precision and times are read from it';
COMMENT ON COLUMN deadline.mode IS 'None: the text could not be read';
COMMENT ON COLUMN deadline.times_min IS 'A year';

CREATE TABLE share (
    id uuid PRIMARY KEY CONSTRAINT share_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    action uuid NOT NULL CONSTRAINT share_action_ref REFERENCES action DEFERRABLE INITIALLY DEFERRED,
    party uuid NOT NULL CONSTRAINT share_party_ref REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    status text CONSTRAINT share_status_list CHECK (status IN ('not_started', 'under_way',
        'blocked', 'done', 'suspended', 'dropped', 'not_applicable')),
    percent integer CONSTRAINT share_percent_range CHECK (percent BETWEEN 0 AND 100),
    expected text,
    next_step text,
    blocked_by text,
    help_from uuid CONSTRAINT share_help_from_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    due date,
    weight integer CONSTRAINT share_weight_range CHECK (weight >= 0),
    CONSTRAINT share_blocked_by_check CHECK (status <> 'blocked' OR blocked_by IS NOT NULL),
    CONSTRAINT share_help_from_check CHECK (status <> 'blocked' OR help_from IS NOT NULL),
    CONSTRAINT share_party_key UNIQUE (action, party) DEFERRABLE INITIALLY DEFERRED
) WITH (fillfactor = 80);
CREATE INDEX share_party ON share (party);
CREATE INDEX share_help_from ON share (help_from);
COMMENT ON TABLE share IS 'What one party does of one action';
COMMENT ON COLUMN share.status IS 'None: not_started';
COMMENT ON COLUMN share.blocked_by IS 'The cause; with help_from, required when blocked';
COMMENT ON COLUMN share.weight IS 'In its action''s progress; none: 1';

CREATE TABLE note (
    id uuid PRIMARY KEY CONSTRAINT note_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    subject uuid NOT NULL CONSTRAINT note_subject_ref
        REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    text text NOT NULL,
    "on" date
);
CREATE INDEX note_subject ON note (subject);

CREATE TABLE proposal (
    id uuid PRIMARY KEY CONSTRAINT proposal_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    subject uuid NOT NULL CONSTRAINT proposal_subject_ref
        REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    patch bytea NOT NULL,
    clear text[],
    reason text NOT NULL,
    status text CONSTRAINT proposal_status_list CHECK (status IN ('open', 'accepted', 'refused')),
    answer text
);
CREATE INDEX proposal_subject ON proposal (subject);
COMMENT ON COLUMN proposal.patch IS 'The fields to set: the subject''s kind''s message';
COMMENT ON COLUMN proposal.clear IS 'The fields to empty';
COMMENT ON COLUMN proposal.status IS 'None: open';

CREATE TABLE milestone (
    id uuid PRIMARY KEY CONSTRAINT milestone_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    subject uuid NOT NULL CONSTRAINT milestone_subject_ref
        REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    title text NOT NULL,
    phase text,
    rank integer CONSTRAINT milestone_rank_range CHECK (rank >= 0),
    status text CONSTRAINT milestone_status_list
        CHECK (status IN ('not_started', 'under_way', 'done', 'dropped')),
    percent integer CONSTRAINT milestone_percent_range CHECK (percent BETWEEN 0 AND 100)
);
CREATE INDEX milestone_subject ON milestone (subject);
COMMENT ON COLUMN milestone.subject IS 'An action or a project';
COMMENT ON COLUMN milestone.status IS 'None: not_started';

CREATE TABLE audience (
    id uuid PRIMARY KEY CONSTRAINT audience_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    number integer NOT NULL CONSTRAINT audience_number_range CHECK (number >= 0),
    description text NOT NULL,
    CONSTRAINT audience_number_key UNIQUE (number) DEFERRABLE INITIALLY DEFERRED
);
