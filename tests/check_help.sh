#!/usr/bin/env bash
# help: of every program and command, 80 columns, ASCII under LC_ALL=C; who waits for a bus, and a unit begun by hand, say so
# Uses build/bin, or the directory given.
set -eu
. "$(dirname "$0")"/checking.sh
bin=$(realpath "${1:-build/bin}")
manual=$(realpath tools/man)
work=$(mktemp -d)
export XDG_RUNTIME_DIR=$work LC_ALL=C
trap 'kill -9 $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

reads_well() { # command …
    gives 0 "$@"
    grep -q '^usage: \|^  --bus' out && [ ! -s err ] || fail "$*: $(cat out err)"
    [ "$(wc -L < out)" -le 80 ] || fail "$*: wider than 80 columns: $(grep -E '.{81}' out)"
    ! grep -P '[^\x00-\x7F]' out || fail "$*: not in ASCII"
}

reads_well "$bin/kmsim" --help
for command in run merge check up "do"; do
    reads_well "$bin/kmsim" $command --help
    mv out told
    reads_well "$bin/kmsim" help $command
    cmp told out || fail "kmsim help $command tells something else than kmsim $command --help"
    grep -q "^usage: kmsim $command " out || fail "$(cat out)"
done
reads_well "$bin/kmsim" help
for command in run merge check up "do" help; do grep -q "^  $command " out || fail "kmsim help does not tell of $command"; done
gives 2 "$bin/kmsim" help dance
grep -qx 'kmsim: unknown command "dance"; see kmsim --help' err || fail "$(cat err)"
# the workshop's tools: every command in the list has a page of its own, the same by both ways
for tool in service-tool cip; do
    reads_well "$bin/$tool" --help
    mv out list
    reads_well "$bin/$tool" help
    cmp list out || fail "$tool help tells something else than $tool --help"
    commands=$(sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' list)
    [ "$(echo "$commands" | wc -l)" = 8 ] || fail "$tool: commands $commands"
    for command in $commands; do
        reads_well "$bin/$tool" $command --help
        mv out told
        reads_well "$bin/$tool" help $command
        cmp told out || fail "$tool help $command tells something else than $tool $command --help"
        grep -q "^usage: $tool $command " out || fail "$(cat out)"
        sed -n "s/^  \($tool [^>]*\).*/\1/p" out > examples
        while read -r example; do # they are good usage: what is missing is the car, or the file
            gives 3 "$bin"/$example
        done < <(grep -v json examples || true)
    done
    gives 2 "$bin/$tool" help dance
    grep -qx "$tool: unknown command \"dance\"; see $tool --help" err || fail "$(cat err)"
    gives 2 "$bin/$tool" dance --help
done
for program in bus-sniffer service-tool cip cas seat mirror climate; do reads_well "$bin/$program" --help; done

# Each has a manual page, which knows every option.
for program in kmsim bus-sniffer service-tool cip; do
    gives 0 man --warnings -E UTF-8 -l "$manual/$program.1"
    [ ! -s err ] || fail "$program.1: $(cat err)"
    gives 0 env MANWIDTH=200 man -l "$manual/$program.1"
    cp out page
    if [ $program = kmsim ]; then commands="run merge check up do"; else commands=""; fi
    for command in ${commands:-" "}; do gives 0 "$bin/$program" $command --help && grep -oE '^  (-.,|   ) --[a-z-]+' out | grep -o -- '--.*'; done | sort -u > options
    while read -r option; do grep -qe "$option" page || fail "$program.1 does not tell of $option"; done < options
    [ "$(wc -l < options)" -gt 4 ] || fail "$program has hardly an option"
done
gives 0 "$bin/service-tool" --help
for command in $(sed -n '/^  [a-z]/s/^  \([a-z]*\).*/\1/p' out); do
    grep -q "^\.It Cm $command" "$manual/service-tool.1" || fail "service-tool.1 does not tell of $command"
done

# What was told must be good, needed or not.
gives 2 timeout 10 "$bin/bus-sniffer" --vehicle nov
grep -q '^bus-sniffer: unknown vehicle "nov"' err || fail "$(cat err)"
gives 2 timeout 10 "$bin/bus-sniffer" --dbc ./nov.dbc
grep -q '^bus-sniffer: \./nov.dbc: No such file' err || fail "$(cat err)"

# A person who waits is told where; a pipe is not.
timeout -s INT 2 "$bin/bus-sniffer" --bus "ipc://$work/none" > out 2> err || true
[ "$(cat err)" = 'bus-sniffer: 0 lines, nothing missed' ] || fail "without a terminal: $(cat err)"
script -qec "timeout -s INT 2 '$bin/bus-sniffer' --bus 'ipc://$work/none'" /dev/null < /dev/null > out || true
[ "$(grep -c "waiting for a bus at ipc://$work/none, Ctrl-C ends it" out)" = 1 ] || fail "on a terminal: $(cat out)"

# A unit's process that nobody began for a run says what it is.
timeout 1 "$bin/seat" 2> err || true
grep -q "^seat: a control unit, which kmsim run and kmsim up start themselves: .* waits at ipc://$work/" err || fail "$(cat err)"
