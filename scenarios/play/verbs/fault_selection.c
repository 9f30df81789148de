// SPDX-License-Identifier: MIT
#include "scenarios/play/verbs/fault_selection.h"

#include <stdio.h>

#include "scenarios/play/controllers.h"
#include "scenarios/play/fault_words.h"

#define WHERE_MAX (VEHICLE_NAME_MAX + 8)

typedef struct {
    const vehicle_t *vehicle;
    const fault_t *fault;
    const dbc_message_t *message; // null: any
    char where[WHERE_MAX];        // " on kcan-p"; "" for any bus
} selection_t;

typedef bool fits_t(const selection_t *self, uint8_t bus);

static bool has_sender(const selection_t *self, uint8_t bus)
{
    int8_t sender = self->fault->sender;
    return sender == FAULT_ANY || controllers_are_on(self->vehicle, (uint8_t)sender, bus);
}

static bool has_receiver(const selection_t *self, uint8_t bus)
{
    int8_t to = self->fault->to;
    return to == FAULT_ANY || controllers_are_on(self->vehicle, (uint8_t)to, bus);
}

static bool is_sent(const selection_t *self, uint8_t bus)
{
    int8_t sender = self->fault->sender;
    return has_sender(self, bus) && (sender == FAULT_ANY || !self->message ||
                                     controllers_send(self->vehicle, (uint8_t)sender, bus, self->message));
}

static bool is_heard(const selection_t *self, uint8_t bus)
{
    return is_sent(self, bus) && has_receiver(self, bus);
}

// On the bus that it names, or on any of the vehicle's.
static bool fits_somewhere(const selection_t *self, fits_t *fits)
{
    for (uint8_t bus = 0; bus < self->vehicle->bus_count; bus++)
        if ((self->fault->bus == FAULT_ANY || self->fault->bus == (int)bus) && fits(self, bus)) return true;
    return false;
}

static void check(story_loader_t *loader, const selection_t *self)
{
    const fault_t *fault = self->fault;
    const vehicle_t *vehicle = self->vehicle;
    const char *sender = fault->sender == FAULT_ANY ? "" : controllers_name(vehicle, (uint8_t)fault->sender);
    const char *to = fault->to == FAULT_ANY ? "" : controllers_name(vehicle, (uint8_t)fault->to);
    bool is_there = fits_somewhere(self, has_sender), is_receiver_there = fits_somewhere(self, has_receiver);
    if (!is_there) json_reader_mistake_at(&loader->reader, "ecu", "\"%s\" is not%s", sender, self->where);
    if (!is_receiver_there) json_reader_mistake_at(&loader->reader, "to", "\"%s\" is not%s", to, self->where);
    if (fault->to != FAULT_ANY && fault->to == fault->sender)
        json_reader_mistake_at(&loader->reader, "to", "is the sender");
    else if (is_there && !fits_somewhere(self, is_sent))
        json_reader_mistake_at(&loader->reader, "message", "\"%s\" never sends it%s", sender, self->where);
    else if (is_there && is_receiver_there && !fits_somewhere(self, is_heard))
        json_reader_mistake_at(&loader->reader, "to", "\"%s\" is on no bus where \"%s\" sends it", to, sender);
}

void fault_selection_check(story_loader_t *loader, const fault_t *fault)
{
    const story_t *story = loader->story;
    if (!story->vehicle || !story->dbc || fault->medium != FAULT_OF_BUS) return;
    selection_t selection = {.vehicle = story->vehicle, .fault = fault};
    selection.message = fault_words_message(fault, story->dbc);
    if (fault->bus != FAULT_ANY)
        snprintf(selection.where, sizeof selection.where, " on %s", story->vehicle->buses[fault->bus].name);
    check(loader, &selection);
}
