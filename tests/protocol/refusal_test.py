"""Operations that are refused: the code, the field, the rule, its limit; nothing is written."""

import pytest
from google.protobuf.descriptor import FieldDescriptor

from client import body, operation, refused
from identity import new_id
from messages import KINDS, protocol, records
from region import head, latest

Share = records.Share


def text_patch(kind, number, data):
    """A patch whose text field holds these bytes."""
    size = bytearray()
    length = len(data)
    while length >= 0x80:
        size.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([number << 3 | 2, *size, length]) + data


def refusals(world):
    """Operations and what is wrong with each: (operation, code, field, rule, limit)."""
    share, action, note = world.share(), world.action(), new_id()
    duplicate = latest(world.boss, share)[1]
    ok = {"subject": world.plan, "text": "Un"}
    yield operation("note", share, **ok), "exists", "id", "unique", ""
    yield operation("share", share, 9, percent=1), "invalid", "base_revision", "base_revision", ""
    yield operation("note", note, delete=True), "invalid", "base_revision", "base_revision", ""
    yield operation("note", note, 1, text="x"), "not_found", "id", "record", ""
    yield operation("note", share, 1, text="x"), "invalid", "kind", "kind", ""
    yield operation("note", b"short", **ok), "bad_request", "id", "id", ""
    yield operation("note", bytes(16), **ok), "bad_request", "id", "id", ""
    yield operation("note", note, op_id=b"short", **ok), "bad_request", "op_id", "id", ""
    yield operation("note", note, op_id=bytes(16), **ok), "bad_request", "op_id", "id", ""
    yield operation("share", share, 1, delete=True, percent=1), "bad_request", "delete", "patch", ""
    yield operation("note", note, patch=b"\xff\xff"), "bad_request", "patch", "encoding", ""
    yield operation("share", share, 1, clear=["nothing"]), "invalid", "clear", "field", ""
    yield operation("note", note, reason="x" * 5000, **ok), "invalid", "reason", "length", "4096"
    yield operation("share", share, 1, percent=101), "invalid", "percent", "range", "0-100"
    yield operation("share", share, 1, due="2009-02-30"), "invalid", "due", "date", ""
    yield operation("share", share, 1, due="demain"), "invalid", "due", "date", ""
    yield operation("share", share, 1, patch=b"\x18\x63"), "invalid", "status", "choice", ""
    yield operation("note", note, subject=new_id(), text="x"), "invalid", "subject", "reference", ""
    yield operation("note", note, subject=b"x", text="x"), "invalid", "subject", "id", ""
    yield (operation("share", note, action=world.plan, party=world.mekinac),
           "invalid", "action", "reference", "")
    yield operation("note", note, subject=world.plan), "invalid", "text", "required", ""
    yield operation("note", note, subject=world.plan, text=""), "invalid", "text", "empty", ""
    yield (operation("note", note, subject=world.plan, text="x" * 65537),
           "invalid", "text", "length", "65536")
    yield (operation("plan", note, title="x" * 900_000), "invalid", "title", "length", "65536")
    yield (operation("note", note, subject=world.plan, text="a\0b"), "invalid", "text", "nul", "")
    yield (operation("note", note, patch=text_patch("note", 2, b"\xff\xfe")),
           "invalid", "text", "utf8", "")
    yield (operation("note", note, patch=text_patch("note", 2, b"\xed\xa0\x80")),
           "invalid", "text", "utf8", "")
    yield operation("action", action, 1, number="1..2"), "invalid", "number", "number", ""
    yield operation("action", action, 1, number="1 2"), "invalid", "number", "number", ""
    yield operation("action", action, 1, clear=["title"]), "invalid", "title", "required", ""
    yield operation("share", share, 1, party=world.chenaux), "invalid", "party", "fixed", ""
    yield (operation("plan", world.plan, 1, ends_on="2001-01-01"),
           "invalid", "ends_on", "order", "")
    yield (operation("share", share, 1, status=Share.BLOCKED),
           "invalid", "blocked_by", "blocked", "")
    yield (operation("share", share, 1, status=Share.BLOCKED, blocked_by="Le local"),
           "invalid", "help_from", "blocked", "")
    yield (operation("share", note, action=duplicate.action, party=duplicate.party),
           "exists", "party", "unique", "")
    yield operation("objective", world.objective, 1, delete=True), "invalid", "", "in_use", ""
    yield (operation("territory", note, code="X", name="Y", municipalities=["a"] * 1001),
           "invalid", "municipalities", "count", "1000")
    yield (operation("meeting", note, party=world.mekinac, starts_at="2009-06-02 09:30"),
           "invalid", "starts_at", "moment", "")
    yield (operation("plan", world.plan, 1, adopted_seq=1), "invalid", "adopted_seq", "server", "")
    yield (operation("plan", world.plan, 1, clear=["adopted_seq"]),
           "invalid", "adopted_seq", "server", "")


def test_refusals(region, world):
    wrong = []
    for sent, code, field, rule, limit in refusals(world):
        before = head(region)
        result, = world.boss.push(sent)
        problem = result.problem
        found = problem and (problem.code, problem.field, problem.rule, problem.limit)
        if found is None or found[0] != code or found[2:] != (rule, limit) or (
                field and found[1] != field) or head(region) != before:
            wrong.append((str(sent)[:200], (code, field, rule, limit), result.status, found))
    assert wrong == []


def test_a_kind_that_nobody_knows(world):
    sent = operation("note", new_id(), subject=world.plan, text="x").SerializeToString()
    unknown = sent.replace(b"\x10\x0c", b"\x10\x63", 1)  # kind 99
    number = world.boss.last = world.boss.last + 1
    push = b"\x0a" + bytes([len(unknown)]) + unknown
    world.boss.send_bytes(b"\x08" + varint(number) + b"\x2a" + varint(len(push)) + push)
    result, = world.boss.push_answer(number)
    assert str(result.problem) == "invalid kind unknown_kind"


def varint(value):
    return bytes([value]) if value < 0x80 else bytes([value & 0x7F | 0x80]) + varint(value >> 7)


@pytest.mark.parametrize("field", ["reason", "clear"])
def test_a_nul_outside_the_patch(world, field):
    """It does not cut a text unseen."""
    id = world.share(expected="Ceci")
    more = {"reason": "a\0b"} if field == "reason" else {"clear": ["expected\0x"]}
    with refused("bad_request", field, "nul"):
        world.editor.put("share", id, 1, percent=5, **more)
    assert world.boss.get(id).revision == 1


INT64, UINT32, UINT64 = (getattr(FieldDescriptor, f"CPPTYPE_{name}")
                         for name in ("INT64", "UINT32", "UINT64"))
BEYOND = {INT64: [(1 << 63) - 1, -(1 << 63)], UINT32: [0xFFFFFFFF], UINT64: [(1 << 64) - 1]}


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_beyond_their_type(world, kind):
    """Each is refused by a rule, none by the database."""
    for field in KINDS[kind].DESCRIPTOR.fields:
        for beyond in BEYOND.get(field.cpp_type, ()):
            result, = world.boss.push(operation(kind, new_id(), **{field.name: beyond}))
            problem = result.problem
            told = (problem.code, problem.field, problem.rule)
            if kind != "quarantine" or told != ("denied", "", "role"):  # nobody makes one
                assert told == ("invalid", field.name, "range")


def test_a_wide_range_is_told_whole(world):
    with refused("invalid", "value", "range", "-1000000000000000-1000000000000000"):
        world.boss.put("observation", value=1 << 60)


@pytest.mark.parametrize("wrong", ["share", "attendance"])
@pytest.mark.parametrize("first", [True, False])
def test_a_wrong_kind_beside_the_right_one(world, wrong, first):
    """In one batch: who has the kind wrong is told so, who has it right writes all the same."""
    meeting = world.meeting(world.chenaux, place="Ici")
    attendance, _ = world.other.put("attendance", meeting=meeting, party=world.mekinac)
    for kind, id, more in (("meeting", meeting, {"party": world.chenaux, "title": "Autre"}),
                           ("attendance", attendance, {"state": records.Attendance.PRESENT})):
        if kind == wrong:
            continue
        made = [operation(wrong, id, 1), operation(kind, id, 1, **more)]
        results = world.other.push(*(made if first else reversed(made)))
        results.sort(key=lambda result: result.status)
        assert [result.status for result in results] == ["applied", "refused"]
        assert results[1].problem.rule == "kind"
    assert body(world.boss.get(meeting)).place == "Ici"


def test_a_title_of_a_megabyte(region, world):
    """It fits in no frame: too_large, and the connection ends."""
    sender = region.client(region.identity)
    try:
        sender.send(push=protocol.Push(operations=[operation(
            "plan", new_id(), title="x" * (1 << 20))]))
    except ConnectionError:
        pass
    else:
        assert sender.receive().error.code == protocol.TOO_LARGE
    world.boss.hello(region.name)


def test_an_empty_push(world):
    with refused("bad_request", "operations"):
        world.boss.push()


def test_more_operations_than_allowed(region, world):
    most = world.boss.me.limits.operations
    with refused("too_large", "operations", "count"):
        world.boss.push(*[protocol.Operation()] * (most + 1))
    assert len(world.boss.push(*[protocol.Operation()] * most)) == most


def test_a_reference_to_what_is_deleted(world):
    id = world.share()
    world.boss.put("share", id, 1, delete=True)
    with refused("invalid", "subject", "reference"):
        world.boss.put("note", subject=id, text="Un")


def test_an_action_stays_in_its_plan(world):
    elsewhere, _ = world.boss.put(
        "objective", plan=world.new_plan(), number="1", title="Ailleurs")
    with refused("invalid", "objective", "same_plan"):
        world.boss.put("action", world.action(), 1, objective=elsewhere)
    with refused("invalid", "parent", "same_plan"):
        world.boss.put("objective", plan=world.plan, parent=elsewhere, number="77", title="Sous")


def test_nothing_is_above_itself(world):
    """An objective's and a plan's parent are settled at creation, so that there are no circles."""
    under, _ = world.boss.put(
        "objective", plan=world.plan, parent=world.objective, number="78", title="Sous")
    with refused("invalid", "parent", "fixed"):
        world.boss.put("objective", world.objective, 1, parent=under)
    plan = world.new_plan()
    with refused("invalid", "parent", "fixed"):
        world.boss.put("plan", plan, 1, parent=world.new_plan(parent=plan))
    own = new_id()
    with refused("invalid", "parent"):
        world.boss.put("objective", own, plan=world.plan, parent=own, number="79", title="Soi")
