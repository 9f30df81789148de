#!/usr/bin/env bash
# attackers on the sockets: nobody speaks for a unit, no flood takes memory or files, and the car acts on
# Uses build/bin, or the directory given. Everything happens in a temporary directory of buses of its own.
set -eu
. "$(dirname "$0")"/leftovers.sh
bin=$(realpath "${1:-build/bin}")
attack=$(realpath tests/attack/attack.py)
story=$(realpath scenarios/welcome.json)
work=$(mktemp -d)
export XDG_RUNTIME_DIR=$work
trap 'kill -9 $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

fail() {
    echo "$*"
    tail -n 5 "$work/out" 2>/dev/null || true
    exit 1
}

up() { # options …
    : > "$work/out"
    env --default-signal=INT "$bin/kmsim" up "$@" > "$work/out" 2>&1 &
    car=$!
    within 20 grep -q 'Ctrl-C ends it' "$work/out" || fail "kmsim up $* does not come up"
    bus=$(sed -n 's/.* at \(.*\), Ctrl-C.*/\1/p' "$work/out")
}

acts() { # what was done before
    "$bin/kmsim" do --bus "$bus" '{"remote": {"key": 2, "button": "unlock"}}' > "$work/answer" 2>&1 ||
        fail "after $1 the car does not act: $(cat "$work/answer")"
}

megabytes() { # that the car has ever had
    echo $(($(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$car/status") / 1024))
}

down() { # what was done before
    kill -INT "$car"
    local status=0
    wait "$car" || status=$?
    [ "$status" = 0 ] || fail "after $1 the car ends with $status"
    nothing_left "$1"
}

# ---- whoever connects ----
for socket in bus bus-up bus-do; do
    (ulimit -n 128; up > /dev/null; echo "$car" > "$work/car"; wait "$car") & starter=$!
    within 20 grep -qs 'Ctrl-C ends it' "$work/out" || fail "no car with 128 files"
    bus=ipc://$work/kmsim-$(id -u)/bus
    "$attack" connect "ipc://$work/kmsim-$(id -u)/$socket" 400
    acts "400 connections to $socket"
    kill -INT "$(cat "$work/car")"
    wait $starter || fail "after 400 connections to $socket the car ends with $?"
    rm "$work/car" "$work/out"
done

# ---- floods ----
up
before=$(megabytes)
for how in "large" "many 5" "multipart 10"; do
    status=0
    # shellcheck disable=SC2086
    timeout 60 "$attack" ${how%% *} "$bus" ${how#* } || status=$?
    [ $status = 0 ] || fail "$how: nobody ends that connection"
    acts "$how"
done
[ $(($(megabytes) - before)) -lt 1000 ] || fail "floods take $(($(megabytes) - before)) MB"
down "floods"

# ---- who counts as an observer ----
timeout 60 "$bin/kmsim" run --bus "ipc://$work/own" --observers 1 "$story" > "$work/out" 2>&1 & run=$!
within 20 test -S "$work/own-up" || fail "the run does not begin"
"$attack" uncount "ipc://$work/own" > "$work/said" & attacker=$!
within 20 grep -q done "$work/said" || fail "no attack"
"$bin/bus-sniffer" --bus "ipc://$work/own" > "$work/seen" 2>&1 & sniffer=$!
wait $run || fail "a run with an observer and an attacker ends with $?"
wait $sniffer || fail "$(tail -n 1 "$work/seen")"
kill $attacker
wait $attacker 2> /dev/null || true

# ---- who speaks for a unit: the trace stays what it is; a car's memory too ----
"$bin/kmsim" run --in-process --trace "$work/expected.log" "$story" > "$work/out"
for place in "ipc://$work/own" "tcp://127.0.0.1:$((20000 + $$ % 20000))"; do
    # The attacker waits for the bus, and is its observer of sorts: the run for the sniffer. A unit on its lane hears and
    # is heard there alone; one that is begun as if under a tool speaks over ZeroMQ, where anybody might speak for it.
    for node in cas seat; do
        [[ $place = tcp* ]] && way=(--launch "$node=%") || way=()
        timeout 60 "$attack" speak "$place" $node > "$work/said" & attacker=$!
        "$bin/kmsim" run --bus "$place" --observers 1 "${way[@]}" --trace "$work/$node.log" "$story" > "$work/out" 2>&1 & run=$!
        within 20 grep -q listens "$work/said" || fail "no attack"
        "$bin/bus-sniffer" --bus "$place" > "$work/seen" 2>&1 & sniffer=$!
        wait $run || fail "a run with somebody who speaks for $node ends with $?"
        cmp "$work/expected.log" "$work/$node.log" || fail "somebody spoke for $node"
        wait $sniffer && wait $attacker || fail "the attacker ends with $?"
    done
done
up --state "$work/memory"
timeout 60 "$attack" speak "$bus" seat > "$work/said" & attacker=$!
within 20 grep -q listens "$work/said" || fail "no attack"
acts "somebody who speaks for the seat"
sleep 1
down "somebody who speaks for the seat"
! grep -r stole "$work/memory" || fail "a forged store was kept"
wait $attacker || fail "the attacker ends with $?"

# ---- who pretends to be a car: nothing that a terminal would obey is printed ----
"$attack" pretend "ipc://$work/own" > "$work/said" & attacker=$!
within 20 grep -q listens "$work/said" || fail "no attack"
"$bin/kmsim" do --bus "ipc://$work/own" '{"gear": "r"}' > "$work/answer" 2>&1 || fail "$(cat "$work/answer")"
"$bin/bus-sniffer" --bus "ipc://$work/own" --all --errors -n 40 >> "$work/answer" 2>&1 || fail "$(cat "$work/answer")"
grep -q '^done ?' "$work/answer" && grep -q '^(0.000000) power ?' "$work/answer" && grep -q '^(0.000000) ?.* 130#' "$work/answer" &&
    grep -q '^(0.000000) ?.* error frame in 130# of ?' "$work/answer" && grep -q '^(0.000000) ?.* bus-off on ?' "$work/answer" ||
    fail "the attacker is not heard: $(head -n 3 "$work/answer")"
[ -z "$(tr -d '\n -~' < "$work/answer")" ] || fail "what an attacker says reaches the terminal: $(od -c "$work/answer" | head -n 5)"
kill $attacker
wait $attacker 2> /dev/null || true
rm -f "$work"/own*

# ---- a unit that is stopped on a quiet car is told, and goes on ----
up
sleep 0.5
seat=$(grep -laz '/seat' /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3 | grep -xF "$(units_of)")
kill -STOP "$seat"
within 5 grep -q "kmsim: seat: process $seat is stopped" "$work/out" || fail "a stopped unit is not told"
kill -CONT "$seat"
within 5 grep -q "kmsim: seat: process $seat goes on" "$work/out" || fail "that it goes on is not told"
acts "a stopped unit"

# ---- and ends with a killed car though it be stopped ----
kill -STOP "$seat"
kill -9 "$car"
wait "$car" 2>/dev/null || true
nothing_left "a killed car with a stopped unit" files
