#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# A report of ten thousand stories, made of one of a few: many.py REPORT.json
import json
import sys

COUNT, DIRECTORIES = 10000, 40

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
few, report["suite"]["stories"] = report["stories"], COUNT
report["stories"] = [
    {
        **few[i % len(few)],
        "number": i + 1,
        "name": f"{few[i % len(few)]['name']} [{i}]",
        "directory": f"stories/{i % DIRECTORIES}",
    }
    for i in range(COUNT)
]
json.dump(report, sys.stdout)
