"""What operations make of records."""

import collections

import pytest

from client import body, operation, refused
from identity import new_id
from messages import protocol, records
from region import head, latest

Share = records.Share


# --- what is applied ------------------------------------------------------------------------------

def test_create(region, world):
    before = head(region)
    id, result = world.boss.put("audience", number=1, description="Les élus municipaux")
    assert result[:2] == ("applied", 1) and result.seq == before + 1
    record, audience = latest(world.boss, id)
    assert (record.revision, record.seq, record.handle) == (1, result.seq, result.handle)
    assert (audience.number, audience.description) == (1, "Les élus municipaux")
    assert record.created_by == record.changed_by == world.boss.me.account
    assert not record.HasField("owner") and not record.deleted


def test_patch_sets_only_what_it_holds(world):
    id = world.share(expected="Une table ronde", percent=10)
    _, result = world.editor.put("share", id, 1, percent=40, status=Share.UNDER_WAY)
    assert result[:2] == ("applied", 2)
    share = latest(world.boss, id)[1]
    assert (share.percent, share.status, share.expected) == (40, Share.UNDER_WAY, "Une table ronde")


def test_zero_and_false_are_values(world):
    id = world.share(percent=10)
    world.editor.put("share", id, 1, percent=0)
    share = latest(world.boss, id)[1]
    assert share.HasField("percent") and share.percent == 0


def test_clear_empties(world):
    id = world.share(expected="Une table ronde", percent=10)
    world.editor.put("share", id, 1, clear=["expected", "percent"])
    share = latest(world.boss, id)[1]
    assert not share.HasField("expected") and not share.HasField("percent")


def test_set_and_clear_in_one(world):
    id = world.share(expected="Une table ronde", percent=10)
    world.editor.put("share", id, 1, clear=["expected"], percent=20)
    share = latest(world.boss, id)[1]
    assert share.percent == 20 and not share.HasField("expected")


def test_repeated_fields_are_replaced_whole(world):
    audiences = [world.boss.put("audience", number=n, description="x")[0] for n in (71, 72)]
    id = world.action(audiences=audiences)
    world.boss.put("action", id, 1, audiences=audiences[1:])
    assert list(latest(world.boss, id)[1].audiences) == audiences[1:]
    world.boss.put("action", id, 2, clear=["audiences"])
    assert not latest(world.boss, id)[1].audiences


def test_delete_leaves_a_tombstone(world):
    id = world.share()
    _, result = world.editor.put("share", id, 1, delete=True)
    assert result[:2] == ("applied", 2)
    record = world.boss.get(id)
    assert record.deleted and not record.HasField("body") and record.seq == result.seq
    assert record.kind == records.SHARE


def test_handles(world):
    id, first = world.boss.put("note", subject=world.plan, text="Un")
    _, second = world.boss.put("note", subject=world.plan, text="Deux")
    assert int(second.handle[1:]) == int(first.handle[1:]) + 1 and first.handle[0] == "N"
    number = "1.777"
    action = world.action(number=number)
    assert world.boss.get(action).handle == number
    _, result = world.boss.put("action", action, 1, number="1.778")
    assert result.handle == world.boss.get(action).handle == "1.778"
    assert world.boss.get(id).handle == first.handle


def test_owner_is_inherited(world):
    share = world.share()
    note, _ = world.editor.put("note", subject=share, text="On avance")
    for id in (share, note):
        assert world.boss.get(id).owner == world.mekinac
    assert world.boss.get(world.action()).owner == world.consortium
    assert world.boss.get(world.mekinac).owner == world.mekinac


def test_a_push_may_refer_to_what_it_makes(world):
    objective, action = new_id(), new_id()
    results = world.boss.push(
        operation("objective", objective, plan=world.plan, number="9", title="Neuf"),
        operation("action", action, objective=objective, number="9.1", title="Neuf un"),
        operation("action", action, 1, title="Neuf un, mieux"),
        operation("note", new_id(), subject=action, text="Fait"))
    assert [result.status for result in results] == ["applied"] * 4
    assert [r.seq for r in results] == list(range(results[0].seq, results[0].seq + 4))
    assert latest(world.boss, action)[1].title == "Neuf un, mieux"


def test_every_text_comes_back_as_it_was(world):
    for text in ("é" * 1000, "« guillemets » 1 234,50 $", "a\nb\tc\r\n", "𝔘𝔫𝔦", "{\",\\}", "NULL",
                 "'; DROP TABLE note; --", " ", "x" * 65536):
        id, _ = world.boss.put("note", subject=world.plan, text=text)
        assert latest(world.boss, id)[1].text == text


def test_every_list_of_texts_comes_back_as_it_was(world):
    names = ["La Tuque", "", "Saint-Élie-de-Caxton, \"village\"", "{a,b}", "NULL", "\\"]
    names.remove("")
    id, _ = world.boss.put("territory", code="MK", name="Mékinac", municipalities=names,
                           type=records.Territory.RCM)
    assert list(latest(world.boss, id)[1].municipalities) == names


# --- deadlines ------------------------------------------------------------------------------------

@pytest.mark.parametrize("text, expected", [
    ("2 juin 2009", {"mode": "DATED", "earliest": "2009-06-02", "latest": "2009-06-02",
                     "precision": "DAY"}),
    ("Septembre 2009", {"mode": "DATED", "earliest": "2009-09-01", "latest": "2009-09-30",
                        "precision": "MONTH"}),
    ("En continu", {"mode": "CONTINUOUS"}),
    ("3 à 4 fois par année", {"mode": "RECURRING", "times_min": 3, "times_max": 4}),
    ("Calendrier à déterminer", {"mode": "TO_BE_SET"}),
    ("Quand les poules auront des dents", {}),
])
def test_the_server_reads_deadlines(world, text, expected):
    id, _ = world.boss.put("deadline", subject=world.action(), text=text)
    deadline = latest(world.boss, id)[1]
    found = {field.name: value for field, value in deadline.ListFields()}
    assert found.pop("text") == text
    found.pop("subject")
    found.pop("label", None)
    for name, kind in (("mode", records.Deadline.Mode), ("precision", records.Deadline.Precision)):
        if name in found:
            found[name] = kind.Name(found[name])
    assert found == expected


def test_a_deadline_with_a_mode_is_left_alone(world):
    id, _ = world.boss.put("deadline", subject=world.action(), text="2 juin 2009",
                           mode=records.Deadline.TO_BE_SET)
    deadline = latest(world.boss, id)[1]
    assert deadline.mode == records.Deadline.TO_BE_SET and not deadline.HasField("earliest")


def test_a_new_text_replaces_what_was_read(world):
    id, _ = world.boss.put("deadline", subject=world.action(), text="Septembre 2009")
    world.boss.put("deadline", id, 1, text="En continu")
    deadline = latest(world.boss, id)[1]
    assert deadline.mode == records.Deadline.CONTINUOUS
    for stale in ("earliest", "latest", "precision"):
        assert not deadline.HasField(stale), f"{stale} is of the text before"


# --- much at once ---------------------------------------------------------------------------------

def test_a_thousand_large_conflicts(region, world):
    """Those that do not fit into the answer are refused, to be sent again with fewer others."""
    id = world.share(expected="Ceci")
    world.boss.put("share", id, 1, expected="x" * 65000)
    results = world.editor.push(
        *[operation("share", id, 1, clear=["expected"]) for _ in range(2000)])
    told = [result for result in results if result.status == "conflict"]
    assert 5 < len(told) < 20 and results[0] in told
    for result in results:
        if result not in told:
            assert (result.problem.code, result.problem.rule) == ("too_large", "memory")
    world.boss.hello(region.name)


def test_thousands_of_small_conflicts(world):
    """The answer stays within what a client takes in one frame."""
    id = world.share()
    world.boss.put("share", id, 1, percent=1, expected="x", next_step="y", due="2009-06-01")
    push = protocol.Push(operations=[
        operation("share", id, 1, percent=2, expected="z", next_step="z", due="2010-01-01")
        for _ in range(5000)])
    number = world.editor.send(push=push)
    response = world.editor.receive()
    assert response.number == number and not response.more
    assert response.ByteSize() < 1 << 20
    outcomes = collections.Counter(result.status for result in response.push.results)
    assert outcomes[protocol.Result.CONFLICT] > 100
    assert sum(outcomes.values()) == 5000


def test_a_record_fits_in_a_page(world):
    """It does not grow beyond that, by one patch or by several."""
    with refused("too_large", None, "record", "245760"):
        world.boss.put("party", name="x", type=records.Party.PARTNER, mandates=["m" * 60000] * 5)
    id, _ = world.boss.put("party", name="x", type=records.Party.PARTNER,
                           mandates=["m" * 60000] * 3)
    world.boss.put("party", id, 1, mission="x" * 60000)
    with refused("too_large", None, "record", "245760"):
        world.boss.put("party", id, 2, context="x" * 60000)
    record, party = latest(world.boss, id)
    assert record.revision == 2 and len(party.mandates) == 3 and not party.HasField("context")


def test_what_a_later_version_adds_counts(world):
    """Fields that this version does not know are of the record's size too."""
    id = world.share()
    later = b"\xc2\xbb\x01" + b"\xe0\xd4\x03" + bytes(60000)  # field 3000
    with refused("too_large", None, "record"):
        world.editor.put("share", id, 1, patch=later * 5)


def test_the_largest_push(world):
    """As many operations as are allowed, of one record each."""
    most = 5000
    results = world.boss.push(*[
        operation("note", new_id(), subject=world.plan, text=f"{n}") for n in range(most)])
    assert [result.seq - results[0].seq for result in results] == list(range(most))


def test_the_largest_atomic_push_with_one_bad(region, world):
    before = head(region)
    operations = [operation("note", new_id(), subject=world.plan, text="x") for _ in range(4000)]
    operations[3999].patch = b""
    assert {result.status for result in world.boss.push(*operations, atomic=True)} == {"refused"}
    assert head(region) == before


def test_body_of_every_kind_decodes(world):
    for record in world.boss.pull().records:
        if not record.deleted:
            body(record)
