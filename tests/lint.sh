#!/usr/bin/env bash
# clang-format, clang-tidy and cppcheck over all our code; exit 1 when one of them complains.
set -u
cd "$(dirname "$0")/.."
files=$(git ls-files '*.c' '*.h')
sources=$(git ls-files '*.c')
flags="-std=c17 -I. -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L"
failed=0
clang-format --dry-run -Werror $files 2>&1 | head -40
[ "${PIPESTATUS[0]}" = 0 ] || failed=1
echo "$sources" | xargs -P "$(nproc)" -n 4 sh -c 'clang-tidy --quiet "$@" -- '"$flags"' 2>/dev/null' tidy || failed=1
cppcheck --quiet --std=c11 -I. -j "$(nproc)" --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
    --suppress=missingIncludeSystem --suppress=readdirCalled --suppress='*:/usr/include/*' --library=posix $sources || failed=1
[ $failed = 0 ] && echo "lint: $(echo "$files" | wc -l) files clean"
exit $failed
