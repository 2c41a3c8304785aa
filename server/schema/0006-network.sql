-- What the network tells and what it knows of itself: communication and inventories.

CREATE TABLE publication (
    id uuid PRIMARY KEY CONSTRAINT publication_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    title text NOT NULL,
    type text CONSTRAINT publication_type_list CHECK (type IN
        ('bulletin', 'press', 'review', 'brochure', 'website', 'kit', 'slides', 'other')),
    issue text,
    status text CONSTRAINT publication_status_list CHECK (status IN
        ('planned', 'in_preparation', 'published')),
    published_on date,
    audiences uuid[],
    action uuid CONSTRAINT publication_action_ref
        REFERENCES action DEFERRABLE INITIALLY DEFERRED,
    url text
);
CREATE INDEX publication_action ON publication (action);

CREATE TABLE article (
    id uuid PRIMARY KEY CONSTRAINT article_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    publication uuid CONSTRAINT article_publication_ref
        REFERENCES publication DEFERRABLE INITIALLY DEFERRED,
    title text NOT NULL,
    body text,
    party uuid NOT NULL CONSTRAINT article_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    status text CONSTRAINT article_status_list CHECK (status IN
        ('offered', 'accepted', 'published', 'declined')),
    success_story boolean
);
CREATE INDEX article_publication ON article (publication);
CREATE INDEX article_party ON article (party);
COMMENT ON COLUMN article.status IS 'None: offered';

CREATE TABLE contact (
    id uuid PRIMARY KEY CONSTRAINT contact_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    name text NOT NULL,
    organization text,
    email text,
    phone text,
    audiences uuid[],
    territory uuid CONSTRAINT contact_territory_ref
        REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
    consent_on date
);
CREATE INDEX contact_territory ON contact (territory);
COMMENT ON COLUMN contact.name IS 'Personal, as are email and phone: the staff''s alone';

CREATE TABLE intervention (
    id uuid PRIMARY KEY CONSTRAINT intervention_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    title text NOT NULL,
    party uuid NOT NULL CONSTRAINT intervention_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    territories uuid[],
    theme text,
    type text CONSTRAINT intervention_type_list CHECK (type IN
        ('activity', 'program', 'service', 'innovative_solution', 'citizen_declaration')),
    clientele text,
    description text,
    results text,
    status text CONSTRAINT intervention_status_list CHECK (status IN
        ('planned', 'under_way', 'ended')),
    starts_on date,
    ends_on date,
    meeting uuid CONSTRAINT intervention_meeting_ref
        REFERENCES meeting DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT intervention_ends_on_order CHECK (ends_on >= starts_on)
);
CREATE INDEX intervention_party ON intervention (party);
CREATE INDEX intervention_meeting ON intervention (meeting);
COMMENT ON COLUMN intervention.meeting IS 'Where it was recorded';

CREATE TABLE directory_entry (
    id uuid PRIMARY KEY CONSTRAINT directory_entry_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    name text NOT NULL,
    type text CONSTRAINT directory_entry_type_list CHECK (type IN
        ('food_bank', 'collective_kitchen', 'meals_on_wheels', 'other')),
    theme text,
    party uuid NOT NULL CONSTRAINT directory_entry_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    territory uuid CONSTRAINT directory_entry_territory_ref
        REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
    municipality text,
    address text,
    phone text,
    email text,
    website text,
    hours text,
    services text,
    checked_on date,
    checked_by text,
    publish boolean
);
CREATE INDEX directory_entry_party ON directory_entry (party);
CREATE INDEX directory_entry_territory ON directory_entry (territory);
COMMENT ON COLUMN directory_entry.party IS 'Who keeps it true';
COMMENT ON COLUMN directory_entry.publish IS 'None: yes; false: never leaves the region''s committees';

CREATE TABLE route (
    id uuid PRIMARY KEY CONSTRAINT route_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    title text NOT NULL,
    "from" text NOT NULL,
    "to" text NOT NULL,
    territory_from uuid CONSTRAINT route_territory_from_ref
        REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
    territory_to uuid CONSTRAINT route_territory_to_ref
        REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
    operator text,
    frequency text,
    status text CONSTRAINT route_status_list CHECK (status IN
        ('identified', 'under_study', 'running', 'dropped')),
    need text,
    party uuid CONSTRAINT route_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX route_territory_from ON route (territory_from);
CREATE INDEX route_territory_to ON route (territory_to);
CREATE INDEX route_party ON route (party);

CREATE TABLE plan_review (
    id uuid PRIMARY KEY CONSTRAINT plan_review_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    party uuid NOT NULL CONSTRAINT plan_review_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    document text NOT NULL,
    reviewed_on date,
    integrates text CONSTRAINT plan_review_integrates_list CHECK (integrates IN
        ('none', 'partly', 'fully')),
    note text,
    reviewed_by uuid CONSTRAINT plan_review_reviewed_by_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX plan_review_party ON plan_review (party);
CREATE INDEX plan_review_reviewed_by ON plan_review (reviewed_by);
COMMENT ON COLUMN plan_review.party IS 'Whose strategic plan';
COMMENT ON COLUMN plan_review.reviewed_by IS 'Who has read it';
COMMENT ON COLUMN plan_review.integrates IS 'The values of the citizens'' declaration';
