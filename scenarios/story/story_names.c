// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "scenarios/actors/workshop_requests.h"
#include "scenarios/story/story_parts.h"

#define LIST_MAX 320

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
    const char *text = list->length ? list->text : "there is none";
    if (member)
        json_reader_mistake_at(&self->reader, member, "unknown %s \"%.60s\" (%s)", what, name, text);
    else
        json_reader_mistake_of_name(&self->reader, "unknown %s \"%.60s\" (%s)", what, name, text);
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

bool story_find_setting(story_loader_t *self, uint8_t node, const char *name, dbc_setting_t *setting)
{
    const char *unit = self->story->vehicle->nodes[node].name;
    if (dbc_setting(self->story->dbc, unit, name, setting)) return true;
    list_t list = {.length = 0};
    for (dbc_setting_t each = {NULL, NULL}; dbc_next_setting(self->story->dbc, unit, &each);)
        list_add(&list, each.signal->setting);
    char what[VEHICLE_NAME_MAX + 32];
    snprintf(what, sizeof what, "setting of %s", unit);
    tell_unknown(self, NULL, what, name, &list);
    return false;
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
