// SPDX-License-Identifier: MIT
// state, tec, rec: how a node stands on a bus by its fault confinement, in the medium now; without power it has no
// state and no counters. error: an error frame is seen.
#include <inttypes.h>
#include <math.h>

#include "scenarios/play/conditions.h"
#include "scenarios/play/conditions/seen.h"
#include "scenarios/play/controllers.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"
#include "scenarios/story/words_step.h"

#define COUNTER_MAX UINT16_MAX
#define STATES "error-active", "error-passive", "bus-off" // can_bus_error_state_t

static const char *const STATE_NAMES[] = {STATES};

typedef struct { // what a counter is asked for; minimum == maximum: that number
    bool told;
    double minimum, maximum; // infinite where nothing was told
} counter_t;

typedef struct {
    int64_t state; // of `state`: can_bus_error_state_t
    counter_t tec, rec;
} bus_state_t;

// ---- what the file says --------------------------------------------------------------------------------------------

typedef struct {
    const char *bus, *ecu;
    const json_t *tec, *rec;
    int64_t state;
    bool error;
} told_t;

#define TOLD(member) offsetof(told_t, member)

static void load_place(story_loader_t *loader, const told_t *told, condition_t *condition)
{
    const vehicle_t *vehicle = loader->story->vehicle;
    story_load_condition_bus(loader, told->bus, condition);
    condition->has_sender = controllers_find(loader, "ecu", told->ecu, &condition->node);
    if (!condition->has_sender || condition->bus == STORY_ANY_BUS) return;
    if (!controllers_are_on(vehicle, condition->node, (uint8_t)condition->bus))
        json_reader_mistake_at(&loader->reader, "ecu", "\"%s\" is not on %s",
                               controllers_name(vehicle, condition->node), vehicle->buses[condition->bus].name);
}

static void load_state(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    static const field_t FIELDS_OF_STATE[] = {
        {"bus", FIELD_TEXT, true, TOLD(bus), 0, 0, {0}},
        {"state", FIELD_CHOICE, true, TOLD(state), 0, 0, {STATES}},
        {"ecu", FIELD_TEXT, true, TOLD(ecu), 0, 0, {0}},
    };
    told_t told = {0};
    (void)use;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_STATE), &told);
    bus_state_t *state = story_allocate(loader, 1, sizeof *state);
    state->state = told.state;
    condition->told = state;
    load_place(loader, &told, condition);
}

static void load_range(story_loader_t *loader, const json_t *json, counter_t *counter)
{
    static const field_t FIELDS_OF_RANGE[] = {
        {"min", FIELD_NUMBER, false, offsetof(counter_t, minimum), 0, 0, {0}},
        {"max", FIELD_NUMBER, false, offsetof(counter_t, maximum), 0, 0, {0}},
    };
    if (!json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_RANGE), counter)) return;
    if (json_object_size(json) == 0)
        json_reader_mistake(&loader->reader, "must be a number or {\"min\": A, \"max\": B}");
    else if (counter->minimum > counter->maximum)
        json_reader_mistake_at(&loader->reader, "max", "must not be below min, %.15g", counter->minimum);
}

static void load_counter(story_loader_t *loader, const json_t *json, const char *name, counter_t *counter)
{
    static const field_t NUMBER = {.kind = FIELD_INTEGER, .maximum = COUNTER_MAX};
    *counter = (counter_t){.told = json, .minimum = -INFINITY, .maximum = INFINITY};
    if (!json) return;
    int64_t number = 0;
    size_t mark = json_reader_enter(&loader->reader, name);
    if (json_is_object(json))
        load_range(loader, json, counter);
    else if (json_reader_value(&loader->reader, json, &NUMBER, &number))
        counter->minimum = counter->maximum = (double)number;
    json_reader_leave(&loader->reader, mark);
}

static void load_counters(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    static const field_t FIELDS_OF_COUNTERS[] = {
        {"bus", FIELD_TEXT, true, TOLD(bus), 0, 0, {0}},
        {"ecu", FIELD_TEXT, true, TOLD(ecu), 0, 0, {0}},
        {"tec", FIELD_ANY, false, TOLD(tec), 0, 0, {0}},
        {"rec", FIELD_ANY, false, TOLD(rec), 0, 0, {0}},
    };
    told_t told = {0};
    (void)use;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_COUNTERS), &told);
    bus_state_t *state = story_allocate(loader, 1, sizeof *state);
    condition->told = state;
    load_place(loader, &told, condition);
    load_counter(loader, told.tec, "tec", &state->tec);
    load_counter(loader, told.rec, "rec", &state->rec);
}

static void load_error(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    static const field_t FIELDS_OF_ERROR[] = {
        {"bus", FIELD_TEXT, true, TOLD(bus), 0, 0, {0}},
        {"error", FIELD_TRUE, true, TOLD(error), 0, 0, {0}},
        {"ecu", FIELD_TEXT, false, TOLD(ecu), 0, 0, {0}},
    };
    told_t told = {0};
    (void)use;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_ERROR), &told);
    load_place(loader, &told, condition);
}

// ---- as JSON again, and in words -----------------------------------------------------------------------------------

static const char *name_of(const story_t *story, const condition_t *condition)
{
    return controllers_name(story->vehicle, condition->node);
}

static void write_place(const story_t *story, const condition_t *condition, json_t *object)
{
    story_write_condition_bus(story, condition, object);
    if (condition->has_sender) json_object_set_new(object, "ecu", json_string(name_of(story, condition)));
}

static void write_state(const story_t *story, const condition_t *condition, json_t *object)
{
    const bus_state_t *told = condition->told;
    write_place(story, condition, object);
    json_object_set_new(object, "state", json_string(STATE_NAMES[told->state]));
}

static void write_counter(const counter_t *counter, const char *name, json_t *object)
{
    if (!counter->told) return;
    if (counter->minimum == counter->maximum) {
        json_object_set_new(object, name, story_write_number(counter->minimum));
        return;
    }
    json_t *range = json_object();
    if (isfinite(counter->minimum)) json_object_set_new(range, "min", story_write_number(counter->minimum));
    if (isfinite(counter->maximum)) json_object_set_new(range, "max", story_write_number(counter->maximum));
    json_object_set_new(object, name, range);
}

static void write_counters(const story_t *story, const condition_t *condition, json_t *object)
{
    const bus_state_t *told = condition->told;
    write_place(story, condition, object);
    write_counter(&told->tec, "tec", object);
    write_counter(&told->rec, "rec", object);
}

static void write_error(const story_t *story, const condition_t *condition, json_t *object)
{
    write_place(story, condition, object);
    json_object_set_new(object, "error", json_true());
}

static void add_state_words(words_t *words, const story_t *story, const condition_t *condition)
{
    const bus_state_t *told = condition->told;
    words_add(words, "%s %s", name_of(story, condition), STATE_NAMES[told->state]);
    words_add_condition_bus(words, story, condition);
}

static void add_counter_words(words_t *words, const char *name, const counter_t *counter)
{
    if (!counter->told) return;
    bool from = isfinite(counter->minimum), to = isfinite(counter->maximum), both = from && to;
    words_add(words, " %s", name);
    if (both && counter->minimum == counter->maximum)
        words_add(words, "=%.15g", counter->minimum);
    else if (both)
        words_add(words, "=%.15g .. %.15g", counter->minimum, counter->maximum);
    else
        words_add(words, from ? ">=%.15g" : "<=%.15g", from ? counter->minimum : counter->maximum);
}

static void add_counters_words(words_t *words, const story_t *story, const condition_t *condition)
{
    const bus_state_t *told = condition->told;
    words_add(words, "%s", name_of(story, condition));
    add_counter_words(words, "TEC", &told->tec);
    add_counter_words(words, "REC", &told->rec);
    words_add_condition_bus(words, story, condition);
}

static void add_error_words(words_t *words, const story_t *story, const condition_t *condition)
{
    words_add(words, "error frame");
    if (condition->has_sender) words_add(words, " of a frame of %s", name_of(story, condition));
    words_add_condition_bus(words, story, condition);
}

// ---- what happens --------------------------------------------------------------------------------------------------

typedef struct {
    bool powered;
    can_bus_error_state_t state;
    unsigned tec, rec;
} standing_t;

// A story's power steps take effect at once, the kernel's requests at the end of the instant; so does the power with
// which a story begins. Who gets it now begins with counters at 0.
static standing_t stand_of(const condition_t *condition, const condition_context_t *context)
{
    const can_bus_t *bus = kernel_bus(context->kernel, (uint8_t)condition->bus);
    uint8_t node = condition->node;
    if (node != KERNEL_STRANGER && !kernel_will_be_powered(context->kernel, node))
        return (standing_t){.powered = false};
    if (!index_set_has(bus->powered, node)) return (standing_t){.powered = true, .state = CAN_BUS_ERROR_ACTIVE};
    return (standing_t){.powered = true,
                        .state = can_bus_error_state(bus, node),
                        .tec = can_bus_transmit_errors(bus, node),
                        .rec = can_bus_receive_errors(bus, node)};
}

static bool is_in_state(const condition_t *condition, const condition_context_t *context)
{
    const bus_state_t *told = condition->told;
    standing_t stand = stand_of(condition, context);
    return stand.powered && stand.state == (can_bus_error_state_t)told->state;
}

static bool fits(const counter_t *counter, unsigned count)
{
    return !counter->told || (count >= counter->minimum && count <= counter->maximum);
}

static bool has_counted(const condition_t *condition, const condition_context_t *context)
{
    const bus_state_t *told = condition->told;
    standing_t stand = stand_of(condition, context);
    return stand.powered && fits(&told->tec, stand.tec) && fits(&told->rec, stand.rec);
}

static void add_seen(words_t *words, const story_t *story, const condition_t *condition,
                     const condition_context_t *context)
{
    standing_t stand = stand_of(condition, context);
    words_add(words, "%s", name_of(story, condition));
    words_add_condition_bus(words, story, condition);
    if (stand.powered)
        words_add(words, ": %s, TEC %u, REC %u", STATE_NAMES[stand.state], stand.tec, stand.rec);
    else
        words_add(words, ": no power");
}

static void add_seen_errors(words_t *words, const story_t *story, const condition_t *condition,
                            const condition_context_t *context)
{
    const car_view_last_t *last = &context->memories[condition->slot].last;
    char text[FRAME_TEXT_MAX];
    if (!last->seen) {
        words_add(words, "no error frame");
        words_add_condition_bus(words, story, condition);
        words_add(words, " since the step was reached");
        return;
    }
    words_add(words, "error frame of %s of %s", frame_format(&last->frame, text),
              controllers_name(story->vehicle, last->node));
    seen_add_place(words, story, last);
}

const condition_kind_t condition_bus_state = {.mark = "state",
                                              .family = CONDITION_OF_STATE,
                                              .load = load_state,
                                              .write = write_state,
                                              .words = add_state_words,
                                              .seen = add_seen,
                                              .holds = is_in_state};

#define COUNTERS(member)                                                                                               \
    {                                                                                                                  \
        .mark = (member), .family = CONDITION_OF_STATE, .load = load_counters, .write = write_counters,                \
        .words = add_counters_words, .seen = add_seen, .holds = has_counted                                            \
    }

const condition_kind_t condition_tec = COUNTERS("tec");
const condition_kind_t condition_rec = COUNTERS("rec");

const condition_kind_t condition_error = {.mark = "error",
                                          .family = CONDITION_OF_FRAMES,
                                          .of_errors = true,
                                          .load = load_error,
                                          .write = write_error,
                                          .words = add_error_words,
                                          .seen = add_seen_errors};
