"""Packed: answers in fewer bytes for those who say that they unpack, and requests likewise."""

import pytest

from client import Problem, operation, refused
from identity import new_id
from messages import protocol
from packing import Stream, pack, packed

PACKABLE = 512  # bytes below which nothing is packed


def greeting(region, packings):
    """A Hello; numbers that are no Packing here go as they are."""
    numbers = b"".join(bytes([5 << 3, number]) for number in packings)
    return protocol.Hello.FromString(protocol.Hello(
        version=1, client="python test", region=region.name).SerializeToString() + numbers)


@pytest.fixture
def unpacker(region, world):
    """The coordinator on a connection of their own, which unpacks."""
    connection = region.connect(region.identity)
    answer = connection.ask(hello=greeting(region, [99, protocol.ZSTD]))
    assert protocol.ZSTD in answer.packings
    return connection


def answers(connection, number):
    """(Response, whether it came packed, bytes on the line) of a request, to the last."""
    stream, more = Stream(), True
    while more:
        response = connection.receive()
        assert response.number == number
        size, came_packed = response.ByteSize(), response.HasField("packed")
        if came_packed:
            outer = response
            response = stream.open(outer.packed)
            assert (response.number, response.more) == (outer.number, outer.more)
            assert not response.HasField("packed")
        yield response, came_packed, size
        more = response.more
    stream.end()


def fill(world, count):
    ids = [new_id() for _ in range(count)]
    text = "Les organismes du milieu se concertent sur le développement social. "
    world.boss.push(*[operation("note", id, subject=world.plan, text=f"{text}{n}" * 5)
                      for n, id in enumerate(ids)])
    return ids


def test_nobody_gets_what_they_did_not_ask_for(region, world):
    fill(world, 20)
    with region.connect(region.identity) as plain:
        assert protocol.ZSTD in plain.hello(region.name).packings
        number = plain.send(pull=protocol.Pull())
        assert not any(came for _, came, _ in answers(plain, number))
        plain.ask(hello=greeting(region, [99]))
        number = plain.send(pull=protocol.Pull())
        assert not any(came for _, came, _ in answers(plain, number))


def test_pages_are_one_stream(world, unpacker):
    fill(world, 200)
    plain = world.boss.pull()
    number = unpacker.send(pull=protocol.Pull(page=8192))
    got = list(answers(unpacker, number))
    assert len(got) > 3
    found = [record for response, _, _ in got for record in response.pull.records]
    assert found == plain.records
    assert all(came for response, came, _ in got if response.ByteSize() >= PACKABLE + 100)
    whole = sum(response.ByteSize() for response, _, _ in got)
    assert sum(size for _, _, size in got) < whole / 3


def test_small_answers_are_not_packed(unpacker):
    number = unpacker.send(pull=protocol.Pull(since=1 << 40))
    with pytest.raises(Problem):
        list(unpacker.answers(number))
    upto = list(answers(unpacker, unpacker.send(pull=protocol.Pull())))[-1][0].pull.upto
    (response, came_packed, _), = answers(unpacker, unpacker.send(pull=protocol.Pull(since=upto)))
    assert not came_packed and not response.pull.records


def test_other_answers_are_packed_too(world, unpacker):
    fill(world, 30)
    number = unpacker.send(history=protocol.History(limit=30))
    (response, came_packed, size), = answers(unpacker, number)
    assert came_packed and len(response.history.changes) == 30
    assert size < response.ByteSize()


@pytest.mark.parametrize("count", [2, 40])
def test_streams_of_several_requests_do_not_mix(world, unpacker, count):
    """Nor have many at once a stream each: the server's memory is bounded."""
    fill(world, 100)
    numbers = [unpacker.send(pull=protocol.Pull(page=4096)) for _ in range(count)]
    streams, found, open_now = {n: Stream() for n in numbers}, {n: [] for n in numbers}, set()
    left = count
    while left:
        response = unpacker.receive()
        if response.HasField("packed"):
            open_now.add(response.number)
            assert len(open_now) <= 4
            response = streams[response.number].open(response.packed)
        found[response.number] += response.pull.records
        if not response.more:
            open_now.discard(response.number)
            streams[response.number].end()
            left -= 1
    whole = world.boss.pull().records
    assert all(found[number] == whole for number in numbers)


def test_streams_end_with_the_connection(region, world):
    """Those that nobody read to the end are not counted for ever."""
    fill(world, 200)
    for _ in range(70):  # with 4 each: more than all connections together may have
        gone = region.connect(region.identity)
        gone.ask(hello=greeting(region, [protocol.ZSTD]))
        for _ in range(4):
            gone.send(pull=protocol.Pull(page=4096, follow=True))
        gone.receive()
        gone.close()
    with region.connect(region.identity) as last:
        last.ask(hello=greeting(region, [protocol.ZSTD]))
        number = last.send(pull=protocol.Pull())
        assert any(came for _, came, _ in answers(last, number))


def test_a_follower_gets_the_past_packed_and_news_as_they_come(world, unpacker):
    fill(world, 100)
    number = unpacker.send(pull=protocol.Pull(follow=True, page=8192))
    following = answers(unpacker, number)
    response, came_packed, _ = next(following)
    assert came_packed
    while response.pull.upto < response.pull.head:
        response, came_packed, _ = next(following)
    id, = fill(world, 1)
    response, came_packed, _ = next(following)
    assert not came_packed and [record.id for record in response.pull.records] == [id]
    # Much at once is a stream of its own.
    ids = fill(world, 100)
    found, begins = [], False
    while len(found) < len(ids):
        response, came_packed, _ = next(following)
        begins = begins or came_packed
        found += [record.id for record in response.pull.records]
    assert found == ids and begins


# --- requests ------------------------------------------------------------------------------------

def asks(client, request, **changed):
    client.last += 1
    client.send_bytes(protocol.Request(
        number=client.last, packed=packed(request, **changed)).SerializeToString())
    return client.last


def note(world, text):
    return operation("note", new_id(), subject=world.plan, text=text)


def test_a_packed_push(world):
    made = note(world, "Écrite en moins d'octets. " * 100)
    request = protocol.Request(number=world.boss.last + 1, push=protocol.Push(operations=[made]))
    result, = world.boss.push_answer(asks(world.boss, request))
    assert result.status == "applied"
    assert world.boss.get(made.id) is not None


@pytest.mark.parametrize("rule, changed", [
    ("packing", {"packing": None}),
    ("range", {"size": 0}),
    ("range", {"size": (1 << 20) + 1}),
    ("range", {"size": (1 << 32) - 1}),
    ("shape", {"size": 100}),
    ("shape", {"size": 1 << 20}),
    ("shape", {"begins": False}),
    ("shape", {"bytes": b""}),
    ("shape", {"bytes": b"no stream at all"}),
    ("shape", {"bytes": pack(bytes(1 << 26)), "size": 1 << 20}),
])
def test_what_is_no_packed_request_is_refused_and_nothing_else(region, world, rule, changed):
    request = protocol.Request(number=1, push=protocol.Push(operations=[note(world, "x" * 600)]))
    before = world.boss.pull().upto
    with refused("bad_request", "packed", rule):
        list(world.boss.answers(asks(world.boss, request, **changed)))
    assert world.boss.pull().upto == before


def test_packed_in_packed_is_refused(world):
    inner = protocol.Request(number=1, packed=packed(
        protocol.Request(number=1, pull=protocol.Pull())))
    with refused("bad_request", "packed", "shape"):
        list(world.boss.answers(asks(world.boss, inner)))


def test_a_stranger_learns_nothing_by_packing(region):
    from identity import Identity
    with region.connect(Identity(region.folder)) as visitor:
        with refused("not_authenticated"):
            list(visitor.answers(asks(visitor, protocol.Request(
                number=1, pull=protocol.Pull()))))
        # What is no Packed at all is told nothing else: a stranger's is not even looked at.
        with refused("not_authenticated"):
            list(visitor.answers(asks(visitor, protocol.Request(
                number=1, pull=protocol.Pull()), bytes=b"no stream at all")))


def test_many_that_unpack_to_much_are_held_back_as_others_are(world):
    """1 MiB each in some hundred bytes: all are answered, none kills the server."""
    inner = protocol.Request(number=1, push=protocol.Push(operations=[
        note(world, "x" * ((1 << 20) - 4000))]))
    numbers = [asks(world.boss, inner) for _ in range(30)]
    for _ in numbers:
        response = world.boss.receive()
        assert response.HasField("push") or response.HasField("error")
    assert world.boss.pull().records
