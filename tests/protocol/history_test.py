"""The log: who changed what, and that it cannot be rewritten unseen."""

import hashlib
import struct
import time

import pytest

from client import operation, refused
from identity import new_id
from messages import KINDS, records

NOTHING = bytes(32)


def blake(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def text(value):
    data = value.encode()
    return struct.pack(">I", len(data)) + data


def change_hash(previous, change):
    """As proto/README.md says."""
    return blake(
        previous + struct.pack(">Q", change.seq) + change.op_id + change.id
        + struct.pack(">IQqq", change.kind, change.revision, change.at, change.authored_at)
        + change.account + change.device + bytes([change.delete])
        + struct.pack(">I", len(change.fields)) + b"".join(map(text, change.fields))
        + text(change.reason) + change.patch_hash
        + (change.resolution_hash if change.HasField("resolution_hash") else b""))


def whole_log(client):
    """All changes, the oldest first."""
    changes = client.history(limit=100)
    while changes[-1].seq > 1:
        changes += client.history(before=changes[-1].seq, limit=100)
    return changes[::-1]


def test_a_change_tells_all(region, world):
    id = world.share(percent=10)
    sent = operation("share", id, 1, percent=20, clear=["expected"], reason="Parce que")
    world.editor.push(sent)
    change, = world.boss.history(id, limit=1)
    assert (change.id, change.kind, change.revision) == (id, records.SHARE, 2)
    assert change.op_id == sent.op_id and change.authored_at == sent.authored_at
    assert list(change.fields) == ["percent", "expected"] or set(change.fields) == {
        "percent", "expected"}
    assert records.Share.FromString(change.patch) == records.Share(percent=20)
    assert (change.reason, change.delete) == ("Parce que", False)
    assert (change.account, change.device) == (world.editor.me.account, world.editor.me.device)
    assert "Comité local de Mékinac" in change.who
    assert change.device_name == "test device"
    assert abs(change.at / 1e6 - time.time()) < 3600


def test_the_history_of_one_record(world):
    id = world.share()
    for n in range(1, 5):
        world.boss.put("share", id, n, percent=n)
    world.boss.put("share", id, 5, delete=True)
    changes = world.boss.history(id)
    assert [change.revision for change in changes] == [6, 5, 4, 3, 2, 1]
    assert changes[0].delete and not changes[0].patch
    assert {change.id for change in changes} == {id}
    assert [c.revision for c in world.boss.history(id, limit=2)] == [6, 5]
    before = changes[1].seq
    assert [c.revision for c in world.boss.history(id, before=before, limit=2)] == [4, 3]


def test_the_history_of_all(world):
    changes = world.boss.history(limit=10)
    head = world.boss.pull().upto
    assert [change.seq for change in changes] == list(range(head, head - 10, -1))


def test_the_history_of_nothing(world):
    assert world.boss.history(new_id()) == []
    assert world.boss.history(before=1) == []
    with refused("bad_request", "id"):
        world.boss.history(b"short")


def test_replaying_the_log_gives_the_records(world):
    """Patches in their order, from nothing, lead to what a pull tells."""
    world.boss.put("share", world.share(expected="x"), 1, clear=["expected"], percent=5)
    made = {}
    for change in whole_log(world.boss):
        kind = KINDS[records.Kind.Name(change.kind).lower()]
        if change.delete:
            made[change.id] = None
            continue
        now = made.setdefault(change.id, kind())
        patch = kind.FromString(change.patch)
        for name in change.fields:
            now.ClearField(name)
        now.MergeFrom(patch)
    for record in world.boss.pull().records:
        kind = KINDS[records.Kind.Name(record.kind).lower()]
        expected = None if record.deleted else kind.FromString(record.body)
        assert made[record.id] == expected


def test_the_chain_verifies(region, world):
    world.boss.put("share", world.share(expected="é"), 1, clear=["expected"], reason="été ☀")
    world.boss.put("share", world.share(), 1, delete=True)
    region.invite("reader")
    log = whole_log(world.boss)
    assert [change.seq for change in log] == list(range(1, len(log) + 1))
    hash = NOTHING
    for change in log:
        assert change.patch_hash == blake(change.patch), change
        hash = change_hash(hash, change)
        assert change.hash == hash, change
    me = world.boss.hello(region.name)
    assert (me.head, me.head_hash) == (len(log), hash)


def test_an_editor_verifies_what_it_sees(world):
    """Entries about accounts are not its business; neighbours that it sees must agree."""
    log = whole_log(world.editor)
    pairs = [(a, b) for a, b in zip(log, log[1:]) if b.seq == a.seq + 1]
    assert pairs
    for earlier, later in pairs:
        assert later.hash == change_hash(earlier.hash, later)


def test_erased_personal_data_leaves_the_chain_whole(region, world):
    """As its one erasure would do: the patch goes, its hash stays."""
    id, _ = world.boss.put("membership", party=world.mekinac, person="Une citoyenne")
    region.sql(f"UPDATE change SET patch = NULL WHERE record = '{id.hex()}'")
    hash = NOTHING
    for change in whole_log(world.boss):
        hash = change_hash(hash, change)
        assert change.hash == hash
    assert hash == world.boss.hello(region.name).head_hash


@pytest.mark.parametrize("hidden", [1, 3, 12])
def test_pages_of_history_are_never_empty_before_the_end(region, world, hidden):
    """However many changes an editor may not see are in between."""
    world.boss.put("note", subject=world.plan, text="Un")
    for _ in range(hidden):
        world.boss.put("account", person="x", role=records.Account.READER)
    assert world.editor.history(limit=1)
