#!/usr/bin/env bash
# soak: some thousand stories in one run, in which neither memory nor files grow, and after which nothing is left
set -eu
bin=${1:-build/bin}
"$(dirname "$0")"/soak.py "$bin" 2000 --in-process
"$(dirname "$0")"/soak.py "$bin" 500
