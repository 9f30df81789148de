// SPDX-License-Identifier: MIT
// One real unit of the E65 on a workbench: a tester's client at its diagnostic socket, a wire that needs a millisecond
// for a frame, and a store that takes as long as the test wants. Requests and responses are hex text.
//
//   ask(bench, "22 F1 86") ──> "62 F1 86 01", "7F 22 31", or "" for silence
#ifndef KMSIM_TESTS_DIAGNOSIS_BENCH_H
#define KMSIM_TESTS_DIAGNOSIS_BENCH_H

#include "bus/files/dbc_file.h"
#include "bus/kernel/node.h"
#include "bus/diagnosis/uds_client.h"

#define BENCH_FRAME_NS TIME_MS
#define BENCH_STORE_NS (5 * TIME_MS)
#define BENCH_WIRE_MAX 64
#define BENCH_IDS_MAX 16

typedef struct {
    const node_class_t *class;
    vehicle_t vehicle;
    dbc_file_t *file;
    vehicle_node_t *entry;
    void *state;
    node_ports_t ports;
    outbox_t outbox;
    image_t image, next_image; // durable; on its way there
    int64_t now_ns, stored_ns, store_ns;
    uint64_t power_count;
    uds_client_t client;
    size_t wire_count;
    outbox_frame_t wire[BENCH_WIRE_MAX]; // bus 1: the tester's
    int64_t carried_ns;                  // the first of them
    unsigned responses;                  // frames of diagnosis that the unit sent
    unsigned normal, network;            // other frames that it asked for
    size_t latest_count;
    size_t event_count; // frames that are carried as soon as they are asked for, and reported
    outbox_frame_t events[OUTBOX_FRAMES_MAX];
    can_frame_t latest[BENCH_IDS_MAX]; // of each identifier that is no diagnosis
    unsigned air_count;                // what it said at the coil
    air_t last_air;
    char single[32];  // payload of its last single frame
    unsigned pending; // "response pending" in the last conversation
} bench_t;

/// A unit that has power and was asked nothing yet; the image is a new car's (for the CAS: keys 1 and 2, and a slot
/// prepared for key 3).
bench_t *bench_new(const node_class_t *class, const char *name);
void bench_destroy(bench_t **self_p);

/// Power is lost and comes back at once; what is not durable is gone.
void bench_power_cycle(bench_t *self);

/// The same with an image that cannot be read.
void bench_lose_image(bench_t *self);

/// Time passes.
void bench_wait(bench_t *self, int64_t span_ns);

/// The unit is told something at this instant.
void bench_input(bench_t *self, const node_input_t *input);

/// It is told of a frame, in candump's form, or of a level of a line.
void bench_hear(bench_t *self, const char *frame);
void bench_line(bench_t *self, const char *name, int64_t value);

/// The last frame with that identifier that the unit asked for, or null.
const can_frame_t *bench_latest(const bench_t *self, uint32_t id);

/// Asks, and lets time pass until the answer is there. The text lives until the next question.
const char *ask(bench_t *self, const char *request);
/// The same for bytes; the response is in *answer.
void bench_exchange(bench_t *self, const uint8_t *bytes, size_t size, uds_answer_t *answer);

/// Asks a functional address; the text of the single frame that answers, "" for none.
const char *ask_all(bench_t *self, uint8_t address, const char *request);

/// Extended session, and security access. The last fails the test when it is refused.
void bench_extend(bench_t *self);
void bench_unlock(bench_t *self);

/// Hex text to bytes and back; a byte needs three characters.
size_t bench_bytes(const char *from, uint8_t *bytes, size_t room);
void bench_text(const uint8_t *bytes, size_t size, char *to);

#endif
