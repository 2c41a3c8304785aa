"""Merge and conflict: field by field, nothing is overwritten unseen."""

from client import operation, refused
from identity import Identity, read_line
from messages import records
from region import head, latest

Share = records.Share


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
