"""A long way: proxies before the workers, which pass every byte on some time later, and count the flights of a connection."""

import asyncio
import socket
import threading
from dataclasses import dataclass, field


@dataclass
class Trip:
    """
    One connection: when something came from the client and from the worker, as the client sees it, in seconds since the client
    connected; and how many bytes.
    """

    sent: list = field(default_factory=list)
    received: list = field(default_factory=list)

    def flights(self, gap):
        """
        What the client sent, as a list of (seconds, bytes): a new flight is what it sent this gap after the one before, and after an answer.
        So it waited for that.
        """
        flights, last = [], None
        for when, size in self.sent:
            if last is None or (when - last > gap and any(last < then <= when for then, _ in self.received)):
                flights.append([when, 0])
            flights[-1][1] += size
            last = when
        return [tuple(flight) for flight in flights]


class Far:
    """
    Stands before the workers, at a port of its own. Each byte travels so many seconds, in each direction.

    :param connects: whether a connection takes a round trip, too. The client's stands at once, so what it sends waits so much longer.
    """

    def __init__(self, addresses, port, seconds, connects=False):
        self.target = port
        self.seconds = seconds
        self.connects = connects
        self.trips = []
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.port = self.call(self.listen(addresses))

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    async def listen(self, addresses):
        port = 0
        for where in addresses:
            server = await asyncio.start_server(lambda r, w, a=where: self.carry(r, w, a), where, port, backlog=256)
            port = server.sockets[0].getsockname()[1]
        return port

    async def carry(self, reader, writer, where):
        trip, start = Trip(), self.loop.time()
        self.trips.append(trip)
        undelayed(writer)
        if self.connects:
            await asyncio.sleep(2 * self.seconds)
        worker = asyncio.ensure_future(self.reach(where))

        async def there():
            return (await worker)[1]

        async def here():
            return writer

        async def answers():
            await self.late((await worker)[0], here, left=lambda size: trip.received.append((self.loop.time() - start, size)))

        asked = self.late(reader, there, came=lambda size: trip.sent.append((self.loop.time() - start, size)))
        try:
            await asyncio.gather(asked, answers(), return_exceptions=True)
        except asyncio.CancelledError:
            pass  # close() ends what is still open: asyncio would print it

    async def reach(self, where):
        """The worker hears of a connection when the client's last packet of it arrives."""
        if self.connects:
            await asyncio.sleep(self.seconds)
        reader, writer = await asyncio.open_connection(where, self.target)
        undelayed(writer)
        return reader, writer

    async def late(self, reader, to, came=lambda size: None, left=lambda size: None):
        waiting = asyncio.Queue()

        async def send():
            writer = await to()
            while True:
                due, data = await waiting.get()
                await asyncio.sleep(due - self.loop.time())
                if not data:
                    writer.close()
                    return
                left(len(data))
                writer.write(data)

        sender = asyncio.ensure_future(send())
        data = b"-"
        while data:
            try:
                data = await reader.read(65536)
            except OSError:
                data = b""
            if data:
                came(len(data))
            waiting.put_nowait((self.loop.time() + self.seconds, data))
        await sender

    def close(self):
        async def end():
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self.call(end())
        self.loop.call_soon_threadsafe(self.loop.stop)


def undelayed(writer):
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
