// SPDX-License-Identifier: MIT
#include "tools/kmsim_run.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bus/host/host_in_process.h"
#include "bus/zmq/process.h"
#include "scenarios/actors/fobs.h"
#include "scenarios/actors/tester.h"
#include "bus/trace/trace.h"
#include "tools/narrator.h"
#include "tools/units.h"

#define STORING_MAX_NS (100 * TIME_MS) // after the end of the story

typedef struct {
    const kmsim_run_options_t *options;
    const story_t *story;
    story_t standing; // the same without steps, for a car that is driven
    uint64_t seed;
    kernel_t *kernel;
    outbox_t *outboxes;
    host_in_process_t *host; // all nodes, or the actors beside a hub
    hub_t *hub;              // null in-process
    fobs_t fobs;
    tester_t tester;
    player_t *player;
    narrator_t narrator;
    trace_t *trace, *failure_trace;
} run_t;

uint64_t kmsim_run_seed(const kmsim_run_options_t *options, const story_t *story)
{
    return options->has_seed ? options->seed : story->seed;
}

// ---- traces --------------------------------------------------------------------------------------------------------

static bool open_failure_trace(run_t *self, error_t *error)
{
    const char *directory = self->options->trace_failures_path;
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) return error_add(error, "%s: %s", directory, strerror(errno));
    const char *slash = strrchr(self->story->path, '/');
    const char *name = slash ? slash + 1 : self->story->path;
    size_t length = strlen(name);
    if (length > 5 && strcmp(name + length - 5, ".json") == 0) length -= 5;
    char path[VEHICLE_PATH_MAX + 1];
    int wrote = snprintf(path, sizeof path, "%s/%.*s.log", directory, (int)length, name);
    if (wrote < 0 || (size_t)wrote >= sizeof path) return error_add(error, "%s: the path is too long", directory);
    self->failure_trace = trace_new(path, self->story->vehicle, error);
    return self->failure_trace;
}

static bool open_traces(run_t *self, error_t *error)
{
    if (self->options->trace_path) {
        self->trace = trace_new(self->options->trace_path, self->story->vehicle, error);
        if (!self->trace) return false;
    }
    return !self->options->trace_failures_path || open_failure_trace(self, error);
}

// Of a run that never began: what an earlier one wrote there stays.
static void discard_traces(run_t *self)
{
    trace_discard(&self->trace);
    trace_discard(&self->failure_trace);
}

static bool close_traces(run_t *self, error_t *error)
{
    bool good = true;
    bool failed = !self->player || player_verdict(self->player)->state != PLAYER_PASSED;
    if (self->trace) good = trace_close(&self->trace, error);
    if (!self->failure_trace) return good;
    if (failed) return trace_close(&self->failure_trace, error) && good;
    trace_discard(&self->failure_trace);
    return good;
}

static void write_frames(void *run, const kernel_t *kernel)
{
    run_t *self = run;
    const kernel_event_t *events;
    size_t count = kernel_events(kernel, &events);
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind != EVENT_FRAME) continue;
        if (self->trace) trace_write(self->trace, kernel_now(kernel), events[i].bus, &events[i].frame);
        if (self->failure_trace) trace_write(self->failure_trace, kernel_now(kernel), events[i].bus, &events[i].frame);
    }
}

// ---- nodes ---------------------------------------------------------------------------------------------------------

// What the node begins with: from the car's memory, or as the story says; null for nothing.
static const image_t *first_image(const run_t *self, uint8_t node, image_t *image, image_state_t *state)
{
    if (self->options->stored) return stored_car_image(self->options->stored, node, state);
    bool fobs = node == self->story->vehicle->node_count;
    bool told = fobs || story_image(self->story, self->seed, node, image);
    if (fobs) story_fobs_image(self->story, self->seed, image);
    *state = told ? IMAGE_PRESENT : IMAGE_NONE;
    return told ? image : NULL;
}

static bool add_to_kernel(run_t *self, uint8_t index, const char *name, const vehicle_node_t *entry,
                          const node_ports_t *ports, error_t *error)
{
    image_t buffer;
    image_state_t state;
    const image_t *image = first_image(self, index, &buffer, &state);
    int node = kernel_add_node(self->kernel, name, entry ? entry->buses : NULL, entry ? entry->bus_count : 0, ports,
                               image, state);
    return node >= 0 ||
           error_add(error, "%s: there is no room for unit \"%s\" or its lines", self->story->vehicle->path, name);
}

static bool add_unit(run_t *self, uint8_t node, error_t *error)
{
    const vehicle_node_t *entry = &self->story->vehicle->nodes[node];
    node_setup_t setup = {.dbc = self->story->dbc, .vehicle = self->story->vehicle, .entry = entry};
    node_ports_t own_ports;
    const node_ports_t *ports = &own_ports;
    if (self->hub) {
        ports = hub_ports(self->hub, node);
    } else {
        const node_class_t *class = units_find(entry->executable);
        if (!class)
            return error_add(error, "%s: unit \"%s\" is a program of its own (%s): it cannot run in-process",
                             self->story->vehicle->path, entry->name, entry->executable);
        if (!host_in_process_add(self->host, node, class, NULL, &setup, &own_ports, error)) return false;
    }
    return add_to_kernel(self, node, entry->name, entry, ports, error);
}

static bool add_fobs(run_t *self, uint8_t node, error_t *error)
{
    node_setup_t setup = {.dbc = self->story->dbc, .vehicle = self->story->vehicle};
    node_ports_t ports;
    if (!host_in_process_add(self->host, node, &fobs_class, &self->fobs, &setup, &ports, error)) return false;
    return add_to_kernel(self, node, fobs_class.name, NULL, &ports, error);
}

// Only where somebody speaks with it: a node that listens acknowledges frames.
static bool add_tester(run_t *self, uint8_t node, error_t *error)
{
    const vehicle_t *vehicle = self->story->vehicle;
    node_setup_t setup = {.dbc = self->story->dbc, .vehicle = vehicle};
    node_ports_t ports;
    uint8_t bus = tester_bus(vehicle);
    if (!self->story->diagnosis && !self->options->drive) return true;
    if (!host_in_process_add(self->host, node, &tester_class, &self->tester, &setup, &ports, error)) return false;
    if (kernel_add_node(self->kernel, tester_class.name, &bus, 1, &ports, NULL, IMAGE_NONE) < 0)
        return error_add(error, "%s: there is no room for a tester", vehicle->path);
    player_use_tester(self->player, &self->tester);
    return true;
}

// A story may press a remote control at its very first instant, before the fobs have read what is stored.
static void load_stored_fobs(run_t *self, uint8_t node)
{
    image_state_t state;
    const image_t *image = self->options->stored ? stored_car_image(self->options->stored, node, &state) : NULL;
    if (image && state == IMAGE_PRESENT) fobs_load(&self->fobs, image);
}

static bool start_hub(run_t *self, error_t *error)
{
    const kmsim_run_options_t *options = self->options;
    if (options->in_process) return true;
    hub_options_t hub = {
        .vehicle = self->story->vehicle,
        .endpoint = options->endpoint,
        .observers = options->observers,
        .patience_ns = options->patience_ns,
        .unit_directory = options->unit_directory,
        .launches = options->launches,
        .launch_count = options->launch_count,
        .actors = self->host,
        .live = options->drive != NULL,
        .verbose = options->verbosity > 0,
    };
    self->hub = hub_new(&hub, error);
    return self->hub;
}

static bool build(run_t *self, error_t *error)
{
    const story_t *story = self->story;
    self->kernel = calloc(1, kernel_size());
    self->outboxes = calloc(KERNEL_NODES_MAX, sizeof *self->outboxes);
    assert(self->kernel && self->outboxes);
    self->host = host_in_process_new();
    kernel_init(self->kernel, story->vehicle, self->seed);
    if (!start_hub(self, error)) return false;
    for (uint8_t node = 0; node < story->vehicle->node_count; node++)
        if (!add_unit(self, node, error)) return false;
    if (!add_fobs(self, story->vehicle->node_count, error)) return false;
    self->player =
        player_new(self->options->drive ? &self->standing : story, self->seed, &self->fobs, story->vehicle->node_count);
    load_stored_fobs(self, story->vehicle->node_count);
    if (!add_tester(self, story->vehicle->node_count + 1, error)) return false;
    return open_traces(self, error);
}

static void tear_down(run_t *self)
{
    player_destroy(&self->player);
    hub_destroy(&self->hub);
    host_in_process_destroy(&self->host);
    free(self->outboxes);
    free(self->kernel);
}

// ---- the run -------------------------------------------------------------------------------------------------------

static bool step(void *run, kernel_t *kernel)
{
    run_t *self = run;
    bool tell = self->options->verbosity > 0;
    if (process_interrupted()) return false;
    if (tell) narrator_tell_events(&self->narrator, kernel);
    player_hooks_t hooks = player_hooks(self->player);
    bool goes_on = hooks.step(hooks.self, kernel);
    if (tell) narrator_tell_steps(&self->narrator, kernel, self->player);
    return goes_on;
}

static bool play_on(void *run, kernel_t *kernel)
{
    (void)run;
    kernel_wake_player(kernel, TIME_NEVER);
    return true;
}

// The car does not end with the story: what its units are storing then becomes durable. Nothing of it is told.
static bool finish_storing(run_t *self, simulation_t *simulation, error_t *error)
{
    int64_t limit_ns = kernel_now(self->kernel) + STORING_MAX_NS;
    simulation->player.step = play_on;
    simulation->observer_count = 0;
    for (bool over, idle = false; !idle && kernel_storing(self->kernel);)
        if (!simulation_step(simulation, limit_ns, &over, &idle, error)) return false;
    return true;
}

static bool simulate(run_t *self, const report_t *report, error_t *error)
{
    simulation_observer_t observer = {.self = self, .look = write_frames};
    simulation_t simulation = {
        .kernel = self->kernel,
        .host = self->hub ? hub_host(self->hub) : host_in_process_host(self->host),
        .player = {.self = self, .step = step},
        .observers = &observer,
        .observer_count = self->trace || self->failure_trace ? 1 : 0,
        .outboxes = self->outboxes,
    };
    if (self->options->stored) simulation.keeper = stored_car_keeper(self->options->stored);
    const kmsim_run_options_t *options = self->options;
    bool tell = options->verbosity > 0;
    if (tell) narrator_begin(&self->narrator, report, self->story, options->verbosity > 1);
    kernel_start(self->kernel);
    kmsim_car_t car = {self->story, &simulation, self->hub, self->player, &self->fobs, &self->tester};
    bool good = options->drive ? options->drive(options->driver, &car, error) : simulation_run(&simulation, error);
    bool interrupted = process_interrupted() && !options->drive;
    if (good && options->stored && !interrupted) good = finish_storing(self, &simulation, error);
    if (tell) narrator_end(&self->narrator);
    if (good && interrupted) good = error_add(error, "interrupted by signal %d", process_interrupted());
    return good;
}

bool kmsim_run_story(const kmsim_run_options_t *options, const story_t *story, const report_t *report,
                     player_verdict_t *verdict, error_t *error)
{
    run_t *self = calloc(1, sizeof *self);
    assert(self);
    self->options = options;
    self->story = story;
    self->standing = *story;
    self->standing.step_count = self->standing.condition_count = 0;
    self->seed = kmsim_run_seed(options, story);
    bool good = build(self, error);
    if (!good) discard_traces(self);
    good = good && simulate(self, report, error);
    if (good) *verdict = *player_verdict(self->player);
    good = close_traces(self, error) && good;
    tear_down(self);
    free(self);
    return good;
}
