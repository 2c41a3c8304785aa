"""/metrics, /healthz and /readyz, and the log in which a request can be followed."""

import contextlib
import hashlib
import os
import re
import signal
import socket
import subprocess
import time

import pytest

from client import PATIENCE, Problem, new_id, operation, until
from messages import protocol
from prometheus import Page, page_port, parse, sample
from region import Region, World, free_port


@pytest.fixture(scope="module")
def region(make_region):
    made = make_region(settings=[("server", "metrics", f"127.0.0.1:{free_port()}"),
                                 ("server", "log_level", "debug")])
    made.page = Page(page_port(made))
    return made


@pytest.fixture(scope="module")
def page(region):
    return region.page


def logged(region, *words):
    """The lines of the log that hold all of the words; waits for the first one."""
    return until(lambda: [line for line in list(region.server.log)
                          if all(f" {word} " in line.replace("\n", " ") for word in words)])


# --- the grammar ---------------------------------------------------------------------------------

@pytest.mark.parametrize("wrong", [
    "a 1\n",
    "# HELP a x\n# TYPE a gauge\na 1",
    "# HELP a x\n# TYPE a gauge\na{b=c} 1\n",
    "# HELP a x\n# TYPE a gauge\na  1\n",
    "# HELP a x\n# TYPE a gauge\na one\n",
    "# HELP a x\n# TYPE a gauge\na 1\na 1\n",
    "# HELP a x\n# TYPE a gauge\n",
    "# HELP a x\n# TYPE a counter\na 1\n",
    "# HELP a x\n# TYPE a gauge\na 1\n# HELP a x\n# TYPE a gauge\na 2\n",
    '# HELP a x\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
    '# HELP a x\n# TYPE a histogram\na_bucket{le="1"} 1\na_sum 1\na_count 1\n',
    '# HELP a x\n# TYPE a histogram\na_bucket{le="+Inf"} 1\na_sum 1\na_count 2\n',
])
def test_the_checker_finds(wrong):
    with pytest.raises((AssertionError, KeyError, ValueError)):
        parse(wrong)


def test_the_checker_reads():
    assert sample('a{b="c\\"d\\\\e\\n",f="g"} 1.5e3') == (
        "a", frozenset({("b", 'c"d\\e\n'), ("f", "g")}), 1500)


def test_the_page_is_valid(page, region):
    families = page.metrics()
    assert families["concert_build_info"].type == "gauge"
    kinds = {family.type for family in families.values()}
    assert kinds == {"counter", "gauge", "histogram"}
    assert page.value("concert_workers") == 1
    assert page.value("concert_region_unready", region=region.name) == 0
    assert page.value("concert_schema_version", region=region.name) == int(
        region.sql("SELECT max(number) FROM schema_version"))
    assert page.value("concert_database_connections", region=region.name, pool="writer") == 1
    assert page.value("process_resident_memory_bytes") > 1 << 20
    assert page.value("process_open_fds") > 5
    assert page.value("process_cpu_seconds_total") > 0
    assert abs(page.value("process_start_time_seconds") - time.time()) < 600


def test_the_certificate_ends(page, region):
    told = subprocess.run(
        ["openssl", "x509", "-noout", "-checkend", "0", "-enddate", "-dateopt", "iso_8601", "-in",
         region.folder / "state/cert.pem"], text=True, stdout=subprocess.PIPE, check=False)
    expires = page.value("concert_certificate_expires_timestamp_seconds")
    assert expires > time.time() + 19 * 365 * 86400
    if told.returncode == 0:
        assert time.strftime("%Y-%m-%d", time.gmtime(expires)) in told.stdout


# --- values move ---------------------------------------------------------------------------------

def test_pushes_are_counted(page, world):
    boss, region = world.boss, world.region
    names = [("concert_operations_total", {}),
             ("concert_requests_total", {"verb": "push", "code": "ok"}),
             ("concert_request_seconds_count", {"verb": "push"}),
             ("concert_batch_operations_sum", {}),
             ("concert_batch_seconds_count", {}),
             ("concert_database_seconds_count", {"turn": "begin"}),
             ("concert_database_seconds_count", {"turn": "commit"}),
             ("concert_region_head_seq", {"region": region.name})]
    before = [page.value(name, **labels) for name, labels in names]
    bytes_before = page.value("concert_received_bytes_total")
    boss.push(*[operation("note", new_id(), subject=world.plan, text="x" * 1000)
                for _ in range(7)])
    boss.push(operation("note", new_id(), subject=world.plan, text="y"))
    after = [page.value(name, **labels) for name, labels in names]
    assert [b - a for a, b in zip(before, after)] == [8, 2, 2, 8, 2, 2, 2, 8]
    assert page.value("concert_received_bytes_total") - bytes_before > 7000
    assert page.value("concert_request_seconds_sum", verb="push") > 0
    assert page.value("concert_feed_entries", region=region.name) >= 8


def test_documents_are_counted(page, world):
    data = b"x" * 5000
    document, _ = world.boss.put(
        "document", subject=world.plan, title="Un", media_type="text/plain", size=len(data),
        sha256=hashlib.sha256(data).hexdigest())
    before = {way: page.value("concert_document_bytes_total", direction=way)
              for way in ("in", "out")}
    world.boss.ask(put_document=protocol.PutDocument(document=document, offset=0, bytes=data))
    world.boss.ask(get_document=protocol.GetDocument(document=document, offset=0))
    for way, bytes_before in before.items():
        assert page.value(
            "concert_document_bytes_total", direction=way) == bytes_before + len(data)


def test_outcomes_are_counted(page, world):
    before = page.value("concert_requests_total", verb="invite", code="invalid")
    with pytest.raises(Problem):
        world.boss.invite(new_id(), days=5000)
    assert page.value("concert_requests_total", verb="invite", code="invalid") == before + 1
    before = page.value("concert_requests_total", verb="push", code="not_authenticated")
    stranger = world.region.connect()
    with pytest.raises(Problem):
        stranger.push(operation("note", new_id(), subject=world.plan, text="x"))
    assert page.value(
        "concert_requests_total", verb="push", code="not_authenticated") == before + 1


def test_connections_and_followers(page, world):
    region = world.region
    open_before = page.value("concert_connection_states", state="open")
    done = page.value("concert_handshakes_total", outcome="done")
    followers = page.value("concert_followers", region=region.name)
    client = region.client(region.identity)
    pages = client.follow(since=client.pull().upto)
    next(pages)
    assert page.value("concert_connection_states", state="open") == open_before + 1
    assert page.value("concert_handshakes_total", outcome="done") == done + 1
    assert page.value("concert_followers", region=region.name) == followers + 1
    assert page.value("concert_follower_lag_seqs", region=region.name) == 0
    assert page.value("concert_requests_under_way") >= 1
    client.close()
    until(lambda: page.value("concert_followers", region=region.name) == followers)
    until(lambda: page.value("concert_connection_states", state="open") == open_before)


def test_a_follower_that_was_revoked_is_none_any_more(page, world):
    """It ends without its connection's end: what it held is not looked at again."""
    region = world.region
    followers = page.value("concert_followers", region=region.name)
    client = region.member("reader")
    pages = client.follow(since=client.pull().upto)
    next(pages)
    until(lambda: page.value("concert_followers", region=region.name) == followers + 1)
    device, = [r for r in world.boss.pull(kinds=["device"]).records if r.id == client.me.device]
    world.boss.put("device", device.id, device.revision, revoked=True)
    with pytest.raises(Problem):
        for _ in pages:
            pass
    until(lambda: page.value("concert_followers", region=region.name) == followers)
    world.boss.put("note", subject=world.plan, text="x")
    client.close()


def test_a_follower_that_reads_nothing_lags(page, world):
    region = world.region
    client = region.client(region.identity)
    next(client.follow(since=client.pull().upto))
    made = 0
    while page.value("concert_follower_lag_seqs", region=region.name) == 0:
        world.boss.push(*[operation("note", new_id(), subject=world.plan, text="x" * 8000)
                          for _ in range(100)])
        made += 1
        assert made < 100
    client.close()
    until(lambda: page.value("concert_follower_lag_seqs", region=region.name) == 0)


# --- the page itself -----------------------------------------------------------------------------

def test_what_is_served(page):
    assert page.get("/healthz")[::2] == (200, "ok\n")
    assert page.get("/readyz")[::2] == (200, "ready\n")
    assert page.get("/readyz?verbose=1")[0] == 200
    assert page.get("/")[0] == 404
    assert page.get("/metrics/")[0] == 404
    for method in ("POST", "HEAD", "PUT", "get"):
        status, headers, _ = page.get("/metrics", method)
        assert status == 405 and headers["Allow"] == "GET"


def raw(page, sent):
    """What comes back for these bytes, until the end."""
    with socket.create_connection(("127.0.0.1", page.port), timeout=PATIENCE) as plain:
        with contextlib.suppress(ConnectionError):
            plain.sendall(sent)
        found = b""
        with contextlib.suppress(ConnectionError):
            while piece := plain.recv(65536):
                found += piece
        return found


def test_bad_requests(page):
    assert raw(page, b"GET /healthz HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")
    assert raw(page, b"GET /healthz\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert raw(page, b"\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert raw(page, b"\x16\x03\x01\x00\xff\x00\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert raw(page, b"GET /healthz SMTP\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert raw(page, b"GET /" + b"x" * 20000).startswith(b"HTTP/1.1 431 ")
    assert page.get("/healthz")[0] == 200


def test_who_says_nothing_is_ended_and_few_are_served(page):
    slow = [socket.create_connection(("127.0.0.1", page.port), timeout=PATIENCE) for _ in range(40)]
    began = time.monotonic()
    try:
        for plain in slow:
            with contextlib.suppress(ConnectionError):
                assert plain.recv(1) == b""
    finally:
        for plain in slow:
            plain.close()
    assert time.monotonic() - began < 60
    assert page.get("/healthz")[0] == 200


def test_it_is_not_ready_without_its_database(tmp_path, own_cluster):
    region = Region(tmp_path, own_cluster, [("server", "metrics", f"127.0.0.1:{free_port()}")])
    page = Page(page_port(region))
    assert page.get("/readyz")[0] == 200
    own_cluster.kill()
    until(lambda: page.get("/readyz")[::2] == (503, f"region {region.name}: database away\n"))
    assert page.get("/healthz")[0] == 200
    assert page.value("concert_region_unready", region=region.name) == 2
    own_cluster.start()
    until(lambda: page.get("/readyz")[0] == 200)
    assert page.value("concert_database_lost_total") > 0
    region.close()


# --- several workers -----------------------------------------------------------------------------

def test_workers_tell_the_sum(make_region):
    region = make_region(settings=[("server", "metrics", f"127.0.0.1:{free_port()}"),
                                   ("server", "workers", "2")])
    page = Page(page_port(region))
    world = World(region)
    until(lambda: page.value("concert_workers") == 2 and page.get("/readyz")[0] == 200)
    clients = [region.client(region.identity) for _ in range(12)]
    before = page.value("concert_operations_total")
    for client in clients:
        client.put("note", subject=world.plan, text="x")
    assert {page.value("concert_operations_total") for _ in range(10)} == {before + 12}
    until(lambda: set(re.findall(r"worker=(\d+)", "".join(region.server.log))) == {"1", "2"})
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(region.server.process.pid)],
                              text=True, stdout=subprocess.PIPE, check=True).stdout.split()
    os.kill(int(children[0]), signal.SIGABRT)
    until(lambda: page.value("concert_workers_died_total") == 1)
    until(lambda: "signal=SIGABRT" in "".join(region.server.log))
    until(lambda: page.value("concert_workers") == 2 and page.get("/readyz")[0] == 200)
    assert page.value("concert_operations_total") == before + 12


# --- the log -------------------------------------------------------------------------------------

def test_a_request_can_be_followed(world):
    region = world.region
    name = new_id().hex()
    world.boss.push(operation("note", new_id(), subject=world.plan, text=name))
    ended = logged(region, "verb=push", "status=done", "operations=1")[-1]
    words = dict(word.split("=", 1) for word in ended.split()[1:])
    assert words["level"] == "debug" and int(words["session"]) > 0
    assert int(words["bytes"]) > len(name) and float(words["ms"]) > 0
    job, = logged(region, "event=job", f"request={words['request']}")
    batch = re.search(r"batch=(\d+)", job)[1]
    turns = logged(region, f"batch={batch}", f"schema={region.name}")
    assert ["turn=begin" in line for line in turns] == [True, False]
    assert "turn=commit" in turns[1] and "write_changes" in turns[1]
    assert len(logged(region, "event=batch", f"batch={batch}", "outcome=committed")) == 1
