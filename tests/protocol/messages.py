"""Google's classes for proto/*.proto, made by protoc when first imported."""

import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

with tempfile.TemporaryDirectory() as made:
    subprocess.run(
        ["protoc", f"--python_out={made}", "-I", ROOT / "proto",
         ROOT / "proto/records.proto", ROOT / "proto/protocol.proto"],
        check=True)
    sys.path.insert(0, made)
    import protocol_pb2 as protocol  # noqa: F401
    import records_pb2 as records
    sys.path.remove(made)

KIND_NAMES = [name.lower() for name in records.Kind.keys()]

# Each kind that has a message: "share" -> records.Share.
KINDS = {
    name: getattr(records, camel)
    for name in KIND_NAMES
    for camel in ["".join(word.title() for word in name.split("_"))]
    if hasattr(records, camel)
}
