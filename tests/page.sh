#!/usr/bin/env bash
# make page: the page of kmsim run --html in a browser without a window and without network, driven as by a person; pictures
# of it are in build/page.
set -eu
cd "$(dirname "$0")/.."
bin=$(realpath "${1:-build/bin}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pictures=$(realpath -m build/page)
rm -rf "$pictures"
mkdir -p "$pictures"
cp -r tests/page/stories "$work"
driver=$(realpath tests/page/drive.py) many=$(realpath tests/page/many.py)
cd "$work"

played() { # status, command …
    local expected=$1 status=0
    shift
    "$@" > out 2> err || status=$?
    [ $status = "$expected" ] || { echo "status $status, not $expected, of: $*: $(cat out err)"; exit 1; }
}

played 2 "$bin/kmsim" run --in-process --keep-going --trace-failures traces --html page.html --json report.json stories
"$many" report.json > many.json
played 2 "$bin/kmsim" merge --html many.html many.json
"$driver" "$work/page.html" "$work/many.html" "$pictures"
