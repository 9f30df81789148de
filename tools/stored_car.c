// SPDX-License-Identifier: MIT
#include "tools/stored_car.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/car/image_rules.h"
#include "bus/files/state_directory.h"
#include "scenarios/actors/fobs.h"
#include "scenarios/story/story_stored.h"

#define PLACE_MAX 4096
#define REASON_MAX 128

struct stored_car {
    state_directory_t *directory;
    const vehicle_t *vehicle;
    const dbc_t *dbc;
    size_t count; // the vehicle's nodes and the fobs
    car_memory_t memory;
};

static bool is_fobs(const stored_car_t *self, size_t node)
{
    return node == self->vehicle->node_count;
}

static const char *name_of(const stored_car_t *self, size_t node)
{
    return is_fobs(self, node) ? fobs_class.name : self->vehicle->nodes[node].name;
}

// What no unit of this car would have stored is as good as damaged.
static bool look_at(stored_car_t *self, size_t node, error_t *notice, error_t *error)
{
    image_t *image = &self->memory.images[node];
    const vehicle_node_t *entry = is_fobs(self, node) ? NULL : &self->vehicle->nodes[node];
    const char *name;
    if (self->memory.states[node] != IMAGE_PRESENT || image_rules_hold(entry, self->dbc, image, &name)) return true;
    char reason[REASON_MAX];
    snprintf(reason, sizeof reason, "%s is missing, or says what cannot be", name);
    image_clear(image);
    self->memory.states[node] = IMAGE_DAMAGED;
    return state_directory_refuse(self->directory, name_of(self, node), reason, notice, error);
}

static void tell_missing(const stored_car_t *self, error_t *notice)
{
    size_t missing = 0;
    for (size_t i = 0; i < self->count; i++) missing += self->memory.states[i] == IMAGE_NONE;
    for (size_t i = 0; missing < self->count && i < self->count; i++) {
        char place[PLACE_MAX];
        if (self->memory.states[i] != IMAGE_NONE) continue;
        state_directory_file(self->directory, name_of(self, i), place, sizeof place);
        error_add(notice, "%s: is missing beside the others: \"%s\" begins as in a new car", place, name_of(self, i));
    }
}

static bool load(stored_car_t *self, error_t *notice, error_t *error)
{
    bool good = true;
    for (size_t i = 0; good && i < self->count; i++)
        good = state_directory_load(self->directory, name_of(self, i), &self->memory.images[i], &self->memory.states[i],
                                    notice, error) &&
               look_at(self, i, notice, error);
    if (good) tell_missing(self, notice);
    return good;
}

static bool compare(const stored_car_t *self, const story_t *story, error_t *error)
{
    bool good = true;
    for (size_t i = 0; i < self->count; i++) {
        if (self->memory.states[i] != IMAGE_PRESENT) continue;
        const image_t *stored = &self->memory.images[i];
        char place[PLACE_MAX];
        state_directory_file(self->directory, name_of(self, i), place, sizeof place);
        bool agrees = is_fobs(self, i) ? story_fobs_agree(story, stored, place, error)
                                       : story_agrees(story, (uint8_t)i, stored, place, error);
        good = agrees && good;
    }
    return good;
}

// Stored at once: else the next run could find the keys of one story in the fobs and of another in the CAS.
static bool begin(stored_car_t *self, const car_plan_t *plan, error_t *error)
{
    bool good = true;
    for (size_t i = 0; good && i < self->count; i++) {
        image_t buffer, *image = &self->memory.images[i];
        image_state_t *state = &self->memory.states[i];
        if (*state != IMAGE_NONE) continue;
        const image_t *first = car_plan_image(plan, (uint8_t)i, &buffer, state);
        // Also of a unit of which nothing is told, so that a file that is not there is missing.
        if (first)
            image_copy(image, first);
        else
            image_clear(image);
        *state = IMAGE_PRESENT;
        good = state_directory_store(self->directory, name_of(self, i), image, error);
    }
    return good;
}

stored_car_t *stored_car_new(const char *directory, const car_plan_t *plan, const story_t *story, error_t *notice,
                             error_t *error)
{
    stored_car_t *self = calloc(1, sizeof *self);
    assert(self);
    self->vehicle = plan->vehicle;
    self->dbc = plan->dbc;
    self->count = plan->vehicle->node_count + 1u;
    bool clash = vehicle_find_node(plan->vehicle, fobs_class.name) >= 0;
    if (clash)
        error_add(error, "%s: --state needs the name \"%s\" for the key fobs", plan->vehicle->path, fobs_class.name);
    else
        self->directory = state_directory_new(directory, NULL, error);
    bool good = self->directory && load(self, notice, error) && (!story || compare(self, story, error)) &&
                begin(self, plan, error);
    if (!good) stored_car_destroy(&self);
    return self;
}

void stored_car_destroy(stored_car_t **self_p)
{
    stored_car_t *self = *self_p;
    if (!self) return;
    state_directory_destroy(&self->directory);
    free(self);
    *self_p = NULL;
}

const car_memory_t *stored_car_memory(const stored_car_t *self)
{
    return &self->memory;
}

// Other actors than the fobs (a tester) forget.
static bool keep(void *car, uint8_t node, const image_t *image, error_t *error)
{
    stored_car_t *self = car;
    return node >= self->count || state_directory_store(self->directory, name_of(self, node), image, error);
}

keeper_t stored_car_keeper(stored_car_t *self)
{
    return (keeper_t){.self = self, .keep = keep};
}
