#!/usr/bin/env bash
# clang-format, clang-tidy and cppcheck over all our C (C++: the first), shellcheck over all scripts; exit 1 when one of them complains.
set -u
cd "$(dirname "$0")/.." || exit 2
rooms=(bus cas ecus scenarios tools tests)
files=$(find "${rooms[@]}" -name '*.[ch]' -o -name '*.cpp' | sort)
sources=$(find "${rooms[@]}" -name '*.c' | sort)
scripts=$(find tests tools -name '*.sh' | sort)
flags="-std=c17 -I. -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L"
failed=0
[ -n "$sources" ] && [ -n "$scripts" ] || { echo "lint: nothing to look at"; exit 1; }
clang-format --dry-run -Werror $files 2>&1 | head -40
[ "${PIPESTATUS[0]}" = 0 ] || failed=1
tidy() { # how, sources on standard input
    xargs -r -P "$(nproc)" -n 4 sh -c 'clang-tidy --quiet '"$1"' "$@" -- '"$flags"' 2>/dev/null' tidy
}
# Paths through tests are gone by sanitizers and valgrind: the analyzer would take half of the time for them.
echo "$sources" | grep -v '^tests/' | tidy "" || failed=1
echo "$sources" | grep '^tests/' | tidy "--checks=-clang-analyzer-*" || failed=1
cppcheck --quiet --std=c11 -I. -j "$(nproc)" --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
    --suppress=missingIncludeSystem --suppress=readdirCalled --suppress='*:/usr/include/*' --library=posix $sources || failed=1
# SC1010: `kmsim do` is not the shell's `do`
shellcheck --severity=warning --exclude=SC1010 $scripts || failed=1
[ $failed = 0 ] && echo "lint: $(echo "$files" | wc -l) files and $(echo "$scripts" | wc -l) scripts clean"
exit $failed
