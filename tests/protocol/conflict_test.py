"""Merge and conflict: field by field, nothing is overwritten unseen."""

import time

from client import operation, refused
from identity import Identity, read_line
from messages import protocol, records
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


# --- by what was seen -----------------------------------------------------------------------------

def seeing(op, **fields):
    """The operation, by somebody who saw these values in its fields."""
    op.seen = Share(**fields).SerializeToString()
    return op


def test_what_was_seen_may_be_overwritten(world):
    """Their change and back again: what is there was seen, whatever the revision."""
    id = world.share(percent=10)
    world.boss.put("share", id, 1, percent=60)
    world.boss.put("share", id, 2, percent=10)
    result, = world.editor.push(seeing(operation("share", id, 1, percent=50), percent=10))
    assert result[:2] == ("merged", 4)


def test_what_was_not_seen_may_not(world):
    """Whoever wrote it: a home restored from an old backup does not know its own later words."""
    id = world.share(percent=10)
    world.editor.put("share", id, 1, percent=60)
    result, = world.editor.push(seeing(operation("share", id, 1, percent=50), percent=10))
    assert result.status == "conflict"
    clash, = result.clashes
    assert (clash.revision, clash.account) == (2, world.editor.me.account)
    assert Share.FromString(clash.theirs).percent == 60
    assert world.editor.push(operation("share", id, 1, percent=50))[0].status == "applied"


def test_a_wrong_base_hides_nothing(world):
    id = world.share(percent=10)
    world.boss.put("share", id, 1, percent=60)
    result, = world.editor.push(seeing(operation("share", id, 2, percent=50), percent=10))
    assert result.status == "conflict"
    assert (result.clashes[0].revision, result.clashes[0].account) == (2, world.boss.me.account)


def test_empty_was_seen_too(world):
    id = world.share()
    world.boss.put("share", id, 1, expected="Ceci")
    assert world.editor.push(seeing(operation("share", id, 1, expected="Cela")))[0].status == "conflict"
    assert world.editor.push(seeing(
        operation("share", id, 1, clear=["expected"]), expected="Ceci"))[0].status == "merged"
    assert world.editor.push(seeing(operation("share", id, 1, expected="Cela")))[0].status == "merged"


def test_a_deletion_of_what_was_seen(world):
    id = world.share(percent=10)
    record, share = latest(world.boss, id)
    world.boss.put("share", id, 1, percent=60)
    gone = operation("share", id, 1, delete=True)
    gone.seen = share.SerializeToString()
    result, = world.editor.push(gone)
    assert result.status == "conflict"
    assert [clash.field for clash in result.clashes] == ["percent"]
    share.percent = 60
    gone.seen = share.SerializeToString()
    assert world.editor.push(gone)[0].status == "merged"
    assert world.boss.get(id).deleted


def later(first, count):
    """Fields of a later version, as bytes of a patch; their numbers are between 16 and 2047."""
    return b"".join(bytes([number << 3 & 0x7f | 0x80, number >> 4, 1])
                    for number in range(first, first + count))


def test_a_deletion_sees_every_field_of_a_later_version(world):
    """Also more of them than one operation may name."""
    id = world.share()
    for revision, first in enumerate((1000, 1200), 1):
        world.boss.put("share", id, revision, patch=later(first, 100))
    seen = world.boss.get(id).body
    world.boss.put("share", id, 3, patch=later(1500, 3))
    gone = operation("share", id, 3, delete=True)
    gone.seen = seen
    result, = world.editor.push(gone)
    assert result.status == "conflict"
    assert [clash.field for clash in result.clashes] == ["#1500", "#1501", "#1502"]
    gone.seen = world.boss.get(id).body
    assert world.editor.push(gone)[0].status == "merged"


def test_a_group_that_refers_to_itself(world):
    """Each of its operations has seen what those before it make."""
    id = world.share(percent=10)
    first = seeing(operation("share", id, 1, percent=20), percent=10)
    second = seeing(operation("share", id, 1, percent=30), percent=20)
    blind = seeing(operation("share", id, 1, percent=40), percent=20)
    results = world.editor.push(first, second, blind, atomic=True)
    assert [result.status for result in results] == ["refused", "refused", "conflict"]
    assert latest(world.boss, id)[1].percent == 10
    assert [result.status for result in world.editor.push(first, second, atomic=True)] == [
        "applied", "applied"]


def test_seen_that_is_no_message(world):
    id = world.share()
    op = operation("share", id, 1, percent=1)
    op.seen = b"\x20"
    with refused("bad_request", "seen", "encoding"):
        raise world.editor.push(op)[0].problem


TEXT = "Inviter les élus\nRéserver la salle\nPublier l'avis\nFaire le bilan"


def test_lines_merge(world):
    id = world.share(expected=TEXT)
    world.boss.put("share", id, 1, expected=TEXT.replace("les élus", "tous les élus"))
    mine = TEXT.replace("le bilan", "un bilan écrit") + "\nRemercier"
    sent = seeing(operation("share", id, 1, expected=mine, percent=20), expected=TEXT)
    result, = world.editor.push(sent)
    assert result[:2] == ("merged", 3)
    merged = mine.replace("les élus", "tous les élus")
    assert latest(world.boss, id)[1].expected == merged
    change = world.boss.history(id)[0]
    assert Share.FromString(change.patch) == Share(expected=merged, percent=20)
    assert world.editor.push(sent)[0][:2] == ("duplicate", 3)


def test_ends_of_lines_are_kept(world):
    """A CR is part of its line, and the last line may end or not."""
    for ancestor, theirs, mine, merged in (
            ("a\r\nb\r\nc", "A\r\nb\r\nc", "a\r\nb\r\nC", "A\r\nb\r\nC"),
            ("a\nb\nc", "A\nb\nc", "a\nb\nc\n", "A\nb\nc\n"),
            ("a\nb\nc\n", "a\nb\nc", "A\nb\nc\n", "A\nb\nc")):
        id = world.share(expected=ancestor)
        world.boss.put("share", id, 1, expected=theirs)
        result, = world.editor.push(seeing(
            operation("share", id, 1, expected=mine), expected=ancestor))
        assert result.status == "merged"
        assert latest(world.boss, id)[1].expected == merged


def test_texts_that_nobody_can_merge_cost_little(world):
    """Many in one push, each of them more work than is done: others' pushes go on."""
    texts = ["\n".join(letters[n % 2] for n in range(900)) for letters in ("ab", "cd", "ef")]
    id = world.share(expected=texts[0])
    world.boss.put("share", id, 1, expected=texts[1])
    number = world.editor.send(push=protocol.Push(operations=[
        seeing(operation("share", id, 1, expected=texts[2]), expected=texts[0])
        for _ in range(150)]))
    started = time.monotonic()
    world.boss.put("note", subject=id, text="Pendant ce temps")
    assert time.monotonic() - started < 20
    assert {result.status for result in world.editor.push_answer(number)} == {"conflict"}


def test_neighbouring_lines_clash(world):
    id = world.share(expected=TEXT)
    world.boss.put("share", id, 1, expected=TEXT.replace("les élus", "tous les élus"))
    for mine in (TEXT.replace("la salle", "le gymnase"), TEXT.replace("les élus", "les jeunes")):
        result, = world.editor.push(seeing(operation("share", id, 1, expected=mine), expected=TEXT))
        assert result.status == "conflict"
        assert Share.FromString(result.clashes[0].theirs).expected.startswith("Inviter tous")


def test_lines_wait_for_what_clashes_beside_them(world):
    """Nothing of it is applied, and its author sees both."""
    id = world.share(expected=TEXT, percent=10)
    world.boss.put("share", id, 1, expected=TEXT.replace("les élus", "tous les élus"), percent=60)
    result, = world.editor.push(seeing(
        operation("share", id, 1, expected=TEXT + "\nRemercier", percent=50),
        expected=TEXT, percent=10))
    assert result.status == "conflict"
    assert {clash.field for clash in result.clashes} == {"expected", "percent"}


def test_a_deadline_is_not_merged_by_line(world):
    """Its dates are read from its text by the server; of them `seen` says nothing."""
    text = "Octobre 2009\nAu besoin\nHiver 2010"
    id, _ = world.boss.put("deadline", subject=world.share(), text="Octobre 2009")
    op = operation("deadline", id, 1, text="Novembre 2009")
    op.seen = records.Deadline(text="Octobre 2009").SerializeToString()
    assert world.editor.push(op)[0].status == "applied"
    id, _ = world.boss.put("deadline", subject=world.share(), text=text)
    world.boss.put("deadline", id, 1, text=text.replace("Octobre", "Novembre"))
    op = operation("deadline", id, 1, text=text.replace("Hiver", "Automne"))
    op.seen = records.Deadline(text=text).SerializeToString()
    assert world.editor.push(op)[0].status == "conflict"
