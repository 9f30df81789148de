// SPDX-License-Identifier: MIT
#include "bus/kernel/acceptance.h"

#include <assert.h>
#include <string.h>

static_assert(ACCEPTANCE_RULES_MAX < UINT16_MAX, "a rule's number, and 0 for none, fit");

void acceptance_init(acceptance_t *self)
{
    self->rule_count = 0;
    memset(self->open, 0, sizeof self->open);
    memset(self->whole, 0, sizeof self->whole);
}

// Neighbouring identifiers, and those a multiple of 256 apart, shall not meet (Fibonacci hashing). The units of a car
// all accept the tester's one identifier, each another first byte.
static unsigned bucket_of(uint32_t id, bool with_byte0, uint8_t byte0)
{
    uint64_t key = (uint64_t)id << 9 | (uint64_t)with_byte0 << 8 | (with_byte0 ? byte0 : 0);
    return (unsigned)(key * UINT64_C(0x9E3779B97F4A7C15) >> 56);
}

static bool same_rule(const acceptance_rule_t *rule, const node_accept_t *accept)
{
    return rule->id == accept->id && rule->mask == accept->mask && rule->extended == accept->extended &&
           rule->byte0 == accept->byte0 && rule->byte0_mask == accept->byte0_mask;
}

void acceptance_add(acceptance_t *self, uint8_t bus, uint8_t node, const node_accept_t *accept)
{
    // What no identifier of the format has cannot match; what the mask leaves open says nothing.
    uint32_t all = frame_id_max(accept->extended);
    node_accept_t told = *accept;
    told.id &= told.mask;
    told.byte0 &= told.byte0_mask;
    if ((told.id & ~all) != 0) return;
    told.mask &= all;
    uint16_t *chain = &self->open[bus];
    if (told.mask == all) chain = &self->whole[bus][bucket_of(told.id, told.byte0_mask == UINT8_MAX, told.byte0)];
    for (; *chain; chain = &self->rules[*chain - 1].next) {
        if (!same_rule(&self->rules[*chain - 1], &told)) continue;
        index_set_put(&self->rules[*chain - 1].nodes, node, true);
        return;
    }
    assert(self->rule_count < ACCEPTANCE_RULES_MAX);
    self->rules[self->rule_count] = (acceptance_rule_t){.id = told.id,
                                                        .mask = told.mask,
                                                        .extended = told.extended,
                                                        .byte0 = told.byte0,
                                                        .byte0_mask = told.byte0_mask,
                                                        .nodes = index_set_of(node)};
    *chain = ++self->rule_count;
}

static bool has_byte0(const can_frame_t *frame)
{
    return frame->length > 0 && !frame->remote;
}

static bool matches(const acceptance_rule_t *rule, const can_frame_t *frame)
{
    if (rule->extended != frame->extended || ((frame->id ^ rule->id) & rule->mask) != 0) return false;
    return rule->byte0_mask == 0 || (has_byte0(frame) && ((frame->data[0] ^ rule->byte0) & rule->byte0_mask) == 0);
}

void acceptance_find(const acceptance_t *self, uint8_t bus, const can_frame_t *frame, index_set_t *nodes)
{
    const uint16_t *whole = self->whole[bus];
    const uint16_t chains[] = {
        whole[bucket_of(frame->id, false, 0)],
        has_byte0(frame) ? whole[bucket_of(frame->id, true, frame->data[0])] : 0,
        self->open[bus],
    };
    *nodes = (index_set_t){0};
    for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++)
        for (uint16_t next = chains[i]; next; next = self->rules[next - 1].next)
            if (matches(&self->rules[next - 1], frame)) *nodes = index_set_either(*nodes, self->rules[next - 1].nodes);
}
