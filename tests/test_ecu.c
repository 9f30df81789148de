// SPDX-License-Identifier: MIT
// A unit of this test's own on two buses: a status with one setting, a counting message, an event message, network
// management. Frames carried are told by hand, as a bus would.
#include "ecus/ecu.h"

#include <check.h>
#include <string.h>

#include "tests/suite.h"
#include "bus/car/words.h"

enum { STATUS, COUNTER, EVENT, NETWORK };
enum { TIMER_A, TIMER_B };

static const dbc_signal_t VALUE_SIGNAL[] = {
    {.name = "Value", .length = 8, .factor = 1, .multiplex = DBC_PLAIN, .setting = "value"}};
static const dbc_signal_t ALIVE_SIGNAL[] = {{.name = "Alive", .length = 8, .factor = 1, .multiplex = DBC_PLAIN}};
static const dbc_message_t MESSAGES[] = {
    {.id = 0x200,
     .name = "UnitStatus",
     .length = 2,
     .sender = "unit",
     .cycle_ms = 1000,
     .cycle_fast_ms = 100,
     .signal_count = 1,
     .signals = VALUE_SIGNAL},
    {.id = 0x100,
     .name = "Counter",
     .length = 1,
     .sender = "unit",
     .cycle_ms = 100,
     .signal_count = 1,
     .signals = ALIVE_SIGNAL},
    {.id = 0x300, .name = "Event", .length = 1, .sender = "unit"},
    {.id = 0x4AA, .name = "AnyName", .length = 8, .sender = "unit", .cycle_ms = 1000},
};
static const dbc_t DBC = {.message_count = 4, .messages = MESSAGES};

typedef struct {
    ecu_t ecu;
    uint8_t value;
    uint8_t carried[2];
    unsigned starts, timers[2], inputs;
    uint32_t stored;
    int64_t timer_again_ns;
} unit_t;

static unit_t unit;
static vehicle_t vehicle;
static outbox_t outbox;
static image_t image;

static void hook_start(void *self, const image_t *from)
{
    unit_t *u = self;
    u->starts++;
    u->value = (uint8_t)image_get(from, "value", -1, NULL, 7);
    u->carried[0] = u->carried[1] = 0;
}

static void hook_input(void *self, const node_input_t *input)
{
    unit_t *u = self;
    u->inputs++;
    if (input->kind == INPUT_SENT) u->carried[input->bus]++;
    if (input->kind == INPUT_LINE && input->line.line == 0) {
        u->value = (uint8_t)input->line.value;
        ecu_send(&u->ecu, STATUS);
    }
    if (input->kind == INPUT_LINE && input->line.line == 1) ecu_send(&u->ecu, COUNTER);
    if (input->kind == INPUT_LINE && input->line.line == 2) ecu_store(&u->ecu);
    if (input->kind == INPUT_LINE && input->line.line == 3) ecu_set_fast(&u->ecu, STATUS, input->line.value != 0);
    if (input->kind == INPUT_LINE && input->line.line == 4) ecu_timer_set(&u->ecu, TIMER_A, input->line.value);
    if (input->kind == INPUT_LINE && input->line.line == 5) ecu_set_hold(&u->ecu, input->line.value != 0);
    if (input->kind == INPUT_LINE && input->line.line == 6) ecu_fault(&u->ecu, FAULT_NUMBER_INVALID);
}

static void hook_timer(void *self, uint8_t timer)
{
    unit_t *u = self;
    u->timers[timer]++;
    if (timer == TIMER_A && u->timer_again_ns != 0) {
        ecu_timer_set(&u->ecu, TIMER_B, u->timer_again_ns);
        ecu_send(&u->ecu, STATUS);
    }
}

static void hook_compose(void *self, uint8_t message, uint8_t bus, can_frame_t *frame)
{
    const unit_t *u = self;
    if (message == STATUS) dbc_set(VALUE_SIGNAL, frame, u->value);
    if (message == COUNTER) dbc_set(ALIVE_SIGNAL, frame, u->carried[bus]);
}

static void hook_save(void *self, image_t *to)
{
    const unit_t *u = self;
    image_set(to, "value", -1, NULL, u->value);
}

static void hook_stored(void *self, uint32_t ticket)
{
    unit_t *u = self;
    u->stored = ticket;
}

static const ecu_type_t TYPE = {
    .message_count = 4,
    .messages = {[STATUS] = {.find = ECU_STATUS},
                 [COUNTER] = {.name = "Counter", .counts = true},
                 [EVENT] = {.name = "Event"},
                 [NETWORK] = {.find = ECU_NETWORK}},
    .hooks = {hook_start, hook_input, hook_timer, hook_compose, hook_save, hook_stored},
};

static void set_up(void)
{
    memset(&unit, 0, sizeof unit);
    memset(&vehicle, 0, sizeof vehicle);
    image_clear(&image);
    vehicle.bus_count = 2;
    vehicle.buses[0].bit_rate = vehicle.buses[1].bit_rate = 100000;
    vehicle.node_count = 1;
    vehicle_node_t *entry = &vehicle.nodes[0];
    memcpy(entry->name, "unit", 5);
    entry->address = 0x2A;
    entry->bus_count = 2;
    entry->buses[1] = 1;
    entry->option_count = 1;
    entry->options[0] =
        (vehicle_option_t){.name = "recall", .value_count = 2, .standard = 1, .values = {"immediate", "door_open"}};
    node_ports_t ports = {0};
    const char *missing = NULL;
    ck_assert(ecu_bind(&unit.ecu, &TYPE, &unit, &(node_setup_t){&DBC, &vehicle, entry}, &ports, &missing));
}

static void power_on(int64_t now_ns, image_state_t state)
{
    outbox_clear(&outbox);
    ecu_power_on(&unit.ecu, now_ns, &image, state, (random_t){1}, &outbox);
}

static void act(int64_t now_ns, node_input_t input)
{
    outbox_clear(&outbox);
    ecu_activate(&unit.ecu, now_ns, &input, 1, &outbox);
    ck_assert_int_gt(outbox.deadline_ns, now_ns);
    ck_assert_uint_eq(outbox.dropped, 0);
}

static void bus(int64_t now_ns, node_input_kind_t kind, uint8_t index)
{
    act(now_ns, (node_input_t){.kind = (uint8_t)kind, .bus = index});
}

static void line(int64_t now_ns, uint8_t index, int64_t value)
{
    act(now_ns, (node_input_t){.kind = INPUT_LINE, .line = {.line = index, .value = value}});
}

static void deadline(int64_t now_ns)
{
    ck_assert_int_eq(outbox.deadline_ns, now_ns);
    act(now_ns, (node_input_t){.kind = INPUT_DEADLINE});
}

static void sent(int64_t now_ns, uint8_t on_bus, uint8_t alive)
{
    can_frame_t frame = frame_make(0x100, &alive, 1);
    act(now_ns, (node_input_t){.kind = INPUT_SENT, .bus = on_bus, .frame = frame});
}

// How many frames with this identifier the outbox asks for; *last is the last of them.
static unsigned asked(uint32_t id, outbox_frame_t *last)
{
    unsigned count = 0;
    for (size_t i = 0; i < outbox.frame_count; i++) {
        if (outbox.frames[i].frame.id != id) continue;
        count++;
        if (last != NULL) *last = outbox.frames[i];
    }
    return count;
}

START_TEST(power_brings_the_status_at_once_but_no_event_message_and_no_network_management)
{
    power_on(5, IMAGE_NONE);
    outbox_frame_t last = {0};
    ck_assert_uint_eq(asked(0x200, &last), 2);
    ck_assert_uint_eq(last.flags, OUTBOX_REPLACE);
    ck_assert_uint_eq(last.frame.data[0], 7);
    ck_assert_uint_eq(asked(0x100, NULL), 2);
    ck_assert_uint_eq(asked(0x300, NULL), 0);
    ck_assert_uint_eq(asked(0x4AA, NULL), 0);
    ck_assert_int_eq(outbox.deadline_ns, TIME_NEVER); // asleep: nothing cyclic
}
END_TEST

START_TEST(each_bus_gets_everything_cyclic_when_it_wakes)
{
    power_on(0, IMAGE_NONE);
    bus(10 * TIME_MS, INPUT_BUS_AWAKE, 1);
    outbox_frame_t last = {0};
    ck_assert_uint_eq(outbox.frame_count, 3);
    ck_assert_uint_eq(asked(0x4AA, &last), 1);
    ck_assert_uint_eq(last.bus, 1);
    ck_assert_uint_eq(last.flags, OUTBOX_CYCLIC | OUTBOX_REPLACE);
    ck_assert_uint_eq(asked(0x100, &last), 1);
    ck_assert_uint_eq(last.flags, OUTBOX_CYCLIC | OUTBOX_REPLACE | OUTBOX_REPORT);
    bus(20 * TIME_MS, INPUT_BUS_AWAKE, 0);
    ck_assert_uint_eq(outbox.frame_count, 3);
    ck_assert_uint_eq(outbox.frames[0].bus, 0);
}
END_TEST

START_TEST(cycle_stays_in_step_on_both_buses)
{
    power_on(0, IMAGE_NONE);
    bus(10 * TIME_MS, INPUT_BUS_AWAKE, 1);
    bus(20 * TIME_MS, INPUT_BUS_AWAKE, 0);
    deadline(110 * TIME_MS);
    ck_assert_uint_eq(asked(0x100, NULL), 2);
    for (int64_t at = 210; at <= 1010; at += 100) deadline(at * TIME_MS);
    ck_assert_uint_eq(asked(0x200, NULL), 2);
    ck_assert_uint_eq(asked(0x4AA, NULL), 2);
    ck_assert_uint_eq(asked(0x100, NULL), 2);
}
END_TEST

START_TEST(sleeping_unit_says_nothing_and_needs_no_call)
{
    power_on(0, IMAGE_NONE);
    bus(0, INPUT_BUS_AWAKE, 0);
    bus(0, INPUT_BUS_AWAKE, 1);
    bus(30 * TIME_MS, INPUT_BUS_ASLEEP, 1);
    deadline(100 * TIME_MS);
    ck_assert_uint_eq(asked(0x100, NULL), 1);
    bus(130 * TIME_MS, INPUT_BUS_ASLEEP, 0);
    ck_assert_int_eq(outbox.deadline_ns, TIME_NEVER);
    line(5 * TIME_S, 0, 9); // an event wakes, and starts no cycle yet
    ck_assert_uint_eq(asked(0x200, NULL), 2);
    ck_assert_int_eq(outbox.deadline_ns, TIME_NEVER);
}
END_TEST

START_TEST(event_goes_out_on_all_buses_and_restarts_the_cycle)
{
    power_on(0, IMAGE_NONE);
    bus(0, INPUT_BUS_AWAKE, 0);
    line(40 * TIME_MS, 1, 0);
    outbox_frame_t last = {0};
    ck_assert_uint_eq(asked(0x100, &last), 2);
    ck_assert_uint_eq(last.flags, OUTBOX_REPLACE | OUTBOX_REPORT);
    ck_assert_int_eq(outbox.deadline_ns, 140 * TIME_MS);
}
END_TEST

START_TEST(two_events_of_one_activation_are_one_frame_with_the_latest_content)
{
    power_on(0, IMAGE_NONE);
    node_input_t inputs[] = {
        {.kind = INPUT_BUS_AWAKE, .bus = 0},
        {.kind = INPUT_LINE, .line = {.line = 0, .value = 1}},
        {.kind = INPUT_LINE, .line = {.line = 0, .value = 2}},
    };
    outbox_clear(&outbox);
    ecu_activate(&unit.ecu, TIME_MS, inputs, 3, &outbox);
    ck_assert_uint_eq(asked(0x200, NULL), 2);
    ck_assert_uint_eq(outbox.frames[0].frame.data[0], 2);
    ck_assert_uint_eq(outbox.frames[0].flags & OUTBOX_CYCLIC, 0); // the event keeps the bus awake
}
END_TEST

START_TEST(counting_message_is_composed_again_only_when_a_newer_one_waits)
{
    can_frame_t probe = frame_make(0x100, (uint8_t[]){0}, 1);
    int64_t on_wire_ns = (int64_t)frame_bits(&probe) * 10 * TIME_US;
    power_on(0, IMAGE_NONE);
    bus(TIME_MS, INPUT_BUS_AWAKE, 0);    // asked at 1 ms, on the wire from then on
    line(TIME_MS + 100 * TIME_US, 1, 0); // asked again meanwhile: same bytes, waits behind it
    sent(TIME_MS + on_wire_ns, 0, 0);
    outbox_frame_t last = {0};
    ck_assert_uint_eq(asked(0x100, &last), 1);
    ck_assert_uint_eq(last.bus, 0);
    ck_assert_uint_eq(last.frame.data[0], 1); // the count is right before it is sent
    ck_assert_uint_ne(last.flags & OUTBOX_REPLACE, 0);
    sent(TIME_MS + 2 * on_wire_ns + 30 * TIME_US, 0, 1);
    ck_assert_uint_eq(asked(0x100, NULL), 0);
    ck_assert_uint_eq(unit.carried[0], 2);
}
END_TEST

START_TEST(request_of_the_instant_in_which_the_frame_began_is_that_frame)
{
    can_frame_t probe = frame_make(0x100, (uint8_t[]){0}, 1);
    int64_t on_wire_ns = (int64_t)frame_bits(&probe) * 10 * TIME_US;
    power_on(0, IMAGE_NONE);
    bus(0, INPUT_BUS_AWAKE, 0);
    line(3 * TIME_MS, 1, 0); // replaced the one that had waited; begins now
    sent(3 * TIME_MS + on_wire_ns, 0, 0);
    ck_assert_uint_eq(asked(0x100, NULL), 0);
}
END_TEST

START_TEST(fast_cycle_begins_and_ends_where_it_is_told)
{
    power_on(0, IMAGE_NONE);
    bus(0, INPUT_BUS_AWAKE, 0);
    unit.ecu.due_ns[COUNTER] = unit.ecu.due_ns[NETWORK] = TIME_NEVER; // of no interest here
    line(150 * TIME_MS, 3, 1);
    deadline(250 * TIME_MS);
    ck_assert_uint_eq(asked(0x200, NULL), 1);
    deadline(350 * TIME_MS);
    line(360 * TIME_MS, 3, 0);
    deadline(450 * TIME_MS);
    deadline(1450 * TIME_MS);
}
END_TEST

START_TEST(timers_elapse_in_order_and_may_set_each_other)
{
    power_on(0, IMAGE_NONE);
    unit.timer_again_ns = 50 * TIME_MS;
    line(0, 4, 50 * TIME_MS);
    deadline(50 * TIME_MS);
    ck_assert_uint_eq(unit.timers[TIMER_A], 1);
    ck_assert_uint_eq(unit.timers[TIMER_B], 1); // set for now: the same activation
    ck_assert_uint_eq(asked(0x200, NULL), 2);
    line(60 * TIME_MS, 4, 90 * TIME_MS);
    line(70 * TIME_MS, 4, TIME_NEVER);
    ck_assert_int_eq(outbox.deadline_ns, TIME_NEVER);
    line(80 * TIME_MS, 4, 10); // a time in the past is now
    ck_assert_uint_eq(unit.timers[TIMER_A], 2);
}
END_TEST

START_TEST(hold_is_stated_by_every_activation)
{
    power_on(0, IMAGE_NONE);
    line(1, 5, 1);
    ck_assert_uint_eq(outbox.hold, 3);
    line(2, 7, 0);
    ck_assert_uint_eq(outbox.hold, 3);
    line(3, 5, 0);
    ck_assert_uint_eq(outbox.hold, 0);
}
END_TEST

START_TEST(one_store_is_under_way_and_another_follows)
{
    power_on(0, IMAGE_NONE);
    ck_assert(!outbox.store);
    line(10, 2, 0);
    ck_assert(outbox.store);
    line(20, 0, 33);
    line(30, 2, 0);
    ck_assert(!outbox.store); // the first is still under way
    ck_assert_uint_eq(unit.stored, 0);
    act(40, (node_input_t){.kind = INPUT_STORED});
    ck_assert_uint_eq(unit.stored, 1);
    ck_assert(outbox.store);
    ck_assert_int_eq(image_get(&outbox.image, "value", -1, NULL, 0), 33);
    act(50, (node_input_t){.kind = INPUT_STORED});
    ck_assert_uint_eq(unit.stored, 2);
    ck_assert(!outbox.store);
    act(60, (node_input_t){.kind = INPUT_STORED}); // of nothing
    ck_assert_uint_eq(unit.stored, 2);
}
END_TEST

START_TEST(image_carries_options_and_faults_through_a_power_loss)
{
    image_set(&image, "coding", -1, "recall", 0);
    power_on(0, IMAGE_PRESENT);
    ck_assert(ecu_option_is(&unit.ecu, "recall", "immediate"));
    ck_assert(!ecu_option_is(&unit.ecu, "unknown", "immediate"));
    line(10, 6, 0);
    ck_assert(outbox.store);
    ck_assert_uint_eq(outbox.logs[0].code, LOG_FAULT_STORED);
    ck_assert_int_eq(image_get(&outbox.image, "coding", -1, "recall", 9), 0);
    image_copy(&image, &outbox.image);
    power_on(20, IMAGE_PRESENT);
    ck_assert_uint_eq(unit.starts, 2);
    ck_assert_ptr_nonnull(fault_memory_find(&unit.ecu.faults, FAULT_NUMBER_INVALID));
    ck_assert(ecu_option_is(&unit.ecu, "recall", "immediate"));
    line(30, 6, 0);
    ck_assert_uint_eq(outbox.log_count, 0); // known already
}
END_TEST

START_TEST(option_out_of_its_values_has_its_standard)
{
    image_set(&image, "coding", -1, "recall", 2);
    power_on(0, IMAGE_PRESENT);
    ck_assert(ecu_option_is(&unit.ecu, "recall", "door_open"));
    image_set(&image, "coding", -1, "recall", -1);
    power_on(1, IMAGE_PRESENT);
    ck_assert(ecu_option_is(&unit.ecu, "recall", "door_open"));
}
END_TEST

START_TEST(damaged_image_never_stops_the_unit)
{
    const image_state_t states[] = {IMAGE_DAMAGED, IMAGE_NEWER};
    for (size_t i = 0; i < 2; i++) {
        set_up();
        image_set(&image, "value", -1, NULL, 99);
        power_on(0, states[i]);
        ck_assert_uint_eq(unit.value, 7); // nothing of it is used
        ck_assert_ptr_nonnull(fault_memory_find(&unit.ecu.faults, FAULT_IMAGE_DAMAGED));
        ck_assert(outbox.store);
        ck_assert_uint_eq(outbox.logs[0].code, LOG_IMAGE_DAMAGED);
    }
}
END_TEST

START_TEST(power_loss_forgets_cycles_timers_hold_and_stores)
{
    power_on(0, IMAGE_NONE);
    bus(0, INPUT_BUS_AWAKE, 0);
    line(1, 5, 1);
    line(2, 4, TIME_S);
    line(3, 2, 0);
    power_on(4, IMAGE_NONE);
    ck_assert_int_eq(outbox.deadline_ns, TIME_NEVER);
    ck_assert_uint_eq(outbox.hold, 0);
    line(5, 2, 0);
    ck_assert(outbox.store); // the lost one is not waited for
}
END_TEST

START_TEST(inputs_of_buses_that_it_does_not_have_are_ignored)
{
    power_on(0, IMAGE_NONE);
    for (int kind = INPUT_BUS_AWAKE; kind <= INPUT_FRAME; kind++)
        act(kind + 1, (node_input_t){.kind = (uint8_t)kind, .bus = 200});
    ck_assert_int_eq(outbox.deadline_ns, TIME_NEVER);
    ck_assert_uint_eq(unit.inputs, 0);
    act(100, (node_input_t){.kind = 250});
}
END_TEST

START_TEST(missing_message_is_named)
{
    dbc_t lacking = {.message_count = 1, .messages = MESSAGES};
    node_ports_t ports = {0};
    const char *missing = NULL;
    ecu_t ecu = {0};
    node_setup_t setup = {&lacking, &vehicle, &vehicle.nodes[0]};
    ck_assert(!ecu_bind(&ecu, &TYPE, &unit, &setup, &ports, &missing));
    ck_assert_str_eq(missing, "Counter");
    lacking.message_count = 0;
    ck_assert(!ecu_bind(&ecu, &TYPE, &unit, &setup, &ports, &missing));
    ck_assert_str_eq(missing, "unit"); // its status message
    lacking.message_count = 3;         // network management may be missing
    ck_assert(ecu_bind(&ecu, &TYPE, &unit, &setup, &ports, &missing));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("ecu");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, power_brings_the_status_at_once_but_no_event_message_and_no_network_management);
    tcase_add_test(tests, each_bus_gets_everything_cyclic_when_it_wakes);
    tcase_add_test(tests, cycle_stays_in_step_on_both_buses);
    tcase_add_test(tests, sleeping_unit_says_nothing_and_needs_no_call);
    tcase_add_test(tests, event_goes_out_on_all_buses_and_restarts_the_cycle);
    tcase_add_test(tests, two_events_of_one_activation_are_one_frame_with_the_latest_content);
    tcase_add_test(tests, counting_message_is_composed_again_only_when_a_newer_one_waits);
    tcase_add_test(tests, request_of_the_instant_in_which_the_frame_began_is_that_frame);
    tcase_add_test(tests, fast_cycle_begins_and_ends_where_it_is_told);
    tcase_add_test(tests, timers_elapse_in_order_and_may_set_each_other);
    tcase_add_test(tests, hold_is_stated_by_every_activation);
    tcase_add_test(tests, one_store_is_under_way_and_another_follows);
    tcase_add_test(tests, image_carries_options_and_faults_through_a_power_loss);
    tcase_add_test(tests, option_out_of_its_values_has_its_standard);
    tcase_add_test(tests, damaged_image_never_stops_the_unit);
    tcase_add_test(tests, power_loss_forgets_cycles_timers_hold_and_stores);
    tcase_add_test(tests, inputs_of_buses_that_it_does_not_have_are_ignored);
    tcase_add_test(tests, missing_message_is_named);
    return suite_run("ecu", tests);
}
