// SPDX-License-Identifier: MIT
// Who accepts a frame: the acceptances of all nodes, turned round. To ask every node about every frame would cost most
// where most is on the buses. Pure; of the kernel alone.
//
//              ┌─ bucket of the identifier            ──> rules for it, whatever its first byte ─┐
//   bus, frame ┼─ bucket of identifier and first byte ──> rules for that byte alone              ┼─> nodes
//              └───────────────────────────────────────── rules that leave identifier bits open ─┘
#ifndef KMSIM_BUS_KERNEL_ACCEPTANCE_H
#define KMSIM_BUS_KERNEL_ACCEPTANCE_H

#include "bus/base/index_set.h"
#include "bus/kernel/kernel.h"

#define ACCEPTANCE_RULES_MAX (KERNEL_NODES_MAX * NODE_ACCEPTS_MAX)
#define ACCEPTANCE_BUCKETS 256

typedef struct {
    uint32_t id, mask;
    bool extended;
    uint8_t byte0, byte0_mask;
    uint16_t next; // the next rule of the chain + 1, 0: the last
    index_set_t nodes;
} acceptance_rule_t;

typedef struct {
    uint16_t rule_count;
    uint16_t open[VEHICLE_BUSES_MAX]; // of each chain the first rule + 1, 0: none
    uint16_t whole[VEHICLE_BUSES_MAX][ACCEPTANCE_BUCKETS];
    acceptance_rule_t rules[ACCEPTANCE_RULES_MAX];
} acceptance_t;

/// Nobody accepts anything.
void acceptance_init(acceptance_t *self);

/// A node accepts so on that bus of the vehicle. There is room for all that the nodes of a kernel may
/// accept.
void acceptance_add(acceptance_t *self, uint8_t bus, uint8_t node, const node_accept_t *accept);

/// The nodes that accept a frame from that bus.
void acceptance_find(const acceptance_t *self, uint8_t bus, const can_frame_t *frame, index_set_t *nodes);

#endif
