"""Drives the sandbox's Gerrit by OpenStack's gerritlib: commands, and the thread that watches events."""

import os

from gerritlib import gerrit

client = gerrit.Gerrit(
    os.environ["GERRIT_HOST"], os.environ["GERRIT_USER"], int(os.environ["GERRIT_PORT"]), os.environ["GERRIT_KEY"]
)
assert client.getVersion().strip().endswith("3.9.1"), client.getVersion()
assert "acme/app" in client.listProjects(), client.listProjects()
found = client.query("change:6", commit_msg=True)
assert found["subject"] == "Seen by gerritlib", found

client.startWatching()
event = client.getEvent()
while event["type"] != "patchset-created":
    event = client.getEvent()
assert event["change"]["subject"] == "Seen again", event
assert event["patchSet"]["number"] == 2, event

client.review("acme/app", event["patchSet"]["revision"], "it's built", {"verified": 1})
print("all is well", flush=True)
os._exit(0)  # the thread that watches has no end
