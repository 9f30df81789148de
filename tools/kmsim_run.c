// SPDX-License-Identifier: MIT
#include "tools/kmsim_run.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bus/zmq/process.h"
#include "bus/zmq/socket.h"
#include "bus/trace/trace.h"
#include "scenarios/play/car.h"
#include "scenarios/play/ignored.h"
#include "scenarios/story/words_step.h"
#include "tools/car_processes.h"
#include "tools/narrator.h"
#include "tools/units.h"

#define FLUSH_MS 20
#define IDLE_WORDS_MAX 8191

struct kmsim_run {
    const kmsim_run_options_t *options;
    car_t **cars; // in-process, one per vehicle
    size_t car_count;
    car_processes_t processes; // the car that is kept on processes, as long as it can be
    car_t *kept_car;
    // of the story that is played
    const story_t *story;
    const report_t *report;
    char idle[IDLE_WORDS_MAX + 1]; // its watches that saw nothing, a line each
    car_t *car;
    hub_t *hub; // null: in-process
    narrator_t narrator;
    trace_t *trace, *failure_trace;
    int64_t flushed_ms;       // when the trace last was, by the wall clock
    const char *failure_path; // null: none
    const char *kept;         // the trace that there is of it, null: none
};

car_plan_t kmsim_run_plan(const kmsim_run_options_t *options, const story_t *story)
{
    car_plan_t plan = story_plan(story);
    if (options->has_seed) plan.seed = options->seed;
    if (options->stored) plan.memory = stored_car_memory(options->stored);
    return plan;
}

kmsim_run_t *kmsim_run_new(const kmsim_run_options_t *options)
{
    kmsim_run_t *self = calloc(1, sizeof *self);
    assert(self);
    self->options = options;
    return self;
}

static void end_processes(kmsim_run_t *self)
{
    hub_destroy(&self->processes.hub);
    car_destroy(&self->kept_car);
}

void kmsim_run_destroy(kmsim_run_t **self_p)
{
    kmsim_run_t *self = *self_p;
    if (!self) return;
    for (size_t i = 0; i < self->car_count; i++) car_destroy(&self->cars[i]);
    end_processes(self);
    free(self->cars);
    free(self);
    *self_p = NULL;
}

// ---- traces --------------------------------------------------------------------------------------------------------

static bool open_failure_trace(kmsim_run_t *self, error_t *error)
{
    const char *directory = self->options->failures_path;
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) return error_add(error, "%s: %s", directory, strerror(errno));
    self->failure_trace = trace_new_late(self->failure_path, self->story->vehicle, error);
    return self->failure_trace;
}

static bool open_traces(kmsim_run_t *self, error_t *error)
{
    if (self->options->trace_path) {
        self->trace = trace_new(self->options->trace_path, self->story->vehicle, error);
        if (!self->trace) return false;
    }
    return !self->failure_path || open_failure_trace(self, error);
}

// Of a run that never began: what an earlier one wrote there stays.
static void discard_traces(kmsim_run_t *self)
{
    trace_discard(&self->trace);
    trace_discard(&self->failure_trace);
}

static bool close_traces(kmsim_run_t *self, error_t *error)
{
    bool good = true;
    const story_watch_t *watch = self->options->watch;
    bool passed = player_verdict(self->car->player)->state == PLAYER_PASSED && !(watch && story_watch_differs(watch));
    if (self->trace) {
        good = trace_close(&self->trace, error);
        self->kept = self->options->trace_path;
    }
    if (!self->failure_trace) return good;
    if (passed) {
        trace_discard(&self->failure_trace);
        return good;
    }
    self->kept = self->failure_path;
    return trace_close(&self->failure_trace, error) && good;
}

// Among processes an instant costs a hundred times what a flush does, and the next one may never come; where units are
// called directly it costs less than a flush, and nothing can hold the run up.
static bool is_flush_due(kmsim_run_t *self)
{
    if (!self->options->in_process) return true;
    int64_t now_ms = socket_clock_ms();
    if (now_ms - self->flushed_ms < FLUSH_MS) return false;
    self->flushed_ms = now_ms;
    return true;
}

static void write_event(trace_t *trace, int64_t now_ns, const kernel_event_t *event)
{
    if (event->kind == EVENT_FRAME) trace_write(trace, now_ns, event->bus, &event->frame);
    if (event->kind == EVENT_ERROR) trace_write_error(trace, now_ns, event->bus);
}

static void write_frames(kmsim_run_t *self, const kernel_t *kernel)
{
    const kernel_event_t *events;
    size_t count = kernel_events(kernel, &events);
    for (size_t i = 0; i < count; i++) {
        if (self->trace) write_event(self->trace, kernel_now(kernel), &events[i]);
        if (self->failure_trace) write_event(self->failure_trace, kernel_now(kernel), &events[i]);
    }
    if (self->trace && is_flush_due(self)) trace_flush(self->trace);
}

static void look(void *run, const kernel_t *kernel)
{
    kmsim_run_t *self = run;
    if (self->trace || self->failure_trace) write_frames(self, kernel);
    if (self->options->watch) story_watch_look(self->options->watch, kernel, self->car->player);
}

// ---- the story -----------------------------------------------------------------------------------------------------

static void tell_note(const kmsim_run_t *self, const kernel_t *kernel)
{
    char time[TIME_TEXT_MAX];
    const char *note = player_note(self->car->player);
    if (*note && self->report)
        report_line(self->report, "%s at %s s: %s", self->story->path, time_format(kernel_now(kernel), time), note);
}

static bool step(void *run, kernel_t *kernel)
{
    kmsim_run_t *self = run;
    bool tell = self->options->verbosity > 0;
    if (process_interrupted()) return false;
    if (tell) narrator_tell_events(&self->narrator, kernel);
    player_hooks_t hooks = player_hooks(self->car->player);
    bool goes_on = hooks.step(hooks.self, kernel);
    tell_note(self, kernel);
    if (tell) narrator_tell_steps(&self->narrator, kernel, self->story, self->car->player);
    return goes_on;
}

static bool simulate(kmsim_run_t *self, const report_t *report, error_t *error)
{
    const kmsim_run_options_t *options = self->options;
    const story_t *story = self->story;
    simulation_t *simulation = &self->car->simulation;
    simulation_observer_t observer = {.self = self, .look = look};
    simulation->player = (player_hooks_t){.self = self, .step = step};
    simulation->observers = &observer;
    simulation->observer_count = self->trace || self->failure_trace || options->watch ? 1 : 0;
    if (options->stored) simulation->keeper = stored_car_keeper(options->stored);
    bool tell = options->verbosity > 0;
    if (tell) {
        narrator_begin(&self->narrator, report, story->vehicle, story->dbc, options->verbosity > 1);
        narrator_tell_title(&self->narrator, story->name, story->description);
        if (story->note) report_line(report, "note: %s", story->note);
    }
    bool good = car_run(self->car, error);
    if (good && options->stored && !process_interrupted()) good = car_finish_storing(self->car, error);
    if (tell) narrator_end(&self->narrator);
    if (good && process_interrupted()) good = error_add(error, "interrupted by signal %d", process_interrupted());
    return good;
}

// Beside what the car knows, what came to the hub from outside and belonged to nobody.
static bool tell_ignored(kmsim_run_t *self, player_verdict_t *verdict, error_t *error)
{
    words_t words = words_make(verdict->ignored, sizeof verdict->ignored);
    if (!ignored_read(self->car, &words, error)) return false;
    if (!self->hub) return true;
    hub_figures_t figures = hub_figures(self->hub);
    const struct {
        const char *what;
        uint64_t count;
    } rows[] = {
        {"messages from outside",
         figures.outsiders + figures.forged + figures.refused + figures.mismatched + figures.garbage},
        {"connections ended or turned away", figures.put_out + figures.turned_away},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].count > 0)
            words_add(&words, "%s%s: %" PRIu64, words.length > 0 ? "; " : "", rows[i].what, rows[i].count);
    return true;
}

// What a watch or fault was for did not come at all: that a watch found nothing, or that the car bore it, says little.
static void note_idle_steps(kmsim_run_t *self)
{
    const story_t *story = self->story;
    const player_t *player = self->car->player;
    words_t words = words_make(self->idle, sizeof self->idle);
    for (size_t i = 0; (i = player_idle_step(player, i)) < story->step_count; i++) {
        words_add_place(&words, &story->steps[i]);
        words_add(&words, ": %s\n", player_idle_words(player, i));
    }
}

// In the car that stands ready.
static bool play(kmsim_run_t *self, const report_t *report, player_verdict_t *verdict, error_t *error)
{
    if (self->trace) trace_begin(self->trace);
    car_play(self->car, self->story);
    bool good = simulate(self, report, error);
    if (good) note_idle_steps(self);
    if (good && self->options->strict) player_fail_idle(self->car->player);
    if (good) *verdict = *player_verdict(self->car->player);
    if (good && verdict->state == PLAYER_FAILED) good = tell_ignored(self, verdict, error);
    return close_traces(self, error) && good;
}

// ---- the car -------------------------------------------------------------------------------------------------------

static bool ready_car(kmsim_run_t *self, error_t *error)
{
    car_plan_t plan = kmsim_run_plan(self->options, self->story);
    for (size_t i = 0; i < self->car_count; i++) {
        self->car = self->cars[i];
        if (self->car->plan.vehicle == plan.vehicle) return car_reset(self->car, &plan, error);
    }
    self->car = car_new(&plan, &(car_host_t){.find = units_find}, error);
    if (!self->car) return false;
    self->cars = realloc(self->cars, (self->car_count + 1) * sizeof(car_t *));
    assert(self->cars);
    self->cars[self->car_count++] = self->car;
    return true;
}

static bool play_in_process(kmsim_run_t *self, const report_t *report, player_verdict_t *verdict, error_t *error)
{
    return ready_car(self, error) && play(self, report, verdict, error);
}

static bool start_processes(kmsim_run_t *self, const car_plan_t *plan, error_t *error)
{
    const kmsim_run_options_t *options = self->options;
    end_processes(self);
    self->processes.options = (hub_options_t){
        .vehicle = plan->vehicle,
        .endpoint = options->endpoint,
        .observers = options->observers,
        .patience_ns = options->patience_ns,
        .unit_directory = options->unit_directory,
        .launches = options->launches,
        .launch_count = options->launch_count,
        .verbose = options->verbosity > 0,
    };
    car_host_t host = car_processes_host(&self->processes);
    self->kept_car = car_new(plan, &host, error);
    return self->kept_car;
}

// Of another vehicle nothing is kept: its processes would be in the way of those that are wanted now.
static bool ready_processes(kmsim_run_t *self, error_t *error)
{
    car_plan_t plan = kmsim_run_plan(self->options, self->story);
    bool stays = self->kept_car && self->kept_car->plan.vehicle == plan.vehicle;
    if (stays) stays = hub_can_begin_anew(self->processes.hub); // still: somebody may have killed one meanwhile
    return stays ? car_reset(self->kept_car, &plan, error) : start_processes(self, &plan, error);
}

// The processes stay for the next story, unless this one was not good for them.
static bool play_on_processes(kmsim_run_t *self, const report_t *report, player_verdict_t *verdict, error_t *error)
{
    bool good = ready_processes(self, error);
    self->car = self->kept_car;
    self->hub = self->processes.hub;
    good = good && play(self, report, verdict, error);
    self->hub = NULL;
    if (!good || self->options->fresh || !hub_can_begin_anew(self->processes.hub)) end_processes(self);
    return good;
}

void kmsim_run_keep_failure(kmsim_run_t *self, const char *path)
{
    self->failure_path = path;
}

bool kmsim_run_story(kmsim_run_t *self, const story_t *story, const report_t *report, player_verdict_t *verdict,
                     error_t *error)
{
    self->story = story;
    self->report = report;
    self->kept = NULL;
    self->idle[0] = '\0';
    if (self->options->watch) story_watch_begin(self->options->watch, story);
    bool good = open_traces(self, error); // before anything starts that could be in vain
    if (good)
        good = self->options->in_process ? play_in_process(self, report, verdict, error)
                                         : play_on_processes(self, report, verdict, error);
    discard_traces(self); // unless it was played
    return good;
}

const char *kmsim_run_trace(const kmsim_run_t *self)
{
    return self->kept;
}

const char *kmsim_run_idle(const kmsim_run_t *self)
{
    return self->idle;
}
