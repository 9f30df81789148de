// SPDX-License-Identifier: MIT
#include "scenarios/story/car_plan.h"

#include <assert.h>
#include <string.h>

#include "bus/car/units.h"

car_plan_t car_plan_standard(const vehicle_t *vehicle, const dbc_t *dbc)
{
    return (car_plan_t){
        .vehicle = vehicle,
        .dbc = dbc,
        .seed = CAR_PLAN_SEED,
        .keys = {[1] = {.personalization = 1, .learned = true}, [2] = {.personalization = 2, .learned = true}},
    };
}

bool car_plan_keeps_keys(const vehicle_t *vehicle, uint8_t node)
{
    return strcmp(vehicle->nodes[node].executable, UNIT_CAS) == 0;
}

// ---- what is stored ------------------------------------------------------------------------------------------------

static void put(image_t *image, int key, const char *name, int64_t value)
{
    bool stored = image_set(image, "key", key, name, value);
    assert(stored);
}

// What fob and CAS both know of a key: it was delivered with its secret, and nobody has pressed a button yet.
static void put_delivered(const car_plan_key_t *key, int number, uint64_t seed, image_t *image)
{
    uint8_t secret[KEY_SECRET_SIZE];
    key_derive_secret(seed, number, secret);
    put(image, number, "personalization", key->personalization);
    put(image, number, "counter", 0);
    put(image, number, "battery", key->battery_low);
    bool stored = image_set_bytes(image, "key", number, "secret", secret, KEY_SECRET_SIZE);
    assert(stored);
}

static void put_keys(const car_plan_t *self, bool in_unit, image_t *image)
{
    for (int number = 1; number <= KEY_COUNT_MAX; number++) {
        const car_plan_key_t *key = &self->keys[number];
        if (key->personalization == 0) continue;
        put_delivered(key, number, self->seed, image);
        if (!in_unit) continue;
        put(image, number, "learned", key->learned);
        put(image, number, "blocked", key->blocked);
    }
}

const image_t *car_plan_image(const car_plan_t *self, uint8_t node, image_t *buffer, image_state_t *state)
{
    assert(node <= self->vehicle->node_count);
    if (self->memory) {
        *state = self->memory->states[node];
        return *state == IMAGE_NONE ? NULL : &self->memory->images[node];
    }
    bool fobs = node == self->vehicle->node_count;
    const image_t *image = fobs ? NULL : self->told[node];
    if (fobs || car_plan_keeps_keys(self->vehicle, node)) {
        image_clear(buffer);
        if (image) image_copy(buffer, image);
        put_keys(self, !fobs, buffer);
        image = buffer;
    }
    bool something = fobs || (image && image->count > 0);
    *state = something ? IMAGE_PRESENT : IMAGE_NONE;
    return something ? image : NULL;
}
