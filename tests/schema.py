# SPDX-License-Identifier: MIT
# The JSON Schema accepts every story that the loader accepts, and refuses what it can express. Schemas beside it are known
# to it by their names.
#   schema.py SCHEMA ACCEPTED… -- REFUSED…
import glob
import json
import os
import sys

import jsonschema

with open(sys.argv[1]) as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
store = {}
for path in glob.glob(os.path.join(os.path.dirname(sys.argv[1]), "*.schema.json")):
    with open(path) as file:
        store[os.path.basename(path)] = json.load(file)
validator = jsonschema.Draft202012Validator(schema, resolver=jsonschema.RefResolver.from_schema(schema, store=store))
split = sys.argv.index("--")
failed = refused = 0
for path in sys.argv[2:split]:
    if path.endswith(".schema.json"):
        continue
    with open(path) as file:
        for error in validator.iter_errors(json.load(file)):
            print(f"{path}: /{'/'.join(map(str, error.absolute_path))}: the schema refuses it: {error.message[:200]}")
            failed = 1
for path in sys.argv[split + 1:]:
    refused += 1
    with open(path) as file:
        try:
            story = json.load(file)
        except ValueError:
            continue  # no JSON: refused before any schema is asked
    if validator.is_valid(story):
        print(f"{path}: the schema accepts it")
        failed = 1
print(f"{split - 2} stories to accept, {refused} to refuse")
sys.exit(failed or refused == 0)
