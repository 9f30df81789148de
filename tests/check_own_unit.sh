#!/usr/bin/env bash
# units of one's own, as the README tells: without code, in C with pkg-config, in Python; from an installation
set -eu
cd "$(dirname "$0")/.."
repository=$PWD
work=$(mktemp -d)
prefix=$work/opt/kmsim
export XDG_RUNTIME_DIR=$work PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$*"
    exit 1
}

passes() { # command …
    "$@" > out 2>&1 || fail "status $? of: $*: $(cat out)"
}

make -s install PREFIX="$prefix" > /dev/null || fail "make install: status $?"
share="$prefix/share/kmsim"
cd "$work"
kmsim=$prefix/bin/kmsim

# Every header stands by itself.
for header in $(cd "$prefix/include/kmsim" && find . -name '*.h'); do
    echo "#include \"$header\"" | gcc -std=c17 -Wall -Wextra -Werror -I"$prefix/include/kmsim" -fsyntax-only -x c - || fail "$header"
done

[ "$(eval echo "$(pkg-config --variable=vehicledir kmsim)")/e65.json" -ef "$share/vehicles/e65.json" ] || fail "pkg-config says where no vehicle is"
"$repository/tests/peer/own_car.py" "$repository/README.md" "$share/vehicles/e65.json" .
for car in rear chime chime_py named; do [ -s $car.json ] || fail "the README makes no $car"; done

# Without code.
cat > rear_story.json << 'END'
{"name": "the rear seats have their temperature", "vehicle": "./rear.json", "key_memory": {"rear": {"2": {"temperature": 19.5}}},
 "steps": [{"at": "100 ms", "remote": {"key": 2, "button": "unlock"}},
           {"expect": {"ecu": "rear", "profile": 2, "coded": true}, "within": "100 ms"},
           {"expect": {"message": "RearStatus", "signals": {"Temperature": 19.5}}, "within": "1 s"},
           {"cip": {"ecu": "rear", "profile": 3, "settings": {"temperature": 25}}}]}
END
passes "$kmsim" run --trace processes.log rear_story.json
passes "$kmsim" run --in-process --trace direct.log rear_story.json
cmp processes.log direct.log || fail "in-process the rear's climate control does something else"

# In C and in Python: the same unit, the same trace.
eval "${CC:-gcc} -std=c17 -Wall -Wextra -Werror $(sed 's/^cc //' build)" || fail "it cannot be built: $(cat build)"
export PYTHONPATH=$share/python
for car in chime chime_py named; do
    cat > story.json << END
{"name": "the chime tells the button", "vehicle": "./$car.json",
 "steps": [{"at": "100 ms", "remote": {"key": 2, "button": "unlock"}},
           {"expect": {"message": "ChimeStatus", "signals": {"Button": 1}}, "within": "50 ms"}, {"wait": "300 ms"},
           {"remote": {"key": 2, "button": "lock"}},
           {"expect": {"message": "ChimeStatus", "signals": {"Button": 4}}, "within": "50 ms"}]}
END
    [ $car = named ] && export KMSIM_UNITS="/nowhere::$work/units"
    mkdir -p units && ln -sf ../chime units/chime
    passes "$kmsim" run --trace $car.log story.json
    cmp chime.log $car.log || fail "$car has another trace"
done
export KMSIM_UNITS=/nowhere
status=0; "$kmsim" run story.json > out 2>&1 || status=$?
[ $status = 3 ] && grep -q '^kmsim: story.json: chime: cannot start .*libexec/kmsim/chime: No such file or directory; nor is it in KMSIM_UNITS, /nowhere' out ||
    fail "a unit that is nowhere: $status, $(cat out)"
status=0; sed 's/named/chime/' story.json > path.json; "$kmsim" run --in-process path.json > out 2>&1 || status=$?
[ $status = 3 ] && grep -q 'unit "chime" is a program of its own (./chime): it cannot run in-process' out || fail "in-process: $status, $(cat out)"
mv chime gone
status=0; "$kmsim" run path.json > out 2>&1 || status=$?
[ $status = 3 ] && grep -qx 'kmsim: path.json: chime: cannot start [./]*chime: No such file or directory' out || fail "a path to nothing: $status, $(cat out)"

# The examples: one story for the light in C and in Python, which kmsim starts like its own.
cp "$share"/examples/* .
chmod +x light.py
eval "${CC:-gcc} -std=c17 -Wall -Wextra -Werror -o light light.c $(pkg-config --cflags --libs kmsim)" || fail "light.c cannot be built"
for executable in ./light ./light.py; do
    "$repository/tests/peer/light_car.py" "$share/vehicles/e65.json" . $executable
    passes "$kmsim" run light.json
done
