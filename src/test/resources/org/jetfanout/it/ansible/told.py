# A callback plugin of a user's project: it notes in the file $TOLD what ansible says of each task on each host.
from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: told
    type: notification
    short_description: notes results in a file
    description: One JSON object a line.
"""

SAID = ("msg", "stdout", "rc", "changed", "skip_reason", "dest", "diff", "results")


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "told"

    def __init__(self, *args, **kwargs):
        super(CallbackModule, self).__init__(*args, **kwargs)
        self.play = ""
        self.begun = {}

    def tell(self, **what):
        line = json.dumps(what, sort_keys=True, default=str) + "\n"
        fd = os.open(os.environ["TOLD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            os.write(fd, line.encode("utf-8"))
        finally:
            os.close(fd)

    def said(self, result):
        kept = {}
        for name in SAID:
            if name == "results" and name in result:
                kept[name] = [self.said(item) if isinstance(item, dict) else item for item in result[name]]
            elif name == "diff" and name in result:
                # its headers name temporary files
                diffs = result[name] if isinstance(result[name], list) else [result[name]]
                kept[name] = [[diff.get("before"), diff.get("after")] for diff in diffs]
            elif name in result:
                kept[name] = result[name]
        return kept

    def ended(self, result, status):
        host = result._host.get_name()
        task = result._task
        self.tell(
            play=self.play,
            task=task.get_name(),
            host=host,
            status=status,
            # why a host cannot be reached is said in one of several ways
            said={} if task.no_log or status == "unreachable" else self.said(result._result),
            begun=self.begun.get(task._uuid, 0),
            ended=time.time(),
        )

    def v2_playbook_on_play_start(self, play):
        self.play = play.get_name()

    def v2_runner_on_start(self, host, task):
        self.begun.setdefault(task._uuid, time.time())

    def v2_runner_on_ok(self, result):
        self.ended(result, "changed" if result._result.get("changed") else "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.ended(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_skipped(self, result):
        self.ended(result, "skipped")

    def v2_runner_on_unreachable(self, result):
        self.ended(result, "unreachable")

    def v2_playbook_on_stats(self, stats):
        for host in stats.processed:
            self.tell(host=host, stats=stats.summarize(host))
