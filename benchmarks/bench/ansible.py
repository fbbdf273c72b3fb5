"""(z) A playbook of ansible on 100 hosts over 4 workers, beside ansible-playbook alone with as many forks as all workers together."""

import shutil
import subprocess

from . import program
from .bed import SHARED_KEX
from .hosts import HostBed
from .measure import best, interleaved, middle, run, table, talk

WORKERS = 4
OURS = "jet-fanout ansible-playbook"
FLAT = "ansible-playbook"
TASKS = [
    "ansible.builtin.ping:",
    "ansible.builtin.command: 'true'",
    "ansible.builtin.stat: { path: /etc/hostname }",
    "ansible.builtin.shell: 'exit 0'",
    "ansible.builtin.slurp: { src: /etc/hostname }",
]


def main(folder, rounds, quick):
    if not shutil.which("ansible-playbook"):
        talk("ansible-playbook is not installed: (z) is left out (Debian: apt install ansible-core)")
        return ""
    hosts, forks, wait = (8, 4, 1) if quick else (100, 20, 4)
    with HostBed(folder / "bed", WORKERS, hosts, SHARED_KEX) as bed:
        work = rows(bed, hosts, forks, TASKS, "work", min(rounds, 3))
        waits = rows(bed, hosts, forks, [f"ansible.builtin.raw: sleep {wait}"] * 2, "waits", min(rounds, 2))
    head = ["program", "its time ÷ ours", "our CPU ÷ its", "best s", "median s", "control CPU s", "workers' CPU s", "peak MiB"]
    return "\n".join(
        [
            table(f"(z) {len(TASKS)} tasks on {hosts} hosts over {WORKERS} workers, {forks} forks in all", head, work),
            table(f"(z) 2 tasks that wait {wait} s on {hosts} hosts over {WORKERS} workers, {forks} forks in all", head, waits),
        ]
    )


def rows(bed, hosts, forks, tasks, name, rounds):
    programs = site(bed, hosts, forks, tasks, name)
    measured = {which: lambda p=program_: bed.measured(hosts, p, exactly=0) for which, program_ in programs.items()}
    samples = interleaved(measured, rounds, prepare=bed.sweep)
    ours = samples.get(OURS)
    return [
        [
            which,
            f"{best(runs) / best(ours):.2f}" if ours else "",
            f"{min(map(cpu, ours)) / min(map(cpu, runs)):.2f}" if ours else "",
            f"{best(runs):.2f}",
            f"{middle(runs):.2f}",
            f"{best(runs, 'cpu'):.2f}",
            f"{best(runs, 'remote'):.2f}",
            f"{max(run_.mib for run_ in runs):.0f}",
        ]
        for which, runs in samples.items()
        if runs
    ]


def cpu(sample):
    """Of the control machine and the workers."""
    return sample.cpu + sample.remote


def site(bed, hosts, forks, tasks, name):
    folder = bed.folder / f"site-{name}"
    _, inventory = bed.inventory(folder, WORKERS, hosts)
    playbook = folder / "site.yml"
    playbook.write_text("- hosts: hosts\n  gather_facts: false\n  tasks:\n" + "".join(f"    - {task}\n" for task in tasks))
    sockets = bed.folder / "cp"
    flat = dict(bed.environment(), ANSIBLE_SSH_CONTROL_PATH_DIR=str(sockets), ANSIBLE_HOME=str(bed.folder / "ansible"))
    flat.update(ANSIBLE_SSH_COMMON_ARGS=f"-F {bed.config}")
    arguments = ["-i", str(inventory), str(playbook)]
    config = bed.workers_yml(folder, forks // WORKERS)
    words = program.words() + ["ansible-playbook", *arguments, "--worker-config", str(config), "-q"]
    env = program.environment(bed.folder, SSH_AUTH_SOCK=str(bed.socket))
    return {
        FLAT: lambda: without_masters(lambda: run(["ansible-playbook", "-f", str(forks), *arguments], env=flat), sockets),
        OURS: lambda: run(words, env=env),
    }


def without_masters(program_, sockets):
    """Ansible's connections live on in the background: ended, so that their CPU can be asked for."""
    sample = program_()
    for control in sorted(sockets.iterdir()):
        subprocess.run(["ssh", "-o", f"ControlPath={control}", "-O", "exit", "host"], capture_output=True)
    return sample
