// SPDX-License-Identifier: MIT
// What the sniffer shows (filter) and how (lines, decoded frames), with the standard vehicle's own DBC.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/files/dbc_file.h"
#include "bus/can/frame_text.h"
#include "tests/suite.h"
#include "tools/sniffer_filter.h"
#include "tools/sniffer_line.h"
#include "bus/files/vehicle_file.h"
#include "bus/car/words.h"

static vehicle_t vehicle;
static dbc_file_t *file;
static const dbc_t *dbc;
static error_t error;

static void begin(void)
{
    error_clear(&error);
    ck_assert_msg(vehicle_file_load(&vehicle, "e65", NULL, &error), "%s", error.text);
    file = dbc_file_new(vehicle.dbc_path, &error);
    ck_assert_msg(file != NULL, "%s", error.text);
    dbc = dbc_file_dbc(file);
}

static void end(void)
{
    dbc_file_destroy(&file);
}

static can_frame_t frame_of(const char *text)
{
    can_frame_t frame;
    ck_assert(frame_parse(text, &frame));
    return frame;
}

// ---- filter --------------------------------------------------------------------------------------------------------

static const struct {
    const char *filter, *bus, *frame;
    bool shown;
} SHOWN[] = {
    {"", "kcan-s", "130#00", true},
    {"kcan-s", "kcan-s", "130#00", true},
    {"kcan-s", "kcan-p", "130#00", false},
    {"kcan-s,kcan-p", "kcan-p", "130#00", true},
    {"!kcan-s", "kcan-s", "130#00", false},
    {"!kcan-s", "kcan-p", "130#00", true},
    {"bus:other", "other", "130#00", true},
    {"bus:other", "kcan-s", "130#00", false},
    {"130", "kcan-s", "130#00", true},
    {"130", "kcan-s", "131#00", false},
    {"130", "kcan-s", "00000130#00", false}, // eight digits are another identifier
    {"00000130", "kcan-s", "00000130#00", true},
    {"130-2FF", "kcan-s", "2ff#00", true},
    {"130-2FF", "kcan-s", "300#00", false},
    {"130-2ff", "kcan-s", "12F#00", false},
    {"SeatStatus", "kcan-p", "232#00", true},
    {"SeatStatus", "kcan-p", "233#00", false},
    {"kcan-p,232,RemoteKeyStatus", "kcan-p", "23A#00", true},
    {"kcan-p,232,RemoteKeyStatus", "kcan-s", "23A#00", false},
    {"kcan-p,232,RemoteKeyStatus", "kcan-p", "130#00", false},
    {"!130", "kcan-p", "130#00", false},
    {"!130", "kcan-p", "131#00", true},
    {"100-2FF,!SeatStatus", "kcan-p", "232#00", false},
    {"100-2FF,!SeatStatus", "kcan-p", "231#00", true},
};

START_TEST(the_filter_shows_what_it_names)
{
    sniffer_filter_t filter;
    ck_assert_msg(sniffer_filter_parse(&filter, SHOWN[_i].filter, dbc, &vehicle, &error), "%s", error.text);
    can_frame_t frame = frame_of(SHOWN[_i].frame);
    ck_assert(sniffer_filter_shows(&filter, SHOWN[_i].bus, &frame) == SHOWN[_i].shown);
}
END_TEST

START_TEST(a_term_that_names_nothing_is_refused)
{
    static const char *const BAD[] = {
        "SeatStatsu",  "800",  "1234", "20000000", "2FF-130", "130-", "130-00000200", "-130",
        "130-131-132", "bus:", "!",    "130,,131", "kcan-x",  " 130", "130 "};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        sniffer_filter_t filter;
        error_clear(&error);
        ck_assert_msg(!sniffer_filter_parse(&filter, BAD[i], dbc, &vehicle, &error), "\"%s\"", BAD[i]);
        ck_assert_uint_eq(error.count, 1);
    }
}
END_TEST

START_TEST(a_filter_of_more_terms_than_fit_is_refused)
{
    char text[4 * SNIFFER_TERMS_MAX + 4];
    for (size_t i = 0; i <= SNIFFER_TERMS_MAX; i++) memcpy(text + 4 * i, "130,", 4);
    text[4 * SNIFFER_TERMS_MAX - 1] = '\0'; // as many as fit
    sniffer_filter_t filter;
    ck_assert(sniffer_filter_parse(&filter, text, dbc, &vehicle, &error));
    text[4 * SNIFFER_TERMS_MAX - 1] = ',';
    text[sizeof text - 1] = '\0';
    ck_assert(!sniffer_filter_parse(&filter, text, dbc, &vehicle, &error));
    char word[400] = {0};
    memset(word, 'x', sizeof word - 1);
    ck_assert(!sniffer_filter_parse(&filter, word, dbc, &vehicle, &error));
}
END_TEST

START_TEST(only_a_filter_that_names_buses_narrows_them)
{
    sniffer_filter_t filter;
    ck_assert(sniffer_filter_parse(&filter, "130,!kcan-s", dbc, &vehicle, &error));
    ck_assert(sniffer_filter_wants_bus(&filter, NULL));
    ck_assert(!sniffer_filter_wants_bus(&filter, "kcan-s"));
    ck_assert(sniffer_filter_parse(&filter, "130,kcan-s", dbc, &vehicle, &error));
    ck_assert(!sniffer_filter_wants_bus(&filter, NULL));
    ck_assert(sniffer_filter_wants_bus(&filter, "kcan-s"));
}
END_TEST

// ---- decoded frames ------------------------------------------------------------------------------------------------

static const struct {
    const char *frame, *text;
} TEXTS[] = {
    {"23A#22300162", "RemoteKeyStatus PersonalizationNumber=3 PersonalizationRepeat=3 KeyUse=remote Button=unlock "
                     "KeyNumber=3 KeyKind=remote Battery=ok"},
    {"232#00E204990C4B2C01", "SeatStatus Profile=none Coded=no Moving=no Longitudinal=125.0 mm Height=40.0 mm "
                             "CushionTilt=5.0 deg BackrestTilt=20.0 deg HeadRestraint=30.0 mm"},
    {"23A#22", "RemoteKeyStatus PersonalizationNumber=3 PersonalizationRepeat=3"}, // the rest is not there
    {"232#", "SeatStatus"},
    {"7FF#00", ""},
    {"00000232#00E204990C4B2C01", ""},
};

START_TEST(a_frame_is_told_in_the_words_of_the_dbc)
{
    char text[FRAME_TEXT_LINE_MAX];
    can_frame_t frame = frame_of(TEXTS[_i].frame);
    ck_assert_str_eq(frame_text_format(dbc, &frame, text, sizeof text), TEXTS[_i].text);
}
END_TEST

START_TEST(a_text_that_does_not_fit_is_cut)
{
    can_frame_t frame = frame_of("232#00E204990C4B2C01");
    char whole[FRAME_TEXT_LINE_MAX];
    frame_text_format(dbc, &frame, whole, sizeof whole);
    for (size_t size = 1; size <= strlen(whole); size++) {
        char *text = malloc(size);
        ck_assert_ptr_nonnull(text);
        frame_text_format(dbc, &frame, text, size);
        ck_assert_uint_lt(strlen(text), size);
        const char *sign = strstr(text, "…");
        size_t kept = sign ? (size_t)(sign - text) : strlen(text);
        ck_assert(strncmp(whole, text, kept) == 0);
        ck_assert(size < 4 || size == strlen(whole) + 1 || (sign && sign[strlen("…")] == '\0'));
        free(text);
    }
}
END_TEST

START_TEST(values_have_the_decimals_that_they_need)
{
    static const struct {
        double factor, offset, physical;
        const char *text;
    } VALUES[] = {{1, 0, 5, "5"},         {0.5, 16, 20.5, "20.5"}, {1, -0.25, 0.75, "0.75"},
                  {0.001, 0, 0, "0.000"}, {10, 0, -10, "-10"},     {1.0 / 3.0, 0, 1, "1.000000"}};
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
        dbc_signal_t signal = {.factor = VALUES[i].factor, .offset = VALUES[i].offset};
        char text[64];
        ck_assert_str_eq(frame_text_physical(&signal, VALUES[i].physical, text, sizeof text), VALUES[i].text);
    }
}
END_TEST

// ---- lines ---------------------------------------------------------------------------------------------------------

static const char *line_of(const wire_public_t *message, const char *topic, const dbc_t *decode)
{
    static char text[FRAME_TEXT_LINE_MAX];
    memset(text, 0, sizeof text);
    FILE *memory = fmemopen(text, sizeof text, "w");
    ck_assert_ptr_nonnull(memory);
    char bus[VEHICLE_NAME_MAX + 1];
    if (sniffer_line_bus(topic, bus))
        sniffer_line_frame(memory, message, bus, decode);
    else
        sniffer_line_other(memory, message, topic);
    fclose(memory);
    return text;
}

START_TEST(lines_are_those_that_candump_writes)
{
    wire_public_t message = {.kind = WIRE_FRAME, .time_ns = 12345678900, .frame = frame_of("130#4500")};
    ck_assert_str_eq(line_of(&message, "can/kcan-s/130", NULL), "(12.345678) kcan-s 130#4500\n");
    message.frame = frame_of("7FF#");
    ck_assert_str_eq(line_of(&message, "can/kcan-s/7FF", dbc),
                     "(12.345678) kcan-s 7FF#\n"); // unknown: nothing behind it
    message.frame = frame_of("23A#22");
    ck_assert_str_eq(line_of(&message, "can/kcan-p/23A", dbc),
                     "(12.345678) kcan-p 23A#22  RemoteKeyStatus PersonalizationNumber=3 PersonalizationRepeat=3\n");
}
END_TEST

START_TEST(other_events_are_told_in_words)
{
    wire_public_t message = {.kind = WIRE_LINE, .time_ns = TIME_S, .line = -3};
    ck_assert_str_eq(line_of(&message, "line/door/driver", NULL), "(1.000000) line/door/driver = -3\n");
    message = (wire_public_t){.kind = WIRE_POWER, .time_ns = TIME_S, .sender = "seat", .power = 2};
    ck_assert_str_eq(line_of(&message, "sim/power", NULL), "(1.000000) power seat crash\n");
    message = (wire_public_t){.kind = WIRE_BUS, .bus = {"kcan-s", 0}};
    ck_assert_str_eq(line_of(&message, "sim/bus", NULL), "(0.000000) bus kcan-s asleep\n");
    message = (wire_public_t){.kind = WIRE_AIR, .air = {AIR_RF, 2, 7, {0xAB, 0x01}}};
    ck_assert_str_eq(line_of(&message, "air/rf", NULL), "(0.000000) air rf 7 AB01\n");
    message.air = (air_t){.channel = AIR_RF_END, .transmission = 7};
    ck_assert_str_eq(line_of(&message, "air/rf", NULL), "(0.000000) air rf 7 ends\n");
    message = (wire_public_t){.kind = WIRE_LOG, .sender = "cas", .log = {LOG_KEY_FORGED, {2, 0, 0}}};
    ck_assert_str_eq(line_of(&message, "sim/log", NULL), "(0.000000) cas: key 2: forged telegram ignored\n");
}
END_TEST

static const char *error_line_of(const wire_public_t *message, const char *bus)
{
    static char text[FRAME_TEXT_LINE_MAX];
    memset(text, 0, sizeof text);
    FILE *memory = fmemopen(text, sizeof text, "w");
    ck_assert_ptr_nonnull(memory);
    if (message->kind == WIRE_ERROR)
        sniffer_line_error(memory, message, bus);
    else
        sniffer_line_state(memory, message);
    fclose(memory);
    return text;
}

START_TEST(error_frames_tell_whose_frame_has_failed)
{
    wire_public_t message = {
        .kind = WIRE_ERROR, .time_ns = 12345678900, .sender = "cas", .frame = frame_of("130#4500")};
    ck_assert_str_eq(error_line_of(&message, "kcan-s"),
                     "(12.345678) kcan-s 20000080#0000000000000000  error frame in 130#4500 of cas\n");
    strcpy(message.sender, "c\033[2Js"); // what somebody wrote on a socket
    ck_assert_ptr_null(strchr(error_line_of(&message, "kcan-s"), '\033'));
}
END_TEST

START_TEST(error_states_are_told_by_node_and_bus)
{
    wire_public_t message = {.kind = WIRE_STATE, .time_ns = TIME_S, .sender = "seat", .bus = {"kcan-p", 2}};
    ck_assert_str_eq(error_line_of(&message, NULL), "(1.000000) seat bus-off on kcan-p\n");
    message.bus.state = 1;
    ck_assert_str_eq(error_line_of(&message, NULL), "(1.000000) seat error-passive on kcan-p\n");
    message.bus.state = 0;
    ck_assert_str_eq(error_line_of(&message, NULL), "(1.000000) seat error-active on kcan-p\n");
}
END_TEST

START_TEST(a_bus_is_read_from_a_frames_topic_alone)
{
    char bus[VEHICLE_NAME_MAX + 1];
    ck_assert(sniffer_line_bus("can/kcan-s/130", bus));
    ck_assert_str_eq(bus, "kcan-s");
    ck_assert(!sniffer_line_bus("can/130", bus));
    ck_assert(!sniffer_line_bus("can//130", bus));
    ck_assert(!sniffer_line_bus("line/door/driver", bus));
    ck_assert(!sniffer_line_bus("", bus));
    ck_assert(!sniffer_line_bus("can/a-name-that-is-longer-than-any-bus-may-have/130", bus));
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, begin, end);
    tcase_add_loop_test(all, the_filter_shows_what_it_names, 0, (int)(sizeof SHOWN / sizeof SHOWN[0]));
    tcase_add_test(all, a_term_that_names_nothing_is_refused);
    tcase_add_test(all, a_filter_of_more_terms_than_fit_is_refused);
    tcase_add_test(all, only_a_filter_that_names_buses_narrows_them);
    tcase_add_loop_test(all, a_frame_is_told_in_the_words_of_the_dbc, 0, (int)(sizeof TEXTS / sizeof TEXTS[0]));
    tcase_add_test(all, a_text_that_does_not_fit_is_cut);
    tcase_add_test(all, values_have_the_decimals_that_they_need);
    tcase_add_test(all, lines_are_those_that_candump_writes);
    tcase_add_test(all, other_events_are_told_in_words);
    tcase_add_test(all, error_frames_tell_whose_frame_has_failed);
    tcase_add_test(all, error_states_are_told_by_node_and_bus);
    tcase_add_test(all, a_bus_is_read_from_a_frames_topic_alone);
    return suite_run("sniffer", all);
}
