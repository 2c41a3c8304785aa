"""The server under strain: peers that vanish, much at once, power cuts of its own, other regions beside."""

import contextlib
import pathlib
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time

import pytest

from client import PATIENCE, Closed, Problem, body, operation, refused
from identity import Identity, new_id, read_line
from messages import protocol, records
from region import BIN, Server, World, run_well

PAGE = 256 << 10
LONG = "Une rencontre a eu lieu. " * 12


def vanish(connection):
    """Ends it with a reset, without goodbye."""
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def notes(world, count, **more):
    return [operation("note", new_id(), subject=world.plan, text=LONG, **more)
            for _ in range(count)]


# --- answers that are large ----------------------------------------------------------------------

@pytest.fixture(scope="module")
def reasons(make_region):
    """A log whose changes have long reasons and small patches."""
    world = World(make_region())
    id = world.share()
    for n in range(10):
        world.boss.push(*[operation("share", id, 1 + 40 * n + i, percent=i, reason="r" * 4000)
                          for i in range(40)])
    return world


def test_a_page_of_history_is_a_page(reasons):
    found, before = [], None
    while True:
        answer = reasons.boss.ask(history=protocol.History(limit=1000, before=before))
        assert answer.ByteSize() <= PAGE
        if not answer.changes:
            break
        found += [change.seq for change in answer.changes]
        before = found[-1]
    assert found == list(range(max(found), 0, -1))


@pytest.mark.parametrize("verb", [
    {"history": protocol.History(limit=1000)}, {"pull": protocol.Pull()}])
def test_many_large_answers_to_one_that_reads_late(reasons, verb):
    """More than may be queued to a reader: the rest waits until it reads, and nothing is cut."""
    world = reasons
    world.boss.push(*notes(world, 400))
    client = world.region.client(world.region.identity)
    numbers = [client.send(**verb) for _ in range(60)]
    assert world.boss.pull(since=world.boss.pull().upto).pages
    counts = dict.fromkeys(numbers, 0)
    while numbers:
        response = client.receive()
        assert not response.HasField("error")
        counts[response.number] += response.ByteSize()
        if not response.more:
            numbers.remove(response.number)
    assert len(set(counts.values())) <= 2 and min(counts.values()) > 100_000


def test_what_waits_for_a_reader_that_vanishes(reasons):
    for verb in ({"history": protocol.History(limit=1000)}, {"pull": protocol.Pull(follow=True)}):
        client = reasons.region.client(reasons.region.identity)
        for _ in range(60):
            client.send(**verb)
        client.socket.recv(1000)
        vanish(client)
    assert reasons.boss.pull().records


# --- connections ---------------------------------------------------------------------------------

def test_a_full_connection_whose_peer_has_gone_is_noticed(make_region):
    """Nothing is read from it any more: its end must still be seen, or its device is locked out."""
    own = make_region(settings=[
        ("limits", "requests", "4"), ("limits", "connections_per_device", "2"),
        ("limits", "idle_ms", "3000")])
    identity = Identity(own.folder)
    pair = [own.join(own.invite("reader")[1], identity), own.client(identity)]
    for full in pair:
        for _ in range(6):
            full.send(pull=protocol.Pull(at_least=1 << 40))
    with refused("busy"):
        own.client(identity)
    for full in pair:
        full.close()
    while True:
        try:
            own.client(identity)
            break
        except Problem as problem:
            assert problem.code == "busy"
            time.sleep(0.1)


def test_large_pushes_at_once_are_all_taken(make_region):
    """More bytes than a connection may have under way are read as room comes."""
    world = World(make_region())
    pushes = [notes(world, 1000) for _ in range(12)]
    client = world.region.client(world.region.identity)
    for number in [client.send(push=protocol.Push(operations=each)) for each in pushes]:
        results = client.push_answer(number)
        assert {result.status for result in results} == {"applied"} and len(results) == 1000
    assert world.region.sql("SELECT count(*) FROM note") == "12000"


def resident(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def ask_much(client, world):
    for _ in range(20):
        numbers = [client.send(pull=protocol.Pull(since=client.me.head)) for _ in range(60)]
        numbers += [client.send(push=protocol.Push(operations=[
            operation("share", new_id(), 5, percent=1)]))]
        numbers += [client.send(history=protocol.History(limit=50))]
        for number in numbers:
            response = client.receive()
            while response.more:
                response = client.receive()


@pytest.mark.skipif(b"__asan" in (BIN / "concertd").read_bytes(), reason="it keeps what is freed")
def test_memory_does_not_grow(make_region):
    """Requests and connections leave nothing behind."""
    world = World(make_region())
    client = world.region.client(world.region.identity)
    sizes = []
    for _ in range(4):
        for _ in range(4):
            ask_much(client, world)
        for _ in range(150):
            world.region.client(world.region.identity).close()
            socket.create_connection(("127.0.0.1", world.region.server.port)).close()
        sizes.append(resident(world.region.server))
    assert sizes[-1] - sizes[0] < 1024, sizes


# --- the end in the middle of it ------------------------------------------------------------------

def load_until_closed(world, acknowledged):
    client = world.region.client(world.region.identity)
    client.send(pull=protocol.Pull(follow=True, since=client.me.head, kinds=[records.AUDIENCE]))
    client.receive()
    try:
        while True:
            made = [operation("note", new_id(), subject=world.plan, text="Un") for _ in range(5)]
            client.push(*made)
            acknowledged += [each.op_id for each in made]
    except (Closed, ConnectionError, ssl.SSLError):
        pass


def test_sigterm_under_load(make_region):
    """It ends in order, leaks nothing, and what it acknowledged is there."""
    world = World(make_region())
    for _ in range(3):
        found = [[] for _ in range(6)]
        threads = [threading.Thread(target=load_until_closed, args=(world, each))
                   for each in found]
        for thread in threads:
            thread.start()
        while min(len(each) for each in found) < 20:
            time.sleep(0.01)
        world.region.server.stop()
        for thread in threads:
            thread.join()
        log = set(world.region.sql("SELECT replace(op_id::text, '-', '') FROM change").split())
        assert {op_id.hex() for each in found for op_id in each} <= log
        world.region.server = world.region.serve()


def test_a_push_in_parts_while_the_database_goes_and_comes(make_region):
    """One operation is refused, so that the others are committed part by part, between power cuts."""
    world = World(make_region())
    region, share = world.region, body(world.boss.get(world.share()))
    made = [operation("note", new_id(), subject=world.plan, text="Un") for _ in range(1500)]
    bad = 1111
    made[bad] = operation("share", new_id(), action=share.action, party=share.party)
    stop = threading.Event()

    def cut():
        while not stop.wait(0.03):
            region.cluster.sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                               f"WHERE datname = '{region.database}' AND usename = 'concertd'",
                               user="postgres")

    cutter = threading.Thread(target=cut)
    cutter.start()
    troubles, results = 0, None
    while results is None:
        try:
            results = world.boss.push(*made)
        except Problem as problem:
            assert problem.code == "unavailable"
            troubles += 1
            if troubles == 20:
                stop.set()
    stop.set()
    cutter.join()
    assert str(results[bad].problem) == "exists party unique"
    good = [result for n, result in enumerate(results) if n != bad]
    assert {result.status for result in good} <= {"applied", "duplicate"}
    again = None
    while again is None:  # the last cut may be felt still
        try:
            again = world.boss.push(*made)
        except Problem as problem:
            assert problem.code == "unavailable"
    assert {result.status for n, result in enumerate(again) if n != bad} == {"duplicate"}
    assert [r.seq for n, r in enumerate(again) if n != bad] == [result.seq for result in good]
    assert region.sql("SELECT count(*) FROM note") == "1499"
    assert region.sql("SELECT count(*) = max(seq) FROM change") == "t"


# --- several processes on one port ------------------------------------------------------------------

def children(server):
    path = pathlib.Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return [int(pid) for pid in path.read_text().split()]


def test_a_worker_that_dies_is_replaced(make_region):
    """Two workers; one is killed while both are used. What was acknowledged is there, once."""
    world = World(make_region())
    region, sent = world.region, []
    region.server.stop()
    region.configure(region.server.state, [("server", "workers", "2")])
    region.server = region.serve()
    before = children(region.server)
    assert len(before) == 2
    stop = threading.Event()

    def write():
        client, op = None, None
        while not stop.is_set():
            op = op or operation("note", new_id(), subject=world.plan, text="Un")
            try:
                client = client or region.client(region.identity)
                result, = client.push(op)
                assert result.status in ("applied", "duplicate")
                sent.append((op.op_id.hex(), result.seq))
                op = None
            except Problem as problem:
                assert problem.code in ("unavailable", "busy")
            except (Closed, ConnectionError, ssl.SSLError):
                client = None

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    subprocess.run(["kill", "-KILL", str(before[0])], check=True)
    while len(set(children(region.server)) - {before[0]}) < 2:
        time.sleep(0.05)
    count = len(sent)
    while len(sent) < count + 200:
        time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    log = dict(line.split("|") for line in region.sql(
        "SELECT replace(op_id::text, '-', ''), seq FROM change").split())
    assert all(int(log[op_id]) == seq for op_id, seq in sent)
    assert region.sql("SELECT count(*) = max(seq) FROM change") == "t"
    last = max(seq for _, seq in sent)
    for _ in range(10):
        with contextlib.suppress(Problem):  # one of a worker that is not ready yet
            assert region.client(region.identity).pull(at_least=last).upto >= last


# --- two regions in one process ---------------------------------------------------------------------

def found_other(region):
    """A second region in the same database, served by the first one's server; its line."""
    state = region.folder / "other"
    made = run_well(
        [BIN / "concertd", "init", "--state", state, "--region", "lanaudiere",
         "--title", "Lanaudière", "--language", "fr", "--timezone", "America/Toronto",
         "--listen", "127.0.0.1:0", "--coordinator", "Coordination",
         "--database", region.cluster.conninfo(region.database, "concertd"),
         "--owner-database", region.cluster.conninfo(region.database, "concert_owner")]).strip()
    settings = (state / "concertd.conf").read_text()
    with (region.folder / "state/concertd.conf").open("a") as file:
        file.write("\n" + settings[settings.index("[region "):])
    region.server.stop()
    region.server = region.serve()
    region.coordinator = region.client(region.identity)
    return read_line(made)


@pytest.fixture(scope="module")
def two(make_region):
    """A reader of one region who is the coordinator of another."""
    region = make_region(settings=[("limits", "connections_per_device", "3")])
    line = found_other(region)
    world = World(region)
    identity = Identity(region.folder)
    reader = region.join(region.invite("reader")[1], identity)
    with region.connect(identity) as visitor:
        visitor.join(line)
    membership = world.boss.put("membership", party=world.mekinac, person="Une citoyenne",
                                seat="citoyenne", phone="819 555-0100")[0]
    reader.close()
    return world, identity, membership


def test_a_role_in_one_region_is_none_in_another(two):
    """Who follows here and then says hello there still sees here what it may see here."""
    world, identity, membership = two
    client = world.region.client(identity)
    pages = client.follow(since=client.me.head)
    next(pages)
    other = client.send(hello=protocol.Hello(version=1, region="lanaudiere"))
    response = client.receive()
    assert response.number == other and response.hello.role == records.Account.COORDINATOR
    world.boss.put("membership", membership, world.boss.get(membership).revision, seat="Autre")
    record, = next(pages).records
    assert body(record).seat == "Autre" and not body(record).HasField("phone")
    client.close()


def test_each_region_counts_its_devices(two):
    world, identity, _ = two
    region = world.region
    there = [region.connect(identity) for _ in range(3)]
    for client in there:
        client.hello("lanaudiere")
    here = [region.client(identity) for _ in range(2)]
    stray = region.client(identity)
    with refused("busy"):
        stray.hello("lanaudiere")
    with refused("not_authenticated"):
        stray.pull()
    for client in there + here + [stray]:
        client.close()


# --- beginnings -------------------------------------------------------------------------------------

def init(region, state, name="mauricie", listen="127.0.0.1:0"):
    return subprocess.run(
        [BIN / "concertd", "init", "--state", state, "--region", name,
         "--title", "Mauricie", "--language", "fr", "--timezone", "America/Toronto",
         "--listen", listen, "--coordinator", "Coordination",
         "--database", region.cluster.conninfo(region.database, "concertd"),
         "--owner-database", region.cluster.conninfo(region.database, "concert_owner")],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_init_where_there_is_a_region(region, tmp_path):
    log = region.sql("SELECT count(*) FROM change")
    settings = (region.folder / "state/concertd.conf").read_text()
    # another region of the same server has its address, which --listen would change for all
    for name, told in (("autre", "--listen"), ("mauricie", "mauricie")):
        again = init(region, region.folder / "state", name)
        assert again.returncode in (1, 2) and not again.stdout and told in again.stderr
        assert (region.folder / "state/concertd.conf").read_text() == settings
    beside = init(region, tmp_path / "beside")
    assert beside.returncode == 1 and not beside.stdout and "mauricie" in beside.stderr
    assert region.sql("SELECT count(*) FROM change") == log
    region.coordinator.hello(region.name)


@pytest.mark.parametrize("section, name, value, told", [
    ("server", "log_level", "loud", "log_level"),
    ("limits", "output_max", "600000", "output_max"),
    ("limits", "connections", "0", "connections"),
    ("limits", "feed", "1", "feed"),
    ("limits", "colour", "blue", "colour"),
    ("region", "timezone", "America/Trois-Rivieres", "timezone"),
    ("region", "database", "", "database"),
    ("server", "listen", "localhost:7443", "HOST:PORT"),
])
def test_settings_that_cannot_be(region, tmp_path, section, name, value, told):
    """The server says what is wrong, and does not start."""
    state = tmp_path / "state"
    shutil.copytree(region.folder / "state", state)
    region.configure(state, [(section, name, value)])
    served = subprocess.run([BIN / "concertd", "serve", "--state", state], timeout=PATIENCE,
                            stderr=subprocess.PIPE, text=True)
    assert served.returncode == 1 and told in served.stderr


def test_a_port_that_is_taken(region, tmp_path):
    """Two servers on one port would each get half of the other's clients."""
    made = init(region, tmp_path / "state", "taken", f"127.0.0.1:{region.server.port}")
    assert made.returncode == 1 and "in use" in made.stderr
    shutil.copytree(region.folder / "state", tmp_path / "copy")
    with pytest.raises(AssertionError) as caught:
        Server(tmp_path / "copy")
    assert "in use" in str(caught.value)
