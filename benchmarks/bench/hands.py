"""(h) Runs through hands, instances at one broker: lines, many workers, a million hosts, and a hand that has nothing to do."""

import os
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from . import program
from .bed import Bed, free_port, wait
from .many import HEAP, Farm, check
from .measure import Failed, Sample, best, cpu_of, run, shown, table, talk
from .stores import FETCHES, MAVEN

PAIR = program.HOME / "compose/pair"
# as the tests have it, at the same place
ARTEMIS = "2.56.0"
LINE = 120
# of all instances together
AT_ONCE = 51
ALONE, SHARED, THROUGH = "without broker", "the run is its own hand", "one other hand"


def main(folder, rounds, quick):
    with Artemis(folder / "broker") as broker:
        return "\n".join(
            [
                lines(folder / "lines", broker, min(rounds, 2), quick),
                workers(folder / "workers", broker, min(rounds, 2), quick),
                million(folder / "million", broker, quick),
                idle(folder / "idle", broker, quick),
            ]
        )


class Artemis:
    """One broker as docs/many.md sets it up: the released Artemis, started by the script of compose/pair, with TLS."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.port = free_port()
        self.secrets = self.folder / "secrets"
        self.log = self.folder / "log"

    def __enter__(self):
        home = artemis_home()
        self.folder.mkdir(parents=True)
        self.make_secrets()
        settings = {
            "data": self.folder / "store", "bind": "127.0.0.1", "address": "127.0.0.1", "port": self.port, "other": "127.0.0.1",
            "other.port": free_port(), "ca": self.secrets / "ca.pem", "tls": self.secrets / "tls.pem",
        }  # fmt: skip
        env = {key: value for key, value in os.environ.items() if not key.startswith("JAVA_")}
        env.update(
            ARTEMIS_HOME=str(home),
            SECRETS=str(self.secrets),
            QUEUE_FILES=str(PAIR),
            QUEUE_INSTANCE=str(self.folder / "instance"),
            JAVA_ARGS_APPEND=" ".join(f"-Dqueue.{key}={value}" for key, value in settings.items()),
        )
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([PAIR / "broker", "primary"], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait("Artemis serves", self.serves, 120)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def serves(self):
        said = self.log.read_text()
        if self.process.poll() is not None:
            raise Failed(f"Artemis has ended: {said[-2000:]}")
        return "AMQ221007" in said  # server is now active

    def make_secrets(self):
        self.secrets.mkdir(mode=0o700)
        for user in ("owner", "hand", "pair"):
            (self.secrets / user).write_text(os.urandom(24).hex())
        ec = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3650 -subj /CN=queue -addext subjectAltName=IP:127.0.0.1"
        key, ca = self.secrets / "key.pem", self.secrets / "ca.pem"
        words = ["openssl", "req", "-batch", "-x509", *ec.split(), "-keyout", key, "-out", ca]
        subprocess.run(words, check=True, stderr=subprocess.DEVNULL)
        (self.secrets / "tls.pem").write_text(key.read_text() + ca.read_text())

    def config(self, user):
        """What broker.yml says, for owners or hands."""
        key = self.folder / "shared.key"
        if not key.exists():
            subprocess.run(program.words() + ["hand", "--make-key", str(key)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        file = self.folder / f"{user}.yml"
        file.write_text(
            f"broker:\n  url: tcp://127.0.0.1:{self.port}\n  user: {user}\n  password: {(self.secrets / user).read_text()}\n"
            f"  ca: {self.secrets / 'ca.pem'}\n  shared_key: {key}\n"
        )
        file.chmod(0o600)
        return str(file)

    def cpu(self):
        return cpu_of(self.process.pid)


def artemis_home():
    """Where the released Artemis is; from Maven Central, the first time."""
    folder = program.HOME / "target/servers/artemis"
    whole = folder / f"unpacked-{ARTEMIS}"
    if not whole.exists():
        folder.mkdir(parents=True, exist_ok=True)
        artifact = f"-Dartifact=org.apache.artemis:apache-artemis:{ARTEMIS}:tar.gz:bin"
        words = [*MAVEN, FETCHES + "unpack", artifact, f"-DoutputDirectory={folder}"]
        subprocess.run(words, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        whole.touch()
    return folder / f"apache-artemis-{ARTEMIS}"


class Hand:
    """A process that is a hand, from when it is ready until the end of the block."""

    def __init__(self, folder, env, broker, name, *more):
        self.folder = Path(folder) / name
        self.env = dict(env, XDG_STATE_HOME=str(self.folder / "state"))
        self.words = program.words() + ["hand", "--name", name, "--broker-config", broker.config("hand"), *more]
        self.words += ["--ready-file", str(self.folder / "ready")]

    def __enter__(self):
        self.folder.mkdir(parents=True)
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(self.words, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait(f"hand {self.words} is ready", self.is_ready, 60)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)

    def is_ready(self):
        if self.process.poll() is not None:
            raise Failed(f"a hand has ended: {(self.folder / 'log').read_text()[-2000:]}")
        return (self.folder / "ready").exists()

    def cpu(self):
        return cpu_of(self.process.pid)

    def mib(self, which="VmRSS"):
        return memory(self.process.pid, which)


def memory(pid, which="VmRSS"):
    with open(f"/proc/{pid}/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(which + ":"))


@dataclass(frozen=True)
class Shared:
    """What a run has cost: its own process, each hand (from its start on), and the broker."""

    owner: Sample
    hands: list
    peaks: list
    broker: float
    # MiB of the owner at each tenth of its time
    course: list

    @property
    def cpu(self):
        """Of the instances, without the broker."""
        return self.owner.cpu + sum(self.hands)


def measured(words, env, broker=None, hands=(), from_start=False):
    """Runs the owner, and counts what the others do meanwhile; or since they began, if this is their first run."""
    before = [0 if from_start else hand.cpu() for hand in hands]
    of_broker = broker.cpu() if broker else 0
    course = Course()
    owner = run(words, env=env, watch=course.begin)
    result = Shared(
        owner,
        [hand.cpu() - spent for hand, spent in zip(hands, before)],
        [hand.mib("VmHWM") for hand in hands],
        broker.cpu() - of_broker if broker else 0,
        course.tenths(),
    )
    talk(f"    {shown(owner)}; hands: CPU {', '.join(f'{cpu:.1f}' for cpu in result.hands) or '-'}; broker: CPU {result.broker:.1f}")
    return result


class Course:
    """The memory of a process over its time."""

    def begin(self, pid):
        self.seen = []
        threading.Thread(target=self.watch, args=(pid,), daemon=True).start()

    def watch(self, pid):
        while True:
            try:
                self.seen.append(memory(pid))
            except (OSError, StopIteration):
                return
            time.sleep(0.1)

    def tenths(self):
        return [self.seen[len(self.seen) * tenth // 10] for tenth in range(1, 10)] if self.seen else []


def lines(folder, broker, rounds, quick):
    """From the worker to the run record, through no hand, the run's own, and another one's."""
    sizes = [50_000, 100_000] if quick else [1_000_000, 2_000_000, 4_000_000]
    rows, course = [], []
    with Bed(folder / "bed", 1) as bed:
        env = program.environment(bed.folder, SSH_AUTH_SOCK=str(bed.socket))

        def job(count):
            text = bed.folder / f"lines-{count}"
            with open(text, "w") as out:
                for number in range(count):
                    out.write(f"{number:010d} ".ljust(LINE - 1, "x") + "\n")
            text.chmod(0o644)
            return bed.site(bed.folder / f"site-{count}", 1, bed.runner(f"jetp-{count}", f"cat {text}\n" if count else ""))

        def once(mode, count, arguments):
            bed.sweep()
            words = program.words() + arguments + ["-q"]
            if mode == ALONE:
                sample = measured(words, env)
            else:
                words += ["--broker-config", broker.config("owner")]
                if mode == SHARED:
                    sample = measured(words, env, broker)
                else:
                    sample = measured(words + ["--no-local"], env, broker, [hand])
            whole(bed.folder / "state", count)
            return sample

        with Hand(folder, env, broker, "hand") as hand:
            jobs = {count: job(count) for count in [0, *sizes]}
            samples = {}
            for turn in range(rounds):
                for count, arguments in jobs.items():
                    for mode in (ALONE, SHARED, THROUGH):
                        talk(f"  round {turn + 1}, {count} lines, {mode}:")
                        samples.setdefault((mode, count), []).append(once(mode, count, arguments))
    for count in sizes:
        rate = {}
        for mode in (ALONE, SHARED, THROUGH):
            runs = samples[mode, count]
            took = best([r.owner for r in runs]) - best([r.owner for r in samples[mode, 0]])
            rate[mode] = count / took
            cheapest = min(runs, key=lambda r: r.cpu)
            rows.append(
                [
                    f"{count:,}",
                    mode,
                    f"{rate[mode] / rate[ALONE]:.2f}",
                    f"{rate[mode] / 1000:.0f}k",
                    f"{count / best([r.owner for r in runs]) / 1000:.0f}k",
                    f"{cheapest.cpu / min(r.cpu for r in samples[ALONE, count]):.2f}",
                    f"{cheapest.owner.cpu:.1f}",
                    f"{sum(cheapest.hands):.1f}" if cheapest.hands else "–",
                    f"{cheapest.broker:.1f}" if mode != ALONE else "–",
                    f"{max(r.owner.mib for r in runs):.0f}",
                    f"{max(max(r.peaks) for r in runs):.0f}" if cheapest.hands else "–",
                ]
            )
            if mode == THROUGH:
                course.append([f"{count:,}"] + [f"{mib:.0f}" for mib in runs[-1].course])
    return "\n".join(
        [
            table(
                f"(h) Lines of {LINE} bytes from one worker to the run record, through a broker",
                ["lines", "by", "rate ÷ without", "lines/s", "start-up counted", "CPU ÷ without", "run's CPU s", "hand's", "broker's", "run's peak MiB", "hand's"],
                rows,
            ),
            table(
                "(h) Memory of the run's process over its time, with one other hand, MiB",
                ["lines"] + [f"{tenth}0 %" for tenth in range(1, 10)],
                course,
            ),
        ]
    )


def whole(state, lines_):
    stored = sum(file.stat().st_size for file in state.rglob("*") if file.is_file())
    if stored < lines_ * LINE:
        raise Failed(f"only {stored} bytes are in the run record")


def workers(folder, broker, rounds, quick):
    """Many workers by one instance and by three, which run long and have just begun."""
    rows = []
    sizes = [(20, 10)] if quick else [(100, 10), (1000, 10)]
    for count, hosts in sizes:
        with Farm(folder / f"{count}-{hosts}", count, hosts) as farm:
            alone, shared, cold, warm = [], [], [], []
            for _ in range(rounds):
                alone.append(of_farm(farm, hosts))
                shared.append(of_farm(farm, hosts, broker))
                with Hands(farm, broker) as hands:
                    cold.append(of_farm(farm, hosts, broker, hands.list, from_start=True))
                    warm.append(of_farm(farm, hosts, broker, hands.list))
            one = min(alone, key=lambda r: r.cpu)
            kinds = [("one, without broker", alone), ("one, at the broker", shared)]
            kinds += [("three that have just started", cold), ("three, hands run already", warm)]
            at_broker = min(r.cpu for r in shared)
            for what, runs in kinds:
                least = min(runs, key=lambda r: r.cpu)
                rows.append(
                    [
                        f"{count:,}",
                        f"{count * hosts:,}",
                        what,
                        f"{least.cpu / one.cpu:.2f}",
                        f"{least.cpu / at_broker:.2f}",
                        f"{best([r.owner for r in runs]) / best([r.owner for r in alone]):.2f}",
                        f"{least.cpu:.1f}",
                        f"{least.owner.cpu:.1f}",
                        " ".join(f"{cpu:.1f}" for cpu in least.hands) or "–",
                        f"{least.broker:.1f}" if runs is not alone else "–",
                        f"{best([r.owner for r in runs]):.1f}",
                    ]
                )
    return table(
        f"(h) Many workers by one instance and by three, {AT_ONCE} at a time; CPU without the broker's",
        ["workers", "hosts", "instances", "CPU ÷ one", "÷ one at the broker", "time ÷ one", "CPU s", "run's", "hands'", "broker's", "s"],
        rows,
    )


class Hands:
    """Two hands beside the run, which is the third."""

    def __init__(self, farm, broker):
        env = environment(farm)
        self.list = [Hand(farm.folder, env, broker, f"hand-{n}", "--threads", str(AT_ONCE // 3)) for n in (1, 2)]

    def __enter__(self):
        for hand in self.list:
            hand.__enter__()
        return self

    def __exit__(self, *_):
        for hand in self.list:
            hand.__exit__()


def environment(farm):
    return program.environment(farm.folder, more_java=HEAP, SSH_AUTH_SOCK=str(farm.socket))


def of_farm(farm, hosts, broker=None, hands=(), **more):
    """One run of all of its hosts, each of which must have one result."""
    if not (farm.folder / "workers.yml").exists():
        farm.site()
    words = program.words() + farm.arguments() + ["--threads", str(AT_ONCE), "-q"]
    if broker:
        words += ["--broker-config", broker.config("owner")]
    talk(f"  {farm.workers} workers, {farm.hosts} hosts, {1 + len(hands)} instances:")
    try:
        sample = measured(words, environment(farm), broker, hands, **more)
        check(farm.folder / "state", farm.hosts)
        return sample
    finally:
        shutil.rmtree(farm.folder / "state", ignore_errors=True)


def million(folder, broker, quick):
    """A million hosts of 1,000 workers over three instances, each host once."""
    count, hosts = (20, 100) if quick else (1000, 1000)
    with Farm(folder, count, hosts) as farm:
        one = of_farm(farm, hosts)
        with Hands(farm, broker) as hands:
            three = of_farm(farm, hosts, broker, hands.list, from_start=True)
    rows = []
    for what, sample in (("one, without broker", one), ("three", three)):
        rows.append(
            [
                what,
                f"{sample.cpu / one.cpu:.2f}",
                f"{sample.owner.wall / one.owner.wall:.2f}",
                f"{sample.owner.wall:.1f}",
                f"{sample.owner.cpu:.1f}",
                " ".join(f"{cpu:.1f}" for cpu in sample.hands) or "–",
                f"{sample.broker:.1f}" if sample.hands else "–",
                f"{sample.owner.mib:.0f}",
                " ".join(f"{mib:.0f}" for mib in sample.peaks) or "–",
            ]
        )
    return table(
        f"(h) {count * hosts:,} hosts of {count:,} workers, {AT_ONCE} at a time, each host once, JVMs with {HEAP}",
        ["instances", "CPU ÷ one", "time ÷ one", "s", "run's CPU s", "hands'", "broker's", "run's peak MiB", "hands'"],
        rows,
    )


def idle(folder, broker, quick):
    """A hand with nothing to do, alone at the broker and beside two others."""
    settle, span = (3, 5) if quick else (30, 60)
    env = program.environment(folder)
    rows = []
    with Hand(folder, env, broker, "first") as first:
        for beside in (0, 2):
            others = [Hand(folder, env, broker, f"other-{n}") for n in range(beside)]
            try:
                for other in others:
                    other.__enter__()
                time.sleep(settle)
                begin, spent, of_broker = time.monotonic(), first.cpu(), broker.cpu()
                time.sleep(span)
                took = time.monotonic() - begin
                rows.append(
                    [
                        beside,
                        f"{(first.cpu() - spent) / took * 100:.2f} %",
                        f"{first.mib():.0f}",
                        f"{first.mib('VmHWM'):.0f}",
                        f"{(broker.cpu() - of_broker) / took * 100:.2f} %",
                    ]
                )
                talk(f"  idle beside {beside}: {rows[-1]}")
            finally:
                for other in others:
                    other.__exit__()
    return table(
        f"(h) A hand with nothing to do, over {span} s",
        ["other hands", "CPU of a core", "MiB", "its peak", "broker's CPU"],
        rows,
    )
