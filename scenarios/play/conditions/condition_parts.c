// SPDX-License-Identifier: MIT
// any and all: of conditions within; not: the contrary of one.
#include "scenarios/play/conditions.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"

static void load_parts(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    size_t count = json_array_size(json);
    condition_t *parts = story_allocate(loader, count, sizeof *parts);
    condition->part_count = count;
    condition->parts = parts;
    for (size_t i = 0; i < count; i++) {
        size_t inner = json_reader_enter_index(&loader->reader, i);
        story_load_condition(loader, json_array_get(json, i), use, &parts[i]);
        json_reader_leave(&loader->reader, inner);
    }
}

static void load(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    const char *mark = condition->kind->mark;
    const json_t *parts = NULL;
    const field_t fields[] = {{mark, FIELD_ARRAY, true, 0, 0, 0, {0}}};
    json_reader_object(&loader->reader, json, FIELDS(fields), &parts);
    if (!parts) return;
    size_t place = json_reader_enter(&loader->reader, mark);
    load_parts(loader, parts, use, condition);
    json_reader_leave(&loader->reader, place);
}

static void write(const story_t *story, const condition_t *condition, json_t *object)
{
    json_t *parts = json_array();
    for (size_t i = 0; i < condition->part_count; i++)
        json_array_append_new(parts, story_write_condition(story, &condition->parts[i]));
    json_object_set_new(object, condition->kind->mark, parts);
}

static void add_words(words_t *words, const story_t *story, const condition_t *condition)
{
    bool any = condition->kind->family == CONDITION_ANY;
    words_add(words, "%s of (", condition->kind->mark);
    for (size_t i = 0; i < condition->part_count; i++) {
        if (i > 0) words_add(words, any ? " or " : " and ");
        condition->parts[i].kind->words(words, story, &condition->parts[i]);
    }
    words_add(words, ")");
}

// Of an `all` only the parts that are not met yet.
static void add_seen(words_t *words, const story_t *story, const condition_t *condition,
                     const condition_context_t *context)
{
    size_t told = 0;
    for (size_t i = 0; i < condition->part_count; i++) {
        const condition_t *part = &condition->parts[i];
        if (context->memories[part->slot].seen) continue;
        if (told++ > 0) words_add(words, "; ");
        part->kind->seen(words, story, part, context);
    }
}

const condition_kind_t condition_any = {
    .mark = "any", .family = CONDITION_ANY, .load = load, .write = write, .words = add_words, .seen = add_seen};

const condition_kind_t condition_all = {
    .mark = "all", .family = CONDITION_ALL, .load = load, .write = write, .words = add_words, .seen = add_seen};

// ---- not -----------------------------------------------------------------------------------------------------------

static void load_not(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    static const field_t FIELDS_OF_NOT[] = {{"not", FIELD_ANY, true, 0, 0, 0, {0}}};
    const json_t *told = NULL;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_NOT), &told);
    condition_t *part = story_allocate(loader, 1, sizeof *part);
    size_t mark = json_reader_enter(&loader->reader, "not");
    story_load_condition(loader, told, use, part);
    condition->parts = part;
    condition->part_count = part->kind ? 1 : 0;
    if (part->kind && !part->is_state)
        json_reader_mistake(
            &loader->reader,
            "must be a state (ecu, car, terminal, key_valid, bus with state, tec or rec): what is not seen is "
            "never's matter");
    json_reader_leave(&loader->reader, mark);
}

static void write_not(const story_t *story, const condition_t *condition, json_t *object)
{
    json_object_set_new(object, "not", story_write_condition(story, &condition->parts[0]));
}

static void add_words_of_not(words_t *words, const story_t *story, const condition_t *condition)
{
    words_add(words, "not (");
    condition->parts[0].kind->words(words, story, &condition->parts[0]);
    words_add(words, ")");
}

static void add_seen_of_not(words_t *words, const story_t *story, const condition_t *condition,
                            const condition_context_t *context)
{
    condition->parts[0].kind->seen(words, story, &condition->parts[0], context);
}

const condition_kind_t condition_not = {.mark = "not",
                                        .family = CONDITION_NOT,
                                        .load = load_not,
                                        .write = write_not,
                                        .words = add_words_of_not,
                                        .seen = add_seen_of_not};
