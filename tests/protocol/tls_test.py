"""What testssl.sh finds at the server's door: TLS 1.3 and nothing below, no weak cipher, no known
hole. It speaks to this machine alone: no names are looked up, nobody is phoned."""

import json
import shutil
import socket
import ssl
import subprocess

import pytest

from identity import Identity

TESTSSL = shutil.which("testssl") or shutil.which("testssl.sh")
needs_testssl = pytest.mark.skipif(not TESTSSL, reason="testssl.sh is not installed")
BELOW = ("SSLv2", "SSLv3", "TLS1", "TLS1_1", "TLS1_2")
WEAK = ("cipherlist_NULL", "cipherlist_aNULL", "cipherlist_EXPORT", "cipherlist_LOW",
        "cipherlist_3DES_IDEA", "cipherlist_AVERAGE")
HOLES = ("heartbleed", "CCS", "ticketbleed", "ROBOT", "secure_renego", "secure_client_renego",
         "CRIME_TLS", "POODLE_SSL", "SWEET32", "FREAK", "DROWN", "LOGJAM", "BEAST", "LUCKY13",
         "RC4")
FINE = ("OK", "INFO")


def speaker(folder):
    """An openssl that says our protocol's name: without it the server does not answer anybody."""
    path = folder / "openssl"
    path.write_text(f"""#!/bin/sh
[ "$1" = s_client ] || exec {shutil.which("openssl")} "$@"
shift
exec {shutil.which("openssl")} s_client -alpn concert/1 "$@"
""")
    path.chmod(0o755)
    return path


def scan(region, folder, *options):
    """What it finds: id to (severity, finding)."""
    path = folder / "found.json"
    subprocess.run(
        [TESTSSL, "--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--ip",
         "127.0.0.1", "--openssl-timeout", "3", "--connect-timeout", "5", "--ssl-native",
         "--openssl", speaker(folder), "--jsonfile", path, *options,
         f"127.0.0.1:{region.server.port}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
        check=False, cwd=folder)
    return {each["id"]: (each["severity"], each["finding"])
            for each in json.loads(path.read_text())}


@needs_testssl
def test_nothing_below_tls_1_3(region, tmp_path):
    found = scan(region, tmp_path, "--protocols")
    # Debian's OpenSSL cannot say SSLv2 and SSLv3 itself: the tests below say older versions by hand.
    refused = ("not offered", "not tested due to lack of local support")
    assert [each for each in BELOW if found[each][1] not in refused] == []
    assert found["TLS1_2"][1] == "not offered" and found["TLS1_3"][1].startswith("offered")
    for each in WEAK:
        assert each not in found or found[each][1] == "not offered", found[each]
    bad = {id: each for id, each in found.items()
           if each[0] in ("LOW", "MEDIUM", "HIGH", "CRITICAL")}
    assert not bad


@needs_testssl
def test_no_known_hole(region, tmp_path):
    found = scan(region, tmp_path, "-H", "-I", "-T", "-BB", "-R", "-C", "-O", "-W", "-F", "-A", "-L",
                 "-D", "-J", "-4")
    assert any(each.startswith(HOLES) for each in found)
    for id, (severity, finding) in found.items():
        if id.startswith(HOLES):
            assert severity in (*FINE, "WARN"), (id, severity, finding)
            assert "VULNERABLE" not in finding.replace("not vulnerable", "").upper() \
                .replace("NOT VULNERABLE", ""), (id, finding)


def plain(region):
    return socket.create_connection(("127.0.0.1", region.server.port), timeout=60)


def shake(region, identity=None, **more):
    """A handshake with these attributes of the context."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(more.pop("alpn", ["concert/1"]))
    if identity:
        context.load_cert_chain(identity.path, identity.key_path)
    for name, value in more.items():
        setattr(context, name, value)
    return context.wrap_socket(plain(region))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1", "TLSv1_2"])
def test_an_older_version(region, version):
    with pytest.raises(ssl.SSLError):
        shake(region, minimum_version=ssl.TLSVersion.TLSv1,
              maximum_version=ssl.TLSVersion[version])


def test_what_is_offered(region):
    with shake(region, region.identity) as made:
        assert made.version() == "TLSv1.3"
        assert made.selected_alpn_protocol() == "concert/1"
        assert made.cipher()[0] in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                                    "TLS_CHACHA20_POLY1305_SHA256")
        assert made.compression() is None


def test_another_protocol(region):
    with pytest.raises(ssl.SSLError):
        shake(region, region.identity, alpn=["h2", "http/1.1"])


def s_client(region, *options):
    return subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{region.server.port}", "-alpn", "concert/1",
         *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        check=False).stdout


def test_what_devices_sign_with(region):
    """Only with what their keys are made for; and nothing is taken before the handshake is done."""
    told = s_client(region)
    asked = [line for line in told.splitlines() if line.startswith("Requested Signature")]
    assert asked == ["Requested Signature Algorithms: ECDSA+SHA256:ed25519"]
    assert "Max Early Data: 0" in told or "Early data was not sent" in told


def test_a_certificate_list_that_is_too_long(region, tmp_path):
    """A device shows one certificate; whoever shows a hundred is not read to the end."""
    mine = Identity(tmp_path)
    chain = tmp_path / "chain.pem"
    own = open(mine.path, encoding="ascii").read()
    chain.write_text(own * 100)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["concert/1"])
    context.load_cert_chain(chain, mine.key_path)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        with context.wrap_socket(plain(region)) as made:
            if not made.recv(1):
                raise ConnectionError
    region.coordinator.hello(region.name)
