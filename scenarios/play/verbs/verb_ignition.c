// SPDX-License-Identifier: MIT
// ignition: a key is put into the lock, turned, or taken out.
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/play/verbs/one_of.h"
#include "scenarios/story/story_doubt.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"

typedef enum { INSERT, INSERT_FOREIGN, REMOVE, TURN } ignition_kind_t;

typedef struct {
    ignition_kind_t kind;
    int key;
    story_terminal_t terminal;
} ignition_t;

static const char *const TERMINAL_NAMES[] = {STORY_TERMINALS};

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    typedef struct {
        int64_t insert, terminal;
        bool insert_foreign, remove;
    } told_t;
    static const field_t FIELDS_OF_IGNITION[] = {
        {"insert", FIELD_INTEGER, false, offsetof(told_t, insert), 1, KEY_COUNT_MAX, {0}},
        {"insert_foreign", FIELD_TRUE, false, offsetof(told_t, insert_foreign), 0, 0, {0}},
        {"remove", FIELD_TRUE, false, offsetof(told_t, remove), 0, 0, {0}},
        {"terminal", FIELD_CHOICE, false, offsetof(told_t, terminal), 0, 0, {STORY_TERMINALS}},
    };
    static const char *const ONE[] = {"insert", "insert_foreign", "remove", "terminal", NULL};
    told_t told = {0};
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_IGNITION), &told);
    one_of_require(loader, json, ONE);
    story_check_key(loader, "insert", told.insert);
    ignition_t *ignition = story_allocate(loader, 1, sizeof *ignition);
    *ignition = (ignition_t){
        .kind = told.insert           ? INSERT
                : told.insert_foreign ? INSERT_FOREIGN
                : told.remove         ? REMOVE
                                      : TURN,
        .key = (int)told.insert,
        .terminal = (story_terminal_t)told.terminal,
    };
    step->told = ignition;
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    const ignition_t *ignition = step->told;
    (void)story;
    switch (ignition->kind) {
    case INSERT:
        return json_pack("{s:i}", "insert", ignition->key);
    case INSERT_FOREIGN:
        return json_pack("{s:b}", "insert_foreign", 1);
    case REMOVE:
        return json_pack("{s:b}", "remove", 1);
    case TURN:
        break;
    }
    return json_pack("{s:s}", "terminal", TERMINAL_NAMES[ignition->terminal]);
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    const ignition_t *ignition = step->told;
    (void)story;
    switch (ignition->kind) {
    case INSERT:
        words_add(words, "key %d inserted", ignition->key);
        return;
    case INSERT_FOREIGN:
        words_add(words, "a foreign key inserted");
        return;
    case REMOVE:
        words_add(words, "key removed");
        return;
    case TURN:
        words_add(words, "terminal %s", TERMINAL_NAMES[ignition->terminal]);
        return;
    }
}

static void doubt(story_doubts_t *doubts, const story_step_t *step)
{
    const ignition_t *ignition = step->told;
    bool inserts = ignition->kind == INSERT || ignition->kind == INSERT_FOREIGN;
    if (inserts && doubts->key_in_lock)
        story_doubt_tell(doubts, "another key is in the lock, which keeps it");
    else if (!inserts && !doubts->key_in_lock)
        story_doubt_tell(doubts, ignition->kind == REMOVE ? "there is no key in the lock to remove"
                                                          : "there is no key in the lock to turn");
    if (ignition->kind != TURN) doubts->key_in_lock = inserts;
}

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const ignition_t *ignition = step->told;
    bool kept_out = false;
    (void)problem;
    switch (ignition->kind) {
    case INSERT:
        kept_out = !driver_insert_key(instant->driver, instant->kernel, ignition->key);
        break;
    case INSERT_FOREIGN:
        kept_out = !driver_insert_key(instant->driver, instant->kernel, FOBS_FOREIGN);
        break;
    case REMOVE:
        driver_remove_key(instant->driver, instant->kernel);
        break;
    case TURN:
        driver_turn_key(instant->driver, instant->kernel, ignition->terminal);
        break;
    }
    if (kept_out) words_add(&instant->note, "the key is kept out: another one is in the lock, which keeps it");
    return true;
}

const verb_t verb_ignition = {.name = "ignition",
                              .kind = VERB_ACTS,
                              .load = load,
                              .write = write,
                              .words = add_words,
                              .doubt = doubt,
                              .act = act};
