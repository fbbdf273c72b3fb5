"""(r) Log records that a sink's reader makes of a run record: lines of 120 bytes, one thread, no sink."""

import subprocess
from pathlib import Path

from . import program
from .measure import Failed, table, talk

SOURCE = Path(__file__).resolve().parents[1] / "records" / "ReadRecords.java"


def main(folder, rounds, quick):
    lines = 200_000 if quick else 1_000_000
    rows = []
    for batches in (1, 1_000):
        command = ["java", "-Xmx512m", "-cp", f"{program.HOME}/target/classes:{program.HOME}/target/lib/*", str(SOURCE)]
        command += [str(folder / f"runs-{batches}"), str(batches), str(lines // batches), str(max(rounds, 2))]
        said = subprocess.run(command, capture_output=True, text=True)
        if said.returncode != 0:
            raise Failed(said.stderr[-2000:])
        # the first round is the virtual machine's warming up
        measured = [[float(word) for word in line.split()] for line in said.stdout.splitlines()][1:]
        talk(f"  {batches} batches: " + ", ".join(f"{rate:,.0f}/s" for rate, _ in measured))
        best = max(measured)
        rows.append([f"{lines:,}", f"{batches:,}", f"{best[0] / 1000:.0f}k", f"{best[1]:.0f}", f"{best[0] * best[1] / 1e6:.0f}"])
    return table("(r) Log records made of lines of 120 bytes, on one thread", ["lines", "batches", "records/s", "JSON bytes a record", "MB/s"], rows)
