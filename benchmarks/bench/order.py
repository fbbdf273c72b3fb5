"""(o) What it costs that no worker begins a play before all have ended the one before it: `order: plays` beside `order: none`."""

import os
from statistics import median

from . import program
from .bed import Bed, address
from .far import Far
from .measure import Failed, best, interleaved, middle, run, table

PLAYS = 3
# seconds that each byte travels, in each direction
FAR = 0.1
ORDERS = ("none", "plays")
LOGINS = "xargs -P ssh"


def main(folder, rounds, quick):
    workers = 10 if quick else 50
    addresses = [address(n) for n in range(1, workers + 1)]
    with Bed(folder / "bed", workers) as bed:
        env = program.environment(bed.folder, SSH_AUTH_SOCK=str(bed.socket))
        far = Far(addresses, bed.port, FAR)
        known = bed.home / ".ssh/known_hosts"
        known.write_text(known.read_text() + known.read_text().replace(f":{bed.port} ", f":{far.port} "))
        rows = []
        for case, port in (("", bed.port), (f", a round trip of {2 * FAR:.1f} s", far.port)):
            rows += barriers(bed, env, f"{workers} workers{case}", addresses, port, rounds)
        text = table(
            f"(o) {PLAYS} plays, all workers at a time; a barrier is from the end of a play on the last worker to the next play's begin",
            ["workers", "program", "time ÷ none's", "best s", "client CPU s", "a barrier, first worker: best s", "median", "last worker: best s", "median", "÷ logins"],
            rows,
        )
        rows = one_play(bed, env, min(workers, 10), rounds * 2)
        far.close()
    return text + "\n" + table(
        f"(o) One play on {min(workers, 10)} workers",
        ["program", "time ÷ none's", "median", "CPU ÷ none's", "median", "best s", "client CPU s"],
        rows,
    )


def barriers(bed, env, case, addresses, port, rounds):
    workers = len(addresses)
    stamps = Stamps(bed.folder / f"stamps-{port}")
    runner = bed.runner(f"jetp-{port}")
    stamps.wrap(runner)
    arguments = bed.site(bed.folder / f"site-{port}", workers, runner, plays=PLAYS, port=port)
    words = program.words() + arguments + ["--threads", str(workers), "-q"]
    first, last = [], []

    def ours(order):
        stamps.clear()
        sample = run(words + ["--order", order], env=env)
        if order == "plays":
            stamps.read(workers, first, last)
        return sample

    config = bed.folder / f"ssh-{port}"
    config.write_text(bed.config.read_text().replace(f"Port {bed.port}", f"Port {port}"))
    hosts = bed.folder / "addresses"
    hosts.write_text("".join(f"{a}\n" for a in addresses))
    logins = ["xargs", "-a", hosts, "-P", str(workers), "-I{}", "ssh", "-F", config, "{}", "true"]
    programs = {LOGINS: lambda: run(logins, env=bed.environment())}
    programs.update({f"order: {order}": lambda o=order: ours(o) for order in ORDERS})
    samples = interleaved(programs, rounds, prepare=bed.sweep)
    none = best(samples["order: none"])
    return [
        [case, which, f"{best(runs) / none:.2f}", f"{best(runs):.2f}", f"{best(runs, 'cpu'):.2f}"]
        + (
            [f"{value:.2f}" for value in (min(first), median(first), min(last), median(last), median(last) / middle(samples[LOGINS]))]
            if which == "order: plays"
            else [""] * 5
        )
        for which, runs in samples.items()
    ]


class Stamps:
    """When each worker began and ended each play: the times of empty files, which cost the runner's shell no process."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        folder.chmod(0o777)

    def wrap(self, runner):
        """Makes the runner leave stamps."""
        body = runner.read_text().replace("exec ", "") + (
            "| while IFS= read -r line; do\n"
            "    case $line in\n"
            "    '> batch '*) play=$((play + 1)) && : >FOLDER/$play.begin.$$ ;;\n"
            "    '> play complete'*) : >FOLDER/$play.end.$$ ;;\n"
            "    esac\n"
            "    printf '%s\\n' \"$line\"\n"
            "done\n"
        ).replace("FOLDER", str(self.folder))
        runner.write_text(body.replace("\n|", " |"))

    def clear(self):
        for file in self.folder.iterdir():
            file.unlink()

    def times(self, play, what):
        return [file.stat().st_mtime for file in self.folder.glob(f"{play}.{what}.*")]

    def read(self, workers, first, last):
        """Of each barrier: how long after the end on the last worker the first one began, and the last one."""
        for play in range(2, PLAYS + 1):
            ends, begins = self.times(play - 1, "end"), self.times(play, "begin")
            if len(ends) != workers or len(begins) != workers:
                raise Failed(f"{len(ends)} workers ended play {play - 1}, and {len(begins)} began play {play}")
            if min(begins) < max(ends):
                raise Failed(f"a worker began play {play} before all had ended play {play - 1}")
            first.append(min(begins) - max(ends))
            last.append(max(begins) - max(ends))


def one_play(bed, env, workers, rounds):
    """Where nothing waits, nothing is to be paid. $JET_FANOUT_BEFORE starts the program as it was before it knew `order`."""
    arguments = bed.site(bed.folder / "site-one", workers, bed.runner("jetp-one")) + ["-q"]
    programs = {
        f"order: {order}": lambda o=order: run(program.words() + arguments + ["--order", o], env=env) for order in ORDERS
    }
    if "JET_FANOUT_BEFORE" in os.environ:
        before = os.environ["JET_FANOUT_BEFORE"].split()
        programs["before"] = lambda: run(before + arguments, env=env)
    samples = interleaved(programs, rounds, prepare=bed.sweep)
    none = samples["order: none"]
    return [
        [
            which,
            f"{best(runs) / best(none):.3f}",
            f"{middle(runs) / middle(none):.3f}",
            f"{best(runs, 'cpu') / best(none, 'cpu'):.3f}",
            f"{middle(runs, 'cpu') / middle(none, 'cpu'):.3f}",
            f"{best(runs):.2f}",
            f"{best(runs, 'cpu'):.2f}",
        ]
        for which, runs in samples.items()
    ]
