#!/usr/bin/env bash
# endpoints: files that are there stay, a missing runtime directory is named, nobody believes another user's bus
# Uses build/bin, or the directory given. Everything happens in a temporary directory of buses of its own.
set -eu
bin=$(realpath "${1:-build/bin}")
story=$(realpath scenarios/delivered_keys.json)
work=$(mktemp -d)
export XDG_RUNTIME_DIR=$work
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$*"
    exit 1
}

refused() { # text, command …: status 3 (a sniffer: 2), told in words
    local status=0 text=$1 program=$2
    shift 2
    timeout 10 "$bin/$program" "$@" > "$work/said" 2>&1 || status=$?
    { [ "$status" = 3 ] || [ "$status" = 2 ]; } && grep -qF -- "$text" "$work/said" ||
        fail "$program $*: status $status, not \"$text\": $(cat "$work/said")"
}

# ---- a file in the endpoint's place ----
for name in car car-up car-do car.lock; do
    echo precious > "$work/$name"
    refused "$name: is there already" kmsim run --bus "ipc://$work/car" "$story"
    refused "$name: is there already" kmsim up --bus "ipc://$work/car"
    [ "$(cat "$work/$name")" = precious ] || fail "$name was touched"
    rm "$work/$name"
done
"$bin/kmsim" run --bus "ipc://$work/car" "$story" > "$work/said" || fail "$(cat "$work/said")"
[ "$(ls "$work")" = said ] || fail "left behind: $(ls "$work")"

# ---- no runtime directory: needed by who must be found, not by a run of its own ----
export XDG_RUNTIME_DIR=/nowhere/not/there
"$bin/kmsim" run "$story" > "$work/said" 2>&1 || fail "a run of its own: $(cat "$work/said")"
refused "/nowhere/not/there, which XDG_RUNTIME_DIR names" kmsim up
refused "/nowhere/not/there, which XDG_RUNTIME_DIR names" kmsim run --observers 1 "$story"
refused "/nowhere/not/there, which XDG_RUNTIME_DIR names" kmsim do '{"gear": "r"}'
refused "/nowhere/not/there, which XDG_RUNTIME_DIR names" bus-sniffer

# ---- somebody else's directory ----
export XDG_RUNTIME_DIR=$work
mkdir "$work/kmsim-$(id -u)"
chmod 777 "$work/kmsim-$(id -u)"
for what in "kmsim do {}" bus-sniffer "service-tool keys" "cip status"; do
    refused "is open to others, which is not safe" $what
done
[ "$(id -u)" != 0 ] || { chmod 700 "$work/kmsim-0"; chown 64711 "$work/kmsim-0"; }
[ "$(id -u)" = 0 ] || exit 0 # only root can give a directory away
for what in "kmsim do {}" bus-sniffer "service-tool keys" "cip status" "kmsim up"; do
    refused "belongs to another user, which is not safe" $what
done
