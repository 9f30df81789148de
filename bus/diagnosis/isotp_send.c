// SPDX-License-Identifier: MIT
#include "bus/diagnosis/isotp_send.h"

#include <string.h>

#define FLOW_SIZE 4

// ISO 15765-2, 9.6.5.5: reserved values mean the longest time.
static int64_t decode_st_min(uint8_t value)
{
    if (value <= 0x7F) return value * TIME_MS;
    if (value >= 0xF1 && value <= 0xF9) return (value - 0xF0) * (100 * TIME_US);
    return 0x7F * TIME_MS;
}

void isotp_send_end(isotp_t *self, isotp_result_t result)
{
    if (result == ISOTP_DONE) {
        self->counters.sent++;
    } else {
        self->counters.send_failed++;
    }
    self->send.state = ISOTP_SEND_IDLE;
    self->send.result = result;
}

int64_t isotp_send_deadline(const isotp_t *self)
{
    bool runs = self->send.state == ISOTP_SEND_AWAIT_FLOW ||
                (self->send.state == ISOTP_SEND_CONSECUTIVE && self->out.kind != ISOTP_OUT_DATA);
    return runs ? self->send.deadline_ns : TIME_NEVER;
}

int64_t isotp_send_due(const isotp_t *self)
{
    if (self->send.state == ISOTP_SEND_START) return 0;
    return self->send.state == ISOTP_SEND_CONSECUTIVE ? self->send.due_ns : TIME_NEVER;
}

static can_frame_t make_single(isotp_t *self)
{
    uint8_t body[1 + ISOTP_SINGLE_MAX] = {(uint8_t)(ISOTP_PCI_SINGLE << 4 | self->send.size)};
    memcpy(body + 1, self->send.payload, self->send.size);
    self->send.offset = self->send.size;
    return isotp_link_make_frame(self, body, 1 + self->send.size);
}

static can_frame_t make_first(isotp_t *self)
{
    uint8_t body[2 + ISOTP_FIRST_BYTES] = {(uint8_t)(ISOTP_PCI_FIRST << 4 | self->send.size >> 8),
                                           (uint8_t)self->send.size};
    memcpy(body + 2, self->send.payload, ISOTP_FIRST_BYTES);
    self->send.offset = ISOTP_FIRST_BYTES;
    return isotp_link_make_frame(self, body, sizeof body);
}

static can_frame_t make_consecutive(isotp_t *self)
{
    size_t count = isotp_link_smaller(self->send.size - self->send.offset, ISOTP_CONSECUTIVE_MAX);
    uint8_t body[1 + ISOTP_CONSECUTIVE_MAX] = {(uint8_t)(ISOTP_PCI_CONSECUTIVE << 4 | self->send.sequence)};
    memcpy(body + 1, self->send.payload + self->send.offset, count);
    self->send.offset += count;
    self->send.sequence = (self->send.sequence + 1) & ISOTP_SEQUENCE_MASK;
    return isotp_link_make_frame(self, body, 1 + count);
}

can_frame_t isotp_send_make(isotp_t *self)
{
    if (self->send.state == ISOTP_SEND_CONSECUTIVE) return make_consecutive(self);
    return self->send.size <= ISOTP_SINGLE_MAX ? make_single(self) : make_first(self);
}

// ---- when the next one may go --------------------------------------------------------------------------------------
//
// One of these runs at a time. STmin must elapse before the next frame is due; the others end the message if they do.
//
//    handed out   carried           FC       handed out   carried         due      handed out   carried
//         ├── N_As ──┤──── N_Bs ─────┤─── N_Cs ───┤── N_As ──┤─── STmin ───┤─── N_Cs ───┤── N_As ──┤── N_Bs …
//         first frame                │         consecutive frame                   last one of its block
//                                    └ WAIT: N_Bs anew, at most wait_maximum times in a row

static void await_flow(isotp_t *self, int64_t now_ns)
{
    self->send.state = ISOTP_SEND_AWAIT_FLOW;
    self->send.deadline_ns = isotp_link_later(now_ns, self->config.n_bs_ns);
}

static void await_pull(isotp_t *self, int64_t due_ns)
{
    self->send.state = ISOTP_SEND_CONSECUTIVE;
    self->send.due_ns = due_ns;
    self->send.deadline_ns = isotp_link_later(due_ns, self->config.n_cs_ns);
}

void isotp_send_carried(isotp_t *self, int64_t now_ns)
{
    bool first = self->send.state == ISOTP_SEND_START;
    if (self->send.offset == self->send.size) {
        isotp_send_end(self, ISOTP_DONE);
    } else if (first) {
        await_flow(self, now_ns);
    } else {
        self->send.carried_ns = now_ns;
        bool block_full = self->send.block_size > 0 && --self->send.block_left == 0;
        if (block_full) {
            await_flow(self, now_ns);
        } else {
            await_pull(self, isotp_link_later(now_ns, self->send.st_min_ns));
        }
    }
}

// STmin holds between any two consecutive frames, also when a flow control came between them:
//
//   carried       FC           due
//      ├── N_Bs ───┤            │
//      ├───────── STmin ────────┤── N_Cs …        it came early: STmin goes on
//
//   carried                    FC, due
//      ├─────────── N_Bs ─────────┤
//      ├─────── STmin ──────┤     ├── N_Cs …      it came late: at once
//
// It is the STmin of this flow control, counted from a frame before it. After a first frame there is nothing to keep.
static void continue_send(isotp_t *self, const can_frame_t *frame, int64_t now_ns)
{
    bool begun = self->send.offset > ISOTP_FIRST_BYTES;
    self->send.waits = 0;
    self->send.block_size = self->send.block_left = frame->data[2];
    self->send.st_min_ns = decode_st_min(frame->data[3]);
    int64_t earliest_ns = begun ? isotp_link_later(self->send.carried_ns, self->send.st_min_ns) : now_ns;
    await_pull(self, earliest_ns > now_ns ? earliest_ns : now_ns);
}

void isotp_send_accept_flow(isotp_t *self, const can_frame_t *frame, int64_t now_ns)
{
    if (frame->length < FLOW_SIZE) {
        self->counters.malformed++;
    } else if (self->send.state != ISOTP_SEND_AWAIT_FLOW) {
        self->counters.unexpected++;
    } else {
        switch (frame->data[1] & 0x0F) {
        case ISOTP_FLOW_CONTINUE:
            continue_send(self, frame, now_ns);
            break;
        case ISOTP_FLOW_WAIT:
            if (self->send.waits == self->config.wait_maximum) {
                isotp_send_end(self, ISOTP_TOO_MANY_WAITS);
            } else {
                self->send.waits++;
                await_flow(self, now_ns);
            }
            break;
        case ISOTP_FLOW_OVERFLOW:
            isotp_send_end(self, ISOTP_OVERFLOW);
            break;
        default:
            isotp_send_end(self, ISOTP_INVALID_FLOW);
            break;
        }
    }
}
