"""What a revoked device had not sent: kept for a coordinator, once, in its order; and nothing told."""

import pytest

from client import Problem, body, operation, refused
from identity import Identity, new_id
from messages import protocol, records
from people_test import revoke


@pytest.fixture
def gone(region, world):
    """An editor's device that was revoked in mid-connection."""
    client = region.member("editor", [world.mekinac])
    revoke(region, client)
    return client


def surrender(client, region, *pushes):
    answer = client.ask(surrender=protocol.Surrender(region=region.name, pushes=pushes))
    return answer.results


def push(*operations, atomic=False):
    return protocol.Push(operations=operations, atomic=atomic)


def note(world, text="Dernier mot", **more):
    return operation("note", new_id(), subject=world.plan, text=text, **more)


def statuses(results):
    return [protocol.Result.Status.Name(r.status).lower() for r in results]


def quarantined(region, client):
    """(record, body) of what is kept of that device, by rank."""
    found = [(r, body(r)) for r in region.coordinator.pull(kinds=["quarantine"]).records]
    return sorted(((r, q) for r, q in found if q.device == client.me.device),
                  key=lambda each: each[1].rank)


def test_all_is_kept_as_it_was(region, world, gone):
    action = world.action()
    made = [note(world, reason="Parce que"),
            operation("action", action, 1, title="Autre titre", clear=["weight"]),
            operation("action", action, 1, delete=True, patch=b"")]
    made[1].seen = records.Action(title="Tenir une rencontre").SerializeToString()
    results = surrender(gone, region, push(*made))
    assert statuses(results) == ["applied"] * 3
    assert [r.op_id for r in results] == [o.op_id for o in made]
    kept = quarantined(region, gone)
    assert [q.rank for _, q in kept] == [1, 2, 3]
    for (record, q), o in zip(kept, made):
        assert (q.target, q.patch, q.base_revision) == (o.id, o.patch, o.base_revision)
        assert q.target_kind == records.Kind.Name(o.kind).lower()
        assert (list(q.clear), q.removes, q.reason) == (list(o.clear), o.delete, o.reason)
        assert (q.authored_at, q.seen, q.part) == (o.authored_at, o.seen, 0)
        assert not q.HasField("status") and record.owner == b""
        change, = region.coordinator.history(record.id)
        assert (change.op_id, change.account, change.device) == (
            o.op_id, gone.me.account, gone.me.device)
    assert region.coordinator.get(made[0].id) is None
    assert region.coordinator.get(action).revision == 1


def test_nothing_is_told_but_what_was_kept(region, world, gone):
    result, = surrender(gone, region, push(note(world)))
    assert {field.name for field, _ in result.ListFields()} == {"op_id", "status"}


def test_before_and_after_hello(region, world):
    """In a new connection with a refused hello, without one, and in the old connection."""
    client = region.member("editor", [world.mekinac])
    revoke(region, client)
    fresh = region.connect(client.identity)
    with refused("not_authenticated", "device", "revoked"):
        fresh.hello(region.name)
    assert statuses(surrender(fresh, region, push(note(world)))) == ["applied"]
    assert statuses(surrender(fresh, region, push(note(world)))) == ["applied"]
    assert statuses(surrender(client, region, push(note(world)))) == ["applied"]
    plain = region.connect(client.identity)
    assert statuses(surrender(plain, region, push(note(world)))) == ["applied"]
    assert [q.rank for _, q in quarantined(region, client)] == [1, 2, 3, 4]
    with refused("not_authenticated", "", ""):
        plain.pull()


def test_at_another_server(region, world, gone):
    second = region.second_server()
    there = region.connect(gone.identity, second)
    made = note(world)
    assert statuses(surrender(there, region, push(made))) == ["applied"]
    assert statuses(surrender(gone, region, push(made))) == ["duplicate"]


def test_once(region, world):
    """What is sent again, and what had been pushed before the revocation, is known."""
    client = region.member("editor", [world.mekinac])
    pushed = operation("note", new_id(), subject=world.share(), text="Passée")
    result, = client.push(pushed)
    assert result.status == "applied"
    revoke(region, client)
    waiting = note(world)
    assert statuses(surrender(client, region, push(pushed, waiting))) == ["duplicate", "applied"]
    assert statuses(surrender(client, region, push(pushed, waiting))) == ["duplicate"] * 2
    assert statuses(surrender(client, region, push(waiting, waiting))) == ["duplicate"] * 2
    assert len(quarantined(region, client)) == 1


def test_parts_are_atomic_pushes(region, world, gone):
    surrender(gone, region, push(note(world)), push(note(world), note(world), atomic=True),
              push(note(world), atomic=True), push(note(world), note(world), atomic=True))
    surrender(gone, region, push(note(world), note(world), atomic=True))
    assert [q.part for _, q in quarantined(region, gone)] == [0, 2, 2, 0, 4, 4, 5, 5]
    assert [q.rank for _, q in quarantined(region, gone)] == list(range(1, 9))


def test_what_cannot_be_kept_is_refused_alone(region, world, gone):
    no_id, short, torn = note(world), note(world), note(world)
    no_id.ClearField("op_id")
    short.id = b"short"
    torn.patch = b"\x0a\x7f"
    huge = note(world)
    huge.base_revision = 1 << 63
    good = [note(world), note(world)]
    results = surrender(gone, region, push(good[0], no_id, short, torn, huge, good[1]))
    assert statuses(results) == ["applied"] + ["refused"] * 4 + ["applied"]
    told = [(Problem(r.error).field, Problem(r.error).rule) for r in results[1:5]]
    assert told == [("op_id", "id"), ("id", "id"), ("patch", "encoding"), ("base_revision", "range")]
    assert [q.target for _, q in quarantined(region, gone)] == [o.id for o in good]


def test_an_unknown_kind_is_refused(region, world, gone):
    data = protocol.Surrender(region=region.name, pushes=[push(note(world))])
    data.pushes[0].operations[0].ClearField("kind")
    result, = gone.ask(surrender=data).results
    assert (result.error.field, result.error.rule) == ("kind", "unknown_kind")


def test_anothers_op_id_is_taken(region, world, gone):
    made = note(world)
    world.boss.push(made)
    result, = surrender(gone, region, push(made))
    assert (result.error.field, result.error.rule) == ("op_id", "unique")


def test_what_seen_would_make_too_large(region, world, gone):
    text = "é" * 30000
    patch = records.AgendaItem(title="T", minutes=text, decision=text).SerializeToString()
    large = operation("agenda_item", world.item(), 1, patch=patch)
    large.seen = patch
    most = operation("agenda_item", world.item(), 1, patch=patch)
    most.seen = patch
    assert statuses(surrender(gone, region, push(large, most))) == ["applied"] * 2
    for _, q in quarantined(region, gone):
        assert q.patch == patch and q.seen in (patch, b"")


def test_only_for_who_was_revoked(region, world):
    active = region.member("editor", [world.mekinac])
    for connection in (active, region.connect(active.identity)):
        with refused("not_authenticated", "", ""):
            surrender(connection, region, push(note(world)))
    account = next(r for r in world.boss.pull(kinds=["account"]).records
                   if r.id == active.me.account)
    world.boss.put("account", account.id, account.revision, active=False)
    with refused("not_authenticated", "device", "closed"):
        surrender(active, region, push(note(world)))
    with refused("not_authenticated", "", ""):
        surrender(region.connect(Identity(region.folder)), region, push(note(world)))
    with refused("not_authenticated", "", ""):
        surrender(region.connect(), region, push(note(world)))


def test_bounds_of_one(region, world, gone):
    with refused("bad_request", "operations", "required"):
        surrender(gone, region)
    with refused("bad_request", "operations", "required"):
        surrender(gone, region, push())
    most = region.coordinator.hello(region.name).limits.operations
    with refused("too_large", "operations", "count"):
        surrender(gone, region, *[push(note(world)) for _ in range(most + 1)])


def test_one_at_a_time(region, world, gone):
    numbers = [gone.send(surrender=protocol.Surrender(
        region=region.name, pushes=[push(*[note(world) for _ in range(50)])])) for _ in range(6)]
    told = {}
    for _ in numbers:
        response = gone.receive()
        told[response.number] = response.WhichOneof("answer") if not response.HasField("error") \
            else protocol.Code.Name(response.error.code)
    assert set(told.values()) <= {"surrender", "BUSY"}
    assert "surrender" in told.values()
    assert len(quarantined(region, gone)) == 50 * list(told.values()).count("surrender")
    assert statuses(surrender(gone, region, push(note(world)))) == ["applied"]


def test_ten_thousand_wait_and_no_more(region, world, gone):
    first = [note(world) for _ in range(3)]
    assert statuses(surrender(gone, region, push(*first))) == ["applied"] * 3
    region.sql(f"""SET session_replication_role = replica;
        INSERT INTO quarantine (id, device, target, target_kind, patch, rank)
        SELECT gen_random_uuid(), '{gone.me.device.hex()}', '\\x{new_id().hex()}', 'note', '', 3 + n
        FROM generate_series(1, 9996) n""", user="postgres")
    rest = [note(world) for _ in range(3)]
    results = surrender(gone, region, push(*rest))
    assert statuses(results) == ["applied", "refused", "refused"]
    assert (results[1].error.rule, results[1].error.limit) == ("limit", "10000")
    again = surrender(gone, region, push(*first, *rest))
    assert statuses(again) == ["duplicate"] * 4 + ["refused"] * 2
    kept = region.coordinator.pull(kinds=["quarantine"]).records
    reviewed = next(r for r in kept if body(r).target == first[0].id)
    region.coordinator.put("quarantine", reviewed.id, 1, status=records.Quarantine.REFUSED)
    assert statuses(surrender(gone, region, push(*rest[1:]))) == ["applied", "refused"]


def test_accepting_is_one_push(region, world, gone):
    action = world.action()
    surrender(gone, region, push(operation("action", action, 1, title="Titre gardé")))
    (record, q), = quarantined(region, gone)
    accepted = operation("action", q.target, q.base_revision, patch=q.patch, reason="Quarantaine")
    accepted.seen = records.Action(title="Tenir une rencontre").SerializeToString()
    reviewed = operation("quarantine", record.id, 1, status=records.Quarantine.ACCEPTED)
    results = region.coordinator.push(accepted, reviewed, atomic=True)
    assert [r.status for r in results] == ["applied"] * 2
    assert body(region.coordinator.get(action)).title == "Titre gardé"
    told = region.coordinator.history(record.id)[0]
    assert (list(told.fields), told.account) == (["status"], region.coordinator.me.account)
