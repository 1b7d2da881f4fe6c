"""Prints megabytes, past Ansible, as a chatty program would."""
import os

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        lines = int(self._task.args["megabytes"]) * 10000
        block = 1000
        for first in range(0, lines, block):
            text = "".join("line %07d %s\n" % (first + i, "x" * 87) for i in range(block)).encode()
            while text:
                text = text[os.write(1, text) :]
        return {"changed": False, "lines": lines}
