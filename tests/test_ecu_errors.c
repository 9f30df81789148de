// SPDX-License-Identifier: MIT
// What a unit does when its controller becomes error-passive, bus-off and error-active: the real seat on its one bus,
// and the Car Access System on two.
#include <check.h>

#include "bus/car/words.h"
#include "cas/cas.h"
#include "ecus/ecu.h"
#include "tests/seat_sentences.h"
#include "tests/suite.h"

enum { SEAT_STATUS = 0x232 };

static void tell(node_input_kind_t kind, uint8_t bus)
{
    node_fixture_input(node, &(node_input_t){.kind = (uint8_t)kind, .bus = bus});
}

static const ecu_t *ecu(void)
{
    return node->state; // which begins with it
}

static const stored_fault_t *entry(uint16_t code)
{
    return fault_memory_find(&ecu()->faults, code);
}

static void use_cas(void)
{
    node_fixture_destroy(&node);
    node = node_fixture_new(&cas_class, "cas");
    node_fixture_power_on(node, 0, IMAGE_NONE);
    node_fixture_set_awake(node, true);
    tell(INPUT_BUS_AWAKE, 1);
}

static size_t asked_on(uint8_t bus)
{
    size_t count = 0;
    for (size_t i = 0; i < node->outbox.frame_count; i++) count += node->outbox.frames[i].bus == bus;
    return count;
}

START_TEST(each_bus_off_is_a_stored_occurrence)
{
    at(100);
    tell(INPUT_BUS_OFF, 0);
    ck_assert_ptr_nonnull(entry(FAULT_BUS_OFF));
    ck_assert_uint_eq(entry(FAULT_BUS_OFF)->count, 1);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_BUS_OFF), 1);
    ck_assert(node->outbox.store);
    tell(INPUT_BUS_OFF, 0); // it is already
    ck_assert_uint_eq(entry(FAULT_BUS_OFF)->count, 1);
    at(114);
    tell(INPUT_BUS_ACTIVE, 0);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_BUS_ACTIVE), 1);
    at(200);
    tell(INPUT_BUS_OFF, 0);
    ck_assert_uint_eq(entry(FAULT_BUS_OFF)->count, 2);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_BUS_OFF), 2);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_FAULT_STORED), 1); // the second is no new one
    at(300);
    node_fixture_power_on(node, node->now_ns, IMAGE_PRESENT);
    ck_assert_uint_eq(entry(FAULT_BUS_OFF)->count, 2);
    ck_assert(!ecu_is_off(ecu(), 0)); // a controller begins anew with its power
}
END_TEST

START_TEST(who_was_merely_error_passive_has_nothing_to_say)
{
    at(100);
    node_fixture_set_awake(node, true);
    tell(INPUT_BUS_PASSIVE, 0);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_BUS_PASSIVE), 1);
    ck_assert_uint_eq(node->outbox.frame_count, 0);
    tell(INPUT_BUS_ACTIVE, 0);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_BUS_ACTIVE), 1);
    ck_assert_uint_eq(node->outbox.frame_count, 0);
    ck_assert_ptr_null(entry(FAULT_BUS_OFF));
    ck_assert(!node->outbox.store);
}
END_TEST

START_TEST(after_bus_off_it_says_its_status_and_its_cycles_go_on)
{
    at(100);
    node_fixture_set_awake(node, true);
    at(600);
    tell(INPUT_BUS_OFF, 0);
    ck_assert_uint_eq(node->outbox.frame_count, 0);
    at(615);
    tell(INPUT_BUS_ACTIVE, 0);
    const outbox_frame_t *status = node_fixture_asked(node, SEAT_STATUS);
    ck_assert_ptr_nonnull(status);
    ck_assert_uint_eq(node->outbox.frame_count, 1);   // no network management: it says none at power-on
    ck_assert_uint_eq(status->flags, OUTBOX_REPLACE); // an event: it wakes the bus and keeps it awake
    unsigned count = node->status_count;
    node_fixture_run_to(node, 1100 * TIME_MS + 1); // once a second since it woke
    ck_assert_uint_eq(node->status_count, count + 1);
}
END_TEST

START_TEST(motors_move_and_are_stored_while_the_unit_is_off)
{
    code_profile_2();
    at(100);
    node_fixture_set_awake(node, true);
    node_fixture_remote(node, "unlock", 2);
    tell(INPUT_BUS_OFF, 0);
    at(600);
    ck_assert_int_eq(status("Longitudinal"), 1350);
    at(5000);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_RECALL_DONE), 1);
    ck_assert_int_eq(image_get(&node->image, "active", -1, NULL, 0), 2);
    tell(INPUT_BUS_ACTIVE, 0);
    ck_assert_int_eq(status("Profile"), 2);
}
END_TEST

START_TEST(what_was_lost_is_counted_and_not_asked_for_again)
{
    at(100);
    node_fixture_set_awake(node, true);
    can_frame_t lost = node->status;
    const node_input_t inputs[] = {{.kind = INPUT_BUS_OFF}, {.kind = INPUT_NOT_SENT, .frame = lost}};
    for (size_t i = 0; i < 2; i++) node_fixture_input(node, &inputs[i]);
    ck_assert_uint_eq(ecu()->not_sent, 1);
    ck_assert_uint_eq(node->outbox.frame_count, 0);
}
END_TEST

START_TEST(a_unit_on_two_buses_speaks_only_where_it_is_back_and_has_an_entry_for_each)
{
    use_cas();
    at(100);
    tell(INPUT_BUS_OFF, 1);
    ck_assert(ecu_is_off(ecu(), 1) && !ecu_is_off(ecu(), 0));
    ck_assert_ptr_nonnull(entry(FAULT_BUS_OFF + 1));
    ck_assert_ptr_null(entry(FAULT_BUS_OFF));
    tell(INPUT_BUS_ACTIVE, 0); // was never off there
    ck_assert_uint_eq(node->outbox.frame_count, 0);
    at(115);
    tell(INPUT_BUS_ACTIVE, 1);
    ck_assert_uint_eq(asked_on(0), 0);
    static const uint32_t IDS[] = {0x130, 0x2A0, 0x2FC, 0x4C0};
    ck_assert_uint_eq(asked_on(1), 4); // and no RemoteKeyStatus
    for (size_t i = 0; i < 4; i++) ck_assert_ptr_nonnull(node_fixture_asked(node, IDS[i]));
}
END_TEST

START_TEST(alive_counter_counts_nothing_that_was_lost)
{
    use_cas();
    at(50);
    node_fixture_input(node, &(node_input_t){.kind = INPUT_SENT, .frame = frame_make(0x130, (uint8_t[5]){0}, 5)});
    const cas_t *cas = node->state;
    ck_assert_uint_eq(cas->alive[0], 1);
    tell(INPUT_BUS_OFF, 0);
    node_fixture_input(node, &(node_input_t){.kind = INPUT_NOT_SENT, .frame = frame_make(0x130, (uint8_t[5]){0}, 5)});
    ck_assert_uint_eq(cas->alive[0], 1);
    at(65);
    tell(INPUT_BUS_ACTIVE, 0);
    const outbox_frame_t *frame = node_fixture_asked(node, 0x130);
    ck_assert_uint_ne(frame->flags & OUTBOX_REPORT, 0);
    const dbc_message_t *terminal = dbc_message(node->dbc, "TerminalStatus");
    ck_assert_int_eq(dbc_get(dbc_signal(terminal, "Alive"), &frame->frame), 1);
}
END_TEST

int main(void)
{
    const suite_group_t groups[] = {
        {"error states",
         {each_bus_off_is_a_stored_occurrence, who_was_merely_error_passive_has_nothing_to_say,
          after_bus_off_it_says_its_status_and_its_cycles_go_on, motors_move_and_are_stored_while_the_unit_is_off,
          what_was_lost_is_counted_and_not_asked_for_again,
          a_unit_on_two_buses_speaks_only_where_it_is_back_and_has_an_entry_for_each,
          alive_counter_counts_nothing_that_was_lost}},
    };
    return suite_run_groups("ecu, error states", groups, 1, set_up, tear_down);
}
