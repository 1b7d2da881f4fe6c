// Package webapi is what the clients of others' web services have in common: GitHub's, Gerrit's, Jenkins', OpenStack's and
// Slack's. What an answer of theirs means, each client knows by itself.
package webapi
