#!/bin/sh
# Installs Slack's own framework for apps, npm's @slack/bolt, which the tests drive against the sandbox's Slack, into the
# folder given as the argument. What is there already is left alone, so it costs nothing the second time.
#
#   install-clients.sh [cache folder]
#
# Without an argument the folder is $HANDSOFF_CLIENTS/slack, else one in the user's cache, where the tests look.
set -eu

# The version of @slack/bolt.
bolt=4.7.3

if [ $# -gt 1 ]; then
	echo "usage: $0 [cache folder]" >&2
	exit 2
fi
if [ $# -eq 1 ]; then
	cache=$1
elif [ -n "${HANDSOFF_CLIENTS:-}" ]; then
	cache=$HANDSOFF_CLIENTS/slack
else
	cache=${XDG_CACHE_HOME:-$HOME/.cache}/handsoff/slack-clients
fi

missing=
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
if [ -n "$missing" ]; then
	as_root=
	[ "$(id -u)" -eq 0 ] || as_root=sudo
	# The word splitting is meant: it is a list of packages.
	# shellcheck disable=SC2086
	DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y --no-install-recommends $missing
fi

if ! grep -q "\"version\": \"$bolt\"" "$cache/node_modules/@slack/bolt/package.json" 2>/dev/null; then
	mkdir -p "$cache"
	npm install --prefix "$cache" --ignore-scripts --no-audit --no-fund --no-save --loglevel=error "@slack/bolt@$bolt"
fi
