// SPDX-License-Identifier: MIT
#include "tests/diagnosis_car.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/diagnosis_bench.h"
#include "tools/units.h"

// ---- the tester is a node ------------------------------------------------------------------------------------------

static bool bind(void *node, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    (void)node;
    (void)setup;
    (void)missing;
    ports->accepts[ports->accept_count++] = (node_accept_t){.bus = 0, .id = UDS_RESPONSE_ID, .mask = 0x700};
    node_accept_line(ports, "tester/go");
    return true;
}

static void speak(car_tester_t *self, int64_t now_ns, outbox_t *outbox)
{
    for (size_t i = 0; i < CAR_CLIENTS; i++) {
        can_frame_t frame;
        do {
            while (uds_client_pull(&self->clients[i], now_ns, &frame)) outbox_send(outbox, 0, &frame, OUTBOX_REPORT);
            if (!uds_client_take_answer(&self->clients[i], &self->answers[i])) break;
            self->answered[i] = true;
            self->answered_ns[i] = now_ns;
        } while (uds_client_busy(&self->clients[i]));
        outbox->deadline_ns = time_earlier(outbox->deadline_ns, uds_client_deadline(&self->clients[i]));
    }
}

static void power_on(void *node, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                     outbox_t *outbox)
{
    (void)image;
    (void)state;
    (void)random;
    car_tester_t *self = node;
    for (size_t i = 0; i < CAR_CLIENTS; i++) uds_client_init(&self->clients[i]);
    speak(self, now_ns, outbox);
}

static void activate(void *node, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    car_tester_t *self = node;
    for (size_t k = 0; k < count; k++) {
        const can_frame_t *frame = &inputs[k].frame;
        bool taken = false;
        for (size_t i = 0; i < CAR_CLIENTS && !taken; i++) {
            uds_client_t *client = &self->clients[i];
            if (inputs[k].kind == INPUT_SENT) taken = uds_client_sent(client, frame, now_ns);
            if (inputs[k].kind == INPUT_NOT_SENT) taken = uds_client_not_sent(client, frame, now_ns);
            if (inputs[k].kind == INPUT_FRAME) taken = uds_client_accept(client, frame, now_ns);
        }
        self->lost += inputs[k].kind == INPUT_NOT_SENT;
    }
    speak(self, now_ns, outbox);
}

static const node_class_t TESTER = {
    .name = "tester", .size = sizeof(car_tester_t), .bind = bind, .power_on = power_on, .activate = activate};

// ---- the car -------------------------------------------------------------------------------------------------------

static void note_called(diagnosis_car_t *self, const kernel_t *kernel)
{
    const kernel_activation_t *activations;
    size_t count = kernel_activations(kernel, &activations);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < activations[i].count; k++) {
            const node_input_t *input = &activations[i].inputs[k];
            if (input->kind == INPUT_FRAME && input->frame.id == UDS_REQUEST_ID)
                self->called |= UINT32_C(1) << activations[i].node;
        }
}

static bool look(void *self, kernel_t *kernel)
{
    diagnosis_car_t *car = self;
    note_called(car, kernel);
    const kernel_event_t *events;
    size_t count = kernel_events(kernel, &events);
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind != EVENT_FRAME) continue;
        uint8_t bus = events[i].bus;
        if (events[i].frame.id == UDS_REQUEST_ID) {
            car->requests[bus]++;
            car->last_request_ns[bus] = kernel_now(kernel);
        } else if ((events[i].frame.id & 0x700) == UDS_RESPONSE_ID) {
            car->responses[bus]++;
            car->responders[bus] |= 1U << events[i].node;
            car->last_response_ns[bus] = kernel_now(kernel);
        }
    }
    return true;
}

// In place of the one that the plan could have.
static void add_tester(diagnosis_car_t *self, uint8_t bus)
{
    static error_t error;
    node_ports_t ports;
    const car_plan_t *plan = &self->car->plan;
    uint8_t node = plan->vehicle->node_count + 1;
    node_setup_t setup = {plan->dbc, plan->vehicle, NULL};
    ck_assert(host_in_process_add(self->car->direct, node, &TESTER, &self->tester, &setup, &ports, &error));
    ck_assert_int_eq(kernel_add_node(self->kernel, "tester", &bus, 1, &ports, NULL, IMAGE_NONE), node);
    kernel_set_power(self->kernel, node, POWER_ON);
}

static void run_to(diagnosis_car_t *self, int64_t until_ns)
{
    static error_t error;
    ck_assert_msg(car_run_until(self->car, until_ns, NULL, &error), "%s", error.text);
    self->now_ns = until_ns;
}

diagnosis_car_t *diagnosis_car_new(uint8_t tester_bus)
{
    static error_t error;
    error_clear(&error);
    diagnosis_car_t *self = calloc(1, sizeof *self);
    ck_assert_ptr_nonnull(self);
    self->garage = garage_new();
    garage_car_t fetched;
    ck_assert_msg(garage_fetch(self->garage, "e65", NULL, &fetched, &error), "%s", error.text);
    car_plan_t plan = {.vehicle = fetched.vehicle, .dbc = fetched.dbc, .seed = 1}; // without keys
    self->car = car_new(&plan, &(car_host_t){.find = units_find}, &error);
    ck_assert_msg(self->car != NULL, "%s", error.text);
    self->kernel = self->car->kernel;
    self->car->simulation.player = (player_hooks_t){self, look};
    add_tester(self, tester_bus);
    run_to(self, 0); // everybody has power
    return self;
}

void diagnosis_car_destroy(diagnosis_car_t **self_p)
{
    diagnosis_car_t *self = *self_p;
    if (self == NULL) return;
    car_destroy(&self->car);
    garage_destroy(&self->garage);
    free(self);
    *self_p = NULL;
}

void diagnosis_car_wait(diagnosis_car_t *self, int64_t span_ns)
{
    run_to(self, self->now_ns + span_ns);
    ck_assert_uint_eq(kernel_nonsense(self->kernel), 0);
}

// ---- questions -----------------------------------------------------------------------------------------------------

void diagnosis_car_begin(diagnosis_car_t *self, size_t client, uint8_t target, const uds_step_t *steps, size_t count)
{
    ck_assert(uds_client_begin(&self->tester.clients[client], target, steps, count));
    self->tester.answered[client] = false;
    kernel_set_line(self->kernel, (uint16_t)kernel_find_line(self->kernel, "tester/go"), 1, true);
}

uds_answer_t diagnosis_car_run(diagnosis_car_t *self, uint8_t target, const uds_step_t *steps, size_t count)
{
    diagnosis_car_begin(self, 0, target, steps, count);
    for (int64_t limit_ns = self->now_ns + TIME_MIN; uds_client_busy(&self->tester.clients[0]);) {
        diagnosis_car_wait(self, TIME_MS);
        ck_assert_msg(self->now_ns < limit_ns, "no end of it");
    }
    ck_assert(self->tester.answered[0]);
    return self->tester.answers[0];
}

const char *diagnosis_car_ask(diagnosis_car_t *self, uint8_t target, const char *request)
{
    static uint8_t bytes[UDS_MESSAGE_MAX];
    static char text[3 * UDS_MESSAGE_MAX + 1];
    uds_step_t step = {.bytes = bytes, .size = bench_bytes(request, bytes, sizeof bytes)};
    uds_answer_t answer = diagnosis_car_run(self, target, &step, 1);
    if (answer.outcome == UDS_OUTCOME_BROKEN || answer.outcome == UDS_OUTCOME_INVALID) return "broken";
    if (answer.bytes == NULL) return "";
    bench_text(answer.bytes, answer.size, text);
    return text;
}

void diagnosis_car_set_power(diagnosis_car_t *self, const char *unit, bool on)
{
    kernel_set_power(self->kernel, (uint8_t)kernel_find_node(self->kernel, unit), on ? POWER_ON : POWER_OFF);
    diagnosis_car_wait(self, 2 * TIME_MS);
}
