#!/usr/bin/env bash
# stored memory: --state on the command line, from run to run
set -u
cd "$(dirname "$0")/.." || exit 1
bin=${BUILD:-build}/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "FAIL $1"
    sed 's/^/     /' "$work/said"
    failed=1
}

# what is checked, expected status, story, options …
plays() {
    local what=$1 expected=$2 story=$3 status
    shift 3
    "$bin/kmsim" run --state "$work/state" "$@" "$work/$story.json" > "$work/said" 2>&1
    status=$?
    [ $status = "$expected" ] || fail "$what: status $status, not $expected"
}

says() { # what is checked, text
    grep -qF -- "$2" "$work/said" || fail "$1: does not say \"$2\""
}

story() { # name, members, steps
    printf '{"name": "%s", %s "steps": [%s]}\n' "$1" "$2" "$3" > "$work/$1.json"
}

unlock='{"at": "100 ms", "remote": {"key": 1, "button": "unlock"}}, {"expect": {"ecu": "seat", "profile": 1}, "within": "1 s"}'
change='{"adjust": {"ecu": "climate", "settings": {"temperature_offset": 2}}},
    {"switch": {"ecu": "seat", "axis": "height", "to": 42.0}}, {"wait": "1 s"},
    {"remote": {"key": 1, "button": "lock"}}, {"expect": {"car": "locked"}, "within": "50 ms"}, {"wait": "1 s"}'
story first "" "$unlock, $change"
story quick "" "$unlock"
story next "" '{"frame": {"bus": "kcan-s", "frame": "7FF#"}}, {"wait": "100 ms"},
    {"at": "1 s", "remote": {"key": 2, "button": "lock"}},
    {"expect": {"all": [{"ecu": "seat", "profile": 1}, {"ecu": "seat", "settings": {"height": 42.0}},
        {"ecu": "climate", "settings": {"temperature_offset": 2}}]}, "within": "2 s"},
    {"remote": {"key": 2, "button": "unlock"}}, {"expect": {"ecu": "seat", "profile": 2}, "within": "1 s"},
    {"expect": {"ecu": "seat", "settings": {"height": 40.0}}, "within": "2 s"},
    {"remote": {"key": 1, "button": "unlock"}},
    {"expect": {"all": [{"ecu": "seat", "settings": {"height": 42.0}},
        {"ecu": "climate", "settings": {"temperature_offset": 2}}]}, "within": "2 s"}'
story told '"key_memory": {"seat": {"1": {"height": 12}}}, "keys": [{"number": 1, "personalization": 3}, {"number": 5, "personalization": 1}],' "$unlock"

for host in --in-process ""; do
    rm -rf "$work/state"
    plays "first run" 0 first $host
    plays "the next run goes on" 0 next $host
    plays "and once more" 0 next $host
    cp -r "$work/state" "$work/before"
    plays "contradicting story" 2 told $host
    says "contradicting story" "/key_memory/seat/1/height: contradicts what is stored in $work/state/seat.json: 42 mm"
    says "contradicting story" "/keys/0/personalization: contradicts what is stored in $work/state/cas.json: 1"
    says "contradicting story" "/keys/1: contradicts what is stored in $work/state/fobs.json: it has no key 5"
    diff -r "$work/before" "$work/state" > "$work/said" || fail "a refused story changes nothing"
    rm -rf "$work/before"
    (cd "$work/state" && echo *) > "$work/said"
    says "only images are left" "cas.json climate.json fobs.json mirror.json seat.json"
    [ "$(wc -w < "$work/said")" = 5 ] || fail "only images are left"
done

# the codes run on even when a remote is pressed at the very first instant
story early "" '{"remote": {"key": 1, "button": "unlock"}}, {"expect": {"car": "unlocked"}, "within": "50 ms"}'
plays "press at the first instant" 0 early
plays "and again" 0 early
plays "and another story" 0 next

# what the workshop did, and what the fault memory says, is there for the next run
story block "" '{"service": {"function": "block_key", "key": 2}}'
story blocked "" '{"remote": {"key": 2, "button": "unlock"}}, {"never": {"message": "RemoteKeyStatus"}, "for": "1 s"}'
story fault "" '{"expect": {"ecu": "cas", "dtc": "0x9907"}, "within": "1 s"}'
plays "key is blocked" 0 block
plays "blocked key in the next run" 0 blocked --in-process
plays "its fault memory entry in the run after that" 0 fault
plays "still blocked" 0 blocked

# its replay begins with the same memory
story fails "" '{"at": "1 s", "expect": {"car": "unlocked"}}'
plays "a story that fails" 1 fails
says "a story that fails" "fails.json # plus --state with what was stored before this run"

# a run that ends with the story in the middle of a store does not lose it
rm -rf "$work/state"
plays "run that ends at once" 0 quick
grep -q '"active": 1,' "$work/state/seat.json" || fail "what was being stored at the end of the story is stored"

# the memory makes no difference between the hosts, and a new one none to a run without
rm -rf "$work/state" "$work/copy"
plays "first run" 0 first
cp -r "$work/state" "$work/copy"
plays "trace on processes" 0 next --trace "$work/processes.log"
rm -rf "$work/state"
mv "$work/copy" "$work/state"
plays "trace in-process" 0 next --trace "$work/in_process.log" --in-process
cmp "$work/processes.log" "$work/in_process.log" > "$work/said" || fail "the same trace from both hosts"
rm -rf "$work/state"
plays "trace with a new memory" 0 first --trace "$work/with.log"
"$bin/kmsim" run --trace "$work/without.log" "$work/first.json" > "$work/said" 2>&1
cmp "$work/with.log" "$work/without.log" > "$work/said" || fail "the same trace with a new memory and without"

# damage: each image in turn; the car still works, and what was damaged is there for inspection
for node in seat mirror climate cas fobs; do
    rm -rf "$work/state"
    plays "first run" 0 first
    truncate -s 150 "$work/state/$node.json"
    cp "$work/state/$node.json" "$work/damaged"
    story watch "" '{"at": "1 s", "frame": {"bus": "kcan-s", "frame": "7FF#"}}, {"wait": "1 s"}'
    plays "damaged $node" 0 watch -v
    says "damaged $node" "$work/state/$node.json: cannot be used: it was cut short or changed; it is set aside as $work/state/$node.json.damaged-1"
    [ $node = fobs ] || says "damaged $node" "fault memory entry 0x9C10"
    cmp "$work/damaged" "$work/state/$node.json.damaged-1" > "$work/said" || fail "what was damaged is set aside"
    plays "after damaged $node" 0 watch
    ! grep -q 'cannot be used' "$work/said" || fail "after damaged $node the memory is whole again"
done

# one run at a time
rm -rf "$work/state"
plays "first run" 0 first
flock -o "$work/state" sleep 10 &
holder=$!
while flock -n "$work/state" true; do kill -0 $holder || break; done
plays "locked memory" 2 next
says "locked memory" "$work/state: another run is using this memory"
kill $holder 2> /dev/null
wait $holder 2> /dev/null

# the memory disappears under a running car: the unit's start command removes it
plays "memory that disappears" 3 first --launch seat="rm -r '$work/state'; exec %"
says "memory that disappears" ".json.writing: cannot be written: No such file or directory"

# what cannot be a memory is told before anything starts
"$bin/kmsim" run --state "$work/first.json" "$work/first.json" > "$work/said" 2>&1
[ $? = 2 ] || fail "a file is no directory"
"$bin/kmsim" run --state /proc "$work/first.json" > "$work/said" 2>&1
[ $? = 2 ] || fail "a directory that cannot be written to"
says "a directory that cannot be written to" "/proc: cannot be written to: "
"$bin/kmsim" run --state "$work/state" "$work/first.json" "$work/next.json" > "$work/said" 2>&1
[ $? = 2 ] || fail "one story only"

[ $failed = 0 ] && echo "memory is kept"
exit $failed
