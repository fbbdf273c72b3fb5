"""Running programs and measuring them: wall time, CPU of the whole tree of children, peak memory."""

import ctypes
import os
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from statistics import median


@dataclass(frozen=True)
class Sample:
    """
    One run of a program: seconds, CPU seconds of it and all its children, MiB of its largest process, its most threads, CPU seconds
    that it caused on workers.
    """

    wall: float
    cpu: float
    mib: float
    exit: int
    threads: int = 0
    remote: float = 0


class Failed(Exception):
    """A program did not do what it was to do: its numbers would mean nothing."""


def run(words, env=None, stdin=None, stdout=subprocess.DEVNULL, stderr=None, limit=900, cwd=None, allowed=(0,), count_threads=False, watch=None):
    """Runs a program to its end. wait4 gives the CPU and the memory of this one tree, nothing else's. watch: gets its process id."""
    errors = stderr if stderr is not None else open(os.path.join(os.environ["BENCH_DIR"], "stderr"), "w+b")
    start = time.monotonic()
    process = subprocess.Popen(words, env=env, stdin=stdin or subprocess.DEVNULL, stdout=stdout, stderr=errors, cwd=cwd)
    killer = threading.Timer(limit, process.kill)
    killer.daemon = True  # a benchmark that is ended does not wait for it
    killer.start()
    threads = Threads(process.pid) if count_threads else None
    if watch:
        watch(process.pid)
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


def with_remote(program, lasting, others):
    """
    Runs a program and adds what it costs on its workers: all CPU below this process, less its own and that of others. What daemonises
    is adopted by this process.

    :param lasting: process ids of all that runs below this process before and after the program
    :param others: those of them that are no workers, and what they start
    """
    def spent():
        return cpu_below(os.getpid()) - sum(cpu_of(pid) for pid in others)

    adopt_orphans()
    settle(lasting)
    before = spent()
    sample = program()
    settle(lasting)
    return replace(sample, remote=spent() - before - sample.cpu)


def adopt_orphans():
    """PR_SET_CHILD_SUBREAPER: what a child leaves behind becomes a child of this process, whose CPU can be asked for."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def settle(lasting, seconds=20):
    """Waits until nothing else runs below this process, at most so long, and collects what ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        if below(os.getpid()) <= lasting:
            return
        time.sleep(0.05)


def below(parent, listed=None):
    """Process ids of all that a process started, and of what these started."""
    listed = listed or processes()
    started, new = set(), {parent}
    while new:
        new = {pid for pid, process in listed.items() if process[0] in new} - started
        started |= new
    return started


def cpu_below(parent):
    """CPU seconds of all that a process started, and of what these started, ended or not."""
    listed = processes()
    return listed[parent][2] + sum(sum(listed[pid][1:]) for pid in below(parent, listed))


def cpu_of(pid):
    """CPU seconds of a process and of all that is below it, ended or not."""
    return processes()[pid][1] + cpu_below(pid)


def processes():
    """{process id: (parent, CPU seconds of its own, those of its children that ended)} of all processes."""
    found = {}
    for folder in os.listdir("/proc"):
        if folder.isdigit():
            try:
                with open(f"/proc/{folder}/stat", encoding="utf-8", errors="replace") as file:
                    words = [0, 0] + file.read().rpartition(")")[2].split()
            except OSError:
                continue
            # from the third field on, as in proc(5)
            user, system, ended_user, ended_system = (int(word) / TICKS for word in words[13:17])
            found[int(folder)] = (int(words[3]), user + system, ended_user + ended_system)
    return found


TICKS = os.sysconf("SC_CLK_TCK")


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
