"""Documents: the record by a push, its bytes in parts, and out again."""

import hashlib
import random

import pytest

from client import Problem, operation, refused
from identity import new_id
from messages import protocol

PART = 256 * 1024
PAGE = 192 * 1024


def content(size, seed=1):
    """Bytes that nothing compresses."""
    return random.Random(seed).randbytes(size)


def record(client, subject, data, id=None, **more):
    """A document's record for these bytes; its id."""
    facts = {"title": "Rapport", "media_type": "application/pdf", "size": len(data),
             "sha256": hashlib.sha256(data).hexdigest(), **more}
    return client.put("document", id, subject=subject, **facts)[0]


def put(client, id, offset=0, data=b""):
    """(what is held, whether it is whole)"""
    told = client.ask(put_document=protocol.PutDocument(document=id, offset=offset, bytes=data))
    return told.held, told.whole


def send(client, id, data, offset=0, part=PART):
    """Sends the bytes from there on, each part after the answer; what the last one told."""
    told = put(client, id)
    while offset < len(data):
        told = put(client, id, offset, data[offset:offset + part])
        offset = told[0]
    return told


def part_of(client, id, offset=0):
    return client.ask(get_document=protocol.GetDocument(document=id, offset=offset))


def fetch(client, id, offset=0):
    """All bytes from there on."""
    found = b""
    while True:
        part = part_of(client, id, offset + len(found))
        if not part.bytes:
            return found
        assert len(part.bytes) <= PAGE
        found += part.bytes


def attached(client, subject, data):
    id = record(client, subject, data)
    assert send(client, id, data) == (len(data), True)
    return id


def chunks(region, id):
    return int(region.sql(
        f"SELECT count(*) FROM document_chunk WHERE document = '{id.hex()}'"))


@pytest.fixture(scope="module")
def reader(region, world):
    return region.member("reader", [world.mekinac])


@pytest.mark.parametrize("size", [1, 10, PAGE, PAGE + 1, PART, PART + 1, 3 * PART + 17])
def test_in_and_out(world, reader, size):
    data = content(size, size)
    id = attached(world.editor, world.share(), data)
    assert fetch(reader, id) == data
    assert part_of(reader, id).size == size


def test_the_largest(world):
    data = content(32 * 1024 * 1024)
    id = record(world.editor, world.share(), data)
    assert send(world.editor, id, data, part=1024 * 1024 - 128) == (len(data), True)
    assert hashlib.sha256(fetch(world.other, id)).digest() == hashlib.sha256(data).digest()


def test_a_larger_one_is_no_document(world):
    with refused("invalid", "size", "range"):
        record(world.editor, world.share(), b"x", size=32 * 1024 * 1024 + 1)


def test_from_any_place_on(world):
    data = content(2 * PART)
    id = attached(world.editor, world.share(), data)
    for offset in (1, PAGE - 1, PART - 1, PART, PART + 1, len(data) - 1, len(data)):
        assert fetch(world.other, id, offset) == data[offset:]
    for offset in (len(data) + 1, 2**31, 2**63, 2**64 - 1):
        with refused("bad_request", "offset", "range"):
            part_of(world.other, id, offset)


def test_it_goes_on_where_it_was(region, world):
    data = content(PART + 100)
    id = record(world.editor, world.share(), data)
    assert put(world.editor, id) == (0, False)
    assert put(world.editor, id, 0, data[:PART]) == (PART, False)
    again = region.client(world.editor.identity)
    assert put(again, id) == (PART, False)
    assert put(again, id, PART, data[PART:]) == (len(data), True)
    assert fetch(again, id) == data


def test_twice_does_no_harm(region, world):
    data = content(PART)
    half = PART // 2
    id = record(world.editor, world.share(), data)
    for _ in range(2):
        assert put(world.editor, id, 0, data[:half]) == (half, False)
    for _ in range(2):
        assert put(world.editor, id, half, data[half:]) == (PART, True)
    assert put(world.editor, id, 0, data) == (PART, True)
    assert chunks(region, id) == 2
    assert fetch(world.editor, id) == data


def test_another_place_changes_nothing(world):
    data = content(PART)
    id = record(world.editor, world.share(), data)
    assert put(world.editor, id, 7, data[7:20]) == (0, False)
    assert put(world.editor, id, 0, data[:100]) == (100, False)
    for offset in (0, 99, 101, 500):
        assert put(world.editor, id, offset, data[offset:offset + 50]) == (100, False)
    assert send(world.editor, id, data, 100) == (PART, True)


def test_pipelined_parts_come_in_their_order(world):
    data = content(8 * PART)
    id = record(world.editor, world.share(), data)
    starts = range(0, len(data), PART)
    for at in starts:
        world.editor.send(put_document=protocol.PutDocument(
            document=id, offset=at, bytes=data[at:at + PART]))
    told = [world.editor.receive().put_document for _ in starts]
    assert [each.held for each in told] == [at + PART for at in starts]
    assert [each.whole for each in told] == [False] * 7 + [True]
    assert fetch(world.editor, id) == data


def test_others_bytes_are_dropped(region, world):
    data = content(PART)
    id = record(world.editor, world.share(), data)
    put(world.editor, id, 0, data[:1000])
    with refused("invalid", "bytes", "hash"):
        put(world.editor, id, 1000, content(PART - 1000, 2))
    assert chunks(region, id) == 0
    assert put(world.editor, id) == (0, False)
    assert send(world.editor, id, data) == (PART, True)
    assert fetch(world.other, id) == data


def test_beyond_its_size(world):
    data = content(1000)
    id = record(world.editor, world.share(), data)
    for offset, bytes in ((0, data + b"x"), (1000, b"x"), (1001, b"x"), (2**63, b"x"),
                          (2**64 - 1, b"x")):
        with refused("invalid", "bytes", "size", "1000"):
            put(world.editor, id, offset, bytes)
    assert send(world.editor, id, data) == (1000, True)


def test_not_whole_yet(world):
    data = content(1000)
    id = record(world.editor, world.share(), data)
    for _ in range(2):
        with refused("not_found", "bytes", "incomplete"):
            part_of(world.other, id)
        put(world.editor, id, 0, data[:999])
    put(world.editor, id, 999, data[999:])
    assert fetch(world.other, id) == data


def test_who_may_send(world, reader):
    data = content(1000)
    id = record(world.editor, world.share(), data)
    with refused("denied", rule="owner"):
        put(world.other, id, 0, data)
    with refused("denied", rule="role"):
        put(reader, id, 0, data)
    with refused("denied", rule="owner"):
        put(world.other, id)
    assert put(world.boss, id, 0, data) == (1000, True)
    with refused("denied", rule="owner"):
        put(world.other, id, 0, data)


def test_who_may_attach(world, reader):
    with refused("denied", rule="owner"):
        record(world.other, world.share(), b"x")
    with refused("denied", rule="role"):
        record(reader, world.share(), b"x")


def test_what_is_no_document(world):
    share = world.share()
    for ask in (put, part_of):
        with refused("not_found", "document", "record"):
            ask(world.boss, new_id())
        with refused("invalid", "document", "kind"):
            ask(world.boss, share)
        for id in (b"", b"short", b"x" * 17):
            with refused("bad_request", "document", "id"):
                ask(world.boss, id)
    with refused("bad_request", "document", "id"):
        world.boss.ask(put_document=protocol.PutDocument())
    with refused("bad_request", "document", "id"):
        world.boss.ask(get_document=protocol.GetDocument())


@pytest.mark.parametrize("damage, offset", [
    ("DELETE FROM document_chunk WHERE document = '{id}'", 0),
    ("DELETE FROM document_whole WHERE document = '{id}'", 0),
    ("DELETE FROM document_chunk WHERE document = '{id}' AND \"offset\" > 0", 0),
    ("DELETE FROM document_chunk WHERE document = '{id}' AND \"offset\" = 0", 0),
    ("UPDATE document_chunk SET bytes = 'abc' WHERE document = '{id}' AND \"offset\" = 0", 3),
])
def test_what_the_database_lost(region, world, damage, offset):
    """Nobody removed it, and it waits on no device: the server says that the fault is its own."""
    data = content(2 * PART)
    id = attached(world.editor, world.share(), data)
    region.sql(damage.format(id=id.hex()))
    with refused("internal", "bytes", "hash"):
        part_of(world.other, id, offset)
    world.editor.put("document", id, 1, delete=True)
    with refused("not_found", "document", "deleted"):
        part_of(world.other, id, offset)


def test_its_bytes_go_with_it(region, world):
    data = content(PART)
    id = attached(world.editor, world.share(), data)
    half = record(world.editor, world.share(), data)
    put(world.editor, half, 0, data[:100])
    for each in (id, half):
        world.editor.put("document", each, 1, delete=True)
        assert chunks(region, each) == 0
        with refused("not_found", "document", "deleted"):
            part_of(world.other, each)
        with refused("not_found", "document", "deleted"):
            put(world.editor, each, 0, data)
    assert region.sql(f"SELECT count(*) FROM document_whole WHERE document = '{id.hex()}'") == "0"


def test_what_it_says_of_itself_stays(world):
    id = attached(world.editor, world.share(), b"abc")
    for field, value in (("size", 4), ("sha256", "0" * 64), ("media_type", "text/plain")):
        with refused("invalid", field, "fixed"):
            world.editor.put("document", id, 1, **{field: value})
    world.editor.put("document", id, 1, title="Autre titre")
    assert fetch(world.other, id) == b"abc"


def test_a_record_whose_facts_are_none(world):
    share = world.share()
    for more in ({"sha256": "A" * 64}, {"sha256": "0" * 63}):
        with refused("invalid", "sha256", "hash"):
            record(world.editor, share, b"x", **more)
    with refused("invalid", "size", "range"):
        record(world.editor, share, b"")


def test_with_the_record_in_the_same_breath(region, world):
    data = content(100)
    id = new_id()
    world.editor.send(push=protocol.Push(operations=[operation(
        "document", id, subject=world.share(), title="x", media_type="text/plain", size=100,
        sha256=hashlib.sha256(data).hexdigest())]))
    world.editor.receive()
    assert put(world.editor, id, 0, data) == (100, True)


def test_on_two_servers(region, world):
    other = region.client(world.editor.identity, region.second_server())
    data = content(4 * PART)
    id = record(world.editor, world.share(), data)
    clients, offset = [other, world.editor], 0
    while offset < len(data):
        offset, whole = put(clients[0], id, offset, data[offset:offset + PART])
        clients.reverse()
    assert whole
    assert fetch(other, id) == fetch(world.editor, id) == data


def test_both_send_the_same_at_once(region, world):
    second = region.client(world.editor.identity)
    data = content(6 * PART)
    id = record(world.editor, world.share(), data)
    numbers = {client: [client.send(put_document=protocol.PutDocument(
        document=id, offset=at, bytes=data[at:at + PART])) for at in range(0, len(data), PART)]
        for client in (world.editor, second)}
    held = 0
    for client, sent in numbers.items():
        for _ in sent:
            held = max(held, client.receive().put_document.held)
    assert send(second, id, data, held) == (len(data), True)
    assert fetch(world.editor, id) == data


def test_a_server_that_dies_half_way(make_region):
    region = make_region()
    data = content(5 * PART)
    id = record(region.coordinator, region.coordinator.pull(kinds=["party"]).records[0].id, data)
    assert put(region.coordinator, id, 0, data[:PART]) == (PART, False)
    region.coordinator.send(put_document=protocol.PutDocument(
        document=id, offset=PART, bytes=data[PART:2 * PART]))
    region.server.kill()
    region.servers.remove(region.server)
    region.server = region.serve()
    again = region.client(region.identity)
    held, whole = put(again, id)
    assert held in (PART, 2 * PART) and not whole
    assert send(again, id, data, held) == (len(data), True)
    assert fetch(again, id) == data


def test_room_for_so_many(make_region):
    region = make_region(settings=[("limits", "documents", "1000")])
    boss = region.coordinator
    party = boss.pull(kinds=["party"]).records[0].id
    with refused("too_large", "bytes", "quota", "1000"):
        put(boss, record(boss, party, content(1001)), 0, content(1001)[:10])
    first = record(boss, party, content(600))
    assert put(boss, first, 0, content(600)[:10]) == (10, False)
    second = record(boss, party, content(401))
    with refused("too_large", "bytes", "quota", "1000"):
        put(boss, second, 0, content(401))
    assert send(boss, first, content(600), 10) == (600, True)
    third = record(boss, party, content(400))
    assert put(boss, third, 0, content(400)) == (400, True)
    boss.put("document", first, 1, delete=True)
    assert put(boss, second, 0, content(401)) == (401, True)


def test_room_is_not_taken_twice(make_region):
    """However many begin at once, on several servers."""
    region = make_region(settings=[("limits", "documents", "1000")])
    boss = region.coordinator
    party = boss.pull(kinds=["party"]).records[0].id
    clients = [boss, region.client(region.identity, region.second_server())]
    ids = [record(boss, party, content(300, seed)) for seed in range(20)]
    for seed, id in enumerate(ids):
        clients[seed % 2].send(put_document=protocol.PutDocument(
            document=id, offset=0, bytes=content(300, seed)))
    told = [clients[seed % 2].receive() for seed in range(20)]
    assert sum(each.put_document.whole for each in told) == 3
    assert {(each.error.field, each.error.rule, each.error.limit) for each in told
            if each.HasField("error")} == {("bytes", "quota", "1000")}
    held = region.sql("SELECT sum(size) FROM document d WHERE EXISTS ("
                      "SELECT FROM document_chunk c WHERE c.document = d.id)")
    assert held == "900"


def test_a_reader_that_takes_nothing(region, world):
    data = content(PAGE)
    id = attached(world.editor, world.share(), data)
    slow = region.client(world.other.identity)
    numbers = [slow.send(get_document=protocol.GetDocument(document=id)) for _ in range(60)]
    assert fetch(world.other, id) == data
    for _ in numbers:
        assert slow.receive().get_document.bytes == data
    gone = region.client(world.other.identity)
    for _ in range(60):
        gone.send(get_document=protocol.GetDocument(document=id))
    gone.close()
    assert fetch(world.other, id) == data


def test_before_hello(region):
    for verb in ({"put_document": protocol.PutDocument(document=new_id())},
                 {"get_document": protocol.GetDocument(document=new_id())}):
        with pytest.raises(Problem) as problem:
            region.connect(region.identity).ask(**verb)
        assert problem.value.code == "not_authenticated"
