// SPDX-License-Identifier: MIT
// The registry of units against the car and against what their names promise.
#include <check.h>
#include <string.h>

#include "bus/files/vehicle_file.h"
#include "tests/suite.h"
#include "tools/units.h"

START_TEST(every_unit_is_found_by_its_own_name_and_no_other)
{
    size_t count = 0;
    for (; units_at(count); count++) ck_assert_ptr_eq(units_find(units_at(count)->name), units_at(count));
    ck_assert_uint_ge(count, 4);
    ck_assert_ptr_null(units_at(count + 1));
    ck_assert_ptr_null(units_find(""));
    ck_assert_ptr_null(units_find("chair"));
    ck_assert_ptr_null(units_find("Seat"));
}
END_TEST

START_TEST(the_car_has_no_unit_that_is_not_built_in)
{
    static vehicle_t vehicle;
    error_t error;
    error_clear(&error);
    ck_assert_msg(vehicle_file_load(&vehicle, "e65", NULL, &error), "%s", error.text);
    for (size_t i = 0; i < vehicle.node_count; i++)
        ck_assert_msg(units_find(vehicle.nodes[i].executable) != NULL, "%s", vehicle.nodes[i].executable);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("units");
    tcase_add_test(cases, every_unit_is_found_by_its_own_name_and_no_other);
    tcase_add_test(cases, the_car_has_no_unit_that_is_not_built_in);
    return suite_run("units", cases);
}
