"""(a) A trivial job on N workers, beside clush, pdsh, xargs ssh and ansible, 50 at a time; and what one costs its worker."""

import os
import shutil
import subprocess
import time

from . import program
from .bed import SHARED_KEX, Bed, address
from .measure import Sample, adopt_orphans, below, best, interleaved, middle, run, table, talk, with_remote

AT_ONCE = 50
OURS = "jet-fanout"


def main(folder, rounds, quick):
    numbers = [1, 50] if quick else [1, 50, 200]
    text = []
    for title, kex in (("defaults, with sshd's choice of key exchange for everybody", None), (f"{SHARED_KEX} everywhere", SHARED_KEX)):
        rows = []
        with Bed(folder / f"bed-{'shared' if kex else 'default'}", max(numbers), kex) as bed:
            for count in numbers:
                rows += one(bed, count, rounds)
        text.append(
            table(
                f"(a) Trivial job to N workers, {AT_ONCE} at a time: {title}",
                ["N", "program", "ours ÷ its time", "ours ÷ its client CPU", "best s", "median s", "client CPU s"],
                rows,
            )
        )
    with Bed(folder / "bed-worker", 10 if quick else 50, SHARED_KEX) as bed:
        text.append(worker_side(bed, rounds))
    return "\n".join(text)


def worker_side(bed, rounds):
    """CPU of all workers together, with their sshds, divided by their number. ProgramsOfAJobIT counts the programs."""
    addresses = [address(n) for n in range(1, bed.workers + 1)]
    xargs = peers(bed, addresses)["xargs -P ssh"]
    arguments = bed.site(bed.folder / "site", bed.workers, bed.runner("jetp"))
    env = program.environment(bed.folder, SSH_AUTH_SOCK=str(bed.socket))
    lasting = below(os.getpid())
    agent = [bed.processes[0].pid]
    programs = {
        "login and /bin/true": lambda: with_remote(xargs, lasting, agent),
        OURS: lambda: with_remote(
            lambda: run(program.words() + arguments + ["--threads", str(AT_ONCE)], env=env), lasting, agent
        ),
    }
    talk(f"the workers' side of {bed.workers} jobs")
    samples = interleaved(programs, rounds, prepare=bed.sweep)
    login, ours = (1000 * best(samples[which], "remote") / bed.workers for which in programs)
    return table(
        "(a) What a trivial job costs its worker",
        ["login and /bin/true: CPU ms", "ours: CPU ms", "the job alone: CPU ms"],
        [[f"{login:.1f}", f"{ours:.1f}", f"{ours - login:.1f}"]],
    )


def one(bed, count, rounds):
    addresses = [address(n) for n in range(1, count + 1)]
    programs = peers(bed, addresses)
    arguments = bed.site(bed.folder / f"site-{count}", count, bed.runner("jetp"))
    env = program.environment(bed.folder, SSH_AUTH_SOCK=str(bed.socket))
    programs[OURS] = lambda: run(program.words() + arguments + ["--threads", str(AT_ONCE)], env=env)
    talk(f"{count} workers")
    samples = interleaved(programs, rounds, prepare=bed.sweep)
    ours = samples[OURS]
    return [
        [
            count,
            which,
            f"{best(ours) / best(runs):.2f}",
            f"{best(ours, 'cpu') / best(runs, 'cpu'):.2f}",
            f"{best(runs):.2f}",
            f"{middle(runs):.2f}",
            f"{best(runs, 'cpu'):.2f}",
        ]
        for which, runs in samples.items()
        if runs
    ]


def peers(bed, addresses):
    env = bed.environment()
    hosts = bed.folder / "hosts"
    hosts.write_text("".join(f"{a}\n" for a in addresses))
    names = ",".join(addresses)
    sockets = bed.folder / "cp"
    all_ = {
        "xargs -P ssh": lambda: run(
            ["xargs", "-a", hosts, "-P", str(AT_ONCE), "-I{}", "ssh", "-F", bed.config, "{}", "/bin/true"], env=env
        )
    }
    if shutil.which("clush"):
        all_["clush"] = lambda: run(
            ["clush", "-S", "-q", "-f", str(AT_ONCE), "-o", f"-F {bed.config}", "-w", names, "/bin/true"], env=env
        )
    if shutil.which("pdsh"):
        pdsh = dict(env, PDSH_SSH_ARGS_APPEND=f"-F {bed.config}")
        all_["pdsh -R ssh"] = lambda: run(
            ["pdsh", "-S", "-R", "ssh", "-f", str(AT_ONCE), "-w", names, "/bin/true"], env=pdsh
        )
    if shutil.which("ansible"):
        ansible = dict(env, ANSIBLE_SSH_CONTROL_PATH_DIR=str(sockets), ANSIBLE_HOME=str(bed.folder / "ansible"))
        words = ["ansible", "-i", hosts, "all", "-m", "raw", "-f", str(AT_ONCE), "-a", "/bin/true"]
        words += ["--ssh-common-args", f"-F {bed.config}"]
        all_["ansible -m raw"] = lambda: with_masters(lambda: run(words, env=ansible), sockets, env)
    for which in ("clush", "pdsh", "ansible"):
        if not shutil.which(which):
            talk(f"{which} is not installed: left out (Debian: apt install clustershell pdsh ansible-core)")
    return all_


def with_masters(program_, sockets, env):
    """Ansible's connections live on by default as background processes: ended here, and their CPU added to its own."""
    adopt_orphans()
    sample = program_()
    for control in sorted(sockets.iterdir()) if sockets.is_dir() else []:
        subprocess.run(["ssh", "-o", f"ControlPath={control}", "-O", "exit", "worker"], env=env, capture_output=True)
    cpu, end = sample.cpu, time.monotonic() + 10
    while time.monotonic() < end:
        try:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if pid:
            cpu += usage.ru_utime + usage.ru_stime
        elif not (sockets.is_dir() and any(sockets.iterdir())):
            break
        else:
            time.sleep(0.02)
    return Sample(sample.wall, cpu, sample.mib, sample.exit)
