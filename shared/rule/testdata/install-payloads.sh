#!/bin/sh
# Installs recorded payloads of GitHub's webhooks, npm's @octokit/webhooks-examples, which the tests decide and render, into
# the folder given as the argument. What is there already is left alone, so it costs nothing the second time.
#
#   install-payloads.sh [cache folder]
#
# Without an argument the folder is $HANDSOFF_CLIENTS/github-payloads, else one in the user's cache, where the tests look.
set -eu

# The version of @octokit/webhooks-examples.
examples=7.6.1

if [ $# -gt 1 ]; then
	echo "usage: $0 [cache folder]" >&2
	exit 2
fi
if [ $# -eq 1 ]; then
	cache=$1
elif [ -n "${HANDSOFF_CLIENTS:-}" ]; then
	cache=$HANDSOFF_CLIENTS/github-payloads
else
	cache=${XDG_CACHE_HOME:-$HOME/.cache}/handsoff/github-payloads
fi

if ! command -v npm >/dev/null; then
	as_root=
	[ "$(id -u)" -eq 0 ] || as_root=sudo
	DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y --no-install-recommends nodejs npm
fi

if ! grep -q "\"version\": \"$examples\"" "$cache/node_modules/@octokit/webhooks-examples/package.json" 2>/dev/null; then
	mkdir -p "$cache"
	npm install --prefix "$cache" --ignore-scripts --no-audit --no-fund --no-save --loglevel=error \
		"@octokit/webhooks-examples@$examples"
fi
