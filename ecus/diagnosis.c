// SPDX-License-Identifier: MIT
#include "ecus/diagnosis.h"

#include <assert.h>

#include "ecus/ecu.h"
#include "ecus/identification.h"

#define SINGLE_HEADER_SIZE 2 // address, length

// Functional addresses, all at once: 0xEE, 0xEF.
#define FUNCTIONAL_MASK 0xFE
static_assert((UDS_FUNCTIONAL_ALL & FUNCTIONAL_MASK) == (UDS_FUNCTIONAL_PERSONALIZATION & FUNCTIONAL_MASK),
              "they differ in the last bit alone");

static uint32_t store(void *unit)
{
    return storing_ask(&((ecu_t *)unit)->storing);
}

static void forget_scratch(void *unit)
{
    ((ecu_t *)unit)->diagnosis.scratch_size = 0;
}

void diagnosis_bind(diagnosis_t *self, ecu_t *ecu, const node_setup_t *setup, node_ports_t *ports)
{
    self->ecu = ecu;
    self->address = setup->entry->address;
    self->present = self->address != 0;
    const uds_port_t port = {.now_ns = &ecu->now_ns,
                             .random = &ecu->random,
                             .stored = &ecu->storing.stored,
                             .faults = &ecu->faults,
                             .unit = ecu,
                             .store = store,
                             .restarted = forget_scratch};
    uds_server_bind(&self->server, &port, self->address);
    uds_server_serve(&self->server, identification_diagnosis(setup->entry->bus_count), ecu);
    for (uint8_t bus = 0; self->present && bus < setup->entry->bus_count; bus++) {
        node_accept_byte0(ports, bus, UDS_REQUEST_ID, self->address, UINT8_MAX);
        node_accept_byte0(ports, bus, UDS_REQUEST_ID, UDS_FUNCTIONAL_ALL, FUNCTIONAL_MASK);
    }
}

void diagnosis_start(diagnosis_t *self, const image_t *image)
{
    isotp_config_t config = uds_unit_link(self->address);
    isotp_init(&self->link, &config);
    uds_server_start(&self->server, image);
    self->bus = 0;
    self->ignored = 0;
}

void diagnosis_save(const diagnosis_t *self, image_t *image)
{
    if (self->present) uds_server_save(&self->server, image);
}

// ---- frames --------------------------------------------------------------------------------------------------------

static bool is_busy(const diagnosis_t *self)
{
    return !uds_server_is_idle(&self->server) || isotp_sending(&self->link) || isotp_receiving(&self->link);
}

// A functional request that meets a busy server is lost: the standard's one that comes so, TesterPresent, has no effect
// then, because a session does not end while a request is worked on.
static void take_functional(diagnosis_t *self, uint8_t bus, const can_frame_t *frame)
{
    size_t size = frame->length >= SINGLE_HEADER_SIZE ? frame->data[1] : 0;
    bool single = size >= 1 && size <= ISOTP_SINGLE_MAX && frame->length >= SINGLE_HEADER_SIZE + size;
    if (!single || !uds_server_is_idle(&self->server) || isotp_sending(&self->link)) {
        self->ignored++;
        return;
    }
    if (!isotp_receiving(&self->link)) self->bus = bus;
    uds_server_request(&self->server, frame->data + SINGLE_HEADER_SIZE, size, true);
}

static void take_results(diagnosis_t *self)
{
    if (isotp_take_send_result(&self->link) != ISOTP_NOTHING) uds_server_sent(&self->server);
    bool failed = isotp_take_receive_result(&self->link) != ISOTP_NOTHING;
    if (isotp_receiving(&self->link))
        uds_server_hold_session(&self->server);
    else if (failed)
        uds_server_release_session(&self->server);
}

// Whoever asks anew has stopped waiting for an answer that does not get on: the request is worked on at once, not when
// the time-outs of the transport, a second each, are over.
//
//   request ── answer x (lost) ─── P2 and its margin: "no answer" ─── request ── answer
//                     └────── 50 ms ──────┤ from here on a request ends it
static void end_stuck_answer(diagnosis_t *self, const can_frame_t *frame)
{
    bool begins = frame->length > 1 && frame->data[1] >> 4 <= ISOTP_PCI_FIRST;
    if (!begins || !isotp_is_stuck(&self->link, UDS_P2_NS, self->ecu->now_ns)) return;
    isotp_give_up(&self->link);
    take_results(self);
}

bool diagnosis_take_frame(diagnosis_t *self, uint8_t bus, const can_frame_t *frame)
{
    if (!self->present || frame->id != UDS_REQUEST_ID || frame->extended || frame->remote || frame->length == 0)
        return false;
    if (frame->data[0] == self->address) {
        end_stuck_answer(self, frame);
        if (is_busy(self) && bus != self->bus) {
            self->ignored++;
            return true;
        }
        self->bus = bus;
        isotp_accept(&self->link, frame, self->ecu->now_ns);
        return true;
    }
    if (!uds_server_listens_to(&self->server, frame->data[0])) return false;
    take_functional(self, bus, frame);
    return true;
}

bool diagnosis_take_sent(diagnosis_t *self, uint8_t bus, const can_frame_t *frame)
{
    return self->present && bus == self->bus && isotp_sent(&self->link, frame, self->ecu->now_ns);
}

bool diagnosis_take_not_sent(diagnosis_t *self, uint8_t bus, const can_frame_t *frame)
{
    return self->present && bus == self->bus && isotp_not_sent(&self->link, frame, self->ecu->now_ns);
}

// ---- work ----------------------------------------------------------------------------------------------------------

static bool work_on_request(diagnosis_t *self)
{
    const uint8_t *bytes;
    size_t size;
    if (!uds_server_is_idle(&self->server) || !isotp_received(&self->link, &bytes, &size)) return false;
    uds_server_request(&self->server, bytes, size, false);
    isotp_release(&self->link);
    return true;
}

static bool send_message(diagnosis_t *self)
{
    const uint8_t *bytes;
    size_t size;
    if (isotp_sending(&self->link) || !uds_server_pull(&self->server, &bytes, &size)) return false;
    return isotp_send(&self->link, bytes, size, self->ecu->now_ns);
}

static bool send_frame(diagnosis_t *self)
{
    can_frame_t frame;
    if (!isotp_pull(&self->link, self->ecu->now_ns, &frame)) return false;
    if (!outbox_send(self->ecu->outbox, self->bus, &frame, OUTBOX_REPORT))
        isotp_not_sent(&self->link, &frame, self->ecu->now_ns);
    return true;
}

void diagnosis_run(diagnosis_t *self)
{
    if (!self->present) return;
    isotp_tick(&self->link, self->ecu->now_ns);
    bool more = true;
    while (more) { // each of them uses something up: a message received, one to send, a frame to hand out
        take_results(self);
        more = work_on_request(self);
        uds_server_tick(&self->server);
        more |= send_message(self);
        more |= send_frame(self);
    }
}

int64_t diagnosis_deadline(const diagnosis_t *self)
{
    if (!self->present) return TIME_NEVER;
    return time_earlier(isotp_deadline(&self->link), uds_server_deadline(&self->server));
}

bool diagnosis_holds(const diagnosis_t *self)
{
    return self->present && self->server.session != UDS_SESSION_DEFAULT;
}
