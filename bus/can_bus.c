// SPDX-License-Identifier: MIT
#include "bus/can_bus.h"

#include <assert.h>
#include <string.h>

#include "bus/node.h"

#define ACK_SLOT_TO_END_BITS 8 // acknowledge delimiter and end of frame: what an unacknowledged frame is cut short by
#define HEADER_BITS 19         // start of frame to data length code of a standard frame

void can_bus_init(can_bus_t *self, uint32_t bit_rate)
{
    assert(bit_rate >= 10000 && bit_rate <= 1000000);
    memset(self, 0, sizeof *self);
    self->bit_ns = TIME_S / bit_rate;
    for (size_t i = 0; i < CAN_BUS_NODES_MAX; i++) self->nodes[i].sending = -1;
}

static bool is_held(const can_bus_t *self)
{
    for (size_t i = 0; i < CAN_BUS_NODES_MAX; i++)
        if (self->nodes[i].hold) return true;
    return false;
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
    n->present = powered;
    uint32_t bit = UINT32_C(1) << node;
    if (!self->busy || !(self->senders & bit)) return;
    self->senders &= ~bit;
    if (self->senders != 0) return;
    self->broken = true; // the others see six equal bits and answer with an error frame
    int64_t end_ns = now_ns + FRAME_ERROR_BITS * self->bit_ns;
    self->busy_total_ns += end_ns - self->end_ns;
    self->end_ns = end_ns;
}

void can_bus_set_hold(can_bus_t *self, uint8_t node, bool hold, int64_t now_ns)
{
    if (self->nodes[node].hold && !hold) note_event(self, now_ns);
    self->nodes[node].hold = hold;
}

// The first mailbox in use from `from` on, -1: none.
static int next_used(const can_bus_node_t *node, int from)
{
    uint32_t rest = from < CAN_BUS_MAILBOXES ? node->used >> from << from : 0;
    return rest ? __builtin_ctz(rest) : -1;
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
    bool cyclic = (flags & OUTBOX_CYCLIC) != 0;
    if (!n->present || (cyclic && self->state == CAN_BUS_ASLEEP)) return CAN_BUS_REFUSED;
    if (!cyclic) note_event(self, now_ns);
    can_mailbox_t *box = (flags & OUTBOX_REPLACE) ? find_waiting(n, frame) : NULL;
    if (box) {
        box->frame = *frame;
        box->flags = flags;
        return CAN_BUS_REPLACED;
    }
    if (n->used == UINT32_MAX) return CAN_BUS_REFUSED;
    int free_box = __builtin_ctz(~n->used);
    n->used |= UINT32_C(1) << free_box;
    n->mailboxes[free_box] = (can_mailbox_t){.flags = flags, .order = self->order++, .frame = *frame};
    if (self->state == CAN_BUS_ASLEEP) {
        self->state = CAN_BUS_WAKING;
        self->ready_ns = now_ns + CAN_BUS_WAKE_NS;
    }
    return CAN_BUS_ACCEPTED;
}

// The mailbox of a node that takes part in arbitration, -1 when it has nothing to send.
static int best_mailbox(const can_bus_node_t *node)
{
    int best = -1;
    for (int i = next_used(node, 0); i >= 0; i = next_used(node, i + 1)) {
        const can_mailbox_t *box = &node->mailboxes[i];
        if (best < 0) {
            best = i;
            continue;
        }
        uint64_t rank = frame_priority(&box->frame), best_rank = frame_priority(&node->mailboxes[best].frame);
        if (rank < best_rank || (rank == best_rank && box->order < node->mailboxes[best].order)) best = i;
    }
    return best;
}

static bool has_pending(const can_bus_t *self)
{
    for (size_t i = 0; i < CAN_BUS_NODES_MAX; i++)
        if (self->nodes[i].used) return true;
    return false;
}

static bool is_acknowledged(const can_bus_t *self)
{
    for (size_t i = 0; i < CAN_BUS_NODES_MAX; i++) {
        const can_bus_node_t *node = &self->nodes[i];
        if (node->present && !node->listen_only && !(self->senders >> i & 1)) return true;
    }
    return false;
}

int64_t can_bus_next(const can_bus_t *self)
{
    if (self->state == CAN_BUS_ASLEEP) return TIME_NEVER;
    if (self->state == CAN_BUS_WAKING) return self->ready_ns;
    if (self->busy) return self->end_ns;
    int64_t next_ns = TIME_NEVER;
    if (!is_held(self)) next_ns = self->sleep_ns > self->ready_ns ? self->sleep_ns : self->ready_ns;
    return has_pending(self) ? time_earlier(next_ns, self->ready_ns) : next_ns;
}

static can_bus_outcome_t fall_asleep(can_bus_t *self)
{
    self->state = CAN_BUS_ASLEEP;
    for (size_t i = 0; i < CAN_BUS_NODES_MAX; i++) self->nodes[i].used = 0;
    return (can_bus_outcome_t){.kind = CAN_BUS_SLEPT};
}

// A frame that failed waits again: a newer one that was to replace it while it waited does so now, in its place.
static void yield_to_successor(can_bus_node_t *node)
{
    can_mailbox_t *failed = &node->mailboxes[node->sending];
    can_mailbox_t *newest = find_waiting(node, &failed->frame);
    if (!newest || newest->order < failed->order || !(newest->flags & OUTBOX_REPLACE)) return;
    newest->order = failed->order;
    node->used &= ~(UINT32_C(1) << node->sending);
}

// A sender's part in a frame that the bus carried, or in one that failed.
static void settle_sender(can_bus_t *self, uint8_t node, can_bus_outcome_t *outcome)
{
    can_bus_node_t *n = &self->nodes[node];
    can_mailbox_t *box = &n->mailboxes[n->sending];
    uint32_t bit = UINT32_C(1) << node;
    bool carried = outcome->kind == CAN_BUS_CARRIED;
    bool given_up = self->conflict && ++box->conflicts >= CAN_BUS_CONFLICTS_MAX;
    if (carried && (box->flags & OUTBOX_REPORT)) outcome->reports |= bit;
    if (given_up) outcome->given_up |= bit;
    if (carried || given_up)
        n->used &= ~(UINT32_C(1) << n->sending);
    else
        yield_to_successor(n);
    n->sending = -1;
}

static can_bus_outcome_t finish_frame(can_bus_t *self, int64_t now_ns)
{
    bool carried = !self->conflict && !self->broken && self->heard && is_acknowledged(self);
    can_bus_outcome_t outcome = {
        .kind = carried ? CAN_BUS_CARRIED : CAN_BUS_FAILED,
        .frame = self->frame,
        .senders = self->senders,
    };
    for (uint8_t i = 0; i < CAN_BUS_NODES_MAX; i++)
        if (self->senders >> i & 1) settle_sender(self, i, &outcome);
    self->busy = false;
    self->senders = 0;
    self->ready_ns = now_ns + FRAME_INTERMISSION_BITS * self->bit_ns;
    self->carried += carried;
    return outcome;
}

can_bus_outcome_t can_bus_finish(can_bus_t *self, int64_t now_ns)
{
    if (self->state == CAN_BUS_WAKING && self->ready_ns <= now_ns) {
        self->state = CAN_BUS_AWAKE;
        return (can_bus_outcome_t){.kind = CAN_BUS_WOKE};
    }
    if (self->state == CAN_BUS_AWAKE && self->busy && self->end_ns <= now_ns) return finish_frame(self, now_ns);
    if (self->state == CAN_BUS_AWAKE && !self->busy && !is_held(self) && self->sleep_ns <= now_ns &&
        self->ready_ns <= now_ns)
        return fall_asleep(self);
    return (can_bus_outcome_t){.kind = CAN_BUS_NOTHING};
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
static unsigned choose_senders(can_bus_t *self)
{
    uint64_t best_rank = UINT64_MAX;
    unsigned differ_bits = 0;
    self->senders = 0;
    for (uint8_t i = 0; i < CAN_BUS_NODES_MAX; i++) {
        can_bus_node_t *node = &self->nodes[i];
        int box = node->present ? best_mailbox(node) : -1;
        if (box < 0) continue;
        const can_frame_t *frame = &node->mailboxes[box].frame;
        uint64_t rank = frame_priority(frame);
        if (rank > best_rank) continue;
        if (rank < best_rank) {
            self->senders = 0;
            self->frame = *frame;
            differ_bits = 0;
        } else if (!frame_equal(frame, &self->frame)) {
            unsigned bits = conflict_bits(frame, &self->frame);
            if (differ_bits == 0 || bits < differ_bits) differ_bits = bits;
        }
        best_rank = rank;
        self->senders |= UINT32_C(1) << i;
        node->sending = (int8_t)box;
    }
    for (uint8_t i = 0; i < CAN_BUS_NODES_MAX; i++)
        if (!(self->senders >> i & 1)) self->nodes[i].sending = -1;
    return differ_bits;
}

void can_bus_start(can_bus_t *self, int64_t now_ns)
{
    if (self->state != CAN_BUS_AWAKE || self->busy || self->ready_ns > now_ns) return;
    unsigned differ_bits = choose_senders(self);
    if (self->senders == 0) return;
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
