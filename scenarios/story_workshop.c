// SPDX-License-Identifier: MIT
// The part of the format that needs diagnosis or faults on the buses. Its shape is checked, so that a mistake in it is
// told like any other; then it is refused by name.
#include <string.h>

#include "scenarios/story_parts.h"

#define ANY_NUMBER_FIELD(name, required)                                                                               \
    {                                                                                                                  \
        name, FIELD_NUMBER, required, offsetof(told_t, number), 0, 0,                                                  \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define TEXT_FIELD(name, required, member)                                                                             \
    {                                                                                                                  \
        name, FIELD_TEXT, required, offsetof(told_t, member), 0, 0,                                                    \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

typedef struct { // nothing of it is kept
    const char *ecu, *bus, *message, *refused, *request, *response, *dtc;
    const json_t *settings;
    double number;
    int64_t choice, count, time_ns;
    bool flag;
} told_t;

static void refuse(story_loader_t *self, const char *what)
{
    json_reader_mistake(&self->reader, "%s is part of the format, but this version cannot play it yet", what);
}

void story_load_service(story_loader_t *self, const json_t *json, story_step_t *step)
{
    static const field_t FIELDS_OF_SERVICE[] = {
        {"function",
         FIELD_CHOICE,
         true,
         offsetof(told_t, choice),
         0,
         0,
         {"block_key", "release_key", "set_personalization"}},
        ANY_NUMBER_FIELD("key", true),
        ANY_NUMBER_FIELD("personalization", false),
        TEXT_FIELD("refused", false, refused),
    };
    (void)step;
    told_t told = {.choice = -1};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_SERVICE), &told);
    bool personalization = json_object_get(json, "personalization");
    if (told.choice == 2 && !personalization)
        json_reader_mistake(&self->reader, "set_personalization needs a personalization");
    if ((told.choice == 0 || told.choice == 1) && personalization)
        json_reader_mistake(&self->reader, "personalization goes with set_personalization only");
    refuse(self, "service");
}

static void check_settings(story_loader_t *self, uint8_t node, const json_t *settings)
{
    const dbc_message_t *status = story_find_status(self, "ecu", node);
    if (!status) return;
    size_t mark = json_reader_enter(&self->reader, "settings");
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)settings, name, value)
    {
        size_t inner = json_reader_enter(&self->reader, name);
        story_find_setting(self, node, status, name);
        if (!json_is_number(value) && !json_is_string(value))
            json_reader_mistake(&self->reader, "must be a number or a name");
        json_reader_leave(&self->reader, inner);
    }
    json_reader_leave(&self->reader, mark);
}

void story_load_cip(story_loader_t *self, const json_t *json, story_step_t *step)
{
    static const field_t FIELDS_OF_CIP[] = {
        TEXT_FIELD("ecu", true, ecu),
        ANY_NUMBER_FIELD("profile", true),
        {"settings", FIELD_OBJECT, true, offsetof(told_t, settings), 0, 0, {0}},
        TEXT_FIELD("refused", false, refused),
    };
    (void)step;
    told_t told = {0};
    uint8_t node;
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_CIP), &told);
    if (story_find_node(self, "ecu", told.ecu, &node) && told.settings) check_settings(self, node, told.settings);
    refuse(self, "cip");
}

static void check_bytes(story_loader_t *self, const char *member, const char *text, const char *allowed)
{
    if (!text || strspn(text, allowed) == strlen(text)) return;
    size_t mark = json_reader_enter(&self->reader, member);
    json_reader_mistake(&self->reader, "must be bytes in hex");
    json_reader_leave(&self->reader, mark);
}

void story_load_uds(story_loader_t *self, const json_t *json, story_step_t *step)
{
    static const field_t FIELDS_OF_UDS[] = {
        TEXT_FIELD("ecu", true, ecu),
        TEXT_FIELD("request", true, request),
        TEXT_FIELD("response", false, response),
    };
    (void)step;
    told_t told = {0};
    uint8_t node;
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_UDS), &told);
    story_find_node(self, "ecu", told.ecu, &node);
    check_bytes(self, "request", told.request, "0123456789abcdefABCDEF ");
    check_bytes(self, "response", told.response, "0123456789abcdefABCDEF ?*");
    refuse(self, "uds");
}

void story_load_fault(story_loader_t *self, const json_t *json, story_step_t *step)
{
    static const field_t FIELDS_OF_FAULT[] = {
        {"kind",
         FIELD_CHOICE,
         true,
         offsetof(told_t, choice),
         0,
         0,
         {"drop", "corrupt", "delay", "duplicate", "noise", "babble", "cut"}},
        TEXT_FIELD("bus", false, bus),
        TEXT_FIELD("message", false, message),
        TEXT_FIELD("ecu", false, ecu),
        {"count", FIELD_INTEGER, false, offsetof(told_t, count), 1, 1000000, {0}},
        {"for", FIELD_TIME, false, offsetof(told_t, time_ns), 0, 0, {0}},
        {"by", FIELD_TIME, false, offsetof(told_t, time_ns), 0, 0, {0}},
    };
    (void)step;
    told_t told = {0};
    uint8_t index;
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_FAULT), &told);
    story_find_bus(self, "bus", told.bus, &index);
    story_find_node(self, "ecu", told.ecu, &index);
    story_find_message(self, "message", told.message);
    refuse(self, "fault");
}

void story_load_dtc(story_loader_t *self, const json_t *json)
{
    static const field_t FIELDS_OF_DTC[] = {
        TEXT_FIELD("ecu", true, ecu),
        TEXT_FIELD("dtc", true, dtc),
        {"active", FIELD_BOOLEAN, false, offsetof(told_t, flag), 0, 0, {0}},
    };
    told_t told = {0};
    uint8_t node;
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_DTC), &told);
    story_find_node(self, "ecu", told.ecu, &node);
    size_t length = told.dtc ? strlen(told.dtc) : 0;
    bool hex = length >= 3 && length <= 8 && strncmp(told.dtc, "0x", 2) == 0;
    if (told.dtc && !(hex && strspn(told.dtc + 2, "0123456789abcdefABCDEF") == length - 2)) {
        size_t mark = json_reader_enter(&self->reader, "dtc");
        json_reader_mistake(&self->reader, "must be a code like \"0x9907\"");
        json_reader_leave(&self->reader, mark);
    }
    refuse(self, "the condition dtc");
}

void story_load_bus_state(story_loader_t *self, const json_t *json)
{
    static const field_t FIELDS_OF_STATE[] = {
        TEXT_FIELD("bus", true, bus),
        {"state", FIELD_CHOICE, true, offsetof(told_t, choice), 0, 0, {"error-active", "error-passive", "bus-off"}},
        TEXT_FIELD("ecu", true, ecu),
    };
    told_t told = {0};
    uint8_t index;
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_STATE), &told);
    story_find_bus(self, "bus", told.bus, &index);
    story_find_node(self, "ecu", told.ecu, &index);
    refuse(self, "the condition on a bus error state");
}
