# Asks ansible on the control machine: which plays there are, which hosts each addresses, and what the inventory says.
# In: one JSON document on stdin. Out: one JSON document on stdout; what ansible and its plugins print goes to stderr.
# Runs with the interpreter of the user's ansible, 2.9 and newer. Nothing is in its arguments, because -e may be secret.
from __future__ import absolute_import, division, print_function

import argparse
import io
import json
import os
import re
import sys

answer_to = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)
question = json.loads(sys.stdin.read())
# whatever else reads stdin must not wait
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

KEYS = ('ansible_host', 'ansible_ssh_host', 'ansible_port', 'ansible_ssh_port', 'ansible_user', 'ansible_ssh_user',
        'ansible_connection')
PATHS = ('DEFAULT_ROLES_PATH', 'COLLECTIONS_PATHS', 'DEFAULT_CALLBACK_PLUGIN_PATH', 'DEFAULT_ACTION_PLUGIN_PATH',
         'DEFAULT_BECOME_PLUGIN_PATH', 'DEFAULT_CACHE_PLUGIN_PATH', 'DEFAULT_CONNECTION_PLUGIN_PATH',
         'DEFAULT_FILTER_PLUGIN_PATH', 'DEFAULT_LOOKUP_PLUGIN_PATH', 'DEFAULT_MODULE_PATH', 'DEFAULT_MODULE_UTILS_PATH',
         'DEFAULT_STRATEGY_PLUGIN_PATH', 'DEFAULT_TEST_PLUGIN_PATH', 'DEFAULT_VARS_PLUGIN_PATH')
VALUES = ('DEFAULT_REMOTE_USER', 'DEFAULT_PRIVATE_KEY_FILE', 'HOST_KEY_CHECKING', 'DEFAULT_STDOUT_CALLBACK',
          'CALLBACKS_ENABLED', 'DEFAULT_STRATEGY', 'DEFAULT_TRANSPORT', 'DEFAULT_REMOTE_PORT', 'CONNECTION_PASSWORD_FILE',
          'BECOME_PASSWORD_FILE', 'DEFAULT_VAULT_PASSWORD_FILE', 'DEFAULT_VAULT_IDENTITY_LIST', 'ANY_ERRORS_FATAL',
          'CACHE_PLUGIN', 'TAGS_RUN', 'TAGS_SKIP')


class Usage(Exception):
    pass


def misuse(self, message):
    raise Usage(message)


def answer(document):
    json.dump(document, answer_to)
    answer_to.flush()


def one_line(text):
    text = text.split('\nThe offending line')[0]
    at = re.search(r"The error appears to be in '([^']*)': line (\d+), column \d+[^\n]*(\n[^\n]*exact syntax problem\.)?", text) \
        or re.search(r"\n+Origin: ([^\n:]*):(\d+)[^\n]*(\n.*)?", text, re.S)
    if at:
        text = text[:at.start()] + text[at.end():]
    text = re.sub(r'We were unable to read either as JSON nor YAML, these are the errors we got from each:\s+JSON:[^\n]*', '', text)
    text = ' '.join(text.split())
    return '%s:%s: %s' % (at.group(1), at.group(2), text) if at and at.group(1) not in text else text


def complete(error):
    """The text of an error with its place, which newer versions keep apart."""
    text, at = str(error), error
    while at is not None and 'Origin: ' not in text:
        text += '\n' + (getattr(at, '_formatted_source_context', None) or '')
        at = at.__cause__
    return one_line(text)


def main():
    argparse.ArgumentParser.error = misuse
    from ansible import constants as C
    from ansible import context
    from ansible.cli import CLI
    from ansible.cli import playbook as command
    from ansible.inventory.helpers import sort_groups
    from ansible.plugins.loader import module_loader
    from ansible.release import __version__
    from ansible.template import Templar
    from ansible.utils.display import Display
    from ansible.vars import plugins as vars_plugins
    try:
        from ansible.module_utils._internal._datatag import AnsibleTagHelper  # noqa: F401
        from ansible._internal._datatag._tags import TrustedAsTemplate

        def unsafe(text):
            return ('{{' in text or '{%' in text) and not TrustedAsTemplate.is_tagged_on(text)
    except ImportError:
        def unsafe(text):
            return getattr(text, '__UNSAFE__', False)

    failures, warnings = [], []

    def warning(self, msg, *args, **kwargs):
        text = one_line(str(msg))
        known = failures if 'ailed to parse' in text else warnings
        if text not in known:
            known.append(text.lstrip('* '))

    def error_as_warning(self, msg, exception, **kwargs):
        warning(self, ('%s ' % msg if msg else '') + complete(exception))

    Display.warning = warning  # ansible's own breaks lines
    Display.error_as_warning = error_as_warning
    Display.deprecated = lambda *args, **kwargs: None  # the workers' runs show them

    own_vars = os.path.join(os.path.dirname(C.__file__), 'plugins', 'vars', 'host_group_vars.py')

    class VarsLoader(object):
        """Ansible's loader of vars plugins. Before 2.16, ansible looks for the files of all vars plugins and makes the
        plugins anew for each host, which is a third of the time. If its own is the only one, we keep it, as newer ones do."""

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
            if [getattr(plugin, '_original_path', None) for plugin in self.known] != [own_vars]:
                return self.loader.all()
            return iter(self.known)

    if hasattr(vars_plugins, 'vars_loader') and not hasattr(vars_plugins.vars_loader, '_plugin_instance_cache'):
        vars_plugins.vars_loader = VarsLoader(vars_plugins.vars_loader)

    def plain(value):
        """The value for JSON, as ansible reads it back: encrypted values stay encrypted, unsafe ones unsafe."""
        if hasattr(value, '_ciphertext'):
            text = value._ciphertext
            return {'__ansible_vault': text.decode() if isinstance(text, bytes) else str(text)}
        if isinstance(value, dict):
            return dict((str(key), plain(value[key])) for key in value)
        if isinstance(value, (list, tuple, set)):
            return [plain(item) for item in value]
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, bytes):
            return value.decode('utf-8', 'surrogateescape')
        text = str(value)
        return {'__ansible_unsafe': text} if isinstance(value, str) and unsafe(value) else text

    def config(name):
        try:
            value, origin = C.config.get_config_value_and_origin(name)
            return {'value': plain(value), 'origin': str(origin)}
        except Exception:
            return None  # this version does not have it

    class Listing(command.PlaybookExecutor):
        """Stands where ansible would run the plays. By then it has parsed, checked and loaded everything."""

        def run(self):
            options = context.CLIARGS
            entries = super(Listing, self).run()
            answer(self.document(options, entries if isinstance(entries, list) else []))
            return 0

        def document(self, options, entries):
            inventory, variables, loader = self._inventory, self._variable_manager, self._loader
            inventory.remove_restriction()
            plays = []
            for entry in entries:
                for play in entry['plays']:
                    path, _, line = play.get_path().rpartition(':')
                    prompts = [p['name'] for p in play.vars_prompt or [] if p['name'] not in variables.extra_vars]
                    hosts = inventory.get_hosts(play.hosts)
                    plays.append({
                        'path': path, 'line': int(line), 'playbook': entry['playbook'], 'name': play.get_name() or '',
                        'pattern': play.hosts if isinstance(play.hosts, str) else ','.join(str(h) for h in play.hosts),
                        'hosts': [h.name for h in hosts if not h.implicit],
                        'localhost': [h.name for h in hosts if h.implicit],
                        # add_host and group_by may make them
                        'unknown': not inventory.get_hosts(play.hosts, ignore_limits=True),
                        'prompts': prompts,
                        'user': plain(play.remote_user)})
            groups = {}
            for name in inventory.groups:
                group = inventory.groups[name]
                content = {}
                own = plain(group.vars)
                if group.priority != 1:
                    own['ansible_group_priority'] = group.priority
                if own:
                    content['vars'] = own
                if group.child_groups:
                    content['children'] = dict((child.name, {}) for child in group.child_groups)
                if group.hosts:
                    content['hosts'] = dict((host.name, {}) for host in group.hosts)
                groups[name] = content
            given = set()
            for content in groups.values():
                for name in content.get('hosts', ()):
                    if name not in given:
                        given.add(name)
                        own = plain(inventory.hosts[name].vars)
                        own.pop('inventory_file', None)
                        own.pop('inventory_dir', None)
                        content['hosts'][name] = own
            sources = [str(source) for source in inventory._sources]
            folders = []
            for source in sources:
                if os.path.exists(source):
                    folder = source if os.path.isdir(source) else os.path.dirname(source)
                    if folder not in folders:
                        folders.append(folder)
            near = Nearness(loader, folders, [os.path.dirname(os.path.abspath(entry['playbook'])) for entry in entries])
            addresses, names = {}, set(near.logins())
            for host in inventory.hosts.values():
                found = {}
                for layer in near.layers(sort_groups(host.get_groups()), host):
                    found.update((key, layer[key]) for key in KEYS if key in layer)
                if found:
                    addresses[host.name] = self.templated(host, found)
                for key in ('ansible_user', 'ansible_ssh_user'):
                    if key in found:
                        names.add(plain(addresses[host.name][key]) if host.name in addresses else str(found[key]))
            for group in inventory.groups.values():
                names.update(str(group.vars[key]) for key in ('ansible_user', 'ansible_ssh_user') if key in group.vars)
            names.update(str(variables.extra_vars[key]) for key in ('ansible_user', 'ansible_ssh_user')
                         if key in variables.extra_vars)
            names.update(play['user'] for play in plays if play['user'])
            secrets = [(name or '', secret.bytes.decode('latin-1'))
                       for name, secret in loader._vault.secrets or []]
            connection, become = self.asked_passwords
            return {
                'version': __version__, 'plays': plays, 'inventory': groups, 'sources': [source for source in sources if os.path.exists(source)], 'folders': folders,
                'addresses': addresses, 'logins': sorted(name for name in names if isinstance(name, str)),
                'vault': secrets, 'connection_password': connection, 'become_password': become,
                'config_file': C.CONFIG_FILE and str(C.CONFIG_FILE),
                'remote_user': options.get('remote_user'), 'private_key': options.get('private_key_file'),
                'hosts': [host.name for host in inventory.hosts.values() if not host.implicit],
                'extra_vars': [None if text.startswith('@') else plain(parsed(text, loader))
                               for text in options.get('extra_vars') or ()],
                'warnings': warnings,
                'config': dict((name, config(name)) for name in PATHS + VALUES),
                'redirects': redirects(),
                'collection_roots': collection_roots()}

        def templated(self, host, found):
            values = dict((key, plain(value)) for key, value in found.items() if not hasattr(value, '_ciphertext'))
            if any('{{' in str(value) for value in values.values()):
                if not any(group.name in question['templated'] for group in host.get_groups()):
                    return dict((key, value) for key, value in values.items() if '{{' not in str(value) or 'user' in key)
                known = self._variable_manager.get_vars(host=host, include_hostvars=False)
                templar = Templar(loader=self._loader, variables=known)
                values = dict((key, plain(templar.template(known[key]))) for key in found)
            return values

    class Nearness(object):
        """The variables of KEYS that files of group_vars and host_vars set: those beside the inventory, then the playbooks."""

        def __init__(self, loader, inventories, playbooks):
            self.loader = loader
            self.places = [self.read(inventories), self.read(playbooks)]
            # newer versions do not take what was read here for templates
            loader._FILE_CACHE.clear()

        def read(self, folders):
            found = {}
            for folder in folders:
                for kind in ('group_vars', 'host_vars'):
                    top = os.path.join(folder, kind)
                    for name in sorted(os.listdir(top)) if os.path.isdir(top) else ():
                        path = os.path.join(top, name)
                        files = [path]
                        if os.path.isdir(path):
                            files = [os.path.join(at, file) for at, _, inside in os.walk(path) for file in sorted(inside)]
                        stem, extension = os.path.splitext(name)
                        entity = stem if extension in C.YAML_FILENAME_EXTENSIONS and not os.path.isdir(path) else name
                        for file in files:
                            with io.open(file, 'rb') as stream:
                                text = stream.read()
                            if any(key.encode() in text for key in KEYS) or text.startswith(b'$ANSIBLE_VAULT'):
                                try:
                                    read = self.loader.load_from_file(file)
                                except Exception:
                                    continue  # ansible itself says what is wrong with it, if a play needs it
                                if isinstance(read, dict):
                                    found.setdefault((kind, entity), {}).update(
                                        (key, read[key]) for key in KEYS if key in read)
            return found

        def logins(self):
            return [str(values[key]) for place in self.places for values in place.values()
                    for key in ('ansible_user', 'ansible_ssh_user')
                    if key in values and not hasattr(values[key], '_ciphertext')]

        def layers(self, groups, host):
            """In the order of precedence, lowest first."""
            for group in groups:
                yield group.vars
            for names in (['all'], [group.name for group in groups if group.name != 'all']):
                for place in self.places:
                    for name in names:
                        yield place.get(('group_vars', name), {})
            yield host.vars
            for place in self.places:
                yield place.get(('host_vars', host.name), {})

    def parsed(text, loader):
        """One text of -e that is no file: JSON, YAML or key=value."""
        from ansible.parsing.splitter import parse_kv
        return loader.load(text) if text[:1] in '[{' else parse_kv(text)

    def collection_roots():
        from ansible.utils.collection_loader import AnsibleCollectionConfig
        found = getattr(AnsibleCollectionConfig, 'collection_paths', None) or []
        return [str(path) for path in found]

    def redirects():
        """Short names of ansible 2.9 and earlier, with the collection that has each today."""
        file = os.path.join(os.path.dirname(C.__file__), 'config', 'ansible_builtin_runtime.yml')
        if not os.path.exists(file) or not any(os.path.isdir(root) for root in collection_roots()):
            return {}
        with io.open(file, encoding='utf-8') as stream:
            text = stream.read()
        return dict((name, target.rsplit('.', 1)[0]) for name, target in
                    re.findall(r'^    ([a-z0-9_]+):\n      redirect: ([a-z0-9_]+\.[a-z0-9_]+\.[a-z0-9_.]+)$', text, re.M))

    command.PlaybookExecutor = Listing
    cli = command.PlaybookCLI(['ansible-playbook'] + question['arguments'] + ['--list-hosts'])
    try:
        cli.parse()
        options = context.CLIARGS
        for key, flag in (('ask_pass', '--connection-password-file'), ('become_ask_pass', '--become-password-file'),
                          ('ask_vault_pass', '--vault-password-file')):
            if options.get(key):
                raise Usage("ansible's settings ask for a password (%s), and a job cannot ask: give %s" % (key, flag))
        for name in list(C.DEFAULT_VAULT_IDENTITY_LIST) + list(options['vault_ids']):
            if name.split('@', 1)[-1].startswith('prompt'):
                raise Usage('--vault-id %s asks for a password, and a job cannot ask: name a file or a program' % name)
        asked = CLI.ask_passwords()
        Listing.asked_passwords = tuple(None if word is None else word if isinstance(word, str) else word.decode()
                                        for word in asked)
        for path in options.get('module_path') or ():
            if path:  # ansible does this where it runs plays
                module_loader.add_directory(path)
        parse = cli.parse
        cli.parse = lambda: None
        cli.run()
        cli.parse = parse
    except Usage as e:
        answer({'usage': str(e)})
    except Exception as e:
        if e.__class__.__module__.startswith('ansible.'):
            text = complete(e)
            if 'failed to parse' in text.lower() and failures:
                text = '; '.join(failures)
            answer({'error': text, 'warnings': warnings})
        else:
            raise


try:
    main()
except SystemExit as e:  # its own checks of Python and locale
    answer({'error': ' '.join(str(e).split())})
except Exception as e:
    answer({'error': '%s: %s' % (e.__class__.__name__, ' '.join(str(e).split()))})
