"""Devices that push and follow without end, whichever server or database goes."""

import contextlib
import random
import ssl
import threading
import time

from client import Closed, Problem
from crash_test import Writer
from identity import Identity
from messages import records

GONE = (Closed, ConnectionError, ssl.SSLError, TimeoutError)


def settle(region, wanted):
    """Calls it until the server is able to."""
    while True:
        with contextlib.suppress(Problem, *GONE):
            return wanted()
        time.sleep(0.05)


def enter(region, identity):
    """Joins with a coordinator's account of its own."""
    line = settle(region, lambda: region.invite("coordinator")[1])
    settle(region, lambda: region.join(line, identity)).close()


def two_servers(region):
    """Makes it a region of two servers with two workers each, all of them ready."""
    region.server.stop()
    region.configure(region.server.state, [("server", "workers", "2")])
    region.servers.clear()
    region.server = region.serve()
    region.second_server()
    for server in region.servers:
        while sum("event=ready" in line for line in server.log) < 2:
            time.sleep(0.02)
    region.coordinator = settle(region, lambda: region.client(region.identity))


class Device(Writer):
    """A Writer with a key of its own, on any of the region's servers, another after each trouble."""

    def __init__(self, world, stop):
        super().__init__(world, stop)
        self.identity = Identity(world.region.folder, "device")
        region = world.region
        enter(region, self.identity)
        self.when, self.sent = [], []  # of each acknowledgement: when, (operation, Answer)

    def attempt(self, client, sent):
        region = self.world.region
        try:
            client = client or region.client(self.identity, random.choice(region.servers))
            result, = client.push(sent)
            assert result.status in ("applied", "duplicate"), result
            self.when.append(time.monotonic())
            self.sent.append((sent, result))
            return client, result
        except Problem as problem:
            assert problem.code in ("unavailable", "busy"), problem
            assert problem.retry_after > 0
        except GONE:
            pass
        if client:
            client.close()
        self.troubles += 1
        time.sleep(0.05)
        return None, None


class Follower(threading.Thread):
    """Keeps the notes that a follower is told of, resuming where it was when its server goes."""

    def __init__(self, world, stop):
        super().__init__()
        self.world, self.stop, self.failure = world, stop, None
        self.identity = Identity(world.region.folder, "follower")
        region = world.region
        enter(region, self.identity)
        self.upto, self.hash = 0, b""
        self.notes = {}  # seq by id
        self.told = threading.Condition()

    def run(self):
        try:
            while not self.stop.is_set():
                with contextlib.suppress(*GONE):
                    self.follow()
                time.sleep(0.05)
        except BaseException as failure:
            self.failure = failure
            raise

    def follow(self):
        region = self.world.region
        try:
            client = region.client(self.identity, random.choice(region.servers))
            since = {"since": self.upto, "since_hash": self.hash} if self.upto else {}
            for page in client.follow(**since):
                self.take(page)
                if self.stop.is_set():
                    return
        except Problem as problem:
            assert problem.code in ("unavailable", "busy"), problem

    def take(self, page):
        """Nothing comes twice or out of order; the cursor never goes back."""
        with self.told:
            for record in page.records:
                assert record.seq > self.upto
                if record.kind == records.NOTE:
                    assert record.id not in self.notes, "told twice"
                    self.notes[record.id] = record.seq
            assert page.upto >= self.upto
            self.upto, self.hash = page.upto, page.upto_hash
            self.told.notify_all()

    def wait_for(self, seq):
        with self.told:
            assert self.told.wait_for(lambda: self.failure or self.upto >= seq, 60), self.upto
        assert self.failure is None


def ring(world):
    """A last change, by which followers see that they are to end."""
    region = world.region
    settle(region, lambda: region.client(region.identity).put(
        "party", name="La cloche", type=records.Party.LOCAL))


@contextlib.contextmanager
def at_work(world, devices=4, followers=2):
    """(devices, followers), each a thread; at the end no follower lacks what was acknowledged."""
    stop, end = threading.Event(), threading.Event()
    writers = [Device(world, stop) for _ in range(devices)]
    readers = [Follower(world, end) for _ in range(followers)]
    for thread in writers + readers:
        thread.start()
    try:
        yield writers, readers
        stop.set()
        for thread in writers:
            thread.join()
        told = {sent.id: r.seq for w in writers for sent, r in w.sent}
        for reader in readers:
            reader.wait_for(max(told.values()))
            assert reader.notes == told
    finally:
        stop.set()
        end.set()
        ring(world)
        for thread in writers + readers:
            thread.join()
