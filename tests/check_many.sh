#!/usr/bin/env bash
# a vehicle of 64 units: a story on both hosts within the files it asks for, the tools on a live car, one unit too many
set -u
cd "$(dirname "$0")/.." || exit
. tests/leftovers.sh
bin=${BUILD:-build}/bin
work=$(mktemp -d)
bus=ipc://$work/bus
car=
trap '[ -z "$car" ] || { kill "$car"; wait "$car"; } 2> /dev/null; rm -rf "$work"' EXIT

fail() {
    echo "$*"
    exit 1
}

tests/many/make.py "$work" 64
cp tests/many/story.json "$work"

# The story passes, with one trace from both hosts; the limit that a run asks for is enough.
files=$((48 + 4 * 64))
"$bin/kmsim" run --in-process --trace "$work/direct.log" "$work/story.json" > "$work/out" 2>&1 || fail "$(cat "$work/out")"
(ulimit -n $files && exec "$bin/kmsim" run --bus "$bus" --trace "$work/processes.log" "$work/story.json") > "$work/out" 2>&1 ||
    fail "$(cat "$work/out")"
cmp "$work/direct.log" "$work/processes.log" || fail "the hosts have different traces"
(ulimit -n $((files - 1)) && exec "$bin/kmsim" run --bus "$bus" "$work/story.json") > "$work/out" 2>&1
[ $? = 3 ] && grep -q "at least $files are needed" "$work/out" || fail "too few files: $(cat "$work/out")"
[ "$(grep -c ' kcan-s 5[0-3][0-9A-F]#' "$work/direct.log")" -gt 400 ] || fail "the 60 further units say too little"

# The tools know the last of them as the first.
"$bin/kmsim" up --vehicle "$work/car.json" --bus "$bus" > "$work/car" 2>&1 & car=$!
within 30 grep -q "Ctrl-C ends it" "$work/car" || fail "the car does not begin: $(cat "$work/car")"
"$bin/service-tool" faults --bus "$bus" --vehicle "$work/car.json" > "$work/out" 2>&1 || fail "$(cat "$work/out")"
[ "$(grep -c ': no faults$' "$work/out")" = 64 ] || fail "fault memories: $(cat "$work/out")"
"$bin/cip" code rear60 4 temperature=27 --bus "$bus" --vehicle "$work/car.json" > "$work/out" 2>&1 || fail "$(cat "$work/out")"
"$bin/cip" copy 4 3 --bus "$bus" --vehicle "$work/car.json" > "$work/out" 2>&1 || fail "$(cat "$work/out")"
"$bin/cip" read rear60 --bus "$bus" --vehicle "$work/car.json" > "$work/out" 2>&1 || fail "$(cat "$work/out")"
grep -qE '^temperature +22.0 degC +22.0 degC +27.0 degC +27.0 degC$' "$work/out" || fail "$(cat "$work/out")"
kill "$car"
wait "$car" || fail "the car ended with $?: $(cat "$work/car")"
car=

tests/many/make.py "$work" 65
"$bin/kmsim" check "$work/story.json" > "$work/out" 2>&1 && fail "65 units are taken"
grep -q '/nodes: must be an array of 1 to 64 elements' "$work/out" || fail "$(cat "$work/out")"
nothing_left "the car"
