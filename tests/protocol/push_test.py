"""What becomes of operations: applied, merged, duplicate, in conflict, refused."""

import pytest

from client import body, operation, refused
from identity import new_id
from messages import KINDS, protocol, records
from region import latest

Share, Plan = records.Share, records.Plan


def head(region):
    return int(region.sql("SELECT seq FROM head"))


# --- what is applied -----------------------------------------------------------------------------

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


# --- deadlines -----------------------------------------------------------------------------------

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


# --- merge and conflict --------------------------------------------------------------------------

def test_other_fields_merge(world):
    id = world.share()
    world.boss.put("share", id, 1, expected="Une table ronde")
    _, result = world.editor.put("share", id, 1, percent=50)
    assert result[:2] == ("merged", 3)
    share = latest(world.boss, id)[1]
    assert (share.percent, share.expected) == (50, "Une table ronde")


def test_the_same_value_is_no_conflict(world):
    id = world.share()
    world.boss.put("share", id, 1, percent=50)
    assert world.editor.put("share", id, 1, percent=50)[1].status == "merged"


def test_a_conflict_tells_theirs(region, world):
    id = world.share(percent=10)
    _, theirs = world.boss.put("share", id, 1, percent=60, next_step="Inviter")
    before = head(region)
    result, = world.editor.push(
        operation("share", id, 1, percent=50, next_step="Convoquer", expected="Ceci"))
    assert result.status == "conflict"
    assert {clash.field for clash in result.clashes} == {"percent", "next_step"}
    for clash in result.clashes:
        assert [f.name for f, _ in Share.FromString(clash.theirs).ListFields()] == [clash.field]
        assert clash.account == world.boss.me.account
        assert clash.revision == 2
        assert clash.at == world.boss.history(id)[0].at
        assert clash.who
    percent, = [clash for clash in result.clashes if clash.field == "percent"]
    assert Share.FromString(percent.theirs).percent == 60
    assert head(region) == before
    share = latest(world.boss, id)[1]
    assert share.percent == 60 and not share.HasField("expected")
    assert world.boss.get(id).seq == theirs.seq


def test_a_conflict_settled_by_a_new_base(world):
    id = world.share(percent=10)
    world.boss.put("share", id, 1, percent=60)
    conflict, = world.editor.push(operation("share", id, 1, percent=50))
    _, result = world.editor.put("share", id, conflict.clashes[0].revision, percent=50)
    assert result[:2] == ("applied", 3)


def test_a_conflict_with_what_they_cleared(world):
    id = world.share(expected="Ceci")
    world.boss.put("share", id, 1, clear=["expected"])
    result, = world.editor.push(operation("share", id, 1, expected="Cela"))
    clash, = result.clashes
    assert (clash.field, clash.theirs) == ("expected", b"")


def test_clearing_what_they_changed(world):
    id = world.share(expected="Ceci")
    world.boss.put("share", id, 1, expected="Cela")
    result, = world.editor.push(operation("share", id, 1, clear=["expected"]))
    assert result.status == "conflict"
    assert Share.FromString(result.clashes[0].theirs).expected == "Cela"


def test_deleting_what_they_changed(world):
    id = world.share(percent=10)
    world.boss.put("share", id, 1, percent=60)
    result, = world.editor.push(operation("share", id, 1, delete=True))
    assert result.status == "conflict"
    assert [clash.field for clash in result.clashes] == ["percent"]
    assert not world.boss.get(id).deleted


def test_changing_what_they_deleted(world):
    id = world.share()
    world.boss.put("share", id, 1, delete=True)
    with refused("not_found", "id", "deleted"):
        world.editor.put("share", id, 1, percent=60)


def test_ones_own_changes_never_clash(world):
    id = world.share()
    results = world.editor.push(*[operation("share", id, 1, percent=n) for n in (10, 20, 30)])
    assert [result[:2] for result in results] == [("applied", n) for n in (2, 3, 4)]
    assert latest(world.boss, id)[1].percent == 30


def test_ones_other_device_is_another(region, world):
    from identity import Identity, read_line
    line = read_line(world.boss.invite(world.editor.me.account)[0])
    phone = region.join(line, Identity(region.folder))
    id = world.share(percent=1)
    phone.put("share", id, 1, percent=2)
    result, = world.editor.push(operation("share", id, 1, percent=3))
    assert result.status == "conflict"


def test_own_changes_among_theirs(world):
    """Theirs is seen through one's own later one."""
    id = world.share(percent=1)
    world.editor.put("share", id, 1, expected="Ceci")
    world.boss.put("share", id, 2, percent=2)
    assert world.editor.push(operation("share", id, 1, percent=3))[0].status == "conflict"
    assert world.editor.push(operation("share", id, 1, expected="Cela"))[0].status == "merged"


# --- all or none ---------------------------------------------------------------------------------

def test_atomic_all(world):
    ids = [new_id() for _ in range(5)]
    results = world.boss.push(
        *[operation("note", id, subject=world.plan, text="Un") for id in ids], atomic=True)
    assert {result.status for result in results} == {"applied"}


@pytest.mark.parametrize("bad", [0, 2, 4])
def test_atomic_none(region, world, bad):
    ids = [new_id() for _ in range(5)]
    operations = [operation("note", id, subject=world.plan, text="Un") for id in ids]
    operations[bad] = operation("note", ids[bad], subject=world.plan)
    before = head(region)
    results = world.boss.push(*operations, atomic=True)
    assert [result.status for result in results] == ["refused"] * 5
    assert [result.problem.rule for result in results] == [
        "required" if i == bad else "atomic" for i in range(5)]
    assert head(region) == before
    assert not {record.id for record in world.boss.pull().records} & set(ids)


def test_atomic_none_for_a_conflict(region, world):
    id = world.share(percent=1)
    world.boss.put("share", id, 1, percent=2)
    before = head(region)
    conflict, other = world.editor.push(
        operation("share", id, 1, percent=3),
        operation("note", new_id(), subject=id, text="Un"), atomic=True)
    assert (conflict.status, other.status, other.problem.rule) == ("conflict", "refused", "atomic")
    assert head(region) == before


def test_atomic_none_for_what_the_database_refuses(region, world):
    id, note = world.share(), new_id()
    share = latest(world.boss, id)[1]
    before = head(region)
    results = world.boss.push(
        operation("note", note, subject=world.plan, text="Un"),
        operation("share", new_id(), action=share.action, party=share.party), atomic=True)
    assert {result.status for result in results} == {"refused"}
    assert any(result.problem.code == "exists" for result in results)
    assert head(region) == before and world.boss.get(note) is None


def test_handles_of_what_was_not_are_given_again(world):
    _, first = world.boss.put("note", subject=world.plan, text="Un")
    world.boss.push(operation("note", new_id(), subject=world.plan, text="Deux"),
                    operation("note", new_id(), subject=world.plan), atomic=True)
    _, second = world.boss.put("note", subject=world.plan, text="Trois")
    assert int(second.handle[1:]) == int(first.handle[1:]) + 1


def test_without_atomic_each_stands_alone(world):
    ids = [new_id() for _ in range(3)]
    results = world.boss.push(
        operation("note", ids[0], subject=world.plan, text="Un"),
        operation("note", ids[1], subject=world.plan),
        operation("note", ids[2], subject=world.plan, text="Trois"))
    assert [result.status for result in results] == ["applied", "refused", "applied"]
    assert results[2].seq == results[0].seq + 1


# --- exactly once --------------------------------------------------------------------------------

def test_an_operation_sent_again(region, world):
    sent = operation("note", new_id(), subject=world.plan, text="Un")
    first, = world.boss.push(sent)
    before = head(region)
    for client in (world.boss, region.client(region.identity)):
        again, = client.push(sent)
        assert again == first._replace(status="duplicate")
    assert head(region) == before


def test_an_operation_twice_in_one_push(world):
    sent = operation("note", new_id(), subject=world.plan, text="Un")
    first, again = world.boss.push(sent, sent)
    assert first.status == "applied" and again == first._replace(status="duplicate")


def test_the_first_result_stays(world):
    id = world.share()
    sent = operation("share", id, 1, percent=10)
    first, = world.editor.push(sent)
    world.boss.put("share", id, 2, percent=20)
    again, = world.editor.push(sent)
    assert again == first._replace(status="duplicate")
    assert latest(world.boss, id)[1].percent == 20


def test_a_refused_operation_may_be_sent_again(world):
    share = world.share()
    id, note = new_id(), new_id()
    sent = operation("note", id, subject=note, text="Un")
    assert world.editor.push(sent)[0].status == "refused"
    world.editor.put("note", note, subject=share, text="Deux")
    assert world.editor.push(sent)[0].status == "applied"


def test_an_op_id_of_somebody_else_tells_nothing(world):
    sent = operation("note", new_id(), subject=world.share(), text="Un")
    world.boss.push(sent)
    result, = world.editor.push(sent)
    assert str(result.problem) == "exists op_id unique" and not result.seq


def test_sent_again_to_another_server(region, world):
    second = region.client(region.identity, region.second_server())
    for _ in range(10):
        sent = operation("note", new_id(), subject=world.plan, text="Un")
        first, = world.boss.push(sent)
        again, = second.push(sent)
        assert again == first._replace(status="duplicate")


def test_sent_to_two_servers_at_once(region, world):
    second = region.client(region.identity, region.servers[-1])
    for _ in range(30):
        push = protocol.Push(operations=[operation("note", new_id(), subject=world.plan, text="Un")])
        numbers = world.boss.send(push=push), second.send(push=push)
        one, = world.boss.push_answer(numbers[0])
        other, = second.push_answer(numbers[1])
        assert {one.status, other.status} == {"applied", "duplicate"}
        assert one[1:] == other[1:]


# --- what is refused -----------------------------------------------------------------------------

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
    yield (operation("plan", world.plan, 1, ends_on="2001-01-01"), "invalid", "ends_on", "order", "")
    yield (operation("share", share, 1, status=Share.BLOCKED), "invalid", "blocked_by", "blocked", "")
    yield (operation("share", share, 1, status=Share.BLOCKED, blocked_by="Le local"),
           "invalid", "help_from", "blocked", "")
    yield (operation("share", note, action=duplicate.action, party=duplicate.party),
           "exists", "party", "unique", "")
    yield operation("objective", world.objective, 1, delete=True), "invalid", "", "in_use", ""
    yield (operation("territory", note, code="X", name="Y", municipalities=["a"] * 1001),
           "invalid", "municipalities", "count", "1000")
    yield operation("project", note, patch=b""), "invalid", "kind", "unknown_kind", ""


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


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_beyond_their_type(world, kind):
    """Each is refused by a rule, none by the database."""
    for field in KINDS[kind].DESCRIPTOR.fields:
        if field.cpp_type in (field.CPPTYPE_UINT32, field.CPPTYPE_UINT64):
            most = 0xFFFFFFFF if field.cpp_type == field.CPPTYPE_UINT32 else 0xFFFFFFFFFFFFFFFF
            result, = world.boss.push(operation(kind, new_id(), **{field.name: most}))
            problem = result.problem
            assert (problem.code, problem.field, problem.rule) == ("invalid", field.name, "range")


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
        world.boss.put("objective", world.objective, 1, parent=elsewhere)
    with refused("invalid", "parent", "same_plan"):
        world.boss.put("objective", world.objective, 1, parent=world.objective)


# --- one bad push among many ---------------------------------------------------------------------

def test_what_the_database_refuses_fails_alone(region, world):
    """A violation that no rule sees beforehand, in the midst of many pushes that share its batch."""
    share = latest(world.boss, world.share())[1]
    clients = [region.client(region.identity) for _ in range(4)]
    sent = []
    for n in range(40):
        for client in clients:
            bad = client is clients[1] and n in (5, 20, 21)
            made = operation("share", new_id(), action=share.action, party=share.party) if bad \
                else operation("note", new_id(), subject=world.plan, text=f"{n}")
            sent.append((bad, client, client.send(push=protocol.Push(operations=[made]))))
    for bad, client, number in sent:
        result, = client.push_answer(number)
        if bad:
            assert str(result.problem) == "exists party unique"
        else:
            assert result.status == "applied"
    assert region.sql("SELECT count(*) = max(seq) FROM change") == "t"
    assert region.sql(f"SELECT count(*) FROM share WHERE action = '{share.action.hex()}'") == "1"


def test_one_bad_operation_of_a_push_fails_alone(world):
    share = latest(world.boss, world.share())[1]
    operations = [operation("note", new_id(), subject=world.plan, text="x") for _ in range(20)]
    operations[7] = operation("share", new_id(), action=share.action, party=share.party)
    results = world.boss.push(*operations)
    assert [result.status == "applied" for result in results] == [n != 7 for n in range(20)]
    assert results[7].problem.code == "exists"


def test_body_of_every_kind_decodes(world):
    for record in world.boss.pull().records:
        if not record.deleted:
            body(record)
