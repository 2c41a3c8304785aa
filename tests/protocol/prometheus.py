"""The text of a metrics page, taken apart by the grammar of Prometheus' format 0.0.4."""

import collections
import http.client
import re

from client import PATIENCE

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
VALUE = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?Inf|NaN")
TYPES = ("counter", "gauge", "histogram", "summary", "untyped")
Family = collections.namedtuple("Family", "type help samples")  # (name, labels): value


def unescape(text):
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), text)


def sample(line):
    """(name, labels as a frozenset of pairs, value)"""
    name = NAME.match(line)
    assert name, line
    rest, labels = line[name.end():], []
    if rest.startswith("{"):
        rest = rest[1:]
        while not rest.startswith("}"):
            if labels:
                assert rest[0] == ",", line
                rest = rest[1:]
            label = LABEL.match(rest)
            assert label, line
            labels.append((label[1], unescape(label[2])))
            rest = rest[label.end():]
        rest = rest[1:]
    assert len(dict(labels)) == len(labels), line
    assert rest.startswith(" ") and VALUE.fullmatch(rest[1:]), line
    return name[0], frozenset(labels), float(rest[1:])


def family_of(name, families):
    for suffix in ("", "_bucket", "_sum", "_count"):
        base = name.removesuffix(suffix) if suffix else name
        if base in families and (not suffix or families[base].type == "histogram"):
            return base
    raise AssertionError(f"{name} has no TYPE before it")


def parse(text):
    """The families by name; what is against the grammar fails."""
    assert text.endswith("\n") and "\r" not in text
    families, last = {}, None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            name, help = line[7:].split(" ", 1)
            assert NAME.fullmatch(name) and name not in families, line
            assert help and not re.search(r"\\(?![\\n])", help), line
            families[name] = Family(None, help, {})
        elif line.startswith("# TYPE "):
            name, kind = line[7:].split(" ")
            assert kind in TYPES and families[name].type is None, line
            assert not families[name].samples
            families[name] = families[name]._replace(type=kind)
            last = name
        else:
            name, labels, value = sample(line)
            assert family_of(name, families) == last, f"{line} is not with its family"
            assert (name, labels) not in families[last].samples, f"{line} stands twice"
            families[last].samples[name, labels] = value
    check(families)
    return families


def check(families):
    for name, family in families.items():
        assert family.type and family.samples, name
        if family.type == "counter":
            assert name.endswith("_total") and all(v >= 0 for v in family.samples.values()), name
        if family.type == "histogram":
            check_histogram(name, family.samples)


def check_histogram(name, samples):
    """Buckets are cumulative and end with +Inf, which is the count."""
    series = collections.defaultdict(list)
    for (each, labels), value in samples.items():
        if each == f"{name}_bucket":
            limit = float(dict(labels)["le"])
            series[frozenset(p for p in labels if p[0] != "le")].append((limit, value))
        else:
            assert each in (f"{name}_sum", f"{name}_count"), each
    assert series
    for labels, buckets in series.items():
        assert buckets == sorted(buckets) and buckets[-1][0] == float("inf"), name
        assert [v for _, v in buckets] == sorted(v for _, v in buckets), name
        assert buckets[-1][1] == samples[f"{name}_count", labels], name
        assert (samples[f"{name}_sum", labels] > 0) <= (buckets[-1][1] > 0), name


class Page:
    """A server's metrics page."""

    def __init__(self, port):
        self.port = port

    def get(self, path, method="GET"):
        """(status, headers, text)"""
        visit = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            visit.request(method, path)
            answer = visit.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            visit.close()

    def metrics(self):
        status, headers, text = self.get("/metrics")
        assert status == 200
        assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return parse(text)

    def value(self, name, **labels):
        """A sample's value; 0 when it does not stand there."""
        families = self.metrics()
        family = families[family_of(name, families)]
        return family.samples.get((name, frozenset(labels.items())), 0)


def page_port(region):
    line = next(line for line in (region.folder / "state/concertd.conf").read_text().splitlines()
                if line.startswith("metrics"))
    return int(line.split(":")[-1])
