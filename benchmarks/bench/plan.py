"""(b) Plan of 10k, 100k and 1M hosts in 300 groups, beside ansible-inventory --list on the same hosts."""

import os
from pathlib import Path

from . import program
from .measure import best, interleaved, middle, run, table
from .sites import PlanSite

HEAP = "-Xmx1g"


def main(folder, rounds, quick):
    env = program.environment(folder, more_java=HEAP)
    env.update(ANSIBLE_LOCALHOST_WARNING="False", ANSIBLE_HOME=str(folder / "ansible"))
    sizes = [10_000, 100_000] if quick else [10_000, 100_000, 1_000_000]
    rows, ours = [], {}
    for hosts in sizes:
        site = PlanSite(Path(os.environ["BENCH_DIR"]) / f"plan-{hosts}", hosts).make()
        programs = {"jet-fanout plan --json": lambda s=site: run(program.words() + s.ours(), env=env)}
        samples = interleaved(programs, rounds)
        # minutes at 100k: twice is enough to see whether it was disturbed
        if hosts <= 100_000:
            samples.update(
                interleaved(
                    {"ansible-inventory --list": lambda s=site: run(["ansible-inventory", "-i", s.ini, "--list"], env=env)},
                    1 if quick or hosts == 100_000 else min(rounds, 2),
                )
            )
        for name, runs in samples.items():
            if name.startswith("jet-fanout"):
                ours[hosts] = best(runs)
            rows.append(
                [
                    f"{hosts:,}",
                    name,
                    f"{best(runs) / best(samples['jet-fanout plan --json']):.1f}",
                    f"{best(runs):.2f}",
                    f"{middle(runs):.2f}",
                    f"{best(runs, 'cpu'):.2f}",
                    f"{best(runs, 'mib'):.0f}",
                ]
            )
    text = table(
        f"(b) Plan of hosts in 300 groups (JVM with {HEAP})",
        ["hosts", "program", "time ÷ ours", "best s", "median s", "CPU s", "peak MiB"],
        rows,
    )
    growth = [[f"{a:,} → {b:,}", f"{b // a}", f"{ours[b] / ours[a]:.1f}"] for a, b in zip(sizes, sizes[1:])]
    return text + "\n" + table("(b) Growth", ["hosts", "times as many", "times as long"], growth)
