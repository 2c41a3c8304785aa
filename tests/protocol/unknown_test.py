"""What a later version knows and this one does not: fields are kept, passed on, merged, cleared."""

import pytest

from client import body, operation, refused
from messages import protocol, records
from region import World

LATER = b"\xc2\xbb\x01"  # field 3000, length-delimited
NUMBER = b"\xc8\xbb\x01"  # field 3001, varint


def later(text, percent=None):
    patch = LATER + bytes([len(text)]) + text
    return patch + (b"" if percent is None else records.Share(percent=percent).SerializeToString())


def shown(client, id):
    return client.get(id).body


def test_kept_and_passed_on(world):
    id = world.share(percent=10)
    world.editor.put("share", id, 1, patch=later(b"plus tard", 20))
    for client in (world.boss, world.editor, world.other):
        assert later(b"plus tard") in shown(client, id)
    assert body(world.boss.get(id)).percent == 20


def test_kept_by_patches_that_do_not_know_it(world):
    id = world.share(percent=10)
    world.editor.put("share", id, 1, patch=later(b"plus tard"))
    world.boss.put("share", id, 2, percent=30)
    assert later(b"plus tard") in shown(world.boss, id)


def test_replaced(world):
    id = world.share()
    world.editor.put("share", id, 1, patch=later(b"un"))
    world.editor.put("share", id, 2, patch=later(b"deux"))
    assert later(b"deux") in shown(world.boss, id) and later(b"un") not in shown(world.boss, id)


def test_repeated_ones(world):
    id = world.share()
    world.editor.put("share", id, 1, patch=later(b"un") + later(b"deux"))
    assert later(b"un") + later(b"deux") in shown(world.boss, id)


def test_cleared_by_number(world):
    id = world.share()
    world.editor.put("share", id, 1, patch=later(b"un") + NUMBER + b"\x05")
    world.editor.put("share", id, 2, clear=["#3000"])
    assert later(b"un") not in shown(world.boss, id) and NUMBER + b"\x05" in shown(world.boss, id)


def test_set_on_creation(world):
    id = world.action()
    share, _ = world.boss.put("share", patch=records.Share(
        action=id, party=world.mekinac).SerializeToString() + NUMBER + b"\x07")
    assert NUMBER + b"\x07" in shown(world.boss, share)


def test_the_log_names_it_by_number(world):
    id = world.share()
    world.editor.put("share", id, 1, patch=later(b"un", 5))
    change = world.boss.history(id)[0]
    assert set(change.fields) == {"percent", "#3000"}
    assert later(b"un") in change.patch


def test_both_sides_clash(world):
    id = world.share()
    world.boss.put("share", id, 1, patch=later(b"un"))
    result, = world.editor.push(operation("share", id, 1, patch=later(b"deux")))
    assert result.status == "conflict"
    assert [clash.field for clash in result.clashes] == ["#3000"]


def test_merged_with_what_is_known(world):
    id = world.share()
    world.boss.put("share", id, 1, percent=9)
    _, result = world.editor.put("share", id, 1, patch=later(b"un"))
    assert result.status == "merged"
    assert later(b"un") in shown(world.boss, id)


def test_told_to_followers_and_to_a_new_server(region, world):
    start = world.boss.pull().upto
    id = world.share()
    pages = region.client(region.identity).follow(since=start)
    next(pages)
    world.editor.put("share", id, 1, patch=later(b"suivi"))
    while not any(later(b"suivi") in record.body for record in next(pages).records):
        pass
    there = region.client(region.identity, region.second_server())
    assert later(b"suivi") in shown(there, id)


def test_out_of_the_database(make_region):
    """With a feed that holds little, records come from PostgreSQL's rows."""
    world = World(make_region(settings=[("limits", "feed", "65536")]))
    id = world.share(percent=3)
    world.editor.put("share", id, 1, patch=later(b"grave"))
    world.boss.push(*[operation("note", bytes([n]) * 16, subject=world.plan, text="x" * 3000)
                      for n in range(1, 61)])
    assert later(b"grave") in shown(world.boss, id)


@pytest.mark.parametrize("patch", [b"\xc3\xbb\x01", b"\xc2\xbb\x01\x7f", b"\x80" * 11])
def test_what_is_no_field_at_all(world, patch):
    with refused("bad_request", "patch", "encoding"):
        world.boss.put("share", world.share(), 1, patch=patch)


def test_unknown_fields_of_requests_are_passed_over(world):
    number = world.boss.last = world.boss.last + 1
    request = protocol.Request(number=number, pull=protocol.Pull()).SerializeToString()
    world.boss.send_bytes(request + NUMBER + b"\x01")
    assert list(world.boss.answers(number))[-1].upto
