#!/usr/bin/env bash
# Prints the tables of `make bench`: each figure with its peer, measured in the same run. Never fails for being slow.
set -u
cd "$(dirname "$0")/.."

median_ms() { # runs, command …
    local runs=$1 begin i
    shift
    for ((i = 0; i < runs; i++)); do
        begin=$(date +%s%N)
        "$@" > /dev/null || echo "failed: $*" >&2
        echo $((($(date +%s%N) - begin) / 10000))
    done | sort -n | sed -n "$((runs / 2 + 1))p" | awk '{printf "%.1f", $1 / 100}'
}

build/bench/bench_rounds
echo
echo "Whole commands from start to exit, medians of 15 runs"
echo
echo "| command | virtual time | wall time | at most |"
echo "|---|---|---|---|"
echo "| kmsim run welcome.json | 20 s | $(median_ms 15 build/bin/kmsim run scenarios/welcome.json) ms | 100 ms |"
echo "| kmsim run two_keys_one_number.json | 3 s | $(median_ms 15 build/bin/kmsim run scenarios/two_keys_one_number.json) ms | 60 ms |"
echo "| kmsim run inserted_without_unlocking.json | 5 s | $(median_ms 15 build/bin/kmsim run scenarios/inserted_without_unlocking.json) ms | 60 ms |"
echo "| kmsim run --in-process welcome.json | 20 s | $(median_ms 15 build/bin/kmsim run --in-process scenarios/welcome.json) ms | |"
echo "| kmsim --version: what starting the program costs | - | $(median_ms 15 build/bin/kmsim --version) ms | |"
echo
build/bench/bench_story scenarios/welcome.json
echo
build/bench/bench_short scenarios/two_keys_one_number.json
echo
build/bench/bench_start
echo
build/bench/bench_kernel
echo
build/bench/bench_transfer build/bin
