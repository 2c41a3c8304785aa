-- Rules between records whose other side a batch does not read. They are checked at commit, so that
-- a batch may write its records in any order, and raised as checks: CONSTRAINT is
-- <table>_<field>_<rule>, with the rule's word of proto/README.md.

CREATE FUNCTION broken(kind text, field text, rule text) RETURNS void
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION '%.%: %', kind, field, rule
        USING ERRCODE = '23514', TABLE = kind, COLUMN = field,
            CONSTRAINT = kind || '_' || field || '_' || rule;
END $$;
COMMENT ON FUNCTION broken(text, text, text) IS 'A rule does not hold';

-- A plan is adopted by a decision: what names an item names one that has it.
CREATE FUNCTION plan_rules() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM agenda_item WHERE id = NEW.resolution AND decision IS NULL) THEN
        PERFORM broken('plan', 'resolution', 'decision');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER plan_resolution_decision AFTER INSERT OR UPDATE ON plan
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.resolution IS NOT NULL)
    EXECUTE FUNCTION plan_rules();

CREATE FUNCTION agenda_item_rules() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM plan p JOIN agenda_item i ON i.id = p.resolution
        WHERE i.id = NEW.id AND i.decision IS NULL) THEN
        PERFORM broken('agenda_item', 'decision', 'decision');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER agenda_item_decision_kept AFTER UPDATE ON agenda_item
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.decision IS NOT NULL AND NEW.decision IS NULL)
    EXECUTE FUNCTION agenda_item_rules();
CREATE INDEX plan_resolution ON plan (resolution);

-- Minutes are adopted at another, later meeting of the same committee: both have their day, or there
-- would be circles. Moments compare as texts.
CREATE FUNCTION meeting_rules() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM meeting m JOIN meeting later ON later.id = m.adopted_at
        WHERE NEW.id IN (m.id, later.id) AND (m.party <> later.party
            OR (m.starts_at COLLATE "C" < later.starts_at COLLATE "C") IS NOT TRUE)) THEN
        PERFORM broken('meeting', 'adopted_at', 'later_meeting');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER meeting_adopted_at_new AFTER INSERT ON meeting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.adopted_at IS NOT NULL)
    EXECUTE FUNCTION meeting_rules();
CREATE CONSTRAINT TRIGGER meeting_adopted_at_changed AFTER UPDATE ON meeting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.adopted_at IS DISTINCT FROM OLD.adopted_at
        OR NEW.starts_at IS DISTINCT FROM OLD.starts_at)
    EXECUTE FUNCTION meeting_rules();

-- Who comes late or leaves early does so at an item of that meeting.
CREATE FUNCTION attendance_rules() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM agenda_item WHERE id = NEW.arrives_for AND meeting <> NEW.meeting) THEN
        PERFORM broken('attendance', 'arrives_for', 'same_meeting');
    END IF;
    IF EXISTS (SELECT FROM agenda_item WHERE id = NEW.leaves_before AND meeting <> NEW.meeting) THEN
        PERFORM broken('attendance', 'leaves_before', 'same_meeting');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER attendance_items_same_meeting AFTER INSERT OR UPDATE ON attendance
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.arrives_for IS NOT NULL OR NEW.leaves_before IS NOT NULL)
    EXECUTE FUNCTION attendance_rules();

-- A party sits in its own organization's seats: nobody makes the quorum in another's place.
CREATE FUNCTION attendance_seat_rules() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM membership
        WHERE id = NEW.seat AND organization IS DISTINCT FROM NEW.party) THEN
        PERFORM broken('attendance', 'seat', 'organization');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER attendance_seat_new AFTER INSERT ON attendance
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.seat IS NOT NULL AND NEW.party IS NOT NULL)
    EXECUTE FUNCTION attendance_seat_rules();
CREATE CONSTRAINT TRIGGER attendance_seat_changed AFTER UPDATE ON attendance
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.seat IS DISTINCT FROM OLD.seat AND NEW.seat IS NOT NULL AND NEW.party IS NOT NULL)
    EXECUTE FUNCTION attendance_seat_rules();

-- An observation has a value for each dimension of its indicator.
CREATE FUNCTION observation_rules() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM observation o JOIN indicator i ON i.id = o.indicator
        WHERE o.id = NEW.id
            AND coalesce(cardinality(o.dimension_values), 0) <> coalesce(cardinality(i.dimensions), 0))
    THEN
        PERFORM broken('observation', 'dimension_values', 'dimensions');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER observation_dimension_values_new AFTER INSERT ON observation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION observation_rules();
CREATE CONSTRAINT TRIGGER observation_dimension_values_changed AFTER UPDATE ON observation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.dimension_values IS DISTINCT FROM OLD.dimension_values)
    EXECUTE FUNCTION observation_rules();

CREATE FUNCTION indicator_rules() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM indicator i JOIN observation o ON o.indicator = i.id
        WHERE i.id = NEW.id
            AND coalesce(cardinality(o.dimension_values), 0) <> coalesce(cardinality(i.dimensions), 0))
    THEN
        PERFORM broken('indicator', 'dimensions', 'dimensions');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER indicator_dimensions_changed AFTER UPDATE ON indicator
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (coalesce(cardinality(NEW.dimensions), 0) <> coalesce(cardinality(OLD.dimensions), 0))
    EXECUTE FUNCTION indicator_rules();

-- A score is on its form's scale, of one of its form's criteria.
CREATE FUNCTION score_rules() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    f record;
BEGIN
    SELECT g.id, g.scale_min, g.scale_max, c.form AS criterion_form, s.value INTO f
        FROM score s JOIN assessment a ON a.id = s.assessment JOIN form g ON g.id = a.form
            JOIN criterion c ON c.id = s.criterion
        WHERE s.id = NEW.id;
    IF f.criterion_form <> f.id THEN
        PERFORM broken('score', 'criterion', 'same_form');
    END IF;
    IF f.value < f.scale_min OR f.value > f.scale_max THEN
        PERFORM broken('score', 'value', 'scale');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER score_value_new AFTER INSERT ON score
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION score_rules();
CREATE CONSTRAINT TRIGGER score_value_changed AFTER UPDATE ON score
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.value <> OLD.value)
    EXECUTE FUNCTION score_rules();

-- A form that an assessment uses keeps its criteria and its scale, so that answers to it compare.
-- "Once" is by the log: in one batch, criteria made before the first assessment are fine.
CREATE FUNCTION criterion_rules() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    of_form uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.form ELSE NEW.form END;
    born bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT seq INTO born FROM change WHERE change.record = NEW.id AND revision = 1;
    END IF;
    IF EXISTS (SELECT FROM assessment a JOIN change c ON c.record = a.id AND c.revision = 1
        WHERE a.form = of_form AND (born IS NULL OR c.seq < born)) THEN
        PERFORM broken('criterion', 'form', 'used_form');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER criterion_form_used AFTER INSERT OR DELETE ON criterion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION criterion_rules();

CREATE FUNCTION form_rules() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM assessment WHERE form = NEW.id) THEN
        PERFORM broken('form', CASE WHEN NEW.scale_min IS DISTINCT FROM OLD.scale_min
            THEN 'scale_min' ELSE 'scale_max' END, 'used_form');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER form_scale_used AFTER UPDATE ON form
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.scale_min IS DISTINCT FROM OLD.scale_min OR NEW.scale_max IS DISTINCT FROM OLD.scale_max)
    EXECUTE FUNCTION form_rules();
