"""The primary dies under load and its standby takes its place: nothing acknowledged is lost."""

import contextlib
import pathlib
import socket
import subprocess
import tempfile
import threading
import time

import pytest

from client import operation
from crash_test import check, until_told
from devices import at_work, settle, two_servers
from identity import new_id
from messages import ROOT, records
from region import BIN, Cluster, Region, Server, World

REPLICA = ROOT / "tests/lib/replica"


class Several(Cluster):
    """Clusters as one connection text names them: whichever takes writes is meant."""

    def __init__(self, folder, names):
        super().__init__(folder / names[0])
        self.each = {name: Cluster(folder / name) for name in names}

    def conninfo(self, database, user):
        hosts = ",".join(str(each.folder / "socket") for each in self.each.values())
        owner = "" if user == "concertd" else " target_session_attrs=read-write"
        return f"host={hosts} dbname={database} user={user}{owner}"

    def replica(self, command, name, *arguments):
        return subprocess.run([REPLICA, command, self.each[name].folder, *arguments], check=True,
                              text=True, stdout=subprocess.PIPE).stdout.strip()

    def standby(self, name, primary):
        self.replica("make", name, self.each[primary].folder)

    def wait_for(self, primary, state):
        while self.replica("state", primary) != state:
            time.sleep(0.05)


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """Three databases of which one is there; a region of two servers with two workers each."""
    short = tempfile.TemporaryDirectory(prefix="pg")  # a line of the settings holds 199 bytes
    folder = pathlib.Path(short.name)
    folder.chmod(0o711)
    clusters = Several(folder, "abc")
    clusters.start()
    region = Region(tmp_path_factory.mktemp("several"), clusters)
    two_servers(region)
    yield World(region)
    try:
        region.close()
    except subprocess.CalledProcessError:
        pass  # its database is dropped with its cluster
    finally:
        for each in clusters.each.values():
            each.kill()
            each.run("remove")
        short.cleanup()


def fail_over(clusters, dead, heir):
    """When it began."""
    began = time.monotonic()
    clusters.each[dead].kill()
    clusters.replica("promote", heir)
    return began


def test_a_standby_is_promoted_under_load(several, capsys):
    clusters = several.region.cluster
    clusters.standby("b", "a")
    clusters.replica("sync", "a", "remote_apply")
    clusters.wait_for("a", "b|streaming|sync")
    with at_work(several) as (devices, _):
        for device in devices:
            device.wait_for(10)
        began = fail_over(clusters, "a", "b")
        promoted = time.monotonic()
        for device in devices:
            device.wait_for(10)
        again = min(t for device in devices for t in device.when if t > promoted)
    with capsys.disabled():
        print(f"\nwrites went again {again - began:.1f} s after the primary's death, "
              f"{again - promoted:.1f} s after the promotion")
    assert any(device.troubles for device in devices)
    assert again - promoted < 10
    check(several, devices)
    subprocess.run([BIN / "concertd", "verify", "--state", several.region.server.state],
                   check=True, stdout=subprocess.PIPE)


def test_what_a_standby_lacked_is_sent_again(several):
    """Without synchronous replication: who holds more than the new primary is told diverged, and
    what it pushes again is there once."""
    region, clusters = several.region, several.region.cluster
    clusters.standby("c", "b")
    clusters.wait_for("b", "c|streaming|async")
    boss = settle(region, lambda: region.client(region.identity))
    _, kept = boss.put("note", subject=several.plan, text="Avant")
    while clusters.each["c"].sql(region.database, "SELECT seq FROM mauricie.head",
                                 user="postgres") != str(kept.seq):
        time.sleep(0.05)
    clusters.each["c"].run("stop")
    sent = [operation("note", new_id(), subject=several.plan, text=f"{n}") for n in range(3)]
    assert {result.status for result in boss.push(*sent)} == {"applied"}
    newer = boss.pull()
    clusters.each["b"].kill()
    clusters.each["c"].start()
    clusters.replica("promote", "c")
    clients = [settle(region, lambda s=s: region.client(region.identity, s))
               for s in region.servers for _ in range(2)]
    settle(region, lambda: clients[0].put("party", name="Autre", type=records.Party.LOCAL))
    for client in clients:
        until_told(client, "diverged", since=newer.upto, since_hash=newer.upto_hash)
    results = settle(region, lambda: clients[0].push(*sent))
    assert {result.status for result in results} <= {"applied", "duplicate"}
    everything = clients[-1].pull(at_least=max(result.seq for result in results))
    assert {operation.id for operation in sent} <= {record.id for record in everything.records}
    assert region.sql("SELECT count(*) = max(seq) FROM change") == "t"


def test_an_old_primary_that_comes_back_is_not_believed(several):
    """It takes writes, for all it knows, but no standby confirms them: it is passed over, also by a
    server that has just started and finds it first in its list."""
    region, clusters = several.region, several.region.cluster
    boss = settle(region, lambda: region.client(region.identity))
    id, result = boss.put("note", subject=several.plan, text="Après")
    clusters.each["a"].start()
    try:
        region.servers[1].stop()
        region.servers[1] = Server(region.servers[1].state)
        there = settle(region, lambda: region.client(region.identity, region.servers[1]))
        assert id in {record.id for record in there.pull(at_least=result.seq).records}
        _, result = there.put("note", subject=several.plan, text="Encore")
        assert boss.pull(at_least=result.seq).upto >= result.seq
        assert clusters.each["c"].sql(region.database, "SELECT max(seq) FROM mauricie.change",
                                      user="postgres") == str(result.seq)
    finally:
        clusters.each["a"].kill()


# --- names, and hosts that answer nothing --------------------------------------------------------

class Way:
    """A port of this machine that leads to a socket, or nowhere: what it takes is never answered."""

    def __init__(self, to=None):
        self.to, self.pairs = to, []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        if to:
            threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                here = self.socket.accept()[0]
                there = socket.socket(socket.AF_UNIX)
                there.connect(self.to)
                self.pairs += [here, there]
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=self.carry, args=pair, daemon=True).start()

    @staticmethod
    def carry(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    def cut(self):
        for each in self.pairs:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self.pairs = []

    def close(self):
        self.socket.close()
        self.cut()


def test_names_and_hosts_that_answer_nothing(make_region):
    """Neither a name that nobody knows nor a host that is silent keeps the next from being tried."""
    region = make_region()
    folder = region.cluster.conninfo(region.database, "concertd").split("'")[1]
    silent, way = Way(), Way(f"{folder}/.s.PGSQL.5432")
    region.server.stop()
    region.configure(region.server.state, [("region", "database",
        f"host=nowhere.invalid,localhost,localhost port=1,{silent.port},{way.port} "
        f"dbname={region.database} user=concertd")])
    try:
        region.server = region.serve()
        client = settle(region, lambda: region.client(region.identity))
        for _ in range(2):
            client.put("party", name="Autre", type=records.Party.LOCAL)
            way.cut()
            settle(region, lambda: client.put("party", name="Autre", type=records.Party.LOCAL))
    finally:
        region.server.stop()
        way.close()
        silent.close()


def test_no_host_is_known(make_region):
    """It says why, and goes on trying."""
    region = make_region()
    region.server.stop()
    region.configure(region.server.state, [("region", "database",
        f"host=nowhere.invalid dbname={region.database} user=concertd")])
    with subprocess.Popen([BIN / "concertd", "serve", "--state", region.server.state],
                          stderr=subprocess.PIPE, text=True) as server:
        try:
            assert any("event=database_lost" in line and "nowhere.invalid" in line
                       for line in server.stderr)
            assert server.poll() is None
        finally:
            server.terminate()
            server.stderr.read()
    assert server.returncode == 0
