#!/usr/bin/env bash
# fuzz targets under ASan and UBSan, on their seeds and some random inputs
set -eu
cd "$(dirname "$0")/.."
. tests/checks.sh
. tests/seeds.sh
sanitized_build build/asan/libkmsim.a
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p build/asan/fuzz
replay() { # source of a target
    local name seeds
    name=$(basename "$1" .c)
    gcc -std=c17 -I. -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
        "$1" tests/fuzz/replay.c build/asan/libkmsim.a -lczmq -lzmq -ljansson -lsodium -lm -o "build/asan/fuzz/$name"
    collect_seeds "$name" "$work/$name"
    seeds=("$work/$name"/*)
    [ -e "${seeds[0]}" ] || seeds=()
    echo "$name: ${#seeds[@]} seeds"
    "build/asan/fuzz/$name" "${seeds[@]}"
}
for source in tests/fuzz/fuzz_*.c; do replay "$source"; done
