#!/bin/sh
# Boils water.
set -eu
echo "heating"
echo "boiling"
