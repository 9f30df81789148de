#!/usr/bin/env bash
# sniffer and processes: attach before and after, end cleanly, leave nothing behind
# Uses build/bin, or the directory given. Everything happens in a temporary directory of buses of its own.
set -eu
. "$(dirname "$0")"/leftovers.sh
bin=$(realpath "${1:-build/bin}")
story=$(realpath scenarios/welcome.json)
work=$(mktemp -d)
export XDG_RUNTIME_DIR=$work
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

fail() {
    echo "$*"
    exit 1
}

"$bin/kmsim" run --in-process --trace "$work/expected.log" "$story" > "$work/out"
frames=$(wc -l < "$work/expected.log")

for when in before after before after; do
    if [ $when = before ]; then "$bin/bus-sniffer" > "$work/seen.log" 2> "$work/err" & sniffer=$!; sleep 0.05; fi
    "$bin/kmsim" run --observers 1 "$story" > "$work/out" & run=$!
    if [ $when = after ]; then sleep 0.1; "$bin/bus-sniffer" > "$work/seen.log" 2> "$work/err" & sniffer=$!; fi
    wait $run || fail "the observed run failed"
    wait $sniffer || fail "the sniffer failed: $(cat "$work/err")"
    cmp "$work/expected.log" "$work/seen.log" || fail "a sniffer that attached $when the start saw something else"
    grep -qx "bus-sniffer: $frames lines, nothing missed" "$work/err" || fail "$(cat "$work/err")"
done
nothing_left "an observed run"

"$bin/kmsim" run --observers 1 "$story" > "$work/out" & run=$!
"$bin/bus-sniffer" --decode --all --filter SeatStatus,!kcan-s 2> "$work/err" > "$work/seen.log" || fail "$(cat "$work/err")"
wait $run
grep -q ' kcan-p 232#.*  SeatStatus Profile=2 .* Longitudinal=180.0 mm ' "$work/seen.log" || fail "no decoded seat status"
grep -q ' seat: profile 2 called up (coded)$' "$work/seen.log" || fail "no log entry"
! grep -E ' kcan-s (130|232)#' "$work/seen.log" || fail "the filter lets others through"

"$bin/kmsim" run --observers 2 "$story" > "$work/out" & run=$!
"$bin/bus-sniffer" -n 3 > "$work/three" 2> "$work/err" & first=$!
"$bin/bus-sniffer" 2> "$work/err2" | head -n 2 > "$work/two"
wait $run && wait $first || fail "a run whose observers leave must not care"
[ "$(wc -l < "$work/three")" = 3 ] || fail "-n 3 gives $(wc -l < "$work/three") lines"

# ---- error frames: in every trace alike, and shown to whoever asks for them ----
faulty=$(realpath scenarios/fault_seat_is_bus_off.json)
"$bin/kmsim" run --in-process --trace "$work/errors.log" "$faulty" > "$work/out"
"$bin/kmsim" run --observers 3 --trace "$work/processes.log" "$faulty" > "$work/out" & run=$!
"$bin/bus-sniffer" --errors > "$work/errors" 2> "$work/err" & first=$!
"$bin/bus-sniffer" > "$work/plain" 2> "$work/err2" & second=$!
"$bin/bus-sniffer" --errors --filter kcan-s > "$work/other" 2> "$work/err3" & third=$!
wait $run && wait $first && wait $second && wait $third || fail "a run with faults, or who looks on at it, fails"
cmp "$work/errors.log" "$work/processes.log" || fail "error frames are not the same in both hosts"
grep -v ' 20000080#' "$work/errors.log" | cmp - "$work/plain" || fail "a sniffer that asks for no errors sees something else"
grep '#' "$work/errors" | cut -d' ' -f1-3 | cmp "$work/errors.log" - || fail "--errors shows other frames than the trace has"
grep -q ' kcan-p 20000080#0000000000000000  error frame in 232#[0-9A-F]* of seat$' "$work/errors" ||
    fail "whose frame has failed is not told"
for state in error-passive bus-off error-active; do
    grep -q "^([0-9.]*) seat $state on kcan-p$" "$work/errors" || fail "nobody tells that the seat is $state"
done
! grep -q 'error\|bus-off' "$work/other" || fail "--filter lets errors of another bus through"
cat "$work/err" "$work/err2" "$work/err3" | grep -vq 'nothing missed' && fail "$(cat "$work/err" "$work/err2" "$work/err3")"

# ---- a sniffer that stands still: nobody waits for it, and it says what it has lost ----
awk 'BEGIN {
    printf "{\"name\": \"many frames\", \"steps\": [{\"wait\": \"0 s\"}"
    for (i = 0; i < 600000; i++) printf ",\n{\"after\": \"1 ms\", \"frame\": {\"bus\": \"kcan-s\", \"frame\": \"7FF#\"}}"
    print "]}" }' > "$work/many.json"

stop_sniffer() { # once it sees frames; what the one before saw is no sign of that
    rm -f "$work/seen.log"
    "$bin/bus-sniffer" > "$work/seen.log" 2> "$work/err" & sniffer=$!
    "$bin/kmsim" run --patience "20 s" --observers 1 --trace "$work/many.log" "$work/many.json" > "$work/out" & run=$!
    for _ in $(seq 500); do
        [ ! -s "$work/seen.log" ] || break
        sleep 0.01
    done
    kill -STOP $sniffer
}

stop_sniffer # longer than messages are kept for it (100000), which are 24 bytes each in the trace
until [ "$(stat -c %s "$work/many.log" 2> /dev/null || echo 0)" -gt $((24 * 200000)) ]; do
    kill -0 $run 2> /dev/null || break
    sleep 0.01
done
kill -CONT $sniffer
wait $run || fail "a run whose sniffer stands still failed"
wait $sniffer || fail "a sniffer that stood still failed: $(cat "$work/err")"
missed=$(sed -nE 's/^bus-sniffer: ([0-9]+) lines, missed ([0-9]+) messages$/\1 \2/p' "$work/err")
[ -n "$missed" ] || fail "a sniffer that stood still says: $(cat "$work/err")"
[ $((${missed/ / + })) -ge "$(wc -l < "$work/many.log")" ] || fail "$missed are fewer than there were"

stop_sniffer # until the run is over
wait $run || fail "a run whose sniffer never comes back failed"
kill -CONT $sniffer
status=0; wait $sniffer || status=$?
[ $status = 3 ] || fail "a sniffer whose bus is gone ends with $status"
grep -q 'what came last is not known' "$work/err" || fail "a sniffer whose bus is gone says: $(cat "$work/err")"
rm "$work"/many.log
nothing_left "a run whose sniffer stands still"

# ---- a trace grows under its own name, and a killed run leaves no other file ----
"$bin/kmsim" run --trace "$work/killed.log" "$work/many.json" > "$work/out" 2>&1 & run=$!
within 60 grep -sq kcan-s "$work/killed.log" || fail "a trace cannot be watched while it is written: $(cat "$work/out"; ls "$work")"
kill -9 $run
wait $run 2>/dev/null || true
[ "$(echo "$work"/killed*)" = "$work/killed.log" ] || fail "a killed run leaves $(echo "$work"/killed*)"
nothing_left "a killed run" files
rm "$work"/many.json

status=0; "$bin/bus-sniffer" --help > /dev/full 2> "$work/err" || status=$?
[ $status = 3 ] || fail "a sniffer that cannot write ends with $status"

"$bin/bus-sniffer" > "$work/none" 2> "$work/err" & sniffer=$!
within 20 catches $sniffer "$(kill -l TERM)" || fail "a sniffer does not care for SIGTERM"
kill -TERM $sniffer
wait $sniffer || fail "an interrupted sniffer fails"
grep -qx 'bus-sniffer: 0 lines, nothing missed' "$work/err" || fail "$(cat "$work/err")"
status=0; "$bin/bus-sniffer" --filter SeatStatsu 2> "$work/err" || status=$?
[ $status = 2 ] || fail "a wrong filter gives status $status"

"$bin/kmsim" run --observers 1 "$story" > "$work/out" 2>&1 & run=$! # waits; its units are there
within 20 there_are_units 4 || fail "there are no four units: $(units_of)"
kill -KILL $run
wait $run 2> "$work/err" || true
nothing_left "a killed kmsim" files
"$bin/kmsim" run "$story" > "$work/out"
nothing_left "the run after a killed kmsim"

for signal in TERM HUP; do # SIGINT is ignored in background jobs of a script, SIGHUP under nohup unless told otherwise
    env --default-signal=TERM,HUP "$bin/kmsim" run --observers 1 "$story" > "$work/out" 2> "$work/err" & run=$!
    within 20 catches $run "$(kill -l $signal)" || fail "a run does not care for SIG$signal"
    within 20 there_are_units 4 || fail "there are no four units: $(units_of)"
    kill -$signal $run
    status=0; wait $run || status=$?
    [ $status = $((128 + $(kill -l $signal))) ] || fail "a run interrupted by SIG$signal has status $status"
    nothing_left "an interrupted kmsim"
done

# ---- standard files that are closed, or that nobody reads ----
for how in '<&-' '<&- 2>&-'; do
    eval '"$bin/kmsim" run "$story" > "$work/out" '"$how" || fail "kmsim run $how fails: $(cat "$work/out")"
done
status=0; "$bin/kmsim" run "$story" >&- 2> "$work/err" || status=$?
[ $status = 3 ] && grep -q 'cannot be written' "$work/err" || fail "without standard output: $status, $(cat "$work/err")"
for how in --in-process --verbose; do # it tells more than a pipe holds, so it must notice
    {
        status=0; "$bin/kmsim" run $how -vv --trace "$work/cut.log" "$story" 2> "$work/err" || status=$?
        echo $status > "$work/status"
    } | head -n 1 > "$work/out"
    [ "$(cat "$work/status")" = 141 ] || fail "kmsim run $how | head ends with $(cat "$work/status")"
    ! grep -v '^kmsim: waiting for ' "$work/err" > "$work/told" || fail "kmsim run $how | head says: $(cat "$work/told")"
    [ "$(echo "$work"/cut.log*)" = "$work/cut.log" ] || fail "kmsim run $how | head leaves $(echo "$work"/cut.log*)"
    rm "$work/cut.log"
    nothing_left "kmsim run $how | head"
done

# ---- a run that cannot begin leaves an earlier trace alone ----
echo kept > "$work/kept.log"
! "$bin/kmsim" run --trace "$work/kept.log" --trace-failures /dev/null "$story" > "$work/out" 2>&1 || fail "it ran"
[ "$(cat "$work/kept.log")" = kept ] || fail "a run that never began has overwritten a trace"
! "$bin/kmsim" run --trace "$work/kept.log" --launch "seat=exit 9 #" "$story" > "$work/out" 2>&1 || fail "it ran"
[ "$(cat "$work/kept.log")" = kept ] || fail "a run whose unit never joined has overwritten a trace"

# ---- a trace that cannot be written is refused before a unit starts ----
! "$bin/kmsim" run --trace "$work/no/such/directory.log" --launch "seat=touch $work/started; exec %" "$story" > "$work/out" 2>&1 ||
    fail "it ran"
grep -q 'directory.log: No such file or directory' "$work/out" || fail "$(cat "$work/out")"
[ ! -e "$work/started" ] || fail "units were started for a trace that cannot be written"
# ---- a unit's lifeline may be any descriptor, 0 too: it ends when that is cut ----
mkfifo "$work/line"
sleep 0.3 > "$work/line" &
status=0; timeout 20 "$bin/seat" --bus "ipc://$work/nobody" --lifeline 0 < "$work/line" > "$work/out" 2>&1 || status=$?
[ $status = 3 ] || fail "a unit whose lifeline is descriptor 0 ends with $status: $(cat "$work/out")"

echo "$frames frames seen alike"
