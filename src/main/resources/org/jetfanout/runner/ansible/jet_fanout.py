# What ansible tells jet-fanout. It travels in the bundle and is loaded by itself; nothing is installed on the worker.
#
# It writes one JSON object a line into the file $JET_LOG, each line with one write. docs/ansible.md describes the events.
# Each event has a number (seq), so the reader finds those that are missing. The last one is playbook_on_stats.
#
# It also waits at barriers: `barriers/N` is a pipe if play N may not begin yet. It is read to its end, which is `{}` if
# the play may begin. And it leaves out the plays before `first` if fanout/again.json says so: then this is the second
# start of a job.
#
# And it takes work off ansible's main process, of which there is one on each worker (see look_less_often, VarsLoader).
#
# The syntax is that of Python 2.7 and 3.5, for ansible 2.9 and newer. ansible passes arguments by keyword, so the names
# of parameters are ansible's.
from __future__ import (absolute_import, division, print_function)

__metaclass__ = type

import json
import os
import signal
import sys
import threading
import time

from ansible import __version__
from ansible import constants
from ansible.plugins import strategy
from ansible.plugins.callback import CallbackBase
from ansible.vars import plugins as vars_plugins

DOCUMENTATION = '''
    name: jet_fanout
    callback: jet_fanout
    type: notification
    short_description: events for jet-fanout
    description: Writes one line of JSON for each event to the file that the environment variable JET_LOG names.
    author: jet-fanout
'''

TEXT = type(u'')

# The most characters of each kind of text.
NAME = 300
MESSAGE = 1500
OUTPUT = 1500

# The most hosts, and the most numbers, of one event.
HOSTS = 200
NUMBERS = 8000

# How many seconds ansible's main process waits at least before it looks again whether a task has ended.
PAUSE = 0.005


def text(value, most):
    """The beginning of a value as text; of a value that is no text, the beginning of its JSON."""
    if isinstance(value, bytes):
        value = value.decode('utf-8', 'replace')
    elif not isinstance(value, TEXT):
        value = json.dumps(value, sort_keys=False, default=kind)
    return TEXT(value)[:most]


def ending(value, most):
    """The end of a text."""
    if isinstance(value, bytes):
        value = value.decode('utf-8', 'replace')
    return TEXT(value)[-most:] if isinstance(value, TEXT) else u''


def kind(value):
    """Stands for a value that JSON does not have. It may be secret (vault), so it is not converted."""
    return '<%s>' % type(value).__name__


def whole(value):
    """Whether a value is a number that a return code may be."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 31


def ranges(numbers):
    """Numbers as a flat list of first and last of each range."""
    flat = []
    for number in sorted(numbers):
        if flat and flat[-1] == number - 1:
            flat[-1] = number
        else:
            flat += [number, number]
    return flat


class Clock(object):
    """The module time, with longer pauses."""

    def __getattr__(self, name):
        return getattr(time, name)

    @staticmethod
    def sleep(seconds):
        time.sleep(max(seconds, PAUSE))


def look_less_often():
    """Ansible's main process looks every millisecond whether a task has ended, and ten times as often while all forks
    are busy. This is a tenth of a core, all the time, and workers may share cores. Who sets internal_poll_interval in
    ansible.cfg keeps ansible's own pauses."""
    if constants.DEFAULT_INTERNAL_POLL_INTERVAL == 0.001 and strategy.time is time:
        constants.DEFAULT_INTERNAL_POLL_INTERVAL = PAUSE
        strategy.time = Clock()


class VarsLoader(object):
    """Ansible's loader of vars plugins. Before 2.16, ansible looks for the files of all vars plugins and makes the plugins
    anew, for each host and task several times. If its own is the only one, we keep it, as newer ones do."""

    def __init__(self, loader):
        self.loader = loader
        self.known = None

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def all(self, *args, **kwargs):
        if args or kwargs:
            return self.loader.all(*args, **kwargs)
        # without paths, a folder was added since
        if self.known is None or self.loader._paths is None:
            self.known = list(self.loader.all())
        if [getattr(plugin, '_original_path', None) for plugin in self.known] != [OWN_VARS]:
            return self.loader.all()
        return iter(self.known)


OWN_VARS = os.path.join(os.path.dirname(constants.__file__), 'plugins', 'vars', 'host_group_vars.py')


def keep_vars_plugins():
    if not hasattr(vars_plugins.vars_loader, '_plugin_instance_cache'):
        vars_plugins.vars_loader = VarsLoader(vars_plugins.vars_loader)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'notification'
    CALLBACK_NAME = 'jet_fanout'
    CALLBACK_NEEDS_ENABLED = False
    CALLBACK_NEEDS_WHITELIST = False

    def __init__(self, *args, **kwargs):
        super(CallbackModule, self).__init__(*args, **kwargs)
        # taken away: an ansible that a task starts on this machine must not write here
        log = os.environ.pop('JET_LOG', '')
        self.lock = threading.Lock()
        self.seq = 0
        self.torn = False
        self.here = os.getcwd()
        self.log = -1
        if not log:
            self.disabled = True
            return
        self.log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        # the numbers of hosts in this process, by name
        self.hosts = {}
        # the plays of all playbooks as jet-fanout numbers them: number and path
        self.listed = [(play['number'], play.get('path', '')) for play in self.read('fanout/plays.json', [])]
        self.first = self.read('fanout/again.json', {}).get('first', 0)
        self.place = 0
        self.numbered = 0
        # how many playbooks have begun
        self.playbooks = 0
        # of the playbook that runs: its plays, and the numbers of those by uuid
        self.plays = []
        self.numbers = {}
        # how often each play has begun, by uuid: with serial, once for each part of its hosts
        self.starts = {}
        # of the play that runs: itself, its hosts, those of its parts so far, and those that failed in this part
        self.play = None
        self.addressed = set()
        self.begun = set()
        self.lost = set()
        # hosts that were reported as cut
        self.cut = set()
        # names of tasks by uuid, and the last item that failed by host
        self.tasks = {}
        self.items = {}
        self.write('jet_start', ansible=text(__version__, NAME), playbooks=len(self.arguments()))
        self.note(lambda event: look_less_often(), 'jet_start')
        self.note(lambda event: keep_vars_plugins(), 'jet_start')

    # ---- the file

    def read(self, path, default):
        try:
            with open(os.path.join(self.here, path)) as found:
                return json.load(found)
        except (IOError, OSError, ValueError):
            return default

    def write(self, event, **fields):
        """Writes an event. One that cannot be written is missed by its number."""
        fields['event'] = event
        with self.lock:
            self.seq += 1
            fields['seq'] = self.seq
            data = (json.dumps(fields, default=kind) + '\n').encode('ascii')
            if self.torn:
                data = b'\n' + data
            try:
                while data:
                    data = data[os.write(self.log, data):]
                    self.torn = bool(data)
            except (IOError, OSError):
                pass

    def note(self, work, event, *args):
        """Nothing that goes wrong here may be the end of ansible, nor pass unseen."""
        if self.log < 0:
            return
        try:
            work(event, *args)
        except Exception as e:
            # not its text: it may be secret
            self.write('jet_error', of=event, error=type(e).__name__)

    # ---- playbooks and plays

    @staticmethod
    def arguments():
        """The playbooks of the command line."""
        try:
            from ansible import context
            return list(context.CLIARGS['args'])
        except Exception:
            return ['']

    def path(self, of):
        """Where a play or task stands: path:line, from the bundle's folder on if it is there."""
        path = text(of.get_path() or '', 4 * NAME)
        return path[len(self.here) + 1:] if path.startswith(self.here + os.sep) else path

    def v2_playbook_on_start(self, playbook, **more):
        self.note(self.playbook_starts, 'playbook_on_start', playbook)

    def playbook_starts(self, event, playbook):
        self.playbooks += 1
        self.plays = playbook.get_plays()
        self.numbers = {}
        for play in self.plays:
            self.numbers[play._uuid] = self.number(play)
        path = text(getattr(playbook, '_file_name', '') or '', 4 * NAME)
        if path.startswith(self.here + os.sep):
            path = path[len(self.here) + 1:]
        self.write(event, path=path, playbook=self.playbooks)
        self.play = None
        if self.first:
            # the plays before were done by the first start of this job
            left = [play for play in self.plays if self.numbers[play._uuid] >= self.first]
            playbook._entries = left
            self.plays = left

    def number(self, play):
        """The next number in jet-fanout's list with the path of this play; without a list, plays are counted."""
        self.numbered += 1
        path = self.path(play)
        for place in range(self.place, len(self.listed)):
            number, listed = self.listed[place]
            if listed == path:
                self.place = place + 1
                return number
        return self.numbered

    def v2_playbook_on_play_start(self, play, **more):
        self.note(self.play_starts, 'playbook_on_play_start', play)

    def play_starts(self, event, play):
        self.play_ends()
        number = self.numbers.get(play._uuid, 0)
        self.barrier(number)
        values = play.get_variable_manager().get_vars(play=play)
        addressed = [text(name, NAME) for name in values.get('ansible_play_hosts_all') or []]
        batch = [text(name, NAME) for name in values.get('ansible_play_batch') or []]
        again = self.starts.get(play._uuid, 0) + 1
        self.starts[play._uuid] = again
        self.play = play
        self.tasks = {}
        self.items = {}
        self.lost = set()
        self.name_hosts(addressed)
        if again == 1:
            self.addressed = self.places(addressed)
            self.begun = set()
        # an implicit localhost is in no batch
        started = self.places(batch) or self.addressed
        parts = started != self.addressed
        self.begun |= started
        self.write(event, number=number, play=text(play.get_name(), NAME), path=self.path(play), start=again)
        if again == 1:
            self.write_hosts('jet_addresses', self.addressed)
        if parts:
            self.write_hosts('jet_begins', started)

    def play_ends(self):
        """Tells which hosts ansible has taken out of the play: those that failed, and others because of them
        (any_errors_fatal, run_once, max_fail_percentage). Nothing else tells all of these."""
        if self.play is None:
            return
        failed = self.places(text(name, NAME) for name in self.manager()._failed_hosts)
        self.write_hosts('jet_cut', failed - self.cut, play=text(self.play.get_name(), NAME))
        self.cut |= failed

    @staticmethod
    def manager():
        """The one who calls us. ansible does not pass it."""
        frame = sys._getframe()
        while frame:
            owner = frame.f_locals.get('self')
            if type(owner).__name__ == 'TaskQueueManager':
                return owner
            frame = frame.f_back
        raise LookupError()

    def barrier(self, number):
        """Waits until the play may begin. All of this process ends if it may not."""
        path = os.path.join(self.here, 'barriers', str(number))
        if not os.path.exists(path):
            return
        with open(path, 'rb') as pipe:
            answer = pipe.read(64)
        if answer.strip() != b'{}':
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
            os._exit(143)

    def name_hosts(self, names):
        """Gives each host a number that stands for its name in the events that follow."""
        new = [name for name in names if name not in self.hosts]
        for i in range(0, len(new), HOSTS):
            some = new[i:i + HOSTS]
            self.write('jet_names', first=len(self.hosts), names=some)
            for name in some:
                self.hosts[name] = len(self.hosts)

    def places(self, names):
        return set(self.hosts[name] for name in names if name in self.hosts)

    def write_hosts(self, event, places, **fields):
        flat = ranges(places)
        for i in range(0, len(flat), NUMBERS):
            self.write(event, hosts=flat[i:i + NUMBERS], **fields)

    def v2_playbook_on_no_hosts_matched(self, **more):
        self.note(self.write, 'playbook_on_no_hosts_matched')

    def v2_playbook_on_no_hosts_remaining(self, **more):
        self.note(self.write, 'playbook_on_no_hosts_remaining')

    # ---- tasks

    def v2_playbook_on_task_start(self, task, is_conditional=False, **more):
        self.note(self.task_starts, 'playbook_on_task_start', task)

    def v2_playbook_on_cleanup_task_start(self, task, **more):
        self.note(self.task_starts, 'playbook_on_cleanup_task_start', task)

    def v2_playbook_on_handler_task_start(self, task, **more):
        self.note(self.task_starts, 'playbook_on_handler_task_start', task)

    def task_starts(self, event, task):
        name = text(task.get_name(), NAME)
        self.tasks[task._uuid] = name
        self.items = {}
        fields = self.about(task, name)
        fields['play'] = text(self.play.get_name(), NAME) if self.play else u''
        fields['path'] = self.path(task)
        self.write(event, **fields)

    @staticmethod
    def about(task, name):
        fields = {'task': name, 'action': text(task.action, NAME)}
        role = getattr(task, '_role', None)
        if role:
            fields['role'] = text(role.get_name(), NAME)
        return fields

    # ---- results

    def v2_runner_on_ok(self, result, **more):
        self.note(self.ended, 'runner_on_ok', result)

    def v2_runner_on_skipped(self, result, **more):
        self.note(self.ended, 'runner_on_skipped', result)

    def v2_runner_on_failed(self, result, ignore_errors=False, **more):
        self.note(self.failed, 'runner_on_failed', result, bool(ignore_errors))

    def v2_runner_on_unreachable(self, result, **more):
        self.note(self.unreachable, 'runner_on_unreachable', result)

    def v2_runner_item_on_ok(self, result, **more):
        self.note(self.ended, 'runner_item_on_ok', result)

    def v2_runner_item_on_skipped(self, result, **more):
        self.note(self.ended, 'runner_item_on_skipped', result)

    def v2_runner_item_on_failed(self, result, **more):
        self.note(self.item_failed, 'runner_item_on_failed', result)

    def v2_runner_retry(self, result, **more):
        self.note(self.ended, 'runner_retry', result)

    def ended(self, event, result):
        self.write(event, **self.fields(event, result))

    def item_failed(self, event, result):
        fields = self.fields(event, result)
        self.failure(fields, result)
        self.items[fields['host']] = fields
        self.write(event, **fields)

    def failed(self, event, result, ignored):
        fields = self.fields(event, result)
        self.failure(fields, result)
        item = self.items.pop(fields['host'], None)
        if item and 'no_log' not in fields and 'results' in self.data(result):
            # "One or more items failed" says nothing
            for name in ('msg', 'rc', 'stdout', 'stderr', 'item'):
                if name in item:
                    fields[name] = item[name]
        host = fields['host']
        if ignored:
            fields['ignored'] = True
        elif self.play is not None and host not in getattr(self.play, '_removed_hosts', [host]):
            # ansible does not take the host out of the play: a rescue section follows
            fields['rescued'] = True
        else:
            self.lost |= self.places([host])
        fields['path'] = self.path(self.task(result))
        self.write(event, **fields)

    def unreachable(self, event, result):
        fields = self.fields(event, result)
        self.failure(fields, result)
        if getattr(self.task(result), 'ignore_unreachable', False):
            fields['ignored'] = True
        else:
            self.lost |= self.places([fields['host']])
        fields['path'] = self.path(self.task(result))
        self.write(event, **fields)

    @staticmethod
    def data(result):
        data = getattr(result, 'result', None)
        return (result._result if data is None else data) or {}

    @staticmethod
    def task(result):
        return getattr(result, 'task', None) or result._task

    def fields(self, event, result):
        """What every result has. Nothing else of it leaves the process, and of one with no_log not even that."""
        data = self.data(result)
        task = self.task(result)
        host = getattr(result, 'host', None) or result._host
        fields = self.about(task, self.tasks.get(task._uuid) or text(task.get_name(), NAME))
        fields['host'] = text(host.get_name(), NAME)
        known = getattr(result, 'task_fields', None) or getattr(result, '_task_fields', None) or {}
        delegate = known.get('delegate_to') or task.delegate_to
        if delegate:
            fields['delegate_to'] = text(delegate, NAME)
        if 'changed' in data:
            fields['changed'] = bool(data['changed'])
        if whole(data.get('attempts')):
            fields['attempts'] = data['attempts']
        if self.secret(task, data):
            fields['no_log'] = True
            return fields
        if event.startswith('runner_item') or event == 'runner_retry':
            item = data.get('_ansible_item_label', data.get('item'))
            if item is not None:
                fields['item'] = text(item, NAME)
        if whole(data.get('rc')):
            fields['rc'] = data['rc']
        if 'skipped' in event:
            fields['msg'] = text(data.get('skip_reason') or data.get('msg') or u'', NAME)
        return fields

    @staticmethod
    def secret(task, data):
        """Whether no_log is set, or may be: the task failed before ansible knew."""
        if data.get('_ansible_no_log') or 'censored' in data:
            return True
        if '_ansible_no_log' in data:
            return False
        return bool(task.no_log)

    def failure(self, fields, result):
        """Adds why a task failed."""
        if 'no_log' in fields:
            return
        data = self.data(result)
        fields['msg'] = text(data.get('msg') or u'', MESSAGE)
        for name, other in (('stdout', 'module_stdout'), ('stderr', 'module_stderr')):
            value = ending(data.get(name) or data.get(other) or u'', OUTPUT)
            if value:
                fields[name] = value

    def v2_playbook_on_include(self, included_file, **more):
        self.note(self.includes, 'playbook_on_include', included_file)

    def includes(self, event, included_file):
        path = text(included_file._filename, 4 * NAME)
        self.write(event, path=path[len(self.here) + 1:] if path.startswith(self.here + os.sep) else path)

    # ---- the end

    def v2_playbook_on_stats(self, stats, **more):
        self.note(self.stats, 'playbook_on_stats', stats)

    def stats(self, event, stats):
        names = sorted(stats.processed)
        for i in range(0, len(names), HOSTS):
            self.write('jet_stats', hosts=dict((text(name, NAME), self.counts(stats, name))
                                               for name in names[i:i + HOSTS]))
        bad = set(stats.failures) | set(stats.dark)
        last = bool(bad) or self.playbooks >= len(self.arguments())
        try:
            self.play_ends()
            self.left(bool(bad))
        except Exception as e:
            self.write('jet_error', of='jet_left', error=type(e).__name__)
        changed = set(stats.changed) - bad
        self.write(event, end=last, changed=len(changed), unchanged=len(names) - len(changed | bad), failed=len(bad),
                   failures=sum(stats.failures.values()) + sum(stats.dark.values()))

    @staticmethod
    def counts(stats, name):
        of = stats.summarize(name)
        return [of.get(count, 0) for count in
                ('ok', 'changed', 'unreachable', 'failures', 'skipped', 'rescued', 'ignored')]

    def left(self, failed):
        """Tells which hosts have something before them that ansible does not come to, because others failed."""
        if self.lost and not self.addressed <= self.begun:
            # later hosts of a play with serial. Without failures, it was ended by meta: end_play
            self.write_hosts('jet_left', self.addressed - self.begun, play=text(self.play.get_name(), NAME),
                             path=self.path(self.play))
        for play in self.plays:
            if play._uuid not in self.starts:
                self.write_left(play)
        if failed:
            # if the last result is not good, ansible does not begin with the next playbook
            for path in self.arguments()[self.playbooks:]:
                for play in self.load(path):
                    self.write_left(play)

    def load(self, path):
        from ansible.playbook import Playbook
        play = self.play or self.plays[0]
        manager = play.get_variable_manager()
        return Playbook.load(path, variable_manager=manager, loader=play.get_loader()).get_plays()

    def write_left(self, play):
        from ansible.template import Templar
        manager = play.get_variable_manager()
        templar = Templar(loader=play.get_loader(), variables=manager.get_vars(play=play))
        pattern = templar.template(play.hosts) or 'all'
        hosts = manager._inventory.get_hosts(pattern, ignore_restrictions=True)
        names = [text(host.get_name(), NAME) for host in hosts]
        self.name_hosts(names)
        name = play.name or (','.join(pattern) if isinstance(pattern, list) else pattern)
        self.write_hosts('jet_left', self.places(names), play=text(name, NAME), path=self.path(play))
