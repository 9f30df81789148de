// SPDX-License-Identifier: MIT
#include "bus/kernel/vehicle.h"

#include <check.h>

#include "tests/suite.h"

static const vehicle_t VEHICLE = {
    .bus_count = 2,
    .node_count = 3,
    .buses = {{"front", 100000}, {"rear", 500000}, {"behind the count", 500000}},
    .nodes = {{.name = "left",
               .executable = "window",
               .option_count = 2,
               .options = {{"comfort", 2, 1, {"no", "yes"}}, {"child_lock", 1, 0, {"off", "on"}}}},
              {.name = "right", .executable = "window"},
              {.name = "sunroof", .executable = "roof"},
              {.name = "spare", .executable = "spare"}},
};

START_TEST(buses_and_nodes_are_found_by_their_whole_name)
{
    ck_assert_int_eq(vehicle_find_bus(&VEHICLE, "front"), 0);
    ck_assert_int_eq(vehicle_find_bus(&VEHICLE, "rear"), 1);
    ck_assert_int_eq(vehicle_find_bus(&VEHICLE, "fron"), -1);
    ck_assert_int_eq(vehicle_find_bus(&VEHICLE, "fronts"), -1);
    ck_assert_int_eq(vehicle_find_bus(&VEHICLE, ""), -1);
    ck_assert_int_eq(vehicle_find_node(&VEHICLE, "left"), 0);
    ck_assert_int_eq(vehicle_find_node(&VEHICLE, "sunroof"), 2);
    ck_assert_int_eq(vehicle_find_node(&VEHICLE, "window"), -1); // that is a kind
}
END_TEST

START_TEST(kind_finds_the_first_node_of_it)
{
    ck_assert_int_eq(vehicle_find_kind(&VEHICLE, "window"), 0);
    ck_assert_int_eq(vehicle_find_kind(&VEHICLE, "roof"), 2);
    ck_assert_int_eq(vehicle_find_kind(&VEHICLE, "right"), -1); // that is a name
}
END_TEST

START_TEST(options_belong_to_a_node_and_values_to_an_option)
{
    const vehicle_option_t *comfort = vehicle_find_option(&VEHICLE.nodes[0], "comfort");
    const vehicle_option_t *child_lock = vehicle_find_option(&VEHICLE.nodes[0], "child_lock");
    ck_assert_ptr_eq(comfort, &VEHICLE.nodes[0].options[0]);
    ck_assert_ptr_eq(child_lock, &VEHICLE.nodes[0].options[1]);
    ck_assert_ptr_null(vehicle_find_option(&VEHICLE.nodes[1], "comfort"));
    ck_assert_int_eq(vehicle_find_value(comfort, "yes"), 1);
    ck_assert_int_eq(vehicle_find_value(comfort, "off"), -1);
    ck_assert_int_eq(vehicle_find_value(child_lock, "off"), 0);
}
END_TEST

START_TEST(what_lies_behind_a_count_is_not_there)
{
    ck_assert_int_eq(vehicle_find_bus(&VEHICLE, "behind the count"), -1);
    ck_assert_int_eq(vehicle_find_node(&VEHICLE, "spare"), -1);
    ck_assert_int_eq(vehicle_find_kind(&VEHICLE, "spare"), -1);
    ck_assert_int_eq(vehicle_find_value(vehicle_find_option(&VEHICLE.nodes[0], "child_lock"), "on"), -1);
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_test(all, buses_and_nodes_are_found_by_their_whole_name);
    tcase_add_test(all, kind_finds_the_first_node_of_it);
    tcase_add_test(all, options_belong_to_a_node_and_values_to_an_option);
    tcase_add_test(all, what_lies_behind_a_count_is_not_there);
    return suite_run("vehicle", all);
}
