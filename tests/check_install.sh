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
for script in parallel.sh slurm.sh shard.sh; do
    [ -x "$prefix/share/kmsim/campaign/$script" ] || fail "$script is not installed"
done
for unit in "$prefix"/libexec/kmsim/*; do # each is what it is called, also by way of a link
    [[ $("$unit" --version) = "$(basename "$unit") (kmsim) "* ]] || fail "$unit says: $("$unit" --version)"
    ln -s "$unit" .
    [ "$("$unit" --help)" = "$("./$(basename "$unit")" --help)" ] || fail "a link to $unit is something else"
done
ln -s seat chair
status=0; ./chair --version > out 2>&1 || status=$?
[ $status = 2 ] && grep -q '^"chair" is no control unit; .* names cas seat ' out || fail "an unknown unit: $status, $(cat out)"
for program in "$prefix"/bin/* "$prefix"/libexec/kmsim/*; do # it needs the C library and nothing else
    loads=$(readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -vE '^(libc|libm|ld-linux.*)\.so\.' || true)
    [ -z "$loads" ] || fail "$program loads" $loads
done
"$prefix/bin/kmsim" run --bus "ipc://$work/a  bus" "$prefix/share/kmsim/scenarios/welcome.json" > out 2>&1 || fail "$(cat out)"

mkdir "$work/build" "$work/build/tools" # where an archive of ZeroMQ is missing, a program loads what it does not hold
cp -p "$OLDPWD/build/libkmsim.a" "$work/build"
cp -p "$OLDPWD"/build/tools/{unit_main,absent}.o "$work/build/tools"
make -s -C "$OLDPWD" BUILD="$work/build" -o "$work/build/libkmsim.a" LDLIBS_HELD=-l:libmissing.a "$work/build/bin/cas" > out 2>&1 || fail "$(cat out)"
readelf -d "$work/build/bin/cas" | grep -q 'NEEDED.*libczmq' || fail "a unit without archives holds what it was to load"
"$work/build/bin/cas" --version > /dev/null || fail "a unit without archives: status $?"
