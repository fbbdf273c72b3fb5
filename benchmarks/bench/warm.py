"""(v) The second run of a trivial job through the service, with kept connections, beside ansible with warm ControlPersist and xargs ssh."""

import http.client
import json
import os
import subprocess
import time
from dataclasses import dataclass

from . import program
from .bed import SHARED_KEX, Bed, address, free_port, wait
from .dispatch import AT_ONCE
from .measure import Failed, adopt_orphans, best, cpu_below, cpu_of, middle, run, table, talk

# after the first and the second: what a service does that has been there for a while
LATER = 3


@dataclass(frozen=True)
class Cost:
    """One run: seconds, CPU seconds of the program on the control machine, and those of all that is below this process."""

    wall: float
    cpu: float
    all: float


def main(folder, rounds, quick):
    rows = []
    with Bed(folder / "bed", 50 if quick else 200, SHARED_KEX) as bed:
        adopt_orphans()
        for count in [bed.workers]:
            rows += one(bed, count, min(rounds, 2) if quick else rounds)
    return table(
        f"(v) Second run of a trivial job on N workers, {AT_ONCE} at a time, {SHARED_KEX} everywhere",
        ["N", "program", "second ÷ its time", "later ÷ its time", "best s", "median s", "control CPU s", "CPU s with workers"],
        rows,
    )


def one(bed, count, rounds):
    talk(f"{count} workers")
    ansible, cold = Ansible(bed, count), Xargs(bed, count)
    costs = {which: [] for which in ("jet-fanout, first", "jet-fanout, second", "jet-fanout, later", ansible.name, cold.name)}
    for turn in range(rounds):
        # the service is a new one in each round, so its second run is one that has run once; all of a round run one after the other
        with Service(bed, count) as service:
            for which in ("first", "second") + LATER * ("later",):
                costs[f"jet-fanout, {which}"].append(shown(turn, f"jet-fanout, {which}", service.run()))
        for peer in (ansible, cold):
            bed.sweep()
            with peer:
                costs[peer.name].append(shown(turn, peer.name, peer.run()))
    second, later = costs["jet-fanout, second"], costs["jet-fanout, later"]
    return [
        [
            count,
            which,
            f"{best(second) / best(runs):.2f}",
            f"{best(later) / best(runs):.2f}",
            f"{best(runs):.2f}",
            f"{middle(runs):.2f}",
            f"{best(runs, 'cpu'):.2f}",
            f"{best(runs, 'all'):.2f}",
        ]
        for which, runs in costs.items()
    ]


def shown(turn, which, cost):
    talk(f"  round {turn + 1} {which}: {cost.wall:.2f} s, CPU {cost.cpu:.2f} s, with workers {cost.all:.2f} s")
    return cost


class Service:
    """serve with one template; close() ends it and its connections."""

    def __init__(self, bed, count):
        self.bed = bed
        self.count = count
        self.folder = bed.folder / "service"
        self.port = free_port()
        self.log = self.folder / "log"
        self.config = self.folder / "service.yml"
        self.process = None

    def __enter__(self):
        arguments = self.bed.site(self.bed.folder / f"site-{self.count}", self.count, self.bed.runner("jetp"))
        self.folder.mkdir(exist_ok=True)
        words = ", ".join(json.dumps(word) for word in arguments + ["--threads", str(AT_ONCE)])
        self.config.write_text(
            f"listen: 127.0.0.1:{self.port}\nkeep_connections: 10m\ntemplates:\n  trivial:\n    command: [{words}]\n"
        )
        # not the state that sweep() removes: the service is there while others run
        env = program.environment(self.bed.folder, SSH_AUTH_SOCK=str(self.bed.socket), XDG_STATE_HOME=str(self.folder / "state"))
        token = ["token", "add", f"bench-{self.port}", "--scopes", "read,run"]
        self.token = subprocess.run(program.words() + token, env=env, check=True, capture_output=True, text=True).stdout.split()[-1]
        with open(self.log, "wb") as log:
            words = program.words() + ["serve", "--config", str(self.config)]
            self.process = subprocess.Popen(words, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait("serve is ready", self.is_ready, seconds=120)
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise Failed(f"serve has ended: {self.log.read_text()}")
        return "serve is ready" in self.log.read_text()

    def __exit__(self, *_):
        if self.process:
            self.process.terminate()
            self.process.wait()

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        head = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection.request(method, f"/api/v1{path}", body, head)
        answer = connection.getresponse()
        if answer.status >= 300:
            raise Failed(f"{method} {path}: {answer.status} {answer.read().decode()}")
        return answer

    def run(self):
        """From the request that starts it to the event that says that it has ended: what a person waits for."""
        all_, cpu, start = cpu_below(os.getpid()), cpu_of(self.process.pid), time.monotonic()
        guid = json.load(self.ask("POST", "/runs", json.dumps({"template": "trivial"})))["guid"]
        event = ""
        for line in self.ask("GET", f"/runs/{guid}/stream?lines=false"):
            name, _, value = line.decode().strip().partition(": ")
            event = value if name == "event" else event
            if event == "end" and name == "data":
                wall = time.monotonic() - start
                if json.loads(value)["exitCode"] != 0:
                    raise Failed(f"run {guid}: {value}")
                settle()
                return Cost(wall, cpu_of(self.process.pid) - cpu, cpu_below(os.getpid()) - all_)
        raise Failed(f"the stream of run {guid} has ended before the run")


class Peer:
    """A program that is started anew for each run."""

    def __init__(self, bed, count):
        self.bed = bed
        self.hosts = bed.folder / f"hosts-{count}"
        self.hosts.write_text("".join(f"{address(n)}\n" for n in range(1, count + 1)))
        self.env = bed.environment()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def run(self):
        all_ = cpu_below(os.getpid())
        sample = run(self.words(), env=self.env)
        settle()
        return Cost(sample.wall, sample.cpu, cpu_below(os.getpid()) - all_)


class Xargs(Peer):
    """A login for each worker."""

    name = "xargs -P ssh, cold"

    def words(self):
        return ["xargs", "-a", self.hosts, "-P", str(AT_ONCE), "-I{}", "ssh", "-F", self.bed.config, "{}", "/bin/true"]


class Ansible(Peer):
    """Its connections stay open as background processes, from a run that is not measured."""

    name = "ansible -m raw, warm ControlPersist"

    def __init__(self, bed, count):
        super().__init__(bed, count)
        self.sockets = bed.folder / "cp"
        self.env.update(ANSIBLE_SSH_CONTROL_PATH_DIR=str(self.sockets), ANSIBLE_HOME=str(bed.folder / "ansible"))

    def words(self):
        persist = f"-F {self.bed.config} -o ControlMaster=auto -o ControlPersist=600s"
        return ["ansible", "-i", self.hosts, "all", "-m", "raw", "-f", str(AT_ONCE), "-a", "/bin/true", "--ssh-common-args", persist]

    def __enter__(self):
        run(self.words(), env=self.env)
        return self

    def __exit__(self, *_):
        for control in sorted(self.sockets.iterdir()) if self.sockets.is_dir() else []:
            subprocess.run(["ssh", "-o", f"ControlPath={control}", "-O", "exit", "worker"], env=self.env, capture_output=True)
        settle()


def settle():
    """What a run leaves behind on its workers ends, and is counted."""
    time.sleep(0.5)
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
