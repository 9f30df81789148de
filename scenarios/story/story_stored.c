// SPDX-License-Identifier: MIT
#include "scenarios/story/story_stored.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bus/base/text.h"
#include "scenarios/story/story_parts.h"

#define VALUE_TEXT_MAX 64

typedef struct {
    const story_whole_t *whole;
    const image_t *stored;
    const char *place;
    bool fobs; // stored by the key fobs
    json_reader_t reader;
} comparison_t;

static void begin(comparison_t *self, const story_t *story, const image_t *stored, const char *place, error_t *error)
{
    self->whole = (const story_whole_t *)story;
    self->stored = stored;
    self->place = place;
    self->fobs = false;
    json_reader_init(&self->reader, story->path, error);
}

static void contradict(comparison_t *self, const char *stored)
{
    json_reader_mistake(&self->reader, "contradicts what is stored in %s: %s", self->place, stored);
}

// ---- keys ----------------------------------------------------------------------------------------------------------

static void compare_key(comparison_t *self, int number, const char *member, const char *name, int64_t told,
                        const char *const *names)
{
    int64_t stored = image_get(self->stored, "key", number, name, 0);
    if (stored == told) return;
    char text[VALUE_TEXT_MAX];
    snprintf(text, sizeof text, "%" PRId64, stored);
    size_t mark = json_reader_enter(&self->reader, member);
    contradict(self, names ? names[stored != 0] : text);
    json_reader_leave(&self->reader, mark);
}

// As who reads the image takes it (cas/keys.c, scenarios/actors/fobs.c): without a secret there is no key, and no fob
// without a number either.
static bool is_key_stored(const comparison_t *self, int number)
{
    const image_entry_t *secret = image_find(self->stored, "key", number, "secret");
    int64_t personalization = image_get(self->stored, "key", number, "personalization", 0);
    if (!secret || secret->size != KEY_SECRET_SIZE) return false;
    return !self->fobs || (personalization >= 1 && personalization <= KEY_NUMBER_INVALID);
}

// True, at the key's place in the file, when the story tells that key and it is stored.
static bool enter_key(comparison_t *self, int number, size_t *mark)
{
    const story_told_key_t *told = &self->whole->told_keys[number];
    if (told->told) {
        *mark = json_reader_enter(&self->reader, "keys");
        json_reader_enter_index(&self->reader, told->index);
    }
    if (is_key_stored(self, number)) return told->told;
    char text[VALUE_TEXT_MAX];
    snprintf(text, sizeof text, "it has no key %d", number);
    contradict(self, text);
    if (told->told) json_reader_leave(&self->reader, *mark);
    return false;
}

static void compare_cas_keys(comparison_t *self)
{
    static const char *const YES[] = {"false", "true"};
    for (int number = 1; number <= KEY_COUNT_MAX; number++) {
        const story_told_key_t *told = &self->whole->told_keys[number];
        const car_plan_key_t *key = &self->whole->story.keys[number];
        size_t mark;
        if (!told->told || !enter_key(self, number, &mark)) continue;
        compare_key(self, number, "personalization", "personalization", key->personalization, NULL);
        if (told->blocked) compare_key(self, number, "blocked", "blocked", key->blocked, YES);
        if (told->learned) compare_key(self, number, "learned", "learned", key->learned, YES);
        json_reader_leave(&self->reader, mark);
    }
}

// The fob's own copy of its number may lag behind the CAS's table: that one is not compared.
bool story_fobs_agree(const story_t *story, const image_t *stored, const char *place, error_t *error)
{
    static const char *const BATTERY[] = {"ok", "low"};
    size_t before = error->count;
    comparison_t comparison, *self = &comparison;
    begin(self, story, stored, place, error);
    self->fobs = true;
    for (int number = 1; number <= KEY_COUNT_MAX; number++) {
        size_t mark;
        if (story->keys[number].personalization == 0 || !enter_key(self, number, &mark)) continue;
        if (self->whole->told_keys[number].battery)
            compare_key(self, number, "battery", "battery", story->keys[number].battery_low, BATTERY);
        json_reader_leave(&self->reader, mark);
    }
    return error->count == before;
}

// ---- Key Memory and coding -----------------------------------------------------------------------------------------

static void put_value(const dbc_signal_t *signal, int64_t raw, char text[VALUE_TEXT_MAX])
{
    const char *name = dbc_value_name(signal, raw);
    int wrote = name ? snprintf(text, VALUE_TEXT_MAX, "%s", name)
                     : snprintf(text, VALUE_TEXT_MAX, "%g%s%s", dbc_physical(signal, raw), signal->unit[0] ? " " : "",
                                signal->unit);
    text_end_cut(text, VALUE_TEXT_MAX, (size_t)wrote);
}

// profile/N/coded, profile/N/SETTING
static void compare_profile(comparison_t *self, const vehicle_node_t *entry, const image_entry_t *told)
{
    const char *profile = told->name + strlen("profile/"), *name = strchr(profile, '/') + 1;
    const char number[] = {*profile, '\0'};
    dbc_setting_t setting;
    bool coded = strcmp(name, "coded") == 0, known = dbc_setting(self->whole->story.dbc, entry->name, name, &setting);
    int64_t unwritten = coded ? 1 : known ? setting.signal->start_raw : 0;
    int64_t stored = image_get(self->stored, told->name, -1, NULL, unwritten);
    if (stored == told->value) return;
    char text[VALUE_TEXT_MAX];
    if (known && !coded) put_value(setting.signal, stored, text);
    json_reader_enter(&self->reader, number);
    if (!coded) json_reader_enter(&self->reader, name);
    contradict(self, coded ? (stored ? "it is coded" : "it is not coded") : text);
}

static void compare_option(comparison_t *self, const vehicle_node_t *entry, const image_entry_t *told)
{
    const char *name = told->name + strlen("coding/");
    const vehicle_option_t *option = vehicle_find_option(entry, name);
    if (!option) return;
    int64_t stored = image_get(self->stored, told->name, -1, NULL, option->standard);
    if (stored == told->value) return;
    json_reader_enter(&self->reader, name);
    contradict(self, stored >= 0 && stored < option->value_count ? option->values[stored] : "no such value");
}

static void compare_choice(comparison_t *self, const image_entry_t *told)
{
    int64_t stored = image_get(self->stored, told->name, -1, NULL, 0);
    if (stored == told->value) return;
    json_reader_enter(&self->reader, "memory");
    json_reader_enter(&self->reader, told->name + strlen("memory/"));
    contradict(self, stored ? "car" : "key");
}

static void compare_entry(comparison_t *self, const vehicle_node_t *entry, const image_entry_t *told)
{
    bool profile = strncmp(told->name, "profile/", strlen("profile/")) == 0;
    size_t mark = json_reader_enter(&self->reader, profile ? "key_memory" : "coding");
    json_reader_enter(&self->reader, entry->name);
    if (profile)
        compare_profile(self, entry, told);
    else if (strncmp(told->name, "coding/", strlen("coding/")) == 0)
        compare_option(self, entry, told);
    else
        compare_choice(self, told);
    json_reader_leave(&self->reader, mark);
}

bool story_agrees(const story_t *story, uint8_t node, const image_t *stored, const char *place, error_t *error)
{
    size_t before = error->count;
    comparison_t comparison, *self = &comparison;
    begin(self, story, stored, place, error);
    const vehicle_node_t *entry = &story->vehicle->nodes[node];
    const image_t *told = self->whole->images[node];
    for (uint32_t i = 0; told && i < told->count; i++) compare_entry(self, entry, &told->entries[i]);
    if (car_plan_keeps_keys(story->vehicle, node)) compare_cas_keys(self);
    return error->count == before;
}
