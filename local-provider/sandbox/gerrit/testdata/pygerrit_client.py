"""Drives the sandbox's Gerrit by pygerrit2: queries, a review, and what is refused."""

import os

import requests
from pygerrit2 import GerritRestAPI, GerritReview, HTTPBasicAuth

auth = HTTPBasicAuth(os.environ["GERRIT_USER"], os.environ["GERRIT_PASSWORD"])
rest = GerritRestAPI(url=os.environ["GERRIT_URL"], auth=auth)

assert rest.get("/accounts/self")["username"] == "handsoff"
changes = rest.get("/changes/?q=project:acme/app+status:open&o=CURRENT_REVISION&o=DETAILED_ACCOUNTS")
change = next(c for c in changes if c["subject"] == "Seen by pygerrit")
assert change["owner"]["email"] == "bob@example.com", change

review = GerritReview()
review.set_message("it is broken")
review.add_labels({"Verified": -1})
review.add_comments([{"filename": "README.md", "line": 3, "message": "here"}])
rest.review(change["id"], change["current_revision"], review)

detail = rest.get("/changes/%s/detail" % change["id"])
assert detail["labels"]["Verified"]["rejected"]["username"] == "handsoff", detail["labels"]
assert "(1 comment)" in detail["messages"][-1]["message"], detail["messages"]
assert rest.get("/changes/%s/comments" % change["id"])["README.md"][0]["message"] == "here"

try:
    rest.put("/changes/%s/topic" % change["id"], json={"topic": "not mine"})
    raise AssertionError("the topic of somebody else's change was changed")
except requests.exceptions.HTTPError as error:
    assert error.response.status_code == 403, error.response.text
print("all is well")
