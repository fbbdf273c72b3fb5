"""(w) Workers that are far away: how many round trips a worker takes, and a trivial job on many, beside xargs ssh, clush and pdsh."""

from . import program
from .bed import SHARED_KEX, Bed, address
from .dispatch import AT_ONCE, OURS, peers
from .far import Far
from .measure import Failed, best, interleaved, middle, run, table, talk

SSH = "xargs -P ssh"
END = "the connection's end"
STEPS = {
    SSH: [
        "version", "algorithms, key exchange", "keys, service", "which methods?", "is this key accepted?", "login", "channel", "command",
    ],
    OURS: ["version, algorithms", "key exchange", "keys, service, login, channel", "agent, script", "bundle"],
}


def main(folder, rounds, quick):
    # workers, seconds of a round trip
    cases = [(3, 0.15), (6, 0.08)] if quick else [(20, 0.15), (200, 0.08)]
    most = max(count for count, _ in cases)
    text, rows = "", []
    for title, kex in ((f"{SHARED_KEX} everywhere", SHARED_KEX), ("defaults", None)):
        with Bed(folder / f"bed-{'shared' if kex else 'default'}", most, kex) as bed:
            if kex:
                text = flights(bed, 0.5 if quick else 1.0)
            for count, trip in cases:
                rows += times(bed, title, count, trip, rounds)
    return (
        text
        + "\n"
        + table(
            f"(w) Trivial job to far workers, {AT_ONCE} at a time",
            ["workers", "round trip", "key exchange", "program", "ours ÷ its time", "best s", "median s", "round trips each", "client CPU s"],
            rows,
        )
    )


class Way:
    """Far workers, and what the programs need to go there: a port, known_hosts, a site."""

    def __init__(self, bed, count, trip):
        self.bed = bed
        self.addresses = [address(n) for n in range(1, count + 1)]
        self.far = Far(self.addresses, bed.port, trip / 2, connects=True)
        near, port = f":{bed.port} ", self.far.port
        known = bed.home / ".ssh/known_hosts"
        known.write_text("".join(line.replace(near, f":{port} ") for line in known.read_text().splitlines(True)) + known.read_text())
        self.config = bed.config
        self.kept = self.config.read_text()
        self.config.write_text(self.kept.replace(f"Port {bed.port}", f"Port {port}"))
        site = bed.site(bed.folder / f"site-{port}", count, bed.runner(f"jetp-{port}"), port=port)
        env = program.environment(bed.folder, SSH_AUTH_SOCK=str(bed.socket))
        self.programs = {name: start for name, start in peers(bed, self.addresses).items() if not name.startswith("ansible")}
        self.programs[OURS] = lambda: run(program.words() + site + ["--threads", str(AT_ONCE), "-q"], env=env)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.far.close()
        self.config.write_text(self.kept)


def flights(bed, trip):
    """One worker, so far away that time counts round trips."""
    rows = []
    with Way(bed, 1, trip) as way:
        for which in (SSH, OURS):
            way.far.trips.clear()
            bed.sweep()
            sample = way.programs[which]()
            if len(way.far.trips) != 1:
                raise Failed(f"{which}: {len(way.far.trips)} connections")
            told = way.far.trips[0]
            sent = told.flights(trip / 4)
            # who closes first varies
            steps = next((known for known in (STEPS[which], STEPS[which] + [END]) if len(known) == len(sent)), [""] * len(sent))
            rows.append([which, "connection", "0", ""])
            rows += [[which, step, f"{when / trip:.1f}", size] for step, (when, size) in zip(steps, sent)]
            rows.append([which, "the last answer", f"{told.received[-1][0] / trip:.1f}", ""])
            talk(f"  {which}: {len(sent)} flights, the last answer after {told.received[-1][0] / trip:.1f} round trips, {sample.wall:.2f} s")
    return table(
        f"(w) Flights to one worker at a round trip of {trip:.1f} s: what is sent without waiting for an answer",
        ["program", "flight", "after round trips", "bytes"],
        rows,
    )


def times(bed, title, count, trip, rounds):
    talk(f"{count} workers, a round trip of {trip * 1000:.0f} ms, {title}")
    trips = {}

    def counted(which, start, far):
        far.trips.clear()
        sample = start()
        ends = sorted(told.received[-1][0] / trip for told in far.trips if told.received)
        trips.setdefault(which, []).append(middle_of(ends))
        return sample

    with Way(bed, count, trip) as way:
        programs = {which: (lambda w=which, s=start: counted(w, s, way.far)) for which, start in way.programs.items()}
        samples = interleaved(programs, rounds, prepare=bed.sweep)
    ours = best(samples[OURS])
    return [
        [
            count,
            f"{trip * 1000:.0f} ms",
            title,
            which,
            f"{ours / best(runs):.2f}",
            f"{best(runs):.2f}",
            f"{middle(runs):.2f}",
            f"{min(trips[which]):.1f}",
            f"{best(runs, 'cpu'):.2f}",
        ]
        for which, runs in samples.items()
        if runs
    ]


def middle_of(values):
    return values[len(values) // 2] if values else 0.0
