#!/usr/bin/env bash
# DBC files: decoded values against canmatrix and exact decimals, careless files, kmsim names
set -eu
cd "$(dirname "$0")/.."
bin=build/bin decode=build/dbc/decode
mkdir -p build/dbc
gcc -std=c17 -I. -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -O1 -g tests/dbc/decode.c build/libkmsim.a \
    -lczmq -lzmq -ljansson -lsodium -lm -o $decode
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*"; exit 1; }

/usr/bin/python3 tests/dbc/compare.py $decode bus/vehicles/e65.dbc tests/dbc/numbers.dbc tests/dbc/multiplex.dbc
/usr/bin/python3 tests/dbc/compare.py $decode --random 20

# what is kept of a careless file, and what is told of it
$bin/kmsim names --dbc tests/dbc/careless.dbc > "$work/names" 2> "$work/warnings" || fail "a careless file is refused"
diff tests/dbc/careless.names "$work/names"
diff tests/dbc/careless.warnings "$work/warnings"
$bin/kmsim names --json --dbc tests/dbc/careless.dbc > "$work/json" 2> "$work/err"
[ ! -s "$work/err" ] || fail "with --json warnings belong into the JSON"
/usr/bin/python3 - "$work/json" "$work/warnings" << 'END'
import json, sys
names = json.load(open(sys.argv[1]))
warnings = open(sys.argv[2]).read().splitlines()
assert names["warnings"] == warnings and names["warning_count"] == len(warnings), names["warnings"]
flow = names["messages"][2]["signals"][0]
assert (flow["signal"], flow["kind"], flow["unit_of_measure"]) == ("Flow", "float", "l/s"), flow
END

# a vehicle's own DBC is read strictly: it is not to be taken with a doubt
sed 's,"dbc": *"[^"]*","dbc": "doubtful.dbc",' bus/vehicles/e65.json > "$work/doubtful.json"
{ cat bus/vehicles/e65.dbc; echo 'CM_ "no semicolon"'; } > "$work/doubtful.dbc"
status=0
$bin/kmsim names --vehicle "$work/doubtful.json" > /dev/null 2> "$work/err" || status=$?
[ $status = 2 ] && grep -q 'expected ";", not the end of the file' "$work/err" || fail "a vehicle's doubtful DBC is taken"
$bin/kmsim names --dbc "$work/doubtful.dbc" > /dev/null 2> "$work/err" || fail "--dbc does not bear with it"
grep -q "doubtful.dbc:$(wc -l < "$work/doubtful.dbc"): .*: read as if it were there" "$work/err" || fail "nothing is told"

# the vehicle's names; mistakes of the caller
$bin/kmsim names | grep -q '^seat  *seat  *0x6D  *kcan-p$' || fail "no units"
$bin/kmsim names SeatStatus | head -1 | grep -qx '232 SeatStatus, 8 bytes from seat, every 1000 ms' || fail "no message"
for wrong in "--dbc tests/dbc/compare.py" "--dbc /nowhere.dbc" "Nobody" "--dbc x --vehicle y"; do
    status=0
    $bin/kmsim names $wrong > "$work/out" 2>&1 || status=$?
    [ $status = 2 ] || fail "kmsim names $wrong: status $status"
done

# the sniffer: one line per frame whatever stands in the file, long symbols for --filter, what is doubtful told
printf '%s' '{"name": "x", "steps": [{"at": "10 ms", "frame": {"bus": "kcan-s", "frame": "123#70FE010000000000"}},
    {"at": "20 ms", "frame": {"bus": "kcan-s", "frame": "190#3200"}}, {"at": "30 ms", "wait": "1 ms"}]}' > "$work/x.json"
timeout 30 $bin/bus-sniffer --bus "ipc://$work/bus" --dbc tests/dbc/careless.dbc --decode \
    --filter PumpStatusOfTheBasementAndOfTheGarden > "$work/out" 2> "$work/err" &
timeout 30 $bin/kmsim run --bus "ipc://$work/bus" --observers 1 --patience "20 s" "$work/x.json" > "$work/run" 2>&1 ||
    { cat "$work/run"; fail "the story fails"; }
wait $!
sed 's/^([0-9.]*) //' "$work/out" | diff tests/dbc/careless.decoded -
[ "$(grep -c 'careless.dbc:[0-9]*: ' "$work/err")" = 10 ] && grep -q ' more; kmsim names --dbc tests' "$work/err" ||
    { cat "$work/err"; fail "the sniffer does not tell what is doubtful"; }
