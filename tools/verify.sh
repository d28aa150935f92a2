#!/bin/sh
# verify.sh [NAME] runs the long assurance runs, or the one of that name. A run is a Go test called
# TestVerify<Name>, in a file built with the tag "verify"; it logs its figure and fails when the
# figure is missed. Its name here is <name> in lower case.
set -eu

runs=$(grep -rlE '^//go:build .*verify' --include='*_test.go' cmd internal | xargs -r grep -HoE '^func TestVerify[A-Za-z0-9_]+' |
	sed -E 's|^(.*)/[^/]*:func TestVerify|\1 |' | sort)
name() { printf '%s' "$1" | tr 'A-Z' 'a-z'; }

if [ -z "$runs" ]; then
	echo "There is no assurance run to be found." >&2
	exit 1
fi
failed= found=
# The list comes in on descriptor 3, so that a run may read standard input.
while read -r folder test <&3; do
	run=$(name "$test")
	[ -z "${1:-}" ] || [ "$1" = "$run" ] || continue
	found=yes
	echo "== $run"
	go test -tags 'nomsgpack verify' -count=1 -timeout 90m -v -run "^TestVerify$test\$" "./$folder" || failed="$failed $run"
done 3<<LIST
$runs
LIST
if [ -z "$found" ]; then
	echo "No assurance run is called $1. There are:" >&2
	echo "$runs" | while read -r _ test; do echo "  $(name "$test")" >&2; done
	exit 2
fi
if [ -n "$failed" ]; then
	echo "Missed:$failed" >&2
	exit 1
fi
echo "All assurance runs met their figures."
