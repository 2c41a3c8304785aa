"""Invitations: one line, one use, a term, and a device that may ask twice."""

import collections
import signal
import struct
import time

import pytest

from client import refused
from identity import BASE32, Identity, base32, new_id, read_line
from messages import protocol


@pytest.fixture
def invitation(region, world):
    """(account, line) of a new editor."""
    return region.invite("editor", [world.mekinac])


def visitor(region, identity=None):
    return region.connect(identity or Identity(region.folder))


def test_the_line_holds_code_and_fingerprint(region, invitation):
    _, line = invitation
    code = line.code.replace("-", "")
    value = 0
    for character in code[:16]:
        value = (value * 32 + BASE32.index(character)) % 1021
    assert BASE32.index(code[16]) * 32 + BASE32.index(code[17]) == value
    assert line.fingerprint == region.line.fingerprint
    assert (line.region, int(line.port)) == ("mauricie", region.server.port)


def test_codes_are_kept_as_hashes_alone(region, invitation):
    kept = region.sql("SELECT * FROM invitation")
    assert invitation[1].code not in kept
    assert len(set(region.sql("SELECT code_hash FROM invitation").split())) > 1


def test_join_makes_a_device_of_the_account(region, world, invitation):
    account, line = invitation
    guest = visitor(region)
    made = guest.join(line, "Poste de Mékinac")
    assert made.account == account
    me = guest.hello(region.name)
    assert (me.account, me.device, list(me.parties)) == (account, made.device, [world.mekinac])
    shown, = [record for record in guest.pull(kinds=["device"]).records
              if record.id == made.device]
    assert shown.revision == 1


def test_the_same_device_may_join_again(region, invitation):
    _, line = invitation
    identity = Identity(region.folder)
    first = visitor(region, identity).join(line)
    again = visitor(region, identity).join(line)
    assert (again.account, again.device) == (first.account, first.device)
    same = visitor(region, identity)
    assert same.join(line) == same.join(line) == first


def test_joining_again_at_another_server(region, world):
    """The answer of the first was lost, and the other server knows the device at once."""
    second = region.second_server()
    for _ in range(20):
        account, line = region.invite("reader")
        identity = Identity(region.folder)
        first = region.connect(identity).join(line)
        assert region.connect(identity, second).join(line) == first


def test_a_used_invitation_is_refused(region, invitation):
    _, line = invitation
    visitor(region).join(line)
    with refused("not_authenticated", "code", "used"):
        visitor(region).join(line)


def test_two_at_once_make_one_device(region, invitation):
    account, line = invitation
    guests = [visitor(region) for _ in range(6)]
    numbers = [guest.send(join={"region": line.region, "code": line.code}) for guest in guests]
    answers = [guest.receive() for guest, number in zip(guests, numbers)]
    kinds = collections.Counter(answer.WhichOneof("answer") for answer in answers)
    assert kinds == {"join": 1, "error": 5}
    assert {a.error.rule for a in answers if a.HasField("error")} == {"used"}
    assert region.sql(f"SELECT count(*) FROM device WHERE account = '{account.hex()}'") == "1"


def test_an_expired_invitation_is_refused(region, invitation):
    account, line = invitation
    region.sql("UPDATE invitation SET expires_at = now() - interval '1 second' "
               f"WHERE account = '{account.hex()}'")
    with refused("not_authenticated", "code", "expired"):
        visitor(region).join(line)


@pytest.mark.parametrize("days", [None, 1, 30])
def test_its_term_is_asked_for(region, world, days):
    account, _ = region.invite("editor", [world.mekinac])
    _, expires = region.coordinator.invite(account, days)
    assert abs(expires / 1e6 - time.time() - (days or 7) * 86400) < 3600


@pytest.mark.parametrize("days", [0, 1_000_000])
def test_an_absurd_term_is_refused(region, invitation, days):
    with refused("invalid", "days", "range"):
        region.coordinator.invite(invitation[0], days)


@pytest.mark.parametrize("change", [
    lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"),
    lambda code: code[1] + code[0] + code[2:] if code[0] != code[1] else "z" + code[1:],
    lambda code: code[:-1],
    lambda code: "",
    lambda code: "é" * 18,
    lambda code: code * 100,
])
def test_a_mistyped_code_is_refused(region, invitation, change):
    _, line = invitation
    with refused("not_authenticated", "code"):
        visitor(region).join(line._replace(code=change(line.code)))
    visitor(region).join(line)


def test_a_code_nobody_was_given_is_refused(region):
    with refused("not_authenticated", "code", "unknown"):
        visitor(region).join(region.line._replace(code=base32(new_id()[6:])))


def test_a_code_is_read_as_people_type_it(region, invitation):
    _, line = invitation
    typed = line.code.replace("-", "").upper().replace("0", "O").replace("1", "l")
    visitor(region).join(line._replace(code=typed))


def test_join_needs_a_certificate(region, invitation):
    with refused("not_authenticated"):
        region.connect(None).join(invitation[1])
    visitor(region).join(invitation[1])


def test_another_region_is_refused(region, invitation):
    with refused("not_authenticated"):
        visitor(region).join(invitation[1]._replace(region="elsewhere"))


def test_a_device_belongs_to_one_account(region, world, invitation):
    """One that is known is told what it is; another account's invitation stays open."""
    identity = Identity(region.folder)
    first = visitor(region, identity).join(invitation[1])
    _, another = region.invite("editor", [world.chenaux])
    assert visitor(region, identity).join(another) == first
    assert visitor(region).join(another).account != first.account


def test_a_revoked_device_needs_a_new_key(region, world, invitation):
    account, line = invitation
    identity = Identity(region.folder)
    device = visitor(region, identity).join(line).device
    world.boss.put("device", device, 1, revoked=True)
    again = read_line(region.coordinator.invite(account)[0])
    with refused("not_authenticated", "device", "revoked"):
        visitor(region, identity).join(again)
    assert visitor(region).join(again).account == account


def test_several_devices_of_one_account(region, world, invitation):
    account, line = invitation
    first, second = visitor(region), visitor(region)
    first.join(line)
    second.join(read_line(region.coordinator.invite(account)[0]))
    assert first.hello(region.name).account == second.hello(region.name).account == account


def test_inviting_is_for_the_coordinator(region, world, invitation):
    for role in ("secretariat", "editor", "reader"):
        with refused("denied"):
            region.member(role).invite(invitation[0])


def test_an_invitation_needs_an_account(region, world):
    for id in (new_id(), world.plan):
        with refused("not_found", "account"):
            region.coordinator.invite(id)
    with refused("bad_request", "account"):
        region.coordinator.invite(b"short")


def test_many_failed_joins_from_one_address_must_wait(make_region):
    strict = make_region(settings=[("limits", "joins_per_minute", "3")])
    account, line = strict.invite("reader")
    wrong = line._replace(code=base32(new_id()[6:]))
    for _ in range(3):
        with refused("not_authenticated", "code"):
            visitor(strict).join(wrong)
    with refused("busy"):
        visitor(strict).join(wrong)
    with refused("busy"):
        visitor(strict).join(line)
    strict.coordinator.hello(strict.name)


def test_what_comes_behind_hello_waits_until_it_is_known_who_asks(region, invitation):
    """The server has yet to learn that the device has joined at another one."""
    identity = Identity(region.folder)
    second = region.second_server()
    late = region.connect(identity, second)
    second.process.send_signal(signal.SIGSTOP)
    region.join(invitation[1], identity)
    both = [protocol.Request(number=1, hello=protocol.Hello(version=1, region=region.name)),
            protocol.Request(number=2, pull=protocol.Pull())]
    late.socket.sendall(b"".join(
        struct.pack(">I", request.ByteSize()) + request.SerializeToString() for request in both))
    second.process.send_signal(signal.SIGCONT)
    assert list(late.answers(1))[0].region == region.name
    assert list(late.answers(2))[0].records
