#!/usr/bin/env bash
# limits of the machine: few open files, processes and bytes of a file are told by name, and nobody is ended by them
# Uses build/bin, or the directory given. Everything happens in a temporary directory of buses of its own.
set -eu -o pipefail
. "$(dirname "$0")"/leftovers.sh
bin=$(realpath "${1:-build/bin}")
story=$(realpath scenarios/delivered_keys.json)
work=$(mktemp -d)
export XDG_RUNTIME_DIR=$work
trap 'kill -9 $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

fail() {
    echo "$*"
    exit 1
}

told() { # expected status, text, what was done; the status and what it said are in $status and $work/said
    [ "$status" = "$1" ] && grep -qF -- "$2" "$work/said" || fail "$3: status $status: $(cat "$work/said")"
}

# ---- open files ----
for files in $(seq 8 2 22); do
    for what in "kmsim run $story" "kmsim up" "bus-sniffer" "kmsim do {}" "service-tool keys"; do
        status=0
        (ulimit -n "$files"; exec "$bin"/$what) > "$work/said" 2>&1 || status=$?
        told 3 "the limit of open files (ulimit -n) is $files" "$what with $files open files"
    done
    (ulimit -n "$files"; exec "$bin/kmsim" run --in-process "$story") > "$work/said" 2>&1 || fail "$(cat "$work/said")"
done
(ulimit -n 64; exec "$bin/kmsim" run "$story") > "$work/said" 2>&1 || fail "$(cat "$work/said")"
(ulimit -Sn 8; exec "$bin/kmsim" run "$story") > "$work/said" 2>&1 || fail "the soft limit stays: $(cat "$work/said")"

# ---- processes and threads, which are not limited for root ----
mkdir -m 777 "$work/other"
for count in 2 3 5 9; do
    status=0
    as=$([ "$(id -u)" != 0 ] || echo "setpriv --reuid 64711 --clear-groups")
    XDG_RUNTIME_DIR="$work/other" $as bash -c "ulimit -u $count; exec $bin/kmsim run $story" > "$work/said" 2>&1 || status=$?
    told 3 "the limit of processes and threads (ulimit -u, $count)" "kmsim run with $count processes"
done

# ---- size of a file ----
status=0
(ulimit -f 4; exec "$bin/kmsim" run --in-process --trace "$work/t.log" scenarios/welcome.json) > "$work/said" 2>&1 || status=$?
told 3 "t.log: File too large" "a trace beyond the limit"
status=0
(ulimit -f 0; exec "$bin/kmsim" run --state "$work/memory" "$story") 2>&1 | cat > "$work/said" || status=$?
told 2 "File too large" "a memory beyond the limit"
nothing_left "a run within limits"
