// SPDX-License-Identifier: MIT
#include "tests/wrong_unit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bus/diagnosis/uds.h"
#include "tools/units.h"

#define ANSWER_MAX 128

typedef struct {
    isotp_t link;
} wrong_unit_t;

const wrong_unit_row_t *wrong_unit_rows;

static size_t parse(const char *hex, uint8_t bytes[ANSWER_MAX])
{
    size_t size = 0;
    for (; *hex; hex += hex[2] == ' ' ? 3 : 2) {
        assert(size < ANSWER_MAX);
        bytes[size++] = (uint8_t)strtoul((char[]){hex[0], hex[1], 0}, NULL, 16);
    }
    return size;
}

static const char *answer_to(const uint8_t *bytes, size_t size)
{
    for (const wrong_unit_row_t *row = wrong_unit_rows; row->request; row++) {
        uint8_t request[ANSWER_MAX];
        size_t length = parse(row->request, request);
        if (length <= size && memcmp(request, bytes, length) == 0) return row->answer;
    }
    return NULL;
}

static void answer(wrong_unit_t *self, int64_t now_ns)
{
    const uint8_t *bytes;
    size_t size;
    if (!isotp_received(&self->link, &bytes, &size)) return;
    static uint8_t said[ANSWER_MAX]; // until it is sent
    const char *told = answer_to(bytes, size);
    size_t length = told ? parse(told, said) : 3;
    if (!told) memcpy(said, (const uint8_t[]){UDS_NEGATIVE, bytes[0], UDS_OUT_OF_RANGE}, 3);
    isotp_release(&self->link);
    if (length > 0) isotp_send(&self->link, said, length, now_ns);
}

static bool bind(void *node, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    wrong_unit_t *self = node;
    (void)missing;
    isotp_config_t config = uds_unit_link(setup->entry->address);
    isotp_init(&self->link, &config);
    node_accept_id(ports, 0, UDS_REQUEST_ID);
    return true;
}

static void power_on(void *node, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                     outbox_t *outbox)
{
    (void)node, (void)now_ns, (void)image, (void)state, (void)random, (void)outbox;
}

static void activate(void *node, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    wrong_unit_t *self = node;
    for (size_t i = 0; i < count; i++) {
        if (inputs[i].kind == INPUT_FRAME) isotp_accept(&self->link, &inputs[i].frame, now_ns);
        if (inputs[i].kind == INPUT_SENT) isotp_sent(&self->link, &inputs[i].frame, now_ns);
    }
    isotp_tick(&self->link, now_ns);
    answer(self, now_ns);
    can_frame_t frame;
    while (isotp_pull(&self->link, now_ns, &frame)) outbox_send(outbox, 0, &frame, OUTBOX_REPORT);
    outbox->deadline_ns = isotp_deadline(&self->link);
}

const node_class_t *wrong_unit_find(const char *executable)
{
    static const node_class_t CAS = {"cas", sizeof(wrong_unit_t), bind, power_on, activate};
    static const node_class_t CLIMATE = {"climate", sizeof(wrong_unit_t), bind, power_on, activate};
    if (strcmp(executable, CAS.name) == 0) return &CAS;
    return strcmp(executable, CLIMATE.name) == 0 ? &CLIMATE : units_find(executable);
}
