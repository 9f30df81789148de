#!/usr/bin/env bash
# crash test, 50 kills
exec "$(dirname "$0")/crash.sh" 50 "$@"
