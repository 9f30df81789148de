// SPDX-License-Identifier: MIT
#include "tests/diagnosis_car.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cas/cas.h"
#include "ecus/climate.h"
#include "ecus/mirror.h"
#include "ecus/seat.h"
#include "tests/diagnosis_bench.h"
#include "bus/files/vehicle_file.h"

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

static bool look(void *self, kernel_t *kernel)
{
    car_t *car = self;
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

static void add_units(car_t *self, error_t *error)
{
    static const node_class_t *const CLASSES[] = {&cas_class, &seat_class, &mirror_class, &climate_class};
    for (uint8_t i = 0; i < self->vehicle.node_count; i++) {
        vehicle_node_t *entry = &self->vehicle.nodes[i];
        const node_class_t *class = NULL;
        for (size_t k = 0; k < sizeof CLASSES / sizeof CLASSES[0]; k++)
            if (strcmp(CLASSES[k]->name, entry->executable) == 0) class = CLASSES[k];
        ck_assert_ptr_nonnull(class);
        static node_ports_t ports;
        node_setup_t setup = {dbc_file_dbc(self->file), &self->vehicle, entry};
        ck_assert_msg(host_in_process_add(self->host, i, class, NULL, &setup, &ports, error), "%s", error->text);
        ck_assert_int_eq(
            kernel_add_node(self->kernel, entry->name, entry->buses, entry->bus_count, &ports, NULL, IMAGE_NONE), i);
    }
}

static void add_tester(car_t *self, uint8_t bus, error_t *error)
{
    static node_ports_t ports;
    uint8_t node = self->vehicle.node_count;
    node_setup_t setup = {dbc_file_dbc(self->file), &self->vehicle, NULL};
    ck_assert(host_in_process_add(self->host, node, &TESTER, &self->tester, &setup, &ports, error));
    ck_assert_int_eq(kernel_add_node(self->kernel, "tester", &bus, 1, &ports, NULL, IMAGE_NONE), node);
}

static void run_to(car_t *self, int64_t until_ns)
{
    static error_t error;
    bool over = false, idle = false;
    while (!idle) ck_assert_msg(simulation_step(&self->simulation, until_ns, &over, &idle, &error), "%s", error.text);
    self->now_ns = until_ns;
}

car_t *car_new(uint8_t tester_bus)
{
    static error_t error;
    error_clear(&error);
    car_t *self = calloc(1, sizeof *self);
    ck_assert_ptr_nonnull(self);
    ck_assert_msg(vehicle_file_load(&self->vehicle, "e65", NULL, &error), "%s", error.text);
    self->file = dbc_file_new(self->vehicle.dbc_path, &error);
    ck_assert_msg(self->file != NULL, "%s", error.text);
    self->kernel = calloc(1, kernel_size());
    self->host = host_in_process_new();
    outbox_t *outboxes = calloc(KERNEL_NODES_MAX, sizeof *outboxes);
    ck_assert(self->kernel != NULL && self->host != NULL && outboxes != NULL);
    kernel_init(self->kernel, &self->vehicle, 1);
    add_units(self, &error);
    add_tester(self, tester_bus, &error);
    self->simulation = (simulation_t){
        .kernel = self->kernel, .host = host_in_process_host(self->host), .player = {self, look}, .outboxes = outboxes};
    kernel_start(self->kernel);
    run_to(self, 0); // everybody has power
    return self;
}

void car_destroy(car_t **self_p)
{
    car_t *self = *self_p;
    if (self == NULL) return;
    host_in_process_destroy(&self->host);
    dbc_file_destroy(&self->file);
    free(self->simulation.outboxes);
    free(self->kernel);
    free(self);
    *self_p = NULL;
}

void car_wait(car_t *self, int64_t span_ns)
{
    run_to(self, self->now_ns + span_ns);
    ck_assert_uint_eq(kernel_nonsense(self->kernel), 0);
}

// ---- questions -----------------------------------------------------------------------------------------------------

void car_begin(car_t *self, size_t client, uint8_t target, const uds_step_t *steps, size_t count)
{
    ck_assert(uds_client_begin(&self->tester.clients[client], target, steps, count));
    self->tester.answered[client] = false;
    kernel_set_line(self->kernel, (uint16_t)kernel_find_line(self->kernel, "tester/go"), 1, true);
}

uds_answer_t car_run(car_t *self, uint8_t target, const uds_step_t *steps, size_t count)
{
    car_begin(self, 0, target, steps, count);
    for (int64_t limit_ns = self->now_ns + TIME_MIN; uds_client_busy(&self->tester.clients[0]);) {
        car_wait(self, TIME_MS);
        ck_assert_msg(self->now_ns < limit_ns, "no end of it");
    }
    ck_assert(self->tester.answered[0]);
    return self->tester.answers[0];
}

const char *car_ask(car_t *self, uint8_t target, const char *request)
{
    static uint8_t bytes[UDS_MESSAGE_MAX];
    static char text[3 * UDS_MESSAGE_MAX + 1];
    uds_step_t step = {.bytes = bytes, .size = bench_bytes(request, bytes, sizeof bytes)};
    uds_answer_t answer = car_run(self, target, &step, 1);
    if (answer.outcome == UDS_OUTCOME_BROKEN || answer.outcome == UDS_OUTCOME_INVALID) return "broken";
    if (answer.bytes == NULL) return "";
    bench_text(answer.bytes, answer.size, text);
    return text;
}

void car_set_power(car_t *self, const char *unit, bool on)
{
    kernel_set_power(self->kernel, (uint8_t)kernel_find_node(self->kernel, unit), on ? POWER_ON : POWER_OFF);
    car_wait(self, 2 * TIME_MS);
}
