"""Inventories: the same hosts in 300 groups for jet-fanout and for Ansible."""

from pathlib import Path

GROUPS = 300
REGIONS = 10
WORKERS = 20


class PlanSite:
    """Hosts in 300 groups under 10 regions; each region is mapped to a group of 20 workers."""

    def __init__(self, folder, hosts):
        self.folder = Path(folder)
        self.hosts = hosts
        self.inventory = self.folder / "inventory"
        self.playbook = self.folder / "playbook.yml"
        self.workers = self.folder / "workers.yml"
        self.ini = self.folder / "hosts.ini"
        self.yaml = self.folder / "hosts.yml"

    def make(self):
        groups = self.inventory / "groups"
        if self.ini.exists():
            return self
        groups.mkdir(parents=True, exist_ok=True)
        (self.inventory / "group_vars").mkdir(exist_ok=True)
        regions = {f"region_{r}": [] for r in range(REGIONS)}
        ini, tree = [], {}
        for group in range(GROUPS):
            name = f"app_{group:03d}"
            region = f"region_{group % REGIONS}"
            regions[region].append(name)
            first, last = self.hosts * group // GROUPS, self.hosts * (group + 1) // GROUPS
            names = [f"host-{number:07d}.{region.replace('_', '-')}.example.com" for number in range(first, last)]
            (groups / name).write_text("hosts:\n" + "".join(f"  - {host}\n" for host in names))
            (self.inventory / "group_vars" / name).write_text(f"app: {group}\n")
            ini.append(f"[{name}]\n" + "".join(f"{host}\n" for host in names) + f"[{name}:vars]\napp={group}\n")
            tree[name] = names
        for region, members in regions.items():
            (groups / region).write_text("subgroups:\n" + "".join(f"  - {member}\n" for member in members))
            workers = [f"{region.replace('_', '-')}-worker-{w:02d}.example.com" for w in range(WORKERS)]
            (groups / f"{region}_workers").write_text("hosts:\n" + "".join(f"  - {w}\n" for w in workers))
            ini.append(f"[{region}:children]\n" + "\n".join(members) + "\n")
        self.playbook.write_text(
            "- name: all regions\n  groups:\n"
            + "".join(f"    - {region}\n" for region in regions)
            + "  tasks:\n    - !shell\n      cmd: uptime\n"
        )
        self.workers.write_text(
            "workers:\n  map:\n"
            + "".join(f"    - {{ from: {region}, to: {region}_workers }}\n" for region in regions)
            + "  threads: 200\n  user: fanout\n"
        )
        self.ini.write_text("\n".join(ini))
        return self

    def ours(self):
        return ["plan", "--json", "--playbook", str(self.playbook), "--inventory", str(self.inventory),
                "--worker-config", str(self.workers), "--user", "deploy"]
