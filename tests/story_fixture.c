// SPDX-License-Identifier: MIT
#include "tests/story_fixture.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/play/car.h"
#include "scenarios/play/play_vocabulary.h"

#define STORY_TEXT_MAX 65536

// ---- the units -----------------------------------------------------------------------------------------------------

static const char *const LINES[] = {
    "ignition/key",
    "ignition/terminal",
    "door/driver",
    "gear",
    "switch/seat/longitudinal",
    "switch/seat/height",
    "knob/climate/style",
    "knob/climate/temperature_offset",
};

static story_fixture_t *listener; // whose story is played: what the first unit hears goes there

typedef struct {
    bool listens; // the first unit only
    node_ports_t ports;
} silent_t;

static bool silent_bind(void *node, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    silent_t *self = node;
    (void)missing;
    self->listens = setup->entry == &setup->vehicle->nodes[0];
    if (!self->listens) return true;
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) node_accept_line(ports, LINES[i]);
    ports->air = 1 << AIR_RF | 1 << AIR_RF_END;
    self->ports = *ports;
    return true;
}

static void silent_power_on(void *node, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                            outbox_t *outbox)
{
    (void)node, (void)now_ns, (void)image, (void)state, (void)random, (void)outbox;
}

static void silent_activate(void *node, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    silent_t *self = node;
    (void)outbox;
    for (size_t i = 0; i < count; i++) {
        if (inputs[i].kind != INPUT_LINE && inputs[i].kind != INPUT_AIR) continue;
        ck_assert_uint_lt(listener->heard_count, STORY_HEARD_MAX);
        story_heard_t *heard = &listener->heard[listener->heard_count++];
        *heard = (story_heard_t){.at_ns = now_ns, .kind = (node_input_kind_t)inputs[i].kind};
        if (heard->kind == INPUT_AIR) {
            heard->air = inputs[i].air;
            continue;
        }
        heard->value = inputs[i].line;
        memcpy(heard->line, self->ports.lines[inputs[i].line.line], sizeof heard->line);
    }
}

static const node_class_t SILENT = {.name = "silent",
                                    .size = sizeof(silent_t),
                                    .bind = silent_bind,
                                    .power_on = silent_power_on,
                                    .activate = silent_activate};

static const node_class_t *find_silent(const char *executable)
{
    (void)executable;
    return &SILENT;
}

// ---- the story -----------------------------------------------------------------------------------------------------

const story_t *story_fixture_parse(garage_t *garage, const char *members, const char *steps)
{
    static char text[STORY_TEXT_MAX];
    int length = snprintf(text, sizeof text, "{\"name\": \"test\", %s \"steps\": [%s]}", members, steps);
    ck_assert_int_lt(length, STORY_TEXT_MAX);
    for (char *c = text; *c; c++)
        if (*c == '\'') *c = '"';
    error_t error;
    error_clear(&error);
    const story_world_t world = {&play_vocabulary, garage};
    const story_t *story = story_parse("test.json", text, (size_t)length, &world, &error);
    ck_assert_msg(story, "%s", error.text);
    return story;
}

static void play(story_fixture_t *self)
{
    error_t error;
    error_clear(&error);
    car_plan_t plan = story_plan(self->story);
    plan.tester = false;
    listener = self;
    car_t *car = car_new(&plan, &(car_host_t){.find = find_silent}, &error);
    ck_assert_msg(car, "%s", error.text);
    car_play(car, self->story);
    ck_assert_msg(car_run(car, &error), "%s", error.text);
    self->verdict = *player_verdict(car->player);
    self->fobs = car->fobs;
    car_destroy(&car);
}

story_fixture_t *story_fixture_play_with(const char *members, const char *steps)
{
    story_fixture_t *self = calloc(1, sizeof *self);
    self->garage = garage_new();
    self->story = story_fixture_parse(self->garage, members, steps);
    play(self);
    return self;
}

story_fixture_t *story_fixture_play(const char *steps)
{
    return story_fixture_play_with("", steps);
}

void story_fixture_destroy(story_fixture_t **self_p)
{
    story_fixture_t *self = *self_p;
    story_destroy(&self->story);
    garage_destroy(&self->garage);
    free(self);
    *self_p = NULL;
}

void story_assert_passed(const player_verdict_t *verdict)
{
    ck_assert_msg(verdict->state == PLAYER_PASSED, "%s: %s, expected %s, seen %s", verdict->pointer, verdict->problem,
                  verdict->expected, verdict->seen);
}

void story_assert_failed(const player_verdict_t *verdict, size_t step, const char *problem)
{
    ck_assert_int_eq(verdict->state, PLAYER_FAILED);
    ck_assert_uint_eq(verdict->step, step);
    ck_assert_str_eq(verdict->problem, problem);
}

void story_passes(const char *steps)
{
    story_fixture_t *fixture = story_fixture_play(steps);
    story_assert_passed(&fixture->verdict);
    story_fixture_destroy(&fixture);
}

void story_fails(const char *steps, size_t step, const char *problem)
{
    story_fixture_t *fixture = story_fixture_play(steps);
    story_assert_failed(&fixture->verdict, step, problem);
    story_fixture_destroy(&fixture);
}
