#!/usr/bin/env bash
# suites: stories at once in a fixed order, chosen, stopped, repeated and timed out as told; JUnit, JSON and TAP of one record; no worker, unit or file left
# Uses build/bin, or the directory given. Everything happens in a temporary directory of buses of its own.
set -eu
. "$(dirname "$0")"/checking.sh
. "$(dirname "$0")"/leftovers.sh
bin=$(realpath "${1:-build/bin}")
schema=$(realpath tests/junit.xsd)
scenarios=$(realpath scenarios)
moments=$(realpath tests/moments.py)
work=$(mktemp -d)
export XDG_RUNTIME_DIR=$work
trap 'kill -9 $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

story() { # file, name, steps, further members
    printf '{"name": "%s", %s "steps": [%s]}\n' "$2" "${4:-}" "$3" > "$1"
}

told() { # names, in order, as TAP tells them
    sed -nE 's/^(not )?ok [0-9]+ - //p' out | tr '\n' ,
}

valid() { # a JUnit report
    xmllint --noout --schema "$schema" "$1" 2> problems || fail "$1: $(cat problems "$1")"
}

# The first is by far the longest: it must be told first all the same.
unlock='{"at": "100 ms", "remote": {"key": 2, "button": "unlock"}}, {"expect": {"ecu": "seat", "profile": 2}, "within": "1 s"}'
mkdir -p tree/b tree/a
awk 'BEGIN {
    printf "{\"name\": \"long\", \"steps\": [{\"wait\": \"0 s\"}"
    for (i = 0; i < 20000; i++) printf ",\n{\"after\": \"1 ms\", \"frame\": {\"bus\": \"kcan-s\", \"frame\": \"7FF#\"}}"
    print "]}" }' > tree/a/long.json
story tree/a/red.json 'red <&> \"here\"' '{"wait": "1 s"}, {"expect": {"car": "unlocked"}}'
story tree/b/door.json 'green' "$unlock" '"covers": ["R6"],'
story tree/b/red.json 'red' "$unlock, {\"wait\": \"3 s\"}, {\"expect\": {\"ecu\": \"seat\", \"profile\": 1}}" '"covers": ["R4", "R7"],'
story tree/b/two.json 'a key twice' '{"ignition": {"insert": 1}}, {"wait": "1 s"}, {"ignition": {"insert": 2}}, {"wait": "1 s"}'
for i in 1 2 3 4 5 6; do story "tree/b/z$i.json" "z$i" "$unlock"; done
names='long,red <&> "here",green,red,a key twice,z1,z2,z3,z4,z5,z6,'

# ---- the same reports by any number of workers, and by both hosts ----
for how in --in-process ""; do
    for jobs in 1 2 3; do
        gives 1 "$bin/kmsim" run $how -j $jobs --trace-failures "traces$jobs" --junit j$jobs.xml --json j$jobs.json --timeline tree
        [ "$(told)" = "$names" ] || fail "-j $jobs $how: $(told)"
        sed "s/traces$jobs/traces/" out > out$jobs
        cmp out1 out$jobs || fail "-j $jobs $how tells something else"
        for kind in xml json; do
            without_times j$jobs.$kind | sed "s/traces$jobs/traces/" > same$jobs.$kind
            cmp same1.$kind same$jobs.$kind || fail "-j $jobs $how reports something else"
        done
        [ "$(ls traces$jobs | tr '\n' ,)" = red-2.log,red.log, ] || fail "traces: $(ls traces$jobs)"
        cmp traces1/red-2.log traces$jobs/red-2.log
    done
    grep -qx '# tree/b/two.json at 1.000000 s: the key is kept out: another one is in the lock, which keeps it' out ||
        fail "a note is not told where its story is: $(cat out)"
    nothing_left "a run $how"
done
prove -Q -e "$bin/kmsim run --in-process" tree/b/door.json > out 2>&1 || fail "prove: $(cat out)"

# ---- JUnit ----
valid j1.xml
xmllint --xpath 'concat(/testsuites/@tests, " ", /testsuites/@failures, " ", /testsuites/@errors, " ", count(//testsuite), " ",
    //testsuite[1]/@name, " ", //testsuite[2]/@tests)' j1.xml > out
[ "$(cat out)" = "11 2 0 2 tree/a 9" ] || fail "$(cat out)"
xmllint --xpath 'string(//testcase[@classname="tree.b.red"]/system-out)' j1.xml > frames
[ "$(grep -c . frames)" = 20 ] && grep -qE '^\([23]\.[0-9]{6}\) kcan-[sp] [0-9A-F]+#[0-9A-F]* +(seat|cas|mirror|climate) +[A-Z]' frames || fail "$(cat frames)"
xmllint --xpath 'string(//testcase[@classname="tree.a.red"]/failure)' j1.xml > text
grep -q '^tree/a/red.json: /steps/1/expect at 1.000000 s: does not hold now$' text && grep -q '^replay     kmsim run ' text || fail "$(cat text)"
for wrong in 's/ errors="[0-9]*"//' 's/ time="/ duration="/' 's/<failure type="[a-z]*"/<failure/' 's/<testcase name="[^"]*"/<testcase/' 's/<system-out>/<failure type="a" message="b"\/>&/'; do
    sed "$wrong" j1.xml > wrong.xml
    ! xmllint --noout --schema "$schema" wrong.xml 2> problems || fail "the schema takes $wrong"
done

# ---- JSON ----
/usr/bin/python3 - << 'PYTHON' || fail "the JSON report is not what it should be"
import json
report = json.load(open("j1.json"))
assert report["passed"] == 9 and report["failed"] == 2 and report["suite"]["stories"] == 11, report
assert [s["number"] for s in report["stories"]] == list(range(1, 12))
red = report["stories"][3]
assert red["file"] == "tree/b/red.json" and red["directory"] == "tree/b" and red["covers"] == ["R4", "R7"] and red["seed"] == "1"
assert red["status"] == "failed" and red["pointer"] == "/steps/3/expect" and len(red["frames"]) == 20 and red["step"] == 3
line = report["stories"][2]["timeline"]
assert [s["at_ns"] for s in line["steps"]] == [100000000, 100000000] and line["steps"][0]["text"].startswith("remote key 2"), line
buses = {b["name"]: b for b in line["buses"]}
assert sum(buses["kcan-p"]["counts"]) == buses["kcan-p"]["frames"] > 0
seat = next(u for u in line["units"] if u["name"] == "seat")
assert seat["curves"][0]["name"] == "profile" and seat["curves"][0]["points"][-1][1] == 2, seat
long = report["stories"][0]["timeline"]["buses"][0]
assert long["bin_ns"] > 1000000 and len(long["counts"]) <= 256 and sum(long["counts"]) == long["frames"] >= 20000
PYTHON
gives 1 "$bin/kmsim" run --in-process --json plain.json tree
! grep -q timeline plain.json || fail "a time line that nobody asked for"

# ---- which stories ----
gives 0 "$bin/kmsim" run --in-process --filter z1 --filter b/z2 tree
[ "$(told)" = "z1,z2," ] || fail "$(told)"
gives 1 "$bin/kmsim" run --in-process --covers R6,R7 tree
[ "$(told)" = "green,red," ] || fail "$(told)"
gives 2 "$bin/kmsim" run --in-process --covers R9 tree
grep -qx 'kmsim: none of 11 stories is left by --filter and --covers' err || fail "$(cat err)"
for wrong in "--shard 4/3" "--shard x" "-j 0" "--repeat 0" "--timeout 0s" "--durations plain.json" "--timeline" "--junit /no/where.xml" "--shard 1/2 --durations out"; do
    gives 2 "$bin/kmsim" run --in-process $wrong tree
    [ ! -s out ] && [ -s err ] || fail "$wrong: $(cat out err)"
done

# ---- the end ----
for jobs in 1 3; do
    gives 1 "$bin/kmsim" run --in-process -j $jobs --fail-fast --trace-failures few --junit few.xml tree
    [ "$(told)" = 'long,red <&> "here",' ] || fail "$(told)"
    tail -n 1 out | grep -qx 'Bail out! the first story that fails ends the run' || fail "$(cat out)"
    valid few.xml
    [ "$(ls few)" = red.log ] || fail "a trace of what nobody is told: $(ls few)"
    rm -r few
done
story wrong.json wrong '{"wait": "1 h"}'
gives 2 "$bin/kmsim" run --in-process wrong.json tree/b/door.json
[ ! -s out ] || fail "something was run beside a wrong file: $(cat out)"
gives 2 "$bin/kmsim" run --in-process --keep-going --junit wrong.xml tree/b/door.json wrong.json tree/b/z1.json
[ "$(told)" = "green,wrong.json,z1," ] && grep -q 'severity: error' out && grep -q '^wrong.json:1:39: /steps/0/wait: ' err || fail "$(cat out err)"
valid wrong.xml
cp out going
[ "$(xmllint --xpath 'string(/testsuites/@errors)' wrong.xml)" = 1 ] || fail "$(cat wrong.xml)"
mv going going.tap
! prove -e cat going.tap > out 2>&1 || fail "prove lets it pass"
grep -q 'Failed 1/3 subtests' out && ! grep -q 'Parse errors' out || fail "prove says: $(cat out)"
"$bin/kmsim" run --in-process --fail-fast tree > bail.tap || true
! prove -e cat bail.tap > out 2>&1 || fail "prove lets it pass"
grep -q 'FAILED--Further testing stopped: the first story that fails ends the run' out || fail "prove says: $(cat out)"
gives 2 "$bin/kmsim" run --in-process --keep-going wrong.json

# ---- a story that takes too long ----
story endless.json endless '{"ignition": {"insert": 2}}, {"after": "1 s", "ignition": {"terminal": "15"}}, {"wait": "200000 min"}'
gives 1 "$bin/kmsim" run -j 2 --timeout "3 s" --json late.json endless.json tree/b
[ "$(told)" = "endless,green,red,a key twice,z1,z2,z3,z4,z5,z6," ] || fail "$(told)"
grep -q 'message: "not over within 3 s"' out && grep -q '"status":"timed out".*"frames"' late.json || fail "$(cat out)"
nothing_left "a story that took too long"

# ---- two runs of a story that differ ----
mkdir dice
/usr/bin/python3 - "$scenarios/../bus/vehicles/e65.json" > dice/car.json << 'PYTHON'
import json, os, sys
car = json.load(open(sys.argv[1]))
car["dbc"] = os.path.realpath(os.path.join(os.path.dirname(sys.argv[1]), car["dbc"]))
car["nodes"].append({"name": "dice", "executable": os.path.realpath("dice/dice.py"), "buses": ["kcan-s"]})
json.dump(car, sys.stdout)
PYTHON
cat > dice/dice.py << PYTHON
#!/usr/bin/python3
import random, sys
sys.path.append("$scenarios/../tools/python")
from kmsim_peer import Unit, run
class Dice(Unit):
    accepts = [(0, 0x23A)]
    def power_on(self, now, image): pass
    def activate(self, now, inputs):
        for given in inputs:
            if given.kind == "frame": self.send(0, 0x3F1, random.SystemRandom().randbytes(8))
run(Dice())
PYTHON
chmod +x dice/dice.py
story dice/dice.json dice "$unlock, {\"wait\": \"1 s\"}" '"vehicle": "./car.json",'
gives 0 "$bin/kmsim" run dice/dice.json
gives 1 "$bin/kmsim" run --repeat 3 --trace-failures dice/traces dice/dice.json
grep -qE 'message: "two runs of it differ, the first and that of number 2, at 0\.1[0-9]+ s"' out || fail "$(cat out)"
grep -qE 'expected: "\(0\.1.* 3F1#' out && grep -qE 'last_seen: "\(0\.1.* 3F1#' out && [ -s dice/traces/dice.log ] || fail "$(cat out)"
gives 0 "$bin/kmsim" run --repeat 3 tree/b/door.json

# ---- who is alone ----
gives 0 "$bin/kmsim" run -j 2 --bus "ipc://$work/car" tree/b/door.json tree/b/z1.json
grep -qx 'kmsim: --bus takes one story at a time: -j is 1' err || fail "$(cat err)"
gives 0 "$bin/kmsim" run --bus "ipc://$work/car" tree/b/door.json tree/b/z1.json
[ ! -s err ] || fail "$(cat err)"

# ---- a worker that dies ----
workers_of() { # of that run
    ps -o pid= --ppid "$1" | tr -d ' '
}

is_at_it() { # a run with so many workers, each with its units
    [ "$(workers_of "$1" | wc -l)" = "$2" ] && there_are_units $((4 * $2))
}

mkdir slow
for i in 1 2 3 4; do sed "s/\"endless\"/\"endless $i\"/" endless.json > slow/$i.json; done
"$bin/kmsim" run -j 2 --timeout "30 s" --json broken.json slow > out 2> err & run=$!
within 20 is_at_it $run 2 || fail "there are no two workers: $(workers_of $run)"
kill -9 "$(workers_of $run | sed -n 2p)" # the one at the second story
within 20 is_at_it $run 1 || fail "a killed worker: another than one is there: $(workers_of $run)"
kill -9 "$(workers_of $run)" # that at the first: it is the first that breaks
status=0; wait $run || status=$?
[ $status = 3 ] && [ "$(told)" = "endless 1," ] || fail "a killed worker: status $status: $(cat out err)"
grep -qx 'Bail out! the process that played it was killed by signal 9 (Killed)' out || fail "$(cat out)"
grep -q 'slow/1.json: the process that played it was killed' err && grep -q '"ended":"the process' broken.json || fail "$(cat err)"
nothing_left "a killed worker" files

"$bin/kmsim" run -j 1 --timeout "30 s" --keep-going tree/b slow/1.json tree/a/long.json > out 2> err & run=$!
within 20 grep -qs z6 out || fail "$(cat out)"
within 20 is_at_it $run 1 || fail "$(workers_of $run)"
kill -9 "$(workers_of $run)"
status=0; wait $run || status=$?
[ $status = 3 ] && [ "$(told)" = "green,red,a key twice,z1,z2,z3,z4,z5,z6,endless 1,long," ] || fail "status $status: $(cat out err)"
[ "$(grep -c 'was killed by signal 9' out)" = 1 ] && ! grep -q 'Bail out' out || fail "$(cat out)"
nothing_left "a killed worker whose run goes on" files

# ---- interrupted ----
for signal in INT TERM; do
    env --default-signal=INT,TERM "$bin/kmsim" run -j 2 --timeout "30 s" --trace-failures cut --json cut.json --junit cut.xml tree/b slow > out 2> err & run=$!
    within 20 grep -qs z6 out || fail "$(cat out)"
    within 20 is_at_it $run 2 || fail "$(workers_of $run)"
    kill -$signal $run
    status=0; wait $run || status=$?
    [ $status = $((128 + $(kill -l $signal))) ] || fail "SIG$signal: status $status"
    [ "$(told)" = "green,red,a key twice,z1,z2,z3,z4,z5,z6," ] || fail "$(told)"
    tail -n 1 out | grep -qx "Bail out! interrupted by signal $(kill -l $signal)" || fail "$(cat out)"
    valid cut.xml
    /usr/bin/python3 -c 'import json; r = json.load(open("cut.json")); assert len(r["stories"]) == 9 and "interrupted" in r["ended"]' || fail "$(cat cut.json)"
    [ "$(ls cut)" = red.log ] || fail "a trace of what nobody is told: $(ls cut)"
    nothing_left "an interrupted run"
done

# A person sees a bar with counts, and what was done when Ctrl-C ends it: the signal comes to all of them at once.
cat > person.py << 'PYTHON'
import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"
    os.execv(sys.argv[1], sys.argv[1:])
said, sent = b"", False
while True:
    try:
        got = os.read(terminal, 4096)
    except OSError:
        break
    if not got:
        break
    said += got
    if not sent and b"z6" in said.split(b"z5  (")[-1] and b"left: endless" in said:
        sent = True
        os.write(terminal, b"\x03")
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.write(said.decode())
sys.exit(status if status >= 0 else 99)
PYTHON
gives 130 /usr/bin/python3 person.py "$bin/kmsim" run -j 2 --timeout "30 s" tree/b slow
grep -qE '\[#+-+\] [0-9]+ of 13, 1 failed, [0-9]+ (s|min) left: ' out && grep -q '9 of 13 stories: ' out || fail "$(cat out)"
nothing_left "Ctrl-C"
cd "$scenarios/.."
"$moments" "$bin" 15
echo "suites are played"
