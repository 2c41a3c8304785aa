"""Who would bring the server down, from this machine: others are served meanwhile, and soon, and
nothing grows without bound."""

import contextlib
import resource
import select
import socket
import threading
import time

import pytest

from client import PATIENCE, operation, until
from identity import new_id
from limits import memory, reached, tells, with_page
from messages import protocol
from region import BIN, World

MIB = 1 << 20
SANITIZED = b"__asan_init" in (BIN / "concertd").read_bytes()
# Seconds, where others' requests take milliseconds: the machine is busy with the attack, and maybe
# with other tests.
SOON = 30


@pytest.fixture(scope="module", autouse=True)
def descriptors():
    """As many as the attacks take; the servers have their own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(name="limited")
def make_limited(make_region):
    return lambda **limits: make_region(settings=with_page(
        [("limits", name, str(value)) for name, value in limits.items()]))


def bounded(grown, most):
    """It grew by less; a sanitizer keeps what was freed, so that there is nothing to be measured."""
    assert SANITIZED or grown < most


def served(own):
    """Someone else comes in and is answered, soon."""
    start = time.monotonic()
    other = own.client(own.identity)
    other.pull(kinds=["plan"])
    other.close()
    assert time.monotonic() - start < SOON


def caller(own, source, receives=None):
    """A connection from one of this machine's addresses, before TLS."""
    made = socket.socket()
    made.settimeout(PATIENCE)
    if receives:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    made.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
    made.bind((source, 0))
    made.connect(("127.0.0.1", own.server.port))
    return made


@contextlib.contextmanager
def narrow():
    """Connections that are made meanwhile take little at once."""
    plain = socket.create_connection

    def connect(at, timeout):
        made = socket.socket()
        made.settimeout(timeout)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.connect(at)
        return made

    socket.create_connection = connect
    try:
        yield
    finally:
        socket.create_connection = plain


def test_ten_thousand_handshakes_that_stop_half_way(limited):
    own = limited()
    before, held, most = memory(own.server), [], 0
    done = threading.Event()

    def attack():
        for n in range(10_000):
            with contextlib.suppress(ConnectionError):
                held.append(caller(own, f"127.0.1.{1 + n % 50}"))
                held[-1].sendall(b"\x16\x03\x01\x02\x00\x01")
        done.set()

    attacker = threading.Thread(target=attack)
    attacker.start()
    while not done.is_set():
        served(own)
        most = max(most, memory(own.server))
    attacker.join()
    assert len(held) > 9_000
    served(own)
    tells(own.server, "handshakes", 8_000)
    bounded(most - before, 100 * MIB)
    for each in held:
        each.close()
    print(f"10,000 half-open: {before / MIB:.1f} MiB, at most {most / MIB:.1f} MiB")


def drip(connection, data, every=0.2):
    """Sends a byte at a time until the other side ends it; for how long it did not."""
    start = time.monotonic()
    poll = select.poll()  # select.select knows no more than 1024 descriptors
    poll.register(connection, select.POLLIN)
    for byte in data:
        try:
            connection.sendall(bytes([byte]))
            if poll.poll(every * 1000) and not connection.recv(1):
                break
        except OSError:
            break
    return time.monotonic() - start


@pytest.mark.parametrize("inside", ["handshake_ms", "frame_ms"])
def test_a_byte_now_and_then(limited, inside):
    """However steadily it drips, its time is over when it is."""
    own = limited(**{inside: 4000})
    if inside == "handshake_ms":
        slow = caller(own, "127.0.0.1")
        data = b"\x16\x03\x01\x02\x00" + bytes(512)
    else:
        slow = own.client(own.identity).socket
        data = b"\x00\x0f\x00\x00" + bytes(1000)
    spent = []
    thread = threading.Thread(target=lambda: spent.append(drip(slow, data)))
    thread.start()
    while thread.is_alive():
        served(own)
    assert 3.9 < spent[0] < 4 + SOON
    tells(own.server, inside)


def test_who_never_reads(limited):
    """Snapshots that nobody takes, and followers that hear nothing of what they asked."""
    world = World(limited())
    own = world.region
    for _ in range(6):
        world.boss.push(*(operation("note", new_id(), subject=world.plan, text="x" * 900)
                          for _ in range(1000)))
    before = memory(own.server)
    with narrow():
        slow = [own.client(own.identity) for _ in range(20)]
    for each in slow:
        each.send(pull=protocol.Pull())
        each.send(pull=protocol.Pull(follow=True))
    tells(own.server, "output", 20)
    for _ in range(6):
        world.boss.push(*(operation("note", new_id(), subject=world.plan, text="y" * 900)
                          for _ in range(1000)))
        served(own)
    after = memory(own.server)
    print(f"20 that never read: {before / MIB:.1f} MiB, then {after / MIB:.1f} MiB")
    bounded(after - before, 20 * 2 * MIB + 40 * MIB)  # twice `output` each, and the feed
    assert slow[0].receive().pull.records  # what was queued to it is still right


def test_a_thousand_requests_under_way(limited):
    """64 of them are taken; the rest stays on the wire."""
    own = limited()
    before = memory(own.server)
    greedy = own.client(own.identity)
    for _ in range(1000):
        greedy.send(pull=protocol.Pull(follow=True))
    answered = {greedy.receive().number for _ in range(64)}
    assert len(answered) == 64
    tells(own.server, "requests")
    served(own)
    greedy.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        greedy.receive()
    greedy.socket.setblocking(False)
    sent = 0
    with pytest.raises(OSError):  # and in the end its own system takes no more
        while sent < 64 * MIB:
            sent += greedy.socket.send(bytes(65536))
    served(own)
    bounded(memory(own.server) - before, 20 * MIB)


def test_five_thousand_connections_from_one_address(limited):
    own = limited(handshakes=10_000)
    before = memory(own.server)
    held = []
    for n in range(5_000):
        with contextlib.suppress(ConnectionError):
            held.append(caller(own, "127.0.0.9"))
        if n % 500 == 0:
            served(own)
    until(lambda: reached(own.server, "connections_per_address") >= 3_000)
    served(own)
    tells(own.server, "connections_per_address", 3_000)
    after = memory(own.server)
    print(f"5,000 from one address: {before / MIB:.1f} MiB, then {after / MIB:.1f} MiB")
    bounded(after - before, 150 * MIB)
    for each in held:
        each.close()
    served(own)
