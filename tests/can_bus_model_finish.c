// SPDX-License-Identifier: MIT
#include <string.h>

#include "tests/can_bus_model_parts.h"

#define DELIMITER_BITS 8 // of an error frame; as many recessive ones as at the end of a carried frame
#define NODES CAN_BUS_MODEL_NODES
#define WIRES CAN_BUS_MODEL_WIRES

can_bus_error_state_t can_bus_model_error_state(const can_bus_model_t *self, unsigned node)
{
    const can_bus_model_node_t *it = &self->nodes[node];
    if (it->off) return CAN_BUS_OFF;
    return it->tec > CAN_BUS_PASSIVE_ABOVE || it->rec > CAN_BUS_PASSIVE_ABOVE ? CAN_BUS_ERROR_PASSIVE
                                                                              : CAN_BUS_ERROR_ACTIVE;
}

// Who is on these wires, has power, takes part, and sends nothing itself.
static bool receives(can_bus_model_t *self, unsigned wire, unsigned node)
{
    const can_bus_model_node_t *it = &self->nodes[node];
    return it->wire == wire && it->powered && !it->off && !can_bus_model_sent_by(self, node);
}

bool can_bus_model_acknowledged(can_bus_model_t *self, unsigned wire)
{
    for (unsigned node = 0; node < NODES; node++)
        if (receives(self, wire, node) && !self->nodes[node].listen_only && !self->nodes[node].late) return true;
    return false;
}

// A frame goes back into the queue: a newer one of the same node that may replace it does so, in its place.
static void yield_to_successor(can_bus_model_t *self, can_bus_model_request_t *old)
{
    can_bus_model_request_t *newest = can_bus_model_waiting_of(self, old->node, &old->frame);
    old->on_wire = false;
    if (!newest || newest < old || !(newest->flags & CAN_BUS_REPLACE)) return;
    *old = *newest;
    newest->done = true;
}

static void count_carried(can_bus_model_node_t *node, bool sent)
{
    unsigned *counter = sent ? &node->tec : &node->rec;
    if (!sent && *counter > CAN_BUS_PASSIVE_ABOVE)
        *counter = CAN_BUS_PASSIVE_ABOVE;
    else if (*counter > 0)
        (*counter)--;
}

static void count_errors(can_bus_model_t *self, unsigned number, bool carried, bool by_error)
{
    for (unsigned node = 0; node < NODES; node++) {
        can_bus_model_node_t *it = &self->nodes[node];
        bool passive = can_bus_model_error_state(self, node) == CAN_BUS_ERROR_PASSIVE;
        if (it->wire != number) continue;
        if (it->silent)
            it->tec += 8;
        else if (can_bus_model_sends(self, node) && carried)
            count_carried(it, true);
        else if (can_bus_model_sends(self, node))
            it->tec += by_error || !passive ? 8 : 0;
        else if (!receives(self, number, node) || it->listen_only || it->late)
            continue;
        else if (carried)
            count_carried(it, false);
        else
            it->rec++;
    }
}

static void go_off(can_bus_model_t *self, unsigned node)
{
    self->nodes[node].off = true;
    self->nodes[node].runs = 0;
    for (size_t i = 0; i < self->count; i++) {
        can_bus_model_request_t *request = &self->requests[i];
        if (request->node != node || request->done) continue;
        bool told = !(request->flags & CAN_BUS_CYCLIC) && !request->dropped && !request->copy && !request->babble;
        if (told) self->lost[self->lost_count++] = (can_bus_model_lost_t){node, request->frame};
        request->done = true;
        request->on_wire = false;
    }
}

static void act_when_carried(can_bus_model_t *self, unsigned number, index_set_t *deaf, int64_t now_ns)
{
    const can_bus_model_wire_t *wire = &self->wires[number];
    bool again[NODES] = {false};
    for (size_t i = 0; i < self->fault_count; i++) {
        can_bus_model_fault_t *fault = &self->faults[i];
        if (!wire->later[i] || (fault->fault.count > 0 && fault->hits == fault->fault.count)) continue;
        bool acted = false;
        for (unsigned node = 0; node < NODES; node++) {
            const can_bus_model_request_t *sent =
                can_bus_model_sends(self, node) ? can_bus_model_sent_by(self, node) : NULL;
            bool is_to = fault->fault.to == (int)can_bus_model_place[node];
            if (self->nodes[node].wire != number) continue;
            if (fault->fault.kind == FAULT_DROP && is_to && receives(self, number, node) && !self->nodes[node].late &&
                !self->nodes[node].listen_only) {
                index_set_put(deaf, can_bus_model_place[node], true);
                acted = true;
            } else if (fault->fault.kind == FAULT_DUPLICATE && sent && !sent->copy &&
                       can_bus_model_fits(&fault->fault, node, &wire->frame)) {
                again[node] = acted = true;
            }
        }
        if (acted) can_bus_model_hit(fault);
    }
    for (unsigned node = 0; node < NODES; node++) {
        if (!again[node]) continue;
        can_bus_model_request_t *sent = can_bus_model_sent_by(self, node);
        uint8_t flags = sent->flags & CAN_BUS_CYCLIC;
        can_frame_t frame = sent->frame;
        sent->done = true, sent->on_wire = false;
        can_bus_model_request_t *copy = can_bus_model_add(self, node, &frame, flags);
        if (!copy) continue;
        copy->copy = true;
        copy->asked_ns = now_ns;
        copy->faults = self->fault_count;
        if (!flags) can_bus_model_wire_of(self, node)->sleep_ns = now_ns + CAN_BUS_LINGER_NS;
    }
}

static void tell_states(can_bus_model_t *self, const can_bus_error_state_t *before, can_bus_outcome_t *outcome)
{
    for (unsigned node = 0; node < NODES; node++) {
        if (self->nodes[node].tec > CAN_BUS_OFF_ABOVE && !self->nodes[node].off) go_off(self, node);
        can_bus_error_state_t now = can_bus_model_error_state(self, node);
        if (now == before[node]) continue;
        index_set_t *told = now == CAN_BUS_OFF             ? &outcome->off
                            : now == CAN_BUS_ERROR_PASSIVE ? &outcome->passive
                                                           : &outcome->active;
        index_set_put(told, can_bus_model_place[node], true);
    }
}

static void tell_frame(can_bus_model_t *self, unsigned number, bool carried, can_bus_outcome_t *outcome)
{
    const can_bus_model_wire_t *wire = &self->wires[number];
    outcome->kind = carried ? CAN_BUS_CARRIED : CAN_BUS_FAILED;
    outcome->frame = wire->frame;
    outcome->error_frame = !carried && wire->error && !wire->broken;
    for (unsigned node = 0; node < NODES; node++) {
        uint8_t place = can_bus_model_place[node];
        const can_bus_model_request_t *sent =
            can_bus_model_sends(self, node) ? can_bus_model_sent_by(self, node) : NULL;
        if (sent && self->nodes[node].wire == number) {
            index_set_put(&outcome->senders, place, true);
            if (carried && (sent->flags & CAN_BUS_REPORT)) index_set_put(&outcome->reports, place, true);
        } else if (carried && (!receives(self, number, node) || self->nodes[node].late)) {
            index_set_put(&outcome->deaf, place, true);
        }
    }
}

static void finish_frame(can_bus_model_t *self, unsigned number, int64_t now_ns, can_bus_outcome_t *outcome)
{
    can_bus_model_wire_t *wire = &self->wires[number];
    can_bus_error_state_t before[NODES];
    for (unsigned node = 0; node < NODES; node++) before[node] = can_bus_model_error_state(self, node);
    bool by_error = wire->error || wire->broken;
    bool carried = !by_error && wire->heard && can_bus_model_acknowledged(self, number);
    can_bus_outcome_t unseen = {0};
    tell_frame(self, number, carried, number == 0 ? outcome : &unseen);
    count_errors(self, number, carried, by_error);
    wire->busy = false;
    wire->ready_ns = now_ns + FRAME_INTERMISSION_BITS * self->bit_ns;
    if (carried) act_when_carried(self, number, &outcome->deaf, now_ns);
    for (unsigned node = 0; node < NODES; node++) {
        can_bus_model_node_t *it = &self->nodes[node];
        can_bus_model_request_t *sent = can_bus_model_sent_by(self, node);
        if (it->wire != number) continue;
        it->recessive_ns = now_ns - DELIMITER_BITS * self->bit_ns;
        bool own = index_set_has(number == 0 ? outcome->senders : unseen.senders, can_bus_model_place[node]);
        if ((own || it->silent) && can_bus_model_error_state(self, node) == CAN_BUS_ERROR_PASSIVE)
            it->suspended_ns = wire->ready_ns + CAN_BUS_SUSPEND_BITS * self->bit_ns;
        if (sent && carried && !it->silent)
            sent->done = true, sent->on_wire = false;
        else if (sent)
            yield_to_successor(self, sent);
        it->silent = it->late = false;
    }
    tell_states(self, before, outcome);
}

static void tell_wires(can_bus_model_t *self, unsigned number, index_set_t *told)
{
    for (unsigned node = 0; node < NODES; node++)
        if (self->nodes[node].wire == number) index_set_put(told, can_bus_model_place[node], true);
}

static void finish_wire(can_bus_model_t *self, unsigned number, int64_t now_ns, can_bus_outcome_t *outcome)
{
    can_bus_model_wire_t *wire = &self->wires[number];
    if (wire->state == CAN_BUS_WAKING && wire->ready_ns <= now_ns) {
        wire->state = CAN_BUS_AWAKE;
        tell_wires(self, number, &outcome->woke);
        if (number == 0) outcome->kind = CAN_BUS_WOKE;
    } else if (wire->busy && wire->end_ns <= now_ns) {
        finish_frame(self, number, now_ns, outcome);
    } else if (wire->state == CAN_BUS_AWAKE && !wire->busy && !can_bus_model_held(self, number) &&
               wire->sleep_ns <= now_ns && wire->ready_ns <= now_ns) {
        wire->state = CAN_BUS_ASLEEP;
        tell_wires(self, number, &outcome->slept);
        if (number == 0) outcome->kind = CAN_BUS_SLEPT;
        for (size_t i = 0; i < self->count; i++)
            if (self->nodes[self->requests[i].node].wire == number) self->requests[i].done = true;
    }
}

int64_t can_bus_model_back_ns(const can_bus_model_t *self, unsigned node)
{
    const can_bus_model_node_t *it = &self->nodes[node];
    if (!it->off || self->wires[it->wire].busy) return TIME_NEVER;
    return it->recessive_ns + (int64_t)(CAN_BUS_RECOVERY_RUNS - it->runs) * CAN_BUS_RECOVERY_BITS * self->bit_ns;
}

static void recover(can_bus_model_t *self, unsigned node, int64_t now_ns, can_bus_outcome_t *outcome)
{
    if (can_bus_model_back_ns(self, node) > now_ns) return;
    can_bus_model_node_t *it = &self->nodes[node];
    it->off = false;
    it->tec = it->rec = it->runs = 0;
    index_set_put(&outcome->active, can_bus_model_place[node], true);
}

can_bus_outcome_t can_bus_model_finish(can_bus_model_t *self, int64_t now_ns)
{
    can_bus_outcome_t outcome = {.kind = CAN_BUS_NOTHING};
    self->lost_count = 0;
    for (unsigned number = 0; number < WIRES; number++)
        if (number == 0 || self->nodes[number - 1].wire == number) finish_wire(self, number, now_ns, &outcome);
    for (unsigned node = 0; node < NODES; node++) recover(self, node, now_ns, &outcome);
    return outcome;
}
