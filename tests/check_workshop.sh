#!/usr/bin/env bash
# the workshop's tools on a live car: text, JSON, exit statuses
set -u
cd "$(dirname "$0")/.." || exit
. tests/leftovers.sh
bin=${BUILD:-build}/bin
work=$(mktemp -d)
bus=ipc://$work/bus
car=
failed=0
trap 'end_car; rm -rf "$work"' EXIT

begin_car() { # options …
    "$bin/kmsim" up --bus "$bus" "$@" > "$work/car" 2>&1 &
    car=$!
    within 30 grep -q "Ctrl-C ends it" "$work/car" && return
    echo "the car does not begin:"
    cat "$work/car"
    exit 1
}

end_car() {
    [ -n "$car" ] && kill "$car" 2> /dev/null && wait "$car"
    car=
}

fail() {
    echo "FAIL $1"
    sed 's/^/     /' "$work/said" "$work/told"
    failed=1
}

act() { # a step of a scenario
    "$bin/kmsim" do --bus "$bus" "$1" > "$work/said" 2> "$work/told" || fail "step $1"
}

runs() { # expected status, tool, arguments …
    local expected=$1 tool=$2 status
    shift 2
    what="$tool $*"
    "$bin/$tool" --bus "$bus" "$@" > "$work/said" 2> "$work/told"
    status=$?
    [ $status = "$expected" ] || fail "$what: status $status, not $expected"
}

says() { # lines of standard output, all of them
    diff <(printf '%s\n' "$@") "$work/said" > "$work/difference" && return
    cp "$work/difference" "$work/said"
    fail "$what: other text"
}

tells() { # line of standard error
    grep -qxF -- "$1" "$work/told" || fail "$what: does not tell \"$1\""
}

silent() {
    [ ! -s "$work/said" ] || fail "$what: standard output is not empty"
}

holds() { # expression over the JSON object `it`
    /usr/bin/python3 -c "import json, sys; it = json.load(open(sys.argv[1])); assert $1, it" "$work/said" 2>> "$work/told" ||
        fail "$what: not so: $1"
}

cat > "$work/lost.json" << 'END'
{"name": "a lost key", "keys": [{"number": 1, "personalization": 1}, {"number": 2, "personalization": 2},
    {"number": 3, "personalization": 1, "learned": false, "battery": "low"}],
 "key_memory": {"seat": {"3": null, "4": null}, "mirror": {"3": null, "4": null}, "climate": {"3": null, "4": null}},
 "steps": [{"wait": "1 s"}]}
END

# without a car: wrong usage is told all the same
runs 2 service-tool
runs 2 service-tool blok 2
tells 'service-tool: unknown command "blok"; see service-tool --help'
runs 2 service-tool block 2 3
tells 'service-tool: usage: service-tool block N'
for number in 0 11 1.5 two '' 1e300 nan; do
    runs 2 service-tool block "$number"
    tells 'service-tool: key number must be 1 to 10'
    silent
done
runs 2 service-tool block -- -1
tells 'service-tool: key number must be 1 to 10'
runs 2 service-tool personalization 3 5 --json
tells 'service-tool: personalization number must be 1 to 4'
silent
runs 2 service-tool faults seet
tells 'service-tool: unknown control unit "seet": must be cas, seat, mirror or climate'
runs 2 cip code cas 1 height=3
tells 'cip: control unit "cas" has no Key Memory: must be seat, mirror or climate'
runs 2 cip code seat 5 height=3
tells 'cip: profile must be 1 to 4'
runs 2 cip code seat 3 height=80.1 longitudinal=-1 colour=red
tells 'cip: height must be 0.0 to 80.0 mm'
tells 'cip: longitudinal must be 0.0 to 250.0 mm'
tells 'cip: seat has no setting "colour": must be longitudinal, height, cushion_tilt, backrest_tilt or head_restraint'
runs 2 cip copy 3 3
runs 2 cip memory seat height=keys
runs 2 cip option seat recall=never
runs 2 cip read seat 1 2
runs 0 cip --help
runs 0 service-tool --version
runs 3 service-tool keys
silent

# a lost key is blocked, a spare gets its number
begin_car --scenario "$work/lost.json" --state "$work/state"
runs 0 service-tool keys
says 'key  personalization  learned  blocked  battery' \
    '  1                1  yes      no       ok' \
    '  2                2  yes      no       ok' \
    '  3                1  no       no       low'
runs 0 service-tool block 2
says 'key 2 is blocked'
runs 0 service-tool keys --json
holds '[key["blocked"] for key in it["keys"]] == [False, True, False]'
runs 1 service-tool block 3
tells 'service-tool: cas: block key 3: refused with requestOutOfRange (no key of that number was learned)'
silent
runs 1 service-tool personalization 3 5 --unchecked --json
holds 'it == {"failures": [{"unit": "cas", "error": "refused", "code": 0x31, "refused": "requestOutOfRange"}]}'
runs 1 service-tool block 257 --unchecked
runs 0 service-tool personalization 3 3 --json
holds 'it == {"key": 3, "personalization": 3}'
act '{"remote": {"key": 2, "button": "unlock"}}'
sleep 0.5
runs 0 service-tool faults cas --json
holds 'len(it["faults"]) == 1 and it["faults"][0]["fault"] == "0x9907" and it["faults"][0]["active"]'
holds 'it["faults"][0]["times"] == 1 and it["faults"][0]["first_ms"] > 0'
runs 0 service-tool clear cas
says 'cas: fault memory is cleared'
runs 0 service-tool faults
says 'cas: no faults' 'seat: no faults' 'mirror: no faults' 'climate: no faults'
runs 0 service-tool counters cas --json
holds '[unit["unit"] for unit in it["units"]] == ["cas"] and it["units"][0]["counters"]["telegrams_blocked"] == 1'
runs 0 service-tool counters --json
holds '[unit["unit"] for unit in it["units"]] == ["cas", "seat", "mirror", "climate"]'
holds 'all(unit["counters"]["frames_malformed"] == 0 for unit in it["units"][1:])'
runs 0 service-tool counters seat
runs 0 service-tool ident --json
holds '[unit["address"] for unit in it["units"]] == ["0x40", "0x6D", "0x4C", "0x78"]'
holds '{unit["vin"] for unit in it["units"]} == {"KMSIME65000000001"}'

# its profile is coded in every unit
runs 0 cip status
says 'unit     profile 1  profile 2  profile 3  profile 4  active' \
    'seat     coded      coded      not coded  not coded  none' \
    'mirror   coded      coded      not coded  not coded  none' \
    'climate  coded      coded      not coded  not coded  none' \
    'personalization number 3 (key 3): not coded in seat, mirror, climate'
runs 0 cip code seat 3 longitudinal=200 height=55.5mm
says 'seat profile 3 is coded' \
    'setting            value' \
    'longitudinal    200.0 mm' \
    'height           55.5 mm' \
    'cushion_tilt     5.0 deg' \
    'backrest_tilt   20.0 deg' \
    'head_restraint   30.0 mm'
runs 0 cip read seat 3 --json
holds 'it["coded"] and it["settings"]["longitudinal"] == 200 and it["settings"]["height"] == 55.5'
cp "$work/said" "$work/seat.json"
runs 0 cip code seat 4 "$work/seat.json" --json
holds 'it["profile"] == 4 and it["settings"]["height"] == 55.5'
runs 0 cip code climate 3 driver_temperature=19.5 style=intensive --json
holds 'it["settings"]["driver_temperature"] == 19.5 and it["settings"]["style"] == "intensive"'
runs 0 cip status --json
holds 'it["personalization_numbers"][2] == {"personalization": 3, "keys": [3], "not_coded_in": ["mirror"]}'
holds 'it["units"][0] == {"unit": "seat", "coded": [1, 2, 3, 4], "not_coded": [], "active": None}'
runs 0 cip copy 1 3 mirror
says 'mirror profile 3 is coded'
runs 0 cip status
tail -n 1 "$work/said" > "$work/last" && cp "$work/last" "$work/said"
says 'every personalization number in use is coded in every unit'
runs 1 cip code seat 3 height=80.1 --unchecked --json
holds 'it["failures"][0]["refused"] == "requestOutOfRange"'
runs 1 cip read seat 5 --unchecked
tells 'cip: seat: read profile 5: refused with requestOutOfRange'
runs 0 cip read seat 3 --json
cmp -s "$work/said" "$work/seat.json" || fail "what was refused changes nothing"
runs 0 cip reset seat 4
says 'seat profile 4 is not coded'
runs 0 cip read seat --json
holds '[profile["coded"] for profile in it["profiles"]] == [True, True, True, False]'
holds 'it["profiles"][3]["settings"]["height"] == 40'
runs 0 cip memory climate style=car --json
holds 'it["memory"]["style"] == "car" and it["memory"]["auto"] == "key"'
runs 0 cip option seat recall=door_open
says 'recall=door_open' 'personalization=on'
runs 0 cip show --json
holds 'it["units"][0]["options"]["recall"] == "door_open"'
holds '[setting["memory"] for setting in it["units"][2]["settings"] if setting["setting"] == "style"] == ["car"]'

# the spare is learned in the lock and calls its profile up; in the lock it cannot be blocked
act '{"ignition": {"insert": 3}}'
sleep 2
runs 1 service-tool block 3
tells 'service-tool: cas: block key 3: refused with conditionsNotCorrect (the key is in the ignition lock)'
runs 0 cip status --json
holds '[unit["active"] for unit in it["units"]] == [3, 3, 3]'
act '{"ignition": {"remove": true}}'

# a unit that does not answer is named; the others are told
act '{"power": {"ecu": "seat", "state": "off"}}'
runs 3 cip code seat 3 height=1
tells 'cip: seat: code profile 3: no answer'
runs 3 service-tool faults --json
tells 'service-tool: seat: read fault memory: no answer'
holds 'it["failures"] == [{"unit": "seat", "error": "no answer"}]'
runs 3 cip status
grep -q '^seat     ?          ?' "$work/said" || fail "$what: the silent unit's row"
grep -q '^climate  coded' "$work/said" || fail "$what: the other units' rows"
end_car

# the next car on that memory is coded as this one was; without a car there is nothing to ask
runs 3 cip status --json
begin_car --state "$work/state"
runs 0 service-tool keys
says 'key  personalization  learned  blocked  battery' \
    '  1                1  yes      no       ok' \
    '  2                2  yes      yes      ok' \
    '  3                3  yes      no       low'
runs 0 cip read seat 3 --json
holds 'it["coded"] and it["settings"]["height"] == 55.5'
runs 0 service-tool release 2
says 'key 2 is released'
end_car

[ $failed = 0 ] && echo "the workshop's tools work"
exit $failed
