"""Which benchmarks to run, and where their tables go."""

import argparse
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from . import ansible, commands, dispatch, files, hands, many, order, output, plan, plays, program, records, sinks, startup, tiers, warm, way
from .measure import Failed, talk

BENCHMARKS = {
    "a": dispatch, "b": plan, "c": startup, "d": output, "e": many,
    "h": hands, "o": order, "p": plays, "r": records, "s": sinks, "t": tiers, "v": warm, "w": way, "x": commands, "y": files,
    "z": ansible,
}


def arguments():
    parser = argparse.ArgumentParser(prog="benchmarks/run", description="Prints tables of ratios, measured side by side.")
    parser.add_argument(
        "which",
        nargs="*",
        help="a dispatch, b plan, c start-up, d output, e many workers, h hands, o order of plays, p plays on many workers,"
        " r records, s sinks, t two tiers, v second run of a service, w far workers, x commands, y files, z ansible; all unless told",
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often each program runs, in turn (5)")
    parser.add_argument("--quick", action="store_true", help="smaller sizes: to see that it works")
    parser.add_argument("--out", help="also append the tables to this file")
    parsed = parser.parse_args()
    unknown = [w for w in parsed.which if w not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}: {', '.join(BENCHMARKS)}")
    return parsed


def machine():
    java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0]
    ssh = subprocess.run(["ssh", "-V"], capture_output=True, text=True).stderr.strip()
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start, {platform.system()}, {java}, {ssh}"


def main():
    asked = arguments()
    # told to end, it ends its sshds too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # not in a private folder: the login of the workers reads keys and files below
    folder = Path(tempfile.mkdtemp(prefix="jfbench"))
    folder.chmod(0o755)
    os.environ["BENCH_DIR"] = str(folder)
    try:
        program.build()
        show(f"Measured on {machine()}.\n", asked.out)
        for which in asked.which or sorted(BENCHMARKS):
            own = folder / which
            own.mkdir()
            show(BENCHMARKS[which].main(own, asked.rounds, asked.quick), asked.out)
    except Failed as failure:
        talk(f"benchmarks: {failure}")
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def show(text, out):
    print(text, flush=True)
    if out:
        with open(out, "a", encoding="utf-8") as file:
            file.write(text + "\n")


sys.exit(main())
