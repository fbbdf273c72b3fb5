"""(s) Log sinks: lines of a worker to OpenSearch, HEC and JSON lines, beside rsyslog and ssh | curl; dead sinks; catching up."""

import shutil
from datetime import datetime, timezone

from . import program
from .bed import Bed, address, free_port
from .measure import Failed, best, interleaved, middle, run, table, talk
from .stores import ID, PARTS, OpenSearch, Receivers, Rsyslog, awk, bulk

LINE = 120
RECORDS = 5000  # of a frame: ours by default
TOKEN = "11111111-2222-3333-4444-555555555555"
TICKS = 100  # of a tenth of a second
PER_TICK = 1000
OURS = "jet-fanout"


def main(folder, rounds, quick):
    lines = 50_000 if quick else 300_000
    with Bed(folder / "bed", 1) as bed, OpenSearch(folder / "opensearch") as store, Receivers() as receivers:
        site = Site(bed, lines)
        # a store that has just started is slow, to everybody
        for _ in range(1 if quick else 2):
            to_opensearch(site, store)
        return "\n".join(
            [
                opensearch(site, store, Rsyslog(folder, RECORDS), rounds),
                others(site, receivers, Rsyslog(folder, RECORDS), rounds),
                dead(site, receivers, rounds),
                catching_up(site, store, rounds),
            ]
        )


class Site:
    """One worker, and runs of ours on it: of no lines, of so many at once, and of a steady stream of them."""

    def __init__(self, bed, lines):
        self.bed = bed
        self.lines = lines
        self.text = bed.folder / "lines"
        with open(self.text, "w", encoding="ascii") as out:
            for number in range(max(lines, TICKS * PER_TICK)):
                out.write(f"{number:010d} ".ljust(LINE - 1, "x") + "\n")
        self.text.chmod(0o644)
        self.home = bed.folder / "record"
        head = f"head -n {lines} {self.text}\n"
        ticks = f"i=0\nwhile [ $i -lt {TICKS} ]; do\n  dd if={self.text} bs={PER_TICK * LINE} skip=$i count=1 2>/dev/null\n  sleep 0.1\n  i=$((i + 1))\ndone\n"
        self.arguments = {
            kind: bed.site(bed.folder / f"site-{kind}", 1, bed.runner(f"jetp-{kind}", body))
            for kind, body in (("none", ""), ("all", head), ("steady", ticks))
        }
        self.sent = bed.folder / "sent"  # what the others send: the same lines
        with open(self.text, "rb") as source, open(self.sent, "wb") as out:
            out.write(source.read(lines * LINE))
        self.sent.chmod(0o644)

    def run(self, kind, sinks, *more, **settings):
        names = {f"JET_FANOUT_{key}": value for key, value in settings.items()}
        env = program.environment(self.bed.folder, SSH_AUTH_SOCK=str(self.bed.socket), **names)
        words = program.words() + self.arguments[kind] + ["-q"]
        for sink in sinks:
            words += ["--sink", sink]
        return run(words + list(more), env=env)

    def ship(self, sink, **settings):
        names = {f"JET_FANOUT_{key}": value for key, value in settings.items()}
        env = program.environment(self.bed.folder, SSH_AUTH_SOCK=str(self.bed.socket), **names)
        return run(program.words() + ["logs", "last", "--ship", "--sink", sink, "--sink-wait", "60s"], env=env)

    def shell(self, line):
        """A line for a shell after what comes from `ssh worker cat`."""
        source = f"ssh -F {self.bed.config} {address(1)} cat {self.sent}"
        return run(["sh", "-c", f"{source} | {line}"], env=self.bed.environment())


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def to_opensearch(site, store, kind="all", **settings):
    store.make("ours")
    sample = site.run(
        kind, ["elasticsearch"], "--sink-wait", "600s", ELASTICSEARCH_URL=store.url, ELASTICSEARCH_INDEX="ours", **settings
    )
    if kind == "all":
        whole("jet-fanout", store.count("ours"), site.lines)
    return sample


def whole(who, count, lines, more=0):
    if not lines <= count <= lines + more:
        raise Failed(f"{who}: {count} of {lines} lines have arrived")


def opensearch(site, store, rsyslog, rounds):
    def peer(own_ids):
        store.make("theirs")
        sample = rsyslog.to_opensearch(site.sent, store, "theirs", own_ids)
        whole("rsyslog", store.count("theirs"), site.lines)
        return sample

    def curl():
        store.make("theirs")
        post = f"curl -sS -f -o /dev/null -H 'Content-Type: application/x-ndjson' --data-binary @- {store.url}/theirs/_bulk"
        sample = site.shell(f"awk -v now={now()} '{bulk(PARTS, ID)}' | split -l {2 * RECORDS} --filter=\"{post}\"")
        whole("curl", store.count("theirs"), site.lines)
        return sample

    programs = {
        "nothing": lambda: to_opensearch(site, store, "none"),
        OURS: lambda: to_opensearch(site, store),
        f"{OURS}, gzip=false": lambda: to_opensearch(site, store, ELASTICSEARCH_GZIP="false"),
    }
    if rsyslog.module:
        programs["rsyslog imfile → omelasticsearch, same ids"] = lambda: peer(True)
        programs["rsyslog, ids made by the store"] = lambda: peer(False)
    programs["ssh cat \\| awk \\| split \\| curl _bulk"] = curl
    samples = interleaved(programs, rounds, prepare=site.bed.sweep)
    return rates(
        f"(s) {site.lines:,} lines of {LINE} bytes from one worker to OpenSearch, {RECORDS:,} a request; counted there, each once",
        site.lines,
        samples,
        {OURS: "nothing", f"{OURS}, gzip=false": "nothing"},
    )


def others(site, receivers, rsyslog, rounds):
    def counted(who, sample, more=0):
        whole(who, receivers.count(), site.lines, more)
        return sample

    def hec(kind="all"):
        sample = site.run(
            kind, ["splunk"], "--sink-wait", "600s", SPLUNK_URL=f"http://127.0.0.1:{receivers.hec}", SPLUNK_TOKEN=TOKEN
        )
        return counted("HEC", sample, 100) if kind == "all" else idle(sample)

    def logstash(kind="all"):
        sample = site.run(kind, ["logstash"], "--sink-wait", "600s", LOGSTASH_URL=f"tcp://127.0.0.1:{receivers.lines}")
        return counted("lines", sample, 100) if kind == "all" else idle(sample)

    def idle(sample):
        receivers.count()
        return sample

    def forward():
        return rsyslog.to_lines(site.sent, receivers)

    def curl():
        post = (
            f"curl -sS -f -o /dev/null -H 'Authorization: Splunk {TOKEN}' --data-binary @-"
            f" http://127.0.0.1:{receivers.hec}/services/collector/event"
        )
        event = awk(['{"time":', "time", ',"sourcetype":"jetfanout:line","event":"', "line", '","fields":{"id":"'] + ID + ['"}}'])
        return counted("curl", site.shell(f"awk -v now=1772360430.456 '{event}' | split -l {RECORDS} --filter=\"{post}\""))

    names = [f"{OURS} → HEC", f"{OURS} → JSON lines"]
    programs = {
        "nothing HEC": lambda: hec("none"),
        "nothing lines": lambda: logstash("none"),
        names[0]: hec,
        "ssh cat \\| awk \\| split \\| curl HEC": curl,
        names[1]: logstash,
        "rsyslog imfile → omfwd": forward,
    }
    samples = interleaved(programs, rounds, prepare=site.bed.sweep)
    return rates(
        f"(s) The same lines to stand-ins that count and keep nothing: no Splunk and no Logstash",
        site.lines,
        samples,
        {names[0]: "nothing HEC", names[1]: "nothing lines"},
    )


def rates(title, lines, samples, starts):
    """Ratios of rates: first of ours to each; a run's start-up is (c)'s matter, and counted in a column of its own."""
    took = {
        which: best(runs) - (best(samples[starts[which]]) if which in starts else 0)
        for which, runs in samples.items()
        if runs and not which.startswith("nothing")
    }
    rows = []
    for which, seconds in took.items():
        ours = seconds if which in starts else took[nearest(which, starts, took)]
        rows.append(
            [
                which,
                f"{seconds / ours:.2f}",
                f"{lines / seconds / 1000:.1f}k",
                f"{lines / best(samples[which]) / 1000:.1f}k",
                f"{best(samples[which]):.2f}",
                f"{middle(samples[which]):.2f}",
                f"{best(samples[which], 'cpu'):.2f}",
                f"{best(samples[which], 'mib'):.0f}",
            ]
        )
    return table(
        title,
        ["program", "our rate ÷ its", "lines/s", "start-up counted", "best s", "median s", "CPU s", "peak MiB"],
        rows,
    )


def nearest(which, starts, took):
    """The row of ours that stands before it."""
    before = list(took)[: list(took).index(which)]
    return [row for row in before if row in starts and "gzip" not in row][-1]


def dead(site, receivers, rounds):
    """The end does not wait: what a dead sink costs the run itself."""
    free = free_port()
    rows = []
    for kind, what in (("all", f"{site.lines:,} lines at once"), ("steady", f"{PER_TICK * 10:,} lines/s for {TICKS // 10} s")):

        def to(port, kind=kind):
            url = f"http://127.0.0.1:{port}"
            return site.run(kind, ["elasticsearch"], "--sink-wait", "0s", ELASTICSEARCH_URL=url)

        programs = {
            "none": lambda kind=kind: site.run(kind, []),
            "nothing listens": lambda: to(free),
            "never answers": lambda: to(receivers.mute),
        }
        samples = interleaved(programs, rounds, prepare=site.bed.sweep)
        for which, runs in samples.items():
            if runs:
                rows.append(
                    [
                        what,
                        which,
                        f"{best(runs) / best(samples['none']):.3f}",
                        f"{middle(runs) / middle(samples['none']):.3f}",
                        f"{best(runs):.2f}",
                        f"{best(runs, 'cpu'):.2f}",
                        f"{max(s.mib for s in runs):.0f}",
                    ]
                )
    receivers.count()
    return table(
        "(s) A run with a dead sink",
        ["run", "sink", "time ÷ none's", "median ÷ median", "best s", "CPU s", "peak MiB"],
        rows,
    )


def catching_up(site, store, rounds):
    """A run whose sink was away, shipped later; beside the rate at which the lines of a steady run arrive."""
    url = {"ELASTICSEARCH_URL": store.url, "ELASTICSEARCH_INDEX": "ours"}
    site.bed.sweep()
    site.run("all", [])
    kept = site.bed.folder / "state/jet-fanout/runs"

    def ship():
        store.make("ours")
        for sinks in kept.glob("*/sinks"):
            shutil.rmtree(sinks)
        sample = site.ship("elasticsearch", **url)
        whole("ship", store.count("ours"), site.lines)
        return sample

    samples = interleaved({"ship": ship, "nothing left": lambda: site.ship("elasticsearch", **url)}, rounds)
    took = best(samples["ship"]) - best(samples["nothing left"])
    rate = site.lines / took
    live = interleaved(
        {
            "steady, no sink": lambda: site.run("steady", []),
            "steady": lambda: site.run("steady", ["elasticsearch"], "--sink-wait", "60s", **url),
        },
        max(1, rounds // 2),
        prepare=lambda: (site.bed.sweep(), store.make("ours")),
    )
    steady = TICKS * PER_TICK / best(live["steady, no sink"])
    talk(f"  steady: {steady:.0f} lines/s")
    rows = [
        ["a backlog, by logs --ship", f"{rate / steady:.1f}", f"{rate / 1000:.1f}k", f"{best(samples['ship']):.2f}"],
        ["live, to its end", "", f"{TICKS * PER_TICK / best(live['steady']) / 1000:.1f}k", f"{best(live['steady']):.2f}"],
        ["live, no sink", "1", f"{steady / 1000:.1f}k", f"{best(live['steady, no sink']):.2f}"],
    ]
    return table("(s) Catching up in OpenSearch", ["what", "rate ÷ live rate", "lines/s", "best s"], rows)
