#!/bin/sh
# A suite in N shards by GNU parallel: parallel.sh N REPORTS [OPTION OF KMSIM RUN...] STORIES...
# As many at a time as there are processors, or on the machines of PARALLEL='--sshloginfile machines' that see the same
# files. Called again it runs those shards alone that were not played to their end. Then: kmsim merge REPORTS/*.json
set -u
shards=$1 reports=$2
shift 2
mkdir -p "$reports" || exit 3
seq "$shards" | parallel --quote --joblog "$reports/jobs" --resume-failed "$(dirname "$0")"/shard.sh {} "$shards" "$reports" -j 1 "$@"
