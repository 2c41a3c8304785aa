"""Progress worked out from the records that the client tells programs: a second opinion."""

import collections
import datetime
import json

Sums = collections.namedtuple("Sums", "points weight counted dropped not_applicable outside")


def near(told, sums):
    """Is the percentage that was told the sums' own, in whole percents?"""
    if sums.weight == 0:
        return told is None
    return told is not None and abs(told - sums.points / sums.weight) <= 0.5


class Plan:
    """The records of a folder of KIND.json files."""

    def __init__(self, folder):
        def read(kind):
            with open(f"{folder}/{kind}.json", encoding="utf-8") as file:
                return json.load(file)
        self.parties, self.objectives = read("party"), read("objective")
        self.actions, self.shares, self.deadlines = read("action"), read("share"), read("deadline")

    def party(self, word):
        return next(p for p in self.parties if word in (p["handle"], p["name"]))

    def tops(self):
        return sorted((o for o in self.objectives if not o["parent"]), key=lambda o: o["number"])

    def numbered(self, number):
        return next(r["id"] for r in self.objectives + self.actions if r["number"] == number)

    def holds(self, top, action):
        """Does the record TOP, or with None the plan, hold this action?"""
        parents = {o["id"]: o["parent"] for o in self.objectives}
        at = action["objective"]
        if top is None or top == action["id"]:
            return True
        while at and at != top:
            at = parents[at]
        return at == top

    def own_deadlines(self, action):
        return [d for d in self.deadlines if d["subject"] == action["id"]]

    def goes_on(self, action):
        modes = [d["mode"] for d in self.own_deadlines(action)]
        return bool(modes) and all(mode in ("continuous", "as_needed") for mode in modes)

    def under(self, top, party=None):
        """The sums of the shares of what TOP holds; of one party alone when it is given."""
        points = weight = counted = dropped = not_applicable = outside = 0
        for action in self.actions:
            mine = [s for s in self.shares if s["action"] == action["id"]
                    and party in (None, s["party"])]
            if not self.holds(top, action):
                continue
            for share in mine:
                if self.goes_on(action):
                    outside += 1
                elif share["status"] == "dropped":
                    dropped += 1
                elif share["status"] == "not_applicable":
                    not_applicable += 1
                else:
                    its = (share["weight"] or 1) * (action["weight"] or 1)
                    points += its * (100 if share["status"] == "done" else share["percent"] or 0)
                    weight, counted = weight + its, counted + 1
        return Sums(points, weight, counted, dropped, not_applicable, outside)

    def done(self, action):
        counted = [s for s in self.shares if s["action"] == action["id"]
                   and s["status"] not in ("dropped", "not_applicable")]
        return bool(counted) and all(s["status"] == "done" for s in counted)

    def open_days(self, action):
        """The last days of an action's deadlines that are still to be met."""
        if self.goes_on(action) or self.done(action):
            return []
        return [datetime.date.fromisoformat(d["latest"]) for d in self.own_deadlines(action)
                if d["mode"] == "dated" and d["latest"] and not d["met_on"]]

    def late_days(self, on):
        """Number of each late action: days since the first deadline that it missed."""
        day = datetime.date.fromisoformat(on)
        return {a["number"]: (day - min(self.open_days(a))).days for a in self.actions
                if any(last < day for last in self.open_days(a))}

    def late(self, on):
        return sorted(self.late_days(on))

    def due(self, on, days):
        """Actions whose next deadline is at most so many days away."""
        day = datetime.date.fromisoformat(on)
        return sorted(a["number"] for a in self.actions
                      if any(0 <= (last - day).days <= days for last in self.open_days(a)))
