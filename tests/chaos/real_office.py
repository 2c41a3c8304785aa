"""An office: a home, a person who writes numbered words, and the hand that kills its commands."""

import json
import re
import sqlite3
import subprocess
import time

from messages import records
from region import BIN

COMMAND_TIME = 240  # seconds that no command of these may take


class Office:
    """One home. What it writes is found again by its words: "o3-17" is the 17th of office 3."""

    def __init__(self, machine, number, disk, chance):
        self.machine, self.number, self.disk, self.chance = machine, number, disk, chance
        self.home = disk.folder / "home"
        self.acknowledged, self.killed = [], []  # words
        self.full = 0  # commands that were told that the disk is full
        self.problems = []
        self.written = 0
        party = [machine.world.mekinac, machine.world.chenaux][number % 2]
        self.server = machine.region.servers[number // 2 % 2]
        code, _, err = self.command("join", self.invitation(party))
        assert code == 0, err

    def invitation(self, party):
        """One of a new editor, at the address of this office's server."""
        boss = self.machine.region.coordinator
        account, _ = boss.put("account", person=f"Person {self.number}",
                              role=records.Account.EDITOR, parties=[party])
        line, _ = boss.invite(account)
        return re.sub(r"(?<=//)[^/]*", f"127.0.0.1:{self.server.port}", line)

    def start(self, *words):
        return subprocess.Popen(
            [BIN / "concert", "--home", self.home, "--format", "json", *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={"CONCERT_LANG": "en", "PATH": "/usr/bin:/bin", "ASAN_OPTIONS": "detect_leaks=0"})

    def command(self, *words):
        """Runs to its end, which must be an orderly one."""
        process = self.start(*words)
        out, err = process.communicate(timeout=COMMAND_TIME)
        if process.returncode < 0 or "ERROR: AddressSanitizer" in err or "runtime error" in err:
            self.problems.append(f"{words}: exit {process.returncode}: {err[-2000:]}")
        return process.returncode, out, err

    # --- what a person does ----------------------------------------------------------------------

    def words(self):
        self.written += 1
        return f"o{self.number}-{self.written}."

    def change(self):
        """A note never conflicts; the next step of a share may: four offices answer for one."""
        word = self.words()
        text = f"{word} Une rencontre a eu lieu."
        if self.chance.random() < 0.5:
            return word, ("note", "1.1", "-m", text)
        return word, ("set", "1.1", f"next_step={text}")

    def write(self):
        word, words = self.change()
        code, out, err = self.command(*words, *self.mood())
        if recorded(out):
            self.acknowledged.append(word)
        elif self.is_full(err):
            self.full += 1
        else:
            self.problems.append(f"{words}: exit {code}, not recorded: {err or out}")

    def write_and_die(self):
        """Killed somewhere on its way; what it printed before that counts."""
        word, words = self.change()
        process = self.start(*words, *self.mood())
        time.sleep(self.chance.uniform(0, 0.1))
        process.kill()
        out, _ = process.communicate()
        (self.acknowledged if recorded(out) else self.killed).append(word)

    def mood(self):
        return ("--offline",) if self.chance.random() < 0.2 else ()

    def refresh(self):
        self.command("sync")

    def refresh_and_die(self):
        process = self.start("sync")
        time.sleep(self.chance.uniform(0, 0.2))
        process.kill()
        process.communicate()

    def work(self, until):
        doings = [self.write, self.write_and_die, self.refresh, self.refresh_and_die]
        while time.monotonic() < until:
            self.chance.choices(doings, weights=[5, 3, 2, 1])[0]()

    # --- blows and their end ---------------------------------------------------------------------

    @staticmethod
    def is_full(err):
        return "No space left" in err or "disk is full" in err or "disk full" in err

    def fill(self):
        self.disk.fill()
        time.sleep(self.chance.uniform(0.2, 1))
        self.disk.empty()

    def settle(self):
        """All that can leave leaves, and the copy is the log's end."""
        self.disk.empty()
        for _ in range(20):
            code, out, err = self.command("sync")
            waiting = [row for row in self.outbox() if row[1] in (0, 1)]
            if not waiting and code not in (5, 6) and "reach" not in err:
                return
            time.sleep(0.5)
        self.problems.append(f"never settled: {waiting} {out} {err}")

    def outbox(self):
        """(number, state, seq, op_id, patch) of each operation."""
        with sqlite3.connect(self.home / "copy.db") as copy:
            return copy.execute(
                "SELECT number, state, seq, op_id, patch FROM outbox ORDER BY number").fetchall()

    def records(self):
        with sqlite3.connect(self.home / "copy.db") as copy:
            return {bytes(id): (revision, seq) for id, revision, seq in copy.execute(
                "SELECT id, revision, seq FROM record WHERE NOT removed")}


def recorded(out):
    """Whether the person was told that the change is on the disk: rows of operations."""
    try:
        return any("number" in row for row in json.loads(out))
    except (ValueError, TypeError):
        return False
