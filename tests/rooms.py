#!/usr/bin/python3
"""The rule of the rooms: a folder may include only what stands below it, and no modules call one another in a circle.

    tests/rooms.py BUILD [--self-test] [--count]

Includes are read from the sources, calls from the object files in BUILD. --self-test copies the tree, plants arrows that must
not be, and proves that each is noticed. --count also prints how many modules each room has.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

PURE = ["bus/base", "bus/can", "bus/kernel"]
UNIT = PURE + ["bus/diagnosis", "bus/car"]
MAY_INCLUDE = {  # room: the rooms below it
    "bus/base": [],
    "bus/can": ["bus/base"],
    "bus/kernel": ["bus/base", "bus/can"],
    "bus/diagnosis": PURE,
    "bus/car": PURE,
    "bus/files": PURE,
    "bus/host": PURE,
    "bus/trace": PURE + ["bus/files"],
    "bus/zmq": PURE + ["bus/files", "bus/host"],
    "ecus": UNIT,
    "cas": UNIT + ["ecus"],
    "scenarios/actors": UNIT,
    "scenarios/story": UNIT + ["bus/files", "scenarios/actors"],
    "scenarios/play": UNIT + ["bus/files", "bus/host", "scenarios/actors", "scenarios/story"],
    "scenarios/reports": ["bus/base"],
}
ABOVE_ALL = ["tools", "tests"]  # may include every room; nobody includes them
TOPS = ["bus", "cas", "ecus", "scenarios", "tools", "tests"]
PLANTED = [  # file, include
    ("bus/base/time.c", "bus/can/frame.h"),
    ("bus/can/can_bus.h", "bus/kernel/node.h"),
    ("bus/diagnosis/uds_server.c", "bus/car/identifiers.h"),
    ("bus/kernel/kernel.c", "bus/files/vehicle_file.h"),
    ("ecus/seat.c", "bus/zmq/wire.h"),
    ("scenarios/story/story.h", "scenarios/play/player.h"),
    ("scenarios/play/player.c", "cas/cas.h"),
    ("scenarios/reports/record.h", "scenarios/story/story.h"),
    ("bus/files/garage.c", "tools/options.h"),
    ("scenarios/story/story_load.c", "scenarios/play/verbs/refusal.h"),
]


def room_of(path):
    """The room in which a file or folder stands; a folder within a room (scenarios/play/verbs) is that room's."""
    while path and path not in MAY_INCLUDE and path not in ABOVE_ALL:
        path = os.path.dirname(path)
    return path


def sources(root):
    for top in TOPS:
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in sorted(names):
                file = os.path.relpath(os.path.join(folder, name), root)
                if name.endswith((".c", ".h")):
                    yield room_of(file), file


def includes_of(root, file):
    with open(os.path.join(root, file), encoding="utf-8") as text:
        return re.findall(r'^\s*#\s*include\s+"([^"]+)"', text.read(), re.MULTILINE)


def arrows(root):
    for room, file in sources(root):
        if not room:
            yield f"{file}: stands in no room"
            continue
        for target in includes_of(root, file):
            if not os.path.isfile(os.path.join(root, target)):
                yield f"{file}: includes {target}, which is no path from the root"
                continue
            other = room_of(target)
            if room in ABOVE_ALL:
                wrong = other == "tests" and room != "tests"
            else:
                wrong = other != room and other not in MAY_INCLUDE[room]
            if wrong:
                yield f"{file}: includes {target}: {room} may not include {other}"


def calls(build):
    """Who needs a symbol that whom defines: {module: modules}, as the object files say."""
    defines, needs = {}, {}
    for object_file in glob.glob(f"{build}/**/*.o", recursive=True):
        module = os.path.relpath(object_file, build)[:-2]
        if room_of(module) in ("", "tests"):
            continue
        needs[module] = set()
        for line in subprocess.run(["nm", object_file], check=True, capture_output=True, text=True).stdout.splitlines():
            *_, kind, symbol = line.split()
            if kind == "U":
                needs[module].add(symbol)
            elif kind.isupper() and symbol != "main":
                defines[symbol] = module
    return {m: {defines[s] for s in symbols if s in defines} - {m} for m, symbols in needs.items()}


def circles(graph):
    """Strongly connected components of more than one module (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(module):
        index[module] = low[module] = len(index)
        stack.append(module)
        for target in sorted(graph[module]):
            if target not in index:
                visit(target)
                low[module] = min(low[module], low[target])
            elif target in stack:
                low[module] = min(low[module], index[target])
        if low[module] == index[module]:
            circle = []
            while not circle or circle[-1] != module:
                circle.append(stack.pop())
            if len(circle) > 1:
                found.append(sorted(circle))

    for module in sorted(graph):
        if module not in index:
            visit(module)
    return [f"a circle: {' '.join(circle)}" for circle in found]


def self_test(root):
    unnoticed = []
    for file, target in PLANTED:
        with tempfile.TemporaryDirectory() as copy:
            for top in TOPS:
                shutil.copytree(os.path.join(root, top), os.path.join(copy, top), ignore=shutil.ignore_patterns("*.json"))
            with open(os.path.join(copy, file), "a", encoding="utf-8") as text:
                text.write(f'#include "{target}"\n')
            if not any(said.startswith(f"{file}: includes {target}") for said in arrows(copy)):
                unnoticed.append(f"the rule of the rooms does not notice that {file} includes {target}")
    if not circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) or circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}):
        unnoticed.append("the rule of the rooms does not tell a circle from a line")
    return unnoticed


def main():
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    graph = calls(sys.argv[1])
    told = list(arrows(root)) + circles(graph)
    if not graph:
        told.append(f"{sys.argv[1]}: nothing was built there")
    if "--self-test" in sys.argv:
        told += self_test(root)
    if "--count" in sys.argv:
        for room in list(MAY_INCLUDE) + ["tools"]:
            print(f"{room:18} {sum(room_of(m) == room for m in graph):3} modules")
    print("\n".join(told) if told else f"rooms: {len(graph)} modules, every include points down, nobody calls in a circle")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
