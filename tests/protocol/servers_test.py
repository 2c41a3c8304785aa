"""Two servers of two workers each on one region: any of them may die, and each sees what the others
acknowledged."""

import random
import subprocess
import threading
import time

import pytest

from client import Problem, operation
from crash_test import check
from devices import GONE, Device, at_work, settle, two_servers
from endurance_test import children
from identity import new_id
from region import Region, Server, World


@pytest.fixture(scope="module")
def pair(cluster, tmp_path_factory):
    region = Region(tmp_path_factory.mktemp("pair"), cluster)
    two_servers(region)
    yield World(region)
    region.close()


def kill_worker(region):
    server = random.choice(region.servers)
    before = children(server)
    subprocess.run(["kill", "-KILL", str(random.choice(before))], check=True)
    while len(set(children(server)) - set(before)) < 1:
        time.sleep(0.02)


def kill_server(region):
    """It comes back on its port, with the same state."""
    at = random.randrange(len(region.servers))
    orphans = children(region.servers[at])
    region.servers[at].kill()
    for pid in orphans:  # they notice that their parent is gone
        while subprocess.run(["kill", "-0", str(pid)], stderr=subprocess.DEVNULL).returncode == 0:
            time.sleep(0.02)
    region.servers[at] = Server(region.servers[at].state)
    region.server = region.servers[0]


def deafen(region):
    """Connections that are at rest are cut, among them those that listen to other servers."""
    region.cluster.sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                       f"datname = '{region.database}' AND usename = 'concertd' AND "
                       "state = 'idle'", user="postgres")


def test_any_may_die_under_load(pair):
    """Nothing acknowledged is lost or there twice, and followers go on without a gap."""
    region = pair.region
    with at_work(pair) as (devices, _):
        for happens in (kill_worker, kill_server, deafen, kill_server, kill_worker, deafen):
            for device in devices:
                device.wait_for(5)
            happens(region)
        for device in devices:
            device.wait_for(5)
    assert any(device.troubles for device in devices)
    check(pair, devices)


class Reader(Device):
    """After each acknowledgement it asks another server for what it has written: promise 4."""

    seen = 0

    def attempt(self, client, sent):
        client, result = super().attempt(client, sent)
        if result is not None:
            try:
                other = self.world.region.client(self.identity, random.choice(
                    self.world.region.servers))
                copy = other.pull(since=result.seq - 1, at_least=result.seq, kinds=["note"])
                other.close()
                assert copy.upto >= result.seq
                assert sent.id in {record.id for record in copy.records}
                self.seen += 1
            except Problem as problem:
                assert problem.code in ("unavailable", "busy"), problem
            except GONE:
                pass
        return client, result


def test_each_sees_what_the_others_acknowledged(pair):
    region, stop = pair.region, threading.Event()
    region.coordinator = settle(region, lambda: region.client(region.identity))
    readers = [Reader(pair, stop) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(3):
            for reader in readers:
                reader.wait_for(5)
            deafen(region)
        for reader in readers:
            reader.wait_for(5)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert all(reader.failure is None and reader.seen > 0 for reader in readers)
    assert region.sql("SELECT count(*) = max(seq) FROM change") == "t"


def test_what_was_missed_while_deaf_is_caught_up(pair):
    """A notification that nobody heard: a follower of the other server is told all the same."""
    region = pair.region
    here = settle(region, lambda: region.client(region.identity, region.servers[0]))
    there = settle(region, lambda: region.client(region.identity, region.servers[1]))
    at = settle(region, here.pull)
    pages = there.follow(since=at.upto, since_hash=at.upto_hash)
    next(pages)
    for _ in range(3):
        sent = operation("note", new_id(), subject=pair.plan, text="Un")
        deafen(region)
        result = settle(region, lambda: here.push(sent))[0]
        assert result.status in ("applied", "duplicate")
        found = next(record for page in pages for record in page.records
                     if record.id == sent.id)
        assert found.seq == result.seq
