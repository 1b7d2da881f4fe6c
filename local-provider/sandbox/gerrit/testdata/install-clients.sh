#!/bin/sh
# Installs the foreign clients that the tests drive against the sandbox's Gerrit: OpenStack's gerritlib from the system's
# packages, and pygerrit2 into the folder given as the argument. What is there already is left alone.
#
#   install-clients.sh [cache folder]
#
# Without an argument the folder is $HANDSOFF_CLIENTS/gerrit, else one in the user's cache, where the tests look.
set -eu

# The version of pygerrit2.
pygerrit=2.0.15

if [ $# -gt 1 ]; then
	echo "usage: $0 [cache folder]" >&2
	exit 2
fi
if [ $# -eq 1 ]; then
	cache=$1
elif [ -n "${HANDSOFF_CLIENTS:-}" ]; then
	cache=$HANDSOFF_CLIENTS/gerrit
else
	cache=${XDG_CACHE_HOME:-$HOME/.cache}/handsoff/gerrit-clients
fi

if ! /usr/bin/python3 -c 'import gerritlib, venv, ensurepip' 2>/dev/null; then
	as_root=
	[ "$(id -u)" -eq 0 ] || as_root=sudo
	DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y --no-install-recommends python3-gerritlib python3-venv openssh-client
fi

if ! "$cache/bin/python3" -c 'import pygerrit2' 2>/dev/null; then
	/usr/bin/python3 -m venv "$cache"
	"$cache/bin/pip" install --quiet --disable-pip-version-check "pygerrit2==$pygerrit"
fi
