#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The car of tests/peer/light.json: the e65 with one more entry in the vehicle file and one more message in the DBC.

usage: light_car.py VEHICLE.json DIRECTORY [EXECUTABLE]     without one its owner starts it
"""
import json
import os
import re
import sys

MESSAGE = """BO_ 1008 LightStatus: 2 light
 SG_ Profile : 0|3@1+ (1,0) [0|4] "" Vector__XXX
 SG_ Coded : 3|1@1+ (1,0) [0|1] "" Vector__XXX
 SG_ Brightness : 8|8@1+ (1,0) [0|100] "%" Vector__XXX
VAL_ 1008 Profile 0 "none" ;
VAL_ 1008 Coded 0 "no" 1 "yes" ;
BA_ "KeyMemorySetting" SG_ 1008 Brightness "brightness";
BA_ "GenSigStartValue" SG_ 1008 Brightness 50;
BA_ "GenMsgCycleTime" BO_ 1008 1000;
"""

vehicle, directory, *executable = sys.argv[1:]
with open(vehicle) as file:
    car = json.load(file)
with open(os.path.join(os.path.dirname(vehicle), car["dbc"])) as file:
    dbc = re.sub(r"^BU_: .*", r"\g<0> light", file.read(), flags=re.M) + MESSAGE
car.update(name="car", dbc="car.dbc")
node = {"name": "light", "executable": "light", "buses": ["kcan-s"], "external": True}
if executable:
    node.update(executable=executable[0], external=False)
car["nodes"].append(node)
with open(os.path.join(directory, "car.dbc"), "w") as file:
    file.write(dbc)
with open(os.path.join(directory, "car.json"), "w") as file:
    json.dump(car, file)
