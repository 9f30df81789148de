#!/usr/bin/env bash
# the JSON Schema and the loader accept and refuse the same stories
set -eu
cd "$(dirname "$0")/.."
# No schema can tell: repeated numbers, times that go backwards or are too much, what another file holds, what stands for a
# parameter, who is on which bus and sends what.
BEYOND='condition_range_turned_around|conditions_not_on_that_bus|fault_never_fits|keys_repeated|parameters_(rows|unknown|wrong_values)|pointer_is_escaped|repeat_too_.*'
BEYOND="$BEYOND|requirements_(nowhere|list)|syntax_.*|timing_backwards|timing_story_too_long|use_.*|values_not_of_the_signal|vehicle_.*"
bad=$(printf '%s\n' tests/stories/bad/*.json | grep -vE "/($BEYOND)\.json$")
/usr/bin/python3 tests/schema.py scenarios/scenario.schema.json scenarios/*.json tests/stories/good/*.json -- $bad
/usr/bin/python3 tests/schema.py scenarios/steps.schema.json tests/stories/good/steps/[!r]*.json -- tests/stories/bad/steps/empty.json \
    tests/stories/bad/steps/story.json tests/stories/bad/steps/requirements_*.json
