// SPDX-License-Identifier: MIT
#include "scenarios/player.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/conditions.h"
#include "scenarios/driver.h"
#include "scenarios/mechanic.h"
#include "scenarios/words_seen.h"
#include "scenarios/words_step.h"
#include "scenarios/words_workshop.h"

struct player {
    const story_t *story;
    car_view_t view;
    driver_t driver;
    mechanic_t mechanic;
    condition_memory_t *memories; // by slot
    bool taken[KERNEL_EVENTS_MAX];
    size_t *watches; // indices of the background steps that were reached
    size_t watch_count;
    size_t step;        // the one whose turn it is
    bool reached;       // since reached_ns
    int64_t reached_ns; // …
    int64_t done_ns;    // the step before was done
    int64_t wake_ns;    // of this instant's plans, the earliest
    player_verdict_t verdict;
};

typedef struct { // one instant
    player_t *self;
    kernel_t *kernel;
    int64_t now_ns;
    condition_context_t context;
} instant_t;

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);
    assert(memory);
    return memory;
}

player_t *player_new(const story_t *story, uint64_t seed, fobs_t *fobs, uint8_t fobs_node)
{
    player_t *self = allocate(1, sizeof *self);
    self->story = story;
    self->memories = allocate(story->condition_count, sizeof *self->memories);
    self->watches = allocate(story->step_count, sizeof *self->watches);
    car_view_init(&self->view, story->vehicle, story->dbc,
                  allocate(car_view_last_count(story->vehicle, story->dbc), sizeof(car_view_last_t)));
    driver_init(&self->driver, story, seed, fobs, fobs_node, allocate(story->step_count, sizeof(driver_hold_t)),
                allocate(story->step_count, sizeof(air_t)));
    return self;
}

// Takes the array, returns a larger one.
static void *grow(void *array, size_t count, size_t size)
{
    void *larger = realloc(array, count * size);
    assert(larger);
    return larger;
}

void player_go_on(player_t *self, const story_t *story)
{
    assert(self->verdict.state != PLAYER_PLAYING);
    free(self->memories);
    free(self->watches);
    self->memories = allocate(story->condition_count, sizeof *self->memories);
    self->watches = allocate(story->step_count, sizeof *self->watches);
    driver_t *driver = &self->driver;
    driver->holds = grow(driver->holds, driver->hold_count + story->step_count, sizeof *driver->holds);
    driver->telegram_room = driver_telegram_room(driver, story->step_count);
    driver->telegrams = grow(driver->telegrams, driver->telegram_room, sizeof *driver->telegrams);
    self->story = story;
    self->watch_count = self->step = 0;
    self->reached = false;
    memset(&self->verdict, 0, sizeof self->verdict);
}

void player_use_tester(player_t *self, tester_t *tester)
{
    self->mechanic.tester = tester;
}

void player_destroy(player_t **self_p)
{
    player_t *self = *self_p;
    if (!self) return;
    free(self->memories);
    free(self->watches);
    free(self->view.last);
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

static bool is_workshop(const story_step_t *step)
{
    return step->verb == VERB_SERVICE || step->verb == VERB_CIP || step->verb == VERB_UDS;
}

static void fail(instant_t *instant, size_t index, const char *problem)
{
    player_t *self = instant->self;
    const story_step_t *step = step_of(self, index);
    player_verdict_t *verdict = &self->verdict;
    verdict->state = PLAYER_FAILED;
    verdict->time_ns = instant->now_ns;
    verdict->step = index;
    snprintf(verdict->pointer, sizeof verdict->pointer, "/steps/%zu/%s", index, story_verb_name(step->verb));
    snprintf(verdict->problem, sizeof verdict->problem, "%s", problem);
    words_t words = words_make(verdict->expected, sizeof verdict->expected);
    words_add_step(&words, self->story, step);
    words = words_make(verdict->seen, sizeof verdict->seen);
    if (step->verb >= VERB_EXPECT)
        words_add_seen(&words, self->story, step->condition, &instant->context);
    else if (is_workshop(step) && self->reached)
        words_add_answer(&words, tester_job(self->mechanic.tester));
}

static bool playing(const instant_t *instant)
{
    return instant->self->verdict.state == PLAYER_PLAYING;
}

static void wake_at(instant_t *instant, int64_t at_ns)
{
    instant->self->wake_ns = time_earlier(instant->self->wake_ns, at_ns);
}

// ---- watches -------------------------------------------------------------------------------------------------------

// Of never and always, at every instant after the one in which the step was reached.
static void check_watch(instant_t *instant, size_t index)
{
    const player_t *self = instant->self;
    const story_step_t *step = step_of(self, index);
    bool always = step->verb == VERB_ALWAYS;
    condition_look(step->condition, &instant->context);
    bool violated = always ? condition_violated(step->condition, &instant->context)
                           : condition_met(step->condition, &instant->context);
    if (violated)
        fail(instant, index, always ? "violated" : "seen");
    else if (always)
        wake_at(instant, condition_overdue_ns(step->condition, self->memories));
}

// The instant in which the step is reached: what stood on the buses then is over, states count.
static void begin_watch(instant_t *instant, size_t index)
{
    const condition_t *condition = step_of(instant->self, index)->condition;
    condition_look(condition, &instant->context);
    condition_begin(condition, &instant->context);
    size_t event_count = instant->context.event_count;
    instant->context.event_count = 0;
    check_watch(instant, index);
    instant->context.event_count = event_count;
}

static void check_background(instant_t *instant)
{
    const player_t *self = instant->self;
    for (size_t i = 0; playing(instant) && i < self->watch_count; i++) check_watch(instant, self->watches[i]);
}

// ---- steps ---------------------------------------------------------------------------------------------------------

// Whether the step's time has come; when not, the player is woken then.
static bool is_due(instant_t *instant, const story_step_t *step)
{
    const player_t *self = instant->self;
    int64_t due_ns = instant->now_ns;
    if (step->at_ns != STORY_NO_TIME) due_ns = step->at_ns;
    if (step->after_ns != STORY_NO_TIME) due_ns = self->done_ns + step->after_ns;
    if (due_ns < instant->now_ns) {
        char problem[160], at[TIME_TEXT_MAX];
        snprintf(problem, sizeof problem, "its time, %s s, has passed: an earlier step held the story up",
                 time_format(due_ns, at));
        fail(instant, self->step, problem);
        return false;
    }
    if (due_ns > instant->now_ns) wake_at(instant, due_ns);
    return due_ns == instant->now_ns;
}

static void switch_power(instant_t *instant, const story_power_t *power)
{
    kernel_set_power(instant->kernel, power->node, power->state);
    // Off at the end of this instant; who asks the status in it must not hear of what is no more.
    if (power->state != POWER_ON) car_view_forget(&instant->self->view, power->node);
}

static void act(instant_t *instant, const story_step_t *step)
{
    player_t *self = instant->self;
    char problem[256];
    words_t reason = words_make(problem, sizeof problem);
    uint64_t lost = kernel_nonsense(instant->kernel);
    if (step->verb == VERB_FRAME)
        kernel_inject(instant->kernel, step->frame.bus, &step->frame.frame);
    else if (step->verb == VERB_POWER)
        switch_power(instant, &step->power);
    else if (is_workshop(step))
        mechanic_act(&self->mechanic, instant->kernel, step);
    else if (!driver_act(&self->driver, instant->kernel, step, &reason))
        fail(instant, self->step, problem);
    // What finds no room must not look like a car that did not react.
    if (kernel_nonsense(instant->kernel) > lost) fail(instant, self->step, "more at one instant than can be under way");
}

static void begin(instant_t *instant, const story_step_t *step)
{
    player_t *self = instant->self;
    self->reached = true;
    self->reached_ns = instant->now_ns;
    if (step->verb < VERB_EXPECT) {
        act(instant, step);
        return;
    }
    condition_reset(step->condition, &instant->context);
    mechanic_read(&self->mechanic, instant->kernel, step->condition->read);
    if (step->verb == VERB_EXPECT) return;
    begin_watch(instant, self->step);
    if (step->background) self->watches[self->watch_count++] = self->step;
}

static bool wait_until(instant_t *instant, int64_t end_ns)
{
    if (instant->now_ns >= end_ns) return true;
    wake_at(instant, end_ns);
    return false;
}

static void add_duration(words_t *words, const char *before, int64_t time_ns)
{
    words_add(words, "%s", before);
    words_add_time(words, time_ns);
}

static bool is_expectation_met(instant_t *instant, const story_step_t *step)
{
    const player_t *self = instant->self;
    int64_t elapsed_ns = instant->now_ns - self->reached_ns;
    char problem[160];
    words_t words = words_make(problem, sizeof problem);
    condition_look(step->condition, &instant->context);
    if (condition_expected(step->condition, &instant->context)) {
        if (step->not_before_ns == STORY_NO_TIME || elapsed_ns >= step->not_before_ns) return true;
        add_duration(&words, "met too early, after ", elapsed_ns);
        fail(instant, self->step, problem);
        return false;
    }
    // "Now" is when the fault memories have answered.
    if (step->within_ns == STORY_NO_TIME && !condition_has_read(step->condition, &instant->context)) return false;
    int64_t within_ns = step->within_ns == STORY_NO_TIME ? 0 : step->within_ns;
    if (!wait_until(instant, self->reached_ns + within_ns)) return false;
    if (step->within_ns == STORY_NO_TIME)
        words_add(&words, "does not hold now");
    else
        add_duration(&words, "not met within ", within_ns);
    fail(instant, self->step, problem);
    return false;
}

static bool is_answered(instant_t *instant, const story_step_t *step)
{
    const player_t *self = instant->self;
    if (!mechanic_has_answer(&self->mechanic)) return false;
    char problem[256];
    words_t words = words_make(problem, sizeof problem);
    if (mechanic_judge(&self->mechanic, step, &words)) return true;
    fail(instant, self->step, problem);
    return false;
}

static bool is_done(instant_t *instant, const story_step_t *step, bool just_reached)
{
    const player_t *self = instant->self;
    switch (step->verb) {
    case VERB_SERVICE:
    case VERB_CIP:
    case VERB_UDS:
        return is_answered(instant, step);
    case VERB_WAIT:
        return wait_until(instant, self->reached_ns + step->wait_ns);
    case VERB_EXPECT:
        return is_expectation_met(instant, step);
    case VERB_NEVER:
    case VERB_ALWAYS:
        if (step->background) return true;
        if (!just_reached) check_watch(instant, self->step);
        return playing(instant) && wait_until(instant, self->reached_ns + step->for_ns);
    case VERB_REMOTE:
    case VERB_RADIO:
    case VERB_IGNITION:
    case VERB_DOOR:
    case VERB_GEAR:
    case VERB_SWITCH:
    case VERB_ADJUST:
    case VERB_FRAME:
    case VERB_POWER:
        break;
    }
    return true;
}

static void take_steps(instant_t *instant)
{
    player_t *self = instant->self;
    while (playing(instant) && self->step < self->story->step_count) {
        const story_step_t *step = step_of(self, self->step);
        bool just_reached = !self->reached;
        if (just_reached && !is_due(instant, step)) return;
        if (just_reached) begin(instant, step);
        if (!playing(instant) || !is_done(instant, step, just_reached)) return;
        self->done_ns = instant->now_ns;
        self->reached = false;
        self->step++;
    }
    if (!playing(instant)) return;
    self->verdict.state = PLAYER_PASSED;
    self->verdict.time_ns = instant->now_ns;
}

// ---- the instant ---------------------------------------------------------------------------------------------------

static instant_t look(player_t *self, kernel_t *kernel)
{
    instant_t instant = {.self = self, .kernel = kernel, .now_ns = kernel_now(kernel)};
    condition_context_t *context = &instant.context;
    *context = (condition_context_t){.now_ns = instant.now_ns,
                                     .view = &self->view,
                                     .tester = self->mechanic.tester,
                                     .taken = self->taken,
                                     .memories = self->memories};
    context->event_count = kernel_events(kernel, &context->events);
    memset(self->taken, 0, context->event_count * sizeof self->taken[0]);
    for (size_t i = 0; i < context->event_count; i++) car_view_look(&self->view, &context->events[i], instant.now_ns);
    return instant;
}

// The fault memories that the step under way and the background watches are about.
static void watch_faults(player_t *self)
{
    uint32_t nodes = 0;
    if (self->reached && step_of(self, self->step)->verb >= VERB_EXPECT)
        nodes = step_of(self, self->step)->condition->read;
    for (size_t i = 0; i < self->watch_count; i++) nodes |= step_of(self, self->watches[i])->condition->read;
    mechanic_watch(&self->mechanic, nodes);
}

static bool step_player(void *player, kernel_t *kernel)
{
    player_t *self = player;
    instant_t instant = look(self, kernel);
    self->wake_ns = TIME_NEVER;
    driver_release(&self->driver, kernel, &self->view);
    check_background(&instant);
    take_steps(&instant);
    watch_faults(self);
    wake_at(&instant, driver_next_ns(&self->driver));
    kernel_wake_player(kernel, self->wake_ns);
    return playing(&instant);
}

player_hooks_t player_hooks(player_t *self)
{
    return (player_hooks_t){.self = self, .step = step_player};
}

const player_verdict_t *player_verdict(const player_t *self)
{
    return &self->verdict;
}

size_t player_reached(const player_t *self)
{
    return self->step + (self->reached ? 1 : 0);
}

const car_view_t *player_view(const player_t *self)
{
    return &self->view;
}
