"""Workers to measure against: OpenSSH's sshd on loopback addresses, a login that is not root, an ssh-agent for all programs alike."""

import getpass
import os
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path

from . import program

# sshd takes at most 16 addresses
PER_SERVER = 16
USER = "jetbench"
# Debian's, and others'
SFTP = next(filter(os.path.exists, ["/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server"]), "internal-sftp")
SHARED_KEX = "curve25519-sha256"


def address(number):
    """Of worker 1, 2, …"""
    return f"127.1.{number // 250}.{number % 250 + 1}"


def name(number):
    return f"worker{number:03d}"


class Bed:
    """Up to some hundred workers; close() ends every process it started, and no other."""

    def __init__(self, folder, workers, kex=None):
        self.folder = Path(folder)
        self.workers = workers
        self.kex = kex
        self.port = free_port()
        self.processes = []
        self.home = self.folder / "home"
        self.config = self.folder / "ssh_config"
        self.socket = self.folder / "agent"

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()
        self.sweep()

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        ssh = self.home / ".ssh"
        ssh.mkdir(parents=True, mode=0o700, exist_ok=True)
        self.user = login()
        for key in ("workers", "hosts", "server"):
            file = self.folder / key
            if not file.exists():
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", key, "-f", file], check=True)
        self.authorize()
        self.processes.append(
            subprocess.Popen(["ssh-agent", "-D", "-a", self.socket], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        wait("ssh-agent listens", self.socket.exists)
        subprocess.run(["ssh-add", "-q", self.folder / "workers", self.folder / "hosts"], env=self.environment(), check=True)
        numbers = range(1, self.workers + 1)
        for first in range(1, self.workers + 1, PER_SERVER):
            self.server(first, [address(n) for n in numbers if first <= n < first + PER_SERVER])
        for number in numbers:
            wait(f"sshd on {address(number)}", lambda n=number: listens(address(n), self.port))
        server_key = " ".join((self.folder / "server.pub").read_text().split()[:2])
        known = "".join(f"[{address(n)}]:{self.port} {server_key}\n" for n in numbers)
        (ssh / "known_hosts").write_text(known)
        # OpenSSH reads the password file's home, not $HOME: its users are told
        lines = [
            "Host *",
            f"  User {self.user}",
            f"  Port {self.port}",
            f"  UserKnownHostsFile {ssh / 'known_hosts'}",
            "  StrictHostKeyChecking yes",
        ]
        self.config.write_text("\n".join(lines) + "\n")

    def authorize(self):
        authorized = self.folder / "authorized_keys"
        authorized.write_text((self.folder / "workers.pub").read_text())
        authorized.chmod(0o644)

    def server(self, name, addresses):
        with open(self.folder / f"sshd_{name}.log", "wb") as log:
            self.processes.append(subprocess.Popen(self.server_words(name, addresses), stderr=log))

    def server_words(self, name, addresses, authorized="authorized_keys", extra=()):
        """The command line of an sshd on all these addresses. Of two lines with one keyword, sshd takes the first."""
        config = self.folder / f"sshd_{name}"
        lines = [f"ListenAddress {a}:{self.port}" for a in addresses]
        lines += extra
        lines += [
            f"HostKey {self.folder / 'server'}",
            f"AuthorizedKeysFile {self.folder / authorized}",
            "PidFile none",
            "UsePAM no",
            "StrictModes no",
            "MaxStartups 1000",
            "LogLevel ERROR",
            f"Subsystem sftp {SFTP}",
        ]
        if self.kex:
            lines.append(f"KexAlgorithms {self.kex}")
        config.write_text("\n".join(lines) + "\n")
        return ["/usr/sbin/sshd", "-D", "-e", "-f", str(config)]

    def environment(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("JET_", "ANSIBLE_", "SSH_", "PDSH_", "CLUSTERSHELL"))}
        env.update(SSH_AUTH_SOCK=str(self.socket), HOME=str(self.home), XDG_STATE_HOME=str(self.folder / "state"))
        return env

    def sweep(self):
        """Removes the jobs' folders: only where the login is one of our own making."""
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        if getattr(self, "user", None) == USER:
            shutil.rmtree(Path(pwd.getpwnam(USER).pw_dir) / ".jet-fanout", ignore_errors=True)

    def site(self, folder, workers, runner, extra="", hosts=None, plays=1, tasks=1, port=None):
        """
        A site with one host per worker unless told otherwise; the arguments that run its playbook. All plays are of all hosts.
        """
        folder = Path(folder)
        groups, hostvars = folder / "inventory/groups", folder / "inventory/host_vars"
        groups.mkdir(parents=True, exist_ok=True)
        hostvars.mkdir(exist_ok=True)
        numbers = range(1, workers + 1)
        (groups / "hosts").write_text("hosts:\n" + "".join(f"  - host{n:03d}\n" for n in range(1, (hosts or workers) + 1)))
        (groups / "workers").write_text("hosts:\n" + "".join(f"  - {name(n)}\n" for n in numbers))
        for n in numbers:
            (hostvars / name(n)).write_text(f"jet_ssh_hostname: {address(n)}\njet_ssh_port: {port or self.port}\n")
        (folder / "playbook.yml").write_text(
            "".join(
                f"- name: {'trivial' if plays == 1 else f'play {n}'}\n  groups: [hosts]\n  tasks:\n"
                + "    - !shell\n      name: nothing\n      cmd: /bin/true\n" * tasks
                for n in range(1, plays + 1)
            )
        )
        (folder / "workers.yml").write_text(
            "workers:\n  map:\n    - { from: hosts, to: workers }\n"
            f"  threads: 20\n  jetp: {runner}\n  user: {self.user}\n  agent_keys: [hosts]\n{extra}"
        )
        return [
            "--playbook", str(folder / "playbook.yml"), "--inventory", str(folder / "inventory"),
            "--worker-config", str(folder / "workers.yml"), "--user", "deploy",
        ]

    def runner(self, file, body="", behaviour="quick"):
        """The stand-in for jetp: body, then a result for each host of its slice."""
        stand_in = self.folder / "stand-in"
        shutil.copy(program.STAND_IN, stand_in)
        stand_in.chmod(0o755)
        path = self.folder / file
        path.write_text(f"#!/bin/sh\n{body}STAND_IN={behaviour} STAND_IN_STARTS=/dev/null exec {stand_in} \"$@\"\n")
        path.chmod(0o755)
        return path


def login():
    """The login on the workers: this user, or where this is root an account made for the purpose."""
    if os.getuid() != 0:
        return getpass.getuser()
    os.makedirs("/run/sshd", exist_ok=True)
    try:
        pwd.getpwnam(USER)
    except KeyError:
        subprocess.run(["useradd", "-m", "-s", "/bin/sh", USER], check=True)
    # not locked: sshd refuses locked accounts
    subprocess.run(["usermod", "-p", "*", USER], check=True)
    return USER


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(where, port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((where, port)) == 0


def wait(what, condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited in vain until {what}")
        time.sleep(0.02)
