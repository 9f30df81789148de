// SPDX-License-Identifier: MIT
#include "scenarios/play/player.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/play/explain.h"
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/words_step.h"
#include "scenarios/story/words_workshop.h"

#define PROBLEM_MAX 256

typedef struct { // elements that there is room for
    size_t memories, watches, hits, holds, telegrams;
} room_t;

struct player {
    const story_t *story; // null: nothing was told yet
    car_view_t view;
    past_t past;
    driver_t driver;
    mechanic_t mechanic;
    fault_plan_t *plan;
    condition_memory_t *memories; // by slot
    bool taken[KERNEL_EVENTS_MAX];
    size_t *watches; // indices of the background steps that were reached
    size_t watch_count;
    uint32_t *hits;     // by step, of what it began
    size_t step;        // the one whose turn it is
    bool reached;       // since reached_ns
    int64_t reached_ns; // …
    int64_t done_ns;    // the step before was done
    player_verdict_t verdict;
    char note[PLAYER_NOTE_MAX + 1];
    room_t room;
};

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);
    assert(memory);
    return memory;
}

player_t *player_new(const vehicle_t *vehicle, const dbc_t *dbc, fobs_t *fobs, uint8_t fobs_node, fault_plan_t *plan)
{
    player_t *self = allocate(1, sizeof *self);
    self->plan = plan;
    car_view_init(&self->view, vehicle, dbc, allocate(car_view_last_count(vehicle, dbc), sizeof(car_view_last_t)));
    self->past = (past_t){vehicle, dbc, allocate(dbc->message_count, sizeof(past_message_t))};
    driver_init(&self->driver, fobs, fobs_node);
    self->verdict.state = PLAYER_PASSED;
    return self;
}

// The texts are long, and only their first bytes count when there are none.
static void begin_verdict(player_verdict_t *self, player_state_t state)
{
    self->state = state;
    self->time_ns = 0;
    self->step = 0;
    self->pointer[0] = self->place[0] = self->expected[0] = self->problem[0] = self->seen[0] = self->ignored[0] = '\0';
    self->parts[0] = self->hint[0] = self->frames[0] = '\0';
}

static void forget_steps(player_t *self)
{
    self->watch_count = self->step = 0;
    self->reached = false;
}

void player_reset(player_t *self, uint64_t seed, tester_t *tester)
{
    self->story = NULL;
    car_view_reset(&self->view);
    past_reset(&self->past);
    driver_reset(&self->driver, seed);
    self->mechanic.tester = tester;
    forget_steps(self);
    self->done_ns = 0;
    begin_verdict(&self->verdict, PLAYER_PASSED);
}

// Takes the array, returns one that holds as many: the same where it does so already. It grows by half, so that a live
// car is not copied anew with every step.
static void *make_room(void *array, size_t *room, size_t count, size_t size)
{
    if (count <= *room) return array;
    *room = count + *room / 2;
    void *larger = realloc(array, *room * size);
    assert(larger);
    return larger;
}

// Those of another story that last have the place of their hits no longer.
static void forget_hits(fault_plan_t *plan)
{
    for (uint64_t rest = plan->active; rest; rest &= rest - 1) plan->entries[__builtin_ctzll(rest)].fault.hits = NULL;
}

void player_play(player_t *self, const story_t *story)
{
    assert(self->verdict.state != PLAYER_PLAYING);
    driver_t *driver = &self->driver;
    room_t *room = &self->room;
    size_t holds = driver_announce(driver, story->step_count);
    driver->holds = make_room(driver->holds, &room->holds, holds, sizeof *driver->holds);
    driver->telegrams =
        make_room(driver->telegrams, &room->telegrams, driver->telegram_room, sizeof *driver->telegrams);
    self->memories = make_room(self->memories, &room->memories, story->condition_count, sizeof *self->memories);
    self->watches = make_room(self->watches, &room->watches, story->step_count, sizeof *self->watches);
    self->hits = make_room(self->hits, &room->hits, story->step_count, sizeof *self->hits);
    for (size_t i = 0; i < story->condition_count; i++) self->memories[i].watched = 0;
    memset(self->hits, 0, story->step_count * sizeof *self->hits);
    forget_hits(self->plan);
    self->story = story;
    forget_steps(self);
    begin_verdict(&self->verdict, PLAYER_PLAYING);
}

void player_destroy(player_t **self_p)
{
    player_t *self = *self_p;
    if (!self) return;
    free(self->memories);
    free(self->watches);
    free(self->hits);
    free(self->view.last);
    free(self->past.messages);
    free(self->driver.holds);
    free(self->driver.telegrams);
    free(self);
    *self_p = NULL;
}

// ---- verdict -------------------------------------------------------------------------------------------------------

static const story_step_t *step_of(const player_t *self, size_t index)
{
    return &self->story->steps[index];
}

// Where the story's own file says it: of a step of another one, where that is used.
static void put_pointer(const story_step_t *step, char *pointer, size_t size)
{
    const story_place_t *place = step->place;
    const char *member = *place->member ? place->member : step->verb->name;
    for (const story_within_t *within = step->within; within; within = within->outer) {
        if (within->rounds > 0) continue;
        place = within->place;
        member = place->member;
    }
    snprintf(pointer, size, "%s/%s", place->pointer, member);
}

static void put_verdict(player_t *self, int64_t now_ns, size_t index, const char *problem)
{
    const story_step_t *step = step_of(self, index);
    player_verdict_t *verdict = &self->verdict;
    verdict->state = PLAYER_FAILED;
    verdict->time_ns = now_ns;
    verdict->step = index;
    put_pointer(step, verdict->pointer, sizeof verdict->pointer);
    snprintf(verdict->problem, sizeof verdict->problem, "%s", problem);
    words_t words = words_make(verdict->place, sizeof verdict->place);
    words_add_place(&words, step);
    words = words_make(verdict->expected, sizeof verdict->expected);
    words_add_step(&words, self->story, step);
    words_add_outer_notes(&words, step);
}

static void explain(player_t *self, const instant_t *instant, const story_step_t *step)
{
    player_verdict_t *verdict = &self->verdict;
    words_t parts = words_make(verdict->parts, sizeof verdict->parts);
    words_t frames = words_make(verdict->frames, sizeof verdict->frames);
    words_t hint = words_make(verdict->hint, sizeof verdict->hint);
    explain_parts(&parts, self->story, step, &instant->context);
    explain_frames(&frames, step->condition, &self->past);
    explain_hint(&hint, step, instant, &self->past);
}

static void fail(player_t *self, instant_t *instant, size_t index, const char *problem)
{
    const story_step_t *step = step_of(self, index);
    player_verdict_t *verdict = &self->verdict;
    put_verdict(self, instant->now_ns, index, problem);
    words_t words = words_make(verdict->seen, sizeof verdict->seen);
    if (step->condition) {
        step->condition->kind->seen(&words, self->story, step->condition, &instant->context);
        explain(self, instant, step);
    } else if (step->verb->kind == VERB_WORKSHOP && self->reached)
        words_add_answer(&words, mechanic_answer(&self->mechanic));
}

static bool playing(const player_t *self)
{
    return self->verdict.state == PLAYER_PLAYING;
}

// ---- steps ---------------------------------------------------------------------------------------------------------

// Of a watch, at every instant after the one in which its step was reached.
static void check_watch(player_t *self, instant_t *instant, size_t index)
{
    const story_step_t *step = step_of(self, index);
    char problem[PROBLEM_MAX];
    words_t words = words_make(problem, sizeof problem);
    if (!step->verb->watch(instant, step, &words)) fail(self, instant, index, problem);
}

static void check_background(player_t *self, instant_t *instant)
{
    for (size_t i = 0; playing(self) && i < self->watch_count; i++) check_watch(self, instant, self->watches[i]);
}

// Whether the step's time has come; when not, the player is woken then.
static bool is_due(player_t *self, instant_t *instant, const story_step_t *step)
{
    int64_t due_ns = instant->now_ns;
    if (step->at_ns != STORY_NO_TIME) due_ns = step->at_ns;
    if (step->after_ns != STORY_NO_TIME) due_ns = self->done_ns + step->after_ns;
    if (due_ns < instant->now_ns) {
        char problem[PROBLEM_MAX], at[TIME_TEXT_MAX];
        snprintf(problem, sizeof problem, "its time, %s s, has passed: an earlier step held the story up",
                 time_format(due_ns, at));
        fail(self, instant, self->step, problem);
        return false;
    }
    return instant_wait_until(instant, due_ns);
}

static void begin(player_t *self, instant_t *instant, const story_step_t *step)
{
    char problem[PROBLEM_MAX];
    words_t words = words_make(problem, sizeof problem);
    uint64_t lost = kernel_nonsense(instant->kernel);
    self->reached = true;
    self->reached_ns = instant->reached_ns = instant->now_ns;
    instant->hits = &self->hits[self->step];
    if (step->background) self->watches[self->watch_count++] = self->step;
    if (step->verb->act && !step->verb->act(instant, step, &words)) fail(self, instant, self->step, problem);
    // What finds no room must not look like a car that did not react.
    if (!step->condition && kernel_nonsense(instant->kernel) > lost)
        fail(self, instant, self->step, "more at one instant than can be under way");
}

static bool is_done(player_t *self, instant_t *instant, const story_step_t *step)
{
    char problem[PROBLEM_MAX];
    words_t words = words_make(problem, sizeof problem);
    verb_progress_t progress = step->verb->progress ? step->verb->progress(instant, step, &words) : VERB_DONE;
    if (progress == VERB_FAILED) fail(self, instant, self->step, problem);
    return progress == VERB_DONE;
}

// Takes what is due, one step after the other, as long as each is done at this instant.
static void take_steps(player_t *self, instant_t *instant)
{
    while (playing(self) && self->step < self->story->step_count) {
        const story_step_t *step = step_of(self, self->step);
        bool just_reached = !self->reached;
        if (just_reached && !is_due(self, instant, step)) return;
        if (just_reached)
            begin(self, instant, step);
        else if (step->verb->watch)
            check_watch(self, instant, self->step);
        if (!playing(self) || !is_done(self, instant, step)) return;
        self->done_ns = instant->now_ns;
        self->reached = false;
        self->step++;
    }
    if (!playing(self)) return;
    self->verdict.state = PLAYER_PASSED;
    self->verdict.time_ns = instant->now_ns;
}

// ---- the instant ---------------------------------------------------------------------------------------------------

static instant_t look(player_t *self, kernel_t *kernel)
{
    instant_t instant = {.kernel = kernel,
                         .now_ns = kernel_now(kernel),
                         .reached_ns = self->reached_ns,
                         .wake_ns = TIME_NEVER,
                         .driver = &self->driver,
                         .mechanic = &self->mechanic,
                         .view = &self->view,
                         .plan = self->plan,
                         .note = words_make(self->note, sizeof self->note)};
    condition_context_t *context = &instant.context;
    *context = (condition_context_t){.now_ns = instant.now_ns,
                                     .view = &self->view,
                                     .kernel = kernel,
                                     .tester = self->mechanic.tester,
                                     .taken = self->taken,
                                     .memories = self->memories};
    context->event_count = kernel_events(kernel, &context->events);
    memset(self->taken, 0, context->event_count * sizeof self->taken[0]);
    for (size_t i = 0; i < context->event_count; i++) {
        car_view_look(&self->view, &context->events[i], instant.now_ns);
        past_look(&self->past, &context->events[i], instant.now_ns);
    }
    return instant;
}

// The fault memories that the step under way and the background watches are about.
static void watch_faults(player_t *self)
{
    index_set_t nodes = {0};
    const condition_t *condition = self->reached ? step_of(self, self->step)->condition : NULL;
    if (condition) nodes = condition->read;
    for (size_t i = 0; i < self->watch_count; i++)
        nodes = index_set_either(nodes, step_of(self, self->watches[i])->condition->read);
    mechanic_watch(&self->mechanic, nodes);
}

// What is let go needs room as well: a button that nobody lets go would look like a driver who holds it.
static void release(player_t *self, instant_t *instant)
{
    uint64_t lost = kernel_nonsense(instant->kernel);
    driver_release(&self->driver, instant->kernel, &self->view);
    if (!playing(self) || kernel_nonsense(instant->kernel) == lost) return;
    size_t last = self->story->step_count - 1;
    fail(self, instant, self->step < last ? self->step : last, "more is let go at one instant than can be under way");
}

static bool step_player(void *player, kernel_t *kernel)
{
    player_t *self = player;
    instant_t instant = look(self, kernel);
    release(self, &instant);
    check_background(self, &instant);
    take_steps(self, &instant);
    watch_faults(self);
    instant_wake_at(&instant, driver_next_ns(&self->driver));
    kernel_wake_player(kernel, instant.wake_ns);
    return playing(self);
}

player_hooks_t player_hooks(player_t *self)
{
    return (player_hooks_t){.self = self, .step = step_player};
}

const player_verdict_t *player_verdict(const player_t *self)
{
    return &self->verdict;
}

const char *player_note(const player_t *self)
{
    return self->note;
}

size_t player_reached(const player_t *self)
{
    return self->step + (self->reached ? 1 : 0);
}

// ---- watches that saw nothing, faults that hit nothing -------------------------------------------------------------

static bool has_hits(const story_step_t *step)
{
    return step->verb->hits && step->verb->hits(step);
}

static bool is_idle(const player_t *self, size_t index)
{
    const story_step_t *step = step_of(self, index);
    uint64_t frames = 0;
    if (has_hits(step)) return self->hits[index] == 0;
    if (step->verb->kind != VERB_WATCHES) return false;
    // What must follow is nothing to watch; and that no error frame ever came is good news.
    const condition_t *condition = step->verb->second ? &step->condition->parts[0] : step->condition;
    return condition_watched(condition, self->memories, step->verb != &verb_never, &frames) && frames == 0;
}

static bool is_same_step(const player_t *self, size_t a, size_t b)
{
    const story_place_t *one = step_of(self, a)->place, *other = step_of(self, b)->place;
    if (one == other) return true;
    return one->line == other->line && one->column == other->column && strcmp(one->file, other->file) == 0;
}

// One that stands in a repeat is one, though each round may have its own memory of it.
static bool is_first_round(const player_t *self, size_t index)
{
    for (size_t i = index; i-- > 0;)
        if (is_same_step(self, i, index)) return false;
    return true;
}

static bool all_rounds_are_idle(const player_t *self, size_t index)
{
    for (size_t i = index + 1; i < player_reached(self); i++)
        if (is_same_step(self, i, index) && !is_idle(self, i)) return false;
    return true;
}

size_t player_idle_step(const player_t *self, size_t from)
{
    for (size_t i = from; i < player_reached(self); i++)
        if (is_idle(self, i) && is_first_round(self, i) && all_rounds_are_idle(self, i)) return i;
    return self->story ? self->story->step_count : 0;
}

const char *player_idle_words(const player_t *self, size_t step)
{
    return has_hits(step_of(self, step)) ? "hit nothing" : "watched 0 frames";
}

void player_fail_idle(player_t *self)
{
    size_t index = player_idle_step(self, 0);
    if (self->verdict.state != PLAYER_PASSED || !self->story || index >= self->story->step_count) return;
    put_verdict(self, self->verdict.time_ns, index, player_idle_words(self, index));
}

const car_view_t *player_view(const player_t *self)
{
    return &self->view;
}
