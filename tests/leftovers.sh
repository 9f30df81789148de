# Sourced by checks that start processes: what a run leaves behind in $work, the directory of its buses. The caller has `fail`.

units_of() { # process identifiers of units whose bus is in our directory
    grep -laz "^ipc://$work/" /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3 || true
}

nothing_left() { # what was done before; `files` when its files may stay
    for _ in $(seq 100); do
        [ -n "$(units_of)" ] || break
        sleep 0.05
    done
    [ -z "$(units_of)" ] || fail "$1 leaves processes: $(units_of)"
    [ "${2:-}" = files ] || [ ! -e "$work/kmsim-$(id -u)" ] || fail "$1 leaves files: $(ls -R "$work")"
}
