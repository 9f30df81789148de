// SPDX-License-Identifier: MIT
#include "bus/diagnosis/isotp_receive.h"

#include <string.h>

#define FIRST_HEADER_SIZE 3
#define FIRST_SIZE_MIN (ISOTP_SINGLE_MAX + 1)

void isotp_receive_fail(isotp_t *self, isotp_result_t result)
{
    self->counters.receive_failed++;
    self->receive.state = ISOTP_RECEIVE_IDLE;
    self->receive.result = result;
    self->receive.first_size = 0;
}

// A frame of a new message: what was under way has failed, and its flow control has lost its meaning.
static void interrupt(isotp_t *self)
{
    self->receive.flow = ISOTP_FLOW_NONE;
    self->receive.first_size = 0;
    if (self->out.kind == ISOTP_OUT_FLOW) self->out.kind = ISOTP_OUT_STALE;
    if (isotp_link_is_receiving(self)) isotp_receive_fail(self, ISOTP_UNEXPECTED);
}

static void complete(isotp_t *self)
{
    self->counters.received++;
    self->receive.state = ISOTP_RECEIVE_COMPLETE;
}

int64_t isotp_receive_deadline(const isotp_t *self)
{
    return self->receive.state == ISOTP_RECEIVE_CONSECUTIVE ? self->receive.deadline_ns : TIME_NEVER;
}

can_frame_t isotp_receive_make_flow(isotp_t *self)
{
    uint8_t body[] = {(uint8_t)(ISOTP_PCI_FLOW << 4 | self->receive.flow), self->config.block_size,
                      self->config.st_min};
    self->receive.flow = ISOTP_FLOW_NONE;
    return isotp_link_make_frame(self, body, sizeof body);
}

// ---- what it waits for ---------------------------------------------------------------------------------------------
//
//    FF      handed out    carried         CF      CF, block full  handed out    carried
//     ├── fetch ──┤── N_Ar ───┤─── N_Cr ────┤─── N_Cr ────┤─── fetch ───┤── N_Ar ───┤─── N_Cr …
//                 flow control                                          flow control
//
// N_Cr begins when the flow control was carried: until then the sender cannot know that it may go on. What follows the
// flow control on the bus is told after its confirmation, so that a consecutive frame that comes in state FLOW is none
// of those that it allowed, and is ignored. How long the host takes to fetch a flow control is the sender's N_Bs alone.

static void await_consecutive(isotp_t *self, int64_t now_ns)
{
    self->receive.state = ISOTP_RECEIVE_CONSECUTIVE;
    self->receive.deadline_ns = isotp_link_later(now_ns, self->config.n_cr_ns);
}

// Of the flow controls, OVFLW begins nothing.
void isotp_receive_carried(isotp_t *self, int64_t now_ns)
{
    if (self->receive.state == ISOTP_RECEIVE_FLOW) await_consecutive(self, now_ns);
}

void isotp_receive_accept_single(isotp_t *self, const can_frame_t *frame)
{
    size_t size = frame->data[1] & 0x0F;
    if (size == 0 || size > ISOTP_SINGLE_MAX || frame->length < ISOTP_HEADER_SIZE + size) {
        self->counters.malformed++;
        return;
    }
    interrupt(self);
    if (self->receive.state == ISOTP_RECEIVE_COMPLETE) {
        self->counters.lost++;
        return;
    }
    memcpy(self->receive.payload, frame->data + ISOTP_HEADER_SIZE, size);
    self->receive.size = self->receive.offset = size;
    complete(self);
}

// FF_DL, or 0 for one that is to be ignored (9.6.3.2): no first frame is needed for so little, or the 32-bit form for a
// length that twelve bits can hold.
static uint32_t first_frame_size(const can_frame_t *frame)
{
    const uint8_t *data = frame->data;
    uint32_t size = (data[1] & 0x0FU) << 8 | data[2];
    if (size > 0) return size >= FIRST_SIZE_MIN ? size : 0;
    size = (uint32_t)data[3] << 24 | (uint32_t)data[4] << 16 | (uint32_t)data[5] << 8 | data[6];
    return size > ISOTP_PAYLOAD_MAX ? size : 0;
}

void isotp_receive_accept_first(isotp_t *self, const can_frame_t *frame)
{
    uint32_t size = frame->length == FRAME_DATA_MAX ? first_frame_size(frame) : 0;
    if (size == 0 || self->config.functional) {
        self->counters.malformed++;
        return;
    }
    interrupt(self);
    if (size > ISOTP_PAYLOAD_MAX || self->receive.state == ISOTP_RECEIVE_COMPLETE) {
        self->counters.overflowed++;
        self->receive.flow = ISOTP_FLOW_OVERFLOW;
        return;
    }
    memcpy(self->receive.payload, frame->data + FIRST_HEADER_SIZE, ISOTP_FIRST_BYTES);
    self->receive.state = ISOTP_RECEIVE_FLOW;
    self->receive.flow = ISOTP_FLOW_CONTINUE;
    self->receive.size = self->receive.first_size = size;
    self->receive.offset = ISOTP_FIRST_BYTES;
    self->receive.sequence = 1;
    self->receive.block_left = self->config.block_size;
}

static void take_consecutive(isotp_t *self, const uint8_t *bytes, size_t count, int64_t now_ns)
{
    memcpy(self->receive.payload + self->receive.offset, bytes, count);
    self->receive.offset += count;
    self->receive.sequence = (self->receive.sequence + 1) & ISOTP_SEQUENCE_MASK;
    if (self->receive.offset == self->receive.size) {
        complete(self);
    } else if (self->config.block_size > 0 && --self->receive.block_left == 0) {
        self->receive.block_left = self->config.block_size;
        self->receive.state = ISOTP_RECEIVE_FLOW;
        self->receive.flow = ISOTP_FLOW_CONTINUE;
    } else {
        await_consecutive(self, now_ns);
    }
}

void isotp_receive_accept_consecutive(isotp_t *self, const can_frame_t *frame, int64_t now_ns)
{
    if (self->receive.state != ISOTP_RECEIVE_CONSECUTIVE) {
        self->counters.unexpected++;
        return;
    }
    size_t count = isotp_link_smaller(self->receive.size - self->receive.offset, ISOTP_CONSECUTIVE_MAX);
    if (frame->length < ISOTP_HEADER_SIZE + count) {
        self->counters.malformed++;
    } else if ((frame->data[1] & ISOTP_SEQUENCE_MASK) != self->receive.sequence) {
        isotp_receive_fail(self, ISOTP_WRONG_SEQUENCE);
    } else {
        take_consecutive(self, frame->data + ISOTP_HEADER_SIZE, count, now_ns);
    }
}
