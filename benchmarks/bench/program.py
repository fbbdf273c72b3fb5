"""The program under test, started as users start it: by the launcher, in an environment of its own."""

import os
import subprocess
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
# for jetp, in its quick form
STAND_IN = HOME / "src/stand-in/jetp"


def words():
    """$JET_FANOUT starts it; the launcher of this checkout unless told otherwise."""
    return os.environ.get("JET_FANOUT", str(HOME / "jet-fanout")).split()


def environment(folder, more_java="", **more):
    """State and home in the benchmark's own folder, so that nothing of the user's is read or written."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("JET_", "XDG_", "ANSIBLE_"))}
    env.update(HOME=str(folder / "home"), XDG_STATE_HOME=str(folder / "state"), NO_COLOR="1")
    # $HOME moves the user's home for OpenSSH's files of ours; Java asks the password file unless told
    env["JDK_JAVA_OPTIONS"] = f"-Duser.home={folder / 'home'} {more_java}".strip()
    env.update(more)
    return env


def build():
    """Builds it where it is not yet; the build is not measured."""
    subprocess.run(words() + ["--version"], check=True, stdout=subprocess.DEVNULL)
