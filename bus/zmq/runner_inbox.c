// SPDX-License-Identifier: MIT
#include "bus/zmq/runner_inbox.h"

void runner_inbox_keep(runner_inbox_t *self, const uint8_t *body, size_t size)
{
    wire_public_t *slot = &self->messages[self->count];
    if (!wire_decode_public(slot, body, size)) return;
    if (self->count > 0 && self->messages[0].time_ns != slot->time_ns) {
        self->messages[0] = *slot;
        self->count = 0;
    }
    if (self->count < RUNNER_INBOX_MAX) self->count++;
}

static const wire_public_t *find(const runner_inbox_t *self, const wire_input_t *input)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->messages[i].sequence == input->sequence && self->messages[i].stream == input->stream)
            return &self->messages[i];
    return NULL;
}

// The grant brings kind and index, the message the content.
static bool fill_one(const runner_inbox_t *self, const wire_input_t *from, node_input_t *input)
{
    *input = from->input;
    if (!from->is_public) return true;
    const wire_public_t *message = find(self, from);
    if (!message) return false;
    if (input->kind == INPUT_FRAME) input->frame = message->frame;
    if (input->kind == INPUT_LINE) input->line.value = message->line;
    if (input->kind == INPUT_AIR) input->air = message->air;
    return true;
}

const wire_input_t *runner_inbox_fill(const runner_inbox_t *self, const wire_grant_t *grant,
                                      node_input_t inputs[NODE_INPUTS_MAX])
{
    for (size_t i = 0; i < grant->count; i++)
        if (!fill_one(self, &grant->inputs[i], &inputs[i])) return &grant->inputs[i];
    return NULL;
}
