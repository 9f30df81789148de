#!/bin/sh
# One shard of a suite: shard.sh K N REPORTS [OPTION OF KMSIM RUN...] STORIES...
# REPORTS is a directory that all shards see; K.json in it is the shard's, K.log what it said. Whether stories fail is for
# kmsim merge to tell: the job has failed when the shard was not played to its end, and then is to be run again.
set -u
shard=$1 shards=$2 reports=$3
shift 3
status=0
mkdir -p "$reports" || exit 3
"${KMSIM:-kmsim}" run --shard "$shard/$shards" --json "$reports/$shard.json" "$@" > "$reports/$shard.log" 2>&1 || status=$?
[ $status -gt 1 ] || exit 0
exit $status
