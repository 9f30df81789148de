// SPDX-License-Identifier: MIT
// The definitions of the simulated vehicle, bus/vehicles/e65.dbc, against the tables of the scenario format and against
// frames that real cars sent.
#include "bus/files/dbc_file.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/kernel/vehicle.h"
#include "bus/kernel/node.h"
#include "tests/suite.h"
#include "tools/units.h"
#include "bus/files/vehicle_file.h"

static error_t error;
static vehicle_t vehicle;
static dbc_file_t *own_file;

static const dbc_t *own(void)
{
    error_clear(&error);
    ck_assert_msg(vehicle_file_load(&vehicle, "e65", NULL, &error), "%s", error.text);
    own_file = dbc_file_new(vehicle.dbc_path, &error);
    ck_assert_msg(own_file != NULL, "%s", error.text);
    return dbc_file_dbc(own_file);
}

typedef struct {
    const char *unit, *setting, *measure;
    double minimum, maximum, step, factory;
    dbc_control_t control;
} setting_case_t;

START_TEST(settings_are_those_of_the_table)
{
    static const setting_case_t SETTINGS[] = {
        {"seat", "longitudinal", "mm", 0, 250, 0.1, 125, DBC_CONTROL_SWITCH},
        {"seat", "height", "mm", 0, 80, 0.1, 40, DBC_CONTROL_SWITCH},
        {"seat", "cushion_tilt", "deg", 0, 15, 0.1, 5, DBC_CONTROL_SWITCH},
        {"seat", "backrest_tilt", "deg", -10, 60, 0.1, 20, DBC_CONTROL_SWITCH},
        {"seat", "head_restraint", "mm", 0, 100, 0.1, 30, DBC_CONTROL_SWITCH},
        {"mirror", "driver_horizontal", "deg", -8, 8, 0.1, 0, DBC_CONTROL_SWITCH},
        {"mirror", "driver_vertical", "deg", -8, 8, 0.1, 0, DBC_CONTROL_SWITCH},
        {"mirror", "passenger_horizontal", "deg", -8, 8, 0.1, 0, DBC_CONTROL_SWITCH},
        {"mirror", "passenger_vertical", "deg", -8, 8, 0.1, 0, DBC_CONTROL_SWITCH},
        {"climate", "driver_temperature", "degC", 16, 28, 0.5, 22, DBC_CONTROL_KNOB},
        {"climate", "passenger_temperature", "degC", 16, 28, 0.5, 22, DBC_CONTROL_KNOB},
        {"climate", "temperature_offset", "K", -3, 3, 1, 0, DBC_CONTROL_KNOB},
        {"climate", "blower_offset", "%", -10, 10, 10, 0, DBC_CONTROL_KNOB},
        {"climate", "style", "", 0, 2, 1, 1, DBC_CONTROL_KNOB},
        {"climate", "auto", "", 0, 1, 1, 1, DBC_CONTROL_KNOB},
        {"climate", "air_distribution", "", 0, 3, 1, 0, DBC_CONTROL_KNOB},
        {"climate", "recirculation", "", 0, 2, 1, 1, DBC_CONTROL_KNOB},
    };
    const dbc_t *dbc = own();
    size_t found = 0;
    for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++) {
        const setting_case_t *c = &SETTINGS[i];
        const dbc_message_t *message = dbc_status_message(dbc, c->unit);
        ck_assert_msg(message != NULL, "%s", c->unit);
        ck_assert_uint_eq(message->length, 8);
        dbc_setting_t setting;
        ck_assert_msg(dbc_setting(dbc, c->unit, c->setting, &setting), "%s", c->setting);
        ck_assert_ptr_eq(setting.message, message);
        const dbc_signal_t *signal = setting.signal;
        ck_assert_str_eq(signal->unit, c->measure);
        ck_assert_double_eq(signal->factor, c->step);
        ck_assert_double_eq(signal->minimum, c->minimum);
        ck_assert_double_eq(signal->maximum, c->maximum);
        ck_assert_double_eq_tol(dbc_physical(signal, signal->start_raw), c->factory, 1e-9);
        ck_assert_int_eq(signal->control, c->control);
        ck_assert_int_eq(dbc_raw_minimum(signal), 0);
        ck_assert_double_eq_tol((double)dbc_raw_maximum(signal), (c->maximum - c->minimum) / c->step, 1e-6);
        found++;
    }
    size_t there = 0;
    for (size_t i = 0; i < dbc->message_count; i++) {
        for (size_t j = 0; j < dbc->messages[i].signal_count; j++) there += dbc->messages[i].signals[j].setting != NULL;
    }
    ck_assert_uint_eq(there, found);
    dbc_file_destroy(&own_file);
}
END_TEST

// No two signals of the vehicle's file share a bit, and no message is left without a comment.
START_TEST(signals_do_not_overlap_and_messages_say_where_they_are_from)
{
    const dbc_t *dbc = own();
    for (size_t i = 0; i < dbc->message_count; i++) {
        const dbc_message_t *message = &dbc->messages[i];
        can_frame_t taken = {.length = 8};
        ck_assert_msg(message->comment != NULL, "%s", message->name);
        for (size_t j = 0; j < message->signal_count; j++) {
            ck_assert_msg(dbc_get(&message->signals[j], &taken) == 0, "%s %s", message->name, message->signals[j].name);
            dbc_set(&message->signals[j], &taken, -1);
        }
    }
    dbc_file_destroy(&own_file);
}
END_TEST

static double physical(const dbc_t *dbc, const char *text, const char *signal_name)
{
    can_frame_t frame;
    ck_assert(frame_parse(text, &frame));
    const dbc_message_t *message = dbc_message_of(dbc, &frame);
    const dbc_signal_t *signal = dbc_signal(message, signal_name);
    ck_assert_msg(signal != NULL && dbc_present(message, signal, &frame), "%s %s", text, signal_name);
    return dbc_physical(signal, dbc_get(signal, &frame));
}

static const char *named(const dbc_t *dbc, const char *text, const char *signal_name)
{
    can_frame_t frame;
    ck_assert(frame_parse(text, &frame));
    const dbc_signal_t *signal = dbc_signal(dbc_message_of(dbc, &frame), signal_name);
    const char *name = dbc_value_name(signal, dbc_get(signal, &frame));
    return name ? name : "(no name)";
}

START_TEST(frames_of_real_cars_read_as_people_would_say_it)
{
    const dbc_t *dbc = own();
    static const char UNLOCK[] = "23A#22300162";
    ck_assert_double_eq(physical(dbc, UNLOCK, "PersonalizationNumber"), 3);
    ck_assert_double_eq(physical(dbc, UNLOCK, "PersonalizationRepeat"), 3);
    ck_assert_double_eq(physical(dbc, UNLOCK, "KeyNumber"), 3);
    ck_assert_str_eq(named(dbc, UNLOCK, "Button"), "unlock");
    ck_assert_str_eq(named(dbc, UNLOCK, "KeyUse"), "remote");
    ck_assert_str_eq(named(dbc, UNLOCK, "KeyKind"), "remote");
    ck_assert_str_eq(named(dbc, UNLOCK, "Battery"), "ok");
    static const char INSERTED[] = "23A#003FFF20";
    ck_assert_double_eq(physical(dbc, INSERTED, "PersonalizationNumber"), 1);
    ck_assert_double_eq(physical(dbc, INSERTED, "KeyNumber"), 1);
    ck_assert_str_eq(named(dbc, INSERTED, "Button"), "none");
    ck_assert_str_eq(named(dbc, INSERTED, "KeyUse"), "inserted");
    ck_assert_str_eq(named(dbc, INSERTED, "KeyKind"), "inserted");
    ck_assert_str_eq(named(dbc, "23A#FF000080", "PersonalizationNumber"), "invalid");
    ck_assert_str_eq(named(dbc, "23A#FF000080", "Battery"), "low");

    static const char CRANK[] = "130#5541094A77";
    ck_assert_str_eq(named(dbc, CRANK, "TerminalR"), "on");
    ck_assert_str_eq(named(dbc, CRANK, "Terminal15"), "on");
    ck_assert_str_eq(named(dbc, CRANK, "Terminal50"), "on");
    ck_assert_str_eq(named(dbc, CRANK, "KeyValid"), "valid");
    ck_assert_double_eq(physical(dbc, CRANK, "KeyNumber"), 2);
    ck_assert_str_eq(named(dbc, CRANK, "KeyType"), "remote");
    ck_assert_str_eq(named(dbc, CRANK, "KeyPlugged"), "yes");
    ck_assert_str_eq(named(dbc, CRANK, "Immobilizer"), "free");
    ck_assert_str_eq(named(dbc, CRANK, "Terminal15Hardware"), "on");
    ck_assert_double_eq(physical(dbc, CRANK, "Alive"), 7);
    ck_assert_double_eq(physical(dbc, CRANK, "Checksum"), 7);
    ck_assert_str_eq(named(dbc, "2A0#2181080000000000", "DriverDoor"), "unlock");
    ck_assert_str_eq(named(dbc, "2A0#2181080000000000", "PassengerDoor"), "lock");
    ck_assert_str_eq(named(dbc, "2A0#2181080000000000", "RearPassengerSide"), "idle");
    ck_assert_str_eq(named(dbc, "2FC#00010000000000", "DriverDoor"), "open");
    dbc_file_destroy(&own_file);
}
END_TEST

START_TEST(cycle_times_are_those_of_the_car)
{
    static const struct {
        const char *message;
        int cycle_ms, fast_ms;
    } CYCLES[] = {{"TerminalStatus", 100, 0},
                  {"CentralLocking", 5000, 0},
                  {"DoorState", 5000, 0},
                  {"SeatStatus", 1000, 100},
                  {"MirrorStatus", 1000, 100},
                  {"ClimateStatus", 100, 0},
                  {"ClimateStatusPassenger", 100, 0},
                  {"ClimateMemoryStatus", 0, 0},
                  {"MemoryPositionsStatus", 0, 0},
                  {"MemoryPositioning", 0, 0},
                  {"NetworkManagementCas", 1000, 0},
                  {"NetworkManagementSeat", 1000, 0},
                  {"NetworkManagementMirror", 1000, 0},
                  {"NetworkManagementClimate", 1000, 0},
                  {"RemoteKeyStatus", 0, 0},
                  {"DiagnosisRequest", 0, 0}};
    const dbc_t *dbc = own();
    for (size_t i = 0; i < sizeof CYCLES / sizeof *CYCLES; i++) {
        const dbc_message_t *message = dbc_message(dbc, CYCLES[i].message);
        ck_assert_msg(message != NULL, "%s", CYCLES[i].message);
        ck_assert_msg(message->cycle_ms == CYCLES[i].cycle_ms, "%s", CYCLES[i].message);
        ck_assert_msg(message->cycle_fast_ms == CYCLES[i].fast_ms, "%s", CYCLES[i].message);
    }
    dbc_file_destroy(&own_file);
}
END_TEST

START_TEST(each_unit_has_its_network_management_and_diagnostic_identifiers)
{
    const dbc_t *dbc = own();
    for (int i = 0; i < vehicle.node_count; i++) {
        for (uint32_t base = 0x480; base <= 0x600; base += 0x180) {
            can_frame_t frame = frame_make(base + vehicle.nodes[i].address, NULL, 0);
            const dbc_message_t *message = dbc_message_of(dbc, &frame);
            ck_assert_msg(message != NULL, "%s", vehicle.nodes[i].name);
            ck_assert_str_eq(message->sender, vehicle.nodes[i].name);
            int64_t start = dbc_get(&message->signals[0], &(can_frame_t){.data = {dbc_frame(message).data[0]}});
            ck_assert_int_eq(start, base == 0x480 ? vehicle.nodes[i].address : 0xF1);
        }
    }
    dbc_file_destroy(&own_file);
}
END_TEST

// ---- receivers -----------------------------------------------------------------------------------------------------

static bool accepts(const char *unit, uint32_t id)
{
    const vehicle_node_t *entry = &vehicle.nodes[vehicle_find_node(&vehicle, unit)];
    const node_class_t *class = units_find(entry->executable);
    node_setup_t setup = {dbc_file_dbc(own_file), &vehicle, entry};
    node_ports_t ports = {0};
    const char *missing = NULL;
    void *state = calloc(1, class->size);
    ck_assert_msg(class->bind(state, &setup, &ports, &missing), "%s", missing);
    free(state);
    bool accepted = false;
    for (size_t i = 0; i < ports.accept_count; i++)
        accepted |= (id & ports.accepts[i].mask) == (ports.accepts[i].id & ports.accepts[i].mask);
    return accepted;
}

START_TEST(no_unit_is_named_as_receiver_of_a_message_that_it_ignores)
{
    own();
    FILE *text = fopen(vehicle.dbc_path, "r");
    ck_assert_ptr_nonnull(text);
    char line[1024];
    uint32_t id = 0;
    unsigned named = 0;
    while (fgets(line, sizeof line, text)) {
        if (strncmp(line, "BO_ ", 4) == 0) id = (uint32_t)strtoul(line + 4, NULL, 10);
        char *rest = strncmp(line, " SG_ ", 5) == 0 ? strrchr(line, '"') : NULL;
        char *place = NULL;
        for (char *name = rest ? strtok_r(rest + 1, " ,\n", &place) : NULL; name;
             name = strtok_r(NULL, " ,\n", &place)) {
            if (strcmp(name, "Vector__XXX") == 0) continue;
            ck_assert_msg(accepts(name, id), "%s does not take %u", name, id);
            named++;
        }
    }
    fclose(text);
    ck_assert_uint_gt(named, 30);
    dbc_file_destroy(&own_file);
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_test(all, settings_are_those_of_the_table);
    tcase_add_test(all, signals_do_not_overlap_and_messages_say_where_they_are_from);
    tcase_add_test(all, frames_of_real_cars_read_as_people_would_say_it);
    tcase_add_test(all, cycle_times_are_those_of_the_car);
    tcase_add_test(all, each_unit_has_its_network_management_and_diagnostic_identifiers);
    tcase_add_test(all, no_unit_is_named_as_receiver_of_a_message_that_it_ignores);
    return suite_run("e65", all);
}
