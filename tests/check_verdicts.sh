#!/usr/bin/env bash
# verdicts: exit statuses, plain TAP on a pipe, mistakes told or counted, a replay that a shell takes
set -eu
bin=$(realpath "${1:-build/bin}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "$*"
    exit 1
}

gives() { # status, command …; what it says is in out and err
    local expected=$1 status=0
    shift
    "$@" > out 2> err || status=$?
    [ $status = "$expected" ] || fail "status $status, not $expected, of: $*: $(cat out err)"
}

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
TAP version 14
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
  expected: "expect car unlocked"
  last_seen: "car locked, no CentralLocking"
  replay: "kmsim run --in-process --seed 1 'stories/it'\\''s bad.json'"
  ...
END
cmp expected out || fail "$(cat out)"
replay=$(sed -n 's/^  replay: "kmsim \(.*\)"$/\1/p' out | sed 's/\\\\/\\/g')
gives 1 sh -c "'$bin/kmsim' $replay"

gives 2 "$bin/kmsim" run --in-process wrong
[ ! -s out ] || fail "something was run beside wrong files: $(cat out)"
grep -q '^wrong/one.json: /steps/0/wait: must be a time' err || fail "$(cat err)"
grep -qx 'wrong/same.json: /name: "good" is the name of wrong/good.json already' err || fail "$(cat err)"
gives 2 "$bin/kmsim" check many.json
told=$(grep -c '^many.json: /steps/' err)
grep -qx "512 mistakes, $told of them told here" err || fail "$(tail -n 1 err)"
gives 2 "$bin/kmsim" check none.json
gives 2 "$bin/kmsim" check
