"""How conflicts are settled: who may, what the log keeps of it, and receipts."""

import pytest

from client import answer, operation, refused
from history_test import NOTHING, blake, change_hash, whole_log
from identity import new_id
from messages import protocol, records
from region import head, latest

Proposal, Share, Membership = records.Proposal, records.Share, records.Membership


def settling(op, settled=None, set_aside=None, **lists):
    """The operation with a Resolution."""
    op.resolution.op_id = settled or new_id()
    for name, fields in lists.items():
        getattr(op.resolution, name).extend(fields)
    if set_aside is not None:
        op.resolution.set_aside = set_aside.SerializeToString()
    return op


def done(client, *operations, atomic=False):
    """The Answers, none of which is a problem."""
    results = client.push(*operations, atomic=atomic)
    for result in results:
        if result.problem:
            raise result.problem
    return results


def clash(world, **fields):
    """(a share, the editor's operation in conflict with the coordinator's change)"""
    id = world.share(percent=10, expected="Ceci")
    world.boss.put("share", id, 1, percent=60)
    lost = operation("share", id, 1, percent=50, **fields)
    result, = world.editor.push(lost)
    assert result.status == "conflict"
    return id, lost


# --- what the log keeps ---------------------------------------------------------------------------

def test_mine(world):
    id, lost = clash(world)
    sent = settling(operation("share", id, 2, percent=50, reason="Compté deux fois"), lost.op_id,
                    mine=["percent"])
    sent.seen = Share(percent=60).SerializeToString()
    assert done(world.editor, sent)[0].status == "applied"
    for client in (world.boss, world.other):
        change = client.history(id)[0]
        assert change.resolution == sent.resolution
        assert change.reason == "Compté deux fois"
        assert change.resolution_hash == blake(sent.resolution.SerializeToString())
        assert not client.history(id)[1].HasField("resolution_hash")


def test_theirs_changes_nothing_but_the_log(world):
    id, lost = clash(world)
    before = latest(world.boss, id)[1]
    result, = done(world.editor, settling(
        operation("share", id, 2), lost.op_id, theirs=["percent"], set_aside=Share(percent=50)))
    assert result[:2] == ("applied", 3)
    assert latest(world.boss, id)[1] == before
    change = world.boss.history(id)[0]
    assert (list(change.fields), change.patch, change.delete) == ([], b"", False)
    assert Share.FromString(change.resolution.set_aside) == Share(percent=50)
    assert change.resolution.op_id == lost.op_id


def test_rewritten_with_other_fields(world):
    id, lost = clash(world, next_step="Inviter")
    done(world.editor, settling(operation("share", id, 2, percent=55, next_step="Inviter"),
                                lost.op_id, rewritten=["percent"], set_aside=Share(percent=50)))
    change = world.boss.history(id)[0]
    assert set(change.fields) == {"percent", "next_step"}
    assert list(change.resolution.rewritten) == ["percent"]


def test_a_change_of_nothing_settles_something(world):
    id = world.share()
    with refused("bad_request", "patch", "required"):
        done(world.editor, operation("share", id, 1))


def test_later_versions_words_are_kept(world):
    """A resolution may say more than this server knows."""
    id, lost = clash(world)
    sent = settling(operation("share", id, 2), lost.op_id, theirs=["percent"])
    sent.resolution.MergeFromString(b"\xba\x3e\x03new")
    done(world.editor, sent)
    change = world.boss.history(id)[0]
    assert change.resolution.SerializeToString() == sent.resolution.SerializeToString()


def test_the_chain_covers_it(region, world):
    clash_id, lost = clash(world)
    done(world.editor, settling(operation("share", clash_id, 2), lost.op_id, theirs=["percent"]))
    log, hash = whole_log(world.boss), NOTHING
    assert any(change.HasField("resolution_hash") for change in log)
    for change in log:
        if change.HasField("resolution"):
            assert change.resolution_hash == blake(change.resolution.SerializeToString())
        hash = change_hash(hash, change)
        assert change.hash == hash
    assert world.boss.hello(region.name).head_hash == hash


def test_an_erased_one_leaves_the_chain_whole(region, world):
    id, lost = clash(world)
    done(world.editor, settling(operation("share", id, 2), lost.op_id, theirs=["percent"],
                                set_aside=Share(percent=50)))
    region.sql(f"UPDATE change SET resolution = NULL WHERE record = '{id.hex()}'")
    change = world.boss.history(id)[0]
    assert not change.HasField("resolution") and change.HasField("resolution_hash")
    hash = NOTHING
    for change in whole_log(world.boss):
        hash = change_hash(hash, change)
        assert change.hash == hash


def test_personal_values_set_aside_are_the_staffs(world):
    id, _ = world.boss.put("membership", party=world.mekinac, person="Une citoyenne", seat="Citoyenne")
    done(world.boss, settling(operation("membership", id, 1), theirs=["person", "seat"],
                              set_aside=Membership(person="Un citoyen", seat="Élu")))
    told = [Membership.FromString(client.history(id)[0].resolution.set_aside)
            for client in (world.boss, world.other)]
    assert told == [Membership(person="Un citoyen", seat="Élu"), Membership(seat="Élu")]
    unknown = settling(operation("membership", id, 2), theirs=["seat"], set_aside=Membership())
    unknown.resolution.set_aside += b"\xba\x3e\x06secret"
    done(world.boss, unknown)
    assert b"secret" in world.boss.history(id)[0].SerializeToString()
    assert b"secret" not in world.other.history(id)[0].SerializeToString()


# --- what one may hold ----------------------------------------------------------------------------

@pytest.mark.parametrize("spoil", [
    lambda r: r.ClearField("op_id"),
    lambda r: setattr(r, "op_id", bytes(15)),
    lambda r: setattr(r, "op_id", bytes(16)),
    lambda r: r.mine.append("id"),
    lambda r: r.mine.append("Percent"),
    lambda r: r.theirs.append("percent"),
    lambda r: r.ClearField("rewritten"),
    lambda r: setattr(r, "set_aside", b"\x20"),
    lambda r: setattr(r, "set_aside", bytes(131072)),
    lambda r: r.mine.extend(f"#{3000 + n}" for n in range(100)),
])
def test_unknown_shapes(region, world, spoil):
    id = world.share()
    before = head(region)
    sent = settling(operation("share", id, 1, percent=5), rewritten=["percent"])
    spoil(sent.resolution)
    with refused("bad_request", "resolution"):
        done(world.editor, sent)
    assert head(region) == before


def test_the_longest_text_can_be_set_aside(world):
    id = world.share(expected="x" * 65536)
    value = Share(expected="y" * 65536)
    done(world.editor, settling(operation("share", id, 1), theirs=["expected"], set_aside=value))
    assert Share.FromString(world.boss.history(id)[0].resolution.set_aside) == value


# --- who ------------------------------------------------------------------------------------------

def test_the_owner_decides(world):
    id = world.share(percent=10)
    for lists in ({"mine": ["percent"]}, {"rewritten": ["percent"]},
                  {"mine": ["percent"], "theirs": ["expected"]}):
        with refused("denied", "percent", "owner_decides"):
            done(world.boss, settling(operation("share", id, 1, percent=60), **lists))
    with refused("denied", "percent", "owner_decides"):  # whatever it calls it
        done(world.boss, settling(operation("share", id, 1, percent=60), theirs=["percent"]))
    done(world.boss, settling(operation("share", id, 1, expected="x"), theirs=["percent"]))
    done(world.editor, settling(operation("share", id, 2, percent=50), mine=["percent"]))


def test_what_the_owner_cannot_choose(world):
    """What it may not set, what not everybody may see, what nobody owns; a deletion."""
    id = world.share()
    done(world.boss, settling(operation("share", id, 1, weight=2), mine=["weight"]))
    done(world.boss, settling(operation("share", id, 2, delete=True), mine=["weight"]))
    seat, _ = world.boss.put("membership", party=world.mekinac, seat="Élu")
    done(world.boss, settling(operation("membership", seat, 1, person="x"), mine=["person"]))
    audience, _ = world.boss.put("audience", number=7, description="Les élus")
    done(world.boss, settling(
        operation("audience", audience, 1, description="Les jeunes"), mine=["description"]))


def proposed(world, lost, id, **fields):
    """The coordinator's clash with a committee, as a proposal to it."""
    proposal = Proposal(subject=id, reason="Selon le rapport", operation=lost.op_id,
                        patch=Share(**fields).SerializeToString(),
                        seen=Share(percent=10).SerializeToString())
    return world.boss.put("proposal", patch=proposal.SerializeToString())[0]


@pytest.fixture
def waiting(world):
    """(the committee's share, the coordinator's operation in conflict, its proposal)"""
    id = world.share(percent=10)
    world.editor.put("share", id, 1, percent=60)
    lost = operation("share", id, 1, percent=50)
    assert world.boss.push(lost)[0].status == "conflict"
    return id, lost, proposed(world, lost, id, percent=50)


def test_both_see_it_waiting(world, waiting):
    id, lost, proposal = waiting
    for client in (world.boss, world.editor):
        found = latest(client, proposal)[1]
        assert (found.subject, found.operation) == (id, lost.op_id)
        assert Share.FromString(found.seen) == Share(percent=10)
    again = proposed(world, lost, id, percent=50)  # it may stand beside others
    assert latest(world.boss, again)[1].subject == id


def test_the_owner_accepts(world, waiting):
    id, lost, proposal = waiting
    change = settling(operation("share", id, 2, percent=50), lost.op_id, theirs=["percent"])
    done(world.editor, change, operation("proposal", proposal, 1, status=Proposal.ACCEPTED),
         atomic=True)
    assert latest(world.boss, id)[1].percent == 50
    assert world.boss.history(id)[0].resolution.op_id == lost.op_id


def test_the_owner_refuses(world, waiting):
    id, lost, proposal = waiting
    kept = settling(operation("share", id, 2), lost.op_id, mine=["percent"],
                    set_aside=Share(percent=50))
    done(world.editor, kept, operation(
        "proposal", proposal, 1, status=Proposal.REFUSED, answer="C'est 60"), atomic=True)
    assert latest(world.boss, id)[1].percent == 60
    assert list(world.boss.history(id)[0].resolution.mine) == ["percent"]
    assert latest(world.boss, proposal)[1].answer == "C'est 60"


def test_acceptance_is_still_checked(world, waiting):
    id, lost, proposal = waiting
    change = settling(operation("share", id, 2, percent=55), lost.op_id, rewritten=["percent"])
    with refused("invalid", "status", "applied"):
        done(world.editor, operation("proposal", proposal, 1, status=Proposal.ACCEPTED))
    results = world.editor.push(
        change, operation("proposal", proposal, 1, status=Proposal.ACCEPTED), atomic=True)
    assert [result.problem.rule for result in results] == ["atomic", "applied"]


def test_what_a_proposal_from_a_conflict_may_hold(world):
    id = world.share()
    patch = Share(percent=5).SerializeToString()
    for field, rule, more in (
            ("operation", "id", {"operation": b"short"}),
            ("seen", "encoding", {"seen": b"\x20"})):
        made = Proposal(subject=id, reason="x", patch=patch, **more)
        with refused("invalid", field, rule):
            world.editor.put("proposal", patch=made.SerializeToString())
    seat, _ = world.boss.put("membership", party=world.mekinac, seat="Élu")
    made = Proposal(subject=seat, reason="x", patch=Membership(seat="x").SerializeToString(),
                    seen=Membership(person="Une citoyenne").SerializeToString())
    with refused("invalid", "seen", "personal"):
        world.editor.put("proposal", patch=made.SerializeToString())


def test_a_frozen_records_conflict_is_settled_in_the_log(world):
    """Nobody changes adopted minutes; that theirs was left as it is can still be said."""
    plan = world.new_plan()
    world.boss.put("plan", plan, 1, **world.adoption())
    world.boss.put("plan", plan, 2, status=records.Plan.CLOSED)
    with refused("frozen", rule="closed"):
        world.boss.put("plan", plan, 3, title="Autre")
    done(world.boss, settling(operation("plan", plan, 3), theirs=["title"]))


# --- receipts -------------------------------------------------------------------------------------

def receipts(client, *operations):
    return list(client.ask(push=protocol.Push(operations=operations)).results)


def test_receipts(region, world):
    """The log's hash at `seq`, the first time and whenever it is asked again, from any server."""
    id = world.share(percent=1)
    first = operation("share", id, 1, percent=2)
    world.boss.put("share", id, 1, expected="Ceci")
    merged, = receipts(world.editor, first)
    world.boss.put("share", id, 3, percent=3)
    for client in (world.editor, region.client(world.editor.identity, region.second_server())):
        again, = receipts(client, first)
        assert answer(again).status == "duplicate"
        assert (again.seq, again.hash) == (merged.seq, merged.hash)
    change, = world.boss.history(before=merged.seq + 1, limit=1)
    assert (answer(merged).status, merged.hash) == ("merged", change.hash)
    note = operation("note", new_id(), subject=id, text="Un")
    twice = receipts(world.editor, note, note)
    assert [answer(result).status for result in twice] == ["applied", "duplicate"]
    assert twice[0].hash == twice[1].hash == world.boss.history(limit=1)[0].hash


def test_no_receipt_for_what_was_not_written(world):
    id, lost = clash(world)
    for result in receipts(world.editor, operation("share", id, 1, percent=51),
                           operation("share", id, 1, percent=101)):
        assert not result.HasField("hash") and not result.HasField("seq")
    with_account = receipts(world.other, *[operation("share", id, 2, percent=1)])
    assert not with_account[0].HasField("hash")
