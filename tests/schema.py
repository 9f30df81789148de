# SPDX-License-Identifier: MIT
# The JSON Schema accepts every story that the loader accepts, and refuses what it can express.
#   schema.py SCHEMA ACCEPTED… -- REFUSED…
import json
import sys

import jsonschema

with open(sys.argv[1]) as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
split = sys.argv.index("--")
failed = refused = 0
for path in sys.argv[2:split]:
    if path == sys.argv[1]:
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
