// SPDX-License-Identifier: MIT
// Stored images whole and right by their checksum that say what cannot be: by the rules, and as --state takes them.
#include "bus/car/image_rules.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bus/car/key_radio.h"
#include "bus/files/dbc_file.h"
#include "bus/files/state_directory.h"
#include "bus/files/vehicle_file.h"
#include "scenarios/story/car_plan.h"
#include "tests/suite.h"
#include "tools/stored_car.h"

static vehicle_t vehicle;
static dbc_file_t *file;
static error_t error, notice;
static image_t cas, fobs, seat;
static char directory[64];

static void put_key(image_t *image, int key, bool in_unit)
{
    static const uint8_t SECRET[KEY_SECRET_SIZE] = {1};
    image_set(image, "key", key, "personalization", 1);
    image_set(image, "key", key, "counter", 7);
    image_set(image, "key", key, "battery", 0);
    image_set_bytes(image, "key", key, "secret", SECRET, sizeof SECRET);
    if (in_unit) image_set(image, "key", key, "learned", 1);
    if (in_unit) image_set(image, "key", key, "blocked", 0);
}

// As the seat stores it.
static void put_memory(image_t *image)
{
    static const char *const SETTINGS[] = {"longitudinal", "height", "cushion_tilt", "backrest_tilt", "head_restraint"};
    image_set(image, "active", -1, NULL, 2);
    for (int profile = 1; profile <= 4; profile++) {
        image_set(image, "profile", profile, "coded", 1);
        for (size_t i = 0; i < 5; i++) image_set(image, "profile", profile, SETTINGS[i], 50);
    }
    for (size_t i = 0; i < 5; i++) {
        image_set(image, "car", -1, SETTINGS[i], 50);
        image_set(image, "memory", -1, SETTINGS[i], 0);
        image_set(image, "position", -1, SETTINGS[i], 50);
    }
    image_set(image, "coding/recall", -1, NULL, 1);
    image_set(image, "own/thing", -1, NULL, 1000); // another day's
}

static void set_up(void)
{
    error_clear(&error);
    error_clear(&notice);
    ck_assert_msg(vehicle_file_load(&vehicle, "e65", NULL, &error), "%s", error.text);
    file = dbc_file_new(vehicle.dbc_path, &error);
    ck_assert_msg(file != NULL, "%s", error.text);
    image_clear(&cas);
    image_clear(&fobs);
    image_clear(&seat);
    for (int key = 1; key <= 2; key++) put_key(&cas, key, true);
    for (int key = 1; key <= 2; key++) put_key(&fobs, key, false);
    put_memory(&seat);
    strcpy(directory, "/tmp/kmsim-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void tear_down(void)
{
    DIR *all = opendir(directory);
    for (struct dirent *entry; (entry = readdir(all)) != NULL;) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        unlink(path);
    }
    closedir(all);
    rmdir(directory);
    dbc_file_destroy(&file);
}

static const vehicle_node_t *node(const char *name)
{
    return &vehicle.nodes[vehicle_find_node(&vehicle, name)];
}

static bool holds(const vehicle_node_t *entry, const image_t *image)
{
    const char *name = NULL;
    bool right = image_rules_hold(entry, dbc_file_dbc(file), image, &name);
    ck_assert(right || name);
    return right;
}

static void take_out(image_t *image, const char *name)
{
    uint32_t i = 0;
    while (strcmp(image->entries[i].name, name) != 0) i++;
    image->entries[i] = image->entries[--image->count];
}

START_TEST(what_units_store_holds)
{
    static image_t empty;
    ck_assert(holds(node("cas"), &cas));
    ck_assert(holds(NULL, &fobs));
    ck_assert(holds(node("seat"), &seat));
    ck_assert(holds(node("seat"), &empty));
    image_clear(&seat); // what a story tells of it
    image_set(&seat, "profile", 2, "height", 800);
    ck_assert(holds(node("seat"), &seat));
    image_set(&fobs, "key", 2, "personalization", KEY_NUMBER_INVALID); // a spare one's
    ck_assert(holds(NULL, &fobs));
    image_set(&cas, "key", 2, "personalization", 0);
    ck_assert(holds(node("cas"), &cas));
}
END_TEST

START_TEST(each_value_that_cannot_be_is_refused)
{
    static const struct {
        const char *node, *name;
        int64_t value;
    } CASES[] = {
        {"cas", "key/1/blocked", 2},
        {"cas", "key/1/blocked", -1},
        {"cas", "key/1/learned", 2},
        {"cas", "key/1/battery", 2},
        {"cas", "key/1/personalization", 5},
        {"cas", "key/1/counter", INT64_C(1) << 32},
        {"cas", "key/1/secret", 5},
        {"cas", "key/11/blocked", 0},
        {"cas", "key/0/blocked", 0},
        {"cas", "coding/blocking_needs_a_key", 2},
        {"cas", "security/attempts", 4},
        {"cas", "fault/9907", 1},
        {NULL, "key/1/personalization", 0},
        {NULL, "key/1/battery", 2},
        {"seat", "active", 5},
        {"seat", "profile/1/coded", 2},
        {"seat", "profile/5/coded", 1},
        {"seat", "profile/3/height", 801},
        {"seat", "profile/3/height", -1},
        {"seat", "car/height", 801},
        {"seat", "position/height", 801},
        {"seat", "memory/height", 2},
        {"seat", "coding/recall", 2},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const vehicle_node_t *entry = CASES[i].node ? node(CASES[i].node) : NULL;
        image_t image = !entry ? fobs : strcmp(CASES[i].node, "cas") == 0 ? cas : seat;
        image_set(&image, CASES[i].name, -1, NULL, CASES[i].value);
        ck_assert_msg(!holds(entry, &image), "%s %lld", CASES[i].name, (long long)CASES[i].value);
    }
}
END_TEST

START_TEST(what_is_missing_beside_what_is_stored_with_it_is_refused)
{
    static const char *const OF_CAS[] = {"key/2/personalization", "key/2/counter", "key/2/battery",
                                         "key/2/learned",         "key/2/blocked", "key/2/secret"};
    static const char *const OF_SEAT[] = {"active", "profile/4/coded", "profile/1/height"};
    for (size_t i = 0; i < 6; i++) {
        image_t image = cas;
        take_out(&image, OF_CAS[i]);
        ck_assert_msg(!holds(node("cas"), &image), "%s", OF_CAS[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        image_t image = seat;
        take_out(&image, OF_SEAT[i]);
        ck_assert_msg(!holds(node("seat"), &image), "%s", OF_SEAT[i]);
    }
    take_out(&fobs, "key/2/counter");
    ck_assert(!holds(NULL, &fobs));
}
END_TEST

// ---- as --state takes them -----------------------------------------------------------------------------------------

static stored_car_t *take_directory(void)
{
    car_plan_t plan = car_plan_standard(&vehicle, dbc_file_dbc(file));
    error_clear(&notice);
    stored_car_t *car = stored_car_new(directory, &plan, NULL, &notice, &error);
    ck_assert_msg(car != NULL, "%s", error.text);
    return car;
}

static void store(const char *name, const image_t *image)
{
    state_directory_t *state = state_directory_new(directory, NULL, &error);
    ck_assert_msg(state_directory_store(state, name, image, &error), "%s", error.text);
    state_directory_destroy(&state);
}

START_TEST(impossible_file_is_set_aside_like_a_damaged_one)
{
    stored_car_t *car = take_directory();
    stored_car_destroy(&car);
    ck_assert_uint_eq(notice.count, 0);
    image_set(&cas, "key", 2, "blocked", 2);
    store("cas", &cas);
    car = take_directory();
    int number = vehicle_find_node(&vehicle, "cas");
    ck_assert_int_eq(stored_car_memory(car)->states[number], IMAGE_DAMAGED);
    ck_assert_uint_eq(stored_car_memory(car)->images[number].count, 0);
    stored_car_destroy(&car);
    ck_assert_uint_eq(notice.count, 1);
    ck_assert_ptr_nonnull(
        strstr(notice.text, "/cas.json: cannot be used: key/2/blocked is missing, or says what cannot"));
    ck_assert_ptr_nonnull(strstr(notice.text, "/cas.json.damaged-1"));
    char path[128];
    snprintf(path, sizeof path, "%s/cas.json.damaged-1", directory);
    ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

START_TEST(file_that_is_missing_beside_the_others_is_told)
{
    stored_car_t *car = take_directory();
    stored_car_destroy(&car);
    ck_assert_uint_eq(notice.count, 0); // a new car
    char path[128];
    snprintf(path, sizeof path, "%s/cas.json", directory);
    ck_assert_int_eq(unlink(path), 0);
    car = take_directory();
    stored_car_destroy(&car);
    ck_assert_uint_eq(notice.count, 1);
    ck_assert_ptr_nonnull(strstr(notice.text, "/cas.json: is missing beside the others"));
    car = take_directory();
    stored_car_destroy(&car);
    ck_assert_uint_eq(notice.count, 0);
}
END_TEST

int main(void)
{
    const suite_group_t groups[] = {
        {"rules",
         {what_units_store_holds, each_value_that_cannot_be_is_refused,
          what_is_missing_beside_what_is_stored_with_it_is_refused}},
        {"state", {impossible_file_is_set_aside_like_a_damaged_one, file_that_is_missing_beside_the_others_is_told}},
    };
    return suite_run_groups("image rules", groups, sizeof groups / sizeof groups[0], set_up, tear_down);
}
