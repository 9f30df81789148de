// SPDX-License-Identifier: MIT
#include "bus/car/image_rules.h"

#include <string.h>

#include "bus/car/key_radio.h"
#include "bus/car/units.h"

#define PROFILES KEY_PERSONALIZATION_MAX
#define FAULT_SIZE 11 // of an entry of the fault memory; one byte less without context

typedef struct {
    const char *name;
    int64_t least, most;
    uint8_t size; // of bytes, 0: an integer
    bool cas_only;
} member_t;

// Of a key: all of them, or none.
static const member_t OF_KEY[] = {
    {"secret", 0, 0, KEY_SECRET_SIZE, false},
    {"personalization", 0, PROFILES, 0, false}, // 0: the CAS does not know one
    {"counter", 0, UINT32_MAX, 0, false},
    {"battery", 0, 1, 0, false},
    {"learned", 0, 1, 0, true},
    {"blocked", 0, 1, 0, true},
};
#define OF_KEY_COUNT (sizeof OF_KEY / sizeof OF_KEY[0])

static bool is_integer(const image_entry_t *entry, int64_t least, int64_t most)
{
    return entry->size == 0 && entry->value >= least && entry->value <= most;
}

// What stands behind "PREFIX/", or null.
static const char *behind(const image_entry_t *entry, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(entry->name, prefix, length) == 0 && entry->name[length] == '/' ? entry->name + length + 1 : NULL;
}

// ---- keys ----------------------------------------------------------------------------------------------------------

// The fob of a key without a number says so: KEY_NUMBER_INVALID.
static bool is_member(const image_entry_t *entry, const member_t *member, bool cas)
{
    if (member->size > 0) return entry->size == member->size;
    bool number = !cas && member->most == PROFILES;
    return number ? is_integer(entry, 1, KEY_NUMBER_INVALID) : is_integer(entry, member->least, member->most);
}

static bool keys_hold(const image_t *image, bool cas, const char **name)
{
    for (int key = 1; key <= KEY_COUNT_MAX; key++) {
        const image_entry_t *entries[OF_KEY_COUNT];
        bool any = false;
        for (size_t i = 0; i < OF_KEY_COUNT; i++) {
            entries[i] = image_find(image, "key", key, OF_KEY[i].name);
            any |= entries[i] != NULL;
        }
        for (size_t i = 0; any && i < OF_KEY_COUNT; i++) {
            if (!cas && OF_KEY[i].cas_only) continue;
            *name = entries[i] ? entries[i]->name : OF_KEY[i].name;
            if (!entries[i] || !is_member(entries[i], &OF_KEY[i], cas)) return false;
        }
    }
    return true;
}

// "N/…" with N a key's number.
static bool is_key_number(const char *rest)
{
    bool ten = rest[0] == '1' && rest[1] == '0' && rest[2] == '/';
    return ten || (rest[0] >= '1' && rest[0] <= '9' && rest[1] == '/');
}

// ---- Key Memory ----------------------------------------------------------------------------------------------------

static bool is_setting(const vehicle_node_t *node, const dbc_t *dbc, const char *name, const image_entry_t *entry)
{
    dbc_setting_t setting;
    if (!dbc_setting(dbc, node->name, name, &setting)) return true; // another DBC's, or the unit's own
    return is_integer(entry, dbc_raw_minimum(setting.signal), dbc_raw_maximum(setting.signal));
}

static bool is_profile(const vehicle_node_t *node, const dbc_t *dbc, const char *rest, const image_entry_t *entry)
{
    if (rest[0] < '1' || rest[0] > '0' + PROFILES || rest[1] != '/') return false;
    if (strcmp(rest + 2, "coded") == 0) return is_integer(entry, 0, 1);
    return is_setting(node, dbc, rest + 2, entry);
}

// A unit stores a setting for each profile, and the active one with them; a story's first image has what it told.
static bool profiles_hold(const vehicle_node_t *node, const dbc_t *dbc, const image_t *image, const char **name)
{
    dbc_setting_t setting = {NULL, NULL};
    while (dbc_next_setting(dbc, node->name, &setting)) {
        *name = setting.signal->setting;
        if (!image_find(image, "car", -1, *name)) continue;
        for (int profile = 1; profile <= PROFILES; profile++)
            if (!image_find(image, "profile", profile, *name)) return false;
        *name = "active";
        if (!image_find(image, *name, -1, NULL)) return false;
        *name = "coded";
        for (int profile = 1; profile <= PROFILES; profile++)
            if (!image_find(image, "profile", profile, *name)) return false;
    }
    return true;
}

// ---- every unit ----------------------------------------------------------------------------------------------------

static bool is_option(const vehicle_node_t *node, const char *name, const image_entry_t *entry)
{
    const vehicle_option_t *option = vehicle_find_option(node, name);
    return !option || is_integer(entry, 0, option->value_count - 1);
}

static bool entry_holds(const vehicle_node_t *node, const dbc_t *dbc, const image_entry_t *entry)
{
    const char *rest;
    if ((rest = behind(entry, "coding"))) return is_option(node, rest, entry);
    if (behind(entry, "memory")) return is_integer(entry, 0, 1);
    if (behind(entry, "fault")) return entry->size == FAULT_SIZE || entry->size == FAULT_SIZE - 1;
    if (strcmp(entry->name, "security/attempts") == 0) return is_integer(entry, 1, 3);
    if (strcmp(entry->name, "active") == 0) return is_integer(entry, 0, PROFILES);
    if ((rest = behind(entry, "profile"))) return is_profile(node, dbc, rest, entry);
    if ((rest = behind(entry, "car")) || (rest = behind(entry, "position"))) return is_setting(node, dbc, rest, entry);
    return true;
}

bool image_rules_hold(const vehicle_node_t *node, const dbc_t *dbc, const image_t *image, const char **name)
{
    bool cas = node && strcmp(node->executable, UNIT_CAS) == 0;
    for (uint32_t i = 0; i < image->count; i++) {
        const image_entry_t *entry = &image->entries[i];
        const char *key = cas || !node ? behind(entry, "key") : NULL;
        *name = entry->name;
        if (key && !is_key_number(key)) return false;
        if (node && !entry_holds(node, dbc, entry)) return false;
    }
    return (cas || !node ? keys_hold(image, cas, name) : true) && (!node || profiles_hold(node, dbc, image, name));
}
