"""Keeps servers: starts those whose command lines it gets, adopts what they leave behind, and ends with all of them."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress

from .measure import adopt_orphans


def main():
    """Arguments: a JSON array for each server, of the file for its errors and the words of its command line."""
    adopt_orphans()
    started = []
    for argument in sys.argv[1:]:
        errors, *words = json.loads(argument)
        with open(errors, "wb") as file:
            started.append(subprocess.Popen(words, stderr=file))

    def end(*_):
        for server in started:
            with suppress(ProcessLookupError):
                os.kill(server.pid, signal.SIGTERM)
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    with suppress(ChildProcessError):
        while True:
            os.wait()


main()
