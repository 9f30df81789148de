// SPDX-License-Identifier: MIT
// count: so many frames of a message are seen in the time of an expect.
#include <inttypes.h>

#include "scenarios/play/conditions.h"
#include "scenarios/play/conditions/messages.h"
#include "scenarios/play/conditions/seen.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"

#define COUNT_MAX 1000000000

static void load_range(story_loader_t *loader, const json_t *json, condition_t *condition)
{
    static const field_t COUNT = {.kind = FIELD_INTEGER, .maximum = COUNT_MAX};
    if (json_array_size(json) != 2) {
        json_reader_mistake(&loader->reader, "must be two numbers, the least and the most");
        return;
    }
    int64_t counts[2] = {0, COUNT_MAX};
    for (size_t i = 0; i < 2; i++) {
        size_t inner = json_reader_enter_index(&loader->reader, i);
        json_reader_value(&loader->reader, json_array_get(json, i), &COUNT, &counts[i]);
        json_reader_leave(&loader->reader, inner);
    }
    if (counts[0] > counts[1]) json_reader_mistake(&loader->reader, "the least is more than the most");
    condition->least = (uint32_t)counts[0];
    condition->most = (uint32_t)counts[1];
}

static void load(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    typedef struct {
        const char *message, *bus;
        const json_t *signals, *count;
    } told_t;
    static const field_t FIELDS_OF_COUNT[] = {
        {"message", FIELD_TEXT, true, offsetof(told_t, message), 0, 0, {0}},
        {"bus", FIELD_TEXT, false, offsetof(told_t, bus), 0, 0, {0}},
        {"signals", FIELD_OBJECT, false, offsetof(told_t, signals), 0, 0, {0}},
        {"count", FIELD_ARRAY, true, offsetof(told_t, count), 0, 0, {0}},
    };
    told_t told = {0};
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_COUNT), &told);
    if (use != CONDITION_EXPECTED) json_reader_mistake(&loader->reader, "count goes with expect only");
    story_load_condition_bus(loader, told.bus, condition);
    condition->message = story_find_message(loader, "message", told.message);
    if (condition->message && told.signals) story_load_signals(loader, told.signals, condition);
    if (!told.count) return;
    size_t mark = json_reader_enter(&loader->reader, "count");
    load_range(loader, told.count, condition);
    json_reader_leave(&loader->reader, mark);
}

static void write(const story_t *story, const condition_t *condition, json_t *object)
{
    messages_write(story, condition, object);
    json_object_set_new(object, "count",
                        json_pack("[I, I]", (json_int_t)condition->least, (json_int_t)condition->most));
}

static void add_words(words_t *words, const story_t *story, const condition_t *condition)
{
    messages_add_words(words, story, condition);
    words_add(words, " %" PRIu32 " to %" PRIu32 " times", condition->least, condition->most);
}

static void add_seen(words_t *words, const story_t *story, const condition_t *condition,
                     const condition_context_t *context)
{
    uint32_t count = context->memories[condition->slot].count;
    words_add(words, "%" PRIu32 " of them, the last of its message: ", count);
    seen_add_message(words, story, condition, context);
}

const condition_kind_t condition_count = {.mark = "count",
                                          .family = CONDITION_OF_COUNT,
                                          .load = load,
                                          .write = write,
                                          .words = add_words,
                                          .seen = add_seen,
                                          .concerns = messages_concerns,
                                          .agrees = messages_agrees};
