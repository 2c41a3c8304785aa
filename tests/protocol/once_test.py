"""All or none, exactly once, and one bad push among many good ones."""

import pytest

from client import operation
from identity import new_id
from messages import KINDS, protocol
from region import head, latest


# --- all or none ----------------------------------------------------------------------------------

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


# --- exactly once ---------------------------------------------------------------------------------

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
        push = protocol.Push(operations=[
            operation("note", new_id(), subject=world.plan, text="Un")])
        numbers = world.boss.send(push=push), second.send(push=push)
        one, = world.boss.push_answer(numbers[0])
        other, = second.push_answer(numbers[1])
        assert {one.status, other.status} == {"applied", "duplicate"}
        assert one[1:] == other[1:]


# --- one bad push among many ----------------------------------------------------------------------

def test_what_the_database_refuses_fails_alone(region, world):
    """A violation that no rule sees beforehand, amid many pushes that share its batch."""
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


def test_a_conflict_beside_what_the_database_refuses(world):
    """The push is run again operation by operation; what was decided first is told whole."""
    share = latest(world.boss, world.share())[1]
    ids = [world.share(expected="Ceci") for _ in range(3)]
    for id in ids:
        world.boss.put("share", id, 1, expected="Cela" * 100)
    results = world.editor.push(
        *[operation("share", id, 1, expected="x") for id in ids],
        operation("share", new_id(), action=share.action, party=share.party),
        operation("share", ids[0], 1, percent=5))
    assert [result.status for result in results] == ["conflict"] * 3 + ["refused", "merged"]
    for result in results[:3]:
        clash, = result.clashes
        assert clash.field == "expected" and clash.account == world.boss.me.account
        assert KINDS["share"].FromString(clash.theirs).expected == "Cela" * 100


def test_a_conflict_with_a_push_of_the_same_batch(region, world):
    """What clashes is told as it was, whoever wrote it and was answered before."""
    there = region.client(region.identity)
    for n in range(40):
        id = world.share(expected="Ceci")
        numbers = []
        for client in (there, world.editor):
            numbers.append((client, client.send(push=protocol.Push(operations=[
                operation("share", id, 1, expected=f"{client is there} {n} " + "x" * 500)]))))
        one, other = [client.push_answer(number)[0] for client, number in numbers]
        loser = one if one.status == "conflict" else other
        assert {one.status, other.status} == {"applied", "conflict"}
        theirs = KINDS["share"].FromString(loser.clashes[0].theirs).expected
        assert theirs == f"{loser is other} {n} " + "x" * 500
