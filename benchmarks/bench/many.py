"""(e) Very many workers: 10, 100 and 1,000 of them with 1,000 hosts each, in a process of their own (MINA SSH servers)."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from . import program
from .measure import Failed, best, run, shown, table, talk

AT_ONCE = 50
# of each worker
HOSTS = 1000
SUBNET = 150
HEAP = "-Xmx768m"
SOURCE = program.HOME / "src/test/java/org/jetfanout/demo/WorkerFarm.java"


def main(folder, rounds, quick):
    sizes = [10, 100] if quick else [10, 100, 1000]
    points = [(workers, point(folder / str(workers), workers, 1 if workers > 100 else min(rounds, 3))) for workers in sizes]
    base = points[0]
    rows = []
    for workers, runs in points:
        first = base[1]
        rows.append(
            [
                f"{workers:,}",
                f"{workers * HOSTS:,}",
                f"{workers / base[0]:.0f}",
                f"{best(runs) / best(first):.2f}",
                f"{best(runs, 'cpu') / best(first, 'cpu'):.2f}",
                f"{best(runs, 'mib') / best(first, 'mib'):.2f}",
                f"{max(s.threads for s in runs) / max(s.threads for s in first):.2f}",
                f"{best(runs):.1f}",
                f"{best(runs, 'cpu'):.1f}",
                f"{best(runs, 'mib'):.0f}",
                max(s.threads for s in runs),
            ]
        )
    return table(
        f"(e) {HOSTS:,} hosts on each of N workers, --threads {AT_ONCE}, JVM with {HEAP}; ratios are to the first row",
        ["N", "hosts", "× N", "× time", "× CPU", "× memory", "× threads", "s", "CPU s", "peak MiB", "peak threads"],
        rows,
    )


def point(folder, workers, rounds):
    with Farm(folder, workers) as farm:
        arguments = farm.site()
        env = program.environment(folder, more_java=HEAP, SSH_AUTH_SOCK=str(farm.socket))
        runs = []
        for turn in range(rounds):
            words = program.words() + arguments + ["--threads", str(AT_ONCE), "-q"]
            runs.append(run(words, env=env, allowed=(int(os.environ.get("MANY_EXIT", 0)),), count_threads=True))
            check(folder / "state", workers * HOSTS)
            talk(f"  {workers} workers, round {turn + 1}: {shown(runs[-1])}, {runs[-1].threads} threads")
            shutil.rmtree(folder / "state")
        return runs


def check(state, hosts):
    """Every host has one result."""
    seen = set()
    for file in state.glob("jet-fanout/runs/*/results.ndjson"):
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                host = json.loads(line)["host"]
                if host in seen:
                    raise Failed(f"{host} has two results")
                seen.add(host)
    if len(seen) != hosts:
        raise Failed(f"{len(seen)} of {hosts} hosts have a result")


class Farm:
    """The workers' process, an ssh-agent, and a site for them; close() ends both."""

    def __init__(self, folder, workers, hosts=HOSTS, plays=1):
        self.folder = Path(folder)
        self.workers = workers
        self.hosts = workers * hosts
        self.plays = plays
        self.socket = self.folder / "agent"
        self.processes = []

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            if process.stdin:
                process.stdin.close()
            else:
                process.terminate()
        for process in self.processes:
            process.wait()

    def start(self):
        (self.folder / "home/.ssh").mkdir(parents=True)
        key = self.folder / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "workers", "-f", key], check=True)
        self.processes.append(
            subprocess.Popen(["ssh-agent", "-D", "-a", self.socket], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        while not self.socket.exists():
            pass
        subprocess.run(["ssh-add", "-q", key], env=dict(os.environ, SSH_AUTH_SOCK=str(self.socket)), check=True)
        path = class_path()
        classes = self.folder / "classes"
        subprocess.run(["javac", "-proc:none", "-nowarn", "-d", classes, "-cp", path, SOURCE], check=True)
        # its heap holds nothing; its processes are the workers'
        words = ["java", "-Xmx256m", "-XX:+UseSerialGC", "-cp", f"{classes}{os.pathsep}{path}"]
        words += ["org.jetfanout.demo.WorkerFarm", f"{key}.pub", str(self.workers), str(SUBNET), str(program.STAND_IN)]
        farm = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.processes.append(farm)
        for line in farm.stdout:
            if line.startswith("ready "):
                _, self.port, self.homes, self.host_key = line.strip().split(" ", 3)
                break
        else:
            raise Failed("the workers' process ended")
        known = "".join(f"[{address(n)}]:{self.port} {self.host_key}\n" for n in range(self.workers))
        (self.folder / "home/.ssh/known_hosts").write_text(known)

    def site(self):
        groups = self.folder / "inventory/groups"
        groups.mkdir(parents=True)
        (groups / "web").write_text("hosts:\n" + "".join(f"  - host-{n:07d}.example.com\n" for n in range(self.hosts)))
        (groups / "workers").write_text("hosts:\n" + "".join(f"  - {address(n)}\n" for n in range(self.workers)))
        playbook, config = self.folder / "playbook.yml", self.folder / "workers.yml"
        play = "- name: trivial\n  groups: [web]\n  tasks:\n    - !shell\n      cmd: /bin/true\n"
        playbook.write_text(play * self.plays)
        behaviour = os.environ.get("MANY_STAND_IN", "quick")
        config.write_text(
            "workers:\n  map:\n    - { from: web, to: workers }\n"
            f"  jetp: {self.homes}/jetp\n  user: bench\n  port: {self.port}\n  env: {{ STAND_IN: '{behaviour}' }}\n"
        )
        return self.arguments()

    def arguments(self):
        return [
            "--playbook", str(self.folder / "playbook.yml"), "--inventory", str(self.folder / "inventory"),
            "--worker-config", str(self.folder / "workers.yml"), "--user", "deploy",
        ]


def address(number):
    return f"127.0.{SUBNET + number // 250}.{number % 250 + 1}"


def class_path():
    """What the launcher starts the program from."""
    options = max(program.HOME.glob("target/start/**/options"), key=lambda file: file.stat().st_mtime)
    lines = [line.strip('"') for line in options.read_text().splitlines()]
    return lines[lines.index("-cp") + 1]
