// SPDX-License-Identifier: MIT
#include "scenarios/actors/tester.h"
#include "bus/car/units.h"

#include <assert.h>
#include <string.h>

#define OWN_BUS 0
#define NOBODY VEHICLE_NODES_MAX

uint8_t tester_bus(const vehicle_t *vehicle)
{
    int cas = vehicle_find_kind(vehicle, UNIT_CAS);
    return cas >= 0 ? vehicle->nodes[cas].buses[0] : 0;
}

uint8_t tester_node(const vehicle_t *vehicle)
{
    return vehicle->node_count + 1;
}

// ---- by direct call ------------------------------------------------------------------------------------------------

static void begin(tester_t *self, uint8_t node)
{
    assert(!self->waiting && !self->act.busy && node < self->vehicle->node_count);
    self->act.node = node;
    self->waiting = true;
}

void tester_begin_request(tester_t *self, uint8_t node, const uint8_t *bytes, size_t size)
{
    begin(self, node);
    workshop_job_request(&self->act.job, bytes, size);
}

void tester_begin_service(tester_t *self, uint8_t node, const workshop_service_t *service)
{
    begin(self, node);
    workshop_job_service(&self->act.job, service);
}

void tester_begin_coding(tester_t *self, uint8_t node, const workshop_coding_t *coding)
{
    begin(self, node);
    workshop_job_coding(&self->act.job, coding);
}

const workshop_job_t *tester_job(const tester_t *self)
{
    return self->waiting || self->act.busy ? NULL : &self->act.job;
}

void tester_watch_faults(tester_t *self, index_set_t nodes)
{
    self->watched = nodes;
}

void tester_read_faults(tester_t *self, index_set_t nodes)
{
    self->watched = index_set_either(self->watched, nodes);
    for (size_t i = 0; i < self->vehicle->node_count; i++)
        if (index_set_has(nodes, (unsigned)i)) self->due_ns[i] = 0;
}

const tester_faults_t *tester_faults(const tester_t *self, uint8_t node, int64_t since_ns)
{
    const tester_faults_t *faults = &self->faults[node];
    return index_set_has(self->known, node) && faults->asked_ns >= since_ns ? faults : NULL;
}

// ---- conversations -------------------------------------------------------------------------------------------------

// The talk's job asks for its next request; false when it is over.
static bool ask(const tester_t *self, tester_talk_t *talk)
{
    talk->busy = workshop_job_next(&talk->job, &talk->step) &&
                 uds_client_begin(&talk->client, self->vehicle->nodes[talk->node].address, &talk->step, 1);
    return talk->busy;
}

static void send_frames(tester_t *self, tester_talk_t *talk, int64_t now_ns, outbox_t *outbox)
{
    can_frame_t frame;
    while (uds_client_pull(&talk->client, now_ns, &frame)) {
        if (outbox_send(outbox, OWN_BUS, &frame, OUTBOX_REPORT)) continue;
        self->dropped++;
        uds_client_not_sent(&talk->client, &frame, now_ns);
    }
}

// Returns whether the talk has come to its end.
static bool talk_on(tester_t *self, tester_talk_t *talk, int64_t now_ns, outbox_t *outbox)
{
    if (!talk->busy) return false;
    uds_answer_t answer;
    send_frames(self, talk, now_ns, outbox);
    while (uds_client_take_answer(&talk->client, &answer)) {
        workshop_job_take(&talk->job, &answer);
        if (!ask(self, talk)) return true;
        send_frames(self, talk, now_ns, outbox);
    }
    return false;
}

// ---- fault memories ------------------------------------------------------------------------------------------------

static void note_faults(tester_t *self, int64_t now_ns)
{
    const workshop_job_t *job = &self->read.job;
    tester_faults_t *faults = &self->faults[self->read.node];
    index_set_put(&self->known, self->read.node, true);
    faults->asked_ns = self->read_ns;
    faults->at_ns = now_ns;
    faults->end = job->end;
    faults->nrc = job->nrc;
    faults->answered = job->end == WORKSHOP_ACCEPTED;
    faults->size = job->size;
    memcpy(faults->bytes, job->bytes, job->size);
    int64_t *due_ns = &self->due_ns[self->read.node];
    *due_ns = time_earlier(*due_ns, now_ns + TESTER_POLL_NS); // it may have been asked for anew meanwhile
}

// A unit's address is asked for by one talk at a time.
static bool is_free(const tester_t *self, uint8_t node, const tester_talk_t *other)
{
    return !other->busy || self->vehicle->nodes[other->node].address != self->vehicle->nodes[node].address;
}

// The watched unit whose reading is due first and can begin, NOBODY: none is watched, or the one is talked to.
static uint8_t next_reading(const tester_t *self)
{
    uint8_t next = NOBODY;
    for (uint8_t i = 0; i < self->vehicle->node_count; i++) {
        if (!index_set_has(self->watched, i) || !is_free(self, i, &self->act)) continue;
        if (next == NOBODY || self->due_ns[i] < self->due_ns[next]) next = i;
    }
    return next;
}

static bool begin_reading(tester_t *self, int64_t now_ns)
{
    uint8_t node = next_reading(self);
    if (self->read.busy || node == NOBODY || self->due_ns[node] > now_ns) return false;
    self->due_ns[node] = TIME_NEVER;
    self->read.node = node;
    self->read_ns = now_ns;
    self->read_request = workshop_faults_request();
    workshop_job_request(&self->read.job, self->read_request.bytes, self->read_request.size);
    return ask(self, &self->read);
}

static bool begin_job(tester_t *self)
{
    if (!self->waiting || !is_free(self, self->act.node, &self->read)) return false;
    self->waiting = false;
    return ask(self, &self->act);
}

static int64_t next_deadline(const tester_t *self)
{
    int64_t deadline_ns = TIME_NEVER;
    if (self->act.busy) deadline_ns = time_earlier(deadline_ns, uds_client_deadline(&self->act.client));
    if (self->read.busy) return time_earlier(deadline_ns, uds_client_deadline(&self->read.client));
    uint8_t node = next_reading(self);
    return node == NOBODY ? deadline_ns : time_earlier(deadline_ns, self->due_ns[node]);
}

static void work(tester_t *self, int64_t now_ns, outbox_t *outbox)
{
    for (bool more = true; more;) { // until neither talk has anything to do now
        bool read = talk_on(self, &self->read, now_ns, outbox);
        if (read) note_faults(self, now_ns);
        more = talk_on(self, &self->act, now_ns, outbox) || read;
        more = begin_job(self) || more;
        more = begin_reading(self, now_ns) || more;
    }
    outbox->deadline_ns = next_deadline(self);
}

// ---- the node ------------------------------------------------------------------------------------------------------

static bool bind(void *node, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    tester_t *self = node;
    (void)missing;
    self->vehicle = setup->vehicle;
    uds_client_init(&self->act.client);
    uds_client_init(&self->read.client);
    for (size_t i = 0; i < VEHICLE_NODES_MAX; i++) self->due_ns[i] = TIME_NEVER;
    for (size_t i = 0; i < setup->vehicle->node_count; i++)
        if (setup->vehicle->nodes[i].address != 0)
            node_accept_id(ports, OWN_BUS, UDS_RESPONSE_ID + setup->vehicle->nodes[i].address);
    node_accept_line(ports, TESTER_GO_LINE);
    return true;
}

// Always powered, from before the story begins; a step of the first instant may have begun a job already.
static void power_on(void *node, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                     outbox_t *outbox)
{
    (void)node, (void)now_ns, (void)image, (void)state, (void)random, (void)outbox;
}

static void take(tester_talk_t *talk, const node_input_t *input, int64_t now_ns)
{
    if (!talk->busy) return;
    if (input->kind == INPUT_SENT)
        uds_client_sent(&talk->client, &input->frame, now_ns);
    else if (input->kind == INPUT_NOT_SENT)
        uds_client_not_sent(&talk->client, &input->frame, now_ns);
    else if (input->kind == INPUT_FRAME)
        uds_client_accept(&talk->client, &input->frame, now_ns);
}

static void activate(void *node, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    tester_t *self = node;
    for (size_t i = 0; i < count; i++) {
        take(&self->act, &inputs[i], now_ns);
        take(&self->read, &inputs[i], now_ns);
    }
    work(self, now_ns, outbox);
}

const node_class_t tester_class = {
    .name = "tester", .size = sizeof(tester_t), .bind = bind, .power_on = power_on, .activate = activate};
