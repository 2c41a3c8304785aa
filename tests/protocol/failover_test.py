"""The primary dies under load and its standby takes its place: nothing acknowledged is lost."""

import contextlib
import pathlib
import socket
import subprocess
import tempfile
import threading
import time

import pytest

from client import Problem, operation
from crash_test import check, until_told
from devices import at_work, settle
from identity import new_id
from messages import ROOT, records
from region import Cluster, Region, Server, World

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
    region = Region(tmp_path_factory.mktemp("several"), clusters, settings=[("server", "workers", "2")])
    region.second_server()
    yield World(region)
    try:
        region.close()
    except subprocess.CalledProcessError:
        pass  # its database is dropped with its cluster
    finally:
        for each in clusters.each.values():
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
            device.wait_for(20)
        began = fail_over(clusters, "a", "b")
        promoted = time.monotonic()
        for device in devices:
            device.wait_for(20)
        again = min(t for device in devices for t in device.when if t > promoted)
    with capsys.disabled():
        print(f"\nwrites went again {again - began:.1f} s after the primary's death, "
              f"{again - promoted:.1f} s after the promotion")
    assert any(device.troubles for device in devices)
    assert again - promoted < 10
    check(several, devices)


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
