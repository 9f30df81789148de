# shellcheck shell=bash
# Sourced by checks that work in a directory of their own: to fail in words, the status that a command must give, and
# reports as they are but for the time that they took.

fail() {
    echo "$*"
    exit 1
}

gives() { # status, command …; what it says is in out and err
    local expected=$1 status=0
    shift
    "$@" > out 2> err || status=$?
    [ $status = "$expected" ] || fail "status $status, not $expected, of: $*: $(cat out err)"
}

without_times() { # a report, its times out of it
    sed -E 's/"wall_ns":[0-9]+/"wall_ns":0/g; s/ time="[0-9.]+"/ time="0"/g' "$1"
}
