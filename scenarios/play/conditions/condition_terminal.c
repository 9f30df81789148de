// SPDX-License-Identifier: MIT
// terminal: how far the CAS says that the key is turned.
#include "scenarios/play/conditions/seen.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"

static const char *const TERMINAL_NAMES[] = {STORY_TERMINALS};

typedef struct {
    int64_t terminal; // story_terminal_t
} terminal_t;

static void load(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    static const field_t FIELDS_OF_TERMINAL[] = {
        {"terminal", FIELD_CHOICE, true, offsetof(terminal_t, terminal), 0, 0, {STORY_TERMINALS}},
    };
    terminal_t *told = story_allocate(loader, 1, sizeof *told);
    (void)use;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_TERMINAL), told);
    condition->told = told;
    story_require_signal(loader, "TerminalStatus", "TerminalR");
    story_require_signal(loader, "TerminalStatus", "Terminal15");
    story_require_signal(loader, "TerminalStatus", "Terminal50");
}

static void write(const story_t *story, const condition_t *condition, json_t *object)
{
    const terminal_t *told = condition->told;
    (void)story;
    json_object_set_new(object, "terminal", json_string(TERMINAL_NAMES[told->terminal]));
}

static void add_words(words_t *words, const story_t *story, const condition_t *condition)
{
    const terminal_t *told = condition->told;
    (void)story;
    words_add(words, "terminal %s", TERMINAL_NAMES[told->terminal]);
}

static bool holds(const condition_t *condition, const condition_context_t *context)
{
    const terminal_t *told = condition->told;
    int terminal;
    return car_view_terminal(context->view, &terminal) && terminal == (int)told->terminal;
}

const condition_kind_t condition_terminal = {.mark = "terminal",
                                             .family = CONDITION_OF_STATE,
                                             .load = load,
                                             .write = write,
                                             .words = add_words,
                                             .seen = seen_add_terminals,
                                             .holds = holds};
