// SPDX-License-Identifier: MIT
#include "tools/story_requirements.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "scenarios/story/requirements.h"

static void find_covered(const story_list_t *list, bool covered[REQUIREMENT_COUNT])
{
    for (size_t i = 0; i < list->count; i++)
        for (size_t j = 0; j < list->stories[i]->cover_count; j++) {
            const requirement_t *requirement = requirement_find(list->stories[i]->covers[j]);
            if (requirement) covered[requirement - REQUIREMENTS] = true;
        }
}

static void add_ours(json_t *object, const story_list_t *list)
{
    bool covered[REQUIREMENT_COUNT] = {false}, car = false;
    find_covered(list, covered);
    for (size_t i = 0; i < REQUIREMENTS_OF_THE_CAR; i++) car = car || covered[i];
    for (size_t i = 0; i < REQUIREMENT_COUNT; i++)
        if (covered[i] || (car && i < REQUIREMENTS_OF_THE_CAR))
            json_object_set_new(object, REQUIREMENTS[i].name, json_string(REQUIREMENTS[i].sentence));
}

// An identifier of a project that is one of ours as well stands for what the project says.
static void add_theirs(json_t *object, const story_set_t *set)
{
    for (size_t i = 0; i < story_set_requirement_count(set); i++) {
        const char *sentence, *name = story_set_requirement(set, i, &sentence);
        json_object_set_new(object, name, json_string(sentence));
    }
}

char *story_requirements_format(const story_list_t *list)
{
    json_t *object = json_object();
    add_ours(object, list);
    for (size_t i = 0; i < list->set_count; i++) add_theirs(object, list->sets[i]);
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    assert(text);
    return text;
}
