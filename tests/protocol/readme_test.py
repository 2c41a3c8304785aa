"""proto/README.md says what is: its words, its examples, its program."""

import re

import pytest
from cryptography import x509

from identity import base32, fingerprint
from messages import KINDS, ROOT, protocol

PAGE = (ROOT / "proto/README.md").read_text()


# Where the rule is among the arguments of what the server makes an error with.
ERROR_CALLS = {
    "error_make": 2, "request_fail": 3, "refuse_with": 3, "fail": 3, "wrong": 2, "bad": 1}


def arguments(text):
    """The arguments of a call whose text begins after its parenthesis."""
    depth, found = 0, [""]
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return found
        if character == "," and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return found


def test_every_rule_word_is_explained():
    """Each word that the server's sources answer with is in the table of the protocol's page."""
    explained = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    used = set()
    for source in [*(ROOT / "server").rglob("*.c"), *(ROOT / "common").glob("record*.c")]:
        text = source.read_text()
        for call in re.finditer(r"\b(" + "|".join(ERROR_CALLS) + r")\(", text):
            given = arguments(text[call.end():])
            if len(given) > ERROR_CALLS[call[1]]:
                used.update(re.findall(r'"(\w+)"', given[ERROR_CALLS[call[1]]]))
    rows = (ROOT / "common/record_rules.c").read_text()
    used.update(re.findall(r'\{CONCERT__KIND__\w+,\s+"(\w+)",\s+RECORD_RULE_', rows))
    schema = "".join(path.read_text() for path in (ROOT / "server/schema").glob("*.sql"))
    used.update(re.findall(r'DIRECTORY_\w+\] = "(\w+)"', (ROOT / "server/directory.c").read_text()))
    used.update(re.findall(r"broken\([^;]*'(\w+)'\);", schema))
    assert {"required", "unique", "owner", "nul", "atomic", "somebody", "used_form", "revoked",
            "last_coordinator"} <= used
    assert used - explained == set()


def test_every_kind_is_shown():
    """A row of what its fields obey, in the order of their numbers."""
    section = PAGE[PAGE.index("## 13."):PAGE.index("## 14.")]
    shown = re.findall(r"^\| (\w+) \| ", section, re.MULTILINE)
    assert [name for name in shown if name != "kind"] == list(KINDS)


def test_every_field_with_a_duty_is_shown():
    """Each field that the register says something of is in its kind's row."""
    register = (ROOT / "common/kinds_table.c").read_text()
    for kind in KINDS:
        row = re.search(rf"^\| {kind} \| (.*) \|$", PAGE, re.MULTILINE)[1]
        table = re.search(rf"kind_field {kind}_fields\[\] = {{(.*?)^}};", register,
                          re.DOTALL | re.MULTILINE)[1]
        for field in re.finditer(r'\{\.name = "(\w+)"([^{}]*)\}', table):
            if not re.fullmatch(r",\s*\.flags = KIND_DATE|", field[2]):
                assert re.search(rf"\b{field[1]}\b", row), f"{kind}.{field[1]}"


def test_links_lead_to_sections():
    for anchor in re.findall(r"\]\(#([\w-]+)\)", PAGE):
        titles = [re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-")
                  for title in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)]
        assert anchor in titles


def test_every_code_is_explained():
    for code in protocol.Code.keys():
        assert f"| `{code.lower()}` |" in PAGE


def test_the_frame_shown_is_one():
    shown = re.search(r"^    (0000[0-9a-f ]+)$", PAGE, re.MULTILINE)[1].replace(" ", "")
    data = bytes.fromhex(shown)
    assert int.from_bytes(data[:4], "big") == len(data) - 4
    request = protocol.Request.FromString(data[4:])
    assert request == protocol.Request(number=1, hello=protocol.Hello(
        version=1, client="essai 1", region="mauricie"))


@pytest.mark.parametrize("size", [10, 32])
def test_the_codes_shown_are_right(size):
    assert f"bytes 0 to {size - 1}: `{base32(bytes(range(size)))}`" in PAGE


def test_the_program_shown_runs(region, tmp_path, monkeypatch, capsys):
    program = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    (tmp_path / "device.pem").write_bytes(region.identity.path.read_bytes())
    (tmp_path / "device.key").write_bytes(region.identity.key_path.read_bytes())
    monkeypatch.chdir(tmp_path)

    def check_fingerprint(certificate):
        shown = x509.load_der_x509_certificate(certificate)
        assert base32(fingerprint(shown)) == region.line.fingerprint

    names = {"host": "127.0.0.1", "port": region.server.port,
             "check_fingerprint": check_fingerprint}
    exec(program, names)  # our own page
    names["tls"].close()
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "Mauricie"
    assert len(told) == 1 + len(region.coordinator.pull().records)


def test_limits_are_as_shown(region):
    limits = region.coordinator.hello(region.name).limits
    assert limits.frame == 1 << 20 and "at most 1 MiB" in PAGE
    assert limits.page == 256 << 10 and "at most 256 KiB" in PAGE
    assert f"at most {limits.text:,} bytes" in PAGE
