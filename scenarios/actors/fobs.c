// SPDX-License-Identifier: MIT
#include "scenarios/actors/fobs.h"

#include <assert.h>
#include <string.h>

#define FOREIGN_KEY 1 // the number that it has in its own car

// ---- stored --------------------------------------------------------------------------------------------------------

void fobs_load(fobs_t *self, const image_t *image)
{
    memset(self->fobs, 0, sizeof self->fobs);
    for (int key = 1; key <= KEY_COUNT_MAX; key++) {
        const image_entry_t *secret = image_find(image, "key", key, "secret");
        int64_t personalization = image_get(image, "key", key, "personalization", 0);
        if (!secret || secret->size != KEY_SECRET_SIZE || personalization < 1 || personalization > KEY_NUMBER_INVALID)
            continue;
        fob_t *fob = &self->fobs[key];
        fob->there = true;
        fob->personalization = (int)personalization;
        fob->counter = (uint32_t)image_get(image, "key", key, "counter", 0);
        fob->battery_low = image_get(image, "key", key, "battery", 0) != 0;
        memcpy(fob->secret, secret->bytes, KEY_SECRET_SIZE);
    }
}

void fobs_save(const fobs_t *self, image_t *image)
{
    image_clear(image);
    for (int key = 1; key <= KEY_COUNT_MAX; key++) {
        const fob_t *fob = &self->fobs[key];
        if (!fob->there) continue;
        bool stored = image_set(image, "key", key, "personalization", fob->personalization) &&
                      image_set(image, "key", key, "counter", fob->counter) &&
                      image_set(image, "key", key, "battery", fob->battery_low) &&
                      image_set_bytes(image, "key", key, "secret", fob->secret, KEY_SECRET_SIZE);
        assert(stored); // ten keys fit
    }
}

// ---- the remote control --------------------------------------------------------------------------------------------

air_t fobs_press(fobs_t *self, int key, key_button_t button)
{
    assert(key >= 1 && key <= KEY_COUNT_MAX && self->fobs[key].there);
    fob_t *fob = &self->fobs[key];
    fob->counter++;
    self->changed = self->storing; // else the player stores it
    key_telegram_t telegram = {
        .button = button,
        .battery_low = fob->battery_low,
        .key = key,
        .personalization = fob->personalization,
        .code = fob->counter,
    };
    return key_telegram_encode(&telegram, fob->secret);
}

air_t fobs_forge(const fobs_t *self, int key, key_button_t button, int personalization,
                 const uint8_t secret[KEY_SECRET_SIZE])
{
    assert(key >= 1 && key <= KEY_COUNT_MAX && self->fobs[key].there);
    const fob_t *fob = &self->fobs[key];
    key_telegram_t telegram = {
        .button = button,
        .battery_low = fob->battery_low,
        .key = key,
        .personalization = personalization ? personalization : fob->personalization,
        .code = fob->counter + 1,
    };
    return key_telegram_encode(&telegram, secret);
}

// ---- the transponder -----------------------------------------------------------------------------------------------

void fobs_insert(fobs_t *self, int key)
{
    assert(key == FOBS_FOREIGN || key == FOBS_NONE || (key >= 1 && key <= KEY_COUNT_MAX && self->fobs[key].there));
    self->inserted = key;
    self->challenge.size = 0;
    self->writing = 0;
}

static void send(const air_t *air, outbox_t *outbox)
{
    outbox_transmit(outbox, AIR_LF, air->bytes, air->size);
}

static void answer_challenge(fobs_t *self, const air_t *challenge, outbox_t *outbox)
{
    bool foreign = self->inserted == FOBS_FOREIGN;
    const fob_t *fob = &self->fobs[foreign ? 0 : self->inserted];
    key_answer_t answer = {
        .key = foreign ? FOREIGN_KEY : self->inserted,
        .personalization = foreign ? FOREIGN_KEY : fob->personalization,
        .code = foreign ? self->foreign_code : fob->counter,
    };
    self->challenge = *challenge;
    air_t air = key_answer_encode(&answer, challenge, foreign ? self->foreign_secret : fob->secret);
    send(&air, outbox);
}

static void store(fobs_t *self, outbox_t *outbox)
{
    self->changed = false;
    self->storing = true;
    outbox->store = true;
    fobs_save(self, &outbox->image);
}

// The receipt follows when the number is stored: a key taken out before that says nothing.
static void take_number(fobs_t *self, const air_t *air, outbox_t *outbox)
{
    if (self->inserted < 1 || self->challenge.size == 0) return;
    fob_t *fob = &self->fobs[self->inserted];
    int personalization = key_write_decode(KEY_LF_WRITE, air, &self->challenge, fob->secret);
    if (personalization == 0) return;
    fob->personalization = personalization;
    self->writing = self->inserted;
    if (self->storing)
        self->changed = true;
    else
        store(self, outbox);
}

static void finish_store(fobs_t *self, outbox_t *outbox)
{
    self->storing = false;
    if (self->changed) {
        store(self, outbox);
        return;
    }
    if (self->writing == 0) return;
    const fob_t *fob = &self->fobs[self->writing];
    air_t air = key_write_encode(KEY_LF_WRITTEN, fob->personalization, &self->challenge, fob->secret);
    send(&air, outbox);
    self->writing = 0;
}

// ---- the node ------------------------------------------------------------------------------------------------------

static bool bind(void *self, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    (void)self, (void)setup, (void)missing;
    ports->air = 1 << AIR_LF;
    return true;
}

static void power_on(void *node, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                     outbox_t *outbox)
{
    fobs_t *self = node;
    (void)now_ns, (void)outbox;
    if (state == IMAGE_PRESENT) fobs_load(self, image);
    self->storing = self->changed = false;
    self->writing = 0;
    for (size_t half = 0; half < KEY_SECRET_SIZE; half += 8) {
        uint64_t bits = random_next(&random);
        for (size_t i = 0; i < 8; i++) self->foreign_secret[half + i] = (uint8_t)(bits >> (8 * i));
    }
    self->foreign_code = (uint32_t)random_next(&random);
}

static void activate(void *node, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    fobs_t *self = node;
    (void)now_ns;
    for (size_t i = 0; i < count; i++) {
        const air_t *air = &inputs[i].air;
        if (inputs[i].kind == INPUT_STORED) finish_store(self, outbox);
        if (inputs[i].kind != INPUT_AIR || air->channel != AIR_LF || self->inserted == FOBS_NONE || air->size == 0)
            continue;
        if (air->bytes[0] == KEY_LF_CHALLENGE && air->size == KEY_CHALLENGE_SIZE) answer_challenge(self, air, outbox);
        if (air->bytes[0] == KEY_LF_WRITE) take_number(self, air, outbox);
    }
}

const node_class_t fobs_class = {
    .name = "fobs", .size = sizeof(fobs_t), .bind = bind, .power_on = power_on, .activate = activate};
