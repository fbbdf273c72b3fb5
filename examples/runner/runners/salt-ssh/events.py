"""Reads what `salt-ssh --out=json` prints, and writes plain events of jet-fanout."""
import json
import re
import sys

# what ssh says when it could not log in
NOT_REACHED = re.compile(
    r"^ssh: |Permission denied \(|Host key verification failed|"
    r"Connection (closed|reset|refused|timed out)|kex_exchange_identification"
)


def tell(event, host, **more):
    print(json.dumps(dict(event=event, host=host, final=True, **more)), flush=True)


def last_line(*texts):
    for text in texts:
        lines = [line for line in str(text or "").splitlines() if line.strip()]
        if lines:
            return lines[-1].strip()
    return ""


def is_state(value):
    return isinstance(value, dict) and "result" in value and "changes" in value


def result(host, said):
    if isinstance(said, str) and NOT_REACHED.search(said):
        tell("unreachable", host, reason=last_line(said))
    elif isinstance(said, list):
        tell("failed", host, reason="; ".join(map(str, said)))
    elif isinstance(said, dict) and said and all(map(is_state, said.values())):
        states(host, said)
    elif isinstance(said, dict) and said.get("retcode"):
        code = said["retcode"]
        reason = last_line(said.get("stderr"), said.get("stdout"), said.get("_error"))
        reached = not (code == 255 and NOT_REACHED.search(str(said.get("stderr"))))
        tell("failed" if reached else "unreachable", host, rc=code, reason=reason)
    else:
        tell("ok", host)


def states(host, said):
    failed = [s for s in said.values() if s["result"] is False]
    if failed:
        first = min(failed, key=lambda s: s.get("__run_num__", 0))
        changes = first["changes"] if isinstance(first["changes"], dict) else {}
        words = [
            first.get("__id__", ""),
            last_line(first.get("comment")),
            last_line(changes.get("stderr"), changes.get("stdout")),
        ]
        tell("failed", host, reason=": ".join(filter(None, words)))
    else:
        tell("changed" if any(s["changes"] for s in said.values()) else "ok", host)


def main():
    document = []
    for line in sys.stdin:
        line = line.rstrip("\n")
        if line == "{":
            document = []
        document.append(line)
        if line == "}":
            try:
                hosts = json.loads("\n".join(document))
            except ValueError:
                continue
            for host, said in hosts.items():
                result(host, said)


main()
