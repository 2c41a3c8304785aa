"""A client of Concert's protocol, from proto/README.md: Google's protobuf and Python's ssl."""

import collections
import contextlib
import socket
import ssl
import struct
import time

from cryptography import x509

from identity import base32, fingerprint, new_id
from messages import KINDS, protocol, records

# Seconds, on a machine that does much else: a hang fails the test instead of lasting for ever.
PATIENCE = 240


class Problem(Exception):
    """The server's Error."""

    def __init__(self, error):
        self.code = protocol.Code.Name(error.code).lower()
        self.field, self.rule, self.limit = error.field, error.rule, error.limit
        self.retry_after = error.retry_after
        super().__init__(f"{self.code} {self.field} {self.rule} {self.limit}".strip())


class Closed(Exception):
    """The server ended the connection."""


# --- records and operations ----------------------------------------------------------------------

def body(record):
    """A Record's body, decoded."""
    return KINDS[records.Kind.Name(record.kind).lower()].FromString(record.body)


def operation(kind, id, base=0, *, clear=(), delete=False, reason=None, op_id=None, patch=None,
              **fields):
    """An Operation that sets these fields. `patch`: the patch's bytes instead."""
    made = protocol.Operation(
        op_id=op_id or new_id(), kind=records.Kind.Value(kind.upper()), id=id, base_revision=base,
        clear=clear, delete=delete, authored_at=time.time_ns() // 1000)
    if reason is not None:
        made.reason = reason
    made.patch = KINDS[kind](**fields).SerializeToString() if patch is None else patch
    return made


Answer = collections.namedtuple("Answer", "status revision seq handle clashes problem")


def answer(result):
    """A Result, readable."""
    problem = Problem(result.error) if result.HasField("error") else None
    return Answer(protocol.Result.Status.Name(result.status).lower(), result.revision, result.seq,
                  result.handle, list(result.clashes), problem)


Copy = collections.namedtuple("Copy", "records upto upto_hash head pages")


# --- the connection ------------------------------------------------------------------------------

class Connection:
    """One TLS connection. `known`: the server's fingerprint as its invitation tells it."""

    def __init__(self, host, port, identity=None, known=None, alpn=("concert/1",),
                 newest=ssl.TLSVersion.TLSv1_3):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = newest
        if alpn:
            context.set_alpn_protocols(list(alpn))
        if identity:
            context.load_cert_chain(identity.path, identity.key_path)
        plain = socket.create_connection((host, int(port)), timeout=PATIENCE)
        try:
            self.socket = context.wrap_socket(plain)
        except BaseException:
            plain.close()
            raise
        shown = x509.load_der_x509_certificate(self.socket.getpeercert(binary_form=True))
        if known is not None and base32(fingerprint(shown)) != known.lower():
            self.close()
            raise ssl.SSLError("another server answers")
        self.last = 0

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send_bytes(self, message):
        self.socket.sendall(struct.pack(">I", len(message)) + message)

    def send(self, **verb):
        """Sends a request without waiting; its number."""
        self.last += 1
        self.send_bytes(protocol.Request(number=self.last, **verb).SerializeToString())
        return self.last

    def read(self, size):
        data = b""
        while len(data) < size:
            try:
                piece = self.socket.recv(size - len(data))
            except (ConnectionError, ssl.SSLEOFError) as gone:
                raise Closed from gone
            if not piece:
                raise Closed
            data += piece
        return data

    def receive(self):
        """The next Response."""
        return protocol.Response.FromString(self.read(*struct.unpack(">I", self.read(4))))

    def answers(self, number):
        """The answers to a request, the last one included; raises its error."""
        more = True
        while more:
            response = self.receive()
            assert response.number == number, f"{response.number} instead of {number}"
            which = response.WhichOneof("answer")
            if which == "error":
                raise Problem(response.error)
            yield getattr(response, which)
            more = response.more

    def ask(self, **verb):
        """A request's only answer."""
        only, = self.answers(self.send(**verb))
        return only

    def hello(self, region, version=1):
        return self.ask(hello=protocol.Hello(
            version=version, client="python test", region=region, language="fr"))

    def join(self, line, device_name="test device"):
        return self.ask(join=protocol.Join(
            region=line.region, code=line.code, device_name=device_name))

    def invite(self, account, days=None):
        """(the line, when it expires)"""
        made = self.ask(invite=protocol.Invite(account=account, days=days))
        return made.invitation, made.expires_at

    def push_answer(self, number):
        return [answer(result) for page in self.answers(number) for result in page.results]

    def push(self, *operations, atomic=False):
        """The Answers to operations."""
        return self.push_answer(self.send(
            push=protocol.Push(operations=operations, atomic=atomic)))

    def put(self, kind, id=None, base=0, **more):
        """One operation that must be applied; the record's id and the Answer."""
        id = id or new_id()
        result, = self.push(operation(kind, id, base, **more))
        if result.problem:
            raise result.problem
        assert result.status in ("applied", "merged", "duplicate"), result
        return id, result

    def pull(self, since=0, kinds=(), **more):
        """All pages of a pull as one Copy."""
        numbers = [records.Kind.Value(kind.upper()) for kind in kinds]
        pages = list(self.answers(self.send(pull=protocol.Pull(
            since=since, kinds=numbers, **more))))
        found = [record for page in pages for record in page.records]
        return Copy(found, pages[-1].upto, pages[-1].upto_hash, pages[-1].head, pages)

    def follow(self, since=0, **more):
        """Pages without end."""
        return self.answers(self.send(pull=protocol.Pull(since=since, follow=True, **more)))

    def get(self, id):
        """The record of that id in a snapshot, or None."""
        return next((record for record in self.pull().records if record.id == id), None)

    def history(self, id=None, **more):
        return [change for page in self.answers(self.send(history=protocol.History(id=id, **more)))
                for change in page.changes]


def until(condition, seconds=PATIENCE):
    """Waits for the condition; what it gives. A visit that dies with its worker is no answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(ConnectionError):
            found = condition()
            if found:
                return found
        time.sleep(0.02)
    raise AssertionError("it did not come")


@contextlib.contextmanager
def refused(code, field=None, rule=None, limit=None):
    """What is inside must end with this Problem."""
    try:
        yield
    except Problem as problem:
        expected = [code, field, rule, limit]
        found = [problem.code, problem.field, problem.rule, problem.limit]
        shown = [f if e is not None else None for e, f in zip(expected, found)]
        assert shown == expected, f"{found} instead of {expected}"
    else:
        raise AssertionError(f"not refused: {code} {field} {rule}")
