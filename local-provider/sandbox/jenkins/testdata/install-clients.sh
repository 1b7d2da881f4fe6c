#!/bin/sh
# Installs the clients that others wrote and that the tests drive against the sandbox's Jenkins:
# Debian's python3-jenkins and jenkins-job-builder, and npm's jenkins, the last into the folder given as the argument.
# What is there already is left alone, so it costs nothing the second time.
#
#   install-clients.sh [cache folder]
#
# Without an argument the folder is $HANDSOFF_CLIENTS, else one in the user's cache, where the tests look.
set -eu

# The version of npm's jenkins. The test looks for this one, too.
npm_jenkins=1.1.0

if [ $# -gt 1 ]; then
	echo "usage: $0 [cache folder]" >&2
	exit 2
fi
cache=${1:-${HANDSOFF_CLIENTS:-${XDG_CACHE_HOME:-$HOME/.cache}/handsoff/jenkins-clients}}

missing=
/usr/bin/python3 -c 'import jenkins' 2>/dev/null || missing="$missing python3-jenkins"
[ -x /usr/bin/jenkins-jobs ] || missing="$missing jenkins-job-builder"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
if [ -n "$missing" ]; then
	as_root=
	[ "$(id -u)" -eq 0 ] || as_root=sudo
	# The word splitting is meant: it is a list of packages.
	# shellcheck disable=SC2086
	DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y --no-install-recommends $missing
fi

if [ ! -f "$cache/node_modules/jenkins/package.json" ] ||
	! grep -q "\"version\": \"$npm_jenkins\"" "$cache/node_modules/jenkins/package.json"; then
	mkdir -p "$cache"
	npm install --prefix "$cache" --no-audit --no-fund --no-save --loglevel=error "jenkins@$npm_jenkins"
fi
