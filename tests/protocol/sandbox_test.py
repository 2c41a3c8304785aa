"""What a server that serves may still do to its machine, as the kernel tells it, and that it serves
all the same: through PostgreSQL's restarts, new settings, many connections."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess

import pytest

from client import PATIENCE, Closed, Problem, until
from limits import children
from region import BIN, Region, Server

SANITIZED = b"__asan_init" in (BIN / "concertd").read_bytes()
pytestmark = pytest.mark.skipif(SANITIZED, reason="sanitizers need more than the sandbox allows")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def status(pid):
    """What the kernel says of a process: name to value."""
    with open(f"/proc/{pid}/status", encoding="ascii") as told:
        return dict(line.rstrip("\n").split(":\t", 1) for line in told if ":\t" in line)


def processes(server):
    return [server.process.pid, *children(server.process.pid)]


def filtered(found):
    """It has a filter beside those that whoever runs this has: a container's, say."""
    own = int(status(os.getpid())["Seccomp_filters"])
    return int(found.get("Seccomp_filters", own)) > own


def is_locked(pid):
    """No new privileges, a filter, no core file."""
    found = status(pid)
    with open(f"/proc/{pid}/limits", encoding="ascii") as limits:
        core = next(line for line in limits if line.startswith("Max core file size"))
    return filtered(found) and (found["NoNewPrivs"], core.split()[4]) == ("1", "0")


def comes_back(own):
    """Whether a new connection is served."""
    try:
        own.client(own.identity).pull()
        return True
    except (Problem, Closed, OSError):
        return False


def test_what_is_left_of_its_privileges(region):
    pid = region.server.process.pid
    until(lambda: is_locked(pid))
    left = int(status(pid)["CapEff"], 16)
    assert left & ~(1 << 1 | 1 << 2) == 0  # root without `user` reads what others own, no more
    assert int(status(pid)["CapBnd"], 16) == 0 or os.geteuid() != 0
    if os.geteuid() == 0:
        assert any("event=root" in line for line in region.server.log)


def test_each_worker_and_their_parent(make_region):
    own = make_region(settings=[("server", "workers", "2")])
    until(lambda: len(processes(own.server)) == 3)
    for pid in processes(own.server):
        until(lambda pid=pid: is_locked(pid))
    first, second = children(own.server.process.pid)
    os.kill(first, signal.SIGKILL)
    until(lambda: len(children(own.server.process.pid)) == 2)
    new = next(pid for pid in children(own.server.process.pid) if pid != second)
    until(lambda: is_locked(new))
    until(lambda: comes_back(own))


def test_not_when_it_is_told_not_to(make_region):
    own = make_region(settings=[("server", "sandbox", "0")])
    found = status(own.server.process.pid)
    assert not filtered(found) and found["NoNewPrivs"] == "1"


def test_settings_and_certificate_again(make_region):
    own = make_region()
    follower = own.client(own.identity).follow()
    next(follower)
    before = len(own.server.log)
    own.configure(own.server.state, [("server", "log_level", "debug")])
    own.server.process.send_signal(signal.SIGHUP)
    until(lambda: any("level=debug" in line or "reload" in line
                      for line in own.server.log[before:]))
    id, _ = own.coordinator.put("audience", number=1, description="x")
    assert any(record.id == id for record in next(follower).records)
    assert not any("Operation not permitted" in line for line in own.server.log)


def test_the_database_goes_and_comes_back(tmp_path_factory, own_cluster):
    with contextlib.closing(Region(tmp_path_factory.mktemp("region"), own_cluster)) as own:
        for _ in range(2):
            own_cluster.kill()
            own_cluster.start()
            until(lambda: comes_back(own))
        assert not any("not permitted" in line for line in own.server.log)


def test_a_thousand_connections(make_region):
    own = make_region(settings=[("limits", "connections_per_device", "2000")])
    kept = [own.connect() for _ in range(1000)]
    own.client(own.identity).pull()
    assert len(kept) == 1000 and not any("not permitted" in line for line in own.server.log)


@pytest.fixture
def handed_over(make_region):
    """A region whose state folder belongs to nobody, in a place that he can reach."""
    own = make_region()
    own.server.stop()
    folder = subprocess.run(["mktemp", "-d"], check=True, text=True,
                            stdout=subprocess.PIPE).stdout.strip()
    os.chmod(folder, 0o755)
    state = shutil.copytree(own.folder / "state", f"{folder}/state")
    user = pwd.getpwnam("nobody")
    for path in [state, *(f"{state}/{name}" for name in os.listdir(state))]:
        os.chown(path, user.pw_uid, user.pw_gid)
    yield own, type(own.folder)(state), user
    shutil.rmtree(folder)


@as_root
def test_root_becomes_its_user(handed_over):
    """The key is root's alone, and read before; the database need not answer for this."""
    own, state, user = handed_over
    os.chown(state / "key.pem", 0, 0)
    os.chmod(state / "key.pem", 0o600)
    own.configure(state, [("server", "user", "nobody")])
    server = None
    log = state.parent / "log"
    with open(log, "w", encoding="utf-8") as out:
        server = subprocess.Popen([BIN / "concertd", "serve", "--state", state], stderr=out)
    try:
        until(lambda: filtered(status(server.pid)))
        found = status(server.pid)
        assert found["Uid"].split() == [str(user.pw_uid)] * 4
        assert found["Gid"].split() == [str(user.pw_gid)] * 4
        assert str(0) not in found["Groups"].split()
        for each in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            assert int(found[each], 16) == 0, each
        assert found["NoNewPrivs"] == "1"
        assert "event=root" not in log.read_text()
    finally:
        server.terminate()
        assert server.wait(PATIENCE) == 0


@as_root
def test_a_user_that_there_is_not(handed_over):
    own, state, _ = handed_over
    own.configure(state, [("server", "user", "nobody-at-all")])
    with pytest.raises(AssertionError) as caught:
        Server(state)
    told = str(caught.value)
    assert "there is no such user" in told and "nobody-at-all" in told
