// SPDX-License-Identifier: MIT
#include "tests/synthetic_unit.h"
#include "bus/files/vehicle_file.h"
#include "bus/car/words.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const vehicle_node_t *entry;
    uint32_t id;
    int64_t pace_ns;
    // since power-on
    uint64_t heard; // hash of everything
    uint64_t turns;
    int64_t deadline_ns;
    bool storing;
} unit_t;

static uint64_t mix(uint64_t hash, uint64_t value)
{
    random_t random = {hash ^ value};
    return random_next(&random);
}

static bool unit_bind(void *self, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    (void)missing;
    unit_t *unit = self;
    unit->entry = setup->entry;
    int index = vehicle_find_node(setup->vehicle, setup->entry->name);
    unit->id = SYNTHETIC_ID + (uint32_t)index;
    unit->pace_ns = (7 + index) * TIME_MS / 10;
    for (uint8_t bus = 0; bus < setup->entry->bus_count; bus++)
        for (uint32_t other = 0; other < setup->vehicle->node_count; other++)
            if (SYNTHETIC_ID + other != unit->id) node_accept_id(ports, bus, SYNTHETIC_ID + other);
    ports->accepts[0].mask = 0x7F0; // one of them a range, which contains its own frames too
    node_accept_line(ports, SYNTHETIC_LINE);
    ports->air = 1 << AIR_RF | 1 << AIR_RF_END | 1 << AIR_LF;
    return true;
}

static void speak(unit_t *unit, int64_t now_ns, outbox_t *outbox)
{
    uint8_t data[8];
    for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)(unit->heard >> 8 * i);
    can_frame_t frame = frame_make(unit->id, data, sizeof data);
    uint8_t bus = (uint8_t)(unit->turns % unit->entry->bus_count);
    outbox_send(outbox, bus, &frame, unit->turns % 3 == 0 ? OUTBOX_REPORT : OUTBOX_REPLACE);
    if (unit->turns % 5 == 0) outbox_set_line(outbox, 0, (int64_t)(unit->heard & 0xFF), unit->turns % 2 == 0);
    if (unit->turns % 7 == 0) outbox_transmit(outbox, AIR_LF, data, (uint8_t)(unit->turns % 9));
    if (unit->turns % 11 == 0) outbox_log(outbox, LOG_KEY_REMOVED, (int64_t)unit->turns, 0, 0);
    if (unit->turns % 13 == 0 && !unit->storing) {
        outbox->store = unit->storing = true;
        image_clear(&outbox->image);
        image_set(&outbox->image, "turns", -1, NULL, (int64_t)unit->turns);
        image_set_bytes(&outbox->image, "heard", 1, NULL, data, sizeof data);
    }
    unit->turns++;
    unit->deadline_ns = now_ns + unit->pace_ns;
}

static void unit_power_on(void *self, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                          outbox_t *outbox)
{
    unit_t *unit = self;
    unit->heard = mix(random_next(&random), (uint64_t)state);
    unit->heard = mix(unit->heard, (uint64_t)image_get(image, "turns", -1, NULL, 0));
    unit->turns = 0;
    unit->storing = false;
    unit->deadline_ns = now_ns + unit->pace_ns;
    outbox->deadline_ns = unit->deadline_ns;
    outbox->hold = 1;
}

static void hear(unit_t *unit, const node_input_t *input)
{
    unit->heard = mix(unit->heard, (uint64_t)input->kind << 8 | input->bus);
    if (input->kind >= INPUT_SENT && input->kind <= INPUT_FRAME) {
        unit->heard = mix(unit->heard, input->frame.id);
        for (size_t i = 0; i < input->frame.length; i++) unit->heard = mix(unit->heard, input->frame.data[i]);
    }
    if (input->kind == INPUT_LINE)
        unit->heard = mix(unit->heard, (uint64_t)input->line.value ^ (uint64_t)input->line.momentary << 40);
    if (input->kind == INPUT_AIR)
        for (size_t i = 0; i < input->air.size; i++) unit->heard = mix(unit->heard, input->air.bytes[i]);
    if (input->kind == INPUT_STORED) unit->storing = false;
}

static void unit_activate(void *self, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    unit_t *unit = self;
    unit->heard = mix(unit->heard, (uint64_t)now_ns);
    for (size_t i = 0; i < count; i++) {
        hear(unit, &inputs[i]);
        if (inputs[i].kind == INPUT_DEADLINE) speak(unit, now_ns, outbox);
    }
    outbox->deadline_ns = unit->deadline_ns;
    outbox->hold = 1;
}

node_class_t synthetic_class(const char *program)
{
    return (node_class_t){program, sizeof(unit_t), unit_bind, unit_power_on, unit_activate};
}

void synthetic_write_vehicle(const char *path, const char *program, int nodes, int external)
{
    static vehicle_t standard;
    static error_t error;
    error_clear(&error);
    if (!vehicle_file_load(&standard, "e65", NULL, &error)) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
    FILE *file = fopen(path, "w");
    assert(file);
    fprintf(file, "{\"name\": \"synthetic\", \"dbc\": \"%s\", \"buses\": [", standard.dbc_path);
    fprintf(file,
            "{\"name\": \"one\", \"bit_rate\": 500000}, {\"name\": \"two\", \"bit_rate\": 125000}], \"nodes\": [");
    for (int i = 0; i < nodes; i++)
        fprintf(file, "%s{\"name\": \"%c\", \"executable\": \"%s\", \"buses\": [%s], \"external\": %s}", i ? ", " : "",
                'a' + i, program, i % 2 == 0 ? "\"one\", \"two\"" : "\"two\"",
                i >= nodes - external ? "true" : "false");
    fprintf(file, "], \"routes\": []}\n");
    fclose(file);
}

static int record_event(FILE *file, const kernel_t *kernel, const kernel_event_t *event)
{
    char time[TIME_TEXT_MAX], text[FRAME_TEXT_MAX];
    fprintf(file, "%s %s ", time_format(kernel_now(kernel), time), kernel_node_name(kernel, event->node));
    switch ((kernel_event_kind_t)event->kind) {
    case EVENT_FRAME:
        return fprintf(file, "frame %u %s\n", event->bus, frame_format(&event->frame, text));
    case EVENT_ERROR:
        return fprintf(file, "error %u %s\n", event->bus, frame_format(&event->frame, text));
    case EVENT_LINE:
        return fprintf(file, "line %s %" PRId64 "\n", kernel_line_name(kernel, event->line), event->value);
    case EVENT_AIR:
        return fprintf(file, "air %u %u\n", event->air.channel, event->air.size);
    case EVENT_POWER:
        return fprintf(file, "power %" PRId64 "\n", event->value);
    case EVENT_BUS:
        return fprintf(file, "bus %u %" PRId64 "\n", event->bus, event->value);
    case EVENT_LOG:
        return fprintf(file, "log %u %" PRId64 "\n", event->log.code, event->log.values[0]);
    case EVENT_STATE:
        return fprintf(file, "state %u %" PRId64 "\n", event->bus, event->value);
    default:
        return 0;
    }
}

void synthetic_record(char **text, size_t *size, const kernel_t *kernel)
{
    char *more = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&more, &length);
    assert(file);
    const kernel_event_t *events;
    size_t count = kernel_events(kernel, &events);
    for (size_t i = 0; i < count; i++) record_event(file, kernel, &events[i]);
    fclose(file);
    *text = realloc(*text, *size + length + 1);
    assert(*text);
    memcpy(*text + *size, more, length + 1);
    *size += length;
    free(more);
}
