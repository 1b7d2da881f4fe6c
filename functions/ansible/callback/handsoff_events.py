# Tells handsoff what a run of ansible-playbook comes to: one line of JSON for each event, on the file descriptor that
# HANDSOFF_EVENTS names. It needs nothing but Ansible and the standard library, stands beside other callbacks, and never
# disturbs the run: what cannot be written or told is left out.

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = """
    name: handsoff_events
    type: notification
    short_description: tells handsoff how far a run has come
    description:
        - Writes one line of JSON for each event to the file descriptor that the environment variable HANDSOFF_EVENTS names.
    requirements:
        - enable it with ANSIBLE_CALLBACKS_ENABLED
"""

import json
import os
import sys

from ansible.module_utils._text import to_text
from ansible.plugins.callback import CallbackBase

# Bounds, in characters: a reader need not guard against a line of a hundred megabytes.
MAX_NAME = 200
MAX_MESSAGE = 1000
MAX_LINE = 4096  # bytes; a pipe takes that many at once


def short(value, most):
    text = to_text(value, errors="replace", nonstring="simplerepr")
    return text if len(text) <= most else text[: most - 1] + u"\u2026"


def message_of(result):
    """What went wrong, as far as the task lets it be said."""
    data = result._result if isinstance(result._result, dict) else {}
    if data.get("_ansible_no_log") or getattr(result._task, "no_log", False) is True:
        return "what it said is not shown (no_log)"
    parts = []
    for key in ("msg", "stderr", "module_stderr"):
        value = data.get(key)
        if value and to_text(value, nonstring="simplerepr") not in parts:
            parts.append(to_text(value, errors="replace", nonstring="simplerepr"))
    if not parts and data.get("results"):
        failed = [r for r in data["results"] if isinstance(r, dict) and r.get("failed")]
        parts = [to_text(r.get("msg", ""), nonstring="simplerepr") for r in failed[:3]]
    return ": ".join(p.strip() for p in parts if p.strip())


META = ("meta", "ansible.builtin.meta", "ansible.legacy.meta")


def count_block(block, wanted):
    tasks = 0
    for entry in block.block + block.always:
        tasks += count_block(entry, wanted) if hasattr(entry, "block") else wanted(entry)
    return tasks


def count_play(play):
    """How many tasks a play has, as far as that can be told before it runs."""

    def wanted(task):
        if task.action in META:
            return 0
        try:
            return 1 if task.evaluate_tags(play.only_tags, play.skip_tags, {}) else 0
        except Exception:
            return 1

    total = sum(count_block(block, wanted) for block in play.compile())
    gathers = play.gather_facts
    return total + (0 if gathers is False else 1)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "handsoff_events"
    CALLBACK_NEEDS_ENABLED = True
    CALLBACK_NEEDS_WHITELIST = True

    def __init__(self):
        super(CallbackModule, self).__init__()
        try:
            self._fd = int(os.environ.get("HANDSOFF_EVENTS", ""))
            os.set_inheritable(self._fd, False)
        except (ValueError, OSError):
            self._fd = None
        try:
            # What is printed is followed line by line. PYTHONUNBUFFERED would do that too, for every module as well, and
            # modules come through a pipe: Python would read them byte by byte, which makes a short task half as slow again.
            sys.stdout.reconfigure(line_buffering=True)
        except (AttributeError, ValueError, OSError):
            pass  # printed in blocks, then

    def _tell(self, kind, **fields):
        if self._fd is None:
            return
        try:
            line = json.dumps(dict(fields, e=kind)).encode("ascii") + b"\n"
            if len(line) > MAX_LINE and "msg" in fields:
                fields["msg"] = short(fields["msg"], 200)
                line = json.dumps(dict(fields, e=kind)).encode("ascii") + b"\n"
            while line:
                line = line[os.write(self._fd, line) :]
        except (OSError, TypeError, ValueError):
            self._fd = None  # nobody reads any more

    def _result(self, kind, result, **fields):
        self._tell(kind, host=short(result._host.get_name(), MAX_NAME), **fields)

    def v2_playbook_on_start(self, playbook):
        tasks, plays = 0, []
        try:
            plays = playbook.get_plays()
            tasks = sum(count_play(play) for play in plays)
        except Exception:
            tasks = 0
        self._tell("playbook", plays=len(plays), tasks=tasks)

    def v2_playbook_on_vars_prompt(self, varname, private=True, prompt=None, encrypt=None, confirm=False, salt_size=None,
                                   salt=None, default=None, unsafe=None):
        self._tell("prompt", name=short(varname, MAX_NAME), msg=short(prompt or varname, MAX_NAME), default=default is not None)

    def v2_playbook_on_play_start(self, play):
        self._tell("play", name=short(play.get_name(), MAX_NAME))

    def v2_playbook_on_no_hosts_matched(self):
        self._tell("nobody")

    def v2_playbook_on_task_start(self, task, is_conditional):
        if task.action not in META:
            self._tell("task", name=short(task.get_name(), MAX_NAME))

    def v2_playbook_on_handler_task_start(self, task):
        self._tell("task", name=short(task.get_name(), MAX_NAME), extra=True)

    def v2_playbook_on_cleanup_task_start(self, task):
        self._tell("task", name=short(task.get_name(), MAX_NAME), extra=True)

    def v2_runner_on_start(self, host, task):
        try:
            here = host.get_vars().get("ansible_connection", task.connection) == "local"
            if task.delegate_to:
                here = task.delegate_to in ("localhost", "127.0.0.1")
        except Exception:
            here = False
        self._tell("start", host=short(host.get_name(), MAX_NAME), here=bool(here))

    def v2_runner_on_ok(self, result):
        self._result("ok", result, changed=bool(result._result.get("changed", False)))

    def v2_runner_on_skipped(self, result):
        self._result("skipped", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._result("failed", result, ignored=bool(ignore_errors), msg=short(message_of(result), MAX_MESSAGE),
                     task=short(result._task.get_name(), MAX_NAME))

    def v2_runner_on_unreachable(self, result):
        self._result("unreachable", result, msg=short(message_of(result), MAX_MESSAGE),
                     task=short(result._task.get_name(), MAX_NAME))

    def v2_playbook_on_stats(self, stats):
        for host in sorted(stats.processed)[:10000]:
            summary = stats.summarize(host)
            self._tell("stats", host=short(host, MAX_NAME), ok=summary["ok"], changed=summary["changed"],
                       failures=summary["failures"], unreachable=summary["unreachable"], skipped=summary["skipped"])
        self._tell("end")
