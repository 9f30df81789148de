#!/usr/bin/env bash
# Everything that `make check` checks. Each check is one line with its time; what a failing one printed follows it.
# The last line counts them: 'N passed, N failed'.
#   tests/check.sh [--list] [PART…]     only the checks whose names have one of the parts; --list tells the names
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/checks.sh
[ "${1:-}" != --list ] || { listed=yes; shift; }
only=("$@")

check "build (gcc)" make -s -j"$JOBS" all tests
[ $failed = 0 ] || finish
check "purity gate" tests/purity.sh build --self-test
check "the rule of the rooms" tests/rooms.py build --self-test
check "unit tests" run_tests build
check "scenario files are valid, every requirement has its stories" \
    build/bin/kmsim check --covers scenarios --require "$REQUIREMENTS"
check "stories on processes" build/bin/kmsim run scenarios
check "stories in-process" build/bin/kmsim run --in-process scenarios
check "build (gcc, ASan and UBSan)" sanitized_build all tests
check "unit tests under ASan and UBSan" run_tests build/asan
check "stories in-process under ASan and UBSan" build/asan/bin/kmsim run --in-process scenarios
check "build (clang)" make -s -j"$JOBS" BUILD=build/clang CC=clang all
check "the same trace from both hosts, all builds, pinned or not, run after run" tests/determinism.sh 1
WAITING=(tests/check_help.sh tests/check_wrong_answers.sh) # for time to pass
for script in tests/check_*.sh; do
    [[ " ${WAITING[*]} " = *" $script "* ]] || check_script "$script"
done
meanwhile "${WAITING[@]}"
check "valgrind" valgrind_clean
check "clang-format, clang-tidy, cppcheck, shellcheck" tests/lint.sh
finish
