# SPDX-License-Identifier: MIT
"""Kills kmsim or a control unit at a random instant while profiles are changed, coded and stored and keys assigned and
blocked, over and over on the same memory (--state). After each kill it is checked that

  - every image is whole, every profile is the old one or a new one, whole, and so is what the CAS knows of a key;
  - everything acknowledged is there: an observer wrote down what the buses carried until the kill;
  - no process is left, and after the next start nothing half written and nothing set aside;
  - the next start keeps everything, and the car obeys both keys.

    python3 tests/crash_kill.py BIN KILLS [SEED]
"""
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

UNITS = ("seat", "mirror", "climate")
# unit -> setting -> factory value, what is written (all raw), raw to physical
SETTINGS = {
    "seat": {
        "longitudinal": (1250, range(1230, 1271), lambda raw: raw / 10),
        "height": (400, range(395, 406), lambda raw: raw / 10),
        "cushion_tilt": (50, (), None),
        "backrest_tilt": (300, (), None),
        "head_restraint": (300, (), None),
    },
    "mirror": {
        "driver_horizontal": (80, range(76, 85), lambda raw: (raw - 80) / 10),
        "driver_vertical": (80, range(76, 85), lambda raw: (raw - 80) / 10),
        "passenger_horizontal": (80, (), None),
        "passenger_vertical": (80, (), None),
    },
    "climate": {
        "driver_temperature": (12, range(25), lambda raw: 16 + raw / 2),
        "passenger_temperature": (12, range(25), lambda raw: 16 + raw / 2),
        "temperature_offset": (3, range(7), lambda raw: raw - 3),
        "blower_offset": (1, range(3), lambda raw: 10 * raw - 10),
        "style": (1, range(3), lambda raw: ("soft", "normal", "intensive")[raw]),
        "auto": (1, (), None),
        "air_distribution": (0, (), None),
        "recirculation": (1, (), None),
    },
}
RESPONSES = {"seat": ("kcan-p", "66D"), "mirror": ("kcan-p", "64C"), "climate": ("kcan-s", "678")}
DRIVEN = {"seat": "kcan-p", "mirror": "kcan-p", "climate": "kcan-s"}  # where each hears that the car is locked
KEYS = (1, 2)    # that are pressed
ASSIGNED = 3     # the key that is assigned and blocked
DURABLE_S = 0.03  # of virtual time: after a lock telegram everything is stored
FRESH_EVERY = 25  # kills on one memory, then a new one
FRAME = re.compile(r"^\((\d+\.\d{6})\) (\S+) ([0-9A-F]+)#([0-9A-F]*)$")


# ---- what the car remembers ------------------------------------------------------------------------------------------

def read_entries(directory, node, problems):
    """The entries of an image as they stand in its file; nothing for a node that never stored."""
    path = os.path.join(directory, node + ".json")
    try:
        with open(path, encoding="utf-8") as file:
            image = json.load(file)
        assert image["format"] == "kmsim image" and image["node"] == node and image["checksum"]
        return image["entries"]
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, AssertionError) as reason:
        problems.append(f"{path} is not whole: {reason}")
        return {}


def read_memory(directory, problems):
    """item -> value: profiles as a whole, what the CAS knows of the assigned key, the changing codes."""
    memory = {}
    for unit in UNITS:
        entries = read_entries(directory, unit, problems)
        for profile in (1, 2, 3, 4):
            value = {name: entries.get(f"profile/{profile}/{name}", factory)
                     for name, (factory, _, _) in SETTINGS[unit].items()}
            value["coded"] = entries.get(f"profile/{profile}/coded", 1)
            memory[unit, profile] = value
    cas = read_entries(directory, "cas", problems)
    fobs = read_entries(directory, "fobs", problems)
    memory["number"] = cas.get(f"key/{ASSIGNED}/personalization", 3)
    memory["blocked"] = cas.get(f"key/{ASSIGNED}/blocked", 0)
    for key in KEYS:
        memory["cas counter", key] = cas.get(f"key/{key}/counter", 0)
        memory["fob counter", key] = fobs.get(f"key/{key}/counter", 0)
    return memory


# ---- the story -------------------------------------------------------------------------------------------------------

def write_story(path, name, number, steps):
    keys = [{"number": key, "personalization": key} for key in KEYS]
    keys.append({"number": ASSIGNED, "personalization": number})
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"name": name, "keys": keys, "steps": steps}, file, indent=1)


class Story:
    """Steps, and for each item the values that it takes one after the other."""

    def __init__(self, rng, memory):
        self.rng = rng
        self.steps = [{"wait": "50 ms"}]
        self.values = {item: [value] for item, value in memory.items()}
        self.number = memory["number"]
        self.acts = []     # (item, index of its value, what acknowledges it)
        self.presses = []  # key of each press

    def change(self, item, value, acknowledged_by):
        self.values[item].append(value)
        self.acts.append((item, len(self.values[item]) - 1, acknowledged_by))

    def choose(self, unit, old):
        """New raw values for the settings that are written, each another one than before."""
        return {name: self.rng.choice([raw for raw in allowed if raw != old[name]])
                for name, (_, allowed, _) in SETTINGS[unit].items() if allowed}

    def told(self, unit, chosen):
        return {name: SETTINGS[unit][name][2](raw) for name, raw in chosen.items()}

    def press(self, key, button):
        self.steps.append({"remote": {"key": key, "button": button, "hold": "50 ms"}})
        self.presses.append(key)

    def drive(self):
        """The driver changes what he finds, and locks: three profiles are stored at once."""
        key = self.rng.choice(KEYS)
        self.press(key, "unlock")
        self.steps.append({"wait": "450 ms"})  # recalls are over
        expected = []
        for unit in UNITS:
            old = self.values[unit, key][-1]
            chosen = self.choose(unit, old)
            told = self.told(unit, chosen)
            if unit == "climate":
                self.steps.append({"adjust": {"ecu": unit, "settings": told}})
            else:
                self.steps += [{"switch": {"ecu": unit, "axis": name, "to": to}} for name, to in told.items()]
            expected.append({"ecu": unit, "settings": told})
            self.change((unit, key), {**old, **chosen}, ("lock", unit))
        # met one step early already: then the switches are still held
        self.steps += [{"expect": {"all": expected}, "within": "2 s"}, {"wait": "100 ms"}]
        self.press(key, "lock")
        self.steps += [{"expect": {"car": "locked"}, "within": "100 ms"}, {"wait": f"{self.rng.randrange(1, 120)} ms"}]

    def code(self):
        unit, profile = self.rng.choice(UNITS), self.rng.randrange(1, 5)
        old = self.values[unit, profile][-1]
        chosen = self.choose(unit, old)
        self.steps.append({"cip": {"ecu": unit, "profile": profile, "settings": self.told(unit, chosen)}})
        bus, identifier = RESPONSES[unit]
        self.change((unit, profile), {**old, **chosen, "coded": 1},
                    ("answer", bus, identifier, rf"F1036E300{profile}"))

    def assign(self):
        number = self.rng.choice([n for n in (1, 2, 3, 4) if n != self.values["number"][-1]])
        self.steps.append({"service": {"function": "set_personalization", "key": ASSIGNED, "personalization": number}})
        self.change("number", number, ("answer", "kcan-s", "640", r"F10.7101DC5B.*"))

    def block(self):
        blocked = 1 - self.values["blocked"][-1]
        function = "block_key" if blocked else "release_key"
        self.steps.append({"service": {"function": function, "key": ASSIGNED}})
        self.change("blocked", blocked, ("answer", "kcan-s", "640", r"F10.7101DC73.*"))

    def write(self, path):
        write_story(path, "crash", self.number, self.steps)


def make_story(rng, memory):
    story = Story(rng, memory)
    acts = [story.drive] * 3 + [story.code] * 5 + [story.assign] * 2 + [story.block] * 2
    rng.shuffle(acts)
    for act in acts:
        act()
    story.steps.append({"wait": "100 ms"})  # so that an observer knows of the last store, too
    return story


# ---- what was seen ---------------------------------------------------------------------------------------------------

def read_frames(path):
    frames = []
    with open(path, encoding="ascii", errors="replace") as file:
        for line in file:
            match = FRAME.match(line.rstrip("\n"))  # the last line may be cut
            if match:
                frames.append((float(match[1]), match[2], match[3], match[4]))
    return frames


def find_acknowledged(story, frames):
    """item -> index of the last of its values that was acknowledged, and how many acknowledgements there were."""
    end = frames[-1][0] if frames else 0.0
    locks = {bus: [at for at, where, identifier, data in frames
                   if where == bus and identifier == "23A" and data[4:6] == "04"] for bus in ("kcan-s", "kcan-p")}
    seen, acknowledged, count = {}, {}, 0
    for item, index, how in story.acts:
        nth = seen[how] = seen.get(how, 0) + 1
        if how[0] == "lock":
            times = locks[DRIVEN[how[1]]]
            known = len(times) >= nth and end >= times[nth - 1] + DURABLE_S
        else:
            known = sum(1 for _, bus, identifier, data in frames
                        if (bus, identifier) == how[1:3] and re.fullmatch(how[3], data)) >= nth
        if known:
            acknowledged[item] = index
            count += 1
    return acknowledged, count


def judge(story, frames, before, after, problems):
    acknowledged, count = find_acknowledged(story, frames)
    for item in [(unit, profile) for unit in UNITS for profile in (1, 2, 3, 4)] + ["number", "blocked"]:
        possible = story.values[item][acknowledged.get(item, 0):]
        if after[item] not in possible:
            problems.append(f"{item} is {after[item]}, possible are {possible} of {story.values[item]}")
    for key in KEYS:
        pressed = story.presses.count(key)
        accepted = sum(1 for _, bus, identifier, data in frames
                       if bus == "kcan-s" and identifier == "23A" and data[4:6] in ("01", "04") and data[7:8] == str(key - 1))
        fob, cas = after["fob counter", key], after["cas counter", key]
        count += accepted
        # the codes run on from the fob's: what the CAS missed when it was killed it leaps over
        if not before["fob counter", key] <= fob <= before["fob counter", key] + pressed:
            problems.append(f"the fob of key {key} counts {fob}, {pressed} presses after {before['fob counter', key]}")
        if cas > fob:
            problems.append(f"the CAS counts {cas} presses of key {key}, its fob {fob}")
        if accepted > 0 and cas < before["fob counter", key] + accepted:
            problems.append(f"the CAS counts {cas} presses of key {key}: {accepted} were accepted after "
                            f"{before['fob counter', key]}")
    return count


# ---- killing ---------------------------------------------------------------------------------------------------------

def read_processes():
    """process identifier -> (parent, command line)"""
    processes = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
            with open(f"/proc/{name}/cmdline", encoding="utf-8", errors="replace") as file:
                command = file.read()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            processes[int(name)] = (int(fields[1]), command)
    return processes


class Bench:
    def __init__(self, binaries, seed):
        self.binaries = binaries
        self.seed = seed
        self.work = tempfile.mkdtemp(prefix="kmsim-crash-")
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": self.work}
        self.state = os.path.join(self.work, "state")

    def path(self, name):
        return os.path.join(self.work, name)

    def start(self, program, said, *arguments):
        with open(self.path(said), "w", encoding="utf-8") as output:
            return subprocess.Popen([os.path.join(self.binaries, program), *arguments], env=self.environment,
                                    stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)

    def said(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as file:
            return file.read()

    def start_car(self):
        sniffer = self.start("bus-sniffer", "frames.log")
        car = self.start("kmsim", "car.log", "run", "--observers", "1", "--state", self.state, self.path("story.json"))
        return car, sniffer

    def end_sniffer(self, sniffer):
        time.sleep(0.01)  # for what is on its way to it; what it misses is taken for not acknowledged
        sniffer.terminate()
        sniffer.wait()

    def kill(self, car, rng):
        """Kills kmsim, its process that plays, or one of its units outright; says who it was, or nothing when it was too late."""
        processes = read_processes()
        workers = sorted(pid for pid, (parent, _) in processes.items() if parent == car.pid)
        units = sorted(pid for pid, (parent, _) in processes.items() if parent in workers)
        victim, name = car.pid, "kmsim"
        draw = rng.random()
        if draw < 0.5 and units:
            victim, name = rng.choice(units), "unit"
        elif draw < 0.6 and workers:
            victim, name = workers[0], "worker"
        if car.poll() is not None:
            return None
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            return None
        return name

    def find_leftovers(self, problems):
        """Processes of ours that are there without kmsim; they have a moment to notice."""
        for _ in range(100):
            left = [command for _, command in read_processes().values() if self.work in command]
            if not left:
                return
            time.sleep(0.02)
        problems.append(f"processes are left: {left}")

    def restart(self, before, problems):
        """The next start must find everything as it is, remove what is half written, and drive on."""
        steps = []
        for key in KEYS:
            steps += [{"remote": {"key": key, "button": "unlock", "hold": "50 ms"}},
                      {"expect": {"message": "RemoteKeyStatus", "signals": {"KeyNumber": key, "Button": "unlock"}},
                       "within": "50 ms"},
                      {"expect": {"all": [{"ecu": unit, "profile": key, "coded": True} for unit in UNITS]},
                       "within": "200 ms"}, {"wait": "450 ms"}]
        write_story(self.path("check.json"), "check", before["number"], steps)
        check = self.start("kmsim", "check.log", "run", "--in-process", "--state", self.state, self.path("check.json"))
        status = check.wait()
        said = self.said("check.log")
        if status != 0 or "set aside" in said:
            problems.append(f"the restart ends with status {status}: {said}")
        strange = [name for name in os.listdir(self.state) if not re.fullmatch(r"\w+\.json", name)]
        if strange:
            problems.append(f"left in the memory: {strange}")
        after = read_memory(self.state, problems)
        for item, value in before.items():
            if "counter" not in item[0] and after[item] != value:
                problems.append(f"the restart changes {item}: {value} to {after[item]}")
        return after

    def destroy(self):
        shutil.rmtree(self.work)


def tell(problems, bench, number):
    for problem in problems:
        print(f"kill {number}: {problem}")
    if problems:
        kept = tempfile.mkdtemp(prefix="kmsim-crash-evidence-")
        shutil.copytree(bench.work, os.path.join(kept, "work"), ignore=shutil.ignore_patterns("kmsim-*"))
        print(f"kill {number}: see {kept}, replay with seed {bench.seed}", flush=True)
    return len(problems)


def run_undisturbed(bench, rng):
    """How long a story takes, and that it passes and everything is stored at its end."""
    problems = []
    before = read_memory(bench.state, problems)
    story = make_story(rng, before)
    story.write(bench.path("story.json"))
    begin = time.monotonic()
    car, sniffer = bench.start_car()
    status = car.wait()
    duration = time.monotonic() - begin
    sniffer.wait()
    frames = read_frames(bench.path("frames.log"))
    if status != 0:
        problems.append(f"the undisturbed run ends with status {status}: {bench.said('car.log')}")
    acknowledged, _ = find_acknowledged(story, frames)
    for item, values in story.values.items():
        if len(values) > 1 and acknowledged.get(item) != len(values) - 1:
            problems.append(f"the undisturbed run does not acknowledge {item}")
    after = read_memory(bench.state, problems)
    judge(story, frames, before, after, problems)
    bench.restart(after, problems)
    if os.listdir(bench.work) and any(name.startswith("kmsim-") for name in os.listdir(bench.work)):
        problems.append("the undisturbed run leaves sockets")
    return duration, problems


def kill_once(bench, rng, duration, problems):
    """One story, one kill; who was killed (nobody: the story was over), and how much was acknowledged."""
    before = read_memory(bench.state, problems)
    story = make_story(rng, before)
    story.write(bench.path("story.json"))
    delay = rng.uniform(0.0, duration)
    car, sniffer = bench.start_car()
    time.sleep(delay)
    killed = bench.kill(car, rng)
    try:
        status = car.wait(timeout=10)
    except subprocess.TimeoutExpired:
        car.kill()
        status = car.wait()
        problems.append(f"kmsim does not end when a {killed} was killed")
    bench.end_sniffer(sniffer)
    # 0: it had just ended
    expected = {"kmsim": (0, -signal.SIGKILL), "worker": (0, 3), "unit": (0, 3), None: (0,)}[killed]
    if status not in expected:
        problems.append(f"kmsim ends with status {status} when {killed} was killed: {bench.said('car.log')}")
    bench.find_leftovers(problems)
    os.makedirs(bench.state, exist_ok=True)  # killed before there was any memory
    after = read_memory(bench.state, problems)
    count = judge(story, read_frames(bench.path("frames.log")), before, after, problems)
    bench.restart(after, problems)
    return killed if status != 0 else None, count


def main():
    binaries, kills = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    bench = Bench(binaries, seed)
    rng = random.Random(seed)
    duration, problems = run_undisturbed(bench, rng)
    violations = tell(problems, bench, 0)
    done, attempts, acknowledged, victims = 0, 0, 0, {"kmsim": 0, "worker": 0, "unit": 0}
    begin = time.monotonic()
    while done < kills and violations == 0 and attempts < 4 * kills + 20:
        attempts += 1
        problems = []
        if attempts % FRESH_EVERY == 0:
            shutil.rmtree(bench.state)
            os.mkdir(bench.state)
        killed, count = kill_once(bench, rng, duration, problems)
        acknowledged += count
        if killed:
            done += 1
            victims[killed] += 1
        violations += tell(problems, bench, attempts)
    if violations == 0:
        _, problems = run_undisturbed(bench, rng)
        violations += tell(problems, bench, attempts + 1)
    bench.destroy()
    print(f"{done} kills ({victims['kmsim']} of kmsim, {victims['worker']} of workers, {victims['unit']} of units) in {time.monotonic() - begin:.0f} s, "
          f"{acknowledged} acknowledgements seen before them, {violations} violations, seed {seed}")
    if done < kills and violations == 0:
        print(f"only {done} of {attempts} attempts found somebody to kill")
    return 0 if violations == 0 and done == kills else 1


if __name__ == "__main__":
    sys.exit(main())
