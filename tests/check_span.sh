#!/usr/bin/env bash
# settings in several messages of a unit: a story on both hosts, what a failure shows, CIP on a live car, stored memory
set -u
cd "$(dirname "$0")/.." || exit
. tests/leftovers.sh
bin=${BUILD:-build}/bin
work=$(mktemp -d)
bus=ipc://$work/bus
car=
trap '[ -z "$car" ] || { kill "$car"; wait "$car"; } 2> /dev/null; rm -rf "$work"' EXIT

fail() {
    echo "$*"
    exit 1
}

says() { # what it should print, command …
    local expected=$1 printed
    shift
    printed=$("$@" 2>&1)
    [ "$printed" = "$expected" ] || fail "$* prints
$printed"
}

tests/span/make.sh "$work"
cp tests/span/story.json "$work"

# The story passes, with one trace from both hosts.
"$bin/kmsim" run --in-process --trace "$work/direct.log" "$work/story.json" > "$work/out" 2>&1 || fail "$(cat "$work/out")"
"$bin/kmsim" run --bus "$bus" --trace "$work/processes.log" "$work/story.json" > "$work/out" 2>&1 || fail "$(cat "$work/out")"
cmp "$work/direct.log" "$work/processes.log" || fail "the hosts have different traces"

# A failure shows each message in question, in the order of the settings, and none twice.
cat > "$work/failing.json" << 'END'
{"name": "failing", "vehicle": "car.json", "steps": [
    {"at": "100 ms", "remote": {"key": 2, "button": "unlock"}},
    {"wait": "100 ms"},
    {"expect": {"ecu": "climate", "settings": {"rear_temperature": 28.0, "seat_heating": "high", "style": "soft", "auto": "on"}}}]}
END
"$bin/kmsim" run --in-process "$work/failing.json" > "$work/out" && fail "it passes"
seen=$(sed -n 's/.*last_seen: "\(.*\)"/\1/p' "$work/out" | sed 's/ at [0-9.]* s on kcan-s//g')
[ "$(echo "$seen" | grep -o '[A-Za-z]*: ' | tr -d '\n')" = "ClimateRear: ClimateStatusPassenger: ClimateStatus: " ] || fail "seen: $seen"
case $seen in "ClimateRear: RearTemperature=22.0 degC; ClimateStatusPassenger: "*"SeatHeating=off; "*) ;; *) fail "seen: $seen" ;; esac

# A setting that is none is told with those of all messages, and one that cannot be with its range.
sed 's/rear_temperature/front_temperature/; s/"high"/9/' "$work/failing.json" > "$work/wrong.json"
"$bin/kmsim" check "$work/wrong.json" > "$work/out" 2>&1 && fail "it is valid"
grep -q 'unknown setting of climate "front_temperature" (.*recirculation, seat_heating, rear_temperature)' "$work/out" ||
    fail "$(cat "$work/out")"
grep -q 'must be 0 to 3 in steps of 1, or a name: off, high' "$work/out" || fail "$(cat "$work/out")"

# CIP reads and codes them on a live car, in the order in which the unit describes them.
"$bin/kmsim" up --vehicle "$work/car.json" --bus "$bus" --state "$work/state" > "$work/car" 2>&1 & car=$!
within 30 grep -q "Ctrl-C ends it" "$work/car" || fail "the car does not begin: $(cat "$work/car")"
cip() {
    "$bin/cip" "$@" --bus "$bus" --vehicle "$work/car.json"
}
says "climate profile 2 is coded
setting                    value
driver_temperature     19.5 degC
passenger_temperature  22.0 degC
temperature_offset           0 K
blower_offset                0 %
style                     normal
auto                          on
air_distribution            auto
recirculation               auto
seat_heating                high
rear_temperature       16.5 degC" cip code climate 2 driver_temperature=19.5 rear_temperature=16.5 seat_heating=high
says "seat profile 2 is coded
setting            value
longitudinal    125.0 mm
height           40.0 mm
cushion_tilt     5.0 deg
backrest_tilt   20.0 deg
head_restraint   99.9 mm" cip code seat 2 head_restraint=99.9
says "cip: rear_temperature must be 16.0 to 28.0 degC" cip code climate 2 rear_temperature=15.5
cip memory climate rear_temperature=car > "$work/out" 2>&1 || fail "$(cat "$work/out")"
grep -q '^rear_temperature=car$' "$work/out" || fail "car memory: $(cat "$work/out")"
for step in '{"remote": {"key": 2, "button": "unlock"}}' \
    '{"adjust": {"ecu": "climate", "settings": {"rear_temperature": 27.0}}}' '{"remote": {"key": 2, "button": "lock"}}'; do
    "$bin/kmsim" do --bus "$bus" "$step" > "$work/out" 2>&1 || fail "$(cat "$work/out")"
    sleep 0.3
done
kill "$car"
wait "$car" || fail "the car ended with $?: $(cat "$work/car")"
car=

# What was coded and changed is there when the next story begins; a story that says otherwise is told so.
cat > "$work/later.json" << 'END'
{"name": "later", "vehicle": "car.json", "key_memory": {"climate": {"2": {"rear_temperature": 16.5}}},
 "steps": [
    {"at": "100 ms", "remote": {"key": 2, "button": "unlock"}},
    {"expect": {"ecu": "climate", "settings": {"rear_temperature": 27.0, "seat_heating": "high"}}, "within": "50 ms"},
    {"expect": {"ecu": "seat", "settings": {"head_restraint": 99.9}}, "within": "5 s"}]}
END
"$bin/kmsim" run --in-process --state "$work/state" "$work/later.json" > "$work/out" 2>&1 || fail "$(cat "$work/out")"
sed 's/16.5/17.0/' "$work/later.json" > "$work/other.json"
"$bin/kmsim" run --in-process --state "$work/state" "$work/other.json" > "$work/out" 2>&1
[ $? = 2 ] || fail "a story that contradicts: $(cat "$work/out")"
grep -q '/key_memory/climate/2/rear_temperature: contradicts what is stored in .*: 16.5 degC' "$work/out" || fail "$(cat "$work/out")"
nothing_left "the car"
