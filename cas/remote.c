// SPDX-License-Identifier: MIT
#include "cas/remote.h"

#include <string.h>

#include "bus/car/words.h"

typedef struct {
    key_status_button_t button;
    doors_command_t doors;
} meaning_t;

static const meaning_t MEANINGS[] = {
    [KEY_BUTTON_UNLOCK] = {KEY_STATUS_UNLOCK, DOORS_UNLOCK},
    [KEY_BUTTON_LOCK] = {KEY_STATUS_LOCK, DOORS_LOCK},
    [KEY_BUTTON_BOOT] = {KEY_STATUS_BOOT, DOORS_BOOT},
};

void remote_start(remote_t *self)
{
    *self = (remote_t){.act_ns = TIME_NEVER, .repeat_ns = TIME_NEVER};
}

// ---- a press on the buses ------------------------------------------------------------------------------------------

static void send_status(remote_t *self, const key_status_t *status)
{
    effects_push(&self->effects, (effect_t){.kind = EFFECT_KEY_STATUS, .key_status = *status});
}

static void release(remote_t *self)
{
    if (!self->held) return;
    key_status_t status = self->press.status;
    status.button = KEY_STATUS_RELEASED;
    send_status(self, &status);
    self->held = false;
    self->repeat_ns = TIME_NEVER;
}

static void repeat_later(remote_t *self, int64_t now_ns)
{
    self->repeat_ns = now_ns + REMOTE_REPEAT_NS;
}

static void act(remote_t *self, int64_t now_ns, const remote_press_t *press)
{
    release(self);
    self->held = true;
    self->press = *press;
    // Whose key it is before what the doors do, as on the wire, where the status has the higher priority.
    key_status_t status = press->status;
    status.begins = true;
    send_status(self, &status);
    effects_push(&self->effects, (effect_t){.kind = EFFECT_DOORS, .doors = MEANINGS[press->button].doors});
    repeat_later(self, now_ns);
    effects_log(&self->effects, LOG_KEY_ACCEPTED, press->status.key, (int64_t)press->button,
                press->status.personalization);
    // Let go while it was being stored: it was pressed all the same, and nothing else would ever end it.
    if (press->ended) release(self);
}

// Presses become durable together when they were heard during one store. They act in the order in which they were
// heard, at most so many in one instant:
//
//   stored ── 4 act ── 100 us ── 4 act ── 100 us ── the rest acts
static void act_on_durable(remote_t *self, int64_t now_ns)
{
    size_t durable = 0;
    // Tickets count on past 2^32: what matters is the distance.
    while (durable < self->asked_count && (int32_t)(self->pending[durable].ticket - self->ticket_stored) <= 0)
        durable++;
    size_t acting = durable < REMOTE_ACTS_AT_ONCE ? durable : REMOTE_ACTS_AT_ONCE;
    for (size_t i = 0; i < acting; i++) act(self, now_ns, &self->pending[i]);
    self->pending_count -= acting;
    self->asked_count -= acting;
    memmove(self->pending, self->pending + acting, self->pending_count * sizeof self->pending[0]);
    self->act_ns = acting < durable ? now_ns + REMOTE_ACT_AGAIN_NS : TIME_NEVER;
}

void remote_stored(remote_t *self, int64_t now_ns, uint32_t ticket)
{
    self->ticket_stored = ticket;
    act_on_durable(self, now_ns);
}

void remote_wake(remote_t *self, int64_t now_ns)
{
    if (self->held) repeat_later(self, now_ns);
}

void remote_elapse(remote_t *self, int64_t now_ns)
{
    // Never both in one instant: presses that act let the repetitions count anew.
    if (self->repeat_ns <= now_ns) {
        send_status(self, &self->press.status);
        repeat_later(self, now_ns);
    }
    if (self->act_ns <= now_ns) act_on_durable(self, now_ns);
}

int64_t remote_next(const remote_t *self)
{
    return time_earlier(self->repeat_ns, self->act_ns);
}

// A press of it that waits to become durable was accepted in time, and would act too late.
void remote_block(remote_t *self, int key)
{
    size_t left = 0, asked = 0;
    for (size_t i = 0; i < self->pending_count; i++) {
        if (self->pending[i].status.key == key) continue;
        asked += i < self->asked_count;
        self->pending[left++] = self->pending[i];
    }
    uint32_t withdrawn = (uint32_t)(self->pending_count - left);
    self->pending_count = left;
    self->asked_count = asked;
    self->verdicts[KEYS_BLOCKED] += withdrawn;
    if (withdrawn > 0) effects_log(&self->effects, LOG_KEY_BLOCKED, key, 0, 0);
    if (self->held && self->press.status.key == key) release(self);
}

bool remote_pull(remote_t *self, effect_t *effect)
{
    return effects_pull(&self->effects, effect);
}

// ---- a telegram ----------------------------------------------------------------------------------------------------

static void accept(remote_t *self, const key_slot_t *slot, const key_telegram_t *telegram, uint32_t transmission)
{
    int number = slot->personalization ? slot->personalization : KEY_NUMBER_INVALID;
    if (telegram->personalization != number) { // re-assigned, and not in the lock since: the table's number counts
        effects_log(&self->effects, LOG_KEY_DIFFERS, telegram->key, telegram->personalization, number);
        effects_push(&self->effects, (effect_t){.kind = EFFECT_FAULT, .fault = FAULT_KEY_DIFFERS});
    }
    // Also for a press that is lost: its code counts as used.
    effects_ask(&self->effects, EFFECT_STORE);
    if (self->pending_count == REMOTE_PENDING_MAX) {
        self->presses_lost++;
        effects_log(&self->effects, LOG_PRESS_LOST, telegram->key, REMOTE_PENDING_MAX, 0);
        effects_push(&self->effects, (effect_t){.kind = EFFECT_FAULT, .fault = FAULT_PRESS_LOST});
        return;
    }
    self->pending[self->pending_count++] = (remote_press_t){
        .status = {.key = telegram->key,
                   .personalization = number,
                   .button = MEANINGS[telegram->button].button,
                   .battery_low = telegram->battery_low},
        .button = telegram->button,
        .transmission = transmission,
    };
}

void remote_store_asked(remote_t *self, uint32_t ticket)
{
    while (self->asked_count < self->pending_count) self->pending[self->asked_count++].ticket = ticket;
}

static void refuse(remote_t *self, keys_verdict_t verdict, const key_telegram_t *telegram, uint32_t ahead)
{
    static const uint16_t LOGS[KEYS_VERDICT_COUNT] = {
        [KEYS_UNKNOWN] = LOG_KEY_UNKNOWN, [KEYS_FORGED] = LOG_KEY_FORGED,   [KEYS_AHEAD] = LOG_KEY_AHEAD,
        [KEYS_TOO_FAR] = LOG_KEY_TOO_FAR, [KEYS_BLOCKED] = LOG_KEY_BLOCKED,
    };
    if (verdict == KEYS_REPLAYED) {
        effects_log(&self->effects, LOG_KEY_REPLAYED, telegram->key, telegram->code,
                    (int64_t)telegram->code - (int32_t)ahead);
        return;
    }
    effects_log(&self->effects, LOGS[verdict], telegram->key, ahead, 0);
    if (verdict == KEYS_BLOCKED) { // the code and the fault memory entry are worth keeping
        effects_push(&self->effects, (effect_t){.kind = EFFECT_FAULT, .fault = FAULT_KEY_BLOCKED});
        effects_ask(&self->effects, EFFECT_STORE);
    }
}

static void end_transmission(remote_t *self, uint32_t transmission)
{
    for (size_t i = 0; i < self->pending_count; i++)
        if (self->pending[i].transmission == transmission) self->pending[i].ended = true;
    if (self->held && self->press.transmission == transmission) release(self);
}

void remote_hear(remote_t *self, keys_t *keys, const air_t *air)
{
    if (air->channel == AIR_RF_END) {
        end_transmission(self, air->transmission);
        return;
    }
    key_telegram_t telegram = {0};
    uint32_t ahead = 0;
    keys_verdict_t verdict = keys_judge_telegram(keys, air, &telegram, &ahead);
    self->verdicts[verdict]++;
    if (verdict == KEYS_ACCEPTED)
        accept(self, keys_find(keys, telegram.key), &telegram, air->transmission);
    else if (verdict == KEYS_MALFORMED)
        effects_log(&self->effects, LOG_TELEGRAM_MALFORMED, air->size, 0, 0);
    else
        refuse(self, verdict, &telegram, ahead);
}
