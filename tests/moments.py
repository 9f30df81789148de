#!/usr/bin/python3
"""Ctrl-C (or SIGTERM to kmsim alone) at any moment of a run: it reports what was done, in every report the same, and leaves
no process, socket or trace of what it has not told.

    tests/moments.py DIRECTORY OF PROGRAMS, TIMES [SEED]
"""
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

LONGEST_S = 0.5
RED = '{"name": "red", "steps": [{"wait": "1 s"}, {"expect": {"car": "unlocked"}}]}'


def processes_with(text):
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                if text.encode() in file.read() and int(name) != os.getpid():
                    found.append(name)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def what_is_wrong(work, status, number, said):
    """Of a run that is over; nothing: it is as it should be."""
    if status not in (1, 128 + number, -number):  # it was over; it was interrupted; it had not begun to listen
        return f"status {status}"
    if processes_with(work):
        return f"left: processes {processes_with(work)}"
    if any(name.startswith("kmsim-") for name in os.listdir(work)):
        return f"left: {[files for _, _, files in os.walk(work)]}"
    told = [line for line in said.splitlines() if line.startswith(("ok ", "not ok "))]
    traces = os.listdir(f"{work}/traces") if os.path.isdir(f"{work}/traces") else []
    if len(traces) != sum(line.startswith("not ok ") for line in told):
        return f"{len(traces)} traces"
    if status == 128 + number and said:
        with open(f"{work}/report.json", encoding="utf-8") as file:
            report = json.load(file)
        if len(report["stories"]) != len(told) or "interrupted" not in report.get("ended", ""):
            return f"{len(told)} stories told, {len(report['stories'])} in JSON, ended {report.get('ended')}"
        if not said.endswith(f"Bail out! interrupted by signal {number}\n"):
            return f"the last line is {said.splitlines()[-1]}"
    return None


def main():
    kmsim, times = os.path.realpath(sys.argv[1]) + "/kmsim", int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 32)
    rng, statuses = random.Random(seed), {}
    for i in range(times):
        with tempfile.TemporaryDirectory(prefix="kmsim-moment-") as work:
            with open(f"{work}/red.json", "w", encoding="utf-8") as file:
                file.write(RED)
            number, alone = rng.choice([signal.SIGINT, signal.SIGTERM]), rng.random() < 0.5
            command = [kmsim, "run", "-j", rng.choice("123"), *rng.choice([[], [], ["--in-process"]]), "--junit",
                       f"{work}/report.xml", "--json", f"{work}/report.json", "--trace-failures", f"{work}/traces",
                       f"{work}/red.json", "scenarios"]
            with subprocess.Popen(command, env={**os.environ, "XDG_RUNTIME_DIR": work}, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True, start_new_session=True) as run:
                time.sleep(LONGEST_S * rng.random() ** 2)
                (os.kill if alone else os.killpg)(run.pid, number)
                try:
                    said = run.communicate(timeout=30)[0]
                except subprocess.TimeoutExpired:
                    os.killpg(run.pid, signal.SIGKILL)
                    print(f"seed {seed}, time {i}: it does not end: {' '.join(command)}")
                    return 1
            wrong = what_is_wrong(work, run.returncode, number, said)
            if wrong:
                print(f"seed {seed}, time {i}, signal {number}: {wrong}: {' '.join(command)}")
                return 1
            statuses[run.returncode] = statuses.get(run.returncode, 0) + 1
    print(f"{times} times interrupted, statuses {statuses}")
    return 0 if any(status > 128 for status in statuses) else 1


if __name__ == "__main__":
    sys.exit(main())
