"""(x) `exec true` on many hosts over 4 workers, beside clush with 4 gateways, four hand-made `ssh gateway xargs ssh`, and flat tools."""

import shlex
import shutil
import socket
from pathlib import Path

from . import program
from .bed import SHARED_KEX, address
from .hosts import HostBed, host
from .measure import best, interleaved, middle, run, table, talk

WORKERS = 4
# at a time, on each worker
AT_ONCE = 50
OURS = "jet-fanout exec"


def main(folder, rounds, quick):
    numbers = [50] if quick else [50, 400, 1200]
    text = []
    for title, kex in ((f"{SHARED_KEX} everywhere", SHARED_KEX), ("defaults, with sshd's choice of key exchange for everybody", None)):
        rows = []
        with HostBed(folder / f"bed-{'shared' if kex else 'default'}", WORKERS, max(numbers), kex) as bed:
            for count in numbers:
                rows += one(bed, count, rounds)
        text.append(
            table(
                f"(x) `true` on N hosts over {WORKERS} workers, {AT_ONCE} at a time on each: {title}",
                ["N", "program", "ours ÷ its time", "best s", "median s", "control CPU s", "ms a host", "workers' CPU s", "peak MiB"],
                rows,
            )
        )
    return "\n".join(text)


def one(bed, count, rounds):
    talk(f"{count} hosts")
    programs = peers(bed, count) | ours(bed, count)
    measured = {which: lambda p=program_: bed.measured(count, p) for which, program_ in programs.items()}
    samples = interleaved(measured, rounds, prepare=bed.sweep)
    return [
        [
            count,
            which,
            f"{best(samples[OURS]) / best(runs):.2f}" if samples.get(OURS) else "",
            f"{best(runs):.2f}",
            f"{middle(runs):.2f}",
            f"{best(runs, 'cpu'):.2f}",
            f"{best(runs, 'cpu') / count * 1000:.1f}",
            f"{best(runs, 'remote'):.2f}",
            f"{max(run_.mib for run_ in runs):.0f}",
        ]
        for which, runs in samples.items()
        if runs
    ]


def ours(bed, count):
    folder = bed.folder / f"site-{count}"
    inventory, _ = bed.inventory(folder, WORKERS, count)
    words = program.words() + ["exec", "-i", str(inventory), "--limit-groups", "hosts", "--user", bed.user]
    words += ["--worker-config", str(bed.workers_yml(folder, AT_ONCE)), "-q", "--", "true"]
    env = program.environment(bed.folder, SSH_AUTH_SOCK=str(bed.socket))
    return {OURS: lambda: run(words, env=env)}


def peers(bed, count):
    env = bed.environment()
    names = ",".join(host(n) for n in range(1, count + 1))
    all_ = {"4 × ssh, xargs ssh": lambda: run(["sh", "-c", by_hand(bed, count)], env=env)}
    if shutil.which("clush"):
        flat = ["clush", "-S", "-q", "-o", f"-F {bed.config}"]
        tree = flat + ["--topology", topology(bed, WORKERS, count), "-w", names, "true"]
        all_["clush, 4 gateways"] = lambda: run(tree, env=gateway_environment(env))
        all_["clush, flat"] = lambda: run(flat + ["-w", names, "true"], env=env)
    if shutil.which("pdsh"):
        pdsh = dict(env, PDSH_SSH_ARGS_APPEND=f"-F {bed.config}")
        all_["pdsh"] = lambda: run(["pdsh", "-S", "-R", "ssh", "-w", names, "true"], env=pdsh)
    for which in ("clush", "pdsh"):
        if not shutil.which(which):
            talk(f"{which} is not installed: left out (Debian: apt install clustershell pdsh)")
    return all_


def by_hand(bed, count):
    """A shell line as an administrator types it: a list of hosts to each gateway, and xargs there."""
    lines = []
    for worker in range(WORKERS):
        hosts = bed.folder / f"list-{count}-{worker + 1}"
        hosts.write_text("".join(f"{host(n)}\n" for n in range(worker + 1, count + 1, WORKERS)))
        there = f"xargs -P{AT_ONCE} -I{{}} ssh -F {bed.config} {{}} true"
        lines.append(f"ssh -F {bed.config} {address(worker + 1)} {shlex.quote(there)} <{hosts} & p{worker}=$!\n")
    return "".join(lines) + "".join(f"wait $p{worker} || exit\n" for worker in range(WORKERS))


def topology(bed, workers, count):
    """clush's tree: this machine, its gateways, the hosts behind them."""
    file = bed.folder / f"topology-{workers}-{count}.conf"
    gateways = ",".join(address(n) for n in range(1, workers + 1))
    hosts = ",".join(host(n) for n in range(1, count + 1))
    file.write_text(f"[routes]\n{socket.gethostname().partition('.')[0]}: {gateways}\n{gateways}: {hosts}\n")
    return str(file)


def gateway_environment(env):
    """The gateways' Python is the one that has ClusterShell: the first line of clush names it."""
    with open(shutil.which("clush"), encoding="utf-8") as file:
        python = file.readline().removeprefix("#!").split()[0]
    return dict(env, CLUSTERSHELL_GW_PYTHON_EXECUTABLE=python if Path(python).name != "env" else "python3")
