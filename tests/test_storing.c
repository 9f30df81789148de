// SPDX-License-Identifier: MIT
#include "ecus/storing.h"
#include "tests/suite.h"

static storing_t storing;

static void set_up(void)
{
    storing_init(&storing);
}

START_TEST(nothing_asked_begins_nothing)
{
    ck_assert(!storing_begin(&storing));
    ck_assert(!storing_end(&storing));
}
END_TEST

START_TEST(a_store_holds_all_that_was_asked_until_it_begins)
{
    ck_assert_uint_eq(storing_ask(&storing), 1);
    ck_assert(storing_begin(&storing));
    ck_assert_uint_eq(storing_ask(&storing), 2);
    ck_assert_uint_eq(storing_ask(&storing), 3);
    ck_assert(!storing_begin(&storing)); // one at a time
    ck_assert(storing_end(&storing));
    ck_assert_uint_eq(storing.stored, 1);
    ck_assert(storing_begin(&storing));
    ck_assert(storing_end(&storing));
    ck_assert_uint_eq(storing.stored, 3);
    ck_assert(!storing_begin(&storing));
}
END_TEST

START_TEST(power_on_forgets_the_store_under_way)
{
    storing_ask(&storing);
    ck_assert(storing_begin(&storing));
    storing_init(&storing);
    ck_assert(!storing_end(&storing));
    ck_assert_uint_eq(storing_ask(&storing), 1);
}
END_TEST

int main(void)
{
    const suite_group_t groups[] = {
        {"storing",
         {nothing_asked_begins_nothing, a_store_holds_all_that_was_asked_until_it_begins,
          power_on_forgets_the_store_under_way}},
    };
    return suite_run_groups("storing", groups, 1, set_up, NULL);
}
