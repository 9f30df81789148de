#!/usr/bin/env bash
# benches: each does its work, and leaves nothing when it is interrupted at any moment
set -eu
cd "$(dirname "$0")/.."
. tests/leftovers.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
place=$(mktemp -d -p /tmp) # of the benches; a socket's path must be short, however deep we are ourselves
trap 'rm -rf "$work" "$place"' EXIT
unset XDG_RUNTIME_DIR

fail() {
    echo "$*"
    exit 1
}

processes() { # all that a bench has started has its directory in the environment
    grep -laz "^TMPDIR=$place" /proc/[0-9]*/environ 2> /dev/null | cut -d/ -f3 || true
}

more_than() { # so many processes are there
    [ "$(processes | wc -l)" -gt "$1" ]
}

left() { # what was done before
    [ -z "$(find "$place" -mindepth 1)" ] || fail "$* leaves files: $(find "$place")"
    ! more_than 0 || fail "$* leaves processes: $(processes)"
}

# As Ctrl-C does it the signal goes to the whole process group; as kill does it to the one process.
interrupt() { # signal, whom (group, process), how many processes there are by then, further seconds, command …
    local signal=$1 whom=$2 there=$3 seconds=$4 process status=0
    shift 4
    TMPDIR=$place env --default-signal=INT,TERM,HUP "$@" > /dev/null 2>&1 & # whatever we ourselves were told to ignore
    process=$!
    within 10 more_than "$there" || fail "$* does not begin"
    sleep "$seconds"
    if [ "$whom" = group ]; then kill -"$signal" -$process; else kill -"$signal" $process; fi
    wait $process 2> /dev/null || status=$? # which the shell would tell too
    [ $status = $((128 + $(kill -l "$signal"))) ] || fail "$* after SIG$signal: status $status"
    left "$* after SIG$signal"
}

make -s -j"$(nproc)" benches
TMPDIR=$place KMSIM_BENCH=quick tests/bench.sh > "$work/out" 2> "$work/err" || fail "make bench, quick: status $?: $(cat "$work/err")"
! grep '^missed' "$work/out" || fail "times were judged"
left "make bench, quick"

set -m # each in a process group of its own, that does not ignore SIGINT
interrupt INT group 4 0 tests/bench.sh
interrupt TERM process 4 0.1 tests/bench.sh
interrupt HUP process 1 0 tests/bench.sh
for seconds in 0 0.02 0.05 0.1; do interrupt TERM process 1 $seconds build/bench/bench_rounds; done
interrupt INT group 3 0.05 build/bench/bench_commands
interrupt TERM process 5 0.05 build/bench/bench_hour
interrupt INT process 5 0.1 build/bench/bench_transfer
