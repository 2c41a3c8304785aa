"""Operations that wait in a home's copy, read and multiplied.

    surrender_ops.py multiply COPY COUNT   the last one, COUNT times in all, each with ids of its own
    surrender_ops.py list COPY             their op_ids in hexadecimal, one a line; nothing without a
                                           copy or without an outbox
"""
import pathlib
import sqlite3
import sys


def multiply(copy, count):
    with sqlite3.connect(copy) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(outbox)") if row[1] != "number"]
        last = dict(zip(columns, db.execute(
            f"SELECT {', '.join(columns)} FROM outbox ORDER BY number DESC LIMIT 1").fetchone()))
        asked = f"INSERT INTO outbox ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        for number in range(1, count):
            tail = number.to_bytes(6, "big")
            row = {**last, "push": None, "op_id": last["op_id"][:10] + tail, "id": last["id"][:10] + tail}
            db.execute(asked, [row[name] for name in columns])


def waiting(copy):
    if not pathlib.Path(copy).exists():
        return
    try:
        with sqlite3.connect(f"file:{copy}?mode=ro", uri=True) as db:
            for (op_id,) in db.execute("SELECT op_id FROM outbox WHERE state <> 2 ORDER BY number"):
                print(op_id.hex())
    except sqlite3.OperationalError:
        pass  # the outbox was given up, or the copy is half gone: the server must have all


if sys.argv[1] == "multiply":
    multiply(sys.argv[2], int(sys.argv[3]))
else:
    waiting(sys.argv[2])
