from __future__ import (absolute_import, division, print_function)

__metaclass__ = type

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        self.host = task_vars['inventory_hostname']
        return dict(changed=False)

    def cleanup(self, force=False):
        if self.host == 'h1':
            raise AnsibleConnectionFailure('Failed to connect to the host via ssh: Connection reset by peer')
