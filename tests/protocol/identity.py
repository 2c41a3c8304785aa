"""Who a server or a device is: keys, fingerprints, invitation lines, ids (proto/README.md)."""

import collections
import datetime
import hashlib
import os
import re
import time
import uuid

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's


def new_id():
    """A UUIDv7's 16 bytes."""
    raw = bytearray((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return bytes(raw)


def base32(data):
    """Crockford's base32 and two check characters, as in invitation lines."""
    bits = len(data) * 8
    value = int.from_bytes(data, "big") << -bits % 5
    digits = [value >> shift & 31 for shift in range((bits + -bits % 5) - 5, -1, -5)]
    check = 0
    for digit in digits:
        check = (check * 32 + digit) % 1021
    return "".join(BASE32[digit] for digit in digits + [check // 32, check % 32])


Line = collections.namedtuple("Line", "host port region code fingerprint")


def read_line(text):
    """The parts of concert://host:port/region#code.fingerprint."""
    return Line(*re.fullmatch(r"concert://\[?(.+?)\]?:(\d+)/([^#]+)#([^.]+)\.(\w+)", text).groups())


def fingerprint(certificate):
    """SHA-256 of the SubjectPublicKeyInfo."""
    return hashlib.sha256(certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)).digest()


class Identity:
    """A device's key and self-signed certificate, as PEM files in a folder."""

    def __init__(self, folder, name="test device"):
        self.key_path, self.path = folder / f"{uuid.uuid4()}.key", folder / f"{uuid.uuid4()}.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.datetime.utcnow()
        certificate = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=7300)).sign(key, hashes.SHA256()))
        self.fingerprint = fingerprint(certificate)
        self.path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.key_path.write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
