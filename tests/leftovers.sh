# shellcheck shell=bash disable=SC2154
# Sourced by checks that start processes: waiting for what they do, and what a run leaves behind in $work, the directory
# of its buses. The caller has `fail`.

within() { # seconds, command …: until it succeeds
    local tries=$((20 * $1))
    shift
    for _ in $(seq "$tries"); do
        ! "$@" || return 0
        sleep 0.05
    done
    return 1
}

catches() { # process, signal: whether it would be told of that signal, and not just end
    local caught
    caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status")
    (((16#$caught >> ($2 - 1)) & 1))
}

units_of() { # process identifiers of units whose bus is in our directory
    grep -laz "^ipc://$work/" /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3 || true
}

there_are_units() { # how many
    [ "$(units_of | wc -l)" = "$1" ]
}

locks_are_free() { # a process that was killed together with its run ends a little later, and lets go of its lock then
    local lock
    for lock in "$work/kmsim-$(id -u)"/run-*/lock "$work/kmsim-$(id -u)/bus.lock"; do
        [ ! -e "$lock" ] || flock -n "$lock" true || return 1
    done
}

nothing_left() { # what was done before; `files` when its files may stay
    within 20 there_are_units 0 || fail "$1 leaves processes: $(units_of)"
    within 20 locks_are_free || fail "$1 leaves somebody who holds its lock"
    [ "${2:-}" = files ] || [ ! -e "$work/kmsim-$(id -u)" ] || fail "$1 leaves files: $(ls -R "$work")"
}
