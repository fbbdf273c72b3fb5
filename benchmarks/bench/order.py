"""(o) What it costs that no worker begins a play before all have ended the one before it: `order: plays` beside `order: none`."""

import asyncio
import os
import threading

from . import program
from .bed import Bed, address
from .measure import best, interleaved, middle, run, table

PLAYS = 3
BARRIERS = PLAYS - 1
# seconds that each byte travels, in each direction
FAR = 0.1
# how the runner behaves, and what that is called
QUICK, WAITS = "quick", "slow:1"
ORDERS = ("none", "plays")


def main(folder, rounds, quick):
    workers = 10 if quick else 50
    with Bed(folder / "bed", workers) as bed:
        env = program.environment(bed.folder, SSH_AUTH_SOCK=str(bed.socket))
        far = Far([address(n) for n in range(1, workers + 1)], bed.port, FAR)
        known = bed.home / ".ssh/known_hosts"
        known.write_text(known.read_text() + known.read_text().replace(f":{bed.port} ", f":{far.port} "))
        cases = {
            "plays that do nothing": site(bed, "quick", workers, QUICK),
            "plays of 1 s": site(bed, "waits", workers, WAITS),
            f"plays of 1 s, a round trip of {2 * FAR:.1f} s": site(bed, "far", workers, WAITS, port=far.port),
        }
        rows = [row for case, arguments in cases.items() for row in barriers(bed, env, case, arguments, workers, rounds)]
        text = table(
            f"(o) {PLAYS} plays on {workers} workers, one host each, all at a time",
            ["plays", "order", "÷ none", "a barrier: s (best)", "s (median)", "best s", "median s", "client CPU s"],
            rows,
        )
        rows = one_play(bed, env, min(workers, 10), rounds * 2)
        far.close()
    return text + "\n" + table(
        f"(o) One play on {min(workers, 10)} workers",
        ["program", "time ÷ none's", "median", "CPU ÷ none's", "median", "best s", "client CPU s"],
        rows,
    )


def site(bed, name, workers, behaviour, **more):
    return bed.site(bed.folder / f"site-{name}", workers, bed.runner(f"jetp-{name}", behaviour=behaviour), plays=PLAYS, **more)


def barriers(bed, env, case, arguments, workers, rounds):
    programs = {
        order: lambda o=order: run(program.words() + arguments + ["--threads", str(workers), "--order", o, "-q"], env=env)
        for order in ORDERS
    }
    samples = interleaved(programs, rounds, prepare=bed.sweep)
    none, plays = samples["none"], samples["plays"]
    return [
        [
            case,
            order,
            f"{best(runs) / best(none):.2f}",
            f"{(best(plays) - best(none)) / BARRIERS:.2f}" if runs is plays else "",
            f"{(middle(plays) - middle(none)) / BARRIERS:.2f}" if runs is plays else "",
            f"{best(runs):.2f}",
            f"{middle(runs):.2f}",
            f"{best(runs, 'cpu'):.2f}",
        ]
        for order, runs in samples.items()
    ]


def one_play(bed, env, workers, rounds):
    """Where nothing waits, nothing is to be paid. $JET_FANOUT_BEFORE starts the program as it was before it knew `order`."""
    arguments = bed.site(bed.folder / "site-one", workers, bed.runner("jetp-one")) + ["-q"]
    programs = {
        f"order: {order}": lambda o=order: run(program.words() + arguments + ["--order", o], env=env) for order in ORDERS
    }
    if "JET_FANOUT_BEFORE" in os.environ:
        before = os.environ["JET_FANOUT_BEFORE"].split()
        programs["before"] = lambda: run(before + arguments, env=env)
    samples = interleaved(programs, rounds, prepare=bed.sweep)
    none = samples["order: none"]
    return [
        [
            which,
            f"{best(runs) / best(none):.3f}",
            f"{middle(runs) / middle(none):.3f}",
            f"{best(runs, 'cpu') / best(none, 'cpu'):.3f}",
            f"{middle(runs, 'cpu') / middle(none, 'cpu'):.3f}",
            f"{best(runs):.2f}",
            f"{best(runs, 'cpu'):.2f}",
        ]
        for which, runs in samples.items()
    ]


class Far:
    """Stands before the workers, at a port of its own, and passes every byte on some time later, as a long way does."""

    def __init__(self, addresses, port, seconds):
        self.target = port
        self.seconds = seconds
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.port = self.call(self.listen(addresses))

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    async def listen(self, addresses):
        port = 0
        for where in addresses:
            server = await asyncio.start_server(lambda r, w, a=where: self.carry(r, w, a), where, port)
            port = server.sockets[0].getsockname()[1]
        return port

    async def carry(self, reader, writer, where):
        worker, to_worker = await asyncio.open_connection(where, self.target)
        await asyncio.gather(self.late(reader, to_worker), self.late(worker, writer), return_exceptions=True)

    async def late(self, reader, writer):
        waiting = asyncio.Queue()

        async def send():
            while True:
                due, data = await waiting.get()
                await asyncio.sleep(due - self.loop.time())
                if not data:
                    writer.close()
                    return
                writer.write(data)

        sender = asyncio.ensure_future(send())
        data = b"-"
        while data:
            try:
                data = await reader.read(65536)
            except OSError:
                data = b""
            waiting.put_nowait((self.loop.time() + self.seconds, data))
        await sender

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
