// SPDX-License-Identifier: MIT
#include "tools/story_timeline.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/time.h"
#include "scenarios/story/words_step.h"

#define BINS 256 // an even number: two become one
#define BIN_NS (1 * TIME_MS)
#define POINTS 512 // likewise
#define CURVES_MAX 64
#define STEPS_MAX 2000
#define LINE_MAX 1024
#define NUMBER_TEXT_MAX 32

typedef struct {
    size_t frames;
    int64_t bin_ns;
    uint32_t counts[BINS];
} bus_line_t;

typedef struct {
    int64_t time_ns, raw;
} point_t;

typedef struct {
    const char *unit, *name;
    const dbc_message_t *message;
    const dbc_signal_t *signal;
    size_t count;
    int64_t apart_ns; // that points are at least, so that there is room for them
    bool known;
    int64_t raw; // last, a point or not
    point_t points[POINTS];
} curve_t;

struct story_timeline {
    const story_t *story;
    size_t step_count, more_steps; // that are kept, that are not
    int64_t steps_ns[STEPS_MAX];
    bus_line_t buses[VEHICLE_BUSES_MAX];
    size_t curve_count;
    curve_t curves[CURVES_MAX];
};

story_timeline_t *story_timeline_new(void)
{
    story_timeline_t *self = calloc(1, sizeof *self);
    assert(self);
    return self;
}

void story_timeline_destroy(story_timeline_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

// ---- beginning -----------------------------------------------------------------------------------------------------

static void add_curve(story_timeline_t *self, const char *unit, const char *name, const dbc_message_t *message,
                      const dbc_signal_t *signal)
{
    if (self->curve_count == CURVES_MAX) return;
    curve_t *curve = &self->curves[self->curve_count++];
    curve->unit = unit;
    curve->name = name;
    curve->message = message;
    curve->signal = signal;
    curve->count = 0;
    curve->apart_ns = 0;
    curve->known = false;
}

static bool has_setting(const dbc_message_t *message)
{
    for (size_t i = 0; i < message->signal_count; i++)
        if (message->signals[i].setting) return true;
    return false;
}

// The messages of a unit that tell settings; its profile is that of the first, which is its status.
static void add_unit(story_timeline_t *self, const char *unit)
{
    const dbc_t *dbc = self->story->dbc;
    bool first = true;
    for (size_t i = 0; i < dbc->message_count; i++) {
        const dbc_message_t *message = &dbc->messages[i];
        if (strcmp(message->sender, unit) != 0 || !has_setting(message)) continue;
        const dbc_signal_t *profile = first ? dbc_signal(message, "Profile") : NULL;
        if (profile) add_curve(self, unit, "profile", message, profile);
        for (size_t j = 0; j < message->signal_count; j++)
            if (message->signals[j].setting)
                add_curve(self, unit, message->signals[j].setting, message, &message->signals[j]);
        first = false;
    }
}

void story_timeline_begin(story_timeline_t *self, const story_t *story)
{
    self->story = story;
    self->step_count = self->more_steps = self->curve_count = 0;
    for (size_t i = 0; i < VEHICLE_BUSES_MAX; i++) self->buses[i] = (bus_line_t){.bin_ns = BIN_NS};
    for (size_t i = 0; i < story->vehicle->node_count; i++) add_unit(self, story->vehicle->nodes[i].name);
}

// ---- looking -------------------------------------------------------------------------------------------------------

// Where time has outgrown the bins, each two become one.
static void count_frame(bus_line_t *self, int64_t now_ns)
{
    while (now_ns / self->bin_ns >= BINS) {
        for (size_t i = 0; i < BINS; i++)
            self->counts[i] = i < BINS / 2 ? self->counts[2 * i] + self->counts[2 * i + 1] : 0;
        self->bin_ns *= 2;
    }
    self->counts[now_ns / self->bin_ns]++;
    self->frames++;
}

// Every other point goes, and from now on they are as far apart as leaves room for as long again.
static void thin_out(curve_t *self, int64_t now_ns)
{
    for (size_t i = 0; i < POINTS / 2; i++) self->points[i] = self->points[2 * i];
    self->count = POINTS / 2;
    self->apart_ns = 2 * now_ns / POINTS;
}

static void add_point(curve_t *self, int64_t now_ns, int64_t raw)
{
    if (self->known && raw == self->raw) return;
    self->known = true;
    self->raw = raw;
    if (self->count == POINTS) thin_out(self, now_ns);
    bool near = self->count > 0 && now_ns - self->points[self->count - 1].time_ns < self->apart_ns;
    if (near) self->count--; // what came last is what it became
    self->points[self->count] = (point_t){near ? self->points[self->count].time_ns : now_ns, raw};
    self->count++;
}

static void look_at_frame(story_timeline_t *self, const kernel_event_t *event, int64_t now_ns)
{
    const dbc_message_t *message = dbc_message_of(self->story->dbc, &event->frame);
    count_frame(&self->buses[event->bus], now_ns);
    for (size_t i = 0; message && i < self->curve_count; i++) {
        curve_t *curve = &self->curves[i];
        if (curve->message == message && dbc_present(message, curve->signal, &event->frame))
            add_point(curve, now_ns, dbc_get(curve->signal, &event->frame));
    }
}

void story_timeline_look(story_timeline_t *self, const kernel_t *kernel, const player_t *player)
{
    const kernel_event_t *events;
    int64_t now_ns = kernel_now(kernel);
    size_t count = kernel_events(kernel, &events);
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == EVENT_FRAME) look_at_frame(self, &events[i], now_ns);
    size_t reached = player_reached(player);
    while (self->step_count < reached && self->step_count < STEPS_MAX) self->steps_ns[self->step_count++] = now_ns;
    self->more_steps = reached - self->step_count;
}

// ---- JSON ----------------------------------------------------------------------------------------------------------

static json_t *steps_value(const story_timeline_t *self)
{
    json_t *array = json_array();
    for (size_t i = 0; i < self->step_count; i++) {
        char text[LINE_MAX];
        words_t words = words_make(text, sizeof text);
        words_add_step(&words, self->story, &self->story->steps[i]);
        json_array_append_new(array, json_pack("{sIss}", "at_ns", (json_int_t)self->steps_ns[i], "text", text));
    }
    return array;
}

static json_t *counts_value(const bus_line_t *bus)
{
    size_t used = BINS;
    while (used > 0 && bus->counts[used - 1] == 0) used--;
    json_t *array = json_array();
    for (size_t i = 0; i < used; i++) json_array_append_new(array, json_integer(bus->counts[i]));
    return array;
}

static json_t *buses_value(const story_timeline_t *self)
{
    json_t *array = json_array();
    for (size_t i = 0; i < self->story->vehicle->bus_count; i++) {
        const bus_line_t *bus = &self->buses[i];
        json_array_append_new(array, json_pack("{sssIsIso}", "name", self->story->vehicle->buses[i].name, "frames",
                                               (json_int_t)bus->frames, "bin_ns", (json_int_t)bus->bin_ns, "counts",
                                               counts_value(bus)));
    }
    return array;
}

// The names of those values that have one, by the number that stands in the points.
static json_t *names_value(const curve_t *curve)
{
    json_t *names = json_object();
    for (size_t i = 0; i < curve->count; i++) {
        int64_t raw = curve->points[i].raw;
        char number[NUMBER_TEXT_MAX];
        const char *name = dbc_value_name(curve->signal, raw);
        snprintf(number, sizeof number, "%.12g", dbc_physical(curve->signal, raw));
        if (name) json_object_set_new(names, number, json_string(name));
    }
    return names;
}

static json_t *curve_value(const curve_t *curve)
{
    json_t *points = json_array();
    for (size_t i = 0; i < curve->count; i++)
        json_array_append_new(points, json_pack("[If]", (json_int_t)curve->points[i].time_ns,
                                                dbc_physical(curve->signal, curve->points[i].raw)));
    json_t *value = json_pack("{ssso}", "name", curve->name, "points", points), *names = names_value(curve);
    if (json_object_size(names) > 0) json_object_set(value, "values", names);
    json_decref(names);
    if (*curve->signal->unit) json_object_set_new(value, "unit", json_string(curve->signal->unit));
    return value;
}

static json_t *units_value(const story_timeline_t *self)
{
    json_t *array = json_array();
    for (size_t i = 0; i < self->curve_count;) {
        const char *unit = self->curves[i].unit;
        json_t *curves = json_array();
        for (; i < self->curve_count && self->curves[i].unit == unit; i++)
            json_array_append_new(curves, curve_value(&self->curves[i]));
        json_array_append_new(array, json_pack("{ssso}", "name", unit, "curves", curves));
    }
    return array;
}

char *story_timeline_format(const story_timeline_t *self)
{
    json_t *object =
        json_pack("{sososo}", "steps", steps_value(self), "buses", buses_value(self), "units", units_value(self));
    if (self->more_steps > 0) json_object_set_new(object, "more_steps", json_integer((json_int_t)self->more_steps));
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(12));
    json_decref(object);
    assert(text);
    return text;
}
