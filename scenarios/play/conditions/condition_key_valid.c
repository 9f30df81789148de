// SPDX-License-Identifier: MIT
// key_valid: whether the CAS says that the key in the lock is one of the car's.
#include "scenarios/play/conditions/seen.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"

typedef struct {
    bool valid;
} key_valid_t;

static void load(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    static const field_t FIELDS_OF_KEY_VALID[] = {
        {"key_valid", FIELD_BOOLEAN, true, offsetof(key_valid_t, valid), 0, 0, {0}},
    };
    key_valid_t *key = story_allocate(loader, 1, sizeof *key);
    (void)use;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_KEY_VALID), key);
    condition->told = key;
    story_require_signal(loader, "TerminalStatus", "KeyValid");
}

static void write(const story_t *story, const condition_t *condition, json_t *object)
{
    const key_valid_t *key = condition->told;
    (void)story;
    json_object_set_new(object, "key_valid", json_boolean(key->valid));
}

static void add_words(words_t *words, const story_t *story, const condition_t *condition)
{
    const key_valid_t *key = condition->told;
    (void)story;
    words_add(words, key->valid ? "key valid" : "no valid key");
}

static bool holds(const condition_t *condition, const condition_context_t *context)
{
    const key_valid_t *key = condition->told;
    bool valid;
    return car_view_key_valid(context->view, &valid) && valid == key->valid;
}

const condition_kind_t condition_key_valid = {.mark = "key_valid",
                                              .family = CONDITION_OF_STATE,
                                              .load = load,
                                              .write = write,
                                              .words = add_words,
                                              .seen = seen_add_terminals,
                                              .holds = holds};
