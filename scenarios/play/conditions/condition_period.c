// SPDX-License-Identifier: MIT
// period: every gap between two frames of a message lies in a range.
#include "scenarios/play/conditions/messages.h"
#include "scenarios/play/conditions/seen.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"

static void load_range(story_loader_t *loader, const json_t *json, condition_t *condition)
{
    static const field_t TIME = {.kind = FIELD_TIME};
    if (json_array_size(json) != 2) {
        json_reader_mistake(&loader->reader, "must be two times, the shortest and the longest");
        return;
    }
    int64_t times_ns[2] = {0, INT64_MAX};
    for (size_t i = 0; i < 2; i++) {
        size_t inner = json_reader_enter_index(&loader->reader, i);
        json_reader_value(&loader->reader, json_array_get(json, i), &TIME, &times_ns[i]);
        json_reader_leave(&loader->reader, inner);
    }
    if (times_ns[0] > times_ns[1]) json_reader_mistake(&loader->reader, "the shortest is longer than the longest");
    condition->minimum_ns = times_ns[0];
    condition->maximum_ns = times_ns[1];
}

static void load(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    typedef struct {
        const char *message, *bus;
        const json_t *period;
    } told_t;
    static const field_t FIELDS_OF_PERIOD[] = {
        {"message", FIELD_TEXT, true, offsetof(told_t, message), 0, 0, {0}},
        {"bus", FIELD_TEXT, false, offsetof(told_t, bus), 0, 0, {0}},
        {"period", FIELD_ARRAY, true, offsetof(told_t, period), 0, 0, {0}},
    };
    told_t told = {0};
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_PERIOD), &told);
    if (use != CONDITION_WATCHED) json_reader_mistake(&loader->reader, "period goes with never and always only");
    story_load_condition_bus(loader, told.bus, condition);
    condition->message = story_find_message(loader, "message", told.message);
    if (!told.period) return;
    size_t mark = json_reader_enter(&loader->reader, "period");
    load_range(loader, told.period, condition);
    json_reader_leave(&loader->reader, mark);
}

static void write(const story_t *story, const condition_t *condition, json_t *object)
{
    messages_write(story, condition, object);
    json_object_set_new(
        object, "period",
        json_pack("[o, o]", story_write_time(condition->minimum_ns), story_write_time(condition->maximum_ns)));
}

static void add_words(words_t *words, const story_t *story, const condition_t *condition)
{
    messages_add_words(words, story, condition);
    words_add(words, " every ");
    words_add_time(words, condition->minimum_ns);
    words_add(words, " to ");
    words_add_time(words, condition->maximum_ns);
}

static void add_seen(words_t *words, const story_t *story, const condition_t *condition,
                     const condition_context_t *context)
{
    const condition_memory_t *memory = &context->memories[condition->slot];
    if (memory->last.seen && memory->gap_ns >= 0) {
        words_add_time(words, memory->gap_ns);
        words_add(words, " after the one before, ");
    }
    seen_add_message(words, story, condition, context);
}

const condition_kind_t condition_period = {.mark = "period",
                                           .family = CONDITION_OF_GAPS,
                                           .load = load,
                                           .write = write,
                                           .words = add_words,
                                           .seen = add_seen,
                                           .concerns = messages_concerns};
