"""Frames that are none. After each the server goes on serving the others."""

import os
import random
import struct

import pytest

from client import Closed, refused
from messages import protocol


@pytest.fixture
def guest(region):
    return region.client(region.identity)


@pytest.fixture(autouse=True)
def others_go_on(region):
    yield
    region.coordinator.hello(region.name)
    region.client(region.identity).pull(kinds=["plan"])


def ends(connection, code):
    """The error that is told, then the end of the connection."""
    response = connection.receive()
    assert protocol.Code.Name(response.error.code).lower() == code
    assert not response.more
    with pytest.raises(Closed):
        connection.receive()


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def test_too_long_is_told_before_it_is_read(guest):
    guest.socket.sendall(struct.pack(">I", (1 << 20) + 1))
    ends(guest, "too_large")


@pytest.mark.parametrize("size", [1 << 24, 0x7FFFFFFF, 0xFFFFFFFF])
def test_absurd_lengths(guest, size):
    guest.socket.sendall(struct.pack(">I", size) + b"x" * 100)
    ends(guest, "too_large")


def test_too_long_and_all_of_it_sent(guest):
    try:
        guest.send_bytes(bytes((1 << 20) + 1))
    except ConnectionError:
        return  # cut while we sent: our system may then drop what was told
    try:
        assert guest.receive().error.code == protocol.TOO_LARGE
    except Closed:
        pass


def test_the_longest_frame_is_read(region, guest):
    request = protocol.Request(number=1, hello=protocol.Hello(version=1, region=region.name))
    request.hello.client = "x" * 1_000_000
    request.hello.client += "x" * ((1 << 20) - request.ByteSize())
    data = request.SerializeToString()
    assert len(data) == 1 << 20
    guest.send_bytes(data)
    assert guest.receive().number == 1


@pytest.mark.parametrize("announced, sent", [(100, 0), (100, 50), (1 << 20, 1000)])
def test_truncated_then_closed(guest, announced, sent):
    guest.socket.sendall(struct.pack(">I", announced) + b"\x08" * sent)
    guest.close()


def test_half_a_header_then_closed(guest):
    guest.socket.sendall(b"\x00\x00")
    guest.close()


def test_zero_length(guest):
    guest.socket.sendall(struct.pack(">I", 0))
    ends(guest, "bad_frame")


@pytest.mark.parametrize("message", [
    b"\xff" * 100,
    b"\x12\x7f",  # a hello longer than the frame
    b"\x2a\x05\x0a\xff\xff\xff\x7f",  # an operation longer than its push
    b"\x08",
    b"\x00\x00",
    bytes(range(256)),
    b"\x3b" * 1000,  # groups that never end
    b"\x2a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80",
], ids=lambda message: message[:6].hex())
def test_garbage(guest, message):
    guest.send_bytes(message)
    ends(guest, "bad_frame")


def test_random_garbage(region):
    for _ in range(100):
        with region.connect(region.identity) as guest:
            guest.send_bytes(os.urandom(64))
            assert guest.receive().WhichOneof("answer") == "error"


def test_garbage_from_strangers(region):
    stranger = region.connect(None)
    stranger.send_bytes(b"\xff" * 100)
    ends(stranger, "bad_frame")


@pytest.mark.parametrize("message", [
    b"\x08\x07",  # a number, no verb
    b"\x08\x07\xa2\x06\x00",  # verb 100
    b"\x08\x07\xa2\x01\x02\x08\x01",  # verb 20, with something in it
])
def test_an_unknown_verb_does_not_close(region, guest, message):
    guest.send_bytes(message)
    response = guest.receive()
    assert (response.number, response.error.code) == (7, protocol.BAD_REQUEST)
    assert response.error.rule == "unknown_verb"
    guest.hello(region.name)


def test_a_million_repeated_kinds(guest):
    """Packed or not, they fit in one frame, and mean what one of each would."""
    packed = b"\x1a" + varint(1_000_000) + b"\x06" * 1_000_000
    guest.send_bytes(b"\x08\x01\x22" + varint(len(packed)) + packed)
    assert guest.receive().number == 1


@pytest.mark.parametrize("piece", [b"\x18\x06", b"\x32\x00", b"\x0a\x00"])
def test_half_a_million_repeated_fields(guest, piece):
    """Kinds, unknown fields, operations: answered, or refused as more than a request may take."""
    body = piece * 500_000
    verb = b"\x22" if piece == b"\x18\x06" else b"\x2a"
    guest.send_bytes(b"\x08\x01" + verb + varint(len(body)) + body)
    response = guest.receive()
    assert response.number == 1 or response.error.code == protocol.BAD_FRAME


def test_an_operation_with_a_hundred_thousand_clears(guest):
    body = b"\x32\x05title" * 100_000
    push = b"\x0a" + varint(len(body)) + body
    guest.send_bytes(b"\x08\x01\x2a" + varint(len(push)) + push)
    response = guest.receive()
    assert response.WhichOneof("answer") in ("push", "error")


def test_a_patch_with_a_million_unknown_fields(guest):
    patch = b"\x98\xea\x05\x01" * 200_000  # 4 bytes each
    push = protocol.Push(operations=[protocol.Operation(
        op_id=os.urandom(16), id=os.urandom(16), kind=12, patch=patch)])
    response, = guest.push_answer(guest.send(push=push))
    assert response.status == "refused"


def test_many_requests_in_one_write(region, guest):
    """They may be pipelined beyond what is under way at once, and each is answered."""
    wanted = 500
    message = b""
    for number in range(1, wanted + 1):
        data = protocol.Request(number=number, hello=protocol.Hello(
            version=1, region=region.name)).SerializeToString()
        message += struct.pack(">I", len(data)) + data
    guest.socket.sendall(message)
    assert sorted(guest.receive().number for _ in range(wanted)) == list(range(1, wanted + 1))


def test_one_byte_at_a_time(region, guest):
    data = protocol.Request(number=9, hello=protocol.Hello(
        version=1, region=region.name)).SerializeToString()
    for byte in struct.pack(">I", len(data)) + data:
        guest.socket.sendall(bytes([byte]))
    assert guest.receive().number == 9


def test_a_peer_that_goes_in_the_middle_of_its_requests(region):
    for verb in ({"pull": protocol.Pull(follow=True)}, {"pull": protocol.Pull()},
                 {"history": protocol.History()}):
        leaver = region.client(region.identity)
        for _ in range(20):
            leaver.send(**verb)
        leaver.close()


def test_errors_of_requests_do_not_close(region, guest):
    with refused("bad_request"):
        guest.push()
    guest.hello(region.name)


def requests_to_spoil(region):
    """One valid request of each verb."""
    note = protocol.Operation(
        op_id=os.urandom(16), id=os.urandom(16), kind=12, base_revision=1, clear=["on", "#77"],
        patch=b"\x0a\x10" + os.urandom(16) + b"\x12\x04text", reason="x", authored_at=1)
    for verb in ({"hello": protocol.Hello(version=1, client="x", region=region.name)},
                 {"join": protocol.Join(region=region.name, code="x" * 20, device_name="y")},
                 {"pull": protocol.Pull(since=1, since_hash=bytes(32), kinds=[1, 2], at_least=1)},
                 {"push": protocol.Push(operations=[note] * 3, atomic=True)},
                 {"history": protocol.History(id=os.urandom(16), before=9, limit=3)},
                 {"invite": protocol.Invite(account=os.urandom(16), days=3)}):
        yield protocol.Request(number=1, **verb).SerializeToString()


@pytest.mark.parametrize("seed", range(8))
def test_spoilt_requests(region, seed):
    """Bits turned, bytes cut out, doubled: each gets an answer, a wait, or the end."""
    dice = random.Random(seed)
    for valid in requests_to_spoil(region):
        for _ in range(40):
            spoilt = bytearray(valid)
            for _ in range(dice.randint(1, 4)):
                at = dice.randrange(len(spoilt) or 1)
                how = dice.randrange(3)
                if how == 0 and spoilt:
                    spoilt[at] ^= 1 << dice.randrange(8)
                elif how == 1:
                    del spoilt[at:at + dice.randint(1, 4)]
                else:
                    spoilt[at:at] = spoilt[at:at + dice.randint(1, 8)]
            with region.connect(region.identity) as guest:
                guest.hello(region.name)
                guest.send_bytes(bytes(spoilt))
                guest.send(hello=protocol.Hello(version=1, region=region.name))
                try:
                    while guest.receive().number != guest.last:
                        pass
                except Closed:
                    pass
