#!/usr/bin/env bash
# gates: a fault planted into each, in a copy of the tree, turns it red
# For each gate of make check, fuzz, page, crash, bench and lint the table at the end has what is planted, how, and what the gate
# must say: red for another reason does not count. The rows of `slow` only with --all (make gates).
#   tests/check_gates.sh [--all] [PART…]     only the rows that have one of the parts in gate or fault
# shellcheck disable=SC2034 # what rows of the table use is evaluated
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/checks.sh
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
all=
[ "${1:-}" != --all ] || { all=yes; shift; }
only=("$@")
root=$PWD
work=$(mktemp -d "${TMPDIR:-/tmp}/XXXX") || exit 2 # short: sockets are in it
trap 'rm -rf "$work"' EXIT

# ---- planting: all this is called in a copy of the tree, in a process of its own that ends when it cannot --------------------------------------------------------------

# Objects and programs are hard links: who makes them anew removes the old file first (as, ld and our rules do). What make
# wrote down of headers is left out, because gcc writes into that file; faults are planted into no header.
take() { # paths that are copied from the tree
    local path
    for path in "$@"; do
        mkdir -p "$(dirname "$path")" || exit 1
        case $path in
        build/*)
            cp -al "$root/$path" "$path" 2> /dev/null || cp -a "$root/$path" "$path" || exit 1
            [ ! -d "$path" ] || find "$path" -name '*.d' -delete
            ;;
        *) cp -a "$root/$path" "$path" || exit 1 ;;
        esac
    done
}

change() { # file, sed script: which must change something
    cp "$1" "$1.before" && sed -i -E "$2" "$1" || exit 1
    ! cmp -s "$1" "$1.before" || { echo "$1 is not changed by $2"; exit 1; }
    rm "$1.before"
}

append() { # file, text
    echo "$2" >> "$1"
}

rebuild() { # what of build
    make -s "${@/#/build/}" || exit 1
}

rebuild_all() {
    make -s all || exit 1
}

keep() { # what is kept of scenarios, tests and fuzz targets, by part of the path; none: nothing
    local path part
    for path in scenarios/*.json tests/test_*.c tests/fuzz/fuzz_*.c; do
        case $path in *.schema.json) continue ;; esac
        for part in "$@"; do [[ $path != *"$part"* ]] || continue 2; done
        rm "$path"
    done
}

keep_test() { # of the unit tests that one, with its program
    keep "$1"
    take "build/tests/$1" "build/tests/$1.o"
}

take_support() { # directory of the tests' programs: what they have in common
    local object
    for object in "$root/$1"/*.o; do
        [[ $object = */test_* ]] || take "$1/${object##*/}"
    done
}

script() { # path, text of a program of the shell
    rm -f "$1"
    mkdir -p "$(dirname "$1")"
    printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod +x "$1"
}

small() { # a tree of so little that lint and fuzz take no time
    find bus cas ecus scenarios tools tests -name '*.[ch]' -not -path 'bus/base/time.?' -delete
    rm -rf build
}

fuzz_target() { # body: of a fuzz target, the only one
    small
    printf '%s\n' '#include <stdint.h>' '#include <stdlib.h>' '#include <unistd.h>' \
        'int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);' \
        "int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { (void)data, (void)size; $1 return 0; }" \
        > tests/fuzz/fuzz_planted.c
    mkdir tests/fuzz/fuzz_planted
    echo 6162 > tests/fuzz/fuzz_planted/ab.hex
}

bench_programs() { # status, text, what goes to standard error: of each, in the place of the real ones, which take minutes
    local source
    for source in tests/bench/bench_*.c; do
        script "build/bench/$(basename "$source" .c)" "echo '$2'; printf '${3:-}' >&2; exit $1"
    done
}

real_bench() { # program: among those that are none
    rm "build/bench/$1"
    rebuild "bench/$1"
}

# What rows of the table share; they are evaluated there.
LIBRARY_AND_TOOLS="libkmsim.a bin/kmsim"
OVERFLOW='s/^(    self->begun = self->seen = false;)$/\1 volatile int planted = 0x7FFFFFFF; planted += 1;/'
LEAK='s/^    process_hold_standard_files\(\);$/& if (strdup("12345678")[0] != 49) return 9;/'
WRONG_NUMBER='s/^( *\.personalization = )number,/\1number % 4 + 1,/'
NEVER_STORED='s/rename_file\(self, writing, name\) != 0/false/'
TRAP='s/^    image_clear\(image\);$/& __builtin_trap();/'

# ---- the gates -------------------------------------------------------------------------------------------------------

checks() { # part of a check's name: the gate of make check
    tests/check.sh "$1"
}

rows=() names=() parts=() # numbers of the rows to look at; of each row what it is called, and the part of the gate's name

# part of the gate's name, what is planted, what the gate must say (extended regular expression), how it is planted, the gate
row() {
    local number=${#names[@]}
    names+=("$1: $2") parts+=("$1")
    wanted "$1: $2" || return 0
    rows+=("$number")
    said[$number]=$3 how[$number]=$4 gate[$number]=$5 checked[$number]=$1
}

quick() { # part of the check's name, what, what it must say, how
    row "$1" "$2" "$3" "$4" "${5:-checks \"$1\"}"
}

slow_row() { # like row, with --all
    if [ -n "$all" ]; then row "$@"; else names+=("$1: $2") parts+=("$1"); fi
}

slow() { # like quick, with --all
    slow_row "$1" "$2" "$3" "$4" "${5:-checks \"$1\"}"
}

plant_and_look() { # number of a row: its verdict, and why
    local number=$1 tree=$work/$1 status=0 out=$work/$1.out
    mkdir "$tree"
    (
        cd "$tree" && take Makefile README.md LICENSE .clang-format .clang-tidy bus cas ecus scenarios tools tests \
            build/{bin,bus,cas,ecus,scenarios,tools,libkmsim.a} && eval "${how[$number]}"
    ) > "$out" 2>&1 || { echo "cannot be planted:" && tail -n 20 "$out"; return 1; }
    (cd "$tree" && TMPDIR=$work eval "${gate[$number]}") > "$out" 2>&1 || status=$?
    rm -rf "$tree"
    [ $status != 0 ] || { echo "stays green:" && tail -n 20 "$out"; return 1; }
    grep -qE -- "${said[$number]}" "$out" || { echo "is red, but does not say '${said[$number]}':" && tail -n 20 "$out"; return 1; }
    case ${gate[$number]} in checks*) ;; *) return 0 ;; esac
    grep -q "^FAIL .*${checked[$number]}" "$out" || { echo "is red, but not that gate:" && tail -n 20 "$out"; return 1; }
}

look() { # number of a row
    plant_and_look "$1" > "$work/$1.why" || echo "$1" >> "$work/failed"
}

declare -A said how gate checked

# ---- the table -------------------------------------------------------------------------------------------------------

quick "build (gcc)" "a variable that nobody uses" "unused variable" \
    'append tools/cip.c "void planted(void); void planted(void) { int unused; }"'
quick "purity gate" "a pure module that asks for the time" "a pure module needs: time" \
    'append bus/base/time.c "long time(long *); long planted(void); long planted(void) { return time(0); }"; rebuild bus/base/time.o'
slow "purity gate" "a pure module with writable data" "has writable data" \
    'append cas/keys.c "extern int planted; int planted = 1;"; rebuild cas/keys.o'
quick "purity gate" "a module that was not built" "time.o: is not there" 'rm build/bus/base/time.o'
quick "purity gate" "a room without modules" "is not there" 'rm cas/*.c'
quick "the rule of the rooms" "a module that includes what stands above it" "time.c: includes tools/options.h" \
    'append bus/base/time.c "#include \"tools/options.h\""'
quick "the rule of the rooms" "a check whose command is missing" "No such file" 'rm tests/rooms.py'
quick "unit tests" "a module that is wrong" "test_time failed" \
    'keep_test test_time; take_support build/tests;
     change bus/base/time.c "s/\"us\", TIME_US/\"us\", TIME_MS/"; rebuild tests/test_time'
quick "unit tests" "a test without its program" "test_time failed" 'keep test_time'
quick "unit tests" "a program that runs no test" "ran no test" 'keep test_time; script build/tests/test_time "exit 0"'
quick "unit tests" "a program that crashes" "test_time failed" 'keep test_time; script build/tests/test_time "kill -SEGV \$\$"'
quick "unit tests" "a test that leaves a file behind" "leave behind: .*/left" \
    'keep test_time; script build/tests/test_time "echo 100%: Checks: 1; touch \$TMPDIR/left"'
quick "unit tests" "a directory of tests without any" "test_\* failed" 'keep'
quick "scenario files are valid" "a story that is none" "welcome.json:[0-9]*:[0-9]*: /steps/0" \
    'change scenarios/welcome.json "0,/\"steps\": \[/s/\"steps\": \[/&{\"wait\": \"1 h\"},/"'
quick "scenario files are valid" "a requirement without a story" "R1 +no story" 'keep welcome'
quick "stories on processes" "a unit that takes another number" "^ +not ok 1" \
    'keep two_keys; change cas/remote.c "$WRONG_NUMBER"; rebuild $LIBRARY_AND_TOOLS bin/cas'
quick "stories in-process" "a unit that takes another number" "^ +not ok 1" \
    'keep two_keys; change cas/remote.c "$WRONG_NUMBER"; rebuild $LIBRARY_AND_TOOLS'
quick "stories on processes" "a directory of stories without any" "no scenario" 'keep'
quick "stories in-process" "a program that is not there" "No such file" 'rm build/bin/kmsim'
quick "build (gcc, ASan and UBSan)" "a variable that nobody uses" "unused variable" \
    'take build/asan/{bin,bus,cas,ecus,scenarios,tools,libkmsim.a};
     append tools/cip.c "void planted(void); void planted(void) { int unused; }"'
slow "unit tests under ASan and UBSan" "a module that writes past its array" "out of bounds|buffer-overflow" \
    'keep test_time; take build/asan/{bus,cas,ecus,scenarios,tools,libkmsim.a} build/asan/tests/test_time.o;
     take_support build/asan/tests;
     change bus/base/time.c "s/size_t count = 0;/size_t count = TIME_TEXT_MAX;/"; sanitized_build build/asan/tests/test_time'
quick "stories in-process under ASan and UBSan" "an addition that overflows" "signed integer overflow" \
    'keep two_keys; take build/asan/{bin,bus,cas,ecus,scenarios,tools,libkmsim.a};
     change bus/kernel/kernel.c "$OVERFLOW"; sanitized_build build/asan/bin/kmsim'
quick "build (clang)" "a variable that nobody uses" "unused variable" \
    'take build/clang; append tools/cip.c "void planted(void); void planted(void) { int unused; }"'
quick "the same trace from both hosts" "a time of the machine in a trace" "gives different traces" \
    'keep two_keys; change bus/trace/trace_candump.c "s/time_format\(now_ns,/time_format(now_ns + INT64_C(1000) * getpid(),/;
     s/^#include <stdio.h>/&\n#include <unistd.h>/"; rebuild_all'
quick "the same trace from both hosts" "a build that is older than its sources" "is older than" \
    'touch bus/base/time.c'
quick "crash test" "a unit that says it has stored, and has not" "violation" \
    'change bus/files/state_directory.c "$NEVER_STORED"; rebuild_all'
quick "fuzz targets" "a trap" "Aborted|Illegal|FAIL" \
    'keep fuzz_image; take build/asan/{bin,bus,cas,ecus,scenarios,tools,libkmsim.a}; change bus/files/image_file.c "$TRAP"'
quick "DBC files" "signed signals that are read as unsigned" "Eleven: .*, but by bits -1" \
    'change bus/can/dbc.c "s/if \(self->is_signed \&\& /if (false \&\& /"; rebuild_all'
quick "benches: " "units that send nothing" "frames carried: 0, not" \
    'change tests/bench/bench_rounds.c "s/outbox_send\(outbox, 0, &frame, OUTBOX_REPLACE\);/(void)frame;/"'
slow "benches: " "a bench that forgets its directory" "left behind: 0 processes, files" \
    'change tests/bench/bench_commands.c "s/scratch_remove_all\(bench.directory\);//"'
slow "benches: " "a bench whose processes outlive it" "after SIG[A-Z]* leaves processes|leaves files" \
    'change tests/bench/guard.c "s/kill\(-child, SIGKILL\);/kill(child, SIGKILL);/; s/prctl\(PR_SET_CHILD_SUBREAPER, 1\);//;
     s/prctl\(PR_SET_PDEATHSIG, SIGKILL\);//"'
quick "attackers on the sockets" "a car that believes whoever speaks for a unit" "speaks for [a-z]* ends with|somebody spoke for" \
    'change bus/zmq/wire.c "s/if \(differences != 0\)/if (differences == 0 \&\& *size == 0)/"; rebuild_all'
slow "endpoints" "other words for a file in the place" "not \"car: is there already" \
    'change bus/zmq/endpoint.c "s/is there already, and is no socket/is no socket/"; rebuild_all'
slow "help: " "other words for an unknown command" "cannot do \"dance\"" \
    'change tools/kmsim.c "s/unknown command \\\\\"/cannot do \\\\\"/"; rebuild_all'
slow "limits of the machine" "another name for a limit" "kmsim run .* with 8 open files" \
    'change bus/zmq/limits.c "s/ulimit -n/ulimit -m/"; rebuild_all'
slow "settings in several messages" "other words for a range" "by steps of" \
    'change scenarios/story/story_values.c "s/ in steps of / by steps of /"; rebuild_all'
slow "the workshop's tools at units that answer wrongly" "other words for what cannot be read" "the answer cannot be read" \
    'change scenarios/story/words_workshop.c "s/answer cannot be read/answer is strange/"; rebuild_all'
quick "make install" "a tool that is not installed" "cip --version: status 127" 'change Makefile "s/^TOOLS  .*$/TOOLS = kmsim bus-sniffer service-tool/"'
slow "other people's tools" "an ASC trace with other bytes" "FAILED: python-can reads the ASC trace" \
    'change bus/trace/trace_asc.c "s/\(unsigned\)frame->data\[i\]/1u ^ &/"; rebuild $LIBRARY_AND_TOOLS'
slow "live car" "other words when there is no car" 'not "no live car' \
    'take build/tests/test_hub; change tools/step_channel.c "s/no live car at/no car at/"; rebuild_all'
slow "units of one's own" "a header that does not stand by itself" "\./bus/.*\.h$" \
    'change bus/base/time.h "s/^#include <stdint.h>\$//"'
quick "packages" "status 0 when packages are missing" "status 0: kmsim needs" 'change Makefile "s/>\&2; exit 2\$/>\&2; exit 0/"'
quick "a control unit in Python" "a peer that keeps another brightness" "the story fails" 'change tests/peer/light.py "s/else 50\$/else 51/"'
slow "sniffer and processes" "a sniffer that says something else" "lines, none missed" 'change tools/bus_sniffer.c "s/, nothing missed/, none missed/"; rebuild_all'
quick "the JSON Schema" "a schema that takes unknown members" "the schema accepts it" \
    'change scenarios/scenario.schema.json "s/\"additionalProperties\": false/\"additionalProperties\": true/"'
slow "stored memory: " "other words for a contradiction" 'does not say "/key_memory' \
    'change scenarios/story/story_stored.c "s/contradicts what/contradicts that/"; rebuild_all'
slow "suites: " "a JUnit report with an attribute of its own" "fails to validate" \
    'change scenarios/reports/report_junit.c "s/\"classname\"/\"class\"/"; rebuild_all'
slow "suites: " "a worker that dies, taken for a story that fails" "a killed worker: " \
    'change tools/suite_play.c "s/RECORD_TIMED_OUT : RECORD_BROKEN, problem/RECORD_TIMED_OUT : RECORD_FAILED, problem/"; rebuild_all'
slow "soak" "memory that a worker never frees" "memory has grown" \
    'change tools/story_record.c "s/^    story_watch_next_story\(watch\);$/&\n    memset(malloc(4096), 1, 4096);/"; rebuild_all'
slow "soak" "a file that is never closed" "open files and processes were" \
    'change tools/story_record.c "s/^    story_watch_next_story\(watch\);$/&\n    tmpfile();/"; rebuild_all'
slow "shards: " "a shard that nobody misses" "status 1, not 3" \
    'change tools/kmsim_merge.c "s/if \(!has_shard\(self, shard\)\)/if (!has_shard(self, shard) \&\& shard > 99)/"; rebuild_all'
slow "the page: " "a text of a story that is taken for markup" "the script says innerHTML" \
    'change scenarios/reports/page.html "s/^(    document.title = .)/    place(\"took\").innerHTML = STORIES[0].name;\n\1/"; rebuild_all'
slow "the page: " "data that ends where a text says so" "end of the comment" \
    'change scenarios/reports/report_html.c "s/..u003c/</"; rebuild_all'
slow "verdicts" "another version of TAP" "TAP version 12" 'change scenarios/reports/report.c "s/TAP version 13/TAP version 12/"; rebuild_all'
slow "the workshop's tools on a live car" "blocked said for released" "other text" \
    'change tools/service_keys.c "s/\"blocked\" : \"released\"/\"released\" : \"blocked\"/"; rebuild_all'
slow "valgrind" "memory that is never freed" "9 bytes in 1 blocks are definitely lost" \
    'change tools/kmsim.c "$LEAK"; rebuild bin/kmsim'
quick "clang-format, clang-tidy" "two blanks" "clang-format-violations" \
    'small; change bus/base/time.c "s/return c >=/return  c >=/"'
quick "clang-format, clang-tidy" "a condition that is always true" "misc-redundant-expression" \
    'small; change bus/base/time.c "s/return c >= .0. \&\& c <= .9./return c >= c/"'
quick "clang-format, clang-tidy" "an array that is read past its end" "arrayIndexOutOfBounds" \
    'small; append bus/base/time.c "
int planted(void);
int planted(void)
{
    int few[2] = {0, 0};
    return few[2]; // NOLINT
}"'
quick "clang-format, clang-tidy" "a script that goes on without its directory" "SC2164" \
    'small; script tests/planted.sh "cd /nowhere"'
quick "clang-format, clang-tidy" "a tree without sources" "nothing to look at" 'small; find . -name "*.c" -delete'
row "make check" "a check that fails" "^make.*Error" 'rm tests/rooms.py' 'make check ONLY="rule of the rooms"'
row "make check" "a check that there is not" "0 passed, 0 failed" 'true' 'make check ONLY="no such check"'
row "make lint" "a script that goes on without its directory" "SC2164" 'small; script tests/planted.sh "cd /nowhere"' 'make lint'
FUZZ='make fuzz FUZZ_SECONDS=2 FUZZ_FLAGS="-timeout=1 -report_slow_units=1 -rss_limit_mb=300"'
row "make fuzz" "a trap" "artifacts: .*crash-" 'fuzz_target "__builtin_trap();"' "$FUZZ"
slow "make fuzz" "memory that is never freed" "artifacts: .*leak-" \
    'fuzz_target "void *volatile lost = malloc(9); lost = NULL;"' "$FUZZ"
slow "make fuzz" "more memory than there is" "artifacts: .*oom-" \
    'fuzz_target "void *volatile all = malloc(900000000); free(all);"' "$FUZZ"
slow "make fuzz" "an input without an end" "artifacts: .*timeout-" 'fuzz_target "if (size) for (volatile int i = 0; i < 2;) i = 0;"' "$FUZZ"
slow "make fuzz" "an input that takes long" "artifacts: .*slow-unit-" \
    'fuzz_target "if (size > 1) usleep(1500000);"' "${FUZZ/-timeout=1/-timeout=30}"
slow "make fuzz" "a target that ends" "ended with status" 'fuzz_target "if (size) _exit(0);"' "$FUZZ"
slow "make fuzz" "a target that is no C" "error: " 'fuzz_target "no C;"' "$FUZZ"
slow_row "make page" "a story that cannot be opened" "the browser says .*nobody is not defined|never: " \
    'change scenarios/reports/page.html "s/^function drawStory\(index\) \{/&\n    nobody();/"; rebuild_all' 'tests/page.sh'
slow_row "make page" "a page that asks a network" "the browser says .*127.0.0.1:9|the page asks for" \
    'change scenarios/reports/page.html "s/^showHead\(\);/&\nfetch(\"http:\/\/127.0.0.1:9\/x\").catch(() => 0);/"; rebuild_all' 'tests/page.sh'
slow_row "make crash" "a unit that says it has stored, and has not" "violation" \
    'change bus/files/state_directory.c "$NEVER_STORED"; rebuild_all' 'tests/crash.sh 1'
BENCH='KMSIM_BENCH=quick tests/bench.sh'
row "make bench" "a story that fails" "failed: status 3 of build/bench/bench_commands" \
    'bench_programs 0 "| 7 |"; real_bench bench_commands;
     change scenarios/two_keys_one_number.json "s/\"profile\": 1/\"profile\": 2/"' "$BENCH"
row "make bench" "a program that does nothing" "not 1 stories passed" \
    'bench_programs 0 "| 7 |"; real_bench bench_commands; script build/bin/kmsim "exit 0"' "$BENCH"
row "make bench" "a bench that breaks off" "failed: status 3 of build/bench/bench_kernel" \
    'bench_programs 0 "| 7 |"; script build/bench/bench_kernel "echo \"| 7 |\"; exit 3"' "$BENCH"
row "make bench" "a bench that measures nothing" "failed: no figures from build/bench/bench_start" \
    'bench_programs 0 "| 7 |"; script build/bench/bench_start "exit 0"' "$BENCH"
row "make bench" "rows that miss what they must reach" "^missed: that" 'bench_programs 1 "| 7 |" "missed: that\n"' "$BENCH"
row "make bench" "a status that says other than the rows" "which has missed nothing" 'bench_programs 1 "| 7 |"' "$BENCH"
slow_row "make bench-peers" "a peer that carries something else" "peers/systemc: 5, not [0-9]+" \
    'bench_programs 0 "| 7 |"; real_bench bench_kernel; real_bench bench_peers; script build/bench/peers/systemc "echo 5 5 0.1"' \
    "$BENCH bench_peers"
slow_row "make bench" "a time that is judged" "^missed: saturated kernel" \
    'bench_programs 0 "| 7 |"; change tests/bench/bench_kernel.c "s/^(#define MOST_NS) .*/\1 1.0/";
     real_bench bench_kernel' 'tests/bench.sh'

# ---- all of them -----------------------------------------------------------------------------------------------------

{ make -s -j"$JOBS" all && sanitized_build all && make -s -j"$JOBS" BUILD=build/clang CC=clang all; } || exit 1
: > "$work/failed"
has_row() { # name of a check
    local part
    for part in "${parts[@]}"; do [[ $1 != *"$part"* ]] || return 0; done
    return 1
}

while read -r name; do
    has_row "$name" || [ "$name" = "$(sed -n '2s/^# //p' "$0")" ] ||
        { echo "no fault is planted into: $name"; echo none >> "$work/failed"; }
done < <(tests/check.sh --list)

# The row that nobody plants: this check can itself turn red.
said[nothing]='' how[nothing]=true gate[nothing]='checks "packages"' checked[nothing]=packages
! plant_and_look nothing > "$work/nothing.why" && grep -q '^stays green' "$work/nothing.why" ||
    { echo "a gate that stays green is not told: $(cat "$work/nothing.why")"; echo nothing >> "$work/failed"; }

for number in "${rows[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do wait -n; done
    look "$number" &
done
wait
for number in "${rows[@]}"; do
    [ -s "$work/$number.why" ] || continue
    echo "${names[$number]}: $(cat "$work/$number.why")"
done
[ "${#rows[@]}" != 0 ] && [ ! -s "$work/failed" ] || exit 1
echo "${#rows[@]} faults planted, every gate turned red; ${#names[@]} with --all"
