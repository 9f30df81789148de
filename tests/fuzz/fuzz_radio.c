// SPDX-License-Identifier: MIT
// Radio telegrams and transponder messages against the CAS: nothing that does not hold a key's secret puts a frame onto
// a bus or changes a key's code; time passes, keys go in and out.
//
//   input: operations of one byte and what follows
//     0 telegram    size, bytes as they are         3 time     units of 10 ms
//     1 own         a genuine one of key 1,         4 line     which, value
//                   with one byte changed: which,   5 coil     size, bytes
//                   exclusive-or with what          6 end of a transmission
//     2 genuine     key 1, steps ahead
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bus/files/dbc_file.h"
#include "bus/car/key_radio.h"
#include "cas/cas.h"
#include "bus/files/vehicle_file.h"

#define STORE_NS (5 * TIME_MS)
#define REMOTE_KEY_STATUS 0x23A
#define CENTRAL_LOCKING 0x2A0

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const uint8_t *data;
    size_t size;
} input_t;

static vehicle_t vehicle;
static dbc_file_t *file;
static cas_t *cas;
static node_ports_t ports;
static outbox_t outbox;
static image_t image;
static int64_t now_ns, stored_ns;
static uint32_t code, transmission;
static bool genuine; // a genuine telegram was heard, or a key was in the lock

static uint8_t take(input_t *input)
{
    if (input->size == 0) return 0;
    input->size--;
    return *input->data++;
}

static void take_outbox(void)
{
    assert(outbox.deadline_ns > now_ns && outbox.dropped == 0);
    for (size_t i = 0; i < outbox.frame_count; i++) {
        uint32_t id = outbox.frames[i].frame.id;
        assert(outbox.frames[i].bus < 2);
        if (id == REMOTE_KEY_STATUS || id == CENTRAL_LOCKING) assert(genuine);
    }
    if (!outbox.store) return;
    assert(stored_ns == TIME_NEVER);
    stored_ns = now_ns + STORE_NS;
}

static void tell(const node_input_t *input)
{
    node_input_t inputs[2] = {*input, {.kind = INPUT_DEADLINE}};
    size_t count = outbox.deadline_ns <= now_ns ? 2 : 1;
    outbox_clear(&outbox);
    cas_class.activate(cas, now_ns, inputs, count, &outbox);
    take_outbox();
}

static void wait(int64_t span_ns)
{
    int64_t until_ns = now_ns + span_ns;
    for (;;) {
        int64_t next_ns = time_earlier(outbox.deadline_ns, stored_ns);
        if (next_ns > until_ns) break;
        now_ns = next_ns;
        bool stored = stored_ns <= now_ns;
        if (stored) stored_ns = TIME_NEVER;
        tell(&(node_input_t){.kind = stored ? INPUT_STORED : INPUT_DEADLINE});
    }
    now_ns = until_ns;
}

static void hear(air_t air, air_channel_t channel)
{
    air.channel = (uint8_t)channel;
    air.transmission = channel == AIR_RF ? ++transmission : transmission;
    tell(&(node_input_t){.kind = INPUT_AIR, .air = air});
}

static air_t take_air(input_t *input)
{
    air_t air = {.size = take(input) % (AIR_BYTES_MAX + 1)};
    for (size_t i = 0; i < air.size; i++) air.bytes[i] = take(input);
    return air;
}

static air_t make_own(uint32_t ahead)
{
    uint8_t secret[KEY_SECRET_SIZE];
    key_derive_secret(1, 1, secret);
    code += ahead;
    return key_telegram_encode(
        &(key_telegram_t){.button = KEY_BUTTON_UNLOCK, .key = 1, .personalization = 1, .code = code}, secret);
}

static void hear_forged(input_t *input)
{
    air_t air = make_own(1);
    uint8_t place = take(input) % KEY_TELEGRAM_SIZE, change = take(input);
    air.bytes[place] ^= change;
    uint32_t before = cas->keys.slots[0].code;
    genuine |= change == 0;
    hear(air, AIR_RF);
    if (change != 0) assert(cas->keys.slots[0].code == before);
}

static void set_line(input_t *input)
{
    uint8_t line = take(input), value = take(input);
    tell(&(node_input_t){.kind = INPUT_LINE, .line = {.line = (uint8_t)(line % ports.line_count), .value = value}});
}

static void operate(input_t *input)
{
    switch (take(input) % 7) {
    case 0:
        hear(take_air(input), AIR_RF);
        break;
    case 1:
        hear_forged(input);
        break;
    case 2:
        genuine = true;
        hear(make_own(take(input)), AIR_RF);
        break;
    case 3:
        wait(10 * TIME_MS * take(input));
        break;
    case 4:
        set_line(input);
        break;
    case 5:
        hear(take_air(input), AIR_LF);
        break;
    default:
        hear((air_t){0}, AIR_RF_END);
        break;
    }
}

static void set_up(void)
{
    static error_t error;
    if (file == NULL) {
        if (!vehicle_file_load(&vehicle, "e65", NULL, &error)) abort();
        file = dbc_file_new(vehicle.dbc_path, &error);
        if (file == NULL) abort();
    }
    cas = calloc(1, sizeof *cas);
    const char *missing;
    ports = (node_ports_t){0};
    node_setup_t setup = {dbc_file_dbc(file), &vehicle, &vehicle.nodes[vehicle_find_node(&vehicle, "cas")]};
    if (!cas_class.bind(cas, &setup, &ports, &missing)) abort();
    image_clear(&image);
    for (int key = 1; key <= 2; key++) {
        uint8_t secret[KEY_SECRET_SIZE];
        key_derive_secret(1, key, secret);
        image_set_bytes(&image, "key", key, "secret", secret, sizeof secret);
        image_set(&image, "key", key, "learned", 1);
        image_set(&image, "key", key, "personalization", key);
    }
    now_ns = 0;
    stored_ns = TIME_NEVER;
    code = transmission = 0;
    genuine = false;
    outbox_clear(&outbox);
    cas_class.power_on(cas, 0, &image, IMAGE_PRESENT, random_derive(1, "cas", 1), &outbox);
    genuine = true; // the locking command's idle state is no command
    take_outbox();
    genuine = false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input_t input = {data, size};
    set_up();
    for (int i = 0; i < 256 && input.size > 0; i++) operate(&input);
    free(cas);
    return 0;
}
