"""Running programs and measuring them: wall time, CPU of the whole tree of children, peak memory."""

import os
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Sample:
    """One run of a program: seconds, CPU seconds of it and all its children, MiB of its largest process, its most threads."""

    wall: float
    cpu: float
    mib: float
    exit: int
    threads: int = 0


class Failed(Exception):
    """A program did not do what it was to do: its numbers would mean nothing."""


def run(words, env=None, stdin=None, stdout=subprocess.DEVNULL, stderr=None, limit=900, cwd=None, allowed=(0,), count_threads=False):
    """Runs a program to its end. wait4 gives the CPU and the memory of this one tree, nothing else's."""
    errors = stderr if stderr is not None else open(os.path.join(os.environ["BENCH_DIR"], "stderr"), "w+b")
    start = time.monotonic()
    process = subprocess.Popen(words, env=env, stdin=stdin or subprocess.DEVNULL, stdout=stdout, stderr=errors, cwd=cwd)
    killer = threading.Timer(limit, process.kill)
    killer.start()
    threads = Threads(process.pid) if count_threads else None
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    killer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        said = ""
        if stderr is None:
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace")[-2000:]
        raise Failed(f"{' '.join(map(str, words))[:300]}: exit {process.returncode}\n{said}")
    if stderr is None:
        errors.close()
    mib = usage.ru_maxrss / 1024
    return Sample(wall, usage.ru_utime + usage.ru_stime, mib, process.returncode, threads.end() if threads else 0)


class Threads:
    """Counts the threads of a process while it lives; misses those of less than some milliseconds."""

    def __init__(self, pid):
        self.status = f"/proc/{pid}/status"
        self.most = 0
        self.watch = threading.Thread(target=self.count, daemon=True)
        self.watch.start()

    def count(self):
        while True:
            try:
                with open(self.status, encoding="ascii") as lines:
                    now = next(int(line.split()[1]) for line in lines if line.startswith("Threads:"))
            except (OSError, StopIteration):
                return
            self.most = max(self.most, now)
            time.sleep(0.02)

    def end(self):
        self.watch.join()
        return self.most


def interleaved(programs, rounds, prepare=None):
    """Runs each of {name: function giving a Sample} in turn, round after round, so that a disturbance hits all alike."""
    samples = {name: [] for name in programs}
    for turn in range(rounds):
        for name, program in programs.items():
            if prepare:
                prepare()
            try:
                samples[name].append(program())
            except Failed as failure:
                talk(f"{name}: {failure}")
                samples[name].append(None)
            talk(f"  round {turn + 1} {name}: {shown(samples[name][-1])}")
    return {name: [s for s in list_ if s] for name, list_ in samples.items()}


def shown(sample):
    return "failed" if sample is None else f"{sample.wall:.2f} s, CPU {sample.cpu:.2f} s, {sample.mib:.0f} MiB"


def best(samples, what="wall"):
    """The least disturbed of the runs."""
    return min(getattr(s, what) for s in samples)


def middle(samples, what="wall"):
    return median(getattr(s, what) for s in samples)


def talk(text):
    print(text, file=sys.stderr, flush=True)


def table(title, head, rows):
    """A Markdown table, columns aligned so that it reads on a terminal too."""
    cells = [head] + [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = [f"### {title}", ""]
    for number, row in enumerate(cells):
        lines.append("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
        if number == 0:
            lines.append("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines) + "\n"


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
