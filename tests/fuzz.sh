#!/usr/bin/env bash
# Each libFuzzer target for so many seconds, from its corpus of stored seeds: tests/fuzz.sh SECONDS
set -eu
cd "$(dirname "$0")/.."
seconds=$1
make -s -j"$(nproc)" BUILD=build/fuzz CC=clang OPTIMIZE='-O1 -g' \
    SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' build/fuzz/libkmsim.a
mkdir -p build/fuzz/targets build/fuzz/corpus
for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    clang -std=c17 -I. -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -O1 -g -fsanitize=fuzzer,address,undefined \
        -fno-sanitize-recover=all "$source" build/fuzz/libkmsim.a -lczmq -lzmq -ljansson -lsodium -lm -o "build/fuzz/targets/$name"
    mkdir -p "build/fuzz/corpus/$name"
    for text in tests/fuzz/"$name"/*.hex; do # seeds are text in the tree
        [ -f "$text" ] || continue
        /usr/bin/python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(open(sys.argv[1]).read()))' "$text" \
            > "build/fuzz/corpus/$name/$(basename "$text" .hex)"
    done
    echo "$name for $seconds s"
    (cd build/fuzz && "targets/$name" -max_total_time="$seconds" -print_final_stats=1 -verbosity=0 "corpus/$name" 2>&1 |
        grep -E 'number_of_executed_units|ERROR|SUMMARY' || true)
    if ls build/fuzz/crash-* build/fuzz/leak-* build/fuzz/timeout-* 2> /dev/null; then exit 1; fi
done
