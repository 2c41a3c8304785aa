"""Who may speak at all: TLS, ALPN, certificates, hello, and what strangers are told."""

import ssl
import subprocess

import pytest

from client import Connection, Problem, operation, refused
from identity import Identity, new_id
from messages import protocol, records

VERBS = {
    "pull": protocol.Pull(),
    "push": protocol.Push(operations=[operation("note", new_id(), text="x")]),
    "history": protocol.History(),
    "invite": protocol.Invite(account=new_id()),
}


def test_hello_says_who_and_where(region):
    me = region.coordinator.hello(region.name)
    assert (me.version, me.region, me.title) == (1, "mauricie", "Mauricie")
    assert (me.language, me.timezone) == ("fr", "America/Toronto")
    assert me.role == records.Account.COORDINATOR
    assert len(me.account) == len(me.device) == 16
    assert me.head == int(region.sql("SELECT seq FROM head"))
    assert me.head_hash.hex() == region.sql("SELECT encode(hash, 'hex') FROM head")
    now = float(region.sql("SELECT extract(epoch FROM now())"))
    assert abs(me.clock / 1e6 - now) < 60


def test_hello_tells_the_limits(region):
    limits = region.coordinator.hello(region.name).limits
    assert limits.frame == 1 << 20
    assert limits.page == 256 << 10
    assert limits.text == 65536
    assert limits.operations > 0 and limits.requests > 0


def test_init_prints_one_line(region):
    assert region.first_line.count("\n") == 1
    assert region.first_line.startswith(f"concert://127.0.0.1:{region.server.port}/mauricie#")


def test_another_server_is_noticed(region):
    with pytest.raises(ssl.SSLError):
        Connection("127.0.0.1", region.server.port, known="0" * 54)


def test_tls_1_2_is_refused(region):
    with pytest.raises((ssl.SSLError, ConnectionError)):
        region.connect(newest=ssl.TLSVersion.TLSv1_2)


@pytest.mark.parametrize("alpn", [(), ("http/1.1",), ("concert/2",), ("concert/10", "h2")])
def test_another_protocol_is_refused(region, alpn):
    with pytest.raises((ssl.SSLError, ConnectionError)):
        region.connect(alpn=alpn)


def test_plain_text_is_refused_and_others_go_on(region):
    subprocess.run(["nc", "-w", "5", "127.0.0.1", str(region.server.port)],
                   input=b"GET / HTTP/1.0\r\n\r\n" * 100, stdout=subprocess.DEVNULL, check=False)
    region.coordinator.hello(region.name)


@pytest.mark.parametrize("has_certificate", [False, True])
def test_a_stranger_learns_nothing(region, has_certificate):
    identity = Identity(region.folder) if has_certificate else None
    stranger = region.connect(identity)
    for _ in range(2):
        with pytest.raises(Problem) as caught:
            stranger.hello(region.name)
        assert str(caught.value) == "not_authenticated"
    for region_name in ("elsewhere", ""):
        with pytest.raises(Problem) as caught:
            stranger.hello(region_name)
        assert str(caught.value) == "not_authenticated"
    with pytest.raises(Problem) as caught:
        stranger.hello(region.name, version=99)
    assert caught.value.code == "not_authenticated"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", ["no certificate", "unknown", "known"])
def test_nothing_is_answered_before_hello(region, verb, who):
    identity = {"no certificate": None, "unknown": Identity(region.folder),
                "known": region.identity}[who]
    silent = region.connect(identity)
    with pytest.raises(Problem) as caught:
        silent.ask(**{verb: VERBS[verb]})
    assert str(caught.value) == "not_authenticated"


def test_hello_may_come_after_a_refusal(region):
    late = region.connect(region.identity)
    with refused("not_authenticated"):
        late.pull()
    late.hello(region.name)
    late.pull()


def test_an_unknown_version_is_told(region):
    with refused("unsupported_version", "version"):
        region.connect(region.identity).hello(region.name, version=2)


def test_an_unknown_region_is_not_told(region):
    with refused("not_authenticated"):
        region.connect(region.identity).hello("elsewhere")


def test_a_revoked_device_is_cut_off(region, world):
    member = region.member("editor", [world.mekinac])
    device = world.boss.get(member.me.device)
    world.boss.put("device", member.me.device, device.revision, revoked=True)
    with refused("not_authenticated"):
        member.pull()
    with refused("not_authenticated"):
        region.client(member.identity)


def test_an_inactive_account_is_cut_off(region, world):
    member = region.member("editor", [world.mekinac])
    world.boss.put("account", member.me.account, 1, active=False)
    with refused("not_authenticated"):
        member.pull()
    world.boss.put("account", member.me.account, 2, active=True)
    member.pull()


def test_a_mandate_that_ended_is_cut_off(region, world):
    member = region.member("editor", [world.mekinac])
    world.boss.put("account", member.me.account, 1, expires="2020-12-31")
    with refused("not_authenticated"):
        member.pull()


def test_a_role_changes_at_once(region, world):
    member = region.member("reader")
    with refused("denied", rule="role"):
        member.put("party", name="Nouvelle", type=records.Party.PARTNER)
    world.boss.put("account", member.me.account, 1, role=records.Account.SECRETARIAT)
    member.put("party", name="Nouvelle", type=records.Party.PARTNER)


def test_sigterm_ends_in_order(make_region):
    """Also with followers and strangers there: what was acknowledged stays, the exit code is 0."""
    own = make_region()
    followers = [own.client(own.identity).follow() for _ in range(3)]
    for follower in followers:
        next(follower)
    own.connect(None)
    id, _ = own.coordinator.put("audience", number=1, description="x")
    own.server.stop()
    for follower in followers:
        with refused("unavailable"):
            for _ in follower:
                pass
    own.server = own.serve()
    assert own.client(own.identity).get(id)


def test_a_device_has_so_many_connections(make_region):
    own = make_region(settings=[("limits", "connections_per_device", "4")])
    kept = [own.client(own.identity) for _ in range(3)]
    with refused("busy"):
        own.client(own.identity)
    kept.pop().close()
    client = None
    while client is None:
        try:
            client = own.client(own.identity)
        except Problem as problem:
            assert problem.code == "busy" and problem.retry_after > 0
