// SPDX-License-Identifier: MIT
// Every row of the vocabulary is whole, and the schema has the same verbs. Runs from the root of the tree.
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/play/play_vocabulary.h"
#include "tests/suite.h"

#define SCHEMA "scenarios/scenario.schema.json"

static json_t *load_schema(void)
{
    json_t *schema = json_load_file(SCHEMA, 0, NULL);
    ck_assert_msg(schema != NULL, "%s: run this test from the root of the tree", SCHEMA);
    return schema;
}

START_TEST(every_verb_has_what_its_kind_needs)
{
    for (size_t i = 0; i < play_vocabulary.verb_count; i++) {
        const verb_t *verb = play_vocabulary.verbs[i];
        ck_assert_msg(verb->load != NULL, "%s", verb->name);
        ck_assert_msg(verb->write != NULL, "%s", verb->name);
        ck_assert_msg(verb->words != NULL, "%s", verb->name);
        ck_assert_msg((verb->kind == VERB_WATCHES) == (verb->watch != NULL), "%s", verb->name);
        ck_assert_msg(verb->act || verb->progress, "%s", verb->name);
        ck_assert_msg(verb->kind == VERB_ACTS || verb->progress, "%s", verb->name);
        ck_assert_msg(!verb->second == !verb->load_second && !verb->second == !verb->write_second, "%s", verb->name);
    }
}
END_TEST

START_TEST(every_condition_has_what_its_family_needs)
{
    for (size_t i = 0; i < play_vocabulary.condition_count; i++) {
        const condition_kind_t *kind = play_vocabulary.conditions[i];
        bool errors = kind->of_errors, seen = kind->family == CONDITION_OF_FRAMES;
        bool frames = (seen && !errors) || kind->family == CONDITION_OF_COUNT;
        bool gaps = kind->family == CONDITION_OF_GAPS;
        ck_assert_msg(kind->load != NULL, "%s", kind->mark);
        ck_assert_msg(kind->write && kind->words && kind->seen, "%s", kind->mark);
        ck_assert_msg((frames || gaps) == (kind->concerns != NULL), "%s", kind->mark);
        ck_assert_msg(frames == (kind->agrees != NULL), "%s", kind->mark);
        ck_assert_msg(seen || !errors, "%s", kind->mark);
        ck_assert_msg((kind->family == CONDITION_OF_STATE) == (kind->holds != NULL), "%s", kind->mark);
        ck_assert_msg(!kind->has_read == !kind->is_known, "%s", kind->mark);
    }
}
END_TEST

START_TEST(no_word_is_there_twice)
{
    for (size_t i = 0; i < play_vocabulary.verb_count; i++)
        for (size_t j = 0; j < i; j++) ck_assert_str_ne(play_vocabulary.verbs[i]->name, play_vocabulary.verbs[j]->name);
    for (size_t i = 0; i < play_vocabulary.condition_count; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(play_vocabulary.conditions[i]->mark, play_vocabulary.conditions[j]->mark);
}
END_TEST

START_TEST(the_schema_has_the_same_verbs)
{
    json_t *schema = load_schema(), *definitions = json_object_get(schema, "$defs"), *value;
    const char *name;
    size_t count = 0;
    json_object_foreach(definitions, name, value) count += strncmp(name, "verb_", strlen("verb_")) == 0;
    ck_assert_uint_eq(count, play_vocabulary.verb_count);
    for (size_t i = 0; i < play_vocabulary.verb_count; i++) {
        char definition[64];
        snprintf(definition, sizeof definition, "verb_%s", play_vocabulary.verbs[i]->name);
        ck_assert_msg(json_object_get(definitions, definition) != NULL, "%s: no %s", SCHEMA, definition);
    }
    json_decref(schema);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        every_verb_has_what_its_kind_needs,
        every_condition_has_what_its_family_needs,
        no_word_is_there_twice,
        the_schema_has_the_same_verbs,
    };
    TCase *tests = tcase_create("vocabulary");
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("vocabulary", tests);
}
