// SPDX-License-Identifier: MIT
// Key Memory against a naive model: a car as a person would keep it on paper.
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/memory_unit.h"
#include "tests/node_sentences.h"
#include "tests/suite.h"

#define SETTINGS 2 // temperature and offset are enough

typedef struct {
    int64_t profile[5][SETTINGS], car[SETTINGS], now[SETTINGS];
    bool coded[5], in_car[SETTINGS], changed[SETTINGS], on;
    int active;
} naive_t;

static memory_unit_t *unit;

static void set_up(void)
{
    node = node_fixture_new(&memory_unit_class, "climate");
    unit = node->state;
}

static const int64_t FACTORY[SETTINGS] = {FACTORY_TEMPERATURE, FACTORY_OFFSET};
static const int64_t STEPS[SETTINGS] = {25, 7};
static const char *const NAMES[SETTINGS] = {"driver_temperature", "temperature_offset"};
static const uint8_t NUMBERS[SETTINGS] = {TEMPERATURE, OFFSET};

static void naive_store(naive_t *car)
{
    for (int s = 0; s < SETTINGS; s++) {
        if (!car->changed[s]) continue;
        car->changed[s] = false;
        if (car->in_car[s])
            car->car[s] = car->now[s];
        else if (car->active != 0 && car->coded[car->active])
            car->profile[car->active][s] = car->now[s];
    }
}

static void naive_call_up(naive_t *car, int number)
{
    car->active = number;
    for (int s = 0; s < SETTINGS; s++) {
        if (car->in_car[s]) continue;
        car->changed[s] = false;
        car->now[s] = car->coded[number] ? car->profile[number][s] : FACTORY[s];
    }
}

static void naive_power_on(naive_t *car)
{
    car->on = false;
    for (int s = 0; s < SETTINGS; s++) {
        car->changed[s] = false;
        car->now[s] = car->in_car[s]                                ? car->car[s]
                      : car->active != 0 && car->coded[car->active] ? car->profile[car->active][s]
                                                                    : FACTORY[s];
    }
}

static void naive_begin(naive_t *car, random_t *random)
{
    memset(car, 0, sizeof *car);
    image_clear(&node->image);
    for (int p = 1; p <= 4; p++) {
        car->coded[p] = random_next(random) % 4 != 0;
        image_set(&node->image, "profile", p, "coded", car->coded[p]);
        for (int s = 0; s < SETTINGS; s++) {
            car->profile[p][s] = (int64_t)(random_next(random) % (uint64_t)STEPS[s]);
            image_set(&node->image, "profile", p, NAMES[s], car->profile[p][s]);
        }
    }
    for (int s = 0; s < SETTINGS; s++) {
        car->car[s] = FACTORY[s];
        car->in_car[s] = random_next(random) % 3 == 0;
        image_set(&node->image, "memory", -1, NAMES[s], car->in_car[s]);
    }
    naive_power_on(car);
}

static void act_on_both(naive_t *car, random_t *random)
{
    int number = 1 + (int)(random_next(random) % 16);
    bool right = number <= 4;
    switch (random_next(random) % 8) {
    case 0:
        node_fixture_remote(node, "unlock", number);
        if (right) naive_call_up(car, number);
        return;
    case 1:
        node_fixture_remote(node, "none", number);
        if (right && number != car->active) naive_call_up(car, number);
        return;
    case 2:
        node_fixture_remote(node, "lock", number);
        naive_store(car);
        return;
    case 3: {
        int terminal = (int)(random_next(random) % 3);
        node_fixture_terminal(node, terminal);
        if (car->on && terminal == 0) naive_store(car);
        car->on = terminal > 0;
        return;
    }
    case 4:
        if (random_next(random) % 4 != 0) return;
        node_fixture_power_on(node, node->now_ns, IMAGE_PRESENT);
        naive_power_on(car);
        return;
    case 5:
        node_fixture_remote(node, random_next(random) % 2 ? "boot" : "released", number);
        return;
    default: {
        int s = (int)(random_next(random) % SETTINGS);
        int64_t raw = (int64_t)(random_next(random) % (uint64_t)STEPS[s]);
        turn(NAMES[s], raw);
        car->now[s] = raw;
        car->changed[s] = true;
        return;
    }
    }
}

static void compare_with_naive_model(uint64_t seed)
{
    random_t random = random_derive(seed, "key memory", 0);
    naive_t car;
    naive_begin(&car, &random);
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
    for (int64_t step = 1; step <= 400; step++) {
        at(200 * step); // beyond a repeat, and what was stored is durable
        act_on_both(&car, &random);
        ck_assert_msg(unit->memory.active == car.active, "seed %llu, step %lld: replay with TEST_SEED=%llu",
                      (unsigned long long)seed, (long long)step, (unsigned long long)seed);
        for (int s = 0; s < SETTINGS; s++) {
            ck_assert_msg(unit->values[NUMBERS[s]] == car.now[s], "seed %llu, step %lld, %s: %lld, naive model %lld",
                          (unsigned long long)seed, (long long)step, NAMES[s], (long long)unit->values[NUMBERS[s]],
                          (long long)car.now[s]);
        }
    }
}

START_TEST(random_stories_agree_with_the_naive_model)
{
    const char *text = getenv("TEST_SEED");
    uint64_t first = text != NULL ? strtoull(text, NULL, 10) : 1, count = text != NULL ? 1 : 200;
    printf("key memory against the naive model, seeds %llu to %llu\n", (unsigned long long)first,
           (unsigned long long)(first + count - 1));
    for (uint64_t seed = first; seed < first + count; seed++) compare_with_naive_model(seed);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("key memory model");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, random_stories_agree_with_the_naive_model);
    return suite_run("key_memory_model", tests);
}
