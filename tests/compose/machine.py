"""The containers of docker/compose.yaml under a project name of their own, and what is asked of them."""

import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "docker/compose.yaml"
LOCALS = ("mekinac", "chenaux", "maskinonge", "trois-rivieres", "shawinigan", "haut-st-maurice")
PATIENCE = 60  # seconds until what is waited for is given up
TAG = os.environ.get("CONCERT_TAG", "test")  # of the images that are built and tried
WAITING, SENT, ACCEPTED = range(3)


def run(*words, check=True, **more):
    more.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    assert not check or done.returncode == 0, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def docker(*words, **more):
    return run("docker", *words, **more).stdout.strip()


def compose_words():
    """How Compose is called here, or None."""
    for words in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(words[0]) and run(*words, "version", check=False).returncode == 0:
            return words
    return None


def engine_answers():
    return shutil.which("docker") is not None and run("docker", "info", check=False).returncode == 0


def until(holds, what, patience=PATIENCE):
    """Waits for a condition; its truth is the answer."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {patience} s")


def free_port():
    """One below those of outgoing connections, which could take it before it is published."""
    while True:
        with socket.socket() as door:
            try:
                door.bind(("127.0.0.1", random.randrange(10240, 30240)))
            except OSError:
                continue
            return door.getsockname()[1]


def apt_settings():
    """By which this machine reaches its mirror, where it needs any."""
    if not shutil.which("apt-config"):
        return ""
    return "\n".join(line for line in run("apt-config", "dump").stdout.splitlines()
                     if line.startswith(("Acquire::http::", "Acquire::https::")))


class Machine:
    """One project: `up`, its containers by the names of their services, `remove`."""

    def __init__(self, name="test"):
        self.project = f"concert-{name}-{os.getpid()}"
        self.words = [*compose_words(), "-p", self.project, "-f", str(FILE)]
        self.environment = {
            **os.environ, "CONCERT_TAG": TAG, "CONCERT_PORT": str(free_port()),
            "CONCERT_PORT_2": str(free_port()), "CONCERT_APT_SETTINGS": apt_settings(),
            "CONCERT_LANG": "fr"}
        self.environment.pop("COMPOSE_PROJECT_NAME", None)

    def compose(self, *words, **more):
        return run(*self.words, *words, env=self.environment, cwd=ROOT, **more)

    def build(self):
        """Where containers reach no mirror by a network of their own, by the machine's."""
        words = ["--profile", "region", "build", "secrets", "client", "story"]
        done = self.compose(*words, check=False)
        if done.returncode != 0:
            self.environment["CONCERT_BUILD_NETWORK"] = "host"
            self.compose(*words)

    def up(self, *profiles):
        self.compose(*(word for name in profiles for word in ("--profile", name)), "up", "-d")

    def remove(self):
        self.compose("--profile", "region", "--profile", "two", "down", "--volumes",
                     "--remove-orphans", "--timeout", "3", check=False)

    def down(self):
        self.compose("--profile", "region", "--profile", "two", "down", "--timeout", "15")

    # --- its containers --------------------------------------------------------------------------

    def container(self, service):
        found = docker("ps", "--all", "--quiet",
                       "--filter", f"label=com.docker.compose.project={self.project}",
                       "--filter", f"label=com.docker.compose.service={service}",
                       "--filter", "label=com.docker.compose.oneoff=False").split()
        assert found, f"no container of {service}"
        return found[0]

    def inspect(self, service):
        return json.loads(docker("inspect", self.container(service)))[0]

    def execute(self, service, *words, check=True, options=()):
        return run("docker", "exec", *options, self.container(service), *words, check=check)

    def log(self, service):
        done = run("docker", "logs", self.container(service))
        return done.stdout + done.stderr

    def healthy(self, *services):
        for service in services:
            until(lambda: self.inspect(service)["State"]["Health"]["Status"] == "healthy",
                  f"{service} is healthy")

    def in_reach(self, service):
        """Whether its process can be killed from here: not where the engine is another machine's."""
        found = self.inspect(service)
        try:
            os.kill(found["State"]["Pid"], 0)
            return found["Id"] in pathlib.Path(f"/proc/{found['State']['Pid']}/cgroup").read_text()
        except OSError:
            return False

    def crash(self, service):
        """As a power cut would, not as somebody who stops it: the engine starts it again. Where it is
        not in reach, it is stopped and started instead."""
        before = self.inspect(service)
        if self.in_reach(service):
            os.kill(before["State"]["Pid"], signal.SIGKILL)
        else:
            docker("kill", before["Id"])
            docker("start", before["Id"])
        until(lambda: self.inspect(service)["State"]["StartedAt"] != before["State"]["StartedAt"] and
              self.inspect(service)["State"]["Running"], f"{service} is started again")

    def sql(self, statement):
        return self.execute(
            "postgres", "psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", "-d", "concert",
            "-c", "SET search_path TO mauricie", "-c", statement, options=["-u", "postgres"]).stdout.strip()

    def head(self):
        return int(self.sql("SELECT seq FROM head"))

    def network(self, name):
        return f"{self.project}_{name}"


class Office:
    """One office's container. What it writes is found again by its words: mekinac-17."""

    def __init__(self, machine, name):
        self.machine, self.name = machine, name
        self.container = machine.container(name)
        self.acknowledged, self.failures, self.written = [], [], 0
        self.working, self.thread = False, None

    def command(self, *words, check=True):
        return run("docker", "exec", self.container, "concert", *words, check=check)

    # --- its work --------------------------------------------------------------------------------

    def write(self):
        """What the person is told to be recorded, here or there, counts."""
        self.written += 1
        word = f"{self.name}-{self.written}."
        words = [("note", "1.1.1", "-m", f"{word} Une rencontre."),
                 ("set", "1.1.1", f"next_step={word} Rencontrer le comité.")][self.written % 2]
        done = self.command("--format", "json", *words, check=False)
        try:
            rows = json.loads(done.stdout)
        except ValueError:
            rows = []
        if any("number" in row for row in rows):
            self.acknowledged.append(word)
        else:
            self.failures.append(f"{words}: exit {done.returncode}: {done.stdout}{done.stderr}")

    def begin(self):
        self.working = True
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while self.working:
            self.write()

    def end(self):
        self.working = False
        self.thread.join()

    def settle(self):
        """All that can leave leaves, and the copy is the log's end."""
        def settled():
            done = self.command("sync", check=False)
            return done.returncode == 0 and not self.waiting()
        until(settled, f"{self.name} settles")

    # --- its copy --------------------------------------------------------------------------------

    def ask(self, statement):
        with tempfile.TemporaryDirectory() as folder:
            docker("cp", f"{self.container}:/var/lib/concert/.", folder)
            with sqlite3.connect(pathlib.Path(folder) / "copy.db") as copy:
                return copy.execute(statement).fetchall()

    def waiting(self):
        return self.ask(f"SELECT number FROM outbox WHERE state IN ({WAITING}, {SENT})")

    def records(self):
        """(revision, seq, body) of each record, by its id."""
        return {str(uuid.UUID(bytes=id)): state for id, *state in self.ask(
            "SELECT id, revision, seq, body FROM record WHERE NOT removed")}


class Load:
    """All the given offices at work, for the length of a `with`, then settled."""

    def __init__(self, offices):
        self.offices = offices

    def __enter__(self):
        for office in self.offices:
            office.begin()
        self.more(1)
        return self

    def more(self, count):
        """Waits until each office has been told `count` times more that its change is recorded."""
        goals = [(office, len(office.acknowledged) + count) for office in self.offices]
        until(lambda: all(len(office.acknowledged) >= goal for office, goal in goals),
              "the offices go on working")

    def __exit__(self, *_):
        for office in self.offices:
            office.end()
        settle(self.offices)


def settle(offices):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(Office.settle, offices))
