#!/usr/bin/env bash
# packages: nothing is touched when nothing is missing, apt-get by root or sudo, elsewhere named, status 2
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$*"
    exit 1
}

stub() { # name, body: what `make` finds under that name
    printf '#!/bin/sh\n%s\n' "$2" > "$work/bin/$1" && chmod +x "$work/bin/$1"
}

machine() { # who (0 is root), installed (yes or no), further commands of apt-get and sudo: a new machine
    rm -rf "${work:?}/bin" "$work/done" && mkdir "$work/bin" && : > "$work/done"
    for tool in env find grep make sh; do ln -s "$(type -P $tool)" "$work/bin/$tool"; done
    stub id "echo $1"
    stub dpkg-query "[ $2 = no ] || echo 'install ok installed'"
    shift 2
    for tool in "$@"; do
        case $tool in
        apt-get) stub apt-get "echo \"\$DEBIAN_FRONTEND \$*\" >> '$work/done'" ;;
        apt-get-fails) stub apt-get "exit 100" ;;
        sudo) stub sudo "echo sudo >> '$work/done'; exec env -i PATH=\"\$PATH\" \"\$@\"" ;; # as sudo does, it keeps no environment
        esac
    done
}

packages() { # the status that is due
    local status=0
    env -i PATH="$work/bin" make packages > "$work/out" 2>&1 || status=$?
    [ "$status" = "$1" ] || fail "$2: status $status: $(cat "$work/out")"
}

names_them() { grep -q '^kmsim needs these Debian packages or their like: .*libczmq-dev' "$work/out" || fail "$1: $(cat "$work/out")"; }
installs_them() { grep -q '^noninteractive install .*libczmq-dev' "$work/done" || fail "$1: $(cat "$work/done")"; }

machine 0 yes apt-get sudo
packages 0 "nothing missing"
[ ! -s "$work/done" ] || fail "nothing missing: did $(cat "$work/done")"
[ ! -s "$work/out" ] || fail "nothing missing: said $(cat "$work/out")"

machine 0 no apt-get
packages 0 "root, no sudo there"
installs_them "root, no sudo there"

machine 1000 no apt-get sudo
packages 0 "a user with sudo"
installs_them "a user with sudo"

machine 1000 no apt-get
packages 2 "a user without sudo"
names_them "a user without sudo"
[ ! -s "$work/done" ] || fail "a user without sudo: did $(cat "$work/done")"

machine 0 no
packages 2 "no apt-get"
names_them "no apt-get"

machine 0 no apt-get-fails
packages 2 "apt-get fails"
names_them "apt-get fails"
