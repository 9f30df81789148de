#!/usr/bin/env bash
# crash test, 100 kills
exec "$(dirname "$0")/crash.sh" 100 "$@"
