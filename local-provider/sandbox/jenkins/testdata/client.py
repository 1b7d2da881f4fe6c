"""Drives the sandbox's Jenkins with Debian's python3-jenkins.

The address, the user and the token come from the environment variables JENKINS_URL, JENKINS_USER and JENKINS_TOKEN. Its clock, which
stands still, is moved at JENKINS_CLOCK.
"""
import os
import time

import jenkins
import requests

server = jenkins.Jenkins(
    os.environ["JENKINS_URL"],
    username=os.environ["JENKINS_USER"],
    password=os.environ["JENKINS_TOKEN"],
    timeout=120,
)


def until(what, check):
    """Lets time pass until check gives something true."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        requests.post(os.environ["JENKINS_CLOCK"], data={"advance": "1s"}).raise_for_status()
    raise AssertionError("waited in vain until " + what)


# Who and what. The client logs in with its first call of another kind than get_version.
assert server.get_whoami()["fullName"] == os.environ["JENKINS_USER"]
assert server.get_version() == "2.528.3", server.get_version()
assert server.get_plugin_info("cloudbees-folder")["enabled"] is True
assert server.get_info()["mode"] == "NORMAL"
assert [job["fullname"] for job in server.get_jobs()] == ["demo"]
assert "demo/slow" in [job["fullname"] for job in server.get_all_jobs()]
assert server.is_folder("demo") and not server.is_folder("demo/slow")
assert [node["name"] for node in server.get_nodes()] == ["Built-In Node"]

# A build, from the queue to its end.
item = server.build_job("demo/slow", {"seconds": "20", "HANDSOFF_JOB": "abcd"})
assert server.get_queue_item(item)["why"].startswith("In the quiet period."), server.get_queue_item(item)
assert server.get_queue_info()[0]["id"] == item
build = until("the build starts", lambda: server.get_queue_item(item).get("executable"))
info = server.get_build_info("demo/slow", build["number"])
assert info["building"] and info["queueId"] == item, info
assert {p["name"]: p["value"] for p in info["actions"][0]["parameters"]}["HANDSOFF_JOB"] == "abcd"
until("the build ends", lambda: not server.get_build_info("demo/slow", build["number"])["building"])
assert server.get_build_info("demo/slow", build["number"])["result"] == "SUCCESS"
assert server.get_build_console_output("demo/slow", build["number"]).endswith("Finished: SUCCESS\n")
assert server.get_job_info("demo/slow", fetch_all_builds=True)["lastStableBuild"]["number"] == build["number"]

# A stop, and a queue item that is cancelled. The client takes an empty 204 for a failure, here as with a real Jenkins.
server.build_job("demo/hang", {"HANDSOFF_JOB": "x"})
until("the job hangs", lambda: server.get_job_info("demo/hang")["lastBuild"])
server.stop_build("demo/hang", 1)
until("the build is aborted", lambda: server.get_build_info("demo/hang", 1)["result"] == "ABORTED")
item = server.build_job("demo/queue", {"HANDSOFF_JOB": "x"})
try:
    server.cancel_queue(item)
except jenkins.EmptyResponseException:
    pass
assert server.get_queue_item(item)["cancelled"] is True

# Jobs, folders and views.
server.create_job("box", jenkins.EMPTY_FOLDER_XML)
server.create_job("box/job", jenkins.EMPTY_CONFIG_XML)
server.reconfig_job("box/job", jenkins.RECONFIG_XML)
assert "<disabled>false</disabled>" in server.get_job_config("box/job")
server.disable_job("box/job")
assert server.get_job_info("box/job")["color"] == "disabled"
server.enable_job("box/job")
server.copy_job("box/job", "box/copy")
server.rename_job("box/copy", "box/other")
assert server.job_exists("box/other") and not server.job_exists("box/copy")
server.build_job("box/job")
until("the empty job ends", lambda: server.get_job_info("box/job")["lastCompletedBuild"])
assert server.get_job_info("box/job")["builds"][0]["number"] == 1
server.create_view("some", jenkins.EMPTY_VIEW_CONFIG_XML)
assert "some" in [view["name"] for view in server.get_views()]
server.delete_view("some")
server.delete_job("box")
assert not server.job_exists("box/job")

# Agents.
server.create_node("worker", numExecutors=3, labels="linux")
assert server.get_node_info("worker")["numExecutors"] == 3
server.disable_node("worker", "tea")
server.enable_node("worker")
server.delete_node("worker")

# What goes wrong.
for call, problem in (
    (lambda: server.get_job_info("demo/none"), "does not exist"),
    (lambda: server.build_job("demo/none"), "could not be found"),
    (lambda: server.create_job("demo/slow", jenkins.EMPTY_CONFIG_XML), "already exists"),
    (lambda: server.get_build_info("demo/slow", 99), "does not exist"),
    (lambda: jenkins.Jenkins(server.server, "demo", "wrong").get_whoami(), "401"),
):
    try:
        call()
    except jenkins.JenkinsException as error:
        assert problem in str(error), error
    else:
        raise AssertionError("no complaint: " + problem)

server.quiet_down()
assert server.get_info()["quietingDown"]
print("all is well")
