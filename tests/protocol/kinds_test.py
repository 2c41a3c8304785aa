"""No drift: every kind of records.proto has its table, every field its column, list and key."""

import re

import pytest

from messages import KIND_NAMES, KINDS, ROOT, records

# Text fields that are dates: YYYY-MM-DD on the wire, date in PostgreSQL.
DATES = {
    "membership.since", "membership.until", "account.expires", "device.joined_on",
    "plan.starts_on", "plan.ends_on", "plan.adopted_on", "deadline.earliest", "deadline.latest",
    "deadline.met_on", "share.due", "note.on",
    "project.starts_on", "project.ends_on", "envelope.starts_on", "envelope.ends_on",
    "envelope.apply_by", "funding_request.decision_on", "agreement.starts_on",
    "agreement.ends_on", "signatory.signed_on", "follow_up.until", "follow_up.done_on",
    "publication.published_on", "contact.consent_on", "intervention.starts_on",
    "intervention.ends_on", "directory_entry.checked_on", "plan_review.reviewed_on",
    "observation.period_start", "observation.period_end", "assessment.on",
    "incident.occurred_on", "incident.discovered_on", "incident.commission_on",
    "incident.persons_on",
}
# Every other bytes field refers to a record.
BYTES = {"proposal.patch", "proposal.operation", "proposal.seen", "quarantine.target",
         "quarantine.patch", "quarantine.seen"}

# What each reference points to: a kind's table, or the register where several kinds will do.
REFERENCES = {
    "party.territory": "territory", "membership.party": "party", "membership.organization": "party",
    "device.account": "account", "plan.party": "party", "plan.parent": "plan",
    "plan.adopted_by": "party", "plan.resolution": "agenda_item", "objective.plan": "plan",
    "objective.parent": "objective", "objective.supports": "objective",
    "action.objective": "objective",
    "responsibility.subject": "record", "responsibility.party": "party",
    "deadline.subject": "record", "share.action": "action", "share.party": "party",
    "share.help_from": "party", "note.subject": "record", "proposal.subject": "record",
    "milestone.subject": "record",
    "project.party": "party", "project.territory": "territory", "project.action": "action",
    "project.plan": "plan", "budget_line.project": "project", "envelope.funder": "party",
    "funding_request.project": "project", "funding_request.envelope": "envelope",
    "funding_request.funder": "party", "agreement.renews": "agreement",
    "signatory.agreement": "agreement", "signatory.party": "party", "meeting.party": "party",
    "meeting.action": "action", "meeting.prepares": "meeting", "meeting.adopted_at": "meeting",
    "agenda_item.meeting": "meeting", "agenda_item.action": "action",
    "agenda_item.proposed_by": "party", "follow_up.agenda_item": "agenda_item",
    "follow_up.party": "party", "attendance.meeting": "meeting", "attendance.party": "party",
    "attendance.seat": "membership", "attendance.arrives_for": "agenda_item",
    "attendance.leaves_before": "agenda_item", "training_need.party": "party",
    "training_need.meeting": "meeting", "publication.action": "action",
    "article.publication": "publication", "article.party": "party",
    "contact.territory": "territory", "intervention.party": "party",
    "intervention.meeting": "meeting", "directory_entry.party": "party",
    "directory_entry.territory": "territory", "route.territory_from": "territory",
    "route.territory_to": "territory", "route.party": "party", "plan_review.party": "party", "plan_review.reviewed_by": "party",
    "observation.indicator": "indicator", "observation.party": "party",
    "observation.territory": "territory", "criterion.form": "form", "assessment.form": "form",
    "assessment.territory": "territory", "assessment.party": "party",
    "score.assessment": "assessment", "score.criterion": "criterion",
    "document.subject": "record", "quarantine.device": "device",
}
REGISTER = {
    "head", "record", "change", "invitation", "resolution", "document_chunk", "document_whole"}


def column_type(kind, field):
    """PostgreSQL's type for a field."""
    name = f"{kind}.{field.name}"
    plain = {
        field.TYPE_STRING: "date" if name in DATES else "text",
        field.TYPE_BYTES: "bytea" if name in BYTES else "uuid",
        field.TYPE_BOOL: "boolean",
        field.TYPE_ENUM: "text",
        field.TYPE_UINT32: "integer",
        field.TYPE_INT64: "bigint",
        field.TYPE_UINT64: "bigint",
    }[field.type]
    return plain + ("[]" if field.label == field.LABEL_REPEATED else "")


@pytest.fixture(scope="module")
def columns(region):
    """{table: {column: type}}, as information_schema and the catalogue tell."""
    found = {}
    for line in region.sql(f"""
            SELECT table_name, column_name, format_type(atttypid, NULL)
            FROM information_schema.columns
            JOIN pg_attribute ON attname = column_name
             AND attrelid = format('%I.%I', table_schema, table_name)::regclass
            WHERE table_schema = '{region.name}'""").splitlines():
        table, column, kind = line.split("|")
        found.setdefault(table, {})[column] = kind
    return found


@pytest.fixture(scope="module")
def constraints(region):
    """[(table, name, type, columns, target, definition)]"""
    return [line.split("|", 5) for line in region.sql(f"""
        SELECT relname, conname, contype, (SELECT string_agg(attname, ',') FROM pg_attribute
               WHERE attrelid = conrelid AND attnum = ANY(conkey)),
               coalesce(confrelid::regclass::text, ''), pg_get_constraintdef(pg_constraint.oid)
        FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE pg_constraint.connamespace = '{region.name}'::regnamespace""").splitlines()]


def each_field():
    for kind, message in KINDS.items():
        for field in message.DESCRIPTOR.fields:
            yield pytest.param(kind, field, id=f"{kind}.{field.name}")


def test_tables_are_the_kinds(columns):
    assert set(columns) - set(KINDS) - REGISTER == set(columns) & {"schema_version", "migration"}
    assert set(KINDS) <= set(columns)


@pytest.mark.parametrize("kind", KINDS)
def test_columns_are_the_fields(columns, kind):
    fields = {field.name for field in KINDS[kind].DESCRIPTOR.fields}
    assert set(columns[kind]) == fields | {"id"}
    assert columns[kind]["id"] == "uuid"


@pytest.mark.parametrize("kind, field", each_field())
def test_a_field_has_its_column(columns, kind, field):
    assert columns[kind][field.name] == column_type(kind, field)


@pytest.mark.parametrize("kind, field", [
    each for each in each_field() if each.values[1].type == each.values[1].TYPE_ENUM])
def test_a_closed_list_has_its_check(constraints, kind, field):
    checks = [c for c in constraints if c[0] == kind and c[1] == f"{kind}_{field.name}_list"]
    assert len(checks) == 1
    words = re.findall(r"'(\w+)'", checks[0][5])
    assert words == [value.name.lower() for value in field.enum_type.values]


@pytest.mark.parametrize("kind, field", [
    each for each in each_field() if each.values[1].type == each.values[1].TYPE_BYTES
    and each.id not in BYTES and each.values[1].label != each.values[1].LABEL_REPEATED])
def test_a_reference_has_its_key(constraints, kind, field):
    keys = [c for c in constraints if c[0] == kind and c[2] == "f" and c[3] == field.name]
    assert [key[4].split(".")[-1] for key in keys] == [REFERENCES[f"{kind}.{field.name}"]]
    assert keys[0][1] == f"{kind}_{field.name}_ref"
    assert "DEFERRABLE INITIALLY DEFERRED" in keys[0][5]


@pytest.mark.parametrize("kind", KINDS)
def test_each_row_is_in_the_register(constraints, kind):
    assert [c[4].split(".")[-1] for c in constraints
            if c[0] == kind and c[2] == "f" and c[3] == "id"] == ["record"]


def test_constraints_name_table_field_and_what(columns, constraints):
    for table, name, kind, _, _, _ in constraints:
        if table in KINDS and kind not in "pt":  # t: a rule of 0009-rules.sql, which names itself
            assert name.startswith(f"{table}_")
            assert name[len(table) + 1:].rsplit("_", 1)[0] in columns[table], name


def test_every_kind_has_a_number():
    """Numbers run on without a gap: none is ever given twice."""
    numbers = sorted(records.Kind.values())
    assert numbers == list(range(1, len(KIND_NAMES) + 1))


def test_rules_of_the_schema_name_table_and_field(region, columns):
    """What the schema raises is told by <table>_<field>_<rule>, on a table of that name."""
    schema = "".join(path.read_text() for path in (ROOT / "server/schema").glob("*.sql"))
    named = re.findall(r"broken\('(\w+)', (.*?), '\w+'\);", schema, re.DOTALL)
    assert len(named) >= 11
    for table, fields in named:
        told = re.findall(r"'(\w+)'", fields)
        assert told and set(told) <= set(columns[table]), (table, fields)


def test_rules_of_the_schema_wait_for_the_commit(region):
    assert region.sql("""
        SELECT count(*) FROM pg_trigger JOIN pg_constraint ON pg_constraint.oid = tgconstraint
        WHERE contype = 't' AND NOT (tgdeferrable AND tginitdeferred)""") == "0"


def test_the_tables_above_name_fields_that_are():
    names = {each.id for each in each_field()}
    assert DATES | BYTES | set(REFERENCES) <= names
