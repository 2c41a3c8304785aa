"""Rules between records, the server's own and those that the schema keeps: what passes, what fails."""

import itertools

import pytest

from client import body, operation, refused
from identity import Identity, new_id
from messages import records
from region import head, latest

Meeting, Proposal = records.Meeting, records.Proposal
serials = itertools.count(1)


def proposal(subject, patch, **more):
    """A Proposal's fields; `patch`: the subject's kind's message."""
    asked = Proposal(subject=subject, reason="Parce que", **more)
    asked.patch = patch.SerializeToString()
    return asked.SerializeToString()


# --- what the server gives -----------------------------------------------------------------------

def test_a_plan_says_where_it_was_adopted(world):
    plan = world.new_plan()
    _, adopted = world.boss.put("plan", plan, 1, **world.adoption())
    record, adopted_plan = latest(world.boss, plan)
    assert adopted_plan.adopted_seq == adopted.seq == record.seq
    change = world.boss.history(plan)[0]
    assert records.Plan.FromString(change.patch).adopted_seq == adopted.seq
    assert set(change.fields) == {"status", "adopted_on", "resolution", "adopted_seq"}


def test_decisions_are_numbered_by_committee_and_year(region, world):
    committees = [world.party(f"Comité {name}") for name in "AB"]
    given = []
    for party, day in ((0, "2009-06-02"), (0, "2009-11-02T13:30"), (1, "2009-06-02"),
                       (0, "2010-01-12"), (0, "2009-06-03")):
        item = world.item(world.meeting(committees[party], starts_at=day), decision="Oui")
        given.append(latest(world.boss, item)[1].resolution)
    assert given == ["R-2009-1", "R-2009-2", "R-2009-1", "R-2010-1", "R-2009-3"]
    counters = region.sql(
        f"SELECT year, last FROM resolution WHERE party = '{committees[0].hex()}' ORDER BY year")
    assert counters.splitlines() == ["2009|3", "2010|1"]


def test_a_number_is_in_the_change_and_stays(world):
    item = world.item()
    assert latest(world.boss, item)[1].resolution == ""
    world.boss.put("agenda_item", item, 1, decision="Oui")
    change = world.boss.history(item)[0]
    number = records.AgendaItem.FromString(change.patch).resolution
    assert number.startswith("R-2009-") and "resolution" in change.fields
    world.boss.put("agenda_item", item, 2, decision="Autrement")
    assert world.boss.history(item)[0].fields == ["decision"]
    assert latest(world.boss, item)[1].resolution == number


def test_a_failed_push_takes_no_number(world):
    meeting = world.meeting(world.party("Comité C"))
    item = new_id()
    failed = world.boss.push(
        operation("agenda_item", item, meeting=meeting, rank=1, title="Un", decision="Oui"),
        operation("agenda_item", new_id(), meeting=item, rank=1, title="Deux"), atomic=True)
    assert [result.problem.rule for result in failed] == ["atomic", "reference"]
    assert latest(world.boss, world.item(meeting, decision="Oui"))[1].resolution == "R-2009-1"


def test_two_servers_count_as_one(region, world):
    """The counters are read under the head's lock, whichever server writes."""
    meeting = world.meeting(world.party("Comité D"))
    second = region.client(region.identity, region.second_server())
    for client, number in ((world.boss, 1), (second, 2), (world.boss, 3), (second, 4)):
        id, _ = client.put("agenda_item", meeting=meeting, rank=1, title="Un", decision="Oui")
        assert latest(client, id)[1].resolution == f"R-2009-{number}"


# --- adopted minutes -----------------------------------------------------------------------------

@pytest.fixture
def adopted(world):
    """A meeting whose minutes are adopted, its item, attendance and follow-up."""
    meeting = world.meeting(world.chenaux)
    item = world.item(meeting, decision="Oui")
    there, _ = world.boss.put("attendance", meeting=meeting, party=world.mekinac)
    task, _ = world.boss.put("follow_up", agenda_item=item, party=world.mekinac, what="Appeler")
    later = world.meeting(world.chenaux, starts_at="2009-06-01")
    world.other.put("meeting", meeting, 1, minutes_status=Meeting.ADOPTED, adopted_at=later)
    return meeting, item, there, task


def test_adopted_minutes_do_not_change(world, adopted):
    meeting, item, there, task = adopted
    for kind, id, base, fields in (
            ("meeting", meeting, 2, {"minutes": "Autre"}), ("agenda_item", item, 1, {"title": "x"}),
            ("attendance", there, 1, {"state": records.Attendance.ABSENT}),
            ("follow_up", task, 1, {"what": "x"}), ("meeting", meeting, 2, {"delete": True}),
            ("agenda_item", None, 0, {"meeting": meeting, "rank": 2, "title": "x"}),
            ("follow_up", None, 0, {"agenda_item": item, "role": "x", "what": "x"})):
        with refused("frozen", rule="minutes"):
            world.boss.put(kind, id, base, **fields, reason="Oubli")
    world.editor.put("follow_up", task, 1, done_on="2009-06-01")


def test_minutes_come_back_by_amendment(world, adopted):
    meeting, item, _, _ = adopted
    with refused("frozen", rule="minutes"):
        world.other.put("meeting", meeting, 2, minutes_status=Meeting.DRAFT, reason="Oubli")
    with refused("frozen", "reason", "amendment"):
        world.boss.put("meeting", meeting, 2, minutes_status=Meeting.DRAFT)
    world.boss.put("meeting", meeting, 2, minutes_status=Meeting.DRAFT, reason="Oubli")
    world.other.put("agenda_item", item, 1, minutes="Corrigé")


# --- proposals -----------------------------------------------------------------------------------

def test_what_a_proposal_may_hold(world):
    share = world.share(world.chenaux)
    for fields, field, rule in (
            ({"patch": records.Share(percent=101)}, "patch", "range"),
            ({"patch": records.Share(party=world.mekinac)}, "patch", "fixed"),
            ({"patch": records.Share()}, "patch", "required"),
            ({"patch": records.Share(percent=1), "clear": ["nothing"]}, "clear", "field")):
        with refused("invalid", field, rule):
            world.editor.put("proposal", patch=proposal(share, **fields))
    broken = Proposal(subject=share, reason="Un", patch=b"\xff\xff").SerializeToString()
    with refused("invalid", "patch", "encoding"):
        world.editor.put("proposal", patch=broken)


def test_an_accepted_proposal_was_applied(world):
    share = world.share(world.chenaux, expected="Un local")
    id, _ = world.editor.put(
        "proposal", patch=proposal(share, records.Share(percent=50), clear=["expected"]))
    accept = operation("proposal", id, 1, status=Proposal.ACCEPTED)
    half = world.other.push(operation("share", share, 1, percent=50), accept, atomic=True)
    assert half[1].problem.rule == "applied"
    whole = world.other.push(
        operation("share", share, 1, percent=50, clear=["expected"], reason="Proposé"),
        operation("proposal", id, 1, status=Proposal.ACCEPTED), atomic=True)
    assert [result.status for result in whole] == ["applied", "applied"]


# --- what the schema keeps -----------------------------------------------------------------------

class Portrait:
    """A form of two criteria, another of one, and an assessment by the first."""

    def __init__(self, world):
        self.boss = world.boss
        self.form = self.put("form", title="Grille", scale_min=1, scale_max=5)
        self.other_form = self.put("form", title="Autre")
        self.criterion = self.put("criterion", form=self.form, rank=1, question="Oui ?")
        self.other = self.put("criterion", form=self.other_form, rank=1, question="Non ?")
        self.assessment = self.put(
            "assessment", form=self.form, party=world.mekinac, community="Un village")

    def put(self, kind, **fields):
        return self.boss.put(kind, **fields)[0]


@pytest.fixture(scope="module")
def portrait(world):
    return Portrait(world)


def score(portrait, **more):
    return {"assessment": portrait.assessment, "criterion": portrait.criterion, "value": 3, **more}


def cases(world, portrait):
    """(kind, fields that pass, what makes them fail, field, rule)"""
    boss = world.boss
    pair = boss.put("indicator", code=f"L{next(serials)}", title="x", dimensions=["a", "b"])[0]
    plain = boss.put("indicator", code=f"L{next(serials)}", title="x")[0]
    day = {"period_start": "2009-01-01", "period_end": "2009-12-31", "area": "x", "value": 1000}
    meeting, elsewhere = world.meeting(), world.item(world.meeting())
    later = world.meeting(world.chenaux, starts_at="2009-06-01T09:00")
    foreign = world.meeting(world.mekinac, starts_at="2009-07-01")
    adopted = {"party": world.chenaux, "minutes_status": Meeting.ADOPTED, "adopted_at": later,
               "starts_at": "2009-05-01"}
    yield "observation", {**day, "indicator": plain}, {
        "dimension_values": ["a"]}, "dimension_values", "dimensions"
    yield "observation", {**day, "indicator": pair, "dimension_values": ["a", "b"]}, {
        "dimension_values": ["a"]}, "dimension_values", "dimensions"
    yield "meeting", adopted, {"starts_at": "2009-06-01T09:00"}, "adopted_at", "later_meeting"
    yield "meeting", adopted, {"adopted_at": foreign}, "adopted_at", "later_meeting"
    yield "attendance", {
        "meeting": meeting, "party": world.mekinac, "arrives_for": world.item(meeting)}, {
        "arrives_for": elsewhere}, "arrives_for", "same_meeting"
    yield "attendance", {
        "meeting": meeting, "party": world.mekinac, "leaves_before": world.item(meeting)}, {
        "leaves_before": elsewhere}, "leaves_before", "same_meeting"
    seats = [boss.put("membership", party=world.consortium, **of)[0]
             for of in ({"organization": world.mekinac}, {"organization": world.chenaux}, {})]
    yield "attendance", {"meeting": meeting, "party": world.mekinac, "seat": seats[0]}, {
        "seat": seats[1]}, "seat", "organization"
    yield "attendance", {"meeting": meeting, "party": world.mekinac}, {
        "seat": seats[2]}, "seat", "organization"
    yield "plan", {
        "title": "x", "type": records.Plan.ANNUAL, "party": world.consortium,
        "starts_on": "2009-04-01", "ends_on": "2010-03-31", **world.adoption()}, {
        "resolution": elsewhere}, "resolution", "decision"
    yield "score", score(portrait), {"value": 6}, "value", "scale"
    yield "score", score(Portrait(world)), {"value": 0}, "value", "scale"
    yield "score", score(Portrait(world)), {
        "criterion": portrait.other}, "criterion", "same_form"
    yield "criterion", {"form": portrait.other_form, "rank": 2, "question": "Et ?"}, {
        "form": portrait.form}, "form", "used_form"


def test_rules_between_records(world, portrait):
    """Each, in both directions: created wrong, and where it may change, changed to wrong."""
    for kind, good, wrong, field, rule in cases(world, portrait):
        with refused("invalid", field, rule):
            world.boss.put(kind, **{**good, **wrong})
        id, _ = world.boss.put(kind, **good)
        if rule not in ("same_form", "used_form", "later_meeting"):  # fixed, or frozen
            with refused("invalid", field, rule):
                world.boss.put(kind, id, 1, **wrong, reason="Essai")


def test_a_used_form_keeps_its_criteria_and_scale(world):
    portrait = Portrait(world)
    with refused("invalid", "form", "used_form"):
        world.boss.put("criterion", portrait.criterion, 1, delete=True)
    for field in ("scale_min", "scale_max"):
        with refused("invalid", field, "used_form"):
            world.boss.put("form", portrait.form, 1, **{field: 3})
    world.boss.put("form", portrait.form, 1, title="Grille 2009")
    world.boss.put("criterion", portrait.criterion, 1, rank=2)
    world.boss.put("criterion", portrait.other, 1, delete=True)


def test_a_form_comes_with_its_first_assessment(world):
    """In one push, in the order of their making; not the other way round."""
    form, criterion, assessment, late = (new_id() for _ in range(4))
    made = [
        operation("form", form, title="Grille", scale_min=1, scale_max=5),
        operation("criterion", criterion, form=form, rank=1, question="Oui ?"),
        operation("assessment", assessment, form=form, party=world.mekinac, community="x"),
        operation("score", new_id(), assessment=assessment, criterion=criterion, value=5)]
    add = operation("criterion", late, form=form, rank=2, question="Et ?")
    assert {r.problem.rule for r in world.boss.push(*made, add, atomic=True)} == {"used_form"}
    assert {r.status for r in world.boss.push(*made, atomic=True)} == {"applied"}


def test_a_decision_that_adopted_a_plan_stays(world):
    adoption = world.adoption()
    world.boss.put("plan", world.new_plan(), 1, **adoption)
    with refused("invalid", "decision", "decision"):
        world.boss.put("agenda_item", adoption["resolution"], 1, clear=["decision"])
    with refused("invalid", rule="in_use"):
        world.boss.put("agenda_item", adoption["resolution"], 1, delete=True)


def test_an_indicator_in_use_keeps_its_dimensions(world):
    id, _ = world.boss.put("indicator", code=f"L{next(serials)}", title="x", dimensions=["a"])
    world.boss.put("observation", indicator=id, area="x", value=1, dimension_values=["1"],
                   period_start="2009-01-01", period_end="2009-12-31")
    world.boss.put("indicator", id, 1, dimensions=["b"])
    with refused("invalid", "dimensions", "dimensions"):
        world.boss.put("indicator", id, 2, dimensions=["a", "b"])


def test_a_later_meeting_stays_later(world):
    first = world.meeting(world.chenaux, starts_at="2009-05-01")
    later = world.meeting(world.chenaux, starts_at="2009-06-01")
    world.boss.put("meeting", first, 1, minutes_status=Meeting.ADOPTED, adopted_at=later)
    with refused("invalid", "adopted_at", "later_meeting"):
        world.boss.put("meeting", later, 1, starts_at="2009-04-01")
    with refused("invalid", "adopted_at", "later_meeting"):
        own = world.meeting(world.chenaux)
        world.boss.put("meeting", own, 1, minutes_status=Meeting.ADOPTED, adopted_at=own)


def test_minutes_that_adopt_each_other(world):
    """Without days nothing is later, and two could adopt each other."""
    one, other = (world.boss.put("meeting", party=world.chenaux)[0] for _ in range(2))
    for adopted, at in ((one, other), (other, one)):
        with refused("invalid", "adopted_at", "later_meeting"):
            world.boss.put("meeting", adopted, 1, minutes_status=Meeting.ADOPTED, adopted_at=at)
    results = world.boss.push(
        operation("meeting", one, 1, starts_at="2009-01-09", adopted_at=other),
        operation("meeting", other, 1, starts_at="2009-02-09"), atomic=True)
    assert [result.status for result in results] == ["applied", "applied"]
    with refused("invalid", "adopted_at", "later_meeting"):
        world.boss.put("meeting", other, 2, clear=["starts_at"])


def test_one_bad_push_of_a_batch_fails_alone(world, portrait):
    """The schema refuses the whole commit: what is at fault is found, the rest is applied."""
    results = world.boss.push(
        operation("note", new_id(), subject=world.plan, text="Un"),
        operation("score", new_id(), **score(Portrait(world), value=9)),
        operation("note", new_id(), subject=world.plan, text="Deux"))
    assert [result.status for result in results] == ["applied", "refused", "applied"]
    assert str(results[1].problem) == "invalid value scale"


def test_a_refused_commit_takes_no_number(world):
    meeting, items = world.meeting(world.party("Comité E")), [new_id() for _ in range(6)]
    made = [operation("agenda_item", id, meeting=meeting, rank=1, title="Un", decision="Oui")
            for id in items]
    made.insert(3, operation("score", new_id(), **score(Portrait(world), value=9)))
    results = world.boss.push(*made)
    assert [result.status for result in results].count("applied") == 6
    given = {record.id: body(record).resolution for record in world.boss.pull().records
             if record.id in items}
    assert [given[id] for id in items] == [f"R-2009-{n}" for n in range(1, 7)]


# --- names ---------------------------------------------------------------------------------------

NO_NAMES = [" ", "\u00a0", "A\x1b[31mB", "Deux\nlignes", "\u009b31m", "é" * 201]


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_name_is_a_line_that_shows(region, world, name):
    """Nothing in it moves a terminal's cursor, and there is something to read."""
    before = head(region)
    role = records.Account.Role.Value("EDITOR")
    with refused("invalid", "person", "name"):
        world.boss.put("account", person=name, role=role, parties=[world.mekinac])
    with refused("invalid", "short_name", "name"):
        world.boss.put("party", world.mekinac, 1, short_name=name)
    assert head(region) == before


def test_a_name_may_be_long_but_not_longer(world):
    id, _ = world.boss.put("contact", name="é" * 200, phone="819")
    assert latest(world.boss, id)[1].name == "é" * 200


@pytest.mark.parametrize("name", NO_NAMES[1:-1])
def test_a_device_that_joins_has_a_name_too(region, world, name):
    _, line = region.invite("editor", [world.mekinac])
    identity = Identity(region.folder)
    with refused("invalid", "name", "name"):
        region.connect(identity).join(line, name)
    # The invitation is as good as before.
    assert region.connect(identity).join(line, "Poste").device


@pytest.mark.parametrize("language", ["de", "FR", "fr_CA", " "])
def test_an_account_speaks_a_language_of_the_program(world, language):
    with refused("invalid", "language", "language"):
        world.boss.put("account", person="Une personne", language=language,
                       role=records.Account.Role.Value("EDITOR"), parties=[world.mekinac])


def test_what_was_there_before_the_rule_can_still_be_closed(region, world):
    """A rule about a value is asked of what is written: an old account must not stay open."""
    role = records.Account.Role.Value("EDITOR")
    account, _ = world.boss.put("account", person="Une personne", language="fr", role=role,
                                parties=[world.mekinac])
    region.sql(f"UPDATE account SET person = E'A\\x1b[31m', language = 'de' WHERE id = '{account.hex()}'")
    world.boss.put("account", account, 1, active=False)
    assert region.sql(f"SELECT active FROM account WHERE id = '{account.hex()}'") == "f"
    with refused("invalid", "language", "language"):
        world.boss.put("account", account, 2, language="es")
    world.boss.put("account", account, 2, person="Une personne", language="en")
