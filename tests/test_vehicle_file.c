// SPDX-License-Identifier: MIT
#include "bus/files/vehicle_file.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bus/base/random.h"
#include "tests/scratch.h"
#include "tests/suite.h"

#define MUTATIONS 3000

static error_t error;
static vehicle_t vehicle;
static char directory[SCRATCH_PATH_MAX]; // of the file that was loaded

static bool load_text_of_size(const char *text, size_t size)
{
    char path[SCRATCH_PATH_MAX + 16];
    scratch_make(directory);
    snprintf(path, sizeof path, "%s/v.json", directory);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, size, file), size);
    fclose(file);
    error_clear(&error);
    bool good = vehicle_file_load(&vehicle, path, NULL, &error);
    unlink(path);
    ck_assert(scratch_remove(directory));
    ck_assert(good == (error.count == 0));
    return good;
}

static bool load_text(const char *text)
{
    return load_text_of_size(text, strlen(text));
}

// The text behind the file's name of the n-th mistake (from 0) begins so.
static bool mistake_begins(size_t n, const char *expected)
{
    const char *line = error.text;
    for (; n > 0 && line; n--) {
        line = strchr(line, '\n');
        if (line) line++;
    }
    const char *behind = line ? strstr(line, ".json:") : NULL;
    return behind && strncmp(behind + strlen(".json:"), expected, strlen(expected)) == 0;
}

// ---- the vehicle that is there -------------------------------------------------------------------------------------

START_TEST(e65_is_found_by_name)
{
    error_clear(&error);
    ck_assert_msg(vehicle_file_load(&vehicle, "e65", NULL, &error), "%s", error.text);
    ck_assert_str_eq(vehicle.name, "e65");
    ck_assert_uint_eq(vehicle.bus_count, 2);
    ck_assert_str_eq(vehicle.buses[0].name, "kcan-s");
    ck_assert_uint_eq(vehicle.buses[1].bit_rate, 100000);
    ck_assert_int_eq(access(vehicle.dbc_path, R_OK), 0);
    static const char *const NODES[] = {"cas", "seat", "mirror", "climate"};
    static const uint8_t ADDRESSES[] = {0x40, 0x6D, 0x4C, 0x78};
    ck_assert_uint_eq(vehicle.node_count, 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_str_eq(vehicle.nodes[i].name, NODES[i]);
        ck_assert_str_eq(vehicle.nodes[i].executable, NODES[i]);
        ck_assert_uint_eq(vehicle.nodes[i].address, ADDRESSES[i]);
        ck_assert(!vehicle.nodes[i].external);
        ck_assert_int_eq(vehicle_find_node(&vehicle, NODES[i]), i);
    }
    ck_assert_uint_eq(vehicle.nodes[0].bus_count, 2);
    ck_assert_uint_eq(vehicle.nodes[1].bus_count, 1);
    ck_assert_uint_eq(vehicle.nodes[1].buses[0], 1);
    ck_assert_uint_eq(vehicle.nodes[3].buses[0], 0);
    ck_assert_uint_eq(vehicle.route_count, 2);
    ck_assert_uint_eq(vehicle.routes[0].id, 0x3DA);
    ck_assert_uint_eq(vehicle.routes[0].from, 0);
    ck_assert_uint_eq(vehicle.routes[1].id, 0x3DB);
    ck_assert_uint_eq(vehicle.routes[1].to, 0);
}
END_TEST

START_TEST(look_ups_tell_what_there_is_not)
{
    error_clear(&error);
    ck_assert(vehicle_file_load(&vehicle, "e65", NULL, &error));
    ck_assert_int_eq(vehicle_find_bus(&vehicle, "kcan-p"), 1);
    ck_assert_int_eq(vehicle_find_bus(&vehicle, "kcan"), -1);
    ck_assert_int_eq(vehicle_find_node(&vehicle, "seet"), -1);
    const vehicle_option_t *recall = vehicle_find_option(&vehicle.nodes[1], "recall");
    ck_assert_ptr_nonnull(recall);
    ck_assert_uint_eq(recall->standard, 0);
    ck_assert_int_eq(vehicle_find_value(recall, "immediate"), 0);
    ck_assert_int_eq(vehicle_find_value(recall, "door_open"), 1);
    ck_assert_int_eq(vehicle_find_value(recall, "never"), -1);
    ck_assert_ptr_nonnull(vehicle_find_option(&vehicle.nodes[1], "personalization"));
    ck_assert_ptr_nonnull(vehicle_find_option(&vehicle.nodes[2], "kerb_tilt"));
    ck_assert_ptr_null(vehicle_find_option(&vehicle.nodes[0], "recall"));
}
END_TEST

START_TEST(unknown_name_and_missing_file_are_told)
{
    error_clear(&error);
    ck_assert(!vehicle_file_load(&vehicle, "e99", NULL, &error));
    ck_assert_msg(strncmp(error.text, "unknown vehicle \"e99\": no e99.json in ", 38) == 0, "%s", error.text);
    error_clear(&error);
    ck_assert(!vehicle_file_load(&vehicle, "sub/my.json", "/nowhere", &error));
    ck_assert_str_eq(error.text, "/nowhere/sub/my.json: No such file or directory");
    error_clear(&error);
    ck_assert(!vehicle_file_load(&vehicle, "/my.json", "/nowhere", &error)); // an absolute path stays what it is
    ck_assert_str_eq(error.text, "/my.json: No such file or directory");
    error_clear(&error);
    ck_assert(!vehicle_file_load(&vehicle, "/", NULL, &error));
    ck_assert_uint_eq(error.count, 1);
    static char deep[VEHICLE_PATH_MAX + 10];
    memset(deep, 'x', sizeof deep - 1);
    deep[0] = '/';
    error_clear(&error);
    ck_assert(!vehicle_file_load(&vehicle, deep, NULL, &error));
    error_clear(&error);
    ck_assert(!vehicle_file_load(&vehicle, deep + 1, NULL, &error));
}
END_TEST

// ---- a vehicle of one's own ----------------------------------------------------------------------------------------

#define BUSES "\"buses\": [{\"name\": \"a\", \"bit_rate\": 100000}, {\"name\": \"b\", \"bit_rate\": 500000}]"
#define NODE "{\"name\": \"n\", \"executable\": \"seat\", \"buses\": [\"a\"]}"
#define GOOD "{\"name\": \"v\", \"dbc\": \"v.dbc\", " BUSES ", \"nodes\": [" NODE "]}"

START_TEST(small_vehicle_needs_little)
{
    ck_assert_msg(load_text(GOOD), "%s", error.text);
    char expected[SCRATCH_PATH_MAX + 16];
    snprintf(expected, sizeof expected, "%s/v.dbc", directory); // beside the vehicle's file
    ck_assert_str_eq(vehicle.dbc_path, expected);
    ck_assert_uint_eq(vehicle.nodes[0].address, 0);
    ck_assert_uint_eq(vehicle.route_count, 0);
    ck_assert(
        load_text("{\"$schema\": \"x\", \"name\": \"v\", \"dbc\": \"/abs/v.dbc\", " BUSES ", \"nodes\": ["
                  "{\"name\": \"n\", \"executable\": \"mine\", \"external\": true, \"buses\": [\"b\", \"a\"],"
                  " \"address\": \"0x1\", \"coding\": {\"o\": {\"values\": [\"x\", \"y\"], \"default\": \"y\"}}}],"
                  "\"routes\": [{\"id\": \"0x7ff\", \"from\": \"a\", \"to\": \"b\"}, {\"id\": \"0x0\", \"from\": "
                  "\"a\", \"to\": \"b\"},"
                  " {\"id\": \"0x7FF\", \"from\": \"b\", \"to\": \"a\"}]}"));
    ck_assert_str_eq(vehicle.dbc_path, "/abs/v.dbc");
    ck_assert(vehicle.nodes[0].external);
    ck_assert_uint_eq(vehicle.nodes[0].buses[0], 1);
    ck_assert_uint_eq(vehicle.nodes[0].options[0].standard, 1);
    ck_assert_uint_eq(vehicle.route_count, 3);
}
END_TEST

START_TEST(an_executable_may_be_a_path_whose_file_is_the_kind)
{
    ck_assert_msg(load_text("{\"name\": \"v\", \"dbc\": \"v.dbc\", " BUSES ", \"nodes\": ["
                            "{\"name\": \"n\", \"executable\": \"../units/window.old.py\", \"buses\": [\"a\"]},"
                            "{\"name\": \"m\", \"executable\": \"window\", \"buses\": [\"a\"]}]}"),
                  "%s", error.text);
    ck_assert_str_eq(vehicle.nodes[0].executable, "window");
    ck_assert_str_eq(vehicle.nodes[0].program, "../units/window.old.py");
    ck_assert_str_eq(vehicle.nodes[1].executable, "window");
    ck_assert_str_eq(vehicle.nodes[1].program, "");
}
END_TEST

typedef struct {
    const char *text, *mistake;
} mistake_case_t;

#define WITH_BUSES(buses) "{\"name\": \"v\", \"dbc\": \"v.dbc\", \"buses\": " buses ", \"nodes\": [" NODE "]}"
#define WITH_NODES(nodes) "{\"name\": \"v\", \"dbc\": \"v.dbc\", " BUSES ", \"nodes\": " nodes "}"
#define WITH_NODE(more) WITH_NODES("[{\"name\": \"n\", \"executable\": \"x\", \"buses\": [\"a\"], " more "}]")
#define WITH_ROUTES(routes)                                                                                            \
    "{\"name\": \"v\", \"dbc\": \"v.dbc\", " BUSES ", \"nodes\": [" NODE "], \"routes\": " routes "}"

static const mistake_case_t MISTAKES[] = {
    {"", "1:1: "},
    {"{", "1:1: "},
    {"\xEF\xBB\xBF{}", "1:1: begins with a byte order mark"},
    {"{\"name\": \"v\",\n  \"name\": \"w\"}", "2:"},
    {"[1,\n2,\n}", "3:1: "},
    {"[]", " /: must be an object"},
    {"{\"dbc\": \"v.dbc\", " BUSES ", \"nodes\": [" NODE "]}", " /name: is missing"},
    {"{\"name\": \"v\", " BUSES ", \"nodes\": [" NODE "]}", " /dbc: is missing"},
    {"{\"name\": \"v\", \"dbc\": \"\", " BUSES ", \"nodes\": [" NODE "]}", " /dbc: must be the path"},
    {"{\"name\": \"v\", \"dbc\": \"v\", \"wheels\": 4, " BUSES ", \"nodes\": [" NODE "]}", " /wheels: unknown member"},
    {"{\"name\": \"v\", \"dbc\": \"v\", \"a/b~c\\u001b\": 4, " BUSES ", \"nodes\": [" NODE "]}",
     " /a~1b~0c?: unknown member"},
    {WITH_BUSES("[]"), " /buses: must be an array of 1 to 4 elements"},
    {WITH_BUSES("{}"), " /buses: must be an array"},
    {WITH_BUSES("[1]"), " /buses/0: must be an object"},
    {WITH_BUSES("[{\"name\": \"a\"}]"), " /buses/0/bit_rate: is missing"},
    {WITH_BUSES("[{\"name\": \"a\", \"bit_rate\": 9999}]"), " /buses/0/bit_rate: must be 10000 to 1000000"},
    {WITH_BUSES("[{\"name\": \"a\", \"bit_rate\": 1000001}]"), " /buses/0/bit_rate: must be"},
    {WITH_BUSES("[{\"name\": \"a\", \"bit_rate\": 1e5}]"), " /buses/0/bit_rate: must be"},
    {WITH_BUSES("[{\"name\": \"a\", \"bit_rate\": 100000, \"speed\": 1}]"), " /buses/0/speed: unknown member"},
    {WITH_BUSES("[{\"name\": \"a\", \"bit_rate\": 100000}, {\"name\": \"a\", \"bit_rate\": 100000}]"),
     " /buses/1/name: there is a bus \"a\" already"},
    {WITH_NODES("[]"), " /nodes: must be an array of 1 to 64 elements"},
    {WITH_NODES("[" NODE ", " NODE "]"), " /nodes/1/name: there is a node \"n\" already"},
    {WITH_NODES("[{\"name\": \"a b\", \"executable\": \"x\", \"buses\": [\"a\"]}]"), " /nodes/0/name: must be a name"},
    {WITH_NODES("[{\"name\": \"-a\", \"executable\": \"x\", \"buses\": [\"a\"]}]"), " /nodes/0/name: must be a name"},
    {WITH_NODES("[{\"name\": \"abcdefghijklmnopqrstuvwxyzabcdef\", \"executable\": \"x\", \"buses\": [\"a\"]}]"),
     " /nodes/0/name: must be a name"},
    {WITH_NODES("[{\"name\": \"n\", \"executable\": \"s h\", \"buses\": [\"a\"]}]"),
     " /nodes/0/executable: must be a name"},
    {WITH_NODES("[{\"name\": \"n\", \"executable\": \"../\", \"buses\": [\"a\"]}]"),
     " /nodes/0/executable: must be a name"},
    {WITH_NODES("[{\"name\": \"n\", \"executable\": \"./.py\", \"buses\": [\"a\"]}]"),
     " /nodes/0/executable: must be a name"},
    {WITH_NODES("[{\"name\": \"n\", \"executable\": 7, \"buses\": [\"a\"]}]"), " /nodes/0/executable: must be a name"},
    {WITH_NODES("[{\"name\": \"n\", \"buses\": [\"a\"]}]"), " /nodes/0/executable: is missing"},
    {WITH_NODES("[{\"name\": \"n\", \"executable\": \"x\"}]"), " /nodes/0/buses: is missing"},
    {WITH_NODES("[{\"name\": \"n\", \"executable\": \"x\", \"buses\": []}]"),
     " /nodes/0/buses: must be an array of 1 to 4 elements"},
    {WITH_NODES("[{\"name\": \"n\", \"executable\": \"x\", \"buses\": [\"c\"]}]"),
     " /nodes/0/buses/0: unknown bus \"c\""},
    {WITH_NODES("[{\"name\": \"n\", \"executable\": \"x\", \"buses\": [3]}]"),
     " /nodes/0/buses/0: must be the name of a bus"},
    {WITH_NODES("[{\"name\": \"n\", \"executable\": \"x\", \"buses\": [\"a\", \"a\"]}]"),
     " /nodes/0/buses/1: there twice"},
    {WITH_NODE("\"external\": 1"), " /nodes/0/external: must be true or false"},
    {WITH_NODE("\"address\": 64"), " /nodes/0/address: must be a string \"0x1\" to \"0xFF\""},
    {WITH_NODE("\"address\": \"64\""), " /nodes/0/address: must be a string"},
    {WITH_NODE("\"address\": \"0x\""), " /nodes/0/address: must be a string"},
    {WITH_NODE("\"address\": \"0x0\""), " /nodes/0/address: must be a string"},
    {WITH_NODE("\"address\": \"0x100\""), " /nodes/0/address: must be a string"},
    {WITH_NODE("\"address\": \"0x40 \""), " /nodes/0/address: must be a string"},
    {WITH_NODE("\"address\": \"0xF1\""), " /nodes/0/address: 0xF1 is no unit's address"},
    {WITH_NODE("\"coding\": []"), " /nodes/0/coding: must be an object"},
    {WITH_NODE("\"coding\": {\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,"
               "\"j\":0,\"k\":0,\"l\":0,\"m\":0,\"n\":0,\"o\":0,\"p\":0,\"q\":0}"),
     " /nodes/0/coding: must have at most 16 members"},
    {WITH_NODE("\"coding\": {\"o\": 1}"), " /nodes/0/coding/o: must be an object"},
    {WITH_NODE("\"coding\": {\"o p\": {\"values\": [\"x\"], \"default\": \"x\"}}"),
     " /nodes/0/coding/o p: must be a name"},
    {WITH_NODE("\"coding\": {\"memory\": {\"values\": [\"x\"], \"default\": \"x\"}}"),
     " /nodes/0/coding/memory: every unit has"},
    {WITH_NODE("\"coding\": {\"o\": {\"values\": [\"x\"]}}"), " /nodes/0/coding/o/default: is missing"},
    {WITH_NODE("\"coding\": {\"o\": {\"values\": [\"x\"], \"default\": \"y\"}}"),
     " /nodes/0/coding/o/default: must be one of the values"},
    {WITH_NODE("\"coding\": {\"o\": {\"values\": [\"x\", \"x\"], \"default\": \"x\"}}"),
     " /nodes/0/coding/o/values/1: there is a value"},
    {WITH_NODE("\"coding\": {\"o\": {\"values\": [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"], \"default\": "
               "\"1\"}}"),
     " /nodes/0/coding/o/values: must be an array of 1 to 8"},
    {WITH_ROUTES("{}"), " /routes: must be an array"},
    {WITH_ROUTES("[{\"id\": \"0x800\", \"from\": \"a\", \"to\": \"b\"}]"),
     " /routes/0/id: must be a string \"0x0\" to \"0x7FF\""},
    {WITH_ROUTES("[{\"id\": 5, \"from\": \"a\", \"to\": \"b\"}]"), " /routes/0/id: must be a string"},
    {WITH_ROUTES("[{\"id\": \"0x5\", \"from\": \"a\"}]"), " /routes/0/to: is missing"},
    {WITH_ROUTES("[{\"id\": \"0x5\", \"from\": \"a\", \"to\": \"a\"}]"), " /routes/0: leads back to its own bus"},
    {WITH_ROUTES(
         "[{\"id\": \"0x5\", \"from\": \"a\", \"to\": \"b\"}, {\"id\": \"0x005\", \"from\": \"a\", \"to\": \"b\"}]"),
     " /routes/1: there twice"},
};

START_TEST(mistake_is_told_with_its_place)
{
    for (size_t i = 0; i < sizeof MISTAKES / sizeof *MISTAKES; i++) {
        ck_assert_msg(!load_text(MISTAKES[i].text), "accepted: %s", MISTAKES[i].text);
        ck_assert_msg(mistake_begins(0, MISTAKES[i].mistake), "%s\nbut expected\n%s", error.text, MISTAKES[i].mistake);
    }
}
END_TEST

START_TEST(all_mistakes_of_a_file_are_told)
{
    ck_assert(!load_text(
        "{\"name\": 1, \"dbc\": 2, \"extra\": 3, \"buses\": [{\"name\": \"a\", \"bit_rate\": 1}], \"nodes\": ["
        "{\"name\": \"n\", \"executable\": \"x\", \"buses\": [\"q\"], \"address\": \"0x40\"},"
        "{\"name\": \"m\", \"executable\": \"x\", \"buses\": [\"a\"], \"address\": \"0x40\"}],"
        "\"routes\": [{\"id\": \"0x1\", \"from\": \"a\", \"to\": \"z\"}]}"));
    static const char *const EXPECTED[] = {" /extra: unknown member",
                                           " /name: must be a name",
                                           " /dbc: must be",
                                           " /buses/0/bit_rate: must be",
                                           " /nodes/0/buses/0: unknown bus \"q\"",
                                           " /nodes/1/address: node \"n\" has this address already",
                                           " /routes/0/to: unknown bus \"z\""};
    ck_assert_uint_eq(error.count, sizeof EXPECTED / sizeof *EXPECTED);
    for (size_t i = 0; i < error.count; i++) ck_assert_msg(mistake_begins(i, EXPECTED[i]), "%zu: %s", i, error.text);
}
END_TEST

START_TEST(as_many_nodes_as_there_is_room_for)
{
    for (int count = VEHICLE_NODES_MAX; count <= VEHICLE_NODES_MAX + 1; count++) {
        static char text[16384];
        size_t used =
            (size_t)snprintf(text, sizeof text, "{\"name\": \"v\", \"dbc\": \"v.dbc\", " BUSES ", \"nodes\": [");
        for (int i = 0; i < count; i++) {
            used += (size_t)snprintf(text + used, sizeof text - used,
                                     "%s{\"name\": \"n%d\", \"executable\": \"x\", \"buses\": [\"a\", \"b\"]}",
                                     i ? "," : "", i);
        }
        snprintf(text + used, sizeof text - used, "]}");
        ck_assert(load_text(text) == (count == VEHICLE_NODES_MAX));
    }
}
END_TEST

START_TEST(mutated_files_are_read_or_refused_but_harm_nothing)
{
    static const char ORIGINAL[] =
        WITH_NODE("\"address\": \"0x40\", \"coding\": {\"o\": {\"values\": [\"x\", \"y\"], \"default\": \"x\"}}");
    random_t random = random_derive(1, "vehicles", 0);
    for (int i = 0; i < MUTATIONS; i++) {
        char text[sizeof ORIGINAL];
        memcpy(text, ORIGINAL, sizeof text);
        size_t size = sizeof text - 1;
        for (uint64_t edits = 1 + random_next(&random) % 3; edits > 0; edits--) {
            static const char SPICE[] = "\"{}[]:,0x9ab \\\xFF";
            uint64_t draw = random_next(&random);
            text[draw % size] = SPICE[(draw >> 32) % (sizeof SPICE - 1)];
            if (draw >> 60 == 0) size = 1 + (size_t)(draw >> 40) % size;
        }
        load_text_of_size(text, size); // asserts that a refusal has a mistake
    }
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, e65_is_found_by_name);
    tcase_add_test(all, look_ups_tell_what_there_is_not);
    tcase_add_test(all, unknown_name_and_missing_file_are_told);
    tcase_add_test(all, small_vehicle_needs_little);
    tcase_add_test(all, an_executable_may_be_a_path_whose_file_is_the_kind);
    tcase_add_test(all, mistake_is_told_with_its_place);
    tcase_add_test(all, all_mistakes_of_a_file_are_told);
    tcase_add_test(all, as_many_nodes_as_there_is_room_for);
    tcase_add_test(all, mutated_files_are_read_or_refused_but_harm_nothing);
    return suite_run("vehicle_file", all);
}
