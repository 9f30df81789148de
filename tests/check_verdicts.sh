#!/usr/bin/env bash
# verdicts: exit statuses, TAP on a pipe that prove reads, stories at any depth, mistakes told or counted, a replay that a shell takes
set -eu
. "$(dirname "$0")"/checking.sh
bin=$(realpath "${1:-build/bin}")
vehicles=$(realpath bus/vehicles)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

story() { # file, name, steps
    printf '{"name": "%s", "steps": [%s]}\n' "$2" "$3" > "$1"
}

mkdir stories wrong
mkfifo stories/pipe.json # no story: nobody writes into it
story stories/good.json good '{"wait": "1 s"}'
story "stories/it's bad.json" "it's # bad" '{"wait": "1 s"}, {"expect": {"car": "unlocked"}}'
story wrong/good.json good '{"wait": "1 s"}'
story wrong/one.json one '{"wait": "1 h"}'
story wrong/same.json good '{"wait": "1 s"}'
steps='{"gear": "x"}'
for _ in $(seq 9); do steps="$steps, $steps"; done
story many.json many "$steps"

gives 0 "$bin/kmsim" check stories
grep -qx '2 scenarios are valid' out || fail "$(cat out)"
gives 0 "$bin/kmsim" check stories/good.json
grep -qx '1 scenario is valid' out || fail "$(cat out)"
gives 0 "$bin/kmsim" run --in-process stories/good.json
gives 1 "$bin/kmsim" run --in-process stories
[ ! -s err ] || fail "a failed story is no diagnostic: $(cat err)"
cat > expected << 'END'
TAP version 13
1..2
ok 1 - good
not ok 2 - it's \# bad
  ---
  message: "does not hold now"
  severity: fail
  file: "stories/it's bad.json"
  step: 1
  pointer: "/steps/1/expect"
  time: "1.000000 s"
  place: "stories/it's bad.json:1:51: /steps/1/expect"
  expected: "expect car unlocked"
  last_seen: "car locked, no CentralLocking"
  replay: "kmsim run --in-process --seed 1 'stories/it'\\''s bad.json'"
  ...
END
cmp expected out || fail "$(cat out)"
prove -Q -e "$bin/kmsim run --in-process" stories/good.json > out 2>&1 || fail "prove: $(cat out)"
! prove -v -e "$bin/kmsim run --in-process" "stories/it's bad.json" > out 2>&1 || fail "prove lets a failed story pass"
! grep -q 'Parse errors' out || fail "prove does not understand: $(cat out)"
gives 1 "$bin/kmsim" run --in-process stories
replay=$(sed -n 's/^  replay: "kmsim \(.*\)"$/\1/p' out | sed 's/\\\\/\\/g')
gives 1 sh -c "'$bin/kmsim' $replay"

# of a file with several stories the replay plays the one
gives 1 "$bin/kmsim" run --in-process "stories/it's bad.json" "stories/it's bad.json"
grep -q "^  replay: \"kmsim run --in-process --seed 1 --filter 'it'.*'s # bad' 'stories/it'" out || fail "$(cat out)"

gives 2 "$bin/kmsim" run --in-process wrong
[ ! -s out ] || fail "something was run beside wrong files: $(cat out)"
grep -q '^wrong/one.json:1:36: /steps/0/wait: must be a time' err || fail "$(cat err)"
grep -qx 'wrong/same.json:1:10: /name: "good" is the name of wrong/good.json already' err || fail "$(cat err)"
gives 2 "$bin/kmsim" check many.json
told=$(grep -c '^many.json:1:[0-9]*: /steps/' err)
grep -qx "512 mistakes, $told of them told here" err || fail "$(tail -n 1 err)"
gives 2 "$bin/kmsim" check none.json
gives 2 "$bin/kmsim" check

# Stories at any depth, in the order of their paths. Two files of one name: each failure has a trace of its own.
mkdir -p tree/b/deep tree/a "tree/.hidden" tree/none
story tree/top.json top '{"wait": "1 s"}'
for place in a b b/deep; do story tree/$place/door.json "door of $place" '{"expect": {"car": "unlocked"}}'; done
story tree/.hidden/wrong.json wrong '{"wait": "1 h"}'
gives 1 "$bin/kmsim" run --in-process --trace-failures traces tree
[ "$(sed -n 's/^\(not \)\{0,1\}ok . - //p' out | tr '\n' ,)" = "door of a,door of b/deep,door of b,top," ] || fail "$(cat out)"
[ "$(sed -n 's/^  trace: //p' out | tr '\n' ,)" = '"traces/door.log","traces/door-2.log","traces/door-3.log",' ] || fail "$(cat out)"
[ "$(ls traces | tr '\n' ,)" = door-2.log,door-3.log,door.log, ] || fail "$(ls traces)"
gives 0 "$bin/kmsim" check tree
grep -qx '4 scenarios are valid' out && [ ! -s err ] || fail "$(cat out err)"

# The requirement that is wrong is named.
gives 2 "$bin/kmsim" check --covers --require R1,R15,S7,R1 tree
printf '%s\n' 'kmsim: --require: R1 is there twice' '--require: unknown requirement "R15" (R1 to R14, S1 to S7)' | cmp - err || fail "$(cat err)"

# A link to a directory could lead in a circle.
ln -s ../.. tree/b/deep/around
gives 0 "$bin/kmsim" check tree
grep -qx 'tree/b/deep/around: a link to a directory, not followed' err || fail "$(cat err)"
gives 2 "$bin/kmsim" check tree/none

# A DBC that lacks what a unit needs, and one that is not there: told with the vehicle file, before anything starts.
mkdir car
cp "$vehicles"/e65.json "$vehicles"/e65.dbc car
sed -i '/^ SG_ Battery /d' car/e65.dbc
sed 's/"dbc": *"[^"]*"/"dbc": "nowhere.dbc"/' car/e65.json > car/lost.json
for kind in e65 lost; do
    echo '{"name": "n", "vehicle": "car/'$kind'.json", "steps": [{"wait": "1 s"}]}' > $kind.json
    for what in "run $kind.json" "run --in-process $kind.json" "check $kind.json" "up --vehicle car/$kind.json"; do
        gives 2 "$bin/kmsim" $what
        [ ! -s out ] && grep -q "car/$kind.json: " err && grep -q "\.dbc" err || fail "$what: $(cat err)"
    done
done
grep -q 'car/lost.json: /dbc: car/nowhere.dbc: No such file or directory' err || fail "$(cat err)"
gives 2 "$bin/kmsim" check e65.json
grep -q 'car/e65.json: unit "cas" finds no "Battery" in ./*car/e65.dbc' err || fail "$(cat err)"
gives 2 "$bin/bus-sniffer" --decode --vehicle car/lost.json
grep -q 'car/lost.json: /dbc: car/nowhere.dbc: No such file or directory' err || fail "$(cat err)"

# what the car ignored is told with a story that failed, and by the same words from processes
story ignored.json ignored '{"at": "100 ms", "remote": {"key": 1, "button": "unlock"}}, {"wait": "1 s"}, {"radio": {"replay": 1}},
    {"frame": {"bus": "kcan-p", "frame": "23A#00"}}, {"expect": {"ecu": "seat", "profile": 2}, "within": "1 s"}'
for how in --in-process ""; do
    gives 1 "$bin/kmsim" run $how ignored.json
    grep -qx '  ignored: "cas: telegrams_replayed 1; seat: frames_malformed 1; mirror: frames_malformed 1"' out || fail "$(cat out)"
done
gives 1 "$bin/kmsim" run --in-process "stories/it's bad.json"
! grep -q ignored: out || fail "$(cat out)"

# a key put in while another is in the lock: valid, doubted, told, and without effect
story two.json two '{"ignition": {"insert": 1}}, {"wait": "1 s"}, {"ignition": {"insert": 2}}, {"wait": "1 s"},
    {"ignition": {"remove": true}}, {"ignition": {"insert": 2}}, {"wait": "1 s"}'
gives 0 "$bin/kmsim" check two.json
grep -qx 'two.json:1:73: /steps/2/ignition: warning: another key is in the lock, which keeps it' err || fail "$(cat err)"
[ "$(wc -l < err)" = 1 ] || fail "$(cat err)"
gives 0 "$bin/kmsim" run --in-process two.json
grep -qx '# two.json at 1.000000 s: the key is kept out: another one is in the lock, which keeps it' out || fail "$(cat out)"

# One file of many stories, each with a name and a trace of its own; files beside stories are none, and are told where none uses them.
mkdir -p project/steps
cat > project/keys.json << 'END'
{
  "name": "keys", "requirements": "own.json", "covers": ["PRJ-1", "R7"],
  "parameters": [{"key": 1, "profile": 1}, {"key": 2, "profile": 1}, {"key": 2, "profile": 2}],
  "steps": [
    {"at": "100 ms", "use": "steps/press.json", "with": {"key": "${key}"}},
    {"repeat": 2, "note": "it stays so", "steps": [
      {"expect": {"ecu": "seat", "profile": "${profile}"}, "within": "200 ms", "note": "the key's own"}]}
  ]
}
END
echo '{"steps": [{"remote": {"key": "${key}", "button": "unlock"}}]}' > project/steps/press.json
echo '{"steps": [{"wait": "1 s"}]}' > project/steps/spare.json
echo '{"PRJ-1": "A key calls up its profile.", "PRJ-2": "And nothing else."}' > project/own.json
gives 0 "$bin/kmsim" check project
grep -qx '3 scenarios are valid' out || fail "$(cat out)"
echo 'project/steps/spare.json: warning: is no story, and none uses it' | cmp - err || fail "$(cat err)"
gives 1 "$bin/kmsim" check --covers --require PRJ-1,PRJ-2 project
printf '%s\n' 'R7   keys.json' 'PRJ-1 keys.json' 'PRJ-2 no story' | cmp - out || fail "$(cat out)"
gives 1 "$bin/kmsim" run --in-process --trace-failures project.traces project
[ "$(sed -n 's/^\(not \)\{0,1\}ok . - //p' out | tr '\n' ,)" = 'keys [key=1 profile=1],keys [key=2 profile=1],keys [key=2 profile=2],' ] || fail "$(cat out)"
grep -qx '  pointer: "/steps/1/steps/0/expect"' out && grep -qx '  place: "project/keys.json:7:7: /steps/1/steps/0/expect"' out || fail "$(cat out)"
grep -qx "  expected: \"expect seat profile 1 within 200 ms, round 1 of 2 (note: the key's own) (note: it stays so)\"" out || fail "$(cat out)"
[ "$(ls project.traces)" = keys-2.log ] || fail "$(ls project.traces)"

# A watch that saw nothing is told, in whatever number of rounds; --strict fails it.
story idle.json idle '{"repeat": 2, "steps": [{"never": {"message": "SeatStatus", "signals": {"Profile": 2}}, "for": "1 s"}]},
 {"whenever": {"message": "DoorState"}, "then": {"car": "unlocked"}, "within": "1 s", "background": true}, {"wait": "1 s"}'
gives 0 "$bin/kmsim" run --in-process idle.json
grep -qx '# idle.json:1:52: /steps/0/steps/0/never: watched 0 frames' out && grep -qx '# idle.json:2:2: /steps/1/whenever: watched 0 frames' out &&
    [ "$(grep -c watched out)" = 2 ] || fail "$(cat out)"
gives 1 "$bin/kmsim" run --in-process --strict idle.json
grep -qx '  message: "watched 0 frames"' out && grep -qx '  pointer: "/steps/0/steps/0/never"' out || fail "$(cat out)"
gives 0 "$bin/kmsim" run --in-process --strict stories/good.json

# So is a fault that hit nothing.
story spared.json spared '{"fault": {"kind": "drop", "message": "SeatStatus", "count": 1}}, {"wait": "1 s"}'
gives 0 "$bin/kmsim" run --in-process spared.json
grep -qx '# spared.json:1:30: /steps/0/fault: hit nothing' out || fail "$(cat out)"
gives 1 "$bin/kmsim" run --in-process --strict spared.json
grep -qx '  message: "hit nothing"' out && grep -qx '  pointer: "/steps/0/fault"' out || fail "$(cat out)"

# What nobody could do and what cannot fail: valid, and doubted.
story doubts.json doubts '{"ignition": {"remove": true}}, {"ignition": {"terminal": "r"}},
 {"never": {"message": "SeatStatus"}, "for": "0 s"}, {"never": {"message": "SeatStatus"}, "background": true}'
gives 0 "$bin/kmsim" check doubts.json
cat > expected << 'END'
doubts.json:1:30: /steps/0/ignition: warning: there is no key in the lock to remove
doubts.json:1:62: /steps/1/ignition: warning: there is no key in the lock to turn
doubts.json:2:2: /steps/2/never: warning: cannot fail: it lasts no time
doubts.json:2:54: /steps/3/never: warning: cannot fail: no time passes behind it
END
cmp expected err || fail "$(cat err)"
