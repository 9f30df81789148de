// SPDX-License-Identifier: MIT
#include "cas/keys.h"

#include <string.h>

static void load_slot(key_slot_t *slot, const image_t *image, int key)
{
    *slot = (key_slot_t){0};
    const image_entry_t *secret = image_find(image, "key", key, "secret");
    if (!secret || secret->size != KEY_SECRET_SIZE) return;
    memcpy(slot->secret, secret->bytes, KEY_SECRET_SIZE);
    slot->prepared = true;
    slot->learned = image_get(image, "key", key, "learned", 0) == 1;
    slot->blocked = image_get(image, "key", key, "blocked", 0) == 1;
    slot->battery_low = image_get(image, "key", key, "battery", 0) == 1;
    slot->code = (uint32_t)image_get(image, "key", key, "counter", 0);
    int64_t personalization = image_get(image, "key", key, "personalization", 0);
    if (personalization >= 1 && personalization <= KEY_PERSONALIZATION_MAX)
        slot->personalization = (int)personalization;
}

static bool save_slot(const key_slot_t *slot, image_t *image, int key)
{
    if (!slot->prepared) return true;
    return image_set_bytes(image, "key", key, "secret", slot->secret, KEY_SECRET_SIZE) &&
           image_set(image, "key", key, "learned", slot->learned) &&
           image_set(image, "key", key, "blocked", slot->blocked) &&
           image_set(image, "key", key, "battery", slot->battery_low) &&
           image_set(image, "key", key, "counter", slot->code) &&
           image_set(image, "key", key, "personalization", slot->personalization);
}

void keys_load(keys_t *self, const image_t *image)
{
    for (int key = 1; key <= KEY_COUNT_MAX; key++) load_slot(&self->slots[key - 1], image, key);
}

bool keys_save(const keys_t *self, image_t *image)
{
    for (int key = 1; key <= KEY_COUNT_MAX; key++)
        if (!save_slot(&self->slots[key - 1], image, key)) return false;
    return true;
}

key_slot_t *keys_find(keys_t *self, int key)
{
    if (key < 1 || key > KEY_COUNT_MAX || !self->slots[key - 1].prepared) return NULL;
    return &self->slots[key - 1];
}

// `ahead` counts modulo 2^32, so that a code runs on over its 32 bits; the half of them that is behind is a replay.
//
//   code         c              c+16                         c+1000                     c + 2^31
//   ────────────┼───────────────┼────────────────────────────┼──────────────────────────┼────────────
//       replay  │   accepted    │  ahead: noted as r;        │        too far           │  replay
//               │               │  r+1 is accepted,          │                          │
//               │               │  c+17 .. r is a replay     │                          │
//
// What was heard once is a replay, although it did not count; and r + 1 must lie within the 1000 as well.
static keys_verdict_t judge_code(key_slot_t *slot, uint32_t code, uint32_t ahead)
{
    if (ahead == 0 || ahead > INT32_MAX) return KEYS_REPLAYED;
    if (ahead > KEYS_RESYNC_WINDOW) return KEYS_TOO_FAR;
    bool second_press = slot->resync && code == slot->resync_code + 1;
    if (ahead > KEYS_WINDOW && !second_press) {
        if (slot->resync && code - slot->code <= slot->resync_code - slot->code) return KEYS_REPLAYED;
        slot->resync = true;
        slot->resync_code = code;
        return KEYS_AHEAD;
    }
    slot->code = code;
    slot->resync = false; // used up, or another press came between
    return KEYS_ACCEPTED;
}

// Whose key it says it is, then whether that is true, and only then its code: nothing forged changes a slot.
keys_verdict_t keys_judge_telegram(keys_t *self, const air_t *air, key_telegram_t *telegram, uint32_t *ahead)
{
    if (!key_telegram_decode(air, telegram)) return KEYS_MALFORMED;
    key_slot_t *slot = keys_find(self, telegram->key);
    if (!slot || !slot->learned) return KEYS_UNKNOWN;
    if (!key_telegram_authentic(air, slot->secret)) return KEYS_FORGED;
    *ahead = telegram->code - slot->code;
    keys_verdict_t verdict = judge_code(slot, telegram->code, *ahead);
    if (verdict == KEYS_REPLAYED) return verdict; // an old telegram tells of an old battery
    slot->battery_low = telegram->battery_low;
    // A blocked key's codes are taken note of all the same: what it sent then must stay a replay after its release.
    return slot->blocked ? KEYS_BLOCKED : verdict;
}

keys_verdict_t keys_judge_answer(keys_t *self, const air_t *air, const air_t *challenge, key_answer_t *answer)
{
    if (!key_answer_decode(air, answer)) return KEYS_MALFORMED;
    key_slot_t *slot = keys_find(self, answer->key);
    if (!slot || !key_answer_authentic(air, challenge, slot->secret)) return KEYS_FORGED;
    // The answer is to our own challenge: it cannot be a recording, and whatever code it names is where the key is now.
    slot->code = answer->code;
    slot->resync = false;
    if (slot->blocked) return KEYS_BLOCKED;
    slot->learned = true;
    return KEYS_ACCEPTED;
}
