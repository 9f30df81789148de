#!/usr/bin/env bash
# the page: valid HTML around one JSON report, no text of a story is markup, no network, contrast, labels; joined from shards the same
# Uses build/bin, or the directory given. What it does in a browser is `make page`.
set -eu
. "$(dirname "$0")"/checking.sh
bin=$(realpath "${1:-build/bin}")
tests=$(realpath tests/page)
source=$(realpath scenarios/reports/page.html)
records=$(realpath scenarios/reports/record.c)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$tests/stories" "$work"
cd "$work"

valid() { # page
    tidy -quiet -errors --drop-empty-elements no "$1" > problems 2>&1 && [ ! -s problems ] || fail "$1: $(cat problems)"
}

without_data() { # page
    sed -E 's/(id="records">)[^<]*/\1/; /^\{"number":/d; /^\],/s/[^<]*//' "$1" | tr -d '\n'
}

without_times() { # page
    sed -E 's/"wall_ns":[0-9]+/"wall_ns":0/g' "$1"
}

valid "$source"
gives 2 "$bin/kmsim" run --in-process --keep-going --html page.html --json report.json stories
[ "$(tail -n 1 err)" = "2 mistakes" ] || fail "$(cat err)"
valid page.html
"$tests/structure.py" page.html report.json
[ "$(without_data page.html)" = "$(without_data "$source")" ] || fail "the page in kmsim is another than $source: $(without_data page.html | head -c 3000)"
grep -q '"timeline":{"steps":\[' page.html || fail "there is no time line"

# what stories could cover: the project's own, and the car's only where a story covers one of them
covered() { # report; names of the requirements that it knows
    /usr/bin/python3 -c 'import json, sys; print(*json.load(open(sys.argv[1]))["requirements"])' "$1"
}
[ "$(covered report.json)" = "R1 R2 R3 R4 R5 R6 R7 R8 R9 R10 R11 R12 R13 R14 DOOR-1 DOOR-2" ] || fail "$(covered report.json)"
gives 0 "$bin/kmsim" run --in-process --json own.json stories/doors/locked.json
[ "$(covered own.json)" = "DOOR-1 DOOR-2" ] || fail "$(covered own.json)"
gives 1 "$bin/kmsim" run --in-process --json ours.json stories/seat
gives 1 "$bin/kmsim" merge --json both.json own.json ours.json
[ "$(covered both.json)" = "DOOR-1 DOOR-2 R1 R2 R3 R4 R5 R6 R7 R8 R9 R10 R11 R12 R13 R14" ] || fail "$(covered both.json)"

# whatever a record has, the page tells
fields=$(sed -nE 's/^    \{"([a-z_]+)", FIELD_[A-Z]+, PLACE\([a-z_]+\), false\},$/\1/p' "$records")
[ "$(echo "$fields" | wc -l)" -gt 15 ] || fail "record.c has hardly a field: $fields"
for field in $fields; do
    [ "$field" = number ] || grep -qE "(record|story)\.$field\b" page.html || fail "the page does not tell $field of a record"
done

# every mistake that the check of the structure is for, planted: what it must say, and how
planted() {
    sed "$2" page.html > wrong.html
    ! cmp -s page.html wrong.html || fail "nothing is planted by $2"
    "$tests/structure.py" wrong.html report.json > problems 2>&1 && fail "the check of the structure does not see $2"
    grep -q "wrong.html: $1" problems || fail "it does not say $1: $(cat problems)"
}
planted 'img loads x.png' 's/<main>/<main><img src="x.png">/'
planted 'nav has onclick' 's/<nav /<nav onclick="f()" /'
planted 'a goes to http' 's/href="#stories"/href="http:\/\/localhost"/'
planted 'input .* has no label' 's/<label class="field">Text \(<input [^>]*>\)<\/label>/\1/'
planted 'the script says innerHTML' 's/place("verdict").textContent = /place("verdict").innerHTML = /'
planted 'the script says fetch' 's/"use strict";/&fetch("x");/'
planted 'its policy is' "s/default-src 'none'/default-src */"
planted 'palette 0: quiet on page' 's/--quiet: #56606b/--quiet: #9aa0a6/'
planted 'palette 1: text on page' 's/--text: #e7ebef/--text: #37414b/'
planted 'its data is another report' 's/u003c/u003e/'
planted 'its data is not one text' 's/\\u003c/</'
planted 'there is no shown' 's/id="shown"/id="shewn"/'
planted 'two elements are called shown' 's/id="more"/id="shown"/'
planted 'the style says @import' 's/* { box-sizing/@import "x.css"; &/'
planted '3 scripts' 's/<\/body>/<script>f()<\/script>&/'

# joined from shards it is the same, and an early end is told
for shard in 1 2 3; do "$bin/kmsim" run --in-process --keep-going --timeline --shard $shard/3 --json $shard.json stories > out 2> err || true; done
gives 2 "$bin/kmsim" merge --html joined.html 2.json 3.json 1.json
without_times page.html > one
without_times joined.html | cmp one - || fail "a page that was joined is another"
gives 3 "$bin/kmsim" merge --html some.html 2.json 3.json
valid some.html
grep -q '"ended":"shard 1/3 is missing"' some.html || fail "$(grep -o '"ended".*' some.html)"
gives 1 "$bin/kmsim" run --in-process --fail-fast --html early.html stories/doors stories/seat
valid early.html
grep -q '"ended":"the first story that fails ends the run"' early.html || fail "$(grep -o '"ended".*' early.html)"
gives 2 "$bin/kmsim" run --in-process --html nowhere/page.html stories/seat
grep -qx 'kmsim: --html: nowhere/page.html: No such file or directory' err && [ ! -s out ] || fail "$(cat out err)"
echo "the page is valid"
