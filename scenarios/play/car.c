// SPDX-License-Identifier: MIT
#include "scenarios/play/car.h"

#include <assert.h>
#include <stdlib.h>

#define STORING_MAX_NS (100 * TIME_MS) // after the end of the story

// ---- binding, once -------------------------------------------------------------------------------------------------

static uint8_t fobs_node(const car_t *self)
{
    return self->plan.vehicle->node_count;
}

static bool bind_unit(car_t *self, uint8_t node, error_t *error)
{
    const vehicle_t *vehicle = self->plan.vehicle;
    const vehicle_node_t *entry = &vehicle->nodes[node];
    if (!self->host.find) {
        self->ports[node] = *self->host.ports(self->host.self, node);
        return true;
    }
    const node_class_t *class = *entry->program ? NULL : self->host.find(entry->executable);
    if (!class)
        return error_add(error, "%s: unit \"%s\" is a program of its own (%s): it cannot run in-process", vehicle->path,
                         entry->name, *entry->program ? entry->program : entry->executable);
    node_setup_t setup = {.dbc = self->plan.dbc, .vehicle = vehicle, .entry = entry};
    return host_in_process_add(self->direct, node, class, NULL, &setup, &self->ports[node], error);
}

static bool bind_actor(car_t *self, uint8_t node, const node_class_t *class, void *storage, error_t *error)
{
    node_setup_t setup = {.dbc = self->plan.dbc, .vehicle = self->plan.vehicle};
    return host_in_process_add(self->direct, node, class, storage, &setup, &self->ports[node], error);
}

// The actors last: units that live elsewhere are started with the host of the actors beside them.
static bool bind_nodes(car_t *self, error_t *error)
{
    simulation_t *simulation = &self->simulation;
    simulation->host = host_in_process_host(self->direct);
    if (!self->host.find && !self->host.start(self->host.self, self->direct, &simulation->host, error)) return false;
    for (uint8_t node = 0; node < self->plan.vehicle->node_count; node++)
        if (!bind_unit(self, node, error)) return false;
    return bind_actor(self, fobs_node(self), &fobs_class, &self->fobs, error);
}

// ---- beginning, run after run --------------------------------------------------------------------------------------

static bool add_node(car_t *self, uint8_t node, const char *name, const uint8_t *buses, uint8_t bus_count,
                     const image_t *image, image_state_t state)
{
    size_t front = node == tester_node(self->plan.vehicle) ? TESTER_RESTORED : 0;
    if (host_in_process_has(self->direct, node)) host_in_process_restore(self->direct, node, front);
    return kernel_add_node(self->kernel, name, buses, bus_count, &self->ports[node], image, state) == node;
}

static bool add_unit(car_t *self, uint8_t node, error_t *error)
{
    const vehicle_node_t *entry = &self->plan.vehicle->nodes[node];
    image_t buffer;
    image_state_t state;
    const image_t *image = car_plan_image(&self->plan, node, &buffer, &state);
    return add_node(self, node, entry->name, entry->buses, entry->bus_count, image, state) ||
           error_add(error, "%s: there is no room for unit \"%s\" or its lines", self->plan.vehicle->path, entry->name);
}

// A story may press a remote control at its very first instant, before the fobs have had power: they are loaded here.
static bool add_fobs(car_t *self, error_t *error)
{
    image_t buffer;
    image_state_t state;
    const image_t *image = car_plan_image(&self->plan, fobs_node(self), &buffer, &state);
    if (!add_node(self, fobs_node(self), fobs_class.name, NULL, 0, image, state))
        return error_add(error, "%s: there is no room for unit \"%s\" or its lines", self->plan.vehicle->path,
                         fobs_class.name);
    car_plan_t delivered = self->plan;
    delivered.memory = NULL; // what is damaged is no more: the fobs are as they came with the car
    if (state != IMAGE_PRESENT) image = car_plan_image(&delivered, fobs_node(self), &buffer, &state);
    fobs_load(&self->fobs, image);
    return true;
}

// Only where somebody speaks with it: a node that listens acknowledges frames.
static bool add_tester(car_t *self, error_t *error)
{
    uint8_t bus = tester_bus(self->plan.vehicle), node = tester_node(self->plan.vehicle);
    if (!self->plan.tester) return true;
    if (!host_in_process_has(self->direct, node) && !bind_actor(self, node, &tester_class, &self->tester, error))
        return false;
    return add_node(self, node, tester_class.name, &bus, 1, NULL, IMAGE_NONE) ||
           error_add(error, "%s: there is no room for a tester", self->plan.vehicle->path);
}

static bool begin(car_t *self, error_t *error)
{
    kernel_init(self->kernel, self->plan.vehicle, self->plan.seed);
    fault_plan_init(&self->faults, self->plan.seed);
    kernel_set_plan(self->kernel, &self->faults);
    for (uint8_t node = 0; node < self->plan.vehicle->node_count; node++)
        if (!add_unit(self, node, error)) return false;
    if (!add_fobs(self, error) || !add_tester(self, error)) return false;
    player_reset(self->player, self->plan.seed, self->plan.tester ? &self->tester : NULL);
    self->simulation.player = player_hooks(self->player);
    self->simulation.keeper = (keeper_t){0};
    self->simulation.observer_count = 0;
    kernel_start(self->kernel);
    return true;
}

car_t *car_new(const car_plan_t *plan, const car_host_t *host, error_t *error)
{
    car_t *self = calloc(1, sizeof *self);
    assert(self);
    self->plan = *plan;
    self->host = *host;
    self->kernel = malloc(kernel_size());
    self->simulation.outboxes = malloc(KERNEL_NODES_MAX * sizeof *self->simulation.outboxes);
    assert(self->kernel && self->simulation.outboxes);
    self->simulation.kernel = self->kernel;
    self->direct = host_in_process_new();
    self->player = player_new(plan->vehicle, plan->dbc, &self->fobs, fobs_node(self), &self->faults);
    if (!bind_nodes(self, error) || !begin(self, error)) car_destroy(&self);
    return self;
}

void car_destroy(car_t **self_p)
{
    car_t *self = *self_p;
    if (!self) return;
    player_destroy(&self->player);
    host_in_process_destroy(&self->direct);
    free(self->simulation.outboxes);
    free(self->kernel);
    free(self);
    *self_p = NULL;
}

bool car_reset(car_t *self, const car_plan_t *plan, error_t *error)
{
    assert(plan->vehicle == self->plan.vehicle && plan->dbc == self->plan.dbc);
    assert(self->host.find || self->host.again);
    self->plan = *plan;
    if (!self->host.find) self->host.again(self->host.self);
    return begin(self, error);
}

// ---- running -------------------------------------------------------------------------------------------------------

void car_play(car_t *self, const story_t *story)
{
    assert(story->vehicle == self->plan.vehicle && story->dbc == self->plan.dbc);
    player_play(self->player, story);
}

bool car_run(car_t *self, error_t *error)
{
    return simulation_run(&self->simulation, error);
}

bool car_run_until(car_t *self, int64_t limit_ns, int (*interrupted)(void), error_t *error)
{
    for (bool over, idle = false; !idle && !(interrupted && interrupted());)
        if (!simulation_step(&self->simulation, limit_ns, &over, &idle, error)) return false;
    return true;
}

static bool play_on(void *car, kernel_t *kernel)
{
    (void)car;
    kernel_wake_player(kernel, TIME_NEVER);
    return true;
}

bool car_finish_storing(car_t *self, error_t *error)
{
    int64_t limit_ns = kernel_now(self->kernel) + STORING_MAX_NS;
    self->simulation.player.step = play_on;
    self->simulation.observer_count = 0;
    for (bool over, idle = false; !idle && kernel_storing(self->kernel);)
        if (!simulation_step(&self->simulation, limit_ns, &over, &idle, error)) return false;
    return true;
}
