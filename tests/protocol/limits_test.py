"""Limits of the settings file: what is too much is told or cut, and others do not feel it."""

import pathlib
import socket
import ssl
import time

import pytest

from carry_test import held
from client import PATIENCE, Closed, operation, refused, until
from documents_test import content, record
from identity import Identity, new_id
from limits import lines, reached, tells, with_page
from messages import protocol
from region import World


@pytest.fixture(name="limited")
def make_limited(make_region):
    """A region with these limits, whose metrics can be read."""
    return lambda **limits: make_region(settings=with_page(
        [("limits", name, str(value)) for name, value in limits.items()]))


def ended(plain):
    """Until the server ends a plain connection."""
    try:
        while plain.recv(4096):
            pass
    except ConnectionError:
        pass
    return True


def silent(region):
    return socket.create_connection(("127.0.0.1", region.server.port), timeout=PATIENCE)


def test_a_handshake_that_never_comes(limited):
    own = limited(handshake_ms=4000)
    with silent(own) as nothing, silent(own) as half:
        half.sendall(b"\x16\x03\x01\x02\x00\x01")
        assert ended(nothing) and ended(half)
    own.coordinator.hello(own.name)
    tells(own.server, "handshake_ms", 2)


def test_handshakes_under_way(limited):
    """One more ends the oldest, not the newest."""
    own = limited(handshakes=3)
    first, *others = [silent(own) for _ in range(4)]
    assert ended(first)
    tells(own.server, "handshakes")
    own.client(own.identity).hello(own.name)  # ends another
    assert ended(others[0])
    for still in others[1:]:
        still.settimeout(0.1)
        with pytest.raises(TimeoutError):
            still.recv(1)
        still.close()


def test_a_frame_that_does_not_end(limited):
    own = limited(frame_ms=1000)
    slow = own.client(own.identity)
    busy = own.client(own.identity)
    next(busy.follow())  # nor may one that is not idle
    for connection in (slow, busy):
        connection.socket.sendall(b"\x00\x00\x00\x10\x08")
        with pytest.raises(Closed):
            connection.receive()
    own.coordinator.hello(own.name)
    tells(own.server, "frame_ms", 2)


def test_frames_that_end_in_time(limited):
    """Each frame has its time anew."""
    own = limited(frame_ms=5000)
    slow = own.client(own.identity)
    data = protocol.Request(number=1, hello=protocol.Hello(
        version=1, region=own.name)).SerializeToString()
    frame = len(data).to_bytes(4, "big") + data
    slow.socket.sendall(frame[:5])
    for _ in range(4):
        time.sleep(1.5)  # the rest of one and the beginning of the next
        slow.socket.sendall(frame[5:] + frame[:5])
        assert slow.receive().number == 1
    assert reached(own.server, "frame_ms") == 0


def test_a_connection_that_says_nothing(limited):
    own = limited(idle_ms=3000)
    quiet = own.connect(own.identity)
    half = own.connect(own.identity)
    half.socket.sendall(b"\x00\x00\x00\x10\x08")
    for connection in (quiet, half):
        with pytest.raises(Closed):
            connection.receive()
    tells(own.server, "idle_ms", 2)


def test_a_follower_is_not_idle(make_region):
    own = make_region(settings=[("limits", "idle_ms", "3000")])
    pages = own.client(own.identity).follow()
    next(pages)
    with pytest.raises(Closed):
        own.connect(own.identity).receive()  # longer than the idle time
    writer = own.client(own.identity)
    id, _ = writer.put("audience", number=1, description="x")
    assert next(record.id for page in pages for record in page.records) == id


def test_connections_of_one_address(limited):
    own = limited(connections_per_address=5)
    kept = [own.connect(own.identity) for _ in range(4)]
    with pytest.raises((ssl.SSLError, ConnectionError, Closed)):
        own.connect(own.identity).hello(own.name)
    kept[0].hello(own.name)
    tells(own.server, "connections_per_address")
    kept.pop().close()
    while True:
        try:
            own.connect(own.identity).hello(own.name)
            break
        except (ssl.SSLError, ConnectionError, Closed):
            pass


def test_connections_of_one_device(limited):
    own = limited(connections_per_device=3)
    kept = [own.client(own.identity) for _ in range(2)]
    with refused("busy"):
        own.client(own.identity)
    tells(own.server, "connections_per_device")
    own.member().hello(own.name)
    assert len(kept) == 2


def test_connections_in_all(limited):
    own = limited(connections=4)
    kept = [own.connect(Identity(own.folder)) for _ in range(3)]
    with pytest.raises((ssl.SSLError, ConnectionError, Closed)):
        own.connect().hello(own.name)
    own.coordinator.hello(own.name)
    tells(own.server, "connections")
    kept.clear()


def test_requests_under_way(limited):
    """More than so many pulls that follow fill a connection; others are served."""
    own = limited(requests=4)
    full = own.client(own.identity)
    follows = [full.send(pull=protocol.Pull(follow=True)) for _ in range(4)]
    assert sorted(full.receive().number for _ in follows) == follows
    full.send(pull=protocol.Pull())
    assert own.coordinator.pull().records
    tells(own.server, "requests")
    id, _ = own.coordinator.put("audience", number=1, description="x")
    told = [full.receive() for _ in follows]
    assert {response.number for response in told} == set(follows)
    assert {response.pull.records[0].id for response in told} == {id}


def test_operations_of_a_push(limited):
    world = World(limited(operations=5))
    notes = [operation("note", new_id(), subject=world.plan, text="Un") for _ in range(6)]
    with refused("too_large", "operations", "count"):
        world.boss.push(*notes)
    tells(world.region.server, "operations")
    assert all(result.status == "applied" for result in world.boss.push(*notes[:5]))


def test_a_frame_that_is_too_large(limited):
    own = limited()
    guest = own.client(own.identity)
    guest.socket.sendall(((1 << 20) + 1).to_bytes(4, "big"))
    assert guest.receive().error.code == protocol.TOO_LARGE
    tells(own.server, "frame_size")


def test_documents_together(limited):
    """What is over the region's room is told, and counted."""
    world = World(limited(documents=1000))
    data = content(2000)
    document = record(world.boss, world.plan, data)
    with refused("too_large", "bytes", "quota"):
        world.boss.ask(put_document=protocol.PutDocument(document=document, offset=0, bytes=data))
    tells(world.region.server, "documents")


def test_joins_that_fail(limited):
    own = limited(joins_per_minute=3)
    line = own.invite()[1]
    code = protocol.Join(region=own.name, code="0" * len(line.code), device_name="x")
    codes = []
    for _ in range(6):
        with own.connect(Identity(own.folder)) as stranger:
            stranger.send(join=code)
            codes.append(stranger.receive().error.code)
    assert codes[:3] == [protocol.NOT_AUTHENTICATED] * 3 and set(codes[4:]) == {protocol.BUSY}
    tells(own.server, "joins_per_minute", 2)


def narrow(own):
    """A connection whose peer takes little at once."""
    plain = socket.create_connection
    try:
        socket.create_connection = lambda at, timeout: narrow_socket(at, timeout)
        return own.client(own.identity)
    finally:
        socket.create_connection = plain


def narrow_socket(at, timeout):
    made = socket.socket()
    made.settimeout(timeout)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(at)
    return made


def refusable(n):
    """A push of so many operations, each refused, which makes a long answer of a short question."""
    return protocol.Push(operations=[
        protocol.Operation(kind=12) for _ in range(n)])


def test_who_reads_nothing_is_not_read(limited):
    """Its answers wait up to `output`, and its questions after that; then it gets all of them."""
    own = limited(output=65536, output_max=16 << 20)
    slow = narrow(own)
    slow.socket.settimeout(1)
    sent = []
    with pytest.raises(TimeoutError):  # whatever the system's buffers take of it
        while len(sent) < 20000:
            sent.append(slow.send(push=refusable(2000)))
    own.coordinator.pull()
    tells(own.server, "output")
    slow.socket.settimeout(PATIENCE)
    waiting = set(sent)
    while waiting:
        response = slow.receive()
        assert response.push.results or response.error.code == protocol.BUSY
        waiting.discard(0 if response.more else response.number)
    assert reached(own.server, "output_max") == 0


def test_who_reads_nothing_is_cut(limited):
    """What is under way when its answers are not taken may be too much, all at once."""
    output_max, pushes, push = 65536 + 2 * (256 << 10), 64, refusable(8000)
    own = limited(operations=8000, requests=pushes, queued=10_000_000, output=65536,
                  output_max=output_max)
    answer = own.coordinator.ask(push=push).ByteSize()
    system = int(pathlib.Path("/proc/sys/net/ipv4/tcp_wmem").read_text().split()[-1])
    assert pushes * answer > 2 * system + output_max  # whatever the system's buffers take of it
    slow = narrow(own)
    with held(own):
        for _ in range(pushes):
            slow.send(push=push)
        until(lambda: reached(own.server, "requests"))  # all of them are under way
    tells(own.server, "output_max")
    with pytest.raises(Closed):
        while True:
            slow.receive()
    own.coordinator.pull()


def test_the_log_is_not_filled(limited):
    """A limit that is reached a thousand times is told a few times, and how often it was not."""
    own = limited(connections_per_address=2)
    start = time.monotonic()
    held = [silent(own) for _ in range(1000)]
    until(lambda: reached(own.server, "connections_per_address") >= 500)
    time.sleep(1)  # once a second
    held += [silent(own) for _ in range(10)]
    spent = time.monotonic() - start
    until(lambda: any("left_out=0" not in line
                      for line in lines(own.server, "connections_per_address")))
    assert len(lines(own.server, "connections_per_address")) <= spent + 2
    for each in held:
        each.close()


def test_operations_that_wait(limited):
    """A writer that has too much before it says busy; sent again, everything is there once."""
    world = World(limited(queued=50, batch=10))
    clients = [world.region.client(world.region.identity) for _ in range(6)]
    waiting = []
    for client in clients:
        for _ in range(20):
            push = protocol.Push(operations=[
                operation("note", new_id(), subject=world.plan, text="Un") for _ in range(10)])
            waiting.append((client, push, client.send(push=push)))
    busy = 0
    while waiting:
        found = {client: {} for client in clients}
        for client, _, _ in waiting:
            response = client.receive()
            found[client][response.number] = response
        again = []
        for client, push, number in waiting:
            response = found[client][number]
            if response.HasField("error"):
                assert response.error.code == protocol.BUSY and response.error.retry_after > 0
                again.append((client, push))
        busy += len(again)
        waiting = [(client, push, client.send(push=push)) for client, push in again]
    assert busy
    tells(world.region.server, "queued")
    assert world.region.sql("SELECT count(*) FROM note") == "1200"


def test_settings_that_are_wrong(make_region):
    """The server says where, and does not start."""
    own = make_region()
    own.server.stop()
    own.configure(own.server.state, [("limits", "requests", "none")])
    with pytest.raises(AssertionError) as caught:
        own.serve()
    assert "requests" in str(caught.value)
    own.configure(own.server.state, [("limits", "requests", "10")])
    own.serve()
