// SPDX-License-Identifier: MIT
#include "bus/can/can_bus.h"

#include <assert.h>
#include <limits.h>

#include "bus/can/can_bus_parts.h"

#define ACK_SLOT_TO_END_BITS 8 // acknowledge delimiter and end of frame: what an unacknowledged frame is cut short by
#define CRC_DELIMITER_TO_END_BITS 9 // and the acknowledge slot: what is left behind the CRC delimiter

static_assert(CAN_BUS_NODES_MAX <= INDEX_SET_MAX, "nodes fit into a set");

void can_bus_init(can_bus_t *self, uint32_t bit_rate)
{
    assert(bit_rate >= 10000 && bit_rate <= 1000000);
    // Member by member: the nodes and their stubs are most of a bus, and one is never read before it has power.
    self->bit_ns = TIME_S / bit_rate;
    self->plan = NULL;
    self->index = 0;
    self->plan_seen = self->plan_begun = 0;
    self->plan_ns = TIME_NEVER;
    self->odd = self->unsettled = self->shorted = false;
    self->to_be_cut = self->babbling = self->powered = self->listen_only = self->held = (index_set_t){0};
    self->asking = self->changed = self->special = self->counting = (index_set_t){0};
    self->off = self->lost = self->cut = (index_set_t){0};
    self->order = self->order_before = self->carried = self->refused = 0;
    self->busy_total_ns = 0;
    self->wire = (can_wire_t){.state = CAN_BUS_ASLEEP};
}

void can_bus_set_plan(can_bus_t *self, fault_plan_t *plan, uint8_t index)
{
    self->plan = plan;
    self->index = index;
    self->plan_seen = 0;
}

void can_bus_set_listen_only(can_bus_t *self, uint8_t node)
{
    index_set_put(&self->listen_only, node, true);
}

static void begin_controller(can_bus_t *self, uint8_t node)
{
    can_bus_node_t *n = &self->nodes[node];
    n->used = 0;
    n->sending = -1;
    n->tec = n->rec = 0;
    n->suspended_ns = n->babble_ns = 0;
    index_set_put(&self->asking, node, false);
    index_set_put(&self->changed, node, false);
    index_set_put(&self->special, node, false);
    index_set_put(&self->counting, node, false);
    index_set_put(&self->off, node, false);
    index_set_put(&self->lost, node, false);
}

// Nobody drives the wire any more: the others see six equal bits, a stuff error, and answer with an error frame. The
// bits until they notice are left out.
static void break_off(can_bus_t *self, can_wire_t *wire, int64_t now_ns)
{
    int64_t end_ns = now_ns + FRAME_ERROR_BITS * self->bit_ns;
    wire->fate = CAN_FATE_BROKEN;
    if (wire == &self->wire) self->busy_total_ns += end_ns - wire->end_ns;
    wire->end_ns = end_ns;
}

void can_bus_set_power(can_bus_t *self, uint8_t node, bool powered, int64_t now_ns)
{
    can_bus_set_hold(self, node, false, now_ns);
    can_wire_t *wire = can_wire_of(self, node);
    begin_controller(self, node);
    if (index_set_has(self->babbling, node)) can_wires_follow_again(self);
    index_set_put(&self->powered, node, powered);
    index_set_put(&wire->nodes, node, true);
    index_set_put(&wire->losers, node, false);
    if (self->shorted || index_set_has(self->to_be_cut, node)) self->unsettled = true;
    can_bus_note_odd(self);
    if (!wire->busy || !index_set_has(wire->senders, node)) return;
    index_set_put(&wire->senders, node, false);
    if (index_set_is_empty(wire->senders)) break_off(self, wire, now_ns);
}

void can_bus_change_hold(can_bus_t *self, uint8_t node, bool hold, int64_t now_ns)
{
    can_bus_follow_plan(self, now_ns);
    if (!hold) can_wire_note_event(can_wire_of(self, node), now_ns);
    index_set_put(&self->held, node, hold);
}

// ---- the end of a frame --------------------------------------------------------------------------------------------

// Who stands on the wires and hears nothing now: {0} on a bus on which nothing goes wrong.
static index_set_t deaf_ones(const can_bus_t *self, const can_wire_t *wire)
{
    return index_set_either(self->off, index_set_either(wire->losers, wire->latecomers));
}

// Who hears a frame, and pulls its ACK slot down: everybody else on its wires who may. A sender does not hear itself,
// and a stranger only listens.
static index_set_t receivers_of(const can_bus_t *self, const can_wire_t *wire, index_set_t deaf)
{
    index_set_t silent = index_set_either(index_set_either(wire->senders, self->listen_only), deaf);
    return index_set_without(index_set_both(self->powered, wire->nodes), silent);
}

static void fall_asleep(can_bus_t *self, can_wire_t *wire)
{
    wire->state = CAN_BUS_ASLEEP;
    index_set_t rest = index_set_both(self->asking, wire->nodes);
    self->asking = index_set_without(self->asking, wire->nodes);
    self->changed = index_set_without(self->changed, wire->nodes);
    self->special = index_set_without(self->special, wire->nodes);
    for (int i; (i = index_set_take(&rest)) >= 0;) self->nodes[i].used = 0;
}

// A sender's part in a frame that the bus carried, or in one that failed. A failed frame stays in its mailbox and
// arbitrates again after the intermission.
static void settle_sender(can_bus_t *self, int node, can_fate_t fate, can_bus_outcome_t *outcome)
{
    can_bus_node_t *n = &self->nodes[node];
    const can_mailbox_t *box = &n->mailboxes[n->sending];
    if (fate == CAN_FATE_CARRIED) {
        if (box->flags & CAN_BUS_REPORT) index_set_put(&outcome->reports, (unsigned)node, true);
        can_mailboxes_empty(self, node, n->sending);
    } else {
        can_mailboxes_yield(self, node, n->sending);
    }
    n->sending = -1;
}

static void settle_senders(can_bus_t *self, index_set_t senders, can_fate_t fate, can_bus_outcome_t *outcome)
{
    for (int i; (i = index_set_take(&senders)) >= 0;) settle_sender(self, i, fate, outcome);
}

// What of a frame that was carried the plan has for later: who was not told. Returns who asks for it once more, and of
// these whose request is a cyclic one, as the first was.
static index_set_t act_later(const can_bus_t *self, const can_wire_t *wire, index_set_t receivers, index_set_t *cyclic,
                             can_bus_outcome_t *outcome)
{
    index_set_t originals = wire->senders, rest = wire->senders, untold, again;
    for (int i; (i = index_set_take(&rest)) >= 0;) {
        const can_bus_node_t *node = &self->nodes[i];
        uint8_t flags = node->mailboxes[node->sending].flags;
        if (flags & CAN_BUS_COPY) index_set_put(&originals, (unsigned)i, false);
        if (flags & CAN_BUS_CYCLIC) index_set_put(cyclic, (unsigned)i, true);
    }
    fault_plan_carried(self->plan, wire->later, originals, receivers, &untold, &again);
    outcome->deaf = index_set_either(outcome->deaf, untold);
    return again;
}

// What everybody is told of a frame on the bus itself; on a stub nobody hears anything.
static void tell_frame(can_bus_t *self, const can_wire_t *wire, can_fate_t fate, index_set_t deaf,
                       can_bus_outcome_t *outcome)
{
    bool carried = fate == CAN_FATE_CARRIED;
    outcome->kind = carried ? CAN_BUS_CARRIED : CAN_BUS_FAILED;
    outcome->frame = wire->frame;
    outcome->senders = wire->senders;
    outcome->reports = (index_set_t){0};
    outcome->deaf = index_set_either(deaf, self->cut);
    outcome->error_frame = fate == CAN_FATE_ERROR;
    self->carried += carried;
}

static void ask_again(can_bus_t *self, const can_wire_t *wire, index_set_t again, index_set_t cyclic, int64_t now_ns)
{
    for (int i; (i = index_set_take(&again)) >= 0;) {
        uint8_t notes = CAN_BUS_COPY | (index_set_has(cyclic, (unsigned)i) ? CAN_BUS_CYCLIC : 0);
        can_mailboxes_request_itself(self, (uint8_t)i, &wire->frame, notes, now_ns);
    }
}

static void finish_frame(can_bus_t *self, can_wire_t *wire, int64_t now_ns, can_bus_outcome_t *outcome)
{
    index_set_t deaf = deaf_ones(self, wire), receivers = receivers_of(self, wire, deaf), again = {0}, cyclic = {0};
    // Somebody who hears must have been there from the start (who got power in the middle saw no start of frame), and
    // somebody must be there now; that it is the same one is not asked.
    can_fate_t fate = wire->fate == CAN_FATE_CARRIED && index_set_is_empty(receivers) ? CAN_FATE_UNHEARD : wire->fate;
    bool carried = fate == CAN_FATE_CARRIED;
    wire->busy = false;
    wire->ready_ns = now_ns + FRAME_INTERMISSION_BITS * self->bit_ns;
    if (wire == &self->wire) tell_frame(self, wire, fate, deaf, outcome);
    if (carried && wire->later.entries) again = act_later(self, wire, receivers, &cyclic, outcome);
    settle_senders(self, wire->senders, fate, outcome);
    if (carried && !self->odd && !wire->later.entries) return; // while nobody has counted anything, nobody counts down
    settle_senders(self, wire->losers, CAN_FATE_ERROR, outcome);
    can_confinement_count(self, wire, fate, receivers, outcome);
    ask_again(self, wire, again, cyclic, now_ns);
}

// ---- what ends -----------------------------------------------------------------------------------------------------

// One thing ends at an instant on one pair of wires: a bus that has just woken has nothing on it, and one with a frame
// on it cannot fall asleep before the intermission behind it is over.
void can_bus_finish_wire(can_bus_t *self, can_wire_t *wire, int64_t now_ns, can_bus_outcome_t *outcome)
{
    bool is_bus = wire == &self->wire;
    if (wire->busy) {
        finish_frame(self, wire, now_ns, outcome);
    } else if (wire->state == CAN_BUS_WAKING) {
        wire->state = CAN_BUS_AWAKE;
        if (is_bus) outcome->kind = CAN_BUS_WOKE;
        can_outcome_tell(outcome, &outcome->woke, wire->nodes);
    } else {
        fall_asleep(self, wire);
        if (is_bus) outcome->kind = CAN_BUS_SLEPT;
        can_outcome_tell(outcome, &outcome->slept, wire->nodes);
    }
}

// ---- arbitration ---------------------------------------------------------------------------------------------------

// Finds the mailbox of a node that takes part in arbitration. Among equal identifiers the oldest request: ISO-TP's
// consecutive frames share one and must not overtake each other.
static inline void choose_best(can_bus_t *self, int node, int64_t now_ns)
{
    can_bus_node_t *n = &self->nodes[node];
    bool special = index_set_has(self->special, (unsigned)node);
    n->best = -1;
    self->ranks[node] = UINT64_MAX;
    for (int i = can_node_next_used(n, 0); i >= 0; i = can_node_next_used(n, i + 1)) {
        const can_mailbox_t *box = &n->mailboxes[i];
        uint64_t rank = frame_priority(&box->frame);
        bool better = n->best < 0 || rank < self->ranks[node] ||
                      (rank == self->ranks[node] && box->order < n->mailboxes[n->best].order);
        if (!better || (special && can_node_mailbox_ready_ns(n, i) > now_ns)) continue;
        n->best = (int8_t)i;
        self->ranks[node] = rank;
    }
}

// What is to vanish does so in its turn, and the next of its node takes part.
static void let_vanish(can_bus_t *self, int node, int64_t now_ns)
{
    can_bus_node_t *n = &self->nodes[node];
    for (choose_best(self, node, now_ns); n->best >= 0; choose_best(self, node, now_ns)) {
        const can_mailbox_t *box = &n->mailboxes[n->best];
        if ((box->flags & CAN_BUS_DROPPED) == 0) return;
        if (box->flags & CAN_BUS_BABBLED) {
            n->babble_ns = now_ns + frame_bits(&box->frame) * self->bit_ns;
            if (index_set_has(self->babbling, (unsigned)node)) // and not only what is left of it
                self->plan_ns = time_earlier(self->plan_ns, n->babble_ns);
        }
        can_mailboxes_empty(self, node, n->best);
    }
}

// Those who take part, of nodes that have something to send.
static index_set_t choose_special(can_bus_t *self, index_set_t asking, int64_t now_ns)
{
    index_set_t rest = index_set_both(asking, self->special);
    for (int i; (i = index_set_take(&rest)) >= 0;) {
        can_bus_node_t *n = &self->nodes[i];
        index_set_put(&asking, (unsigned)i, false);
        if (n->suspended_ns > now_ns) continue;
        let_vanish(self, i, now_ns);
        index_set_put(&asking, (unsigned)i, n->best >= 0);
        index_set_put(&self->special, (unsigned)i, can_node_is_special(n, now_ns));
        index_set_put(&self->changed, (unsigned)i, n->used != 0);
    }
    can_bus_note_odd(self);
    return asking;
}

// All nodes whose best frame wins the arbitration send.
//
//   on the wire    0 0 1 0 0 1 1 0 0 0 0 │ …
//   node 0, 0x130  0 0 1 0 0 1 1 0 0 0 0 │ sends on
//   node 1, 0x230  0 1 reads 0: has lost, falls silent, keeps its frame for the next time
//   node 2, 0x130  0 0 1 0 0 1 1 0 0 0 0 │ sends on, too: arbitration cannot tell it from node 0
//
// A dominant 0 wins over a recessive 1, so bit by bit the smallest identifier is left over: it is enough to compare
// ranks. Equal ranks go on together.
static index_set_t choose_senders(can_bus_t *self, const can_wire_t *wire, int64_t now_ns)
{
    index_set_t changed = index_set_both(self->changed, wire->nodes);
    self->changed = index_set_without(self->changed, wire->nodes);
    for (int i; (i = index_set_take(&changed)) >= 0;) choose_best(self, i, now_ns);
    index_set_t rest = index_set_both(self->asking, wire->nodes);
    if (!index_set_is_empty(self->special)) rest = choose_special(self, rest, now_ns);
    uint64_t best_rank = UINT64_MAX;
    index_set_t senders = {0};
    for (int i; (i = index_set_take(&rest)) >= 0;) {
        if (self->ranks[i] > best_rank) continue;
        if (self->ranks[i] < best_rank) senders = (index_set_t){0};
        best_rank = self->ranks[i];
        index_set_put(&senders, (unsigned)i, true);
    }
    rest = senders;
    for (int i; (i = index_set_take(&rest)) >= 0;) self->nodes[i].sending = self->nodes[i].best;
    return senders;
}

static const can_frame_t *frame_of(const can_bus_t *self, int node)
{
    assert(node >= 0);
    const can_bus_node_t *n = &self->nodes[node];
    return &n->mailboxes[n->sending].frame;
}

// Where frames of these nodes first differ, in bits from the start of frame; 0: nowhere. *recessive gets those who send
// a recessive bit there.
static unsigned find_difference(const can_bus_t *self, index_set_t senders, index_set_t *recessive)
{
    unsigned first_bits = 0;
    index_set_t others = {0}, rest = senders;
    int one = index_set_take(&rest);
    bool one_recessive = false;
    for (int i; (i = index_set_take(&rest)) >= 0;) {
        bool bit;
        unsigned bits = frame_bits_until_different(frame_of(self, one), frame_of(self, i), &bit);
        if (bits == 0 || (first_bits > 0 && bits > first_bits)) continue;
        if (bits != first_bits) others = (index_set_t){0};
        first_bits = bits;
        one_recessive = bit;
        index_set_put(&others, (unsigned)i, true);
    }
    *recessive = one_recessive ? index_set_without(senders, others) : others;
    return first_bits;
}

static bool any_is_active(const can_bus_t *self, index_set_t nodes)
{
    for (int i; (i = index_set_take(&nodes)) >= 0;)
        if (can_bus_error_state(self, (uint8_t)i) == CAN_BUS_ERROR_ACTIVE) return true;
    return false;
}

// With equal bytes nobody notices, and it is one frame with several senders. With other bytes the one that sends 1 and
// reads 0 finds a bit error, which outside the identifier is no loss but a failure: its active flag destroys the frame
// of the others, too. A passive flag is recessive and destroys nothing: the others go on without it. Looks at so many
// bits; returns after how many the frame fails, 0: not by that.
static unsigned settle_conflict(can_bus_t *self, can_wire_t *wire, unsigned most_bits)
{
    index_set_t recessive;
    for (unsigned bits; (bits = find_difference(self, wire->senders, &recessive)) > 0 && bits <= most_bits;) {
        if (any_is_active(self, recessive)) return bits;
        wire->losers = index_set_either(wire->losers, recessive);
        wire->senders = index_set_without(wire->senders, recessive);
    }
    return 0;
}

// ---- the beginning of a frame --------------------------------------------------------------------------------------

// Bits until the plan inverts one, that one included, of a frame that ends after `bits` for another reason; 0: until
// then it inverts none.
static unsigned ask_plan_of_frame(can_bus_t *self, can_wire_t *wire, unsigned whole_bits, unsigned bits, int64_t now_ns)
{
    index_set_t senders = index_set_either(wire->senders, wire->losers);
    unsigned delimiter = whole_bits - CRC_DELIMITER_TO_END_BITS;
    bool corrupt = fault_plan_frame(self->plan, self->index, senders, &wire->frame, now_ns, &wire->later);
    unsigned limit = corrupt && delimiter < bits ? delimiter : bits;
    unsigned good = fault_plan_noise(self->plan, self->index, limit, now_ns);
    return good < limit ? good + 1 : corrupt && delimiter < bits ? delimiter : 0;
}

// From the first bit on it is known when this ends and how, unless power goes meanwhile (can_bus_set_power):
//
//               now_ns                                                    end_ns     ready_ns
//   carried     ├─ identifier ─ control ─ data ─ CRC ─┤ACK├─ delimiter, end ─┤─ 3 bits ─┤
//   unheard     ├─ identifier ─ control ─ data ─ CRC ─┤ 1 ├── error frame ───────┤─ 3 bits ─┤
//   corrupted   ├─ identifier ─ control ─ data ─ CRC, delimiter ┤── error frame ───────┤─ 3 bits ─┤
//   conflict    ├─ identifier ─ control ─ da┤── error frame ───────┤─ 3 bits ─┤
//   power lost  ├─ identifier ─ con┤── error frame ───────┤─ 3 bits ─┤
//   shorted     ├─┤── error frame ───────┤─ 3 bits ─┤
//
// The intermission belongs to every frame, whatever became of it: only behind it is the bus idle, and only then does it
// arbitrate among everything that was asked for meanwhile. Whoever asks during a frame waits, however urgent.
static unsigned foresee(can_bus_t *self, can_wire_t *wire, index_set_t senders, int64_t now_ns)
{
    index_set_t others = senders;
    bool alone = (index_set_take(&others), index_set_is_empty(others));
    wire->fate = CAN_FATE_ERROR;
    wire->later.entries = 0;
    wire->senders = senders;
    wire->losers = wire->latecomers = (index_set_t){0};
    if (wire->shorted) return 1;
    unsigned conflict_bits = alone ? 0 : settle_conflict(self, wire, UINT_MAX);
    if (!alone) wire->frame = *frame_of(self, index_set_first(wire->senders));
    unsigned whole_bits = frame_bits(&wire->frame);
    bool heard = !index_set_is_empty(receivers_of(self, wire, deaf_ones(self, wire)));
    unsigned bits = conflict_bits ? conflict_bits : heard ? whole_bits : whole_bits - ACK_SLOT_TO_END_BITS;
    unsigned bad_bits = fault_plan_is_empty(self->plan) ? 0 : ask_plan_of_frame(self, wire, whole_bits, bits, now_ns);
    if (!bad_bits && !conflict_bits) wire->fate = heard ? CAN_FATE_CARRIED : CAN_FATE_UNHEARD;
    if (!bad_bits) return bits;
    if (!index_set_is_empty(wire->losers)) { // what was inverted came before some of them fell silent
        wire->senders = senders;
        wire->losers = (index_set_t){0};
        settle_conflict(self, wire, bad_bits - 1);
        wire->frame = *frame_of(self, index_set_first(wire->senders));
    }
    return bad_bits;
}

void can_bus_arbitrate(can_bus_t *self, can_wire_t *wire, int64_t now_ns)
{
    if (wire->state != CAN_BUS_AWAKE || wire->busy || wire->ready_ns > now_ns) return;
    index_set_t senders = choose_senders(self, wire, now_ns);
    if (index_set_is_empty(senders)) return;
    wire->frame = *frame_of(self, index_set_first(senders));
    unsigned bits = foresee(self, wire, senders, now_ns);
    if (wire->fate != CAN_FATE_CARRIED) bits += FRAME_ERROR_BITS;
    if (!index_set_is_empty(self->off)) can_confinement_interrupt(self, wire->nodes, now_ns);
    wire->busy = true;
    wire->end_ns = now_ns + (int64_t)bits * self->bit_ns;
    if (wire == &self->wire) self->busy_total_ns += ((int64_t)bits + FRAME_INTERMISSION_BITS) * self->bit_ns;
}
