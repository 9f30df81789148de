// SPDX-License-Identifier: MIT
#include "tests/cas_fixture.h"
#include "bus/files/vehicle_file.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SEED 1

cas_fixture_t *car;

// ---- setting up ----------------------------------------------------------------------------------------------------

static void prepare_key(image_t *image, int key, int personalization, bool learned)
{
    cas_fixture_fob_t *fob = &car->fobs[key];
    key_derive_secret(SEED, key, fob->secret);
    fob->personalization = personalization;
    image_set_bytes(image, "key", key, "secret", fob->secret, KEY_SECRET_SIZE);
    image_set(image, "key", key, "personalization", personalization);
    image_set(image, "key", key, "learned", learned);
}

static void add_node(const char *name, const uint8_t *buses, uint8_t bus_count, const node_ports_t *ports,
                     const image_t *image)
{
    ck_assert_int_ge(kernel_add_node(car->kernel, name, buses, bus_count, ports, image, IMAGE_PRESENT), 0);
}

static void add_cas(const image_t *image)
{
    const vehicle_node_t *entry = &car->vehicle.nodes[vehicle_find_node(&car->vehicle, "cas")];
    node_setup_t setup = {dbc_file_dbc(car->file), &car->vehicle, entry};
    node_ports_t ports = {0};
    const char *missing = NULL;
    ck_assert_msg(cas_class.bind(car->cas, &setup, &ports, &missing), "%s", missing);
    add_node("cas", entry->buses, entry->bus_count, &ports, image);
}

void cas_fixture_set_up_with(void (*change)(image_t *image))
{
    static error_t error;
    static image_t image;
    error_clear(&error);
    car = calloc(1, sizeof *car);
    car->kernel = calloc(1, kernel_size());
    car->cas = calloc(1, sizeof *car->cas);
    ck_assert_msg(vehicle_file_load(&car->vehicle, "e65", NULL, &error), "%s", error.text);
    car->file = dbc_file_new(car->vehicle.dbc_path, &error);
    ck_assert_msg(car->file != NULL, "%s", error.text);
    image_clear(&image);
    for (int key = 1; key <= 4; key++) prepare_key(&image, key, key, true);
    prepare_key(&image, 5, 3, false);
    if (change) change(&image);
    kernel_init(car->kernel, &car->vehicle, SEED);
    add_cas(&image);
    static const uint8_t BUSES[] = {KCAN_S, KCAN_P};
    node_ports_t none = {0}, coil = {.air = 1 << AIR_LF};
    add_node("listener-s", &BUSES[0], 1, &none, NULL);
    add_node("listener-p", &BUSES[1], 1, &none, NULL);
    add_node("fobs", NULL, 0, &coil, NULL);
    kernel_start(car->kernel);
    kernel_begin(car->kernel, 0);
    cas_fixture_run_to(1);
}

void cas_fixture_set_up(void)
{
    cas_fixture_set_up_with(NULL);
}

// ---- key fobs ------------------------------------------------------------------------------------------------------

static void answer(const air_t *challenge, outbox_t *outbox)
{
    static const uint8_t ELSEWHERE[KEY_SECRET_SIZE] = {1};
    bool foreign = car->in_lock == CAS_FIXTURE_FOREIGN;
    const cas_fixture_fob_t *fob = &car->fobs[foreign ? 1 : car->in_lock];
    key_answer_t said = {foreign ? 1 : car->in_lock, fob->personalization, fob->code};
    air_t air = key_answer_encode(&said, challenge, foreign ? ELSEWHERE : fob->secret);
    car->challenge = *challenge;
    outbox_transmit(outbox, AIR_LF, air.bytes, air.size);
}

static void take_number(const air_t *air, outbox_t *outbox)
{
    cas_fixture_fob_t *fob = &car->fobs[car->in_lock];
    int number = key_write_decode(KEY_LF_WRITE, air, &car->challenge, fob->secret);
    if (number == 0) return;
    fob->personalization = number;
    air_t receipt = key_write_encode(KEY_LF_WRITTEN, number, &car->challenge, fob->secret);
    outbox_transmit(outbox, AIR_LF, receipt.bytes, receipt.size);
}

static void hear_coil(const kernel_activation_t *activation, outbox_t *outbox)
{
    for (size_t i = 0; i < activation->count; i++) {
        const air_t *air = &activation->inputs[i].air;
        if (activation->inputs[i].kind != INPUT_AIR || car->in_lock == 0 || car->in_lock == CAS_FIXTURE_SILENT)
            continue;
        if (air->bytes[0] == KEY_LF_CHALLENGE)
            answer(air, outbox);
        else if (air->bytes[0] == KEY_LF_WRITE && car->in_lock > 0)
            take_number(air, outbox);
    }
}

// ---- an instant ----------------------------------------------------------------------------------------------------

static void note_logs(const outbox_t *outbox)
{
    ck_assert_uint_eq(outbox->dropped, 0);
    for (size_t i = 0; i < outbox->log_count; i++) car->logs[outbox->logs[i].code]++;
}

static void activate(void)
{
    static outbox_t outbox;
    const kernel_activation_t *activations;
    size_t count = kernel_activations(car->kernel, &activations);
    for (size_t i = 0; i < count; i++) {
        const kernel_activation_t *activation = &activations[i];
        outbox_clear(&outbox);
        if (activation->node == CAS_NODE)
            cas_class.activate(car->cas, kernel_now(car->kernel), activation->inputs, activation->count, &outbox);
        else if (activation->node == FOBS_NODE)
            hear_coil(activation, &outbox);
        note_logs(&outbox);
        kernel_merge(car->kernel, activation->node, &outbox);
    }
}

static void note_frames(void)
{
    const kernel_event_t *events;
    size_t count = kernel_events(car->kernel, &events);
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind != EVENT_FRAME) continue;
        ck_assert_uint_lt(car->seen_count, CAS_FIXTURE_SEEN_MAX);
        car->seen[car->seen_count++] = (cas_fixture_seen_t){
            .at_ns = kernel_now(car->kernel),
            .bus = events[i].bus,
            .node = events[i].node,
            .life = car->life,
            .frame = events[i].frame,
        };
    }
}

static void close_instant(void)
{
    static outbox_t outbox;
    kernel_power_request_t request;
    while (kernel_next_power(car->kernel, &request)) {
        if (request.state != POWER_ON) continue;
        kernel_power_on_t start = kernel_power_on(car->kernel, request.node);
        outbox_clear(&outbox);
        if (request.node == CAS_NODE) {
            car->life++;
            cas_class.power_on(car->cas, kernel_now(car->kernel), start.image, start.state, start.random, &outbox);
        }
        kernel_merge(car->kernel, request.node, &outbox);
    }
    kernel_end(car->kernel);
}

void cas_fixture_run_to(int64_t at_ns)
{
    ck_assert_int_gt(at_ns, kernel_now(car->kernel));
    kernel_wake_player(car->kernel, at_ns);
    while (kernel_now(car->kernel) < at_ns) {
        close_instant();
        ck_assert(kernel_begin(car->kernel, at_ns));
        activate();
        note_frames();
    }
}

// ---- acting --------------------------------------------------------------------------------------------------------

void cas_fixture_send(const air_t *air)
{
    car->transmission = kernel_transmit(car->kernel, air);
}

void cas_fixture_press(int key, key_button_t button)
{
    cas_fixture_fob_t *fob = &car->fobs[key];
    key_telegram_t telegram = {button, false, key, fob->personalization, ++fob->code};
    car->last_telegram = key_telegram_encode(&telegram, fob->secret);
    cas_fixture_send(&car->last_telegram);
}

void cas_fixture_let_go(uint32_t transmission)
{
    kernel_transmit(car->kernel, &(air_t){.channel = AIR_RF_END, .transmission = transmission});
}

static void set_line(const char *name, int64_t value)
{
    int line = kernel_find_line(car->kernel, name);
    ck_assert_int_ge(line, 0);
    kernel_set_line(car->kernel, (uint16_t)line, value, false);
}

void cas_fixture_insert(int key)
{
    car->in_lock = key;
    set_line("ignition/key", key != 0);
}

void cas_fixture_turn(terminal_t terminal)
{
    set_line("ignition/terminal", terminal);
}

void cas_fixture_door(bool open)
{
    set_line("door/driver", open);
}

void cas_fixture_power(uint8_t node, bool on)
{
    kernel_set_power(car->kernel, node, on ? POWER_ON : POWER_OFF);
}

// ---- what was seen -------------------------------------------------------------------------------------------------

static bool is_of(const cas_fixture_seen_t *seen, uint8_t bus, uint32_t id)
{
    return seen->bus == bus && seen->frame.id == id && !seen->frame.extended;
}

const cas_fixture_seen_t *cas_fixture_find(uint8_t bus, uint32_t id, int64_t after_ns)
{
    for (size_t i = 0; i < car->seen_count; i++)
        if (is_of(&car->seen[i], bus, id) && car->seen[i].at_ns > after_ns) return &car->seen[i];
    return NULL;
}

unsigned cas_fixture_count(uint8_t bus, uint32_t id, int64_t from_ns, int64_t to_ns)
{
    unsigned count = 0;
    for (size_t i = 0; i < car->seen_count; i++)
        count += is_of(&car->seen[i], bus, id) && car->seen[i].at_ns >= from_ns && car->seen[i].at_ns <= to_ns;
    return count;
}

const char *cas_fixture_text(uint8_t bus, uint32_t id, int64_t after_ns)
{
    static char text[CAS_FIXTURE_SEEN_MAX];
    size_t length = 0;
    text[0] = '\0';
    for (const cas_fixture_seen_t *seen = car->seen; seen < car->seen + car->seen_count; seen++) {
        if (!is_of(seen, bus, id) || seen->at_ns <= after_ns) continue;
        ck_assert_uint_lt(length + FRAME_TEXT_MAX, sizeof text);
        if (length > 0) text[length++] = ' ';
        length += strlen(frame_format(&seen->frame, text + length));
    }
    return text;
}

bool cas_fixture_has_fault(uint16_t code)
{
    return fault_memory_find(&car->cas->ecu.faults, code) != NULL;
}

// ---- at the end ----------------------------------------------------------------------------------------------------

static void check_terminal_status(uint8_t bus)
{
    const cas_fixture_seen_t *before = NULL;
    for (size_t i = 0; i < car->seen_count; i++) {
        const cas_fixture_seen_t *seen = &car->seen[i];
        if (!is_of(seen, bus, TERMINAL_STATUS) || seen->node != CAS_NODE) continue;
        unsigned alive = seen->frame.data[4] & 0xF, sum = 0x31 + alive;
        for (int k = 0; k < 4; k++) sum += seen->frame.data[k];
        sum = (sum & 0xFF) + (sum >> 8);
        sum = (sum & 0x0F) + (sum >> 4);
        ck_assert_uint_eq(seen->frame.data[4] >> 4, sum & 0xF);
        unsigned expected = before && before->life == seen->life ? ((before->frame.data[4] & 0xFu) + 1) % 15 : 0;
        ck_assert_msg(alive == expected, "bus %u at %lld ns: alive counter %u, not %u", bus, (long long)seen->at_ns,
                      alive, expected);
        before = seen;
    }
}

void cas_fixture_tear_down(void)
{
    check_terminal_status(KCAN_S);
    check_terminal_status(KCAN_P);
    ck_assert_uint_eq(kernel_nonsense(car->kernel), 0);
    dbc_file_destroy(&car->file);
    free(car->cas);
    free(car->kernel);
    free(car);
    car = NULL;
}
