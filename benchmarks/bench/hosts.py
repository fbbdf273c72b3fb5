"""Hosts behind the workers: real sshds too, which say in their logs who logged in where, so that nobody wins who leaves one out."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from .bed import PER_SERVER, Bed, address, listens, wait
from .measure import Failed, below, with_remote

CONNECTION = re.compile(r"^Connection from \S+ port \d+ on (\S+) port \d+", re.MULTILINE)
ACCEPTED = re.compile(r"^Accepted publickey for ", re.MULTILINE)
# where the host that a login is for has files of its own
FILES = "files"


def host(number):
    """The address of host 1, 2, …"""
    return f"127.2.{number // 250}.{number % 250 + 1}"


def host_name(number):
    return f"node{number:04d}"


class HostBed(Bed):
    """
    Workers, and hosts that take the same key. All programs have one configuration of OpenSSH, the same keys of one agent, known host
    keys, and an sshd that chooses the key exchange. The logins on workers and on hosts are one account, which is not root.
    """

    def __init__(self, folder, workers, hosts, kex=None, folders=False):
        """
        :param folders: whether each host has a folder of its own, in which its commands begin
        """
        super().__init__(folder, workers, kex)
        self.hosts = hosts
        self.folders = folders
        self.logs = {}
        self.keeper = None
        self.lasting = set()

    def start(self):
        super().start()
        numbers = range(1, self.hosts + 1)
        if self.folders:
            self.own_folders(numbers)
        firsts = range(1, self.hosts + 1, PER_SERVER)
        servers = [self.host_server(first, [n for n in numbers if first <= n < first + PER_SERVER]) for first in firsts]
        self.keeper = subprocess.Popen([sys.executable, "-m", "bench.keeper", *map(json.dumps, servers)])
        self.processes.append(self.keeper)
        for first in firsts:
            wait(f"sshd on {host(first)}", lambda n=first: listens(host(n), self.port))
        self.lasting = below(os.getpid())
        server_key = " ".join((self.folder / "server.pub").read_text().split()[:2])
        known = self.home / ".ssh/known_hosts"
        with open(known, "a", encoding="ascii") as file:
            file.writelines(f"[{host(n)}]:{self.port} {server_key}\n" for n in numbers)
        # the workers' login reads these two
        for path in (self.home, known.parent):
            path.chmod(0o755)
        # by hand one hands the agent on to gateways, as we do to workers; clush forbids it, so its gateways have a key on disk
        key = self.folder / "gateways"
        shutil.copy(self.folder / "hosts", key)
        shutil.chown(key, self.user)
        key.chmod(0o600)
        workers = " ".join(address(n) for n in range(1, self.workers + 1))
        self.config.write_text(f"Host {workers}\n  ForwardAgent yes\n" + self.config.read_text() + f"  IdentityFile {key}\n")
        self.config.chmod(0o644)

    def host_server(self, first, numbers):
        extra = ["LogLevel VERBOSE"]
        if self.folders:
            extra.append(f"ForceCommand {self.own_shell()}")
        log = self.folder / f"sshd_hosts_{first}.log"
        self.logs[log] = 0
        return [str(log), *self.server_words(f"hosts_{first}", [host(n) for n in numbers], "authorized_by_hosts", extra)]

    def authorize(self):
        super().authorize()
        # the agent offers the key for workers first, and no program is to pay for a key that is refused
        both = "".join((self.folder / f"{key}.pub").read_text() for key in ("workers", "hosts"))
        (self.folder / "authorized_by_hosts").write_text(both)
        (self.folder / "authorized_by_hosts").chmod(0o644)

    def own_folders(self, numbers):
        for n in numbers:
            folder = self.files(n)
            folder.mkdir(parents=True)
            shutil.chown(folder, self.user)
        self.folder.joinpath(FILES).chmod(0o755)

    def files(self, number):
        """The folder in which the commands of a host begin."""
        return self.folder / FILES / host(number)

    def own_shell(self):
        """All hosts are one machine: this gives each a current folder of its own."""
        file = self.folder / "own-shell"
        file.write_text(
            "#!/bin/sh\n"
            # shellcheck disable=SC2086
            "set -- $SSH_CONNECTION\n"
            f'cd "{self.folder / FILES}/$3" || exit\n'
            'exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n'
        )
        file.chmod(0o755)
        return file

    def logins(self):
        """How often somebody came to each host since this was asked last, and how many of them the hosts let in."""
        came, let_in = Counter(), 0
        for log, seen in self.logs.items():
            with open(log, "rb") as file:
                file.seek(seen)
                new = file.read()
            self.logs[log] = seen + len(new)
            text = new.decode("ascii", "replace")
            came.update(CONNECTION.findall(text))
            let_in += len(ACCEPTED.findall(text))
        return came, let_in

    def measured(self, hosts, program, exactly=1):
        """
        Runs a program and adds what it costs on workers. It must log in to each of the first so many hosts, and to no other.

        :param exactly: how often it logs in to a host; 0: as often as it likes
        """
        self.logins()
        sample = with_remote(program, self.lasting, [self.keeper.pid, self.processes[0].pid])
        came, let_in = self.logins()
        addressed = {host(n) for n in range(1, hosts + 1)}
        wrong = sorted((addressed ^ set(came)) | {where for where in came if exactly and came[where] != exactly})
        if wrong:
            raise Failed(f"{len(wrong)} hosts with a wrong number of connections, the first: {wrong[0]}, {came[wrong[0]]}")
        if let_in < hosts or let_in != (exactly * hosts or let_in):
            raise Failed(f"{let_in} logins on {hosts} hosts")
        return sample

    def inventory(self, folder, workers, hosts):
        """An inventory of jet and one of ansible, each with the hosts and workers; returns both."""
        folder = Path(folder)
        groups, hostvars = folder / "inventory/groups", folder / "inventory/host_vars"
        groups.mkdir(parents=True)
        hostvars.mkdir()
        numbers = range(1, hosts + 1)
        (groups / "hosts").write_text("hosts:\n" + "".join(f"  - {host_name(n)}\n" for n in numbers))
        (groups / "workers").write_text("hosts:\n" + "".join(f"  - worker{n}\n" for n in range(1, workers + 1)))
        addresses = {host_name(n): host(n) for n in numbers} | {f"worker{n}": address(n) for n in range(1, workers + 1)}
        for name, where in addresses.items():
            (hostvars / name).write_text(f"jet_ssh_hostname: {where}\njet_ssh_port: {self.port}\n")
        ini = folder / "hosts.ini"
        lines = [f"{name} ansible_host={where}\n" for name, where in addresses.items()]
        ini.write_text(
            "[hosts]\n" + "".join(lines[:hosts]) + "[workers]\n" + "".join(lines[hosts:])
            + f"[all:vars]\nansible_port={self.port}\nansible_user={self.user}\nansible_python_interpreter=/usr/bin/python3\n"
        )
        return folder / "inventory", ini

    def workers_yml(self, folder, threads, extra=""):
        """workers.yml with so many threads on each worker."""
        file = Path(folder) / "workers.yml"
        file.write_text(
            "workers:\n  map:\n    - { from: hosts, to: workers }\n"
            f"  threads: {threads}\n  user: {self.user}\n  agent_keys: [hosts]\n{extra}"
        )
        return file
