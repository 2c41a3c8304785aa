-- Portraits of territories: figures that were observed, and communities as they see themselves.

CREATE TABLE indicator (
    id uuid PRIMARY KEY CONSTRAINT indicator_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    code text NOT NULL,
    title text NOT NULL,
    theme text,
    unit text,
    dimensions text[],
    better text CONSTRAINT indicator_better_list CHECK (better IN
        ('higher', 'lower', 'neutral')),
    definition text,
    source text,
    CONSTRAINT indicator_code_key UNIQUE (code) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON COLUMN indicator.dimensions IS 'Their names';

CREATE TABLE observation (
    id uuid PRIMARY KEY CONSTRAINT observation_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    indicator uuid NOT NULL CONSTRAINT observation_indicator_ref
        REFERENCES indicator DEFERRABLE INITIALLY DEFERRED,
    party uuid CONSTRAINT observation_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    territory uuid CONSTRAINT observation_territory_ref
        REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
    area text,
    period_start date NOT NULL,
    period_end date NOT NULL,
    dimension_values text[],
    value bigint,
    numerator bigint,
    denominator bigint,
    source text,
    note text,
    CONSTRAINT observation_period_end_order CHECK (period_end >= period_start)
);
CREATE INDEX observation_indicator ON observation (indicator);
CREATE INDEX observation_party ON observation (party);
CREATE INDEX observation_territory ON observation (territory);
COMMENT ON COLUMN observation.area IS 'Another region''s name';
COMMENT ON COLUMN observation.dimension_values IS 'As many as the indicator has dimensions';
COMMENT ON COLUMN observation.value IS 'Thousandths';
COMMENT ON COLUMN observation.numerator IS 'Thousandths';
COMMENT ON COLUMN observation.denominator IS 'Thousandths';

CREATE TABLE form (
    id uuid PRIMARY KEY CONSTRAINT form_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    title text NOT NULL,
    version integer CONSTRAINT form_version_range CHECK (version >= 1),
    scale_min integer CONSTRAINT form_scale_min_range CHECK (scale_min >= 0),
    scale_max integer CONSTRAINT form_scale_max_range CHECK (scale_max >= 0),
    description text,
    CONSTRAINT form_scale_max_order CHECK (scale_max >= scale_min)
);
COMMENT ON COLUMN form.version IS 'None: 1';

CREATE TABLE criterion (
    id uuid PRIMARY KEY CONSTRAINT criterion_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    form uuid NOT NULL CONSTRAINT criterion_form_ref
        REFERENCES form DEFERRABLE INITIALLY DEFERRED,
    rank integer NOT NULL CONSTRAINT criterion_rank_range CHECK (rank >= 0),
    dimension text,
    question text NOT NULL,
    weight integer CONSTRAINT criterion_weight_range CHECK (weight >= 0)
);
CREATE INDEX criterion_form ON criterion (form);
COMMENT ON COLUMN criterion.weight IS 'None: 1';

CREATE TABLE assessment (
    id uuid PRIMARY KEY CONSTRAINT assessment_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    form uuid NOT NULL CONSTRAINT assessment_form_ref
        REFERENCES form DEFERRABLE INITIALLY DEFERRED,
    territory uuid CONSTRAINT assessment_territory_ref
        REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
    community text,
    party uuid NOT NULL CONSTRAINT assessment_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    "on" date,
    summary text
);
CREATE INDEX assessment_form ON assessment (form);
CREATE INDEX assessment_territory ON assessment (territory);
CREATE INDEX assessment_party ON assessment (party);

CREATE TABLE score (
    id uuid PRIMARY KEY CONSTRAINT score_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    assessment uuid NOT NULL CONSTRAINT score_assessment_ref
        REFERENCES assessment DEFERRABLE INITIALLY DEFERRED,
    criterion uuid NOT NULL CONSTRAINT score_criterion_ref
        REFERENCES criterion DEFERRABLE INITIALLY DEFERRED,
    value integer NOT NULL CONSTRAINT score_value_range CHECK (value >= 0),
    comment text,
    CONSTRAINT score_criterion_key UNIQUE (assessment, criterion) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX score_assessment ON score (assessment);
CREATE INDEX score_criterion ON score (criterion);
