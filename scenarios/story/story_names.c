// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/actors/workshop_requests.h"
#include "scenarios/story/story_parts.h"

#define LIST_MAX 320
#define STEP_TOLERANCE 1e-9

// ---- lists of what there is ----------------------------------------------------------------------------------------

typedef struct {
    char text[LIST_MAX];
    size_t length;
} list_t;

static void list_add(list_t *self, const char *name)
{
    if (self->length == LIST_MAX) return;
    int wrote = snprintf(self->text + self->length, LIST_MAX - self->length, "%s%s", self->length ? ", " : "", name);
    if (wrote < 0) return;
    self->length += (size_t)wrote;
    if (self->length < LIST_MAX) return;
    self->length = LIST_MAX; // full: the end says that there is more
    size_t end = LIST_MAX - 4;
    while (end > 0 && ((unsigned char)self->text[end] & 0xC0) == 0x80) end--; // between characters
    memcpy(self->text + end, "...", 4);
}

static void tell_unknown(story_loader_t *self, const char *member, const char *what, const char *name,
                         const list_t *list)
{
    json_reader_mistake_at(&self->reader, member, "unknown %s \"%.60s\" (%s)", what, name,
                           list->length ? list->text : "there is none");
}

// ---- names ---------------------------------------------------------------------------------------------------------

bool story_find_node(story_loader_t *self, const char *member, const char *name, uint8_t *node)
{
    const vehicle_t *vehicle = self->story->vehicle;
    if (!vehicle || !name) return false;
    int found = vehicle_find_node(vehicle, name);
    *node = (uint8_t)found;
    if (found >= 0) return true;
    list_t list = {.length = 0};
    for (size_t i = 0; i < vehicle->node_count; i++) list_add(&list, vehicle->nodes[i].name);
    tell_unknown(self, member, "control unit", name, &list);
    return false;
}

bool story_find_bus(story_loader_t *self, const char *member, const char *name, uint8_t *bus)
{
    const vehicle_t *vehicle = self->story->vehicle;
    if (!vehicle || !name) return false;
    int found = vehicle_find_bus(vehicle, name);
    *bus = (uint8_t)found;
    if (found >= 0) return true;
    list_t list = {.length = 0};
    for (size_t i = 0; i < vehicle->bus_count; i++) list_add(&list, vehicle->buses[i].name);
    tell_unknown(self, member, "bus", name, &list);
    return false;
}

bool story_find_diagnosed(story_loader_t *self, const char *member, const char *name, uint8_t *node)
{
    self->story->diagnosis = true;
    if (!story_find_node(self, member, name, node)) return false;
    if (self->story->vehicle->nodes[*node].address != 0) return true;
    return json_reader_mistake_at(&self->reader, member, "control unit \"%s\" has no diagnostic address", name);
}

const dbc_message_t *story_find_message(story_loader_t *self, const char *member, const char *name)
{
    const dbc_t *dbc = self->story->dbc;
    if (!dbc || !name) return NULL;
    const dbc_message_t *message = dbc_message(dbc, name);
    if (message) return message;
    list_t list = {.length = 0};
    for (size_t i = 0; i < dbc->message_count; i++) list_add(&list, dbc->messages[i].name);
    tell_unknown(self, member, "message", name, &list);
    return NULL;
}

const dbc_signal_t *story_find_signal(story_loader_t *self, const dbc_message_t *message, const char *name)
{
    const dbc_signal_t *signal = dbc_signal(message, name);
    if (signal) return signal;
    list_t list = {.length = 0};
    for (size_t i = 0; i < message->signal_count; i++) list_add(&list, message->signals[i].name);
    tell_unknown(self, NULL, "signal", name, &list);
    return NULL;
}

const dbc_message_t *story_find_status(story_loader_t *self, const char *member, uint8_t node)
{
    const char *name = self->story->vehicle->nodes[node].name;
    const dbc_message_t *status = dbc_status_message(self->story->dbc, name);
    if (status) return status;
    json_reader_mistake_at(&self->reader, member, "control unit \"%s\" has no Key Memory", name);
    return NULL;
}

const dbc_signal_t *story_find_setting(story_loader_t *self, uint8_t node, const dbc_message_t *status,
                                       const char *name)
{
    const dbc_signal_t *signal = dbc_setting(status, name);
    if (signal) return signal;
    list_t list = {.length = 0};
    for (size_t i = 0; i < status->signal_count; i++)
        if (status->signals[i].setting) list_add(&list, status->signals[i].setting);
    char what[VEHICLE_NAME_MAX + 32];
    snprintf(what, sizeof what, "setting of %s", self->story->vehicle->nodes[node].name);
    tell_unknown(self, NULL, what, name, &list);
    return NULL;
}

const vehicle_option_t *story_find_option(story_loader_t *self, uint8_t node, const char *name)
{
    const vehicle_node_t *entry = &self->story->vehicle->nodes[node];
    const vehicle_option_t *option = vehicle_find_option(entry, name);
    if (option) return option;
    list_t list = {.length = 0};
    for (size_t i = 0; i < entry->option_count; i++) list_add(&list, entry->options[i].name);
    if (dbc_status_message(self->story->dbc, entry->name)) list_add(&list, "memory");
    char what[VEHICLE_NAME_MAX + 32];
    snprintf(what, sizeof what, "coding option of %s", entry->name);
    tell_unknown(self, NULL, what, name, &list);
    return NULL;
}

bool story_check_key(story_loader_t *self, const char *member, int64_t key)
{
    if (key < 1 || key > KEY_COUNT_MAX) return false; // the reader has told it
    if (self->story->keys[key].personalization > 0) return true;
    list_t list = {.length = 0};
    for (int i = 1; i <= KEY_COUNT_MAX; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", i);
        if (self->story->keys[i].personalization > 0) list_add(&list, number);
    }
    return json_reader_mistake_at(&self->reader, member, "this story has no key %d (%s)", (int)key,
                                  list.length ? list.text : "it has none");
}

// ---- values --------------------------------------------------------------------------------------------------------

static bool tell_range(story_loader_t *self, const dbc_signal_t *signal)
{
    double low, high;
    dbc_physical_range(signal, &low, &high);
    char names[LIST_MAX + 16] = "";
    list_t list = {.length = 0};
    for (size_t i = 0; i < signal->value_count; i++) list_add(&list, signal->values[i].name);
    if (list.length > 0) snprintf(names, sizeof names, ", or a name: %s", list.text);
    if (signal->kind != DBC_INTEGER)
        return json_reader_mistake(&self->reader, "must be a number from %g to %g%s%s%s", low, high,
                                   *signal->unit ? " " : "", signal->unit, names);
    return json_reader_mistake(&self->reader, "must be %g to %g%s%s in steps of %g%s", low, high,
                               *signal->unit ? " " : "", signal->unit, fabs(signal->factor), names);
}

static bool load_named(story_loader_t *self, const dbc_signal_t *signal, const char *name, value_use_t use,
                       story_value_t *value)
{
    int64_t raw;
    bool known = dbc_value_raw(signal, name, &raw);
    if (known && use != VALUE_SIGNAL && use != VALUE_CODED)
        known = raw >= dbc_raw_minimum(signal) && raw <= dbc_raw_maximum(signal);
    if (!known) return tell_range(self, signal);
    double physical = dbc_physical(signal, raw);
    if (use == VALUE_CODED) raw = identifiers_saturate(raw);
    *value = (story_value_t){.signal = signal, .exact = true, .raw = raw, .physical = physical};
    return true;
}

bool story_load_value(story_loader_t *self, const dbc_signal_t *signal, const json_t *json, value_use_t use,
                      story_value_t *value)
{
    if (json_is_string(json)) return load_named(self, signal, json_string_value(json), use, value);
    if (!json_is_number(json)) return tell_range(self, signal);
    double physical = json_number_value(json);
    int64_t raw;
    if (use == VALUE_CODED) {
        *value = (story_value_t){.signal = signal, .raw = workshop_raw(signal, physical), .physical = physical};
        return true;
    }
    if (use == VALUE_EXPECTED) {
        double steps = (physical - signal->offset) / signal->factor;
        double low = (double)dbc_raw_minimum(signal), high = (double)dbc_raw_maximum(signal);
        if (!(steps >= low - STEP_TOLERANCE && steps <= high + STEP_TOLERANCE)) return tell_range(self, signal);
        raw = (int64_t)llround(steps);
    } else if (!dbc_raw(signal, physical, &raw)) {
        return tell_range(self, signal);
    }
    bool exact = signal->value_count > 0 || signal->kind != DBC_INTEGER; // floating-point numbers have no step
    *value = (story_value_t){.signal = signal, .exact = exact, .raw = raw, .physical = physical};
    return true;
}
