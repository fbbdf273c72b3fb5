#!/bin/sh
# Fails where the root file system is more than $1 percent full.
set -eu
used=$(df -P / | awk 'NR == 2 { print $5 + 0 }')
echo "$used % used"
[ "$used" -le "$1" ]
