"""(c) Start-up: from the start of the process to the first byte that reaches a worker; and commands that send nothing."""

import os
import selectors
import socket
import subprocess
import threading
import time

from . import program
from .bed import Bed, address, name
from .measure import Failed, best, interleaved, middle, run, table, talk
from .sites import PlanSite


class Stamp:
    """Stands before an sshd, passes all bytes on, and notes when the first byte of a client came."""

    def __init__(self, where, port):
        self.target = (where, port)
        self.listener = socket.create_server((where, 0))
        self.port = self.listener.getsockname()[1]
        self.first = None
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        server = socket.create_connection(self.target)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with selectors.DefaultSelector() as ready, client, server:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in ready.select():
                    try:
                        data = key.fileobj.recv(65536)
                        if key.fileobj is client and data and self.first is None:
                            self.first = time.monotonic()
                        key.data.sendall(data)
                    except OSError:
                        return
                    if not data:
                        return

    def close(self):
        self.listener.close()


def main(folder, rounds, quick):
    with Bed(folder / "bed", 1) as bed:
        stamp = Stamp(address(1), bed.port)
        arguments = bed.site(folder / "bed/site", 1, bed.runner("jetp"))
        hostvars = folder / "bed/site/inventory/host_vars" / name(1)
        hostvars.write_text(f"jet_ssh_hostname: {address(1)}\njet_ssh_port: {stamp.port}\n")
        known = bed.home / ".ssh/known_hosts"
        known.write_text(known.read_text() + known.read_text().replace(f":{bed.port} ", f":{stamp.port} "))
        config = bed.config.read_text().replace(f"Port {bed.port}", f"Port {stamp.port}")
        bed.config.write_text(config)
        hosts = folder / "bed/hosts.ini"
        hosts.write_text(f"{address(1)}\n")
        env = program.environment(folder / "bed", SSH_AUTH_SOCK=str(bed.socket))
        # no control persistence: each round is to connect anew
        ansible = ["ansible", "-i", hosts, "all", "-m", "raw", "-a", "/bin/true", "--ssh-common-args", f"-F {bed.config} -o ControlPersist=no -o ControlMaster=no"]
        programs = {"jet-fanout": program.words() + arguments, "ansible -m raw": ansible}
        times = {which: [] for which in programs}
        whole = []
        for turn in range(rounds * 2 + 1):
            for which, words in programs.items():
                stamp.first = None
                start = time.monotonic()
                with open(os.path.join(os.environ["BENCH_DIR"], "stderr"), "w+b") as errors:
                    done = subprocess.run(words, env=env, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
                    errors.seek(0)
                    if done.returncode != 0 or stamp.first is None:
                        raise Failed(f"{which}: exit {done.returncode}: {errors.read().decode()[-2000:]}")
                if turn and which.startswith("ansible"):
                    whole.append(time.monotonic() - start)
                if turn:  # the first warms the file cache
                    times[which].append(stamp.first - start)
                    talk(f"  round {turn} {which}: first byte after {stamp.first - start:.2f} s")
        stamp.close()
        beside = commands(folder, env, rounds, quick)
    other = times["ansible -m raw"]
    rows = [
        [which, f"{min(t) / min(other):.2f}", f"{median_(t) / median_(other):.2f}", f"{min(t):.2f}", f"{median_(t):.2f}"]
        for which, t in times.items()
    ]
    rows.append(
        [
            "ansible -m raw, to its end",
            f"{min(times['jet-fanout']) / min(whole):.2f} (ours ÷ it)",
            f"{median_(times['jet-fanout']) / median_(whole):.2f} (ours ÷ it)",
            f"{min(whole):.2f}",
            f"{median_(whole):.2f}",
        ]
    )
    return table(
        "(c) Start of the process to the first byte at a worker",
        ["program", "best ÷ ansible's", "median ÷ ansible's", "best s", "median s"],
        rows,
    ) + "\n" + beside


def commands(folder, env, rounds, quick):
    """Commands that send nothing, beside what they are measured by. env: its state has the record of a run."""
    site = PlanSite(folder / "plan", 100 if quick else 1_000).make()
    playbook = folder / "plan/list.yml"
    playbook.write_text("- hosts: all\n  tasks:\n    - shell: uptime\n")
    ours = program.words()
    python = ["python3", "-c", "import argparse, json, logging"]
    peers = {
        "plan": (ours + [word for word in site.ours() if word != "--json"], ["ansible-playbook", "-i", site.ini, "--list-hosts", playbook]),
        "--version": (ours + ["--version"], python),
        "status": (ours + ["status", "last"], python),
        "runs": (ours + ["runs"], python),
        "logs": (ours + ["logs", "last"], python),
    }
    own = dict(env, ANSIBLE_LOCALHOST_WARNING="False", ANSIBLE_HOME=str(folder / "ansible"))
    rows = []
    for which, (words, peer) in peers.items():
        samples = interleaved({which: lambda w=words: run(w, env=own), peer[0]: lambda w=peer: run(w, env=own)}, rounds * 2)
        mine, its = samples[which], samples[peer[0]]
        rows.append(
            [f"{which} ÷ {peer[0]}"]
            + [f"{best(mine, what) / best(its, what):.2f}" for what in ("wall", "cpu")]
            + [f"{best(mine):.2f}", f"{middle(mine):.2f}", f"{best(mine, 'cpu'):.2f}", f"{best(its, 'cpu'):.2f}"]
        )
    return table(
        f"(c) Commands that send nothing (plan of {site.hosts:,} hosts; python3: import argparse, json, logging)",
        ["command", "time", "CPU", "best s", "median s", "CPU s", "its CPU s"],
        rows,
    )


def median_(values):
    return sorted(values)[len(values) // 2]
