#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes a car of so many units, as car.json and car.dbc in a directory: the e65, and of the kind "climate" as many more, all on
the bus of the tester, each with a setting of its own.

    make.py DIRECTORY COUNT
"""
import json
import os
import sys

VEHICLES = os.path.join(os.path.dirname(__file__), "../../bus/vehicles")
FIRST_ID, FIRST_ADDRESS = 0x500, 0x80

directory, count = sys.argv[1], int(sys.argv[2])
car = json.load(open(os.path.join(VEHICLES, "e65.json")))
car["name"], car["dbc"] = "car", "car.dbc"
names = ["rear%d" % i for i in range(1, count - len(car["nodes"]) + 1)]
for i, name in enumerate(names):
    car["nodes"].append({"name": name, "executable": "climate", "buses": ["kcan-s"], "address": "0x%02X" % (FIRST_ADDRESS + i)})
with open(os.path.join(directory, "car.json"), "w") as file:
    json.dump(car, file)
with open(os.path.join(VEHICLES, "e65.dbc")) as file:
    dbc = file.read().replace("BU_: cas seat", "BU_: " + " ".join(names) + " cas seat")
with open(os.path.join(directory, "car.dbc"), "w") as file:
    file.write(dbc)
    for i, name in enumerate(names):
        file.write('''BO_ %d Status_%s: 2 %s
 SG_ Profile : 0|3@1+ (1,0) [0|4] "" Vector__XXX
 SG_ Coded : 3|1@1+ (1,0) [0|1] "" Vector__XXX
 SG_ Temperature : 8|8@1+ (0.5,16) [16|28] "degC" Vector__XXX
''' % (FIRST_ID + i, name, name))
    for i in range(len(names)):
        file.write('''BA_ "KeyMemorySetting" SG_ %d Temperature "temperature";
BA_ "GenSigStartValue" SG_ %d Temperature 12;
BA_ "GenMsgCycleTime" BO_ %d 1000;
''' % ((FIRST_ID + i,) * 3))
