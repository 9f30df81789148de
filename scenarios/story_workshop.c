// SPDX-License-Identifier: MIT
// The part of the format that is diagnosis. What needs faults on the buses has its shape checked, so that a mistake in
// it is told like any other; then it is refused by name.
#include <string.h>

#include "bus/hex.h"
#include "scenarios/story_parts.h"
#include "bus/car/units.h"

#define CODE_DIGITS_MAX 6

typedef struct { // the members that these verbs and conditions may have
    const char *ecu, *bus, *message, *refused, *request;
    const json_t *settings, *response;
    double key, personalization, profile;
    int64_t choice, count, time_ns;
} told_t;

#define TOLD(member) offsetof(told_t, member)

static void refuse(story_loader_t *self, const char *what)
{
    json_reader_mistake(&self->reader, "%s is part of the format, but this version cannot play it yet", what);
}

// ---- what the workshop's verbs share -------------------------------------------------------------------------------

bool story_find_diagnosed(story_loader_t *self, const char *member, const char *name, uint8_t *node)
{
    self->story->diagnosis = true;
    if (!story_find_node(self, member, name, node)) return false;
    if (self->story->vehicle->nodes[*node].address != 0) return true;
    return json_reader_mistake_at(&self->reader, member, "control unit \"%s\" has no diagnostic address", name);
}

static void load_refusal(story_loader_t *self, const told_t *told, uint8_t *refused)
{
    if (told->refused && !uds_nrc_find(told->refused, refused))
        json_reader_mistake_at(&self->reader, "refused",
                               "must be the name of a negative response, like \"requestOutOfRange\"");
}

bool story_load_fault_code(story_loader_t *self, const char *text, uint32_t *code)
{
    if (!text) return false;
    if (hex_number(text, CODE_DIGITS_MAX, code)) return true;
    return json_reader_mistake_at(&self->reader, "dtc", "must be a code like \"0x9907\"");
}

// ---- service -------------------------------------------------------------------------------------------------------

static bool find_cas(story_loader_t *self, uint8_t *node)
{
    const vehicle_t *vehicle = self->story->vehicle;
    if (!vehicle) return false;
    int cas = vehicle_find_kind(vehicle, UNIT_CAS);
    if (cas >= 0) return story_find_diagnosed(self, NULL, vehicle->nodes[cas].name, node);
    return json_reader_mistake(&self->reader, "this vehicle has no Car Access System");
}

void story_load_service(story_loader_t *self, const json_t *json, story_step_t *step)
{
    static const field_t FIELDS_OF_SERVICE[] = {
        {"function", FIELD_CHOICE, true, TOLD(choice), 0, 0, {STORY_FUNCTIONS}},
        {"key", FIELD_NUMBER, true, TOLD(key), 0, 0, {0}},
        {"personalization", FIELD_NUMBER, false, TOLD(personalization), 0, 0, {0}},
        {"refused", FIELD_TEXT, false, TOLD(refused), 0, 0, {0}},
    };
    told_t told = {.choice = -1};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_SERVICE), &told);
    bool personalization = json_object_get(json, "personalization");
    bool assigns = told.choice == WORKSHOP_SET_PERSONALIZATION;
    if (assigns && !personalization) json_reader_mistake(&self->reader, "set_personalization needs a personalization");
    if (told.choice >= 0 && !assigns && personalization)
        json_reader_mistake(&self->reader, "personalization goes with set_personalization only");
    story_service_t *service = &step->service;
    *service = (story_service_t){.service = {.key = told.key, .personalization = told.personalization}};
    if (told.choice >= 0) service->service.function = (workshop_function_t)told.choice;
    load_refusal(self, &told, &service->refused);
    find_cas(self, &service->node);
}

// ---- cip -----------------------------------------------------------------------------------------------------------

static void load_changes(story_loader_t *self, const json_t *json, story_cip_t *cip)
{
    const dbc_message_t *status = story_find_status(self, "ecu", cip->node);
    if (!status) return;
    workshop_settings_t settings = workshop_settings(status);
    workshop_change_t *changes = arena_allocate(&self->whole->arena, json_object_size(json), sizeof *changes);
    story_value_t *values = arena_allocate(&self->whole->arena, json_object_size(json), sizeof *values);
    cip->coding.settings = settings.count;
    cip->coding.changes = changes;
    cip->values = values;
    size_t mark = json_reader_enter(&self->reader, "settings");
    const char *name;
    json_t *json_value;
    json_object_foreach((json_t *)(uintptr_t)json, name, json_value)
    {
        size_t inner = json_reader_enter(&self->reader, name);
        const dbc_signal_t *signal = story_find_setting(self, cip->node, status, name);
        int index = workshop_find_setting(&settings, name);
        story_value_t value;
        if (signal && index >= 0 && story_load_value(self, signal, json_value, VALUE_CODED, &value)) {
            values[cip->coding.count] = value;
            changes[cip->coding.count++] = (workshop_change_t){(size_t)index, (int16_t)value.raw};
        }
        json_reader_leave(&self->reader, inner);
    }
    json_reader_leave(&self->reader, mark);
}

void story_load_cip(story_loader_t *self, const json_t *json, story_step_t *step)
{
    static const field_t FIELDS_OF_CIP[] = {
        {"ecu", FIELD_TEXT, true, TOLD(ecu), 0, 0, {0}},
        {"profile", FIELD_NUMBER, true, TOLD(profile), 0, 0, {0}},
        {"settings", FIELD_OBJECT, true, TOLD(settings), 0, 0, {0}},
        {"refused", FIELD_TEXT, false, TOLD(refused), 0, 0, {0}},
    };
    told_t told = {0};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_CIP), &told);
    story_cip_t *cip = &step->cip;
    *cip = (story_cip_t){.coding = {.profile = told.profile}};
    load_refusal(self, &told, &cip->refused);
    if (story_find_diagnosed(self, "ecu", told.ecu, &cip->node) && told.settings)
        load_changes(self, told.settings, cip);
}

// ---- uds -----------------------------------------------------------------------------------------------------------

// The text without its blanks, letters in upper case.
static char *strip(story_loader_t *self, const char *text)
{
    char *stripped = arena_text(&self->whole->arena, text), *end = stripped;
    for (; *text; text++)
        if (*text != ' ') *end++ = *text >= 'a' && *text <= 'f' ? (char)(*text - 'a' + 'A') : *text;
    *end = '\0';
    return stripped;
}

static void load_request(story_loader_t *self, const char *text, story_uds_t *uds)
{
    const char *hex = strip(self, text);
    size_t digits = strlen(hex);
    if (digits == 0 || digits % 2 != 0 || digits / 2 > UDS_MESSAGE_MAX || strspn(hex, HEX_DIGITS_ANY) != digits) {
        json_reader_mistake_at(&self->reader, "request",
                               "must be 1 to 4095 bytes of two hex digits each, like \"22 F1 90\"");
        return;
    }
    uint8_t *bytes = arena_allocate(&self->whole->arena, digits / 2, 1);
    for (size_t i = 0; i < digits; i++) bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | hex_value(hex[i]));
    uds->request = bytes;
    uds->size = digits / 2;
}

// Nothing told: any answer will do, but there must be one; none, when the request asks for silence.
static void load_response(story_loader_t *self, const json_t *json, story_uds_t *uds)
{
    const char *text = json_string_value(json);
    bool suppressed = uds->size > 1 && uds_has_sub_function(uds->request[0]) && (uds->request[1] & UDS_SUPPRESS) != 0;
    if (!json) {
        uds->response = suppressed ? RESPONSE_NONE : RESPONSE_ANY;
        return;
    }
    uds->pattern = strip(self, text ? text : "x");
    size_t digits = strspn(uds->pattern, HEX_DIGITS_ANY "?");
    uds->response = *uds->pattern ? RESPONSE_PATTERN : RESPONSE_NONE;
    bool prefix = strcmp(uds->pattern + digits, "*") == 0;
    if (!prefix && (uds->pattern[digits] != '\0' || digits % 2 != 0))
        json_reader_mistake_at(&self->reader, "response",
                               "must be bytes in hex like \"62 F1 90 *\", ? for any digit, * at the end");
}

void story_load_uds(story_loader_t *self, const json_t *json, story_step_t *step)
{
    static const field_t FIELDS_OF_UDS[] = {
        {"ecu", FIELD_TEXT, true, TOLD(ecu), 0, 0, {0}},
        {"request", FIELD_TEXT, true, TOLD(request), 0, 0, {0}},
        {"response", FIELD_ANY, false, TOLD(response), 0, 0, {0}},
    };
    told_t told = {0};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_UDS), &told);
    story_uds_t *uds = &step->uds;
    *uds = (story_uds_t){.size = 0};
    story_find_diagnosed(self, "ecu", told.ecu, &uds->node);
    if (told.request) load_request(self, told.request, uds);
    load_response(self, told.response, uds);
}

// ---- not of this version -------------------------------------------------------------------------------------------

void story_load_fault(story_loader_t *self, const json_t *json, story_step_t *step)
{
    static const field_t FIELDS_OF_FAULT[] = {
        {"kind",
         FIELD_CHOICE,
         true,
         TOLD(choice),
         0,
         0,
         {"drop", "corrupt", "delay", "duplicate", "noise", "babble", "cut"}},
        {"bus", FIELD_TEXT, false, TOLD(bus), 0, 0, {0}},
        {"message", FIELD_TEXT, false, TOLD(message), 0, 0, {0}},
        {"ecu", FIELD_TEXT, false, TOLD(ecu), 0, 0, {0}},
        {"count", FIELD_INTEGER, false, TOLD(count), 1, 1000000, {0}},
        {"for", FIELD_TIME, false, TOLD(time_ns), 0, 0, {0}},
        {"by", FIELD_TIME, false, TOLD(time_ns), 0, 0, {0}},
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

void story_load_bus_state(story_loader_t *self, const json_t *json)
{
    static const field_t FIELDS_OF_STATE[] = {
        {"bus", FIELD_TEXT, true, TOLD(bus), 0, 0, {0}},
        {"state", FIELD_CHOICE, true, TOLD(choice), 0, 0, {"error-active", "error-passive", "bus-off"}},
        {"ecu", FIELD_TEXT, true, TOLD(ecu), 0, 0, {0}},
    };
    told_t told = {0};
    uint8_t index;
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_STATE), &told);
    story_find_bus(self, "bus", told.bus, &index);
    story_find_node(self, "ecu", told.ecu, &index);
    refuse(self, "the condition on a bus error state");
}
