"""(p) Three plays in order on 100 and 1,000 workers, 50 at a time: whoever waits for others holds no thread."""

import shutil

from . import program
from .many import AT_ONCE, HEAP, Farm, check
from .measure import run, shown, table, talk

HOSTS = 10
PLAYS = 3
ORDERS = ("none", "plays")


def main(folder, rounds, quick):
    rows = []
    for workers in [20, 60] if quick else [100, 1000]:
        samples = point(folder / str(workers), workers)
        none = samples["none"]
        rows += [
            [
                f"{workers:,}",
                order,
                f"{sample.wall / none.wall:.2f}",
                f"{sample.cpu / none.cpu:.2f}",
                f"{sample.mib / none.mib:.2f}",
                f"{sample.threads / none.threads:.2f}",
                f"{sample.wall:.1f}",
                f"{sample.cpu:.1f}",
                f"{sample.mib:.0f}",
                sample.threads,
            ]
            for order, sample in samples.items()
        ]
    return table(
        f"(p) {PLAYS} plays of {HOSTS} hosts on each of N workers, --threads {AT_ONCE}, JVM with {HEAP}; ratios are to order: none",
        ["N", "order", "× time", "× CPU", "× memory", "× threads", "s", "CPU s", "peak MiB", "peak threads"],
        rows,
    )


def point(folder, workers):
    samples = {}
    with Farm(folder, workers, HOSTS, PLAYS) as farm:
        arguments = farm.site()
        env = program.environment(folder, more_java=HEAP, SSH_AUTH_SOCK=str(farm.socket))
        for order in ORDERS:
            words = program.words() + arguments + ["--threads", str(AT_ONCE), "--order", order, "-q"]
            samples[order] = run(words, env=env, count_threads=True)
            check(folder / "state", workers * HOSTS)
            talk(f"  {workers} workers, order {order}: {shown(samples[order])}, {samples[order].threads} threads")
            shutil.rmtree(folder / "state")
    return samples
