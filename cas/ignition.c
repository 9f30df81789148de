// SPDX-License-Identifier: MIT
#include "cas/ignition.h"

#include "bus/car/words.h"

// ---- bursts of RemoteKeyStatus with button none ---------------------------------------------------------------------
//
// Four reasons, each with three frames of its own and a delay of its own (ms; ! is the cause, x a frame):
//
//   key valid   !──150──x─100─x─100─x                                                BY_KEY
//   R on        !──140──x─────x─────x                                                BY_R
//               !────────────────── 1240 ──────────────────x─────x─────x             AGAIN
//   15 on       !──142──x─────x─────x                                                BY_15
//
// A terminal that comes on ends what is left of earlier ones, or their frames would come before its own are due, sooner
// than any real car sends them. The repetition that R began is the exception as long as it waits: 15 leaves it alone.
//
//   R on, then 15 on soon:            R !──140──x─ ─ ┐ ended
//                                     15             !──142──x─100─x─100─x
//                                     AGAIN ────────────────────────────────── 1240 ──x─100─x─100─x
//
//   15 so late that both would run:   R !──140──x─100─x─100─x
//                                     15                             !──142──x─100─x─100─x
//                                     AGAIN ──────────────────────── 1240 ──────┘ dropped: 15 calls up already

static void start_burst(ignition_t *self, uint8_t reason, int64_t due_ns)
{
    self->bursts[reason] = (ignition_burst_t){IGNITION_BURST_FRAMES, due_ns};
}

static void stop_burst(ignition_t *self, uint8_t reason)
{
    self->bursts[reason] = (ignition_burst_t){0, TIME_NEVER};
}

static void stop_bursts(ignition_t *self)
{
    for (uint8_t reason = 0; reason < IGNITION_BURST_COUNT; reason++) stop_burst(self, reason);
}

static void announce(ignition_t *self, keys_t *keys, int64_t now_ns, uint8_t reason)
{
    ignition_burst_t *burst = &self->bursts[reason];
    const key_slot_t *slot = keys_find(keys, self->key);
    burst->due_ns = TIME_NEVER;
    if (self->state != LOCK_VALID || !slot) return;
    if (reason == IGNITION_AGAIN && self->bursts[IGNITION_BY_15].left > 0) { // that one calls up already
        stop_burst(self, IGNITION_AGAIN);
        return;
    }
    // The table is asked at each frame: a number that the workshop enters meanwhile is told by the next one.
    effects_push(&self->effects,
                 (effect_t){.kind = EFFECT_KEY_STATUS,
                            .key_status = {
                                .key = self->key,
                                .personalization = slot->personalization ? slot->personalization : KEY_NUMBER_INVALID,
                                .button = KEY_STATUS_NONE,
                                .inserted = true,
                                .begins = true,
                                .battery_low = slot->battery_low,
                            }});
    if (--burst->left > 0) burst->due_ns = now_ns + IGNITION_BURST_NS;
}

// ---- terminals -----------------------------------------------------------------------------------------------------

static void announce_terminals(ignition_t *self, int64_t now_ns, terminal_t before, terminal_t after)
{
    bool from_off = before == TERMINAL_OFF && after != TERMINAL_OFF;
    bool to_15 = before < TERMINAL_15 && after >= TERMINAL_15;
    if (!from_off && !to_15) return;
    for (uint8_t reason = 0; reason < IGNITION_BURST_COUNT; reason++) {
        bool waits = reason == IGNITION_AGAIN && self->bursts[reason].left == IGNITION_BURST_FRAMES;
        if (from_off || !waits) stop_burst(self, reason);
    }
    if (to_15) start_burst(self, IGNITION_BY_15, now_ns + IGNITION_15_ANNOUNCE_NS);
    if (!from_off) return;
    if (after < TERMINAL_15) start_burst(self, IGNITION_BY_R, now_ns + IGNITION_R_ANNOUNCE_NS);
    start_burst(self, IGNITION_AGAIN, now_ns + IGNITION_R_ANNOUNCE_NS + IGNITION_AGAIN_NS);
}

static void set_terminal(ignition_t *self, int64_t now_ns, terminal_t terminal)
{
    terminal_t before = self->terminal;
    if (before == terminal) return;
    self->terminal = terminal;
    effects_ask(&self->effects, EFFECT_TERMINAL);
    effects_log(&self->effects, LOG_TERMINAL, terminal, 0, 0);
    announce_terminals(self, now_ns, before, terminal);
}

// A key turned early finds the terminals off: they follow it when they may.
//
//   key in ── valid (314) ── turned to R ── 474 ms: R on, if it still stands there
static void follow(ignition_t *self, int64_t now_ns)
{
    if (self->state != LOCK_VALID) return;
    int64_t allowed_ns = self->plugged_ns + IGNITION_TERMINAL_NS;
    if (now_ns < allowed_ns)
        self->follow_ns = allowed_ns;
    else
        set_terminal(self, now_ns, self->wanted);
}

void ignition_set_position(ignition_t *self, int64_t now_ns, int64_t position)
{
    if (position < TERMINAL_OFF || position > TERMINAL_50) {
        self->positions_ignored++;
        return;
    }
    self->wanted = (terminal_t)position;
    follow(self, now_ns);
}

// ---- the key -------------------------------------------------------------------------------------------------------

static void forget_key(ignition_t *self)
{
    self->state = LOCK_EMPTY;
    self->plugged_ns = 0;
    self->key = 0;
    self->fault = 0;
    self->challenge = (air_t){0};
    self->wanted = self->terminal = TERMINAL_OFF;
    self->judge_ns = self->follow_ns = TIME_NEVER;
    stop_bursts(self);
}

void ignition_start(ignition_t *self)
{
    *self = (ignition_t){0};
    forget_key(self);
}

static void take_out(ignition_t *self, int64_t now_ns)
{
    // The lock gives no key free in another position. The terminals are switched off before the key is forgotten, so
    // that their going off is told; TerminalStatus says something new in any case: there is no key.
    set_terminal(self, now_ns, TERMINAL_OFF);
    forget_key(self);
    effects_ask(&self->effects, EFFECT_TERMINAL);
    effects_log(&self->effects, LOG_KEY_REMOVED, 0, 0, 0);
}

static void put_in(ignition_t *self, int64_t now_ns, random_t *random)
{
    // A CAS that gets power hears of the key that was in the lock before, and that is turned just then, in this order:
    //
    //   power on, turned to 15 ── 100 us ── position 15, key in     where the key stands is no matter of when it came
    terminal_t position = self->wanted;
    forget_key(self);
    self->wanted = position;
    self->state = LOCK_IDENTIFYING;
    self->plugged_ns = now_ns;
    self->fault = FAULT_KEY_SILENT; // until it speaks
    self->challenge = key_challenge_encode(random_next(random));
    self->judge_ns = now_ns + IGNITION_VALID_NS;
    effects_push(&self->effects, (effect_t){.kind = EFFECT_COIL, .air = self->challenge});
    effects_ask(&self->effects, EFFECT_TERMINAL);
}

void ignition_set_key(ignition_t *self, int64_t now_ns, bool plugged, random_t *random)
{
    if (plugged == (self->state != LOCK_EMPTY)) return;
    if (plugged)
        put_in(self, now_ns, random);
    else
        take_out(self, now_ns);
}

static void write_number(ignition_t *self, const key_slot_t *slot)
{
    air_t write = key_write_encode(KEY_LF_WRITE, slot->personalization, &self->challenge, slot->secret);
    effects_push(&self->effects, (effect_t){.kind = EFFECT_COIL, .air = write});
}

// The number that the key carries is the table's again (a re-assignment reaches it here).
static void heal_key(ignition_t *self, const key_answer_t *answer, const key_slot_t *slot)
{
    if (slot->personalization != 0 && answer->personalization != slot->personalization) write_number(self, slot);
}

void ignition_rewrite(ignition_t *self, keys_t *keys, int key)
{
    if (ignition_holds(self, key) && self->fault == 0) write_number(self, keys_find(keys, key));
}

// What the key is becomes known 2 ms after it was put in; what follows from it waits for its judgement at 314 ms.
static void hear_answer(ignition_t *self, keys_t *keys, const air_t *air)
{
    key_answer_t answer = {0};
    const key_slot_t *known = key_answer_decode(air, &answer) ? keys_find(keys, answer.key) : NULL;
    bool was_learned = known && known->learned; // before the judgement, which learns it
    keys_verdict_t verdict = keys_judge_answer(keys, air, &self->challenge, &answer);
    if (verdict == KEYS_MALFORMED) return;
    self->fault = FAULT_KEY_FOREIGN;
    if (verdict == KEYS_FORGED) return; // a right answer may still come: whoever spoke first need not be the key
    self->key = answer.key;
    self->fault = verdict == KEYS_BLOCKED ? FAULT_KEY_BLOCKED : 0;
    effects_ask(&self->effects, EFFECT_STORE); // its changing code is initialised anew, also a blocked one's
    if (verdict == KEYS_BLOCKED || !known) return;
    if (!was_learned) effects_log(&self->effects, LOG_KEY_LEARNED, answer.key, 0, 0);
    heal_key(self, &answer, known);
}

void ignition_hear(ignition_t *self, keys_t *keys, const air_t *air)
{
    if (self->state == LOCK_EMPTY || air->size == 0) {
        self->answers_ignored++;
        return;
    }
    bool asked = self->state == LOCK_IDENTIFYING && self->key == 0;
    if (air->bytes[0] == KEY_LF_ANSWER && asked)
        hear_answer(self, keys, air);
    else if (air->bytes[0] == KEY_LF_ANSWER)
        self->answers_ignored++;
    const key_slot_t *slot = keys_find(keys, self->key);
    if (air->bytes[0] != KEY_LF_WRITTEN || !slot) return;
    int written = key_write_decode(KEY_LF_WRITTEN, air, &self->challenge, slot->secret);
    if (written > 0) effects_log(&self->effects, LOG_KEY_REWRITTEN, self->key, written, 0);
}

static void refuse(ignition_t *self)
{
    self->state = LOCK_REFUSED;
    self->blocked_keys += self->fault == FAULT_KEY_BLOCKED;
    self->foreign_keys += self->fault == FAULT_KEY_FOREIGN;
    self->silent_keys += self->fault == FAULT_KEY_SILENT;
    effects_log(&self->effects, LOG_KEY_REFUSED, self->key, self->fault, 0);
    effects_push(&self->effects, (effect_t){.kind = EFFECT_FAULT, .fault = self->fault});
    effects_ask(&self->effects, EFFECT_TERMINAL);
}

static void judge(ignition_t *self, keys_t *keys, int64_t now_ns)
{
    if (self->fault) {
        refuse(self);
        return;
    }
    self->state = LOCK_VALID;
    effects_ask(&self->effects, EFFECT_TERMINAL);
    effects_log(&self->effects, LOG_KEY_IDENTIFIED, self->key, keys_find(keys, self->key)->personalization, 0);
    start_burst(self, IGNITION_BY_KEY, now_ns + IGNITION_KEY_ANNOUNCE_NS);
    follow(self, now_ns); // it may have been turned long ago
}

// In this order, should they be due together: a key is judged before its terminals follow, and a terminal that comes on
// ends a call-up's frame of the same instant.
void ignition_elapse(ignition_t *self, keys_t *keys, int64_t now_ns)
{
    if (self->judge_ns <= now_ns) {
        self->judge_ns = TIME_NEVER;
        judge(self, keys, now_ns);
    }
    if (self->follow_ns <= now_ns) {
        self->follow_ns = TIME_NEVER;
        follow(self, now_ns);
    }
    for (uint8_t reason = 0; reason < IGNITION_BURST_COUNT; reason++) {
        if (self->bursts[reason].due_ns <= now_ns) announce(self, keys, now_ns, reason);
    }
}

int64_t ignition_next(const ignition_t *self)
{
    int64_t next_ns = time_earlier(self->judge_ns, self->follow_ns);
    for (size_t i = 0; i < IGNITION_BURST_COUNT; i++) next_ns = time_earlier(next_ns, self->bursts[i].due_ns);
    return next_ns;
}

bool ignition_pull(ignition_t *self, effect_t *effect)
{
    return effects_pull(&self->effects, effect);
}

bool ignition_holds(const ignition_t *self, int key)
{
    return self->state != LOCK_EMPTY && self->key == key;
}
