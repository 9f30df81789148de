#!/usr/bin/env bash
# Every story gives the same SHA-256 of its trace, N times on processes and N times in-process, pinned to one core and
# not, from the gcc, clang and ASan builds as far as they have been built. On processes with grants on lanes, and (begun
# as if under a tool) with grants over ZeroMQ, and with some of either. Of a file with many stories each fifth; on
# processes of the other builds each third story.
#   tests/determinism.sh N [STORY…]
set -u
cd "$(dirname "$0")/.." || exit
times=$1
shift
[ $# -gt 0 ] || set -- scenarios/*.json
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

trace_sum() { # command … ; the story is the last
    "$@" > "$work/said" 2>&1 || { echo "failed: $*"; cat "$work/said"; }
    sha256sum < "$work/trace.log"
}

failed=0 runs=0 stories=0
for build in build build/clang build/asan; do # an old build would be blamed for another trace
    [ ! -x $build/bin/kmsim ] || make -s -q BUILD=$build all || { echo "$build is older than its sources"; exit 2; }
done
sums_of() { # file, name: of all builds and hosts
    local build i one=(--filter "$2" --trace "$work/trace.log" "$1")
    for build in build build/clang build/asan; do
        [ -x $build/bin/kmsim ] || continue
        for ((i = 0; i < times; i++)); do
            trace_sum $build/bin/kmsim run --in-process "${one[@]}"
            [ $build = build ] || break
            trace_sum taskset -c 0 $build/bin/kmsim run --in-process "${one[@]}"
        done
        [ $build = build ] || [ $((stories % 3)) = 0 ] || continue
        for ((i = 0; i < times; i++)); do
            trace_sum $build/bin/kmsim run "${one[@]}"
            [ $build = build ] || break
            trace_sum taskset -c 0 $build/bin/kmsim run "${one[@]}"
            trace_sum $build/bin/kmsim run --launch cas=% --launch seat=% --launch mirror=% --launch climate=% "${one[@]}"
            trace_sum $build/bin/kmsim run --launch seat=% "${one[@]}"
        done
    done
}

for story in "$@"; do
    case $story in *.schema.json) continue ;; esac
    build/bin/kmsim run --in-process "$story" 2> /dev/null | sed -nE 's/^(not )?ok [0-9]+ - //p' | sed -n '1~5p' > "$work/names"
    [ -s "$work/names" ] || { echo "$story tells no story"; failed=1; }
    while read -r name; do
        stories=$((stories + 1))
        sums_of "$story" "$name" > "$work/sums" < /dev/null
        runs=$((runs + $(wc -l < "$work/sums")))
        [ "$(sort -u "$work/sums" | wc -l)" = 1 ] || { echo "$story, $name, gives different traces:"; sort "$work/sums" | uniq -c; failed=1; }
    done < "$work/names"
done
[ $failed = 0 ] && echo "$stories stories, $runs runs, one trace each"
exit $failed
