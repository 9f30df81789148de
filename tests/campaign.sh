#!/usr/bin/env bash
# make campaign: a suite in shards by GNU parallel, and as a job array of a real Slurm on this machine alone. Each time one
# shard is killed in the middle, told by its number, run again alone, and then all report what one run reports.
#   tests/campaign.sh [DIRECTORY OF PROGRAMS]
set -eu
cd "$(dirname "$0")/.."
. tests/checking.sh
KMSIM=$(realpath "${1:-build/bin}")/kmsim
export KMSIM CAMPAIGN=$PWD/tools/campaign
work=$(mktemp -d)
export XDG_RUNTIME_DIR=$work
daemons=()
# A controller writes its state once more when it ends.
clean() {
    for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
        kill "${daemons[i]}" 2> /dev/null || true
        wait "${daemons[i]}" 2> /dev/null || true
    done
    rm -rf "$work"
}
trap clean EXIT

within() { # seconds, command …: until it succeeds
    local tries=$((10 * $1))
    shift
    for _ in $(seq "$tries"); do
        ! "$@" > /dev/null 2>&1 || return 0
        sleep 0.1
    done
    return 1
}

SHARDS=4
mkdir "$work/stories"
cp -r scenarios/*.json scenarios/steps "$work/stories"
printf '{"name": "red", "steps": [{"expect": {"car": "unlocked"}}]}' > "$work/stories/red.json"
for i in 1 2 3 4; do # one or two seconds each, so that there is a middle
    printf '{"name": "drive %s", "steps": [{"ignition": {"insert": 2}}, {"after": "1 s", "ignition": {"terminal": "15"}}, {"wait": "30 min"}]}' $i
done | awk -v RS='}]}' -v work="$work" 'NF { print $0 "}]}" > (work "/stories/drive" NR ".json") }'

status=0
"$KMSIM" run --json "$work/one.json" --junit "$work/one.xml" "$work/stories" > "$work/one.tap" 2>&1 || status=$?
[ $status = 1 ] && [ "$(grep -c '^not ok' "$work/one.tap")" = 1 ] || fail "the suite in one: $(cat "$work/one.tap")"

runs_of() { # reports, shard: the process of its run
    pgrep -f "^$KMSIM run --shard $2/$SHARDS --json $1/$2.json " | head -n 1
}

kill_shard() { # reports, shard: once it is in the middle
    within 60 test -s "$1/$2.json" || fail "shard $2 does not begin"
    sleep 0.2
    kill -9 "$(runs_of "$1" "$2")" || fail "shard $2 was over before it could be killed"
}

misses() { # reports, shard
    local status=0
    "$KMSIM" merge "$1"/*.json > "$work/out" 2> "$work/err" || status=$?
    [ $status = 3 ] && grep -q "shard $2/$SHARDS is missing" "$work/err" && grep -q "shard $2/$SHARDS has no end" "$work/err" ||
        fail "the shard that was killed is not told: status $status, $(cat "$work/err")"
}

is_whole() { # reports
    local status=0 kind
    "$KMSIM" merge --json "$work/all.json" --junit "$work/all.xml" "$1"/*.json > "$work/all.tap" 2> "$work/err" || status=$?
    [ $status = 1 ] && cmp "$work/one.tap" "$work/all.tap" || fail "status $status: $(cat "$work/err")"
    for kind in json xml; do
        cmp <(without_times "$work/one.$kind") <(without_times "$work/all.$kind") || fail "the $kind report is another one"
    done
}

ages() { # reports, shard that was run again: the others' files are older than the mark
    local shard
    for shard in $(seq $SHARDS); do
        [ "$shard" = "$2" ] || [ ! "$1/$shard.json" -nt "$work/mark" ] || fail "shard $shard was run again"
    done
}

# ---- GNU parallel ----
reports=$work/parallel
tools/campaign/parallel.sh $SHARDS "$reports" "$work/stories" > "$work/out" 2>&1 & campaign=$!
kill_shard "$reports" 2
status=0; wait $campaign || status=$?
[ $status = 1 ] || fail "one shard of parallel failed: status $status, $(cat "$work/out")"
misses "$reports" 2
touch "$work/mark"
tools/campaign/parallel.sh $SHARDS "$reports" "$work/stories" > "$work/out" 2>&1 || fail "again: $(cat "$work/out" "$reports"/jobs)"
ages "$reports" 2
is_whole "$reports"
echo "GNU parallel: $SHARDS shards, number 2 killed and run again, joined as one run"

# ---- Slurm, as root on loopback, with ports and directories of its own ----
if [ "$(id -u)" != 0 ]; then
    echo "Slurm: left out, its daemons are started as root"
    exit 0
fi
slurm=$work/slurm
mkdir -p "$slurm"/state "$slurm"/spool "$slurm"/munge
chmod 755 "$work" "$slurm" # munged asks that nobody else may write above its socket, and clients must find it
chmod 711 "$slurm/munge"
dd if=/dev/urandom of="$slurm/munge/key" bs=128 count=1 2> /dev/null
chmod 400 "$slurm/munge/key"
munged --foreground --key-file="$slurm/munge/key" --socket="$slurm/munge/socket" --pid-file="$slurm/munge/pid" \
    --seed-file="$slurm/munge/seed" --log-file="$slurm/munge/log" --origin=127.0.0.1 > "$slurm/munged" 2>&1 & daemons+=($!)
within 20 test -S "$slurm/munge/socket" || fail "munged: $(cat "$slurm/munged")"
host=$(hostname -s)
cat > "$slurm/slurm.conf" << END
ClusterName=kmsim
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=26817
SlurmdPort=26818
AuthType=auth/munge
AuthInfo=socket=$slurm/munge/socket
CryptoType=crypto/munge
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
SlurmctldLogFile=$slurm/slurmctld.log
SlurmdLogFile=$slurm/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$slurm/slurm.conf
slurmctld -D -i > "$slurm/ctld.out" 2>&1 & daemons+=($!)
slurmd -D > "$slurm/d.out" 2>&1 & daemons+=($!)
within 30 sh -c 'sinfo -h -o %t | grep -qx idle' || fail "Slurm does not start: $(tail "$slurm"/*.log "$slurm"/*.out)"

is_over() { # job
    [ -z "$(squeue -h -j "$1" 2> /dev/null)" ]
}

reports=$work/slurmed
mkdir "$reports"
job=$(cd "$work" && sbatch --parsable --array=1-$SHARDS "$CAMPAIGN/slurm.sh" $SHARDS "$reports" "$work/stories")
kill_shard "$reports" 3
within 120 is_over "$job" || fail "the array is not over: $(squeue)"
misses "$reports" 3
touch "$work/mark"
job=$(cd "$work" && sbatch --parsable --array=3 "$CAMPAIGN/slurm.sh" $SHARDS "$reports" "$work/stories")
within 120 is_over "$job" || fail "the shard is not over: $(squeue)"
ages "$reports" 3
is_whole "$reports"
echo "Slurm $(sinfo --version | cut -d' ' -f2): a job array of $SHARDS, number 3 killed and run again, joined as one run"
