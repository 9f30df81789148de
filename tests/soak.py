#!/usr/bin/python3
"""Plays many stories in one kmsim run, and looks whether what it holds grows: memory, open files, processes.

    tests/soak.py DIRECTORY OF PROGRAMS, STORIES, [OPTION OF KMSIM RUN...]

Memory is what all its processes together hold (Pss: what they share is counted once), in the middle and near the end.
Until the middle it grows, because a worker that was forked comes to have pages of its own where it allocates. Exit status 1
when it goes on growing, or when something is left at the end.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

GROWTH_MAX_KB, GROWTH_MAX_BYTES = 256, 256  # and of each story that was played meanwhile
BETWEEN_FILES = 4  # that a story has open and the next not yet
STEPS = [{"at": "2 s", "remote": {"key": 2, "button": "unlock"}},
         {"expect": {"ecu": "seat", "profile": 2}, "within": "200 ms"},
         {"at": "3 s", "expect": {"car": "unlocked"}}]


def write_stories(directory, count):
    os.mkdir(directory)
    for i in range(count):  # some fail, so that traces and failures are held as well
        steps = STEPS + ([{"expect": {"car": "locked"}}] if i % 50 == 49 else [])
        with open(f"{directory}/{i:06}.json", "w", encoding="utf-8") as file:
            json.dump({"name": f"story {i}", "steps": steps}, file)


def family_of(pid):
    """The process and all below it."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def look(pid):
    """KB, open files and processes of them all."""
    held = [0, 0, 0]
    for member in family_of(pid):
        try:
            with open(f"/proc/{member}/smaps_rollup", encoding="utf-8") as file:
                held[0] += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
            held[1] += len(os.listdir(f"/proc/{member}/fd"))
            held[2] += 1
        except (FileNotFoundError, ProcessLookupError):
            continue
    return held


def main():
    binaries, count, options = os.path.realpath(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    problems = []
    with tempfile.TemporaryDirectory(prefix="kmsim-soak-") as work:
        write_stories(f"{work}/stories", count)
        environment = {**os.environ, "XDG_RUNTIME_DIR": work}
        command = [f"{binaries}/kmsim", "run", "--junit", f"{work}/report.xml", "--json", f"{work}/report.json",
                   "--trace-failures", f"{work}/traces", *options, f"{work}/stories"]
        begin, told, looks = time.monotonic(), 0, []
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as run:
            for line in run.stdout:
                told += line.startswith(("ok ", "not ok "))
                if told in (count // 2, count * 9 // 10) and len(looks) < 1 + (told > count // 2):
                    looks.append(look(run.pid))
        if run.returncode != 1 or told != count:
            problems.append(f"status {run.returncode} after {told} of {count} stories")
        if len(looks) != 2:
            problems.append("nobody has looked")
        elif looks[1][0] - looks[0][0] > GROWTH_MAX_KB + count * 4 // 10 * GROWTH_MAX_BYTES // 1024:
            problems.append(f"memory has grown from {looks[0][0]} to {looks[1][0]} KB")
        if len(looks) == 2 and any(abs(looks[1][i] - looks[0][i]) > most for i, most in ((1, BETWEEN_FILES), (2, 0))):
            problems.append(f"open files and processes were {looks[0][1:]}, then {looks[1][1:]}")
        left = [name for name in os.listdir(work) if name not in ("stories", "traces", "report.xml", "report.json")]
        if left:
            problems.append(f"left behind: {left}")
        if len(os.listdir(f"{work}/traces")) != count // 50:
            problems.append(f"{len(os.listdir(f'{work}/traces'))} traces of {count // 50} failures")
        print(f"kmsim run {' '.join(options)}: {told} stories in {time.monotonic() - begin:.0f} s, "
              f"KB, open files, processes: {looks}", flush=True)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
