// SPDX-License-Identifier: MIT
#include "tests/tester_bench.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNITS 2
#define WIRE_MAX 64
#define NOBODY_ELSE UNITS // the tester among the senders

typedef struct {
    uint8_t sender;
    can_frame_t frame;
} wire_t;

tester_bench_t tester_bench;
static wire_t wire[WIRE_MAX];
static size_t wire_count;
static int64_t carried_ns; // the first of them

// ---- the bench -----------------------------------------------------------------------------------------------------

void tester_bench_open(void)
{
    static const struct {
        const char *name;
        uint8_t address;
    } NODES[] = {{"cas", 0x40}, {"climate", 0x78}, {"silent", 0}};
    tester_bench.vehicle = (vehicle_t){.bus_count = 2, .node_count = 3};
    for (size_t i = 0; i < 3; i++) {
        vehicle_node_t *node = &tester_bench.vehicle.nodes[i];
        snprintf(node->name, sizeof node->name, "%s", NODES[i].name);
        snprintf(node->executable, sizeof node->executable, "%s", NODES[i].name);
        node->address = NODES[i].address;
        node->bus_count = 1;
        node->buses[0] = 1;
    }
    tester_bench.tester = calloc(1, tester_class.size);
    tester_bench.units = calloc(UNITS, sizeof *tester_bench.units);
    for (size_t i = 0; i < UNITS; i++) {
        isotp_config_t config = uds_unit_link(NODES[i].address);
        isotp_init(&tester_bench.units[i].link, &config);
    }
    memset(&tester_bench.ports, 0, sizeof tester_bench.ports);
    node_setup_t setup = {.vehicle = &tester_bench.vehicle};
    ck_assert(tester_class.bind(tester_bench.tester, &setup, &tester_bench.ports, &(const char *){NULL}));
    wire_count = tester_bench.frame_count = 0;
    tester_bench.now_ns = TIME_S;
    tester_bench.deadline_ns = carried_ns = TIME_NEVER;
    tester_bench.loses = false;
    tester_bench.pause_ns = 0;
}

void tester_bench_close(void)
{
    free(tester_bench.tester);
    free(tester_bench.units);
}

void tester_bench_expect(uint8_t unit, const char *const *rules)
{
    tester_bench.units[unit].asked = tester_bench.units[unit].rule_count = 0;
    for (; *rules; rules++) {
        ck_assert_uint_lt(tester_bench.units[unit].rule_count, UNIT_RULES_MAX);
        tester_bench.units[unit].rules[tester_bench.units[unit].rule_count++] = *rules;
    }
}

static void put_on_wire(uint8_t sender, const can_frame_t *frame)
{
    ck_assert_uint_lt(wire_count, WIRE_MAX);
    if (wire_count == 0) carried_ns = tester_bench.now_ns + FRAME_NS;
    wire[wire_count++] = (wire_t){sender, *frame};
}

void tester_bench_activate(const node_input_t *inputs, size_t count)
{
    static outbox_t outbox;
    outbox_clear(&outbox);
    tester_class.activate(tester_bench.tester, tester_bench.now_ns, inputs, count, &outbox);
    ck_assert_int_gt(outbox.deadline_ns, tester_bench.now_ns);
    ck_assert_uint_eq(outbox.dropped, 0);
    tester_bench.deadline_ns = outbox.deadline_ns;
    for (size_t i = 0; i < outbox.frame_count; i++) {
        ck_assert_uint_eq(outbox.frames[i].bus, 0);
        ck_assert_uint_eq(outbox.frames[i].flags, OUTBOX_REPORT);
        ck_assert_uint_eq(outbox.frames[i].frame.id, UDS_REQUEST_ID);
        tester_bench.frame_count++;
        put_on_wire(NOBODY_ELSE, &outbox.frames[i].frame);
    }
}

void tester_bench_go(void)
{
    tester_bench_activate(&(node_input_t){.kind = INPUT_LINE, .line = {.line = 0, .momentary = true, .value = 1}}, 1);
}

// ---- units ---------------------------------------------------------------------------------------------------------

size_t tester_bench_hex(const char *text, size_t length, uint8_t *bytes)
{
    size_t count = 0;
    for (size_t i = 0; i + 1 < length; i += 3, count++) {
        unsigned value;
        ck_assert_int_eq(sscanf(text + i, "%2x", &value), 1);
        bytes[count] = (uint8_t)value;
    }
    return count;
}

static void say_next(unit_t *unit)
{
    static uint8_t bytes[UDS_MESSAGE_MAX];
    if (!unit->answers || isotp_sending(&unit->link) || unit->say_ns > tester_bench.now_ns) return;
    size_t length = strcspn(unit->answers, "|");
    size_t size = tester_bench_hex(unit->answers, length, bytes);
    unit->answers = unit->answers[length] ? unit->answers + length + 1 : NULL;
    unit->say_ns = tester_bench.now_ns + tester_bench.pause_ns;
    if (size > 0) ck_assert(isotp_send(&unit->link, bytes, size, tester_bench.now_ns));
}

static void hear_request(unit_t *unit)
{
    static uint8_t expected[UDS_MESSAGE_MAX];
    const uint8_t *bytes;
    size_t size;
    if (!isotp_received(&unit->link, &bytes, &size)) return;
    ck_assert_msg(unit->asked<unit->rule_count, "a request that nobody expects: %02X %02X", bytes[0], size> 1 ? bytes[1]
                                                                                                              : 0);
    const char *rule = unit->rules[unit->asked];
    const char *arrow = strstr(rule, " >");
    bool prefix = arrow[-1] == '*';
    size_t expected_size = tester_bench_hex(rule, (size_t)(arrow - rule) - (prefix ? 2 : 0), expected);
    bool same = size >= expected_size && memcmp(bytes, expected, expected_size) == 0;
    ck_assert_msg(same && (prefix || size == expected_size), "request %zu is not %s", unit->asked, rule);
    unit->asked_ns[unit->asked++] = tester_bench.now_ns;
    isotp_release(&unit->link);
    unit->answers = arrow[2] ? arrow + 3 : NULL;
    unit->say_ns = tester_bench.now_ns;
}

static void work(uint8_t index)
{
    unit_t *unit = &tester_bench.units[index];
    isotp_tick(&unit->link, tester_bench.now_ns);
    if (unit->rule_count == 0) return; // without power
    hear_request(unit);
    say_next(unit);
    can_frame_t frame;
    while (isotp_pull(&unit->link, tester_bench.now_ns, &frame)) put_on_wire(index, &frame);
}

// ---- time ----------------------------------------------------------------------------------------------------------

static int64_t next_ns(void)
{
    int64_t next = wire_count > 0 ? carried_ns : TIME_NEVER;
    for (size_t i = 0; i < UNITS; i++) {
        const unit_t *unit = &tester_bench.units[i];
        next = time_earlier(next, isotp_deadline(&unit->link));
        if (unit->answers && unit->say_ns > tester_bench.now_ns) next = time_earlier(next, unit->say_ns);
    }
    return time_earlier(next, tester_bench.deadline_ns);
}

static void carry(void)
{
    wire_t first = wire[0];
    memmove(wire, wire + 1, --wire_count * sizeof wire[0]);
    carried_ns = tester_bench.now_ns + FRAME_NS;
    if (first.sender == NOBODY_ELSE) {
        bool lost = tester_bench.loses;
        tester_bench.loses = false;
        for (size_t i = 0; !lost && i < UNITS; i++)
            if (tester_bench.units[i].rule_count > 0)
                isotp_accept(&tester_bench.units[i].link, &first.frame, tester_bench.now_ns);
        tester_bench_activate(&(node_input_t){.kind = lost ? INPUT_NOT_SENT : INPUT_SENT, .frame = first.frame}, 1);
        return;
    }
    isotp_sent(&tester_bench.units[first.sender].link, &first.frame, tester_bench.now_ns);
    tester_bench_activate(&(node_input_t){.kind = INPUT_FRAME, .frame = first.frame}, 1);
}

void tester_bench_step(void)
{
    tester_bench.now_ns = next_ns();
    if (wire_count > 0 && carried_ns <= tester_bench.now_ns)
        carry();
    else if (tester_bench.deadline_ns <= tester_bench.now_ns)
        tester_bench_activate(&(node_input_t){.kind = INPUT_DEADLINE}, 1);
    for (uint8_t i = 0; i < UNITS; i++) work(i);
}

void tester_bench_wait(int64_t span_ns)
{
    int64_t end_ns = tester_bench.now_ns + span_ns;
    while (next_ns() <= end_ns) tester_bench_step();
    tester_bench.now_ns = end_ns;
}

const workshop_job_t *tester_bench_finish(void)
{
    while (!tester_job(tester_bench.tester)) {
        ck_assert_msg(next_ns() != TIME_NEVER, "the job never ends");
        tester_bench_step();
    }
    return tester_job(tester_bench.tester);
}

void tester_bench_check_answer(const workshop_job_t *job, const char *expected)
{
    char text[64] = "";
    for (size_t i = 0; i < job->size && i < 16; i++) snprintf(text + 3 * i, 4, "%02X ", job->bytes[i]);
    if (*text) text[strlen(text) - 1] = '\0';
    ck_assert_str_eq(text, expected);
}
