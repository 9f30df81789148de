#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A car with units of one's own, as the README tells to make it: a copy of the vehicle that has grown.

usage: own_car.py README VEHICLE.json DIRECTORY     writes what stands in the README's section there:
       rear.json car with the climate control for the rear seats; chime.c, chime.py; chime.json, chime_py.json: cars
       with the chime in C and in Python; build: the command that compiles it
"""
import json
import os
import re
import sys

readme, vehicle, directory = sys.argv[1:]
with open(readme) as file:
    section = re.search(r"^## A unit of your own\n(.*?)^## ", file.read(), re.M | re.S).group(1)
blocks = re.findall(r"^```(\w+)\n(.*?)^```", section, re.M | re.S)


def parts(language):
    return [text for kind, text in blocks if kind == language]


def write(name, text):
    path = os.path.join(directory, name)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o755)


def write_car(name, node, message):
    with open(vehicle) as file:
        car = json.load(file)
    with open(os.path.join(os.path.dirname(vehicle), car["dbc"])) as file:
        dbc = re.sub(r"^BU_: .*", r"\g<0> " + node["name"], file.read(), flags=re.M)
    car.update(name=name, dbc=name + ".dbc")
    car["nodes"].append(node)
    write(name + ".json", json.dumps(car))
    write(name + ".dbc", dbc + message)


rear, chime = map(json.loads, parts("json"))
rear_message, chime_message = parts("dbc")
write_car("rear", rear, rear_message)
write_car("chime", chime, chime_message)
write_car("chime_py", dict(chime, executable=chime["executable"] + ".py"), chime_message)
write_car("named", dict(chime, executable=os.path.basename(chime["executable"])), chime_message)
write("chime.c", parts("c")[0])
write("chime.py", parts("python")[0])
write("build", parts("sh")[1])
