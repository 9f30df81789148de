// SPDX-License-Identifier: MIT
#include "bus/zmq/runner_unit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/text.h"

void runner_unit_init(runner_unit_t *self, const node_class_t *class)
{
    self->class = class;
    self->node = calloc(1, class->size);
    self->pristine = malloc(class->size);
    assert(self->node && self->pristine);
}

void runner_unit_release(runner_unit_t *self)
{
    free(self->node);
    free(self->pristine);
}

void runner_unit_keep_bound(runner_unit_t *self)
{
    memcpy(self->pristine, self->node, self->class->size);
}

void runner_unit_begin_anew(runner_unit_t *self, uint64_t incarnation)
{
    memcpy(self->node, self->pristine, self->class->size);
    self->incarnation = incarnation;
    self->powered = false;
    self->inbox.count = 0;
}

static size_t answer(runner_unit_t *self, uint64_t round)
{
    wire_packet_t packet = {.incarnation = self->incarnation, .round = round, .status = WIRE_DONE};
    return wire_encode_packet(&packet, &self->outbox, self->body);
}

size_t runner_unit_power_on(runner_unit_t *self, const uint8_t *body, size_t size)
{
    wire_power_on_t start;
    if (!wire_decode_power_on(&start, &self->image, body, size) || start.incarnation != self->incarnation) return 0;
    self->powered = true;
    outbox_clear(&self->outbox);
    self->class->power_on(self->node, start.time_ns, &self->image, start.state, start.random, &self->outbox);
    return answer(self, start.round);
}

bool runner_unit_take_grant(runner_unit_t *self, const uint8_t *body, size_t size)
{
    return wire_decode_grant(&self->grant, body, size) && self->grant.incarnation == self->incarnation && self->powered;
}

const wire_input_t *runner_unit_missing(runner_unit_t *self)
{
    return runner_inbox_fill(&self->inbox, &self->grant, self->inputs);
}

size_t runner_unit_activate(runner_unit_t *self)
{
    const wire_grant_t *grant = &self->grant;
    outbox_clear(&self->outbox);
    self->class->activate(self->node, grant->time_ns, self->inputs, grant->count, &self->outbox);
    return answer(self, grant->round);
}

size_t runner_unit_gap(runner_unit_t *self, const wire_input_t *missing)
{
    wire_packet_t gap = {.incarnation = self->incarnation, .round = self->grant.round, .status = WIRE_GAP};
    gap.stream = missing->stream;
    gap.sequence = missing->sequence;
    return wire_encode_packet(&gap, &self->outbox, self->body);
}

size_t runner_unit_echo(runner_unit_t *self, const uint8_t *body, size_t size)
{
    wire_beat_t beat;
    if (!wire_decode_beat(&beat, WIRE_PING, body, size) || beat.incarnation != self->incarnation) return 0;
    return wire_encode_beat(&beat, WIRE_ECHO, self->body);
}

bool runner_unit_is_refused(const runner_unit_t *self, wire_refuse_t *refuse, const uint8_t *body, size_t size)
{
    if (!wire_decode_refuse(refuse, body, size) || refuse->incarnation != self->incarnation) return false;
    text_make_harmless(refuse->reason, false);
    return true;
}
