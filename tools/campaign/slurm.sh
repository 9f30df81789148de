#!/bin/sh
#SBATCH --job-name=kmsim
#SBATCH --output=/dev/null
# A suite in N shards as a job array: sbatch --array=1-N slurm.sh N REPORTS [OPTION OF KMSIM RUN...] STORIES...
# One that failed is run again alone by --array=K, N staying what it is; shard.sh is looked for in CAMPAIGN. Then:
# kmsim merge REPORTS/*.json
set -u
shards=$1 reports=$2
shift 2
exec "${CAMPAIGN:-/usr/local/share/kmsim/campaign}"/shard.sh "$SLURM_ARRAY_TASK_ID" "$shards" "$reports" \
    -j "${SLURM_CPUS_PER_TASK:-1}" "$@"
