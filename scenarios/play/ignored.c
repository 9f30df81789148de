// SPDX-License-Identifier: MIT
#include "scenarios/play/ignored.h"

#include <inttypes.h>

#include "bus/car/identifiers.h"
#include "bus/diagnosis/uds_client.h"
#include "scenarios/actors/tester.h"

#define READING_MAX_NS (10 * TIME_S) // for all units: one that answers needs some 20 ms
#define RESPONSE_HEADER 3            // service, identifier

static const uint8_t REQUEST[] = {UDS_READ_DATA, IDENTIFIER_COUNTERS >> 8, IDENTIFIER_COUNTERS & 0xFF};
static const uds_step_t STEP = {.kind = UDS_STEP_REQUEST, .bytes = REQUEST, .size = sizeof REQUEST};

typedef struct {
    const vehicle_t *vehicle;
    words_t *words;
    uint8_t bus;
    size_t node; // that is asked, or the first that is not yet
    int64_t limit_ns;
    uds_client_t client;
} reading_t;

// ---- telling -------------------------------------------------------------------------------------------------------

static void add(words_t *words, const char *whose, const char *name, uint64_t value, bool *any)
{
    if (value == 0) return;
    if (*any)
        words_add(words, ", ");
    else
        words_add(words, "%s%s: ", words->length > 0 ? "; " : "", whose);
    *any = true;
    words_add(words, "%s %" PRIu64, name, value);
}

// An answer that is none of ours, as of a unit that has no such identifier, says nothing.
static void take_answer(reading_t *self, const uds_answer_t *answer)
{
    identifiers_counter_t counters[IDENTIFIER_COUNTERS_MAX];
    size_t count;
    bool any = false, ours = answer->outcome == UDS_OUTCOME_POSITIVE && answer->size > RESPONSE_HEADER &&
                             uds_number(answer->bytes + 1, RESPONSE_HEADER - 1) == IDENTIFIER_COUNTERS;
    if (!ours) return;
    if (!identifiers_read_counters(answer->bytes + RESPONSE_HEADER, answer->size - RESPONSE_HEADER, counters, &count))
        return;
    for (size_t i = 0; i < count; i++)
        add(self->words, self->vehicle->nodes[self->node].name, counters[i].name, counters[i].value, &any);
}

static void tell_buses(const car_t *car, words_t *words)
{
    bool any = false;
    for (uint8_t bus = 0; bus < car->plan.vehicle->bus_count; bus++, any = false)
        add(words, car->plan.vehicle->buses[bus].name, "refused", kernel_bus(car->kernel, bus)->refused, &any);
    add(words, "simulation", "nonsense", kernel_nonsense(car->kernel), &any);
}

// ---- asking --------------------------------------------------------------------------------------------------------

static void hear(reading_t *self, const kernel_t *kernel)
{
    const kernel_event_t *events;
    size_t count = kernel_events(kernel, &events);
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind != EVENT_FRAME || events[i].bus != self->bus) continue;
        if (events[i].node == KERNEL_STRANGER)
            uds_client_sent(&self->client, &events[i].frame, kernel_now(kernel));
        else
            uds_client_accept(&self->client, &events[i].frame, kernel_now(kernel));
    }
}

// Sends, and takes the answer to go on with the next unit; false when no unit is left.
static bool ask(reading_t *self, kernel_t *kernel)
{
    for (;;) {
        can_frame_t frame;
        uds_answer_t answer;
        while (uds_client_pull(&self->client, kernel_now(kernel), &frame)) kernel_inject(kernel, self->bus, &frame);
        if (uds_client_take_answer(&self->client, &answer)) {
            take_answer(self, &answer);
            self->node++;
        } else if (uds_client_busy(&self->client)) {
            return true;
        }
        if (uds_client_busy(&self->client)) continue;
        while (self->node < self->vehicle->node_count &&
               (self->vehicle->nodes[self->node].address == 0 || !kernel_powered(kernel, (uint8_t)self->node)))
            self->node++;
        if (self->node == self->vehicle->node_count) return false;
        uds_client_begin(&self->client, self->vehicle->nodes[self->node].address, &STEP, 1);
    }
}

static bool step(void *reading, kernel_t *kernel)
{
    reading_t *self = reading;
    hear(self, kernel);
    bool asks = ask(self, kernel) && kernel_now(kernel) < self->limit_ns;
    kernel_wake_player(kernel, asks ? time_earlier(uds_client_deadline(&self->client), self->limit_ns) : TIME_NEVER);
    return asks;
}

bool ignored_read(car_t *car, words_t *words, error_t *error)
{
    simulation_t *simulation = &car->simulation;
    reading_t reading = {.vehicle = car->plan.vehicle,
                         .words = words,
                         .bus = tester_bus(car->plan.vehicle),
                         .limit_ns = kernel_now(car->kernel) + READING_MAX_NS};
    uds_client_init(&reading.client);
    tell_buses(car, words); // before we are on them ourselves
    simulation->player = (player_hooks_t){.self = &reading, .step = step};
    simulation->keeper = (keeper_t){0};
    simulation->observer_count = 0;
    kernel_wake_player(car->kernel, kernel_now(car->kernel) + 1);
    return simulation_run(simulation, error);
}
