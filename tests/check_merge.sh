#!/usr/bin/env bash
# shards: joined by kmsim merge they report what one run does, but for times; balanced by durations; what is missing or twice is told by its number
# Uses build/bin, or the directory given.
set -eu
. "$(dirname "$0")"/checking.sh
bin=$(realpath "${1:-build/bin}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r scenarios "$work"
cd "$work"

same() { # report, report, what they are
    without_times "$1" > one
    without_times "$2" > other
    cmp one other || fail "$3: $(diff one other | head -n 5)"
}

run() { # options …
    "$bin/kmsim" run --in-process --json ignored.json --timeline --trace-failures traces "$@" stories > out 2> err || true
}

# Some stories of ours, two that fail, of which one has letters that JSON, XML and TAP write differently.
mkdir -p stories/more
for name in welcome two_keys_one_number delivered_keys unit_loses_power; do cp scenarios/$name.json stories; done
printf '{"name": "red # <&> \\"här\\"", "covers": ["R6"], "steps": [{"wait": "1 s"}, {"expect": {"car": "unlocked"}}]}' > stories/more/red.json
printf '{"name": "red", "steps": [{"expect": {"car": "unlocked"}}]}' > stories/red.json
for i in $(seq 9); do printf '{"name": "%s", "steps": [{"wait": "%s s"}]}' "$i" "$i" > stories/more/$i.json; done
sed -i 's|"vehicle": *"[^"]*",||' stories/*.json
all=15

run --junit all.xml --json all.json
cp out all.tap
[ "$(grep -c 'ok ' all.tap)" = $all ] && [ "$(grep -c '^not ok' all.tap)" = 2 ] || fail "$(cat all.tap)"

# ---- three shards, in whatever order ----
for shard in 1 2 3; do
    run --shard $shard/3 --junit $shard.xml --json $shard.json
    cp out $shard.tap
done
[ "$(cat 1.tap 2.tap 3.tap | grep -c 'ok ')" = $all ] || fail "$(cat ./?.tap)"
for order in "1 2 3" "3 1 2"; do
    # shellcheck disable=SC2046,SC2086
    gives 1 "$bin/kmsim" merge --junit merged.xml --json merged.json $(printf '%s.json ' $order)
    cmp all.tap out || fail "TAP is another: $(diff all.tap out)"
    same all.xml merged.xml "JUnit"
    same all.json merged.json "JSON"
done
[ "$(ls traces | tr '\n' ,)" = red-2.log,red.log, ] || fail "$(ls traces)"

# ---- by durations: one story takes as long as all the others ----
sed -E 's/"wall_ns":[0-9]+/"wall_ns":1000/; /more\/5.json/s/"wall_ns":1000/"wall_ns":14000/' all.json > durations.json
run --shard 1/2 --durations durations.json --json one.json
[ "$(grep -c 'ok ' out)" = 1 ] && grep -q 'ok 1 - 5$' out || fail "$(cat out)"
run --shard 2/2 --durations durations.json --json two.json
[ "$(grep -c 'ok ' out)" = 14 ] || fail "$(cat out)"
gives 1 "$bin/kmsim" merge --json merged.json one.json two.json
same all.json merged.json "JSON of balanced shards"
run --shard 40/40 # more than there are stories
[ "$(tail -n 1 out)" = 1..0 ] || fail "$(cat out err)"

# ---- what is missing, was killed, ended early, is there twice, or is something else ----
gives 3 "$bin/kmsim" merge --junit some.xml 3.json 1.json
grep -qx 'kmsim: shard 2/3 is missing' err && tail -n 1 out | grep -qx 'Bail out! shard 2/3 is missing' || fail "$(cat out err)"
grep -q '<error type="ended early" message="shard 2/3 is missing"/>' some.xml || fail "$(cat some.xml)"
head -n 3 2.json > killed.json
gives 3 "$bin/kmsim" merge 3.json killed.json 1.json
grep -q 'killed.json: shard 2/3 has no end: its run was killed, or is not over' err || fail "$(cat err)"
: > empty.json
gives 3 "$bin/kmsim" merge 1.json empty.json
grep -q 'empty.json: is empty: its run was killed, or is not over' err && grep -q 'shard 2/3 is missing' err || fail "$(cat err)"
gives 3 "$bin/kmsim" merge 1.json none.json 3.json
grep -q 'none.json: No such file' err && grep -q 'shard 2/3 is missing' err || fail "$(cat err)"
run --shard 2/3 --fail-fast --json 2b.json
gives 3 "$bin/kmsim" merge 1.json 2b.json 3.json
grep -q 'shard 2/3 ended early: the first story that fails ends the run' err || fail "$(cat err)"
gives 2 "$bin/kmsim" merge 1.json 2.json 2b.json 3.json
grep -q 'shard 2/3 is there twice: 2.json and 2b.json' err && [ ! -s out ] || fail "$(cat out err)"
run --filter red --shard 3/3 --json other.json
gives 2 "$bin/kmsim" merge 1.json 2.json other.json
grep -q '1.json and other.json are not of the same suite' err || fail "$(cat err)"
echo '{"stories": []}' > else.json
gives 2 "$bin/kmsim" merge else.json
grep -q 'else.json: is no report of kmsim run --json' err || fail "$(cat err)"
gives 2 "$bin/kmsim" merge

# ---- several runs that are no shards stand one behind the other ----
gives 1 "$bin/kmsim" merge --json both.json all.json all.json
[ "$(grep -c 'ok ' out)" = $((2 * all)) ] && grep -q "^1..$((2 * all))$" out || fail "$(cat out)"
gives 1 "$bin/kmsim" merge --json again.json all.json
cmp all.json again.json || fail "a report that is read and written is another"

# ---- Ctrl-C: what was told so far is a whole report, and says that it is not all ----
"$bin/kmsim" run --in-process --json flat.json stories > out || true
many=$(printf 'flat.json %.0s' $(seq 400))
mkfifo pipe
cat > slow.py << 'PYTHON'
import sys, time
with open("pipe", "rb", buffering=0) as pipe, open("out", "wb") as out:
    out.write(pipe.read(100))
    open("reads", "w").close()
    time.sleep(float(sys.argv[1]))
    while (some := pipe.read(65536)):
        out.write(some)
PYTHON
for pause in 1 5; do # a reader who goes on in time, and one who does not
    /usr/bin/python3 slow.py $pause & reader=$!
    # shellcheck disable=SC2086
    env --default-signal=INT "$bin/kmsim" merge --json cut.json $many > pipe 2> err & merge=$!
    until [ -e reads ]; do sleep 0.05; done
    sleep 0.3 # until the pipe is full
    kill -INT $merge
    status=0; wait $merge || status=$?
    wait $reader
    rm reads
    [ $status = 130 ] && grep -q 'interrupted by signal 2' err || fail "an interrupted merge: $status, $(cat err)"
    /usr/bin/python3 -c 'import json; r = json.load(open("cut.json")); assert "interrupted" in r["ended"] and r["stories"]' || fail "cut.json"
    grep -nE '^(not )?ok ' out | awk '{ number = $2 == "ok" ? $3 : $2; if (number != NR) exit 1 }' || fail "a gap in what was told"
    [ $pause = 5 ] || tail -n 1 out | grep -qx 'Bail out! interrupted by signal 2' || fail "$(tail -n 3 out)"
    [ $pause = 1 ] || grep -qx 'kmsim: nobody reads the report' err || fail "$(cat err)"
done
echo "shards are joined"
