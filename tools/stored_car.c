// SPDX-License-Identifier: MIT
#include "tools/stored_car.h"

#include <assert.h>
#include <stdlib.h>

#include "bus/files/state_directory.h"
#include "scenarios/actors/fobs.h"
#include "scenarios/story/story_stored.h"

#define PLACE_MAX 4096

struct stored_car {
    state_directory_t *directory;
    const story_t *story;
    size_t count; // the vehicle's nodes and the fobs
    image_t images[VEHICLE_NODES_MAX + 1];
    image_state_t states[VEHICLE_NODES_MAX + 1];
};

static bool is_fobs(const stored_car_t *self, size_t node)
{
    return node == self->story->vehicle->node_count;
}

static const char *name_of(const stored_car_t *self, size_t node)
{
    return is_fobs(self, node) ? fobs_class.name : self->story->vehicle->nodes[node].name;
}

static bool load(stored_car_t *self, error_t *notice, error_t *error)
{
    bool good = true;
    for (size_t i = 0; good && i < self->count; i++)
        good =
            state_directory_load(self->directory, name_of(self, i), &self->images[i], &self->states[i], notice, error);
    return good;
}

static bool compare(const stored_car_t *self, error_t *error)
{
    bool good = true;
    for (size_t i = 0; i < self->count; i++) {
        if (self->states[i] != IMAGE_PRESENT) continue;
        char place[PLACE_MAX];
        state_directory_file(self->directory, name_of(self, i), place, sizeof place);
        bool agrees = is_fobs(self, i) ? story_fobs_agree(self->story, &self->images[i], place, error)
                                       : story_agrees(self->story, (uint8_t)i, &self->images[i], place, error);
        good = agrees && good;
    }
    return good;
}

// Stored at once: else the next run could find the keys of one story in the fobs and of another in the CAS.
static bool begin(stored_car_t *self, uint64_t seed, error_t *error)
{
    bool good = true;
    for (size_t i = 0; good && i < self->count; i++) {
        if (self->states[i] != IMAGE_NONE) continue;
        bool told = is_fobs(self, i) || story_image(self->story, seed, (uint8_t)i, &self->images[i]);
        if (is_fobs(self, i)) story_fobs_image(self->story, seed, &self->images[i]);
        if (!told) continue;
        self->states[i] = IMAGE_PRESENT;
        good = state_directory_store(self->directory, name_of(self, i), &self->images[i], error);
    }
    return good;
}

stored_car_t *stored_car_new(const char *directory, const story_t *story, uint64_t seed, error_t *notice,
                             error_t *error)
{
    stored_car_t *self = calloc(1, sizeof *self);
    assert(self);
    self->story = story;
    self->count = story->vehicle->node_count + 1u;
    bool clash = vehicle_find_node(story->vehicle, fobs_class.name) >= 0;
    if (clash)
        error_add(error, "%s: --state needs the name \"%s\" for the key fobs", story->vehicle->path, fobs_class.name);
    else
        self->directory = state_directory_new(directory, NULL, error);
    bool good = self->directory && load(self, notice, error) && compare(self, error) && begin(self, seed, error);
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

const image_t *stored_car_image(const stored_car_t *self, uint8_t node, image_state_t *state)
{
    assert(node < self->count);
    *state = self->states[node];
    return *state == IMAGE_NONE ? NULL : &self->images[node];
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
