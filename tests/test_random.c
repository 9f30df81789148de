// SPDX-License-Identifier: MIT
#include "bus/base/random.h"

#include <check.h>

#include "tests/suite.h"

#define STREAMS 200

START_TEST(stream_is_splitmix64)
{
    static const uint64_t PUBLISHED[] = {
        // of the reference implementation, from the seed 1234567
        UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),  UINT64_C(9817491932198370423),
        UINT64_C(4593380528125082431), UINT64_C(16408922859458223821),
    };
    random_t stream = {.state = 1234567};
    for (size_t i = 0; i < sizeof PUBLISHED / sizeof PUBLISHED[0]; i++)
        ck_assert_uint_eq(random_next(&stream), PUBLISHED[i]);
}
END_TEST

START_TEST(same_seed_name_and_count_give_the_same_stream)
{
    random_t a = random_derive(7, "seat", 3), b = random_derive(7, "seat", 3);
    for (int i = 0; i < 100; i++) ck_assert_uint_eq(random_next(&a), random_next(&b));
}
END_TEST

START_TEST(each_of_seed_name_and_count_matters)
{
    uint64_t first[STREAMS];
    size_t count = 0;
    static const char *const NAMES[] = {"cas", "seat", "mirror", "tea", "sea", "s", "se", "eat", "", "key secret"};
    for (uint64_t seed = 0; seed < 4; seed++)
        for (size_t name = 0; name < 10; name++)
            for (uint64_t power = 0; power < 5; power++) {
                random_t stream = random_derive(seed, NAMES[name], power);
                first[count++] = random_next(&stream);
            }
    ck_assert_uint_eq(count, STREAMS);
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++) ck_assert_uint_ne(first[i], first[j]);
}
END_TEST

START_TEST(every_bit_is_one_about_half_the_time)
{
    random_t stream = random_derive(1, "bits", 0);
    unsigned ones[64] = {0};
    for (int draw = 0; draw < 10000; draw++) {
        uint64_t bits = random_next(&stream);
        for (int i = 0; i < 64; i++) ones[i] += (unsigned)(bits >> i & 1);
    }
    for (int i = 0; i < 64; i++) ck_assert_msg(ones[i] > 4700 && ones[i] < 5300, "bit %d: %u of 10000", i, ones[i]);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("random");
    tcase_add_test(tests, stream_is_splitmix64);
    tcase_add_test(tests, same_seed_name_and_count_give_the_same_stream);
    tcase_add_test(tests, each_of_seed_name_and_count_matters);
    tcase_add_test(tests, every_bit_is_one_about_half_the_time);
    return suite_run("random", tests);
}
