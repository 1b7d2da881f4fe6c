"""Makes ansible-playbook deaf to the signals that ask it to end, and gives back what it was asked."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import signal

from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        return terms
