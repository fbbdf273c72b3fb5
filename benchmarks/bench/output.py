"""(d) Lines of 120 bytes from one worker to the run record, beside `ssh worker cat file > file2`."""

from . import program
from .bed import Bed, address
from .measure import Failed, best, interleaved, run, table

LINE = 120


def main(folder, rounds, quick):
    sizes = [100_000, 500_000] if quick else [1_000_000, 3_000_000, 5_000_000]
    rows = []
    with Bed(folder / "bed", 1) as bed:
        env = program.environment(bed.folder, SSH_AUTH_SOCK=str(bed.socket))
        empty = bed.site(bed.folder / "site-0", 1, bed.runner("jetp-0"))
        for lines in sizes:
            text = bed.folder / f"lines-{lines}"
            with open(text, "w") as out:
                for number in range(lines):
                    out.write(f"{number:010d} ".ljust(LINE - 1, "x") + "\n")
            text.chmod(0o644)
            arguments = bed.site(bed.folder / f"site-{lines}", 1, bed.runner(f"jetp-{lines}", f"cat {text}\n"))
            copy = bed.folder / "copy"
            programs = {
                "nothing": lambda: run(program.words() + empty + ["-q"], env=env),
                "jet-fanout": lambda a=arguments, n=lines: ours(bed, env, a, n),
                "ssh cat": lambda t=text, c=copy: cat(bed, env, t, c),
            }
            samples = interleaved(programs, rounds, prepare=bed.sweep)
            start = best(samples["nothing"])
            for which in ("jet-fanout", "ssh cat"):
                runs = samples[which]
                # a run's start-up is (c)'s matter
                took = best(runs) - (start if which == "jet-fanout" else 0)
                rows.append(
                    [
                        f"{lines:,}",
                        which,
                        f"{best(samples['ssh cat']) / took:.2f}",
                        f"{lines / took / 1000:.0f}k",
                        f"{lines / best(runs) / 1000:.0f}k",
                        f"{best(runs):.2f}",
                        f"{best(runs, 'cpu'):.2f}",
                        f"{max(s.mib for s in runs):.0f}",
                    ]
                )
            text.unlink()
    return table(
        f"(d) Lines of {LINE} bytes from one worker, durable at the end",
        ["lines", "program", "rate ÷ ssh's", "lines/s", "start-up counted", "best s", "CPU s", "peak MiB"],
        rows,
    )


def ours(bed, env, arguments, lines):
    sample = run(program.words() + arguments + ["-q"], env=env)
    stored = sum(f.stat().st_size for f in (bed.folder / "state").rglob("*") if f.is_file())
    if stored < lines * LINE:
        raise Failed(f"only {stored} bytes are in the run record")
    return sample


def cat(bed, env, text, copy):
    """Written, then synced: as durable as the run record."""
    command = f"ssh -F {bed.config} {address(1)} cat {text} > {copy} && sync {copy}"
    return run(["sh", "-c", command], env=env)
