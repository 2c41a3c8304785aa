"""What the offices stand on: small disks, a PostgreSQL of its own, two servers; and their ends."""

import errno
import os
import subprocess
import threading
import time

from region import Cluster, Region, Server, World

WAIT = 60  # seconds for what was killed to be back


class Disk:
    """A folder with little room, where mounting is allowed; else an ordinary one."""

    def __init__(self, folder, room):
        self.folder, self.room, self.mounted = folder, room, False
        folder.mkdir()

    def __enter__(self):
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.room},mode=755", "tmpfs",
                               self.folder], stderr=subprocess.PIPE, check=False)
        self.mounted = made.returncode == 0
        return self

    def __exit__(self, *_):
        if self.mounted:
            subprocess.run(["umount", "--lazy", self.folder], check=False)

    def fill(self):
        """Takes all the room; nothing where the disk is an ordinary one."""
        if not self.mounted:
            return
        with open(self.folder / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(64 << 10))
            except OSError as problem:
                if problem.errno != errno.ENOSPC:
                    raise

    def empty(self):
        (self.folder / "ballast").unlink(missing_ok=True)


class Machine:
    """The region: its database, two servers, and who kills them."""

    def __init__(self, folder, disk, chance):
        self.folder, self.disk, self.chance = folder, disk, chance
        self.cluster = Cluster(disk.folder / "pg")
        self.counts = {"servers killed": 0, "databases killed": 0, "full disks": 0}
        self.healing = threading.Lock()

    def __enter__(self):
        os.chmod(self.disk.folder, 0o755)
        self.cluster.start()
        self.region = Region(self.folder, self.cluster)
        self.region.second_server()
        self.world = World(self.region)
        self.action = self.world.action()
        for party in (self.world.mekinac, self.world.chenaux):
            self.world.boss.put("share", action=self.action, party=party)
        return self

    def __exit__(self, *_):
        for server in self.region.servers:
            if server.process.returncode is None:
                server.kill()
        self.cluster.kill()

    def sql(self, statement):
        return self.region.sql(statement)

    def kill_server(self):
        at = self.chance.randrange(2)
        with self.healing:
            self.region.servers[at].kill()
            self.counts["servers killed"] += 1
            time.sleep(self.chance.uniform(0, 1))
            self.region.servers[at] = Server(self.region.servers[at].state)

    def kill_database(self):
        with self.healing:
            self.cluster.kill()
            self.counts["databases killed"] += 1
            time.sleep(self.chance.uniform(0, 1))
            self.start_database()

    def fill_cluster(self):
        """PostgreSQL may stop over a full disk: it is started again when there is room."""
        with self.healing:
            self.disk.fill()
            self.counts["full disks"] += self.disk.mounted
            time.sleep(self.chance.uniform(0.5, 2))
            self.disk.empty()
            self.start_database()

    def start_database(self):
        until = time.monotonic() + WAIT
        while True:
            try:
                self.cluster.start()
                self.sql("SELECT 1")
                return
            except subprocess.CalledProcessError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def heal(self):
        self.disk.empty()
        self.start_database()
        for at, server in enumerate(self.region.servers):
            if server.process.poll() is not None:
                self.region.servers[at] = Server(server.state)

    def told(self):
        told = ", ".join(f"{count} {what}" for what, count in self.counts.items())
        return told if self.disk.mounted else told + " (mounting is not allowed here)"
