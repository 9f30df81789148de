// SPDX-License-Identifier: MIT
#include "bus/can/can_bus.h"

#include <assert.h>
#include <string.h>

#define ACK_SLOT_TO_END_BITS 8 // acknowledge delimiter and end of frame: what an unacknowledged frame is cut short by
#define HEADER_BITS 19         // start of frame to data length code of a standard frame

static_assert(CAN_BUS_NODES_MAX <= INDEX_SET_MAX, "nodes fit into a set");

void can_bus_init(can_bus_t *self, uint32_t bit_rate)
{
    assert(bit_rate >= 10000 && bit_rate <= 1000000);
    // Member by member: the nodes are most of a bus, and one is never read before it has power.
    self->bit_ns = TIME_S / bit_rate;
    self->state = CAN_BUS_ASLEEP;
    self->ready_ns = self->sleep_ns = self->end_ns = self->busy_total_ns = 0;
    self->busy = self->conflict = self->broken = self->heard = false;
    self->powered = self->listen_only = self->held = (index_set_t){0};
    self->asking = self->changed = self->senders = (index_set_t){0};
    self->frame = (can_frame_t){0};
    self->order = self->carried = self->refused = 0;
}

void can_bus_set_listen_only(can_bus_t *self, uint8_t node)
{
    index_set_put(&self->listen_only, node, true);
}

// The first mailbox in use from `from` on, -1: none. Of 32 few are: asking each would be most of the work.
static int next_used(const can_bus_node_t *node, int from)
{
    uint32_t rest = from < CAN_BUS_MAILBOXES ? node->used >> from << from : 0;
    return rest ? __builtin_ctz(rest) : -1;
}

static void note_event(can_bus_t *self, int64_t now_ns)
{
    self->sleep_ns = now_ns + CAN_BUS_LINGER_NS;
}

static bool same_identifier(const can_frame_t *a, const can_frame_t *b)
{
    return a->id == b->id && a->extended == b->extended && a->remote == b->remote;
}

void can_bus_set_power(can_bus_t *self, uint8_t node, bool powered, int64_t now_ns)
{
    can_bus_node_t *n = &self->nodes[node];
    can_bus_set_hold(self, node, false, now_ns);
    n->used = 0;
    n->sending = -1;
    index_set_put(&self->asking, node, false);
    index_set_put(&self->changed, node, false);
    index_set_put(&self->powered, node, powered);
    if (!self->busy || !index_set_has(self->senders, node)) return;
    index_set_put(&self->senders, node, false);
    if (!index_set_is_empty(self->senders)) return;
    // Nobody drives the wire any more: the others see six equal bits, a stuff error, and answer with an error frame.
    // The bits until they notice are left out.
    self->broken = true;
    int64_t end_ns = now_ns + FRAME_ERROR_BITS * self->bit_ns;
    self->busy_total_ns += end_ns - self->end_ns;
    self->end_ns = end_ns;
}

void can_bus_set_hold(can_bus_t *self, uint8_t node, bool hold, int64_t now_ns)
{
    if (hold == index_set_has(self->held, node)) return;
    if (!hold) note_event(self, now_ns);
    index_set_put(&self->held, node, hold);
}

// The newest frame with this identifier that still waits in a mailbox, or null.
static can_mailbox_t *find_waiting(can_bus_node_t *node, const can_frame_t *frame)
{
    can_mailbox_t *newest = NULL;
    for (int i = next_used(node, 0); i >= 0; i = next_used(node, i + 1)) {
        can_mailbox_t *box = &node->mailboxes[i];
        if (i == node->sending || !same_identifier(&box->frame, frame)) continue;
        if (!newest || box->order > newest->order) newest = box;
    }
    return newest;
}

can_bus_request_t can_bus_request(can_bus_t *self, uint8_t node, const can_frame_t *frame, uint8_t flags,
                                  int64_t now_ns)
{
    can_bus_node_t *n = &self->nodes[node];
    bool cyclic = (flags & CAN_BUS_CYCLIC) != 0;
    // A sleeping bus takes nothing cyclic: a status that comes round anyway would keep every car awake for ever.
    if (!index_set_has(self->powered, node) || (cyclic && self->state == CAN_BUS_ASLEEP)) return CAN_BUS_REFUSED;
    if (!cyclic) note_event(self, now_ns);
    can_mailbox_t *box = (flags & CAN_BUS_REPLACE) ? find_waiting(n, frame) : NULL;
    if (box) {
        box->frame = *frame;
        box->flags = flags;
        return CAN_BUS_REPLACED;
    }
    // Only now: what replaces needs no mailbox, and is heard even from a node whose mailboxes are all in use.
    if (n->used == UINT32_MAX) {
        self->refused++;
        return CAN_BUS_REFUSED;
    }
    int free_box = __builtin_ctz(~n->used);
    n->used |= UINT32_C(1) << free_box;
    n->mailboxes[free_box] = (can_mailbox_t){.flags = flags, .order = self->order++, .frame = *frame};
    index_set_put(&self->asking, node, true);
    index_set_put(&self->changed, node, true);
    if (self->state == CAN_BUS_ASLEEP) {
        self->state = CAN_BUS_WAKING;
        self->ready_ns = now_ns + CAN_BUS_WAKE_NS;
    }
    return CAN_BUS_ACCEPTED;
}

// Finds the mailbox of a node that takes part in arbitration. Among equal identifiers the oldest request: ISO-TP's
// consecutive frames share one and must not overtake each other.
static void choose_best(can_bus_t *self, int node)
{
    can_bus_node_t *n = &self->nodes[node];
    n->best = -1;
    for (int i = next_used(n, 0); i >= 0; i = next_used(n, i + 1)) {
        const can_mailbox_t *box = &n->mailboxes[i];
        uint64_t rank = frame_priority(&box->frame);
        bool better = n->best < 0 || rank < self->ranks[node] ||
                      (rank == self->ranks[node] && box->order < n->mailboxes[n->best].order);
        if (!better) continue;
        n->best = (int8_t)i;
        self->ranks[node] = rank;
    }
}

// A mailbox of the node becomes free.
static void empty_mailbox(can_bus_t *self, int node, int mailbox)
{
    can_bus_node_t *n = &self->nodes[node];
    n->used &= ~(UINT32_C(1) << mailbox);
    index_set_put(&self->asking, (unsigned)node, n->used != 0);
    index_set_put(&self->changed, (unsigned)node, n->used != 0);
}

// Whether anybody is there to pull the ACK slot down. A sender does not hear itself, and a stranger only listens.
static bool is_acknowledged(const can_bus_t *self)
{
    index_set_t silent = index_set_either(self->senders, self->listen_only);
    return !index_set_is_empty(index_set_without(self->powered, silent));
}

static void fall_asleep(can_bus_t *self)
{
    self->state = CAN_BUS_ASLEEP;
    for (int i; (i = index_set_take(&self->asking)) >= 0;) self->nodes[i].used = 0;
    self->changed = (index_set_t){0};
}

// A frame that failed waits again: a newer one that was to replace it while it waited does so now, in its place.
static void yield_to_successor(can_bus_t *self, int node)
{
    can_bus_node_t *n = &self->nodes[node];
    can_mailbox_t *failed = &n->mailboxes[n->sending];
    can_mailbox_t *newest = find_waiting(n, &failed->frame);
    if (!newest || newest->order < failed->order || !(newest->flags & CAN_BUS_REPLACE)) return;
    newest->order = failed->order;
    empty_mailbox(self, node, n->sending);
}

// A sender's part in a frame that the bus carried, or in one that failed. A failed frame stays in its mailbox and
// arbitrates again after the intermission, unless its conflict has lasted: two units that own one identifier would
// block everything below it for ever, where real ones go bus-off.
static void settle_sender(can_bus_t *self, int node, can_bus_outcome_t *outcome)
{
    can_bus_node_t *n = &self->nodes[node];
    can_mailbox_t *box = &n->mailboxes[n->sending];
    bool carried = outcome->kind == CAN_BUS_CARRIED;
    bool given_up = self->conflict && ++box->conflicts >= CAN_BUS_CONFLICTS_MAX;
    if (carried && (box->flags & CAN_BUS_REPORT)) index_set_put(&outcome->reports, (unsigned)node, true);
    if (given_up) index_set_put(&outcome->given_up, (unsigned)node, true);
    if (carried || given_up)
        empty_mailbox(self, node, n->sending);
    else
        yield_to_successor(self, node);
    n->sending = -1;
}

static void finish_frame(can_bus_t *self, int64_t now_ns, can_bus_outcome_t *outcome)
{
    // Somebody who hears must have been there from the start (who got power in the middle saw no start of frame), and
    // somebody must be there now; that it is the same one is not asked.
    bool carried = !self->conflict && !self->broken && self->heard && is_acknowledged(self);
    outcome->kind = carried ? CAN_BUS_CARRIED : CAN_BUS_FAILED;
    outcome->frame = self->frame;
    outcome->senders = self->senders;
    outcome->reports = outcome->given_up = (index_set_t){0};
    for (int i; (i = index_set_take(&self->senders)) >= 0;) settle_sender(self, i, outcome);
    self->busy = false;
    self->ready_ns = now_ns + FRAME_INTERMISSION_BITS * self->bit_ns;
    self->carried += carried;
}

// One thing ends at an instant: a bus that has just woken has nothing on the wire, and one with a frame on the wire
// cannot fall asleep before the intermission behind it is over.
void can_bus_finish(can_bus_t *self, int64_t now_ns, can_bus_outcome_t *outcome)
{
    outcome->kind = CAN_BUS_NOTHING;
    if (can_bus_next_end(self) > now_ns) return;
    if (self->state == CAN_BUS_WAKING) {
        self->state = CAN_BUS_AWAKE;
        outcome->kind = CAN_BUS_WOKE;
    } else if (self->busy) {
        finish_frame(self, now_ns, outcome);
    } else {
        fall_asleep(self);
        outcome->kind = CAN_BUS_SLEPT;
    }
}

// Bits until frames with one identifier differ: the length code, or the first byte that is not the same. Stuff bits are
// left out: what is seen of it is the bus being busy a few bits longer or shorter.
static unsigned conflict_bits(const can_frame_t *a, const can_frame_t *b)
{
    unsigned bits = HEADER_BITS + (a->extended ? 20 : 0);
    if (a->length != b->length) return bits;
    for (unsigned i = 0; i < a->length && a->data[i] == b->data[i]; i++) bits += 8;
    return bits + 8;
}

// All nodes whose best frame wins the arbitration send. Returns after how many bits their frames differ, 0: never.
//
//   on the wire    0 0 1 0 0 1 1 0 0 0 0 │ …
//   node 0, 0x130  0 0 1 0 0 1 1 0 0 0 0 │ sends on
//   node 1, 0x230  0 1 reads 0: has lost, falls silent, keeps its frame for the next time
//   node 2, 0x130  0 0 1 0 0 1 1 0 0 0 0 │ sends on, too: arbitration cannot tell it from node 0
//
// A dominant 0 wins over a recessive 1, so bit by bit the smallest identifier is left over: it is enough to compare
// ranks. Equal ranks go on together. With equal bytes nobody notices, and it is one frame with two senders; with other
// bytes the one that sends 1 and reads 0 finds a bit error, which outside the identifier is no loss but a failure.
static unsigned choose_senders(can_bus_t *self)
{
    for (int i; (i = index_set_take(&self->changed)) >= 0;) choose_best(self, i);
    uint64_t best_rank = UINT64_MAX;
    self->senders = (index_set_t){0};
    index_set_t rest = self->asking;
    for (int i; (i = index_set_take(&rest)) >= 0;) {
        if (self->ranks[i] > best_rank) continue;
        if (self->ranks[i] < best_rank) self->senders = (index_set_t){0};
        best_rank = self->ranks[i];
        index_set_put(&self->senders, (unsigned)i, true);
    }
    unsigned differ_bits = 0;
    bool first = true;
    rest = self->senders;
    for (int i; (i = index_set_take(&rest)) >= 0; first = false) {
        can_bus_node_t *node = &self->nodes[i];
        const can_frame_t *frame = &node->mailboxes[node->best].frame;
        node->sending = node->best;
        if (first) self->frame = *frame;
        if (first || frame_equal(frame, &self->frame)) continue;
        unsigned bits = conflict_bits(frame, &self->frame);
        if (differ_bits == 0 || bits < differ_bits) differ_bits = bits;
    }
    return differ_bits;
}

// From the first bit on it is known when this ends and how, unless power goes meanwhile (can_bus_set_power):
//
//               now_ns                                                    end_ns     ready_ns
//   carried     ├─ identifier ─ control ─ data ─ CRC ─┤ACK├─ delimiter, end ─┤─ 3 bits ─┤
//   unheard     ├─ identifier ─ control ─ data ─ CRC ─┤ 1 ├── error frame ───────┤─ 3 bits ─┤
//   conflict    ├─ identifier ─ control ─ da┤── error frame ───────┤─ 3 bits ─┤
//   power lost  ├─ identifier ─ con┤── error frame ───────┤─ 3 bits ─┤
//
// The intermission belongs to every frame, whatever became of it: only behind it is the bus idle, and only then does it
// arbitrate among everything that was asked for meanwhile. Whoever asks during a frame waits, however urgent.
void can_bus_start(can_bus_t *self, int64_t now_ns)
{
    if (self->state != CAN_BUS_AWAKE || self->busy || self->ready_ns > now_ns) return;
    unsigned differ_bits = choose_senders(self);
    if (index_set_is_empty(self->senders)) return;
    unsigned bits = frame_bits(&self->frame);
    self->conflict = differ_bits > 0;
    self->broken = false;
    self->heard = is_acknowledged(self);
    if (self->conflict)
        bits = differ_bits + FRAME_ERROR_BITS;
    else if (!self->heard)
        bits = bits - ACK_SLOT_TO_END_BITS + FRAME_ERROR_BITS;
    self->busy = true;
    self->end_ns = now_ns + (int64_t)bits * self->bit_ns;
    self->busy_total_ns += ((int64_t)bits + FRAME_INTERMISSION_BITS) * self->bit_ns;
}
