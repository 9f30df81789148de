#!/usr/bin/env bash
# Each libFuzzer target (or those named) for so many seconds, from its corpus of stored seeds and of what earlier runs
# found: tests/fuzz.sh SECONDS [TARGET…]. Exit status 1: a target ended with another status than 0, ran nothing, or left
# an artifact, of whatever kind; artifacts are in build/fuzz/artifacts. FUZZ_FLAGS are for libFuzzer.
set -eu -o pipefail
cd "$(dirname "$0")/.."
. tests/seeds.sh
seconds=$1
shift
sources=(tests/fuzz/fuzz_*.c)
[ $# = 0 ] || { sources=("${@/#/tests/fuzz/}"); sources=("${sources[@]/%/.c}"); }
artifacts=build/fuzz/artifacts
make -s -j"$(nproc)" BUILD=build/fuzz CC=clang OPTIMIZE='-O1 -g' \
    SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' build/fuzz/libkmsim.a
rm -rf "$artifacts"
mkdir -p build/fuzz/targets build/fuzz/dictionaries "$artifacts"

fuzz() { # source of a target; 1 when it found something
    local name log status=0 flags
    name=$(basename "$1" .c)
    log=build/fuzz/$name.log
    clang -std=c17 -I. -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -O1 -g -fsanitize=fuzzer,address,undefined \
        -fno-sanitize-recover=all "$1" build/fuzz/libkmsim.a -lczmq -lzmq -ljansson -lsodium -lm \
        -o "build/fuzz/targets/$name" || return 1
    rm -rf "build/fuzz/seeds/$name"
    mkdir -p "build/fuzz/corpus/$name"
    collect_seeds "$name" "build/fuzz/seeds/$name" || return 1
    flags=(-max_total_time="$seconds" -timeout=30 -print_final_stats=1 -verbosity=0 -artifact_prefix="artifacts/$name-")
    if [ -f "tests/fuzz/$name/files" ]; then # text: what stands in quotes in its seeds are words
        grep -rohE '"[A-Za-z0-9_$ ]+"' "build/fuzz/seeds/$name" | sort -u > "build/fuzz/dictionaries/$name"
        flags+=(-dict="dictionaries/$name")
    fi
    echo "$name for $seconds s"
    (cd build/fuzz && "targets/$name" "${flags[@]}" ${FUZZ_FLAGS:-} "corpus/$name" "seeds/$name") > "$log" 2>&1 || status=$?
    grep -E 'number_of_executed_units|ERROR|SUMMARY' "$log" || true
    grep -qE 'number_of_executed_units: *[1-9]' "$log" || { echo "$name: nothing was executed"; [ $status != 0 ] || status=1; }
    [ $status = 0 ] || { echo "$name: ended with status $status:"; tail -n 30 "$log"; return 1; }
}

failed=0
for source in "${sources[@]}"; do fuzz "$source" || failed=1; done
left=$(find "$artifacts" -mindepth 1)
[ -z "$left" ] || { echo "artifacts: $left"; failed=1; }
exit $failed
