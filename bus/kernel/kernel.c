// SPDX-License-Identifier: MIT
#include "bus/kernel/kernel.h"

#include <assert.h>
#include <string.h>

#include "bus/kernel/kernel_state.h"

static_assert(VEHICLE_NODES_MAX + 2 <= KERNEL_NODES_MAX, "units, key fobs and tester");
static_assert(KERNEL_NODES_MAX <= KERNEL_POWER_MAX, "all nodes get power at once");
static_assert(KERNEL_STRANGER < KERNEL_EVERYBODY && KERNEL_LINES_MAX <= UINT16_MAX, "they fit");

// ---- set-up --------------------------------------------------------------------------------------------------------

size_t kernel_size(void)
{
    return sizeof(kernel_t);
}

// The arrays stay as they are: each is read no further than its count, and of an element only what its kind fills.
void kernel_init(kernel_t *self, const vehicle_t *vehicle, uint64_t seed)
{
    self->vehicle = vehicle;
    self->seed = seed;
    self->plan = NULL;
    self->now_ns = 0;
    self->begun = self->seen = false;
    self->player_ns = TIME_NEVER;
    self->node_count = self->line_count = self->event_count = self->seen_count = 0;
    self->activation_count = self->power_count = 0;
    self->nonsense = 0;
    self->overflow = KERNEL_FITS;
    self->transmissions = 0;
    self->late_count = 0;
    self->busy_ms = 0;
    self->busy_count = 0;
    self->powered = self->storing = self->kept = (index_set_t){0};
    memset(self->air_hearers, 0, sizeof self->air_hearers);
    memset(self->line_buckets, 0, sizeof self->line_buckets);
    minima_init(&self->deadlines);
    kernel_queue_init(&self->queue);
    acceptance_init(&self->acceptance);
    for (uint8_t i = 0; i < vehicle->bus_count; i++) {
        can_bus_init(&self->buses[i], vehicle->buses[i].bit_rate);
        can_bus_set_listen_only(&self->buses[i], KERNEL_STRANGER);
        can_bus_set_power(&self->buses[i], KERNEL_STRANGER, true, 0);
    }
}

void kernel_set_plan(kernel_t *self, fault_plan_t *plan)
{
    self->plan = plan;
    for (uint8_t i = 0; i < self->vehicle->bus_count; i++) can_bus_set_plan(&self->buses[i], plan, i);
}

static unsigned line_bucket(const char *name)
{
    uint32_t hash = UINT32_C(2166136261); // FNV-1a
    for (; *name; name++) hash = (hash ^ (uint8_t)*name) * UINT32_C(16777619);
    return (hash ^ hash >> 16) % KERNEL_LINE_BUCKETS;
}

static int add_line(kernel_t *self, const char *name)
{
    int known = kernel_find_line(self, name);
    if (known >= 0 || self->line_count == KERNEL_LINES_MAX) return known;
    uint16_t *bucket = &self->line_buckets[line_bucket(name)];
    kernel_line_t *line = &self->lines[self->line_count];
    memcpy(line->name, name, strlen(name) + 1);
    line->next = *bucket;
    line->known = false;
    line->value = 0;
    line->hearers = (index_set_t){0};
    *bucket = (uint16_t)(self->line_count + 1);
    return (int)self->line_count++;
}

static bool ports_valid(const node_ports_t *ports, uint8_t bus_count)
{
    if (ports->accept_count > NODE_ACCEPTS_MAX || ports->line_count > NODE_LINES_MAX) return false;
    for (size_t i = 0; i < ports->accept_count; i++)
        if (ports->accepts[i].bus >= bus_count) return false;
    for (size_t i = 0; i < ports->line_count; i++)
        if (!memchr(ports->lines[i], '\0', NODE_LINE_NAME_MAX + 1)) return false;
    return true;
}

// Who is to be asked when something happens, the other way round than ports tell it.
static void enter_ports(kernel_t *self, uint8_t index, const node_ports_t *ports)
{
    const kernel_node_t *node = &self->nodes[index];
    for (uint8_t i = 0; i < node->line_count; i++) index_set_put(&self->lines[node->lines[i]].hearers, index, true);
    for (unsigned channel = 0; channel < AIR_CHANNEL_COUNT; channel++)
        if (ports->air >> channel & 1) index_set_put(&self->air_hearers[channel], index, true);
    for (size_t i = 0; i < ports->accept_count; i++)
        acceptance_add(&self->acceptance, node->buses[ports->accepts[i].bus], index, &ports->accepts[i]);
}

int kernel_add_node(kernel_t *self, const char *name, const uint8_t *buses, uint8_t bus_count,
                    const node_ports_t *ports, const image_t *image, image_state_t image_state)
{
    if (self->node_count == KERNEL_NODES_MAX || strlen(name) > NODE_NAME_MAX) return -1;
    if (bus_count > VEHICLE_BUSES_MAX || !ports_valid(ports, bus_count)) return -1;
    kernel_node_t *node = &self->nodes[self->node_count];
    memcpy(node->name, name, strlen(name) + 1);
    node->bus_count = bus_count;
    memset(node->own_bus, -1, sizeof node->own_bus);
    for (uint8_t i = 0; i < bus_count; i++) {
        if (buses[i] >= self->vehicle->bus_count) return -1;
        node->buses[i] = buses[i];
        node->own_bus[buses[i]] = (int8_t)i;
    }
    node->line_count = (uint8_t)ports->line_count;
    for (size_t i = 0; i < ports->line_count; i++) {
        int line = add_line(self, ports->lines[i]);
        if (line < 0) return -1;
        node->lines[i] = (uint16_t)line;
    }
    enter_ports(self, (uint8_t)self->node_count, ports);
    node->power_count = 0;
    node->image_state = image ? image_state : IMAGE_NONE;
    image_clear(&node->image);
    if (image) image_copy(&node->image, image);
    return (int)self->node_count++;
}

void kernel_start(kernel_t *self)
{
    for (uint8_t i = 0; i < self->node_count; i++) kernel_set_power(self, i, POWER_ON);
}

// ---- shared with the instant ---------------------------------------------------------------------------------------

void kernel_set_line_from(kernel_t *self, uint8_t source, uint16_t line, int64_t value, bool momentary)
{
    assert(line < self->line_count);
    kernel_item_t *item = kernel_enqueue(self, INPUT_LINE, self->now_ns + KERNEL_LINE_NS);
    item->source = source;
    item->line = line;
    item->momentary = momentary;
    item->value = value;
}

kernel_event_t *kernel_add_event(kernel_t *self, kernel_event_kind_t kind, uint8_t node)
{
    // Past the last one there is a place that nobody reads: the run is over, but who adds need not ask.
    kernel_event_t *event = &self->events[self->event_count];
    if (self->event_count < KERNEL_EVENTS_MAX)
        self->event_count++;
    else
        self->overflow = KERNEL_EVENTS_OVERFLOW;
    event->kind = (uint8_t)kind;
    event->node = node;
    event->time_ns = self->now_ns;
    return event;
}

// ---- control interface ---------------------------------------------------------------------------------------------

int kernel_find_line(const kernel_t *self, const char *name)
{
    for (uint16_t next = self->line_buckets[line_bucket(name)]; next; next = self->lines[next - 1].next)
        if (strcmp(self->lines[next - 1].name, name) == 0) return next - 1;
    return -1;
}

const char *kernel_line_name(const kernel_t *self, uint16_t line)
{
    assert(line < self->line_count);
    return self->lines[line].name;
}

void kernel_set_line(kernel_t *self, uint16_t line, int64_t value, bool momentary)
{
    if (kernel_has_room(self)) kernel_set_line_from(self, KERNEL_STRANGER, line, value, momentary);
}

uint32_t kernel_transmit(kernel_t *self, const air_t *air)
{
    if (kernel_has_room(self)) return kernel_transmit_from(self, KERNEL_STRANGER, air);
    return air->channel == AIR_RF ? ++self->transmissions : air->transmission; // who holds a button must let go of it
}

void kernel_inject(kernel_t *self, uint8_t bus, const can_frame_t *frame)
{
    assert(bus < self->vehicle->bus_count);
    if (can_bus_request(&self->buses[bus], KERNEL_STRANGER, frame, 0, self->now_ns) == CAN_BUS_REFUSED)
        self->nonsense++;
}

void kernel_set_power(kernel_t *self, uint8_t node, kernel_power_t state)
{
    assert(node < self->node_count);
    if (self->power_count == KERNEL_POWER_MAX)
        self->nonsense++;
    else
        self->power[self->power_count++] = (kernel_power_request_t){.node = node, .state = state};
}

void kernel_wake_player(kernel_t *self, int64_t at_ns)
{
    self->player_ns = at_ns;
}

const image_t *kernel_image(const kernel_t *self, uint8_t node)
{
    return &self->nodes[node].image;
}

void kernel_store(kernel_t *self, uint8_t node, const image_t *image)
{
    kernel_node_t *n = &self->nodes[node];
    image_copy(&n->image, image);
    n->image_state = IMAGE_PRESENT;
    index_set_put(&self->kept, node, true);
}

int kernel_next_stored(kernel_t *self)
{
    return index_set_take(&self->kept);
}

bool kernel_storing(const kernel_t *self)
{
    return !index_set_is_empty(self->storing);
}

// ---- figures -------------------------------------------------------------------------------------------------------

int64_t kernel_now(const kernel_t *self)
{
    return self->now_ns;
}

size_t kernel_activations(const kernel_t *self, const kernel_activation_t **activations)
{
    *activations = self->activations;
    return self->activation_count;
}

size_t kernel_events(const kernel_t *self, const kernel_event_t **events)
{
    *events = self->events;
    return self->event_count;
}

const char *kernel_node_name(const kernel_t *self, uint8_t node)
{
    return node < self->node_count ? self->nodes[node].name : "stranger";
}

int kernel_find_node(const kernel_t *self, const char *name)
{
    for (size_t i = 0; i < self->node_count; i++)
        if (strcmp(self->nodes[i].name, name) == 0) return (int)i;
    return -1;
}

bool kernel_powered(const kernel_t *self, uint8_t node)
{
    return index_set_has(self->powered, node);
}

bool kernel_will_be_powered(const kernel_t *self, uint8_t node)
{
    bool powered = kernel_powered(self, node);
    for (size_t i = 0; i < self->power_count; i++)
        if (self->power[i].node == node) powered = self->power[i].state == POWER_ON;
    return powered;
}

const can_bus_t *kernel_bus(const kernel_t *self, uint8_t bus)
{
    return &self->buses[bus];
}

uint64_t kernel_nonsense(const kernel_t *self)
{
    return self->nonsense;
}

kernel_overflow_t kernel_overflow(const kernel_t *self)
{
    return self->overflow;
}

bool kernel_runs_wild(const kernel_t *self)
{
    return self->busy_count > KERNEL_BUSY_MAX;
}

bool kernel_is_sound(const kernel_t *self)
{
    return self->overflow == KERNEL_FITS && self->busy_count <= KERNEL_BUSY_MAX;
}
