// SPDX-License-Identifier: MIT
#include "cas/remote.h"

#include <string.h>

#include "cas/cas.h"
#include "bus/car/words.h"

#define ACTS_AT_ONCE 4               // the frames of more presses would not fit one outbox
#define ACT_AGAIN_NS (100 * TIME_US) // until the next ones act

typedef struct {
    uint8_t raw;
    cas_command_t command;
} button_t;

static const button_t BUTTONS[] = {
    [KEY_BUTTON_UNLOCK] = {REMOTE_RAW_UNLOCK, CAS_COMMAND_UNLOCK},
    [KEY_BUTTON_LOCK] = {REMOTE_RAW_LOCK, CAS_COMMAND_LOCK},
    [KEY_BUTTON_BOOT] = {REMOTE_RAW_BOOT, CAS_COMMAND_BOOT},
};

// ---- a press on the buses ------------------------------------------------------------------------------------------

static void release(cas_t *self)
{
    if (!self->remote.held) return;
    remote_status_t status = self->remote.press.status;
    status.button = REMOTE_RAW_RELEASED;
    cas_send_key_status(self, &status);
    self->remote.held = false;
    ecu_timer_set(&self->ecu, CAS_TIMER_REPEAT, TIME_NEVER);
}

static void repeat_later(cas_t *self)
{
    ecu_timer_set(&self->ecu, CAS_TIMER_REPEAT, self->ecu.now_ns + REMOTE_REPEAT_NS);
}

static void act(cas_t *self, const remote_press_t *press)
{
    release(self);
    self->remote.held = true;
    self->remote.press = *press;
    cas_send_key_status(self, &press->status);
    cas_command(self, BUTTONS[press->button].command);
    repeat_later(self);
    ecu_log(&self->ecu, LOG_KEY_ACCEPTED, press->status.key, (int64_t)press->button, press->status.personalization);
    if (press->ended) release(self);
}

void remote_repeat(cas_t *self)
{
    if (!self->remote.held) return;
    cas_send_key_status(self, &self->remote.press.status);
    repeat_later(self);
}

void remote_wake(cas_t *self)
{
    if (self->remote.held) repeat_later(self);
}

void remote_stored(cas_t *self, uint32_t ticket)
{
    remote_t *remote = &self->remote;
    size_t durable = 0;
    while (durable < remote->pending_count && (int32_t)(remote->pending[durable].ticket - ticket) <= 0) durable++;
    size_t acting = durable < ACTS_AT_ONCE ? durable : ACTS_AT_ONCE;
    for (size_t i = 0; i < acting; i++) act(self, &remote->pending[i]);
    remote->pending_count -= acting;
    memmove(remote->pending, remote->pending + acting, remote->pending_count * sizeof remote->pending[0]);
    ecu_timer_set(&self->ecu, CAS_TIMER_PRESS, acting < durable ? self->ecu.now_ns + ACT_AGAIN_NS : TIME_NEVER);
}

// ---- a telegram ----------------------------------------------------------------------------------------------------

static void accept(cas_t *self, const key_telegram_t *telegram, uint32_t transmission)
{
    remote_t *remote = &self->remote;
    const key_slot_t *slot = keys_find(&self->keys, telegram->key);
    int number = slot->personalization ? slot->personalization : KEY_NUMBER_INVALID;
    if (telegram->personalization != number) { // re-assigned, and not in the lock since: the table's number counts
        ecu_log(&self->ecu, LOG_KEY_DIFFERS, telegram->key, telegram->personalization, number);
        ecu_fault(&self->ecu, FAULT_KEY_DIFFERS);
    }
    uint32_t ticket = ecu_store(&self->ecu);
    if (remote->pending_count == REMOTE_PENDING_MAX) {
        self->counters.presses_lost++;
        return;
    }
    remote->pending[remote->pending_count++] = (remote_press_t){
        .status = {.key = telegram->key,
                   .personalization = number,
                   .button = BUTTONS[telegram->button].raw,
                   .battery_low = telegram->battery_low},
        .button = telegram->button,
        .transmission = transmission,
        .ticket = ticket,
    };
}

static void refuse(cas_t *self, keys_verdict_t verdict, const key_telegram_t *telegram, uint32_t ahead)
{
    static const uint16_t LOGS[KEYS_VERDICT_COUNT] = {
        [KEYS_UNKNOWN] = LOG_KEY_UNKNOWN, [KEYS_FORGED] = LOG_KEY_FORGED,   [KEYS_AHEAD] = LOG_KEY_AHEAD,
        [KEYS_TOO_FAR] = LOG_KEY_TOO_FAR, [KEYS_BLOCKED] = LOG_KEY_BLOCKED,
    };
    if (verdict == KEYS_REPLAYED) {
        ecu_log(&self->ecu, LOG_KEY_REPLAYED, telegram->key, telegram->code, (int64_t)telegram->code - (int32_t)ahead);
        return;
    }
    ecu_log(&self->ecu, LOGS[verdict], telegram->key, ahead, 0);
    if (verdict == KEYS_BLOCKED) { // the code and the fault memory entry are worth keeping
        ecu_fault(&self->ecu, FAULT_KEY_BLOCKED);
        ecu_store(&self->ecu);
    }
}

static void end_transmission(cas_t *self, uint32_t transmission)
{
    remote_t *remote = &self->remote;
    for (size_t i = 0; i < remote->pending_count; i++)
        if (remote->pending[i].transmission == transmission) remote->pending[i].ended = true;
    if (remote->held && remote->press.transmission == transmission) release(self);
}

void remote_hear(cas_t *self, const air_t *air)
{
    if (air->channel == AIR_RF_END) {
        end_transmission(self, air->transmission);
        return;
    }
    key_telegram_t telegram = {0};
    uint32_t ahead = 0;
    keys_verdict_t verdict = keys_judge_telegram(&self->keys, air, &telegram, &ahead);
    self->counters.verdicts[verdict]++;
    if (verdict == KEYS_ACCEPTED)
        accept(self, &telegram, air->transmission);
    else if (verdict == KEYS_MALFORMED)
        ecu_log(&self->ecu, LOG_TELEGRAM_MALFORMED, air->size, 0, 0);
    else
        refuse(self, verdict, &telegram, ahead);
}
