# shellcheck shell=bash
# Sourced by check.sh: how a check is run and counted, and the checks that are no program of their own.
JOBS=$(nproc)
export REQUIREMENTS=R1,R2,R3,R4,R5,R6,R7,R8,R9,R10,R11,R12,R13,R14
passed=0 failed=0
listed='' # told only, not run
beside='' # where those that run beside the others tell what came of them
only=() # parts of names: only such checks; none: all
export CK_VERBOSITY=normal CK_DEFAULT_TIMEOUT=120

wanted() { # name
    local part
    [ ${#only[@]} != 0 ] || return 0
    for part in "${only[@]}"; do [[ $1 != *"$part"* ]] || return 0; done
    return 1
}

check() { # name, command … ; which must leave nothing in TMPDIR
    local name=$1 begin=$SECONDS output place left status=0
    shift
    wanted "$name" || return 0
    [ -z "$listed" ] || { echo "$name"; return 0; }
    output=$(mktemp) && place=$(mktemp -d) || exit 2
    if [ $# = 0 ]; then
        echo "there is no command" > "$output"
        status=1
    else
        TMPDIR=$place "$@" > "$output" 2>&1 || status=$?
    fi
    left=$(find "$place" -mindepth 1)
    [ -z "$left" ] || { echo "left behind: $left" >> "$output"; status=1; }
    if [ $status = 0 ]; then
        passed=$((passed + 1))
        echo "ok   $name ($((SECONDS - begin)) s)"
    else
        failed=$((failed + 1))
        echo "FAIL $name ($((SECONDS - begin)) s)"
        tail -n 60 "$output" | sed 's/^/     /'
    fi
    rm -rf "$output" "$place"
}

check_script() { # a tests/check_*.sh, whose second line is its name
    check "$(sed -n '2s/^# //p' "$1")" "$1"
}

meanwhile() { # scripts that mostly wait: they run one after the other beside what follows, and are told at the end
    beside=$(mktemp) || exit 2
    (for script in "$@"; do check_script "$script"; done) > "$beside" &
}

finish() {
    if [ -n "$beside" ]; then
        wait
        cat "$beside"
        passed=$((passed + $(grep -c '^ok ' "$beside")))
        failed=$((failed + $(grep -c '^FAIL ' "$beside")))
        rm -f "$beside"
    fi
    [ -z "$listed" ] || exit 0
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ] && [ "$passed" != 0 ] || exit 1
    exit 0
}

sanitized_build() { # what of it
    make -s -j"$JOBS" BUILD=build/asan OPTIMIZE='-O1 -g -fno-omit-frame-pointer' \
        SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all' "$@"
}

run_one_test() { # program; one that ran no test has shown nothing
    "$1" > "$1.log" 2>&1 || { echo "$1 failed:"; tail -n 30 "$1.log"; exit 1; }
    grep -qE '^100%: Checks: [1-9]' "$1.log" || { echo "$1 ran no test:"; tail -n 30 "$1.log"; exit 1; }
}
export -f run_one_test

run_tests() { # build directory: the program of each tests/test_*.c; they leave nothing behind
    local sources=(tests/test_*.c) work left status=0
    work=$(mktemp -d) || return 1
    printf '%s\n' "${sources[@]}" | sed "s|^tests/\(.*\)\.c$|$1/tests/\1|" |
        TMPDIR=$work XDG_RUNTIME_DIR=$work xargs -P "$JOBS" -I{} bash -c 'run_one_test {}' || status=1
    left=$(find "$work" -mindepth 1)
    [ -z "$left" ] || { echo "the tests leave behind: $left"; status=1; }
    rm -rf "$work"
    return $status
}

valgrind_clean() {
    local memcheck="valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=9"
    $memcheck build/bin/kmsim run --in-process scenarios/welcome.json scenarios/unit_loses_power.json &&
        $memcheck build/bin/kmsim check scenarios &&
        CK_FORK=no $memcheck build/tests/test_dbc_file
}
