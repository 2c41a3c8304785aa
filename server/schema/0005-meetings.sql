-- Meetings: agenda, decisions, follow-ups, who was there, and what people want to learn.

CREATE TABLE meeting (
    id uuid PRIMARY KEY CONSTRAINT meeting_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    party uuid NOT NULL CONSTRAINT meeting_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    title text,
    type text CONSTRAINT meeting_type_list CHECK (type IN
        ('regular', 'training', 'thematic', 'conference', 'planning_day', 'event')),
    starts_at text CONSTRAINT meeting_starts_at_form
        CHECK (starts_at ~ '^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$'),
    ends_at text CONSTRAINT meeting_ends_at_form
        CHECK (ends_at ~ '^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$'),
    place text,
    status text CONSTRAINT meeting_status_list CHECK (status IN
        ('planned', 'held', 'cancelled')),
    theme text,
    action uuid CONSTRAINT meeting_action_ref
        REFERENCES action DEFERRABLE INITIALLY DEFERRED,
    prepares uuid CONSTRAINT meeting_prepares_ref
        REFERENCES meeting DEFERRABLE INITIALLY DEFERRED,
    minutes text,
    minutes_status text CONSTRAINT meeting_minutes_status_list CHECK (minutes_status IN
        ('draft', 'circulated', 'adopted')),
    adopted_at uuid CONSTRAINT meeting_adopted_at_ref
        REFERENCES meeting DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT meeting_ends_at_order CHECK (ends_at >= starts_at)
);
CREATE INDEX meeting_party ON meeting (party);
CREATE INDEX meeting_action ON meeting (action);
CREATE INDEX meeting_prepares ON meeting (prepares);
CREATE INDEX meeting_adopted_at ON meeting (adopted_at);
COMMENT ON COLUMN meeting.starts_at IS 'YYYY-MM-DD, with THH:MM when the hour is known; the region''s time zone';
COMMENT ON COLUMN meeting.prepares IS 'Of a support meeting: the coordination meeting that it prepares';
COMMENT ON COLUMN meeting.adopted_at IS 'The later meeting that adopted the minutes';

CREATE TABLE agenda_item (
    id uuid PRIMARY KEY CONSTRAINT agenda_item_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    meeting uuid NOT NULL CONSTRAINT agenda_item_meeting_ref
        REFERENCES meeting DEFERRABLE INITIALLY DEFERRED,
    rank integer NOT NULL CONSTRAINT agenda_item_rank_range CHECK (rank >= 0),
    title text NOT NULL,
    presenter text,
    minutes text,
    decision text,
    resolution text,
    action uuid CONSTRAINT agenda_item_action_ref
        REFERENCES action DEFERRABLE INITIALLY DEFERRED,
    proposed_by uuid CONSTRAINT agenda_item_proposed_by_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX agenda_item_meeting ON agenda_item (meeting);
CREATE INDEX agenda_item_action ON agenda_item (action);
CREATE INDEX agenda_item_proposed_by ON agenda_item (proposed_by);
COMMENT ON COLUMN agenda_item.resolution IS 'Given by the server: R-2009-14';
COMMENT ON COLUMN agenda_item.proposed_by IS 'Who asked for it, when not the committee itself';

CREATE TABLE follow_up (
    id uuid PRIMARY KEY CONSTRAINT follow_up_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    agenda_item uuid NOT NULL CONSTRAINT follow_up_agenda_item_ref
        REFERENCES agenda_item DEFERRABLE INITIALLY DEFERRED,
    party uuid CONSTRAINT follow_up_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    role text,
    what text NOT NULL,
    until date,
    done_on date
);
CREATE INDEX follow_up_agenda_item ON follow_up (agenda_item);
CREATE INDEX follow_up_party ON follow_up (party);
COMMENT ON COLUMN follow_up.done_on IS 'None: it comes back on each agenda';

CREATE TABLE attendance (
    id uuid PRIMARY KEY CONSTRAINT attendance_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    meeting uuid NOT NULL CONSTRAINT attendance_meeting_ref
        REFERENCES meeting DEFERRABLE INITIALLY DEFERRED,
    party uuid CONSTRAINT attendance_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    person text,
    state text CONSTRAINT attendance_state_list CHECK (state IN
        ('invited', 'registered', 'present', 'excused', 'absent')),
    seat uuid CONSTRAINT attendance_seat_ref
        REFERENCES membership DEFERRABLE INITIALLY DEFERRED,
    arrives_for uuid CONSTRAINT attendance_arrives_for_ref
        REFERENCES agenda_item DEFERRABLE INITIALLY DEFERRED,
    leaves_before uuid CONSTRAINT attendance_leaves_before_ref
        REFERENCES agenda_item DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX attendance_meeting ON attendance (meeting);
CREATE INDEX attendance_party ON attendance (party);
CREATE INDEX attendance_seat ON attendance (seat);
CREATE INDEX attendance_arrives_for ON attendance (arrives_for);
CREATE INDEX attendance_leaves_before ON attendance (leaves_before);
COMMENT ON COLUMN attendance.person IS 'Personal';
COMMENT ON COLUMN attendance.seat IS 'Whose seat is taken';
COMMENT ON COLUMN attendance.arrives_for IS 'Absent before this item';
COMMENT ON COLUMN attendance.leaves_before IS 'Absent from this item on';

CREATE TABLE training_need (
    id uuid PRIMARY KEY CONSTRAINT training_need_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    title text NOT NULL,
    party uuid NOT NULL CONSTRAINT training_need_party_ref
        REFERENCES party DEFERRABLE INITIALLY DEFERRED,
    theme text,
    people integer CONSTRAINT training_need_people_range CHECK (people >= 0),
    status text CONSTRAINT training_need_status_list CHECK (status IN
        ('expressed', 'planned', 'met')),
    meeting uuid CONSTRAINT training_need_meeting_ref
        REFERENCES meeting DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX training_need_party ON training_need (party);
CREATE INDEX training_need_meeting ON training_need (meeting);

-- A plan is adopted by a resolution.
ALTER TABLE plan DROP CONSTRAINT plan_resolution_ref,
    ADD CONSTRAINT plan_resolution_ref FOREIGN KEY (resolution)
        REFERENCES agenda_item DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE resolution (
    party uuid CONSTRAINT resolution_party_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    year integer,
    last integer NOT NULL,
    PRIMARY KEY (party, year)
);
COMMENT ON TABLE resolution IS 'The last number given, by committee and year';
