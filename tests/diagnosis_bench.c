// SPDX-License-Identifier: MIT
#include "tests/diagnosis_bench.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/car/key_radio.h"
#include "tests/bound_node.h"

#define TESTER_BUS 1
#define TEXT_MAX (3 * UDS_MESSAGE_MAX + 1)

static uint8_t request_bytes[UDS_MESSAGE_MAX];
static char text[TEXT_MAX];

size_t bench_bytes(const char *from, uint8_t *bytes, size_t room)
{
    size_t count = 0;
    for (; *from != '\0'; from += strspn(from, " ")) {
        ck_assert_uint_lt(count, room);
        char digits[3] = {from[0], from[1], '\0'};
        char *end;
        bytes[count++] = (uint8_t)strtoul(digits, &end, 16);
        ck_assert_msg(end == digits + 2, "not hex: %s", from);
        from += 2;
    }
    return count;
}

void bench_text(const uint8_t *bytes, size_t size, char *to)
{
    for (size_t i = 0; i < size; i++) {
        if (i > 0) *to++ = ' ';
        *to++ = "0123456789ABCDEF"[bytes[i] >> 4];
        *to++ = "0123456789ABCDEF"[bytes[i] & 0xF];
    }
    *to = '\0';
}

// ---- the unit ------------------------------------------------------------------------------------------------------

const can_frame_t *bench_latest(const bench_t *self, uint32_t id)
{
    for (size_t i = 0; i < self->latest_count; i++)
        if (self->latest[i].id == id) return &self->latest[i];
    return NULL;
}

static void note_latest(bench_t *self, const can_frame_t *frame)
{
    size_t place = 0;
    while (place < self->latest_count && self->latest[place].id != frame->id) place++;
    ck_assert_uint_lt(place, BENCH_IDS_MAX);
    self->latest[place] = *frame;
    if (place == self->latest_count) self->latest_count++;
}

static void note_frame(bench_t *self, const outbox_frame_t *asked)
{
    ck_assert_uint_lt(asked->bus, self->entry->bus_count);
    if (asked->frame.id == UDS_RESPONSE_ID + self->entry->address) {
        ck_assert_uint_eq(asked->bus, 0);
        ck_assert(asked->flags & OUTBOX_REPORT);
        ck_assert_uint_lt(self->wire_count, BENCH_WIRE_MAX);
        self->wire[self->wire_count++] = *asked;
        self->responses++;
    } else if ((asked->frame.id & 0x780) == 0x480) {
        self->network++;
    } else {
        self->normal++;
        note_latest(self, &asked->frame);
        if (asked->flags != OUTBOX_REPORT) return;
        ck_assert_uint_lt(self->event_count, OUTBOX_FRAMES_MAX);
        self->events[self->event_count++] = *asked;
    }
}

static void note_outbox(bench_t *self)
{
    ck_assert_int_gt(self->outbox.deadline_ns, self->now_ns);
    ck_assert_uint_eq(self->outbox.dropped, 0);
    for (size_t i = 0; i < self->outbox.frame_count; i++) note_frame(self, &self->outbox.frames[i]);
    self->air_count += self->outbox.air_count;
    if (self->outbox.air_count > 0) self->last_air = self->outbox.air[self->outbox.air_count - 1];
    if (!self->outbox.store) return;
    ck_assert_msg(self->stored_ns == TIME_NEVER, "two stores under way");
    image_copy(&self->next_image, &self->outbox.image);
    self->stored_ns = self->now_ns + self->store_ns;
}

static void power_on(bench_t *self, image_state_t state)
{
    self->stored_ns = TIME_NEVER;
    outbox_clear(&self->outbox);
    random_t random = random_derive(1, self->entry->name, ++self->power_count);
    self->class->power_on(self->state, self->now_ns, &self->image, state, random, &self->outbox);
    note_outbox(self);
}

void bench_power_cycle(bench_t *self)
{
    self->wire_count = 0;
    self->carried_ns = TIME_NEVER;
    uds_client_init(&self->client);
    power_on(self, IMAGE_PRESENT);
}

void bench_lose_image(bench_t *self)
{
    power_on(self, IMAGE_DAMAGED);
}

static void activate(bench_t *self, const node_input_t *input)
{
    node_input_t inputs[2] = {*input, {.kind = INPUT_DEADLINE}};
    size_t count = self->outbox.deadline_ns <= self->now_ns ? 2 : 1;
    outbox_clear(&self->outbox);
    self->class->activate(self->state, self->now_ns, inputs, count, &self->outbox);
    note_outbox(self);
}

void bench_input(bench_t *self, const node_input_t *input)
{
    activate(self, input);
    while (self->event_count > 0) {
        outbox_frame_t events[OUTBOX_FRAMES_MAX];
        size_t count = self->event_count;
        memcpy(events, self->events, count * sizeof events[0]);
        self->event_count = 0;
        for (size_t i = 0; i < count; i++)
            activate(self, &(node_input_t){.kind = INPUT_SENT, .bus = events[i].bus, .frame = events[i].frame});
    }
}

void bench_hear(bench_t *self, const char *frame)
{
    node_input_t input = {.kind = INPUT_FRAME};
    ck_assert_msg(frame_parse(frame, &input.frame), "%s", frame);
    bench_input(self, &input);
}

void bench_line(bench_t *self, const char *name, int64_t value)
{
    node_line_t told = {.line = bound_node_line(&self->ports, name), .value = value};
    bench_input(self, &(node_input_t){.kind = INPUT_LINE, .line = told});
}

static void deliver_keys(image_t *image)
{
    for (int key = 1; key <= 3; key++) {
        uint8_t secret[KEY_SECRET_SIZE];
        key_derive_secret(1, key, secret);
        image_set_bytes(image, "key", key, "secret", secret, sizeof secret);
        image_set(image, "key", key, "learned", key < 3);
        image_set(image, "key", key, "personalization", key < 3 ? key : 0);
    }
}

bench_t *bench_new(const node_class_t *class, const char *name)
{
    bench_t *self = calloc(1, sizeof *self);
    ck_assert_ptr_nonnull(self);
    self->class = class;
    self->state = bound_node_new(class, (bound_node_place_t){"e65", name}, &self->vehicle, &self->file, &self->ports);
    self->entry = &self->vehicle.nodes[vehicle_find_node(&self->vehicle, name)];
    self->store_ns = BENCH_STORE_NS;
    self->carried_ns = TIME_NEVER;
    uds_client_init(&self->client);
    if (strcmp(class->name, "cas") == 0) deliver_keys(&self->image);
    power_on(self, IMAGE_PRESENT);
    return self;
}

void bench_destroy(bench_t **self_p)
{
    bench_t *self = *self_p;
    if (self == NULL) return;
    dbc_file_destroy(&self->file);
    free(self->state);
    free(self);
    *self_p = NULL;
}

// ---- time ----------------------------------------------------------------------------------------------------------

static void note_single(bench_t *self, const can_frame_t *frame)
{
    size_t size = frame->data[1];
    if (size >= 1 && size <= ISOTP_SINGLE_MAX) bench_text(frame->data + 2, size, self->single);
}

static void carry(bench_t *self)
{
    outbox_frame_t carried = self->wire[0];
    memmove(self->wire, self->wire + 1, --self->wire_count * sizeof self->wire[0]);
    if (carried.bus == TESTER_BUS) {
        uds_client_sent(&self->client, &carried.frame, self->now_ns);
        bench_input(self, &(node_input_t){.kind = INPUT_FRAME, .frame = carried.frame});
        return;
    }
    note_single(self, &carried.frame);
    uds_client_accept(&self->client, &carried.frame, self->now_ns);
    bench_input(self, &(node_input_t){.kind = INPUT_SENT, .frame = carried.frame});
}

// What the tester has to say goes onto the wire, and the wire begins to carry.
static void pull_client(bench_t *self)
{
    can_frame_t frame;
    while (uds_client_pull(&self->client, self->now_ns, &frame)) {
        ck_assert_uint_lt(self->wire_count, BENCH_WIRE_MAX);
        self->wire[self->wire_count++] = (outbox_frame_t){.bus = TESTER_BUS, .frame = frame};
    }
    if (self->carried_ns == TIME_NEVER && self->wire_count > 0) self->carried_ns = self->now_ns + BENCH_FRAME_NS;
}

static void step(bench_t *self)
{
    if (self->stored_ns <= self->now_ns) {
        image_copy(&self->image, &self->next_image);
        self->stored_ns = TIME_NEVER;
        bench_input(self, &(node_input_t){.kind = INPUT_STORED});
    }
    if (self->carried_ns <= self->now_ns) {
        self->carried_ns = TIME_NEVER;
        carry(self);
    }
    if (self->outbox.deadline_ns <= self->now_ns) bench_input(self, &(node_input_t){.kind = INPUT_DEADLINE});
    pull_client(self);
}

// Goes to the next instant, no later than limit.
static void go_on(bench_t *self, int64_t limit_ns)
{
    pull_client(self);
    int64_t next_ns = time_earlier(time_earlier(self->outbox.deadline_ns, self->stored_ns),
                                   time_earlier(self->carried_ns, uds_client_deadline(&self->client)));
    next_ns = time_earlier(next_ns, limit_ns);
    self->now_ns = next_ns > self->now_ns ? next_ns : self->now_ns;
    step(self);
}

void bench_wait(bench_t *self, int64_t span_ns)
{
    int64_t until_ns = self->now_ns + span_ns;
    while (self->now_ns < until_ns) go_on(self, until_ns);
}

// ---- questions -----------------------------------------------------------------------------------------------------

void bench_exchange(bench_t *self, const uint8_t *bytes, size_t size, uds_answer_t *answer)
{
    static uds_step_t question;
    question = (uds_step_t){.bytes = bytes, .size = size};
    ck_assert(uds_client_begin(&self->client, self->entry->address, &question, 1));
    self->pending = 0;
    for (int64_t limit_ns = self->now_ns + TIME_MIN; !uds_client_take_answer(&self->client, answer);) {
        go_on(self, limit_ns);
        self->pending = self->client.pending_count;
        ck_assert_msg(self->now_ns < limit_ns, "no end of it");
    }
}

const char *ask(bench_t *self, const char *request)
{
    uds_answer_t answer;
    size_t size = bench_bytes(request, request_bytes, sizeof request_bytes);
    bench_exchange(self, request_bytes, size, &answer);
    ck_assert_msg(answer.outcome != UDS_OUTCOME_BROKEN && answer.outcome != UDS_OUTCOME_INVALID, "%s", request);
    text[0] = '\0';
    if (answer.bytes != NULL) bench_text(answer.bytes, answer.size, text);
    return text;
}

const char *ask_all(bench_t *self, uint8_t address, const char *request)
{
    static uds_step_t question;
    size_t size = bench_bytes(request, request_bytes, sizeof request_bytes);
    question = (uds_step_t){.bytes = request_bytes, .size = size};
    self->single[0] = '\0';
    ck_assert(uds_client_begin(&self->client, address, &question, 1));
    bench_wait(self, UDS_P2_NS + UDS_CLIENT_MARGIN_NS);
    uds_answer_t answer;
    ck_assert(uds_client_take_answer(&self->client, &answer));
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_QUIET);
    return self->single;
}

void bench_extend(bench_t *self)
{
    ck_assert_str_eq(ask(self, "10 03"), "50 03 00 32 01 F4");
}

void bench_unlock(bench_t *self)
{
    static const uds_step_t UNLOCK = {.kind = UDS_STEP_UNLOCK};
    bench_extend(self);
    uds_answer_t answer;
    ck_assert(uds_client_begin(&self->client, self->entry->address, &UNLOCK, 1));
    for (int64_t limit_ns = self->now_ns + TIME_MIN; !uds_client_take_answer(&self->client, &answer);) {
        go_on(self, limit_ns);
        ck_assert_int_lt(self->now_ns, limit_ns);
    }
    ck_assert_int_eq(answer.outcome, UDS_OUTCOME_POSITIVE);
}
