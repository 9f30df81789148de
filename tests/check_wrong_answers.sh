#!/usr/bin/env bash
# the workshop's tools at units that answer wrongly (tests/peer/wrong.py): no success, and what came is told
set -u
cd "$(dirname "$0")/.." || exit
. tests/leftovers.sh
bin=${BUILD:-build}/bin
work=$(mktemp -d)
bus=ipc://$work/bus
trap 'kill -9 $(jobs -p) 2> /dev/null; rm -rf "$work"' EXIT

"$bin/kmsim" up --bus "$bus" > "$work/car" 2>&1 &
car=$!
within 30 grep -q "Ctrl-C ends it" "$work/car" || { cat "$work/car"; exit 1; }
for unit in cas climate; do
    "$bin/kmsim" do --bus "$bus" "{\"power\": {\"ecu\": \"$unit\", \"state\": \"off\"}}" > "$work/done" || { cat "$work/done"; exit 1; }
done
tests/peer/wrong.py "$bin" "$bus" || exit 1
kill -TERM $car
wait $car
