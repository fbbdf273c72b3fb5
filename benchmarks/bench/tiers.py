"""(t) Tasks that only wait: 8 workers beside one worker, and beside the runner alone, all with the same --threads."""

from . import program
from .bed import Bed
from .measure import best, interleaved, middle, run, table

WORKERS = 8
THREADS = 10
# of each host, one second each
TASKS = 8


def main(folder, rounds, quick):
    hosts, tasks = (WORKERS * THREADS, 2) if quick else (400, TASKS)
    flat, single, many = "the runner alone", "1 worker", f"{WORKERS} workers"
    with Bed(folder / "bed", WORKERS) as bed:
        env = program.environment(bed.folder, SSH_AUTH_SOCK=str(bed.socket))
        runner = bed.runner("jetp", behaviour="slow:1")

        def site(name, workers):
            arguments = bed.site(bed.folder / name, workers, runner, hosts=hosts, tasks=tasks)
            config = bed.folder / name / "workers.yml"
            config.write_text(config.read_text().replace("threads: 20", f"threads: {THREADS}"))
            return arguments

        of_many, of_one = site("many", WORKERS), site("one", 1)
        playbook, inventory = of_one[1], of_one[3]
        alone = [str(runner), "ssh", "-p", playbook, "-i", inventory, "--user", "deploy", "--threads", str(THREADS)]
        programs = {
            many: lambda: run(program.words() + of_many + ["-q"], env=env),
            single: lambda: run(program.words() + of_one + ["-q"], env=env),
            flat: lambda: run(alone, env=env),
        }
        # nothing here but waiting, which takes its time
        samples = interleaved(programs, min(rounds, 2), prepare=bed.sweep)
    rows = [
        [
            which,
            f"{best(runs) / best(samples[many]):.2f}",
            f"{best(runs) / best(samples[many]) / WORKERS:.2f}",
            f"{best(runs):.1f}",
            f"{middle(runs):.1f}",
        ]
        for which, runs in samples.items()
    ]
    return table(
        f"(t) {hosts} hosts with {tasks} tasks that wait 1 s, {THREADS} threads on each worker",
        ["program", f"its time ÷ that of {many}", "÷ linear", "best s", "median s"],
        rows,
    )
