#!/usr/bin/env bash
# make install: under a DESTDIR and PREFIX with blanks, complete, and found by kmsim from any directory
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$*"
    exit 1
}

prefix="$work/a  root/opt/key memory"
make -s install DESTDIR="$work/a  root" PREFIX='/opt/key memory' > /dev/null || fail "make install: status $?"
[ "$(ls "$work")" = "a  root" ] || fail "installed beside its place: $(ls "$work")"
cd "$work"
for tool in kmsim bus-sniffer service-tool cip; do
    "$prefix/bin/$tool" --version > /dev/null || fail "$tool --version: status $?"
done
"$prefix/bin/kmsim" run --bus "ipc://$work/a  bus" "$prefix/share/kmsim/scenarios/welcome.json" > out 2>&1 || fail "$(cat out)"
