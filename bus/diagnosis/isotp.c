// SPDX-License-Identifier: MIT
#include "bus/diagnosis/isotp.h"

#include <assert.h>
#include <string.h>

#include "bus/diagnosis/isotp_receive.h"
#include "bus/diagnosis/isotp_send.h"

// The frame handed out will not be heard of again: its message fails.
static void give_up_frame(isotp_t *self, isotp_result_t result)
{
    isotp_out_t kind = self->out.kind;
    self->out.kind = ISOTP_OUT_NONE;
    if (kind == ISOTP_OUT_DATA) isotp_send_end(self, result);
    if (kind == ISOTP_OUT_FLOW && isotp_receiving(self)) isotp_receive_fail(self, result);
}

static int64_t frame_deadline(const isotp_t *self)
{
    return self->out.kind == ISOTP_OUT_NONE ? TIME_NEVER : self->out.deadline_ns;
}

// When a frame can be pulled, if nothing else happens.
static int64_t pull_due(const isotp_t *self)
{
    if (self->out.kind != ISOTP_OUT_NONE) return TIME_NEVER;
    return self->receive.flow != ISOTP_FLOW_NONE ? 0 : isotp_send_due(self);
}

static bool elapsed(int64_t deadline_ns, int64_t limit_ns)
{
    return deadline_ns != TIME_NEVER && deadline_ns <= limit_ns;
}

// Ends what was due at or before the limit. Each timer that elapses ends something, so that none can elapse twice.
//
//   ├──────── N_Bs ────────┤ deadline
//                          ├ a frame comes in:  expire(now - 1), the timer still runs, the frame is in time
//                          ├ isotp_tick:        expire(now), it was awaited in vain
//                           ├ a frame comes in: expire(now - 1), too late also when nobody ticked
static void expire(isotp_t *self, int64_t limit_ns)
{
    if (elapsed(frame_deadline(self), limit_ns)) give_up_frame(self, ISOTP_TIMEOUT_A);
    if (elapsed(isotp_send_deadline(self), limit_ns)) {
        isotp_send_end(self, self->send.state == ISOTP_SEND_AWAIT_FLOW ? ISOTP_TIMEOUT_BS : ISOTP_TIMEOUT_CS);
    }
    if (elapsed(isotp_receive_deadline(self), limit_ns)) isotp_receive_fail(self, ISOTP_TIMEOUT_CR);
}

// ---- public --------------------------------------------------------------------------------------------------------

void isotp_init(isotp_t *self, const isotp_config_t *config)
{
    assert(config->tx_id <= FRAME_BASE_ID_MAX && config->rx_id <= FRAME_BASE_ID_MAX);
    // The payloads, which are most of it, stay as they are: nothing of one is read that was not written.
    memset(self, 0, offsetof(isotp_t, send.payload));
    memset(&self->receive, 0, offsetof(isotp_t, receive.payload) - offsetof(isotp_t, receive));
    self->config = *config;
    self->receive.flow = ISOTP_FLOW_NONE;
    int64_t *const timeouts[] = {&self->config.n_as_ns, &self->config.n_bs_ns, &self->config.n_cr_ns,
                                 &self->config.n_cs_ns};
    for (size_t i = 0; i < sizeof timeouts / sizeof *timeouts; i++) {
        assert(*timeouts[i] >= 0);
        if (*timeouts[i] == 0) *timeouts[i] = ISOTP_TIMEOUT_NS;
    }
}

bool isotp_send(isotp_t *self, const uint8_t *payload, size_t size, int64_t now_ns)
{
    size_t limit = self->config.functional ? ISOTP_SINGLE_MAX : ISOTP_PAYLOAD_MAX;
    expire(self, now_ns - 1);
    if (isotp_sending(self) || size == 0 || size > limit) return false;
    memcpy(self->send.payload, payload, size);
    self->send.state = ISOTP_SEND_START;
    self->send.result = ISOTP_NOTHING;
    self->send.size = size;
    self->send.offset = 0;
    self->send.sequence = 1;
    self->send.waits = 0;
    return true;
}

bool isotp_accept(isotp_t *self, const can_frame_t *frame, int64_t now_ns)
{
    const isotp_config_t *config = &self->config;
    expire(self, now_ns - 1);
    if (frame->id != config->rx_id || frame->extended || frame->remote || frame->length == 0 ||
        frame->data[0] != config->rx_address) {
        self->counters.foreign++;
        return false;
    }
    if (frame->length < ISOTP_HEADER_SIZE || frame->length > FRAME_DATA_MAX) {
        self->counters.malformed++;
        return true;
    }
    switch (frame->data[1] >> 4) {
    case ISOTP_PCI_SINGLE:
        isotp_receive_accept_single(self, frame);
        break;
    case ISOTP_PCI_FIRST:
        isotp_receive_accept_first(self, frame);
        break;
    case ISOTP_PCI_CONSECUTIVE:
        isotp_receive_accept_consecutive(self, frame, now_ns);
        break;
    case ISOTP_PCI_FLOW:
        isotp_send_accept_flow(self, frame, now_ns);
        break;
    default:
        self->counters.malformed++;
        break;
    }
    return true;
}

bool isotp_pull(isotp_t *self, int64_t now_ns, can_frame_t *frame)
{
    expire(self, now_ns - 1);
    if (!elapsed(pull_due(self), now_ns)) return false;
    bool flow = self->receive.flow != ISOTP_FLOW_NONE; // first: the peer's N_Bs runs
    self->out.frame = flow ? isotp_receive_make_flow(self) : isotp_send_make(self);
    self->out.kind = flow ? ISOTP_OUT_FLOW : ISOTP_OUT_DATA;
    self->out.deadline_ns = isotp_link_later(now_ns, self->config.n_as_ns);
    *frame = self->out.frame;
    return true;
}

static bool is_out(const isotp_t *self, const can_frame_t *frame)
{
    return self->out.kind != ISOTP_OUT_NONE && frame_equal(&self->out.frame, frame);
}

bool isotp_sent(isotp_t *self, const can_frame_t *frame, int64_t now_ns)
{
    expire(self, now_ns - 1);
    if (!is_out(self, frame)) return false;
    isotp_out_t kind = self->out.kind;
    self->out.kind = ISOTP_OUT_NONE;
    if (kind == ISOTP_OUT_DATA) isotp_send_carried(self, now_ns);
    if (kind == ISOTP_OUT_FLOW) isotp_receive_carried(self, now_ns);
    return true;
}

bool isotp_not_sent(isotp_t *self, const can_frame_t *frame, int64_t now_ns)
{
    expire(self, now_ns - 1);
    if (!is_out(self, frame)) return false;
    give_up_frame(self, ISOTP_NOT_SENT);
    return true;
}

void isotp_tick(isotp_t *self, int64_t now_ns)
{
    expire(self, now_ns);
}

int64_t isotp_deadline(const isotp_t *self)
{
    int64_t timeout_ns = time_earlier(isotp_send_deadline(self), isotp_receive_deadline(self));
    return time_earlier(pull_due(self), time_earlier(frame_deadline(self), timeout_ns));
}

bool isotp_received(const isotp_t *self, const uint8_t **payload, size_t *size)
{
    if (self->receive.state != ISOTP_RECEIVE_COMPLETE) return false;
    *payload = self->receive.payload;
    *size = self->receive.size;
    return true;
}

void isotp_release(isotp_t *self)
{
    if (self->receive.state == ISOTP_RECEIVE_COMPLETE) self->receive.state = ISOTP_RECEIVE_IDLE;
}

bool isotp_sending(const isotp_t *self)
{
    return self->send.state != ISOTP_SEND_IDLE;
}

bool isotp_receiving(const isotp_t *self)
{
    return isotp_link_is_receiving(self);
}

bool isotp_is_stuck(const isotp_t *self, int64_t span_ns, int64_t now_ns)
{
    if (!isotp_sending(self)) return false;
    if (self->out.kind == ISOTP_OUT_DATA) return now_ns - (self->out.deadline_ns - self->config.n_as_ns) >= span_ns;
    bool awaits = self->send.state == ISOTP_SEND_AWAIT_FLOW;
    return awaits && now_ns - (self->send.deadline_ns - self->config.n_bs_ns) >= span_ns;
}

// A frame that is out is forgotten: a stale one would keep the next message waiting for its report.
void isotp_give_up(isotp_t *self)
{
    if (!isotp_sending(self)) return;
    if (self->out.kind == ISOTP_OUT_DATA) self->out.kind = ISOTP_OUT_NONE;
    isotp_send_end(self, ISOTP_UNEXPECTED);
}

isotp_result_t isotp_take_send_result(isotp_t *self)
{
    isotp_result_t result = self->send.result;
    self->send.result = ISOTP_NOTHING;
    return result;
}

isotp_result_t isotp_take_receive_result(isotp_t *self)
{
    isotp_result_t result = self->receive.result;
    self->receive.result = ISOTP_NOTHING;
    return result;
}

size_t isotp_take_first_frame(isotp_t *self)
{
    size_t size = self->receive.first_size;
    self->receive.first_size = 0;
    return size;
}

const isotp_counters_t *isotp_counters(const isotp_t *self)
{
    return &self->counters;
}
