"""(y) One file to many hosts over 2 workers, beside clush with 2 gateways, and `scp` to gateways and from there with xargs."""

import filecmp
import os
import shlex
import shutil
import subprocess

from . import program
from .bed import SHARED_KEX, address
from .commands import gateway_environment, topology
from .hosts import HostBed, host
from .measure import Failed, best, interleaved, middle, run, table, talk

WORKERS = 2
NAME = "payload"
OURS = "jet-fanout copy"


def main(folder, rounds, quick):
    hosts, megabytes = (8, 5) if quick else (40, 100)
    with HostBed(folder / "bed", WORKERS, hosts, SHARED_KEX, folders=True) as bed:
        file = bed.folder / NAME
        # nothing that ssh or tar could make smaller
        file.write_bytes(os.urandom(megabytes * 1_000_000))
        file.chmod(0o644)
        programs = peers(bed, hosts, file) | ours(bed, hosts, file)
        measured = {which: lambda p=program_: arrived(bed, hosts, file, p) for which, program_ in programs.items()}
        # minutes for one of them
        samples = interleaved(measured, min(rounds, 2), prepare=lambda: clean(bed, hosts))
    rows = [
        [
            which,
            f"{best(samples[OURS]) / best(runs):.2f}" if samples.get(OURS) else "",
            f"{best(runs):.2f}",
            f"{middle(runs):.2f}",
            f"{hosts * megabytes / best(runs):.0f}",
            f"{best(runs, 'cpu'):.2f}",
            f"{best(runs, 'remote'):.2f}",
            f"{max(run_.mib for run_ in runs):.0f}",
        ]
        for which, runs in samples.items()
        if runs
    ]
    return table(
        f"(y) A file of {megabytes} MB to {hosts} hosts over {WORKERS} workers, {hosts // WORKERS} at a time on each; {SHARED_KEX} everywhere",
        ["program", "ours ÷ its time", "best s", "median s", "MB/s in all", "control CPU s", "workers' CPU s", "peak MiB"],
        rows,
    )


def arrived(bed, hosts, file, program_):
    """A run that counts only if each host has the file."""
    sample = bed.measured(hosts, program_, exactly=0)
    for n in range(1, hosts + 1):
        if not filecmp.cmp(file, bed.files(n) / NAME, shallow=False):
            raise Failed(f"{host(n)} has another file")
    return sample


def clean(bed, hosts):
    bed.sweep()
    for n in range(1, hosts + 1):
        shutil.rmtree(bed.files(n))
        bed.files(n).mkdir()
        shutil.chown(bed.files(n), bed.user)
    # nobody is to write what another one left to be written
    subprocess.run(["sync"], check=True)


def ours(bed, hosts, file):
    folder = bed.folder / "site"
    inventory, _ = bed.inventory(folder, WORKERS, hosts)
    words = program.words() + ["copy", "-i", str(inventory), "--limit-groups", "hosts", "--user", bed.user]
    words += ["--worker-config", str(bed.workers_yml(folder, hosts // WORKERS)), "-q", "--", str(file), f"./{NAME}"]
    env = program.environment(bed.folder, SSH_AUTH_SOCK=str(bed.socket))
    return {OURS: lambda: run(words, env=env)}


def peers(bed, hosts, file):
    env = bed.environment()
    names = ",".join(host(n) for n in range(1, hosts + 1))
    all_ = {"scp, ssh xargs scp": lambda: run(["sh", "-c", by_hand(bed, hosts, file)], env=env)}
    if shutil.which("clush"):
        tree = ["clush", "-S", "-q", "-o", f"-F {bed.config}", "--topology", topology(bed, WORKERS, hosts), "-w", names]
        tree += ["--copy", file, "--dest", "./"]
        all_["clush --copy, 2 gateways"] = lambda: run(tree, env=gateway_environment(env), limit=3600)
    else:
        talk("clush is not installed: left out (Debian: apt install clustershell)")
    return all_


def by_hand(bed, hosts, file):
    lines = []
    for worker in range(WORKERS):
        listed = bed.folder / f"list-{worker + 1}"
        listed.write_text("".join(f"{host(n)}\n" for n in range(worker + 1, hosts + 1, WORKERS)))
        copy = f".jetbench-{worker + 1}"
        there = f"xargs -P{hosts // WORKERS} -I{{}} scp -q -F {bed.config} {copy} {{}}:{NAME} && rm {copy}"
        gateway = address(worker + 1)
        lines.append(
            f"{{ scp -q -F {bed.config} {file} {gateway}:{copy} && ssh -F {bed.config} {gateway} {shlex.quote(there)} <{listed}; }} & p{worker}=$!\n"
        )
    return "".join(lines) + "".join(f"wait $p{worker} || exit\n" for worker in range(WORKERS))
