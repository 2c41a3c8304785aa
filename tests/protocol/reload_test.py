"""SIGHUP: settings, certificate and log level change; connections stay."""

import os
import signal
import subprocess
import time

import pytest
from cryptography import x509

from client import new_id, operation, refused, until
from prometheus import Page, page_port
from region import Region, World, free_port


@pytest.fixture(scope="module", params=[1, 2], ids=["alone", "workers"])
def world(make_region, request):
    return World(make_region(settings=[("server", "metrics", f"127.0.0.1:{free_port()}"),
                                       ("server", "workers", request.param)]))


def lines(region, word):
    return [line for line in list(region.server.log) if word in line]


def hang_up(region, told="event=reloaded"):
    """Sends SIGHUP; the log's lines since. With workers, until each new connection shows it."""
    before, at = len(lines(region, told)), len(region.server.log)
    region.server.process.send_signal(signal.SIGHUP)
    until(lambda: len(lines(region, told)) > before)
    return region.server.log[at:]


def change(region, *settings):
    Region.configure(region.folder / "state", settings)


def pushes(world, client, count):
    return client.push(*[operation("note", new_id(), subject=world.plan, text="x")
                         for _ in range(count)])


def test_limits_and_level_change_in_place(world):
    region, client = world.region, world.boss
    pushes(world, client, 4)
    change(region, ("limits", "operations", "3"), ("server", "log_level", "debug"))
    hang_up(region)

    def limited():
        try:
            pushes(world, client, 4)
        except Exception as problem:
            return getattr(problem, "code", None) == "too_large"
        return False

    until(limited)
    assert pushes(world, client, 3)
    until(lambda: lines(region, "level=debug"))
    change(region, ("limits", "operations", "5000"), ("server", "log_level", "info"))
    hang_up(region)
    until(lambda: not limited())
    assert client.hello(region.name)


def test_what_waits_for_a_restart_is_named(world):
    region = world.region
    change(region, ("limits", "store_connections", "7"), ("region", "timezone", "Europe/Paris"))
    told = "".join(hang_up(region))
    assert "event=waits_for_restart section=limits setting=store_connections" in told
    assert f"event=waits_for_restart section={region.name} setting=timezone" in told
    assert told.count("waits_for_restart") == 2
    change(region, ("limits", "store_connections", "4"), ("region", "timezone", "America/Toronto"))
    assert "waits_for_restart" not in "".join(hang_up(region))


def test_a_bad_file_changes_nothing(world):
    region, client = world.region, world.boss
    path = region.folder / "state/concertd.conf"
    good = path.read_text()
    page = Page(page_port(region))
    refusals = page.value("concert_settings_reloads_total", outcome="refused")
    change(region, ("limits", "operations", "1"), ("limits", "output_max", "1"))
    line, = [line for line in hang_up(region, "event=reload_refused") if "refused" in line]
    assert "output_max" in line and "level=error" in line
    path.write_text(good.replace("[limits]", "[limits]\noperations = 1\nnonsense = 1\n"))
    line, = [line for line in hang_up(region, "event=reload_refused") if "refused" in line]
    assert "nonsense" in line and "line " in line
    path.unlink()
    hang_up(region, "event=reload_refused")
    path.write_text(good)
    assert pushes(world, client, 2)
    assert page.value("concert_settings_reloads_total", outcome="refused") == refusals + 3


@pytest.mark.parametrize("setting, value, word", [
    ("retention", "dragon 3", "retention"), ("retention", "note 24", "retention"),
    ("retention", "contact soon", "retention"), ("responsible", "Andr\udce9", "UTF-8")])
def test_what_a_region_tells_must_be_right(world, setting, value, word):
    region = world.region
    path = region.folder / "state" / "concertd.conf"
    good = path.read_bytes()
    path.write_bytes(good + f"\n[region {region.name}]\n{setting} = {value}\n".encode(
        errors="surrogateescape"))
    line, = [line for line in hang_up(region, "event=reload_refused") if "refused" in line]
    assert word in line
    path.write_bytes(good)
    hang_up(region)


def served_serial(region):
    """The serial number of the certificate that a new connection is shown."""
    made = region.connect()
    shown = x509.load_der_x509_certificate(made.socket.getpeercert(binary_form=True))
    made.close()
    return shown.serial_number


def make_certificate(key, path, serial):
    subprocess.run(
        ["openssl", "req", "-x509", "-new", "-key", key, "-subj", "/CN=concert", "-days", "30",
         "-set_serial", str(serial), "-out", path], check=True, stderr=subprocess.DEVNULL)


def test_the_certificate_is_renewed(world):
    region = world.region
    state = region.folder / "state"
    certificate, key = find(state, b"BEGIN CERTIFICATE"), find(state, b"PRIVATE KEY")
    old = certificate.read_bytes()
    page = Page(page_port(region))
    before = page.value("concert_certificate_expires_timestamp_seconds")
    make_certificate(key, certificate, 4711)
    hang_up(region)
    until(lambda: all(served_serial(region) == 4711 for _ in range(6)))
    assert world.boss.hello(region.name)
    expires = page.value("concert_certificate_expires_timestamp_seconds")
    assert expires < before and abs(expires - time.time() - 30 * 86400) < 3600
    other = region.folder / "other.key"
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out",
                    other], check=True)
    make_certificate(other, certificate, 4712)
    line, = [line for line in hang_up(region, "event=reload_refused") if "refused" in line]
    assert "key" in line
    certificate.write_bytes(b"nothing")
    hang_up(region, "event=reload_refused")
    assert {served_serial(region) for _ in range(4)} == {4711}
    certificate.write_bytes(old)
    hang_up(region)
    until(lambda: all(served_serial(region) != 4711 for _ in range(6)))
    assert region.client(region.identity).pull().records


def find(folder, words):
    return next(path for path in sorted(folder.iterdir())
                if path.is_file() and words in path.read_bytes())


def test_followers_stay(world):
    region = world.region
    client = region.client(region.identity)
    pages = client.follow(since=client.pull().upto)
    next(pages)
    for _ in range(3):
        hang_up(region)
    id, result = world.boss.put("note", subject=world.plan, text="x")
    assert next(r.seq for page in pages for r in page.records if r.id == id) == result.seq


def test_new_workers_have_the_new_settings(make_region):
    region = make_region(settings=[("server", "workers", "2")])
    world = World(region)
    change(region, ("limits", "operations", "3"))
    hang_up(region)
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(region.server.process.pid)],
                              text=True, stdout=subprocess.PIPE, check=True).stdout.split()
    readied = len(lines(region, "event=ready"))
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    until(lambda: len(lines(region, "event=ready")) == readied + 2)
    for _ in range(4):
        with refused("too_large"):
            pushes(world, region.client(region.identity), 4)
