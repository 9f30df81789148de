#!/usr/bin/env bash
# Prints the tables of `make bench`: each figure with its peer, measured in the same run. Never fails for being slow; exit
# status 1 when a command failed, or did not do what was to be measured.
set -u
cd "$(dirname "$0")/.." || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "failed: $*" >&2
    failed=1
}

median_ms() { # runs, what a line of its output must be, command … : into $median; empty when a run failed
    local runs=$1 line=$2 begin i
    shift 2
    median=
    : > "$work/times"
    for ((i = 0; i < runs; i++)); do
        begin=$(date +%s%N)
        "$@" > "$work/out" || { fail "status $? of $*"; return; }
        echo $((($(date +%s%N) - begin) / 10000)) >> "$work/times"
        grep -qE -- "$line" "$work/out" || { fail "no line \"$line\" from $*"; return; }
    done
    median=$(sort -n "$work/times" | sed -n "$((runs / 2 + 1))p" | awk '{printf "%.1f ms", $1 / 100}')
}

row() { # name, virtual time, most, line, command … : a row of the table
    local name=$1 virtual=$2 most=$3
    shift 3
    median_ms 15 "$@"
    echo "| $name | $virtual | $median | $most |"
}

story() { # file in scenarios, virtual time, most, options …
    local file=$1 virtual=$2 most=$3
    shift 3
    row "kmsim run $*${*:+ }$file" "$virtual" "$most" '^ok 1 - ' build/bin/kmsim run "$@" "scenarios/$file"
}

bench() { # program, arguments … ; status 1 says that it is slower than it should be, which its table shows
    local status=0 program=build/bench/$1
    shift
    echo
    "$program" "$@" > "$work/out" || status=$?
    cat "$work/out"
    [ $status -le 1 ] || fail "status $status of $program $*"
    grep -qE '^\|.*[1-9]' "$work/out" || fail "no figures from $program $*"
}

bench bench_rounds
echo
echo "Whole commands from start to exit, medians of 15 runs"
echo
echo "| command | virtual time | wall time | at most |"
echo "|---|---|---|---|"
story welcome.json "20 s" "100 ms"
story two_keys_one_number.json "3 s" "60 ms"
story inserted_without_unlocking.json "5 s" "60 ms"
story welcome.json "20 s" "" --in-process
row "kmsim --version: what starting the program costs" "-" "" '^kmsim ' build/bin/kmsim --version
bench bench_story scenarios/welcome.json
bench bench_short tests/bench/short.json 12000
bench bench_short scenarios/two_keys_one_number.json
bench bench_start
bench bench_kernel
bench bench_transfer build/bin
exit $failed
