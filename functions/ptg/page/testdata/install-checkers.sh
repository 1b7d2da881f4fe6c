#!/bin/sh
# Installs what judges our pages and calendars: npm's axe-core, which finds what keeps people out of a page, and ical.js, which
# reads calendars, into the folder given as the argument. What is there already is left alone, so it costs nothing the
# second time.
#
#   install-checkers.sh [cache folder]
#
# Without an argument the folder is $HANDSOFF_CLIENTS/pages, else one in the user's cache, where the tests look.
set -eu

# The versions of axe-core and ical.js.
axe=4.14.1
ical=2.2.1

if [ $# -gt 1 ]; then
	echo "usage: $0 [cache folder]" >&2
	exit 2
fi
if [ $# -eq 1 ]; then
	cache=$1
elif [ -n "${HANDSOFF_CLIENTS:-}" ]; then
	cache=$HANDSOFF_CLIENTS/pages
else
	cache=${XDG_CACHE_HOME:-$HOME/.cache}/handsoff/page-checkers
fi

if ! command -v npm >/dev/null; then
	as_root=
	[ "$(id -u)" -eq 0 ] || as_root=sudo
	DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y --no-install-recommends nodejs npm
fi

if ! grep -q "\"version\": \"$axe\"" "$cache/node_modules/axe-core/package.json" 2>/dev/null ||
	! grep -q "\"version\": \"$ical\"" "$cache/node_modules/ical.js/package.json" 2>/dev/null; then
	mkdir -p "$cache"
	npm install --prefix "$cache" --ignore-scripts --no-audit --no-fund --no-save --loglevel=error "axe-core@$axe" "ical.js@$ical"
fi
