"""Limits of the settings file: what is too much is told or cut, and others do not feel it."""

import socket
import ssl

import pytest

from client import Closed, operation
from identity import Identity, new_id
from messages import protocol
from region import World


def ended(plain):
    """Until the server ends a plain connection."""
    try:
        while plain.recv(4096):
            pass
    except ConnectionError:
        pass
    return True


def silent(region):
    return socket.create_connection(("127.0.0.1", region.server.port), timeout=60)


def test_a_handshake_that_never_comes(make_region):
    own = make_region(settings=[("limits", "handshake_ms", "1500")])
    with silent(own) as nothing, silent(own) as half:
        half.sendall(b"\x16\x03\x01\x02\x00\x01")
        assert ended(nothing) and ended(half)
    own.coordinator.hello(own.name)


def test_a_connection_that_says_nothing(make_region):
    own = make_region(settings=[("limits", "idle_ms", "1000")])
    quiet = own.connect(own.identity)
    half = own.connect(own.identity)
    half.socket.sendall(b"\x00\x00\x00\x10\x08")
    for connection in (quiet, half):
        with pytest.raises(Closed):
            connection.receive()


def test_a_follower_is_not_idle(make_region):
    own = make_region(settings=[("limits", "idle_ms", "1000")])
    pages = own.client(own.identity).follow()
    next(pages)
    with pytest.raises(Closed):
        own.connect(own.identity).receive()  # longer than the idle time
    writer = own.client(own.identity)
    id, _ = writer.put("audience", number=1, description="x")
    assert next(record.id for page in pages for record in page.records) == id


def test_connections_of_one_address(make_region):
    own = make_region(settings=[("limits", "connections_per_address", "5")])
    kept = [own.connect(own.identity) for _ in range(4)]
    with pytest.raises((ssl.SSLError, ConnectionError, Closed)):
        own.connect(own.identity).hello(own.name)
    kept[0].hello(own.name)
    kept.pop().close()
    while True:
        try:
            own.connect(own.identity).hello(own.name)
            break
        except (ssl.SSLError, ConnectionError, Closed):
            pass


def test_connections_in_all(make_region):
    own = make_region(settings=[("limits", "connections", "4")])
    kept = [own.connect(Identity(own.folder)) for _ in range(3)]
    with pytest.raises((ssl.SSLError, ConnectionError, Closed)):
        own.connect().hello(own.name)
    own.coordinator.hello(own.name)
    kept.clear()


def test_requests_under_way(make_region):
    """More than so many pulls that follow fill a connection; others are served."""
    own = make_region(settings=[("limits", "requests", "4")])
    full = own.client(own.identity)
    follows = [full.send(pull=protocol.Pull(follow=True)) for _ in range(4)]
    assert sorted(full.receive().number for _ in follows) == follows
    full.send(pull=protocol.Pull())
    assert own.coordinator.pull().records
    id, _ = own.coordinator.put("audience", number=1, description="x")
    told = [full.receive() for _ in follows]
    assert {response.number for response in told} == set(follows)
    assert {response.pull.records[0].id for response in told} == {id}


def test_operations_that_wait(make_region):
    """A writer that has too much before it says busy; sent again, everything is there once."""
    world = World(make_region(settings=[("limits", "queued", "50"), ("limits", "batch", "10")]))
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
