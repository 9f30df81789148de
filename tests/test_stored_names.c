// SPDX-License-Identifier: MIT
// Every name that a unit or the key fobs store is what they begin with when they have power again: each value of a
// stored image is changed to another one that can be, and must come back in the next image.
#include <check.h>
#include <string.h>

#include "ecus/climate.h"
#include "ecus/mirror.h"
#include "ecus/seat.h"
#include "scenarios/actors/fobs.h"
#include "tests/node_sentences.h"
#include "tests/suite.h"

// A personalization number 6 leaves a fault memory entry, and with that everything is stored.
static void have_it_stored(int64_t from_ms)
{
    at(from_ms);
    node_fixture_remote(node, "unlock", 6);
    at(from_ms + 100);
}

static bool ends_with(const char *text, const char *end)
{
    return strlen(text) > strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

// Another value that the entry can have; each is a different one where there is room for that.
static int64_t other_value(const char *unit, const image_entry_t *entry, uint32_t number)
{
    dbc_setting_t setting;
    const char *name = strrchr(entry->name, '/');
    if (strcmp(entry->name, "active") == 0) return 3;
    if (ends_with(entry->name, "/coded") || strncmp(entry->name, "coding/", 7) == 0 ||
        strncmp(entry->name, "memory/", 7) == 0)
        return !entry->value;
    ck_assert_msg(name && dbc_setting(node->dbc, unit, name + 1, &setting), "%s", entry->name);
    int64_t minimum = dbc_raw_minimum(setting.signal), room = dbc_raw_maximum(setting.signal) - minimum + 1;
    int64_t value = minimum + (7 * (int64_t)number + 1) % room;
    return value != entry->value ? value : minimum + (value - minimum + 1) % room;
}

static void change_and_compare(const node_class_t *class, const char *unit, uint32_t least)
{
    node = node_fixture_new(class, unit);
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
    have_it_stored(100);
    image_t changed = node->image;
    uint32_t values = 0;
    for (uint32_t i = 0; i < changed.count; i++) {
        image_entry_t *entry = &changed.entries[i];
        if (entry->size > 0) continue; // a fault
        entry->value = other_value(unit, entry, i);
        values++;
    }
    ck_assert_uint_ge(values, least);
    node->image = changed;
    node_fixture_power_on(node, 1000 * TIME_MS, IMAGE_PRESENT);
    have_it_stored(1100);
    ck_assert_uint_eq(node->image.count, changed.count);
    for (uint32_t i = 0; i < changed.count; i++) {
        const image_entry_t *entry = &changed.entries[i];
        if (entry->size > 0) continue;
        int64_t value = image_get(&node->image, entry->name, -1, NULL, INT64_MIN);
        ck_assert_msg(value == entry->value, "%s %s: %lld, not %lld", unit, entry->name, (long long)value,
                      (long long)entry->value);
    }
    node_fixture_destroy(&node);
}

START_TEST(units_begin_with_every_value_that_they_stored)
{
    change_and_compare(&seat_class, "seat", 1 + 4 * 6 + 3 * 5 + 2);
    change_and_compare(&mirror_class, "mirror", 1 + 4 * 5 + 3 * 4 + 1);
    change_and_compare(&climate_class, "climate", 1 + 4 * 9 + 2 * 8);
}
END_TEST

START_TEST(fobs_begin_with_every_value_that_they_stored)
{
    static const uint8_t SECRET[KEY_SECRET_SIZE] = {9, 8, 7, 6, 5, 4, 3, 2, 1, 10, 11, 12, 13, 14, 15, 16};
    image_t told, stored;
    image_clear(&told);
    for (int key = 1; key <= KEY_COUNT_MAX; key++) {
        image_set(&told, "key", key, "personalization", key % 4 + 1);
        image_set(&told, "key", key, "counter", 100 + key);
        image_set(&told, "key", key, "battery", key % 2);
        image_set_bytes(&told, "key", key, "secret", SECRET, KEY_SECRET_SIZE);
    }
    static fobs_t fobs;
    fobs_load(&fobs, &told);
    fobs_save(&fobs, &stored);
    ck_assert_uint_eq(stored.count, told.count);
    for (uint32_t i = 0; i < told.count; i++) {
        const image_entry_t *entry = image_find(&stored, told.entries[i].name, -1, NULL);
        ck_assert_msg(entry != NULL, "%s", told.entries[i].name);
        ck_assert_int_eq(entry->value, told.entries[i].value);
        ck_assert_mem_eq(entry->bytes, told.entries[i].bytes, told.entries[i].size);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("stored names");
    tcase_add_test(tests, units_begin_with_every_value_that_they_stored);
    tcase_add_test(tests, fobs_begin_with_every_value_that_they_stored);
    return suite_run("stored_names", tests);
}
