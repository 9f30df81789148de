// SPDX-License-Identifier: MIT
#include "bus/host/host_in_process.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const node_class_t *class;
    void *node;
    void *owned;    // the same, when the storage is the host's
    void *pristine; // a copy of the node as it was bound
} slot_t;

struct host_in_process {
    slot_t slots[KERNEL_NODES_MAX];
};

host_in_process_t *host_in_process_new(void)
{
    host_in_process_t *self = calloc(1, sizeof *self);
    assert(self);
    return self;
}

void host_in_process_destroy(host_in_process_t **self_p)
{
    host_in_process_t *self = *self_p;
    if (!self) return;
    for (size_t i = 0; i < KERNEL_NODES_MAX; i++) {
        free(self->slots[i].owned);
        free(self->slots[i].pristine);
    }
    free(self);
    *self_p = NULL;
}

bool host_in_process_add(host_in_process_t *self, uint8_t node, const node_class_t *class, void *storage,
                         const node_setup_t *setup, node_ports_t *ports, error_t *error)
{
    assert(node < KERNEL_NODES_MAX && !self->slots[node].class);
    slot_t *slot = &self->slots[node];
    if (!storage) storage = slot->owned = calloc(1, class->size);
    void *pristine = malloc(class->size);
    assert(storage && pristine);
    *slot = (slot_t){.class = class, .node = storage, .owned = slot->owned, .pristine = pristine};
    *ports = (node_ports_t){0};
    const char *missing = NULL;
    if (!class->bind(storage, setup, ports, &missing))
        return error_add(error, "%s: unit \"%s\" finds no \"%s\" in %s", setup->vehicle->path,
                         setup->entry ? setup->entry->name : class->name, missing ? missing : "?",
                         setup->vehicle->dbc_path);
    memcpy(pristine, storage, class->size);
    return true;
}

// Back to the same address: what in it points into itself stays right. Power-on alone would do for a control unit,
// which starts from nothing but what is stored; an actor outlives its power, and a unit with a mistake there must not
// make two runs of one story differ.
void host_in_process_restore(host_in_process_t *self, uint8_t node, size_t front)
{
    const slot_t *slot = &self->slots[node];
    assert(front <= slot->class->size);
    memcpy(slot->node, slot->pristine, front > 0 ? front : slot->class->size);
}

bool host_in_process_has(const host_in_process_t *self, uint8_t node)
{
    return node < KERNEL_NODES_MAX && self->slots[node].class;
}

void host_in_process_power_on(host_in_process_t *self, uint8_t node, int64_t now_ns, const kernel_power_on_t *start,
                              outbox_t *outbox)
{
    const slot_t *slot = &self->slots[node];
    outbox_clear(outbox);
    slot->class->power_on(slot->node, now_ns, start->image, start->state, start->random, outbox);
}

void host_in_process_activate(host_in_process_t *self, int64_t now_ns, const kernel_activation_t *activation,
                              outbox_t *outbox)
{
    const slot_t *slot = &self->slots[activation->node];
    outbox_clear(outbox);
    slot->class->activate(slot->node, now_ns, activation->inputs, activation->count, outbox);
}

// ---- host_t --------------------------------------------------------------------------------------------------------

static bool run_round(void *self, const kernel_t *kernel, outbox_t *outboxes, error_t *error)
{
    (void)error;
    const kernel_activation_t *activations;
    size_t count = kernel_activations(kernel, &activations);
    for (size_t i = 0; i < count; i++)
        host_in_process_activate(self, kernel_now(kernel), &activations[i], &outboxes[i]);
    return true;
}

static bool power_on(void *self, uint8_t node, int64_t now_ns, const kernel_power_on_t *start, outbox_t *outbox,
                     error_t *error)
{
    (void)error;
    host_in_process_power_on(self, node, now_ns, start, outbox);
    return true;
}

static bool power_off(void *self, uint8_t node, int64_t now_ns, bool crash, error_t *error)
{
    (void)self, (void)node, (void)now_ns, (void)crash,
        (void)error; // a machine without power is not called: that is all
    return true;
}

host_t host_in_process_host(host_in_process_t *self)
{
    return (host_t){.self = self, .round = run_round, .power_on = power_on, .power_off = power_off};
}
