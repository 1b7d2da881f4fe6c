#!/bin/sh
# Installs GitHub's own client and webhook libraries, npm's @octokit/…, which the tests hold against the sandbox's GitHub, into
# the folder given as the argument. What is there already is left alone, so it costs nothing the second time.
#
#   install-clients.sh [cache folder]
#
# Without an argument the folder is $HANDSOFF_CLIENTS/github, else one in the user's cache, where the tests look.
set -eu

packages="@octokit/rest@22.0.1 @octokit/webhooks@14.2.0 @octokit/webhooks-schemas@7.6.1 @octokit/webhooks-examples@7.6.1 ajv@8.20.0 ajv-formats@3.0.1"

if [ $# -gt 1 ]; then
	echo "usage: $0 [cache folder]" >&2
	exit 2
fi
if [ $# -eq 1 ]; then
	cache=$1
elif [ -n "${HANDSOFF_CLIENTS:-}" ]; then
	cache=$HANDSOFF_CLIENTS/github
else
	cache=${XDG_CACHE_HOME:-$HOME/.cache}/handsoff/github-clients
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

installed=yes
for package in $packages; do
	name=${package%@*}
	grep -q "\"version\": \"${package##*@}\"" "$cache/node_modules/$name/package.json" 2>/dev/null || installed=
done
if [ -z "$installed" ]; then
	mkdir -p "$cache"
	# shellcheck disable=SC2086
	npm install --prefix "$cache" --ignore-scripts --no-audit --no-fund --no-save --loglevel=error $packages
fi
