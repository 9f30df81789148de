// SPDX-License-Identifier: MIT
#include "tests/node_fixture.h"

#include <check.h>
#include <stdlib.h>

#include "tests/bound_node.h"

#define STORE_NS (5 * TIME_MS)

node_fixture_t *node_fixture_new(const node_class_t *class, const char *name)
{
    return node_fixture_new_in("e65", class, name);
}

node_fixture_t *node_fixture_new_in(const char *vehicle, const node_class_t *class, const char *name)
{
    node_fixture_t *self = calloc(1, sizeof *self);
    ck_assert_ptr_nonnull(self);
    self->class = class;
    self->state = bound_node_new(class, (bound_node_place_t){vehicle, name}, &self->vehicle, &self->file, &self->ports);
    self->dbc = dbc_file_dbc(self->file);
    self->entry = &self->vehicle.nodes[vehicle_find_node(&self->vehicle, name)];
    self->status_message = dbc_status_message(self->dbc, name);
    self->stored_ns = TIME_NEVER;
    return self;
}

void node_fixture_destroy(node_fixture_t **self_p)
{
    node_fixture_t *self = *self_p;
    if (self == NULL) return;
    dbc_file_destroy(&self->file);
    free(self->state);
    free(self);
    *self_p = NULL;
}

static void note_frames(node_fixture_t *self)
{
    for (size_t i = 0; i < self->outbox.frame_count; i++) {
        const outbox_frame_t *asked = &self->outbox.frames[i];
        ck_assert_uint_lt(asked->bus, self->entry->bus_count);
        bool cyclic = (asked->flags & OUTBOX_CYCLIC) != 0;
        if (cyclic) ck_assert_msg(self->awake, "a cyclic frame on a sleeping bus");
        if (!self->status_message || asked->frame.id != self->status_message->id) continue; // the CAS has none
        self->status = asked->frame;
        self->status_count++;
        self->event_count += !cyclic;
    }
}

static void note_outbox(node_fixture_t *self)
{
    ck_assert_int_gt(self->outbox.deadline_ns, self->now_ns);
    ck_assert_uint_eq(self->outbox.dropped, 0);
    self->activation_count++;
    note_frames(self);
    for (size_t i = 0; i < self->outbox.log_count; i++) {
        if (self->log_count < NODE_FIXTURE_LOGS_MAX) self->logs[self->log_count++] = self->outbox.logs[i];
    }
    if (!self->outbox.store) return;
    ck_assert_msg(self->stored_ns == TIME_NEVER, "two stores under way");
    image_copy(&self->next_image, &self->outbox.image);
    self->stored_ns = self->now_ns + STORE_NS;
}

void node_fixture_power_on(node_fixture_t *self, int64_t now_ns, image_state_t state)
{
    self->now_ns = now_ns;
    self->stored_ns = TIME_NEVER;
    self->awake = false;
    outbox_clear(&self->outbox);
    random_t random = random_derive(1, self->entry->name, ++self->power_count);
    self->class->power_on(self->state, now_ns, &self->image, state, random, &self->outbox);
    note_outbox(self);
}

static void activate(node_fixture_t *self, const node_input_t *inputs, size_t count)
{
    outbox_clear(&self->outbox);
    self->class->activate(self->state, self->now_ns, inputs, count, &self->outbox);
    note_outbox(self);
}

void node_fixture_input(node_fixture_t *self, const node_input_t *input)
{
    node_input_t inputs[2] = {*input, {.kind = INPUT_DEADLINE}};
    activate(self, inputs, self->outbox.deadline_ns == self->now_ns ? 2 : 1);
}

void node_fixture_run_to(node_fixture_t *self, int64_t now_ns)
{
    ck_assert_int_ge(now_ns, self->now_ns);
    for (;;) {
        int64_t next_ns = time_earlier(self->outbox.deadline_ns, self->stored_ns);
        if (next_ns >= now_ns) break;
        self->now_ns = next_ns;
        node_input_t input = {.kind = INPUT_DEADLINE};
        if (self->stored_ns <= next_ns) {
            image_copy(&self->image, &self->next_image);
            self->stored_ns = TIME_NEVER;
            input.kind = INPUT_STORED;
        }
        node_fixture_input(self, &input);
    }
    self->now_ns = now_ns;
}

void node_fixture_frame(node_fixture_t *self, const can_frame_t *frame)
{
    node_fixture_input(self, &(node_input_t){.kind = INPUT_FRAME, .frame = *frame});
}

void node_fixture_line(node_fixture_t *self, const char *name, int64_t value, bool momentary)
{
    node_line_t told = {.line = bound_node_line(&self->ports, name), .momentary = momentary, .value = value};
    node_fixture_input(self, &(node_input_t){.kind = INPUT_LINE, .line = told});
}

void node_fixture_set_awake(node_fixture_t *self, bool awake)
{
    self->awake = awake;
    node_fixture_input(self, &(node_input_t){.kind = awake ? INPUT_BUS_AWAKE : INPUT_BUS_ASLEEP});
}

static void set(can_frame_t *frame, const dbc_message_t *message, const char *signal, int64_t raw)
{
    const dbc_signal_t *found = dbc_signal(message, signal);
    ck_assert_msg(found != NULL, "no signal %s", signal);
    dbc_set(found, frame, raw);
}

void node_fixture_remote(node_fixture_t *self, const char *button, int number)
{
    const dbc_message_t *message = dbc_message(self->dbc, "RemoteKeyStatus");
    can_frame_t frame = dbc_frame(message);
    int64_t raw;
    ck_assert(dbc_value_raw(dbc_signal(message, "Button"), button, &raw));
    set(&frame, message, "Button", raw);
    set(&frame, message, "PersonalizationNumber", number - 1);
    set(&frame, message, "PersonalizationRepeat", number - 1);
    node_fixture_frame(self, &frame);
}

void node_fixture_terminal(node_fixture_t *self, int terminal)
{
    const dbc_message_t *message = dbc_message(self->dbc, "TerminalStatus");
    can_frame_t frame = dbc_frame(message);
    set(&frame, message, "TerminalR", terminal >= 1);
    set(&frame, message, "Terminal15", terminal >= 2);
    node_fixture_frame(self, &frame);
}

void node_fixture_door(node_fixture_t *self, bool open)
{
    const dbc_message_t *message = dbc_message(self->dbc, "DoorState");
    can_frame_t frame = dbc_frame(message);
    set(&frame, message, "DriverDoor", open);
    node_fixture_frame(self, &frame);
}

// A bus that wakes gets the status at once; what is asked for beyond that is no traffic of the story.
const outbox_frame_t *node_fixture_asked(const node_fixture_t *self, uint32_t id)
{
    for (size_t i = 0; i < self->outbox.frame_count; i++) {
        if (self->outbox.frames[i].frame.id == id) return &self->outbox.frames[i];
    }
    return NULL;
}

int64_t node_fixture_status(node_fixture_t *self, const char *signal)
{
    const node_input_t inputs[] = {{.kind = INPUT_BUS_ASLEEP}, {.kind = INPUT_BUS_AWAKE}, {.kind = INPUT_BUS_ASLEEP}};
    unsigned status_count = self->status_count;
    bool awake = self->awake;
    self->awake = true;
    activate(self, inputs, awake ? 2 : 3);
    self->awake = awake;
    self->status_count = status_count;
    const dbc_signal_t *found = dbc_signal(self->status_message, signal);
    ck_assert_msg(found != NULL, "no signal %s", signal);
    return dbc_get(found, &self->status);
}

unsigned node_fixture_logged(const node_fixture_t *self, uint16_t code)
{
    unsigned count = 0;
    for (size_t i = 0; i < self->log_count; i++) count += self->logs[i].code == code;
    return count;
}

void node_fixture_code(node_fixture_t *self, const char *option, const char *value)
{
    const vehicle_option_t *found = vehicle_find_option(self->entry, option);
    ck_assert_ptr_nonnull(found);
    int index = vehicle_find_value(found, value);
    ck_assert_int_ge(index, 0);
    ck_assert(image_set(&self->image, "coding", -1, option, index));
}
