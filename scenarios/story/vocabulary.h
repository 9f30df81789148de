// SPDX-License-Identifier: MIT
// What a story can say: its verbs and its conditions, one row each. A row holds everything about its word, so that a
// new one is one file, its row, and its schema:
//
//                   ┌ name, kind
//                   │ load     JSON ──> step          story_steps.c, when a file is read
//      a row  ──────┤ write    step ──> JSON          story_write.c
//                   │ words    step ──> English       words_step.c, for reports
//                   └ act …    step ──> the car       scenarios/play/player.c, instant by instant
//
// The reader of stories is given a vocabulary and knows no word of it by name; scenarios/play/ has the one there is
// (play/play_vocabulary.h), since only there it is known what happens. Hence the types of play/ are only named here.
// What a row makes of its JSON is its own (`told` of a step or condition), in the story's memory.
#ifndef KMSIM_SCENARIOS_STORY_VOCABULARY_H
#define KMSIM_SCENARIOS_STORY_VOCABULARY_H

#include <jansson.h>

#include "bus/base/words.h"
#include "scenarios/story/story.h"

typedef struct story_loader story_loader_t;           // scenarios/story/story_parts.h
typedef struct instant instant_t;                     // scenarios/play/instant.h
typedef struct condition_context condition_context_t; // scenarios/play/conditions.h

// ---- verbs ---------------------------------------------------------------------------------------------------------

// What goes with the verb, and when its step is done.
typedef enum {
    VERB_ACTS,     // done the instant that it acts
    VERB_WORKSHOP, // acts by diagnosis; done when the answer has come
    VERB_WAITS,    // holds the story, does nothing
    VERB_EXPECTS,  // a condition; goes with within and not_before
    VERB_WATCHES,  // a condition, or a second one besides; goes with for and background
} verb_kind_t;

typedef enum { VERB_NOT_YET, VERB_DONE, VERB_FAILED } verb_progress_t;

struct verb {
    const char *name; // the member of a step
    verb_kind_t kind;
    const char *second; // the member of a condition that must follow; within goes with it. Null: none

    /// Fills the step from the verb's value; mistakes are told by the reader.
    void (*load)(story_loader_t *loader, const json_t *json, story_step_t *step);

    /// The same of the second member, after that.
    void (*load_second)(story_loader_t *loader, const json_t *json, story_step_t *step);

    /// Returns the verb's value again, a new one that the caller gives to json_decref: load makes the same of it.
    json_t *(*write)(const story_t *story, const story_step_t *step);

    /// Likewise the second member's.
    json_t *(*write_second)(const story_t *story, const story_step_t *step);

    /// Adds what is done, behind the verb's name: "key 2 unlock, held 100 ms".
    void (*words)(words_t *words, const story_t *story, const story_step_t *step);

    /// Tells what of the step nobody could do, and notes what it changes (story_doubt.h). Null: nothing.
    void (*doubt)(story_doubts_t *doubts, const story_step_t *step);

    /// The step is reached. False, with the problem in words, when it cannot be done (or a watch is violated at once).
    bool (*act)(instant_t *instant, const story_step_t *step, words_t *problem);

    /// Asked at the instant in which the step is reached and at every one after it, until it is done or failed (then
    /// with the problem in words). Null: it is done at once.
    verb_progress_t (*progress)(instant_t *instant, const story_step_t *step, words_t *problem);

    /// Whether what the step begins has hits, which are counted (instant_t.hits); without any it is told as a watch
    /// that saw nothing. Null: it has none.
    bool (*hits)(const story_step_t *step);

    /// Of VERB_WATCHES: whether the instant leaves it in peace; else the problem in words. Asked at every instant after
    /// the one in which the step was reached, before progress.
    bool (*watch)(instant_t *instant, const story_step_t *step, words_t *problem);
};

// ---- conditions ----------------------------------------------------------------------------------------------------

// How it is judged; scenarios/play/conditions.h tells what that means for expect, never and always.
typedef enum {
    CONDITION_OF_FRAMES, // a frame is seen: concerns, agrees
    CONDITION_OF_GAPS,   // the time between two such frames lies in a range: concerns
    CONDITION_OF_STATE,  // something is so now: holds
    CONDITION_OF_COUNT,  // so many frames are seen: concerns, agrees
    CONDITION_ANY,       // of its parts
    CONDITION_ALL,
    CONDITION_NOT, // the contrary of its part, which is of states
} condition_family_t;

// By whom a condition is asked.
typedef enum {
    CONDITION_EXPECTED, // expect
    CONDITION_WATCHED,  // never, always
    CONDITION_FOLLOWED, // whenever, both of them
} condition_use_t;

struct condition_kind {
    const char *mark; // the member that tells the kind; the first row whose mark is there
    condition_family_t family;

    /// As of a verb; use: what for it is there. Whatever no row fills stays as condition_t says of what was not told.
    void (*load)(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition);

    /// Puts its members into an object, as load reads them.
    void (*write)(const story_t *story, const condition_t *condition, json_t *object);

    void (*words)(words_t *words, const story_t *story, const condition_t *condition);

    /// Adds what was seen last of what it names: "SeatStatus at 2.104233 s on kcan-p: Profile=1".
    void (*seen)(words_t *words, const story_t *story, const condition_t *condition,
                 const condition_context_t *context);

    bool of_errors; // of frames: that failed, of which everybody saw the error frame

    /// Whether the frame is one that it is about, on the bus that it names; and whether that says what it should. Of
    /// error frames null: each is one, and does.
    bool (*concerns)(const condition_t *condition, const can_frame_t *frame);
    bool (*agrees)(const condition_t *condition, const can_frame_t *frame);

    bool (*holds)(const condition_t *condition, const condition_context_t *context);

    /// Of a state that must be asked for: whether an answer has come since the step was reached, and whether it tells
    /// the state. Null: it is known without asking.
    bool (*has_read)(const condition_t *condition, const condition_context_t *context);
    bool (*is_known)(const condition_t *condition, const condition_context_t *context);

    /// Of such a state: whether what came cannot be read, so that nothing can be said of it. Null: it always can.
    bool (*is_unreadable)(const condition_t *condition, const condition_context_t *context);
};

// ---- both ----------------------------------------------------------------------------------------------------------

struct vocabulary {
    size_t verb_count; // in the order in which mistakes list them
    const verb_t *const *verbs;
    size_t condition_count; // in the order in which marks are looked for
    const condition_kind_t *const *conditions;
};

#endif
