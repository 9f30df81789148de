// SPDX-License-Identifier: MIT
// Sequences of diagnostic requests, with time passing, against each real unit. Whatever is asked: the unit answers or
// is rightly silent, keeps the node contract, stores no value out of range, and changes no key number (R3).
//
//   input: unit, then operations of one byte and what follows
//     0 request     length, bytes              4 power is lost and comes back
//     1 unlock      (session, seed, key)       5 bus frame: which, 8 bytes
//     2 time        units of 50 ms             6 line: which, value
//     3 raw frame   8 bytes as 0x6F1           7 functional request: length, bytes
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bus/files/dbc_file.h"
#include "bus/car/key_radio.h"
#include "bus/diagnosis/uds_client.h"
#include "cas/cas.h"
#include "ecus/climate.h"
#include "ecus/mirror.h"
#include "ecus/seat.h"
#include "bus/files/vehicle_file.h"

#define FRAME_NS (250 * TIME_US)
#define STORE_NS (5 * TIME_MS)
#define WIRE_MAX 64
#define KEYS 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const uint8_t *data;
    size_t size;
} input_t;

static const node_class_t *const CLASSES[] = {&cas_class, &seat_class, &mirror_class, &climate_class};
static const char *const NAMES[] = {"cas", "seat", "mirror", "climate"};

static vehicle_t vehicle;
static dbc_file_t *file;
static const node_class_t *class;
static const vehicle_node_t *entry;
static void *state;
static node_ports_t ports;
static outbox_t outbox;
static image_t image, next_image;
static int64_t now_ns, stored_ns, carried_ns;
static uint64_t power_count;
static uds_client_t client;
static outbox_frame_t wire[WIRE_MAX]; // flags 1: the tester's
static size_t wire_count;
static bool disturbed; // raw frames: transfers may break

static uint8_t take(input_t *input)
{
    if (input->size == 0) return 0;
    input->size--;
    return *input->data++;
}

static size_t take_bytes(input_t *input, uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) bytes[i] = take(input);
    return count;
}

// ---- what must hold ------------------------------------------------------------------------------------------------

static void check_image(const image_t *stored)
{
    for (int key = 1; key <= KEY_COUNT_MAX && class == &cas_class; key++) {
        const image_entry_t *secret = image_find(stored, "key", key, "secret");
        assert((secret != NULL) == (key <= KEYS));
        int64_t number = image_get(stored, "key", key, "personalization", 0);
        assert(number >= 0 && number <= 4);
        uint8_t expected[KEY_SECRET_SIZE];
        key_derive_secret(1, key, expected);
        assert(secret == NULL || memcmp(secret->bytes, expected, sizeof expected) == 0);
    }
    dbc_setting_t setting = {NULL, NULL};
    while (dbc_next_setting(dbc_file_dbc(file), entry->name, &setting)) {
        const dbc_signal_t *signal = setting.signal;
        for (int profile = 1; profile <= 4; profile++) {
            int64_t value = image_get(stored, "profile", profile, signal->setting, signal->start_raw);
            assert(value >= dbc_raw_minimum(signal) && value <= dbc_raw_maximum(signal));
        }
    }
}

static void check_answer(const uds_answer_t *answer, uint8_t service)
{
    if (answer->outcome == UDS_OUTCOME_POSITIVE) assert(answer->bytes[0] == (uint8_t)(service + UDS_POSITIVE));
    if (answer->outcome == UDS_OUTCOME_NEGATIVE) assert(uds_nrc_name(answer->nrc) != NULL);
    if (!disturbed) assert(answer->outcome != UDS_OUTCOME_BROKEN && answer->outcome != UDS_OUTCOME_SILENT);
    if (!disturbed) assert(answer->outcome != UDS_OUTCOME_UNREADABLE && answer->outcome != UDS_OUTCOME_ENDLESS);
}

static void take_outbox(void)
{
    assert(outbox.deadline_ns > now_ns && outbox.dropped == 0);
    for (size_t i = 0; i < outbox.frame_count; i++) {
        const outbox_frame_t *asked = &outbox.frames[i];
        assert(asked->bus < entry->bus_count && asked->frame.length <= FRAME_DATA_MAX);
        if (asked->frame.id != UDS_RESPONSE_ID + entry->address) continue;
        assert(asked->frame.data[0] == UDS_TESTER_ADDRESS && wire_count < WIRE_MAX);
        wire[wire_count] = *asked;
        wire[wire_count++].flags = 0;
    }
    if (!outbox.store) return;
    assert(stored_ns == TIME_NEVER);
    check_image(&outbox.image);
    image_copy(&next_image, &outbox.image);
    stored_ns = now_ns + STORE_NS;
}

// ---- the unit, the wire, time --------------------------------------------------------------------------------------

static void power_on(void)
{
    stored_ns = carried_ns = TIME_NEVER;
    wire_count = 0;
    uds_client_init(&client);
    outbox_clear(&outbox);
    class->power_on(state, now_ns, &image, IMAGE_PRESENT, random_derive(1, entry->name, ++power_count), &outbox);
    take_outbox();
}

static void tell(const node_input_t *input)
{
    node_input_t inputs[2] = {*input, {.kind = INPUT_DEADLINE}};
    size_t count = outbox.deadline_ns <= now_ns ? 2 : 1;
    outbox_clear(&outbox);
    class->activate(state, now_ns, inputs, count, &outbox);
    take_outbox();
}

static void pull(void)
{
    can_frame_t frame;
    while (uds_client_pull(&client, now_ns, &frame)) {
        assert(wire_count < WIRE_MAX);
        wire[wire_count++] = (outbox_frame_t){.flags = 1, .frame = frame};
    }
    if (carried_ns == TIME_NEVER && wire_count > 0) carried_ns = now_ns + FRAME_NS;
}

static void carry(void)
{
    outbox_frame_t carried = wire[0];
    memmove(wire, wire + 1, --wire_count * sizeof wire[0]);
    carried_ns = TIME_NEVER;
    if (carried.flags == 1) {
        uds_client_sent(&client, &carried.frame, now_ns);
        tell(&(node_input_t){.kind = INPUT_FRAME, .frame = carried.frame});
    } else {
        uds_client_accept(&client, &carried.frame, now_ns);
        tell(&(node_input_t){.kind = INPUT_SENT, .frame = carried.frame});
    }
}

static void go_on(int64_t limit_ns)
{
    pull();
    int64_t next_ns = time_earlier(time_earlier(outbox.deadline_ns, stored_ns), time_earlier(carried_ns, limit_ns));
    next_ns = time_earlier(next_ns, uds_client_deadline(&client));
    if (next_ns > now_ns) now_ns = next_ns;
    if (stored_ns <= now_ns) {
        image_copy(&image, &next_image);
        stored_ns = TIME_NEVER;
        tell(&(node_input_t){.kind = INPUT_STORED});
    }
    if (carried_ns <= now_ns) carry();
    if (outbox.deadline_ns <= now_ns) tell(&(node_input_t){.kind = INPUT_DEADLINE});
    pull();
}

static void wait(int64_t span_ns)
{
    for (int64_t until_ns = now_ns + span_ns; now_ns < until_ns;) go_on(until_ns);
}

static void run(uint8_t target, const uds_step_t *steps, size_t count)
{
    uds_client_begin(&client, target, steps, count);
    while (uds_client_busy(&client)) {
        uds_answer_t answer;
        go_on(now_ns + TIME_S);
        if (!uds_client_take_answer(&client, &answer)) continue;
        const uds_step_t *step = &steps[answer.step];
        if (!uds_is_functional(target) && answer.outcome != UDS_OUTCOME_INVALID)
            check_answer(&answer, step->kind == UDS_STEP_UNLOCK ? UDS_SECURITY_ACCESS : step->bytes[0]);
    }
}

// ---- operations ----------------------------------------------------------------------------------------------------

static void request(input_t *input, uint8_t target, size_t limit)
{
    uint8_t bytes[256];
    uds_step_t step = {.bytes = bytes, .size = take(input) % (limit + 1)};
    take_bytes(input, bytes, step.size);
    run(target, &step, 1);
}

static void unlock(void)
{
    static const uint8_t EXTEND[] = {UDS_SESSION_CONTROL, UDS_SESSION_EXTENDED};
    static const uds_step_t STEPS[] = {{.bytes = EXTEND, .size = sizeof EXTEND}, {.kind = UDS_STEP_UNLOCK}};
    run(entry->address, STEPS, 2);
}

static void hear(input_t *input, uint32_t id, uint8_t length)
{
    uint8_t bytes[FRAME_DATA_MAX];
    take_bytes(input, bytes, length);
    tell(&(node_input_t){.kind = INPUT_FRAME, .frame = frame_make(id, bytes, length)});
}

static void set_line(input_t *input)
{
    uint8_t line = take(input), value = take(input);
    if (ports.line_count == 0) return;
    tell(&(node_input_t){.kind = INPUT_LINE, .line = {.line = (uint8_t)(line % ports.line_count), .value = value}});
}

static void operate(input_t *input)
{
    static const uint32_t IDS[] = {0x130, 0x23A, 0x2FC, 0x3DA, 0x66D};
    switch (take(input) % 8) {
    case 0:
        request(input, entry->address, 255);
        break;
    case 1:
        unlock();
        break;
    case 2:
        wait(50 * TIME_MS * take(input));
        break;
    case 3:
        disturbed = true;
        hear(input, UDS_REQUEST_ID, FRAME_DATA_MAX);
        break;
    case 4:
        power_on();
        break;
    case 5:
        hear(input, IDS[take(input) % 5], FRAME_DATA_MAX);
        break;
    case 6:
        set_line(input);
        break;
    default:
        request(input, take(input) % 2 ? UDS_FUNCTIONAL_ALL : UDS_FUNCTIONAL_PERSONALIZATION, 6);
        wait(2 * TIME_S); // who asks all does not say "go on" to a long response: the unit gives it up
        break;
    }
}

static void set_up(uint8_t unit)
{
    static error_t error;
    if (file == NULL) {
        if (!vehicle_file_load(&vehicle, "e65", NULL, &error)) abort();
        file = dbc_file_new(vehicle.dbc_path, &error);
        if (file == NULL) abort();
    }
    class = CLASSES[unit % 4];
    entry = &vehicle.nodes[vehicle_find_node(&vehicle, NAMES[unit % 4])];
    state = calloc(1, class->size);
    const char *missing;
    ports = (node_ports_t){0};
    if (!class->bind(state, &(node_setup_t){dbc_file_dbc(file), &vehicle, entry}, &ports, &missing)) abort();
    image_clear(&image);
    for (int key = 1; key <= KEYS && class == &cas_class; key++) {
        uint8_t secret[KEY_SECRET_SIZE];
        key_derive_secret(1, key, secret);
        image_set_bytes(&image, "key", key, "secret", secret, sizeof secret);
        image_set(&image, "key", key, "learned", key < KEYS);
        image_set(&image, "key", key, "personalization", key < KEYS ? key : 0);
    }
    now_ns = 0;
    power_count = 0;
    disturbed = false;
    power_on();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input_t input = {data, size};
    set_up(take(&input));
    for (int i = 0; i < 64 && input.size > 0; i++) operate(&input);
    free(state);
    return 0;
}
