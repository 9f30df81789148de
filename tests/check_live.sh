#!/usr/bin/env bash
# live car: acts on what it is told, takes in strangers, survives garbage and pauses, ends cleanly, leaves nothing
# Uses build/bin, or the directory given. Everything happens in a temporary directory of buses of its own.
set -eu
. "$(dirname "$0")"/leftovers.sh
bin=$(realpath "${1:-build/bin}")
garbage=$(realpath "${1:-build/bin}/../tests/test_hub")
work=$(mktemp -d)
export XDG_RUNTIME_DIR=$work
trap 'kill -9 $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

fail() {
    echo "$*"
    for file in "$work"/up.out "$work"/up.err; do
        [ ! -e "$file" ] || { echo "--- $file"; tail -n 20 "$file"; }
    done
    exit 1
}

up() { # options …
    : > "$work/up.out"
    env --default-signal=INT "$bin/kmsim" up "$@" > "$work/up.out" 2> "$work/up.err" &
    car=$!
    within 30 grep -q 'Ctrl-C ends it' "$work/up.out" || fail "kmsim up $* does not come up"
}

ended() { # expected status, what was done
    local status=0
    wait "$car" || status=$?
    [ "$status" = "$1" ] || fail "$2: kmsim up ended with $status, not $1"
}

acts() { # expected status, text that must be in the answer, step, options …
    local status=0 expected=$1 text=$2 step=$3
    shift 3
    "$bin/kmsim" do "$@" "$step" > "$work/answer" 2>&1 || status=$?
    [ "$status" = "$expected" ] || fail "$step: status $status, not $expected: $(cat "$work/answer")"
    grep -qF -- "$text" "$work/answer" || fail "$step: not \"$text\": $(cat "$work/answer")"
}

# ---- no car ----
acts 3 "no live car at ipc://$work/" '{"gear": "r"}'
acts 2 'exactly one step' '{}' '{}'
acts 2 'unknown option' '{}' --loud
"$bin/kmsim" up --vehicle nonsense > "$work/answer" 2>&1 && fail "a car that does not exist comes up"
grep -q 'unknown vehicle' "$work/answer" || fail "$(cat "$work/answer")"
nothing_left "a car that does not exist"

# ---- every verb that acts, seen on the buses ----
up -v
"$bin/bus-sniffer" --decode --filter SeatStatus,ClimateStatus,RemoteKeyStatus,CentralLocking,TerminalStatus,123 \
    > "$work/seen" 2> "$work/sniffer" &
sniffer=$!
sniffer_sees() { # a frame of which nobody makes anything
    acts 0 's: frame' '{"frame": {"bus": "kcan-p", "frame": "123#"}}'
    grep -q ' kcan-p 123#' "$work/seen"
}
within 20 sniffer_sees || fail "the sniffer sees nothing: $(cat "$work/sniffer")"
acts 0 's: remote key 2 unlock, held 100 ms' '{"remote": {"key": 2, "button": "unlock"}}'
acts 0 's: radio replays telegram 1' '{"radio": {"replay": 1}}'
acts 0 's: door driver open' '{"door": {"driver": "open"}}'
acts 0 's: gear r' '{"gear": "r"}'
acts 0 's: ignition key 1 inserted' '{"ignition": {"insert": 1}}'
acts 0 's: switch seat longitudinal' '{"switch": {"ecu": "seat", "axis": "longitudinal", "direction": "increase", "hold": "300 ms"}}'
acts 0 's: adjust climate' '{"adjust": {"ecu": "climate", "settings": {"style": "soft"}}}'
acts 0 's: frame' '{"frame": {"bus": "kcan-p", "frame": "123#CAFE"}}'
acts 0 's: power mirror crash' '{"power": {"ecu": "mirror", "state": "crash"}}'
acts 0 's: power mirror on' '{"power": {"ecu": "mirror", "state": "on"}}'
acts 0 'was answered by 71 01 DC 73 00' '{"service": {"function": "block_key", "key": 2}}'
acts 0 's: cip mirror profile 2 driver_vertical' '{"cip": {"ecu": "mirror", "profile": 2, "settings": {"driver_vertical": 1}}}'
acts 0 'was answered by 62 F1 90 4B' '{"uds": {"ecu": "climate", "request": "22 F1 90", "response": "62 F1 90 *"}}'

# ---- what goes wrong until it is cleared, step after step ----
acts 0 's: fault drop of tester' '{"fault": {"kind": "drop", "ecu": "tester"}}'
acts 1 'was not answered' '{"uds": {"ecu": "climate", "request": "22 F1 90", "response": "62 F1 90 *"}}'
acts 0 's: fault end of drop of tester' '{"fault": {"kind": "drop", "ecu": "tester", "clear": true}}'
acts 0 'was answered by 62 F1 90 4B' '{"uds": {"ecu": "climate", "request": "22 F1 90", "response": "62 F1 90 *"}}'
acts 0 'nothing to end: no drop of tester lasts' '{"fault": {"kind": "drop", "ecu": "tester", "clear": true}}'
acts 2 '/fault/rate: must be 1e-9 to 0.1' '{"fault": {"kind": "noise", "rate": 1}}'

# ---- what fails, and what is no step ----
acts 1 'refused with requestOutOfRange' '{"service": {"function": "block_key", "key": 9}}'
acts 1 'was answered by 62 F1 90' '{"uds": {"ecu": "cas", "request": "22 F1 90", "response": "7F *"}}'
acts 1 'only 2 were sent so far' '{"radio": {"replay": 3}}'
acts 2 'step: /remote/key: must be 1 to 10' '{"remote": {"key": 11, "button": "unlock"}}'
acts 2 'step: /door/driver: must be "closed" or "open"' '{"door": {"driver": "ajar"}}'
acts 2 'step: /wait: is no verb that acts' '{"wait": "1 s"}'
acts 2 'step: /at: a live car acts at once' '{"gear": "r", "at": "1 s"}'
acts 2 'step:1:' '{"gear": '
acts 2 'step:1:1' ''

# ---- the endpoint is taken ----
status=0
"$bin/kmsim" up > "$work/answer" 2>&1 || status=$?
[ $status = 3 ] || fail "a second car at the same endpoint: $status"
grep -q 'another run is using this endpoint' "$work/answer" || fail "$(cat "$work/answer")"

# ---- garbage on its buses ----
"$garbage" --garbage "ipc://$work/kmsim-$(id -u)/bus" &
thrower=$!
for _ in $(seq 10); do acts 0 's: gear p' '{"gear": "p"}'; sleep 0.05; done
kill -9 $thrower
wait $thrower 2>/dev/null || true

# ---- a pause: what was missed is not made up for ----
lines=$(wc -l < "$work/seen")
kill -STOP "$car"
sleep 3
kill -CONT "$car"
acts 0 's: gear n' '{"gear": "n"}'
grep -q 'the car stood still for' "$work/up.err" || fail "a pause is not told"
more=$(($(wc -l < "$work/seen") - lines))
[ "$more" -lt 120 ] || fail "after a pause the car floods its buses: $more frames"

kill -INT "$car"
ended 0 "Ctrl-C"
wait $sniffer || fail "the sniffer failed: $(cat "$work/sniffer")"
grep -q 'nothing missed' "$work/sniffer" || fail "$(cat "$work/sniffer")"
nothing_left "Ctrl-C"
for seen in 'kcan-s 23A#1130' 'Button=unlock' 'DriverDoor=unlock' 'KeyValid=valid KeyNumber=1' 'Longitudinal=131.0 mm' \
    'Style=soft' 'kcan-p 123#CAFE'; do
    grep -qF -- "$seen" "$work/seen" || fail "the sniffer has not seen $seen"
done
grep -q 'key 2 blocked' "$work/up.out" || fail "-v does not tell what happens"

# ---- a unit that dies ----
up
kill -9 "$(grep -laz '/seat' /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3 | grep -xF "$(units_of)")"
ended 3 "a unit that dies"
grep -q 'kmsim: seat: process was killed by signal 9 (Killed) at .* s of virtual time' "$work/up.err" ||
    fail "a unit that dies is not told"
nothing_left "a unit that dies"

# ---- kill -9, and the next one in the same place; a step under way when it ends ----
up
kill -9 "$car"
wait "$car" 2>/dev/null || true
nothing_left "kill -9" files
up
acts 0 's: power climate off' '{"power": {"ecu": "climate", "state": "off"}}'
"$bin/kmsim" do '{"uds": {"ecu": "climate", "request": "3E 00"}}' > "$work/answer" 2>&1 & asked=$!
sleep 0.05
kill -TERM "$car"
ended 0 "SIGTERM"
status=0
wait $asked || status=$?
[ $status = 3 ] || [ $status = 1 ] || fail "a step under way at the end: $status, $(cat "$work/answer")"
nothing_left "SIGTERM"

# ---- memory, another endpoint, the car of a scenario ----
up --state "$work/memory" --bus "tcp://127.0.0.1:$((20000 + $$ % 20000))"
place=tcp://127.0.0.1:$((20000 + $$ % 20000))
acts 0 'was answered by' '{"service": {"function": "block_key", "key": 1}}' --bus "$place"
acts 0 'remote key 2' '{"remote": {"key": 2, "button": "unlock"}}' --bus "$place"
kill -INT "$car"
ended 0 "Ctrl-C of a car with memory"
grep -q '"key/1/blocked": 1' "$work/memory/cas.json" || fail "the car has not kept that the key is blocked"
up --state "$work/memory"
acts 1 'only 0 were sent so far' '{"radio": {"replay": 1}}'
acts 0 'was answered by' '{"service": {"function": "release_key", "key": 1}}'
acts 0 'remote key 2' '{"remote": {"key": 2, "button": "lock"}}'
sleep 1
kill -INT "$car"
ended 0 "Ctrl-C of a car that remembers"
grep -q '"key/1/blocked": 0' "$work/memory/cas.json" || fail "the car has not kept that the key is released"
grep -q '"key/2/counter": 2' "$work/memory/cas.json" || fail "the car has not gone on where it ended"
up --scenario scenarios/ten_keys.json
acts 0 'remote key 10' '{"remote": {"key": 10, "button": "unlock"}}'
kill -INT "$car"
ended 0 "Ctrl-C of a scenario's car"
nothing_left "the last car"
