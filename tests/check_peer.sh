#!/usr/bin/env bash
# a control unit in Python (tests/peer/light.py), by nothing but bus/zmq/wire.h: in a story, run after run, and on a live car
# Uses build/bin, or the directory given. Everything happens in a temporary directory of buses of its own.
set -eu
. "$(dirname "$0")"/leftovers.sh
bin=$(realpath "${1:-build/bin}")
peer=$(realpath tests/peer)
PYTHONPATH=$(realpath tools/python)
export PYTHONPATH
vehicles=$(realpath bus/vehicles)
work=$(mktemp -d)
export XDG_RUNTIME_DIR=$work
trap 'kill -9 $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

fail() {
    echo "$*"
    exit 1
}

"$peer/light_car.py" "$vehicles/e65.json" "$work"
cp "$peer/light.json" "$work"

for run in 1 2 3; do
    "$peer/light.py" --bus "ipc://$work/bus" --vehicle "$work/car.json" & light=$!
    [ $run = 2 ] && sleep 0.3 # it may be there before the bus or after
    "$bin/kmsim" run --bus "ipc://$work/bus" --trace "$work/$run.log" "$work/light.json" > "$work/out" 2>&1 ||
        fail "the story fails: $(cat "$work/out")"
    wait $light || fail "the light ended with $?"
    cmp "$work/1.log" "$work/$run.log" || fail "run $run has another trace"
done
grep -q ' kcan-s 3F0#0A50$' "$work/1.log" || fail "the light never said what it should"

# Everything that the Python module can, in a unit that kmsim starts itself.
/usr/bin/python3 - "$vehicles/e65.json" "$peer/probe.py" > "$work/probe_car.json" << 'PYTHON'
import json, os, sys
car = json.load(open(sys.argv[1]))
car["dbc"] = os.path.join(os.path.dirname(sys.argv[1]), car["dbc"])
car["nodes"].append({"name": "probe", "executable": sys.argv[2], "buses": ["kcan-s"]})
json.dump(car, sys.stdout)
PYTHON
cp "$peer/probe.json" "$work"
for run in 1 2; do
    "$bin/kmsim" run --trace "$work/probe$run.log" "$work/probe.json" > "$work/out" 2>&1 || fail "the probe: $(cat "$work/out")"
    cmp "$work/probe1.log" "$work/probe$run.log" || fail "run $run of the probe has another trace"
done

# A failure's replay needs the light's own process, too.
sed 's/"brightness": 50/"brightness": 60/' "$work/light.json" > "$work/failing.json"
"$peer/light.py" --bus "ipc://$work/bus" --vehicle "$work/car.json" & light=$!
"$bin/kmsim" run --bus "ipc://$work/bus" --seed 7 "$work/failing.json" > "$work/out" 2>&1 && fail "it passes"
wait $light || fail "the light ended with $?"
grep -q "replay: \"kmsim run --seed 7 $work/failing.json\"" "$work/out" || fail "$(cat "$work/out")"

# The last to come is waited for; one that does not come, or goes, is told by its name.
status=0
"$bin/kmsim" run --bus "ipc://$work/bus" --patience "300 ms" "$work/light.json" > "$work/out" 2>&1 || status=$?
[ $status = 3 ] && grep -q 'light' "$work/out" || fail "a unit that never comes: status $status, $(cat "$work/out")"
status=0
"$bin/kmsim" run --in-process "$work/light.json" > "$work/out" 2>&1 || status=$?
[ $status != 0 ] && grep -q 'light' "$work/out" || fail "in-process without that unit: status $status, $(cat "$work/out")"

# On a live car, from its first moment to its end.
"$peer/light.py" --bus "ipc://$work/bus" --vehicle "$work/car.json" & light=$!
"$bin/kmsim" up --vehicle "$work/car.json" --bus "ipc://$work/bus" > "$work/out" 2>&1 & car=$!
within 30 grep -q 'Ctrl-C ends it' "$work/out" || fail "the car does not come up: $(cat "$work/out")"
"$bin/bus-sniffer" --bus "ipc://$work/bus" --vehicle "$work/car.json" --decode --filter LightStatus > "$work/seen" 2> "$work/err" &
sniffer=$!
sniffer_sees() { # a frame of which nobody makes anything
    # While the buses sleep nobody needs the light, and yet it is missed.
kill -STOP $light
within 15 grep -q 'kmsim: light: external unit does not answer' "$work/out" || fail "a light that hangs on a quiet car is not told"
kill -CONT $light
within 15 grep -q 'kmsim: light: external unit answers again' "$work/out" || fail "that it answers again is not told: $(cat "$work/out")"
[ "$(grep -c 'light: ' "$work/out")" = 2 ] || fail "told more than once: $(cat "$work/out")"
"$bin/kmsim" do --bus "ipc://$work/bus" '{"frame": {"bus": "kcan-s", "frame": "3F0#0000"}}' > "$work/answer" || fail "$(cat "$work/answer")"
    grep -q ' LightStatus ' "$work/seen"
}
within 20 sniffer_sees || fail "the sniffer sees nothing: $(cat "$work/err")"
"$bin/kmsim" do --bus "ipc://$work/bus" '{"remote": {"key": 2, "button": "unlock"}}' > "$work/answer" || fail "$(cat "$work/answer")"
coded='LightStatus Profile=2 Coded=yes Brightness=50 %$'
within 20 grep -q "$coded" "$work/seen" || true # told below
kill -TERM $car
wait $car || fail "the car ended with $?: $(cat "$work/out")"
wait $light || fail "the light ended with $?"
wait $sniffer || fail "the sniffer ended with $?: $(cat "$work/err")"
grep -q "$coded" "$work/seen" || fail "no light on the live car: $(cat "$work/seen")"
