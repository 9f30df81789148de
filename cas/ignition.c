// SPDX-License-Identifier: MIT
#include "cas/ignition.h"

#include "cas/cas.h"
#include "bus/car/words.h"

const char *const IGNITION_SIGNALS[IGNITION_SIGNAL_COUNT] = {
    "TerminalR",  "Terminal15",  "Terminal50",         "KeyValid", "KeyNumber", "KeyType",
    "KeyPlugged", "Immobilizer", "Terminal15Hardware", "Alive",    "Checksum",
};

enum { KEY_TYPE_NONE = 0, KEY_TYPE_REMOTE = 4, KEY_TYPE_UNIDENTIFIED = 0xE };
enum { IMMOBILIZER_LOCKED = 1, IMMOBILIZER_FREE = 2 };
enum { KEY_NUMBER_RAW_INVALID = 0xF };

// ---- bursts of RemoteKeyStatus with button none ---------------------------------------------------------------------

static void start_burst(cas_t *self, uint8_t reason, int64_t delay_ns)
{
    self->ignition.burst_left[reason] = IGNITION_BURST_FRAMES;
    ecu_timer_set(&self->ecu, (uint8_t)(CAS_TIMER_ANNOUNCE + reason), self->ecu.now_ns + delay_ns);
}

static void stop_burst(cas_t *self, uint8_t reason)
{
    self->ignition.burst_left[reason] = 0;
    ecu_timer_set(&self->ecu, (uint8_t)(CAS_TIMER_ANNOUNCE + reason), TIME_NEVER);
}

static void stop_bursts(cas_t *self)
{
    for (uint8_t reason = 0; reason < IGNITION_BURST_COUNT; reason++) stop_burst(self, reason);
}

void ignition_announce(cas_t *self, uint8_t reason)
{
    ignition_t *ignition = &self->ignition;
    const key_slot_t *slot = keys_find(&self->keys, ignition->key);
    if (ignition->state != LOCK_VALID || !slot) return;
    if (reason == IGNITION_AGAIN && ignition->burst_left[IGNITION_BY_15] > 0) { // that one calls up already
        stop_burst(self, IGNITION_AGAIN);
        return;
    }
    cas_send_key_status(self, &(remote_status_t){
                                  .key = ignition->key,
                                  .personalization = slot->personalization ? slot->personalization : KEY_NUMBER_INVALID,
                                  .button = REMOTE_RAW_NONE,
                                  .inserted = true,
                                  .battery_low = slot->battery_low,
                              });
    if (--ignition->burst_left[reason] > 0)
        ecu_timer_set(&self->ecu, (uint8_t)(CAS_TIMER_ANNOUNCE + reason), self->ecu.now_ns + IGNITION_BURST_NS);
}

// ---- terminals -----------------------------------------------------------------------------------------------------

// What a terminal switched on calls up again, each after its own measured delay. It takes the place of what is left of
// an earlier call-up, whose frames would come before its own are due; the repetition that R began waits its time.
static void announce_terminals(cas_t *self, terminal_t before, terminal_t after)
{
    bool from_off = before == TERMINAL_OFF && after != TERMINAL_OFF;
    bool to_15 = before < TERMINAL_15 && after >= TERMINAL_15;
    if (!from_off && !to_15) return;
    for (uint8_t reason = 0; reason < IGNITION_BURST_COUNT; reason++) {
        bool waits = reason == IGNITION_AGAIN && self->ignition.burst_left[reason] == IGNITION_BURST_FRAMES;
        if (from_off || !waits) stop_burst(self, reason);
    }
    if (to_15) start_burst(self, IGNITION_BY_15, IGNITION_15_ANNOUNCE_NS);
    if (!from_off) return;
    if (after < TERMINAL_15) start_burst(self, IGNITION_BY_R, IGNITION_R_ANNOUNCE_NS);
    start_burst(self, IGNITION_AGAIN, IGNITION_R_ANNOUNCE_NS + IGNITION_AGAIN_NS);
}

static void set_terminal(cas_t *self, terminal_t terminal)
{
    terminal_t before = self->ignition.terminal;
    if (before == terminal) return;
    self->ignition.terminal = terminal;
    ecu_send(&self->ecu, CAS_MESSAGE_TERMINAL);
    ecu_log(&self->ecu, LOG_TERMINAL, terminal, 0, 0);
    announce_terminals(self, before, terminal);
}

void ignition_follow(cas_t *self)
{
    ignition_t *ignition = &self->ignition;
    if (ignition->state != LOCK_VALID) return;
    int64_t allowed_ns = ignition->plugged_ns + IGNITION_TERMINAL_NS;
    if (self->ecu.now_ns < allowed_ns)
        ecu_timer_set(&self->ecu, CAS_TIMER_TERMINAL, allowed_ns);
    else
        set_terminal(self, ignition->wanted);
}

void ignition_set_position(cas_t *self, int64_t position)
{
    if (position < TERMINAL_OFF || position > TERMINAL_50) return;
    self->ignition.wanted = (terminal_t)position;
    ignition_follow(self);
}

// ---- the key -------------------------------------------------------------------------------------------------------

static void take_out(cas_t *self)
{
    ignition_t *ignition = &self->ignition;
    stop_bursts(self);
    ecu_timer_set(&self->ecu, CAS_TIMER_VALID, TIME_NEVER);
    ecu_timer_set(&self->ecu, CAS_TIMER_TERMINAL, TIME_NEVER);
    set_terminal(self, TERMINAL_OFF); // the lock gives no key free in another position
    *ignition = (ignition_t){.state = LOCK_EMPTY};
    stop_bursts(self);
    ecu_set_hold(&self->ecu, false);
    ecu_send(&self->ecu, CAS_MESSAGE_TERMINAL);
    ecu_log(&self->ecu, LOG_KEY_REMOVED, 0, 0, 0);
}

static void put_in(cas_t *self)
{
    ignition_t *ignition = &self->ignition;
    *ignition = (ignition_t){
        .state = LOCK_IDENTIFYING,
        .plugged_ns = self->ecu.now_ns,
        .fault = FAULT_KEY_SILENT,
        .challenge = key_challenge_encode(random_next(&self->ecu.random)),
    };
    outbox_transmit(self->ecu.outbox, AIR_LF, ignition->challenge.bytes, ignition->challenge.size);
    ecu_timer_set(&self->ecu, CAS_TIMER_VALID, self->ecu.now_ns + IGNITION_VALID_NS);
    ecu_set_hold(&self->ecu, true);
    ecu_send(&self->ecu, CAS_MESSAGE_TERMINAL);
}

void ignition_set_key(cas_t *self, bool plugged)
{
    if (plugged == (self->ignition.state != LOCK_EMPTY)) return;
    if (plugged)
        put_in(self);
    else
        take_out(self);
}

static void write_number(cas_t *self, const key_slot_t *slot)
{
    air_t write = key_write_encode(KEY_LF_WRITE, slot->personalization, &self->ignition.challenge, slot->secret);
    outbox_transmit(self->ecu.outbox, AIR_LF, write.bytes, write.size);
}

// The number that the key carries is the table's again (a re-assignment reaches it here).
static void heal_key(cas_t *self, const key_answer_t *answer, const key_slot_t *slot)
{
    if (slot->personalization != 0 && answer->personalization != slot->personalization) write_number(self, slot);
}

void ignition_rewrite(cas_t *self, int key)
{
    if (ignition_holds(self, key) && self->ignition.fault == 0) write_number(self, keys_find(&self->keys, key));
}

static void hear_answer(cas_t *self, const air_t *air)
{
    ignition_t *ignition = &self->ignition;
    key_answer_t answer = {0};
    const key_slot_t *known = key_answer_decode(air, &answer) ? keys_find(&self->keys, answer.key) : NULL;
    bool was_learned = known && known->learned;
    keys_verdict_t verdict = keys_judge_answer(&self->keys, air, &ignition->challenge, &answer);
    if (verdict == KEYS_MALFORMED) return;
    ignition->fault = FAULT_KEY_FOREIGN;
    if (verdict == KEYS_FORGED) return;
    ignition->key = answer.key;
    ignition->fault = verdict == KEYS_BLOCKED ? FAULT_KEY_BLOCKED : 0;
    ecu_store(&self->ecu);
    if (verdict == KEYS_BLOCKED || !known) return;
    if (!was_learned) ecu_log(&self->ecu, LOG_KEY_LEARNED, answer.key, 0, 0);
    heal_key(self, &answer, known);
}

void ignition_hear(cas_t *self, const air_t *air)
{
    ignition_t *ignition = &self->ignition;
    if (ignition->state == LOCK_EMPTY || air->size == 0) return;
    if (air->bytes[0] == KEY_LF_ANSWER && ignition->state == LOCK_IDENTIFYING && ignition->key == 0)
        hear_answer(self, air);
    const key_slot_t *slot = keys_find(&self->keys, ignition->key);
    if (air->bytes[0] != KEY_LF_WRITTEN || !slot) return;
    int written = key_write_decode(KEY_LF_WRITTEN, air, &ignition->challenge, slot->secret);
    if (written > 0) ecu_log(&self->ecu, LOG_KEY_REWRITTEN, ignition->key, written, 0);
}

static void refuse(cas_t *self)
{
    ignition_t *ignition = &self->ignition;
    ignition->state = LOCK_REFUSED;
    self->counters.blocked_keys += ignition->fault == FAULT_KEY_BLOCKED;
    self->counters.foreign_keys += ignition->fault == FAULT_KEY_FOREIGN;
    self->counters.silent_keys += ignition->fault == FAULT_KEY_SILENT;
    ecu_log(&self->ecu, LOG_KEY_REFUSED, ignition->key, ignition->fault, 0);
    ecu_fault(&self->ecu, ignition->fault);
}

void ignition_judge(cas_t *self)
{
    ignition_t *ignition = &self->ignition;
    if (ignition->state != LOCK_IDENTIFYING) return;
    if (ignition->fault) {
        refuse(self);
        ecu_send(&self->ecu, CAS_MESSAGE_TERMINAL);
        return;
    }
    ignition->state = LOCK_VALID;
    ecu_send(&self->ecu, CAS_MESSAGE_TERMINAL);
    ecu_log(&self->ecu, LOG_KEY_IDENTIFIED, ignition->key, keys_find(&self->keys, ignition->key)->personalization, 0);
    start_burst(self, IGNITION_BY_KEY, IGNITION_KEY_ANNOUNCE_NS);
    ignition_follow(self);
}

bool ignition_holds(const cas_t *self, int key)
{
    return self->ignition.state != LOCK_EMPTY && self->ignition.key == key;
}

// ---- what TerminalStatus says --------------------------------------------------------------------------------------

typedef struct {
    uint8_t valid, type;
    bool number_known, plugged;
} lock_view_t;

void ignition_compose(const cas_t *self, can_frame_t *frame)
{
    static const lock_view_t VIEWS[] = {
        [LOCK_EMPTY] = {0, KEY_TYPE_NONE, false, false},
        [LOCK_IDENTIFYING] = {0, KEY_TYPE_UNIDENTIFIED, false, true},
        [LOCK_VALID] = {1, KEY_TYPE_REMOTE, true, true},
        [LOCK_REFUSED] = {2, KEY_TYPE_UNIDENTIFIED, false, true},
    };
    const ignition_t *ignition = &self->ignition;
    const dbc_signal_t *const *signals = self->terminal_signals;
    lock_view_t view = VIEWS[ignition->state];
    dbc_set(signals[IGNITION_R], frame, ignition->terminal >= TERMINAL_R);
    dbc_set(signals[IGNITION_15], frame, ignition->terminal >= TERMINAL_15);
    dbc_set(signals[IGNITION_50], frame, ignition->terminal == TERMINAL_50);
    dbc_set(signals[IGNITION_15_HARDWARE], frame, ignition->terminal >= TERMINAL_15);
    dbc_set(signals[IGNITION_KEY_VALID], frame, view.valid);
    dbc_set(signals[IGNITION_KEY_TYPE], frame, view.type);
    dbc_set(signals[IGNITION_KEY_NUMBER], frame, view.number_known ? ignition->key - 1 : KEY_NUMBER_RAW_INVALID);
    dbc_set(signals[IGNITION_KEY_PLUGGED], frame, view.plugged);
    dbc_set(signals[IGNITION_IMMOBILIZER], frame,
            ignition->state == LOCK_VALID ? IMMOBILIZER_FREE : IMMOBILIZER_LOCKED);
}
