// SPDX-License-Identifier: MIT
#include "tests/faults_fixture.h"

#include <check.h>

can_bus_t bus;
fault_plan_t plan;
can_bus_outcome_t outcome;
int64_t now_ns;

void set_up(void)
{
    now_ns = 0;
    can_bus_init(&bus, 100000);
    fault_plan_init(&plan, 1);
    can_bus_set_plan(&bus, &plan, 0);
    for (uint8_t node = 0; node < NODES; node++) can_bus_set_power(&bus, node, true, 0);
}

can_frame_t frame(const char *text)
{
    can_frame_t parsed = {0};
    ck_assert_msg(frame_parse(text, &parsed), "%s", text);
    return parsed;
}

can_bus_request_t request(uint8_t node, const char *text, uint8_t flags)
{
    can_frame_t asked = frame(text);
    return can_bus_request(&bus, node, &asked, flags, now_ns);
}

fault_t fault(fault_kind_t kind)
{
    return (fault_t){.kind = kind, .bus = 0, .sender = FAULT_ANY, .to = FAULT_ANY, .for_ns = TIME_NEVER};
}

void begin(fault_t begun)
{
    ck_assert(fault_plan_begin(&plan, &begun, now_ns));
}

void begin_count(fault_kind_t kind, uint32_t count)
{
    fault_t begun = fault(kind);
    begun.count = count;
    begin(begun);
}

void begin_cut(int8_t node, int64_t for_ns)
{
    fault_t begun = fault(FAULT_CUT);
    begun.sender = node;
    begun.for_ns = for_ns;
    begin(begun);
}

void go_to(int64_t bits)
{
    int64_t until_ns = A_NS + bits * BIT_NS;
    can_bus_start(&bus, now_ns);
    for (int64_t next_ns; (next_ns = can_bus_next(&bus)) < until_ns;) {
        now_ns = next_ns;
        can_bus_finish(&bus, now_ns, &outcome);
        can_bus_start(&bus, now_ns);
    }
    now_ns = until_ns;
    can_bus_finish(&bus, now_ns, &outcome);
}

static void expect(can_bus_outcome_kind_t kind, const char *text, int64_t bits)
{
    char seen[FRAME_TEXT_MAX];
    go_to(bits - 1);
    ck_assert_int_eq(outcome.kind, CAN_BUS_NOTHING);
    go_to(bits);
    ck_assert_int_eq(outcome.kind, kind);
    ck_assert_str_eq(frame_format(&outcome.frame, seen), text);
}

void carried(const char *text, int64_t bits)
{
    expect(CAN_BUS_CARRIED, text, bits);
}

void failed(const char *text, int64_t bits)
{
    expect(CAN_BUS_FAILED, text, bits);
    ck_assert(outcome.error_frame);
}

void failed_unheard(const char *text, int64_t bits)
{
    expect(CAN_BUS_FAILED, text, bits);
    ck_assert(!outcome.error_frame);
}

void counters(uint8_t node, unsigned tec, unsigned rec)
{
    ck_assert_uint_eq(can_bus_transmit_errors(&bus, node), tec);
    ck_assert_uint_eq(can_bus_receive_errors(&bus, node), rec);
}

void told(index_set_t set, uint64_t nodes)
{
    ck_assert(outcome.told || nodes == 0);
    if (outcome.told) ck_assert_uint_eq(set.low, nodes);
}

int64_t bits_of(const char *text)
{
    can_frame_t parsed = frame(text);
    return frame_bits(&parsed);
}
