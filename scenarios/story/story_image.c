// SPDX-License-Identifier: MIT
// What stands in the stored images when a story begins.
#include <assert.h>
#include <string.h>

#include "scenarios/story/story_parts.h"
#include "bus/car/units.h"

static void put(image_t *image, int key, const char *name, int64_t value)
{
    bool stored = image_set(image, "key", key, name, value);
    assert(stored);
}

// What fob and CAS both know of a key: it was delivered with its secret, and nobody has pressed a button yet.
static void put_delivered(const story_key_t *key, int number, uint64_t seed, image_t *image)
{
    uint8_t secret[KEY_SECRET_SIZE];
    key_derive_secret(seed, number, secret);
    put(image, number, "personalization", key->personalization);
    put(image, number, "counter", 0);
    put(image, number, "battery", key->battery_low);
    bool stored = image_set_bytes(image, "key", number, "secret", secret, KEY_SECRET_SIZE);
    assert(stored);
}

bool story_node_keeps_keys(const story_t *story, uint8_t node)
{
    return strcmp(story->vehicle->nodes[node].executable, UNIT_CAS) == 0;
}

bool story_image(const story_t *self, uint64_t seed, uint8_t node, image_t *image)
{
    const story_whole_t *whole = (const story_whole_t *)self;
    image_clear(image);
    if (whole->images[node]) image_copy(image, whole->images[node]);
    if (story_node_keeps_keys(self, node)) {
        for (int number = 1; number <= KEY_COUNT_MAX; number++) {
            const story_key_t *key = &self->keys[number];
            if (key->personalization == 0) continue;
            put_delivered(key, number, seed, image);
            put(image, number, "learned", key->learned);
            put(image, number, "blocked", key->blocked);
        }
    }
    return image->count > 0;
}

void story_fobs_image(const story_t *self, uint64_t seed, image_t *image)
{
    image_clear(image);
    for (int number = 1; number <= KEY_COUNT_MAX; number++)
        if (self->keys[number].personalization > 0) put_delivered(&self->keys[number], number, seed, image);
}
