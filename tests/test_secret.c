// SPDX-License-Identifier: MIT
#include "bus/zmq/secret.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"

static uint8_t secret[WIRE_SECRET_SIZE], other[WIRE_SECRET_SIZE], sealed[WIRE_SEALED_SIZE];

START_TEST(a_secret_comes_through_the_environment_once)
{
    char text[SECRET_TEXT_SIZE];
    secret_make(secret);
    secret_write(secret, text);
    ck_assert_int_eq(putenv(text), 0);
    ck_assert(secret_take(other));
    ck_assert_mem_eq(other, secret, WIRE_SECRET_SIZE);
    for (size_t i = sizeof SECRET_VARIABLE; i < SECRET_TEXT_SIZE; i++) ck_assert_int_eq(text[i], 0); // wiped
    ck_assert(!secret_take(other));
}
END_TEST

START_TEST(what_is_no_secret_in_the_environment_is_not_taken)
{
    static const char *const TEXTS[] = {"", "00", "0011223344556677889900112233445g",
                                        "001122334455667788990011223344556677"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        setenv(SECRET_VARIABLE, TEXTS[i], 1);
        ck_assert_msg(!secret_take(other), "%s", TEXTS[i]);
    }
}
END_TEST

START_TEST(a_sealed_secret_is_opened_by_its_pair_alone)
{
    secret_pair_t pair, stranger;
    secret_make(secret);
    secret_make_pair(&pair);
    secret_make_pair(&stranger);
    ck_assert(secret_is_key(pair.public));
    ck_assert(secret_seal(secret, pair.public, sealed));
    ck_assert(!secret_open(sealed, &stranger, other));
    ck_assert(secret_open(sealed, &pair, other));
    ck_assert_mem_eq(other, secret, WIRE_SECRET_SIZE);
    for (size_t i = 0; i < WIRE_SEALED_SIZE; i++) {
        sealed[i] ^= 1;
        ck_assert(!secret_open(sealed, &pair, other));
        sealed[i] ^= 1;
    }
}
END_TEST

START_TEST(no_two_secrets_are_the_same)
{
    secret_make(secret);
    secret_make(other);
    ck_assert(memcmp(secret, other, WIRE_SECRET_SIZE) != 0);
    static const uint8_t NONE[WIRE_KEY_SIZE];
    ck_assert(!secret_is_key(NONE));
    ck_assert(!secret_seal(secret, NONE, sealed)); // a point that would make the key of the seal known to all
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_test(all, a_secret_comes_through_the_environment_once);
    tcase_add_test(all, what_is_no_secret_in_the_environment_is_not_taken);
    tcase_add_test(all, a_sealed_secret_is_opened_by_its_pair_alone);
    tcase_add_test(all, no_two_secrets_are_the_same);
    return suite_run("secret", all);
}
