#!/usr/bin/env bash
# The purity gate: a pure module's object file may need only what stands on the allow-list, and has no writable data.
# With --self-test it also proves that it would notice.
#   tests/purity.sh BUILD [--self-test]
set -eu
build=$1

PURE="bus/base bus/can bus/kernel bus/diagnosis bus/car scenarios/actors cas ecus" # rooms: every module in them
PURE_WIRE="bus/zmq/wire*.c bus/zmq/runner_inbox.c"                                     # what the sockets carry
ALLOWED='^(mem(cpy|move|set|cmp|chr)|bcmp|str(len|cmp|ncmp|chr|nlen|rchr)|fmax|fmin|round|nearbyint|__assert_fail|crypto_shorthash|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__(asan|ubsan)_.*)$'
WORDING='^(v?snprintf|strto[df])$' # where text is put together, and read again: bus/base, frame_text
# what pure modules may call of each other is whatever a pure module defines
modules() {
    for f in $(printf '%s/*.c ' $PURE) $PURE_WIRE; do echo "${f%.c}"; done # a room without modules stays a pattern
}

check_object() { # object, file of symbols that pure modules define
    local bad data allowed
    [ -f "$1" ] || { echo "$1: is not there"; return 1; }
    case $1 in "$build"/bus/base/* | */frame_text.o) allowed="$ALLOWED|$WORDING" ;; *) allowed=$ALLOWED ;; esac
    bad=$(nm -u "$1" | awk '{print $NF}' | grep -vE "$allowed" | grep -vxFf "$2" || true)
    data=$(size -A "$1" | awk '$1 ~ /^\.(data|bss)(\.|$)/ && $1 !~ /^\.data\.rel\.ro/ && $2 > 0 {print $1 " " $2}')
    [ -z "$bad" ] || echo "$1: a pure module needs: $(echo $bad)"
    [ -z "$data" ] || echo "$1: a pure module has writable data: $data"
    [ -z "$bad$data" ]
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 count=0
for m in $(modules); do
    [ ! -f "$build/$m.o" ] || nm --defined-only "$build/$m.o" | awk '$2 ~ /[A-Z]/ {print $3}'
done | sort -u > "$work/defined"

for m in $(modules); do
    count=$((count + 1))
    check_object "$build/$m.o" "$work/defined" || failed=1
done

if [ "${2:-}" = --self-test ]; then
    for call in 'time(0)' 'malloc(1)' 'rand()' 'printf("x")' 'socket(1,1,0)'; do
        printf '#include <stdio.h>\n#include <stdlib.h>\n#include <time.h>\n#include <sys/socket.h>\nlong f(void);\nlong f(void) { return (long)%s; }\n' \
            "$call" > "$work/impure.c"
        ${CC:-gcc} -c "$work/impure.c" -o "$work/impure.o"
        if check_object "$work/impure.o" "$work/defined" > "$work/said"; then
            echo "the purity gate does not notice $call"
            failed=1
        fi
    done
    printf 'int counter = 1;\n' > "$work/impure.c"
    ${CC:-gcc} -c "$work/impure.c" -o "$work/impure.o"
    ! check_object "$work/impure.o" "$work/defined" > "$work/said" || { echo "the purity gate does not notice data"; failed=1; }
fi
[ $failed = 0 ] && echo "purity: $count modules need nothing but what is allowed"
exit $failed
