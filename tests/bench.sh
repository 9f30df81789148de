#!/usr/bin/env bash
# Prints the tables of `make bench`, and at the end what has missed its "at least" or "at most". Exit status 1 when a row
# has, 3 when a bench broke off, or did not do what was to be measured. KMSIM_BENCH=quick: the work is done once, no time
# is judged. Interrupted (Ctrl-C, SIGTERM, SIGHUP) it leaves nothing.
#   tests/bench.sh [BENCH…]     only these, without arguments
set -u
cd "$(dirname "$0")/.." || exit 2
work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'stop 1' HUP
trap 'stop 2' INT
trap 'stop 15' TERM
work=$(mktemp -d) || exit 2
failed=
: > "$work/missed"

stop() { # signal; a bench that is told to end takes away what it has
    local process
    trap '' HUP INT TERM
    for process in $(jobs -p); do kill "$process" 2> /dev/null; done
    wait
    exit $((128 + $1))
}

fail() {
    echo "failed: $*" >&2
    failed=yes
}

# In the background, because the shell looks at its signals only between commands, and while it waits.
bench() { # program, arguments …
    local status program=build/bench/$1
    shift
    "$program" "$@" > "$work/out" 2> "$work/err" &
    wait $!
    status=$?
    cat "$work/out"
    echo
    grep -v '^missed: ' "$work/err" >&2
    grep '^missed: ' "$work/err" >> "$work/missed"
    case $status in
    0) ! grep -q '^missed: ' "$work/err" || fail "status 0 of $program $*, which has missed" ;;
    1) grep -q '^missed: ' "$work/err" || fail "status 1 of $program $*, which has missed nothing" ;;
    *) fail "status $status of $program $*" ;;
    esac
    grep -qE '^\|.*[1-9]' "$work/out" || fail "no figures from $program $*"
}

if [ $# != 0 ]; then
    for program in "$@"; do bench "$program"; done
else
    bench bench_rounds
    bench bench_commands
    bench bench_hour
    bench bench_transfer
    bench bench_start
    bench bench_kernel
    bench bench_short
    bench bench_story scenarios/welcome.json
    bench bench_suite
fi
cat "$work/missed"
[ -z "$failed" ] || exit 3
[ ! -s "$work/missed" ]
