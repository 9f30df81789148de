#!/usr/bin/env bash
# kill -9 of kmsim and of control units while they store: tests/crash.sh KILLS [SEED]. Exit status 0: no violation.
# What is killed, when, and what the car does follow from the seed; the instant within it is the machine's.
set -eu
cd "$(dirname "$0")/.."
exec /usr/bin/env python3 tests/crash_kill.py "${BUILD:-build}/bin" "$@"
