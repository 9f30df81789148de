// SPDX-License-Identifier: MIT
// Who accepts a frame: the kernel's index beside the naive way, which asks every node about every acceptance of its.
// ACCEPTANCE_SEED=N replays one run.
#include "bus/kernel/acceptance.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "tests/suite.h"

#define RANDOM_RUNS 200
#define RANDOM_FRAMES 200
#define NAIVE_MAX 2048

typedef struct {
    uint8_t bus, node;
    node_accept_t accept;
} naive_t;

static acceptance_t acceptance;
static size_t naive_count;
static naive_t naive[NAIVE_MAX];
static random_t source;

static void set_up(void)
{
    memset(&acceptance, 0xA5, sizeof acceptance);
    acceptance_init(&acceptance);
    naive_count = 0;
}

static void add(uint8_t bus, uint8_t node, node_accept_t accept)
{
    acceptance_add(&acceptance, bus, node, &accept);
    ck_assert_uint_lt(naive_count, NAIVE_MAX);
    naive[naive_count++] = (naive_t){bus, node, accept};
}

// Word by word as the contract has it (bus/kernel/node.h).
static bool accepts(const node_accept_t *self, const can_frame_t *frame)
{
    if (self->extended != frame->extended) return false;
    if ((frame->id & self->mask) != (self->id & self->mask)) return false;
    if (self->byte0_mask == 0) return true;
    if (frame->remote || frame->length == 0) return false;
    return (frame->data[0] & self->byte0_mask) == (self->byte0 & self->byte0_mask);
}

static void expect_as_naive(uint8_t bus, const can_frame_t *frame, unsigned long long seed)
{
    index_set_t expected = {0}, found;
    acceptance_find(&acceptance, bus, frame, &found);
    for (size_t i = 0; i < naive_count; i++)
        if (naive[i].bus == bus && accepts(&naive[i].accept, frame)) index_set_put(&expected, naive[i].node, true);
    char text[FRAME_TEXT_MAX];
    ck_assert_msg(found.low == expected.low && found.high == expected.high,
                  "%s on bus %d; ACCEPTANCE_SEED=%llu build/tests/test_acceptance replays it",
                  frame_format(frame, text), bus, seed);
}

// ---- one by one ----------------------------------------------------------------------------------------------------

static bool found(uint8_t bus, const char *text)
{
    can_frame_t frame;
    index_set_t nodes;
    ck_assert(frame_parse(text, &frame));
    acceptance_find(&acceptance, bus, &frame, &nodes);
    return !index_set_is_empty(nodes);
}

START_TEST(first_byte_decides_when_it_is_asked_for)
{
    add(0, 5, (node_accept_t){.id = 0x6F1, .mask = FRAME_EXTENDED_ID_MAX, .byte0 = 0x40, .byte0_mask = 0xFF});
    add(0, 5, (node_accept_t){.id = 0x6F1, .mask = FRAME_EXTENDED_ID_MAX, .byte0 = 0xEE, .byte0_mask = 0xFE});
    ck_assert(found(0, "6F1#40"));
    ck_assert(found(0, "6F1#4003190203"));
    ck_assert(found(0, "6F1#EE01"));
    ck_assert(found(0, "6F1#EF01"));
    ck_assert(!found(0, "6F1#4103190203"));
    ck_assert(!found(0, "6F1#ED01"));
    ck_assert(!found(0, "6F0#40"));
    ck_assert(!found(1, "6F1#40"));
    ck_assert(!found(0, "000006F1#40"));
}
END_TEST

START_TEST(frame_without_data_has_no_first_byte_not_even_a_zero)
{
    add(0, 5, (node_accept_t){.id = 0x100, .mask = FRAME_EXTENDED_ID_MAX, .byte0 = 0, .byte0_mask = 0xFF});
    add(1, 5, (node_accept_t){.id = 0x100, .mask = FRAME_EXTENDED_ID_MAX, .byte0 = 0, .byte0_mask = 0x01});
    for (uint8_t bus = 0; bus < 2; bus++) {
        ck_assert(found(bus, "100#00"));
        ck_assert(!found(bus, "100#"));
        ck_assert(!found(bus, "100#R"));
        ck_assert(!found(bus, "100#R4"));
    }
}
END_TEST

START_TEST(identifier_that_the_format_has_not_is_never_accepted)
{
    add(0, 5, (node_accept_t){.id = 0x900, .mask = FRAME_EXTENDED_ID_MAX});
    add(0, 5, (node_accept_t){.id = UINT32_MAX, .mask = UINT32_MAX, .extended = true});
    ck_assert(!found(0, "100#00"));
    ck_assert(!found(0, "1FFFFFFF#00"));
    add(0, 5, (node_accept_t){.id = 0x900, .mask = 0x7FF}); // but this says nothing of the bits that it has not
    ck_assert(found(0, "100#00"));
}
END_TEST

START_TEST(every_node_may_accept_as_much_as_a_node_may)
{
    for (unsigned node = 0; node < KERNEL_NODES_MAX; node++)
        for (unsigned i = 0; i < NODE_ACCEPTS_MAX; i++) {
            node_accept_t accept = {.extended = true, .id = node << 16 | i, .mask = FRAME_EXTENDED_ID_MAX};
            acceptance_add(&acceptance, 0, (uint8_t)node, &accept);
        }
    for (unsigned node = 0; node < KERNEL_NODES_MAX; node++) {
        can_frame_t frame = {.extended = true, .id = node << 16 | (NODE_ACCEPTS_MAX - 1)};
        index_set_t nodes;
        acceptance_find(&acceptance, 0, &frame, &nodes);
        ck_assert_int_eq(index_set_first(nodes), (int)node);
    }
}
END_TEST

// ---- at random -----------------------------------------------------------------------------------------------------

static unsigned below(unsigned limit)
{
    return (unsigned)(random_next(&source) % limit);
}

// Few identifiers and bytes, so that much meets.
static uint32_t random_id(bool extended)
{
    static const uint32_t IDS[] = {0x100, 0x101, 0x1FF, 0x6F1, 0x7FF, 0};
    uint32_t id = IDS[below(6)];
    return extended ? id | below(3) << 18 : id;
}

static node_accept_t random_accept(void)
{
    static const uint32_t MASKS[] = {FRAME_EXTENDED_ID_MAX, UINT32_MAX, 0x7FF, 0x7F0, 0x700, 0};
    static const uint8_t BYTE_MASKS[] = {0, 0, 0xFF, 0xFF, 0xFE, 0x01};
    node_accept_t accept = {.extended = below(4) == 0, .mask = MASKS[below(below(2) ? 6 : 2)]};
    accept.id = random_id(accept.extended);
    if (below(16) == 0) accept.id |= (uint32_t)random_next(&source);
    accept.byte0_mask = BYTE_MASKS[below(6)];
    accept.byte0 = (uint8_t)(0x40 + below(4));
    return accept;
}

static can_frame_t random_frame(void)
{
    can_frame_t frame = {.extended = below(4) == 0, .remote = below(8) == 0, .length = (uint8_t)below(4)};
    frame.id = random_id(frame.extended);
    if (!frame.remote && frame.length > 0) frame.data[0] = (uint8_t)(0x40 + below(4));
    return frame;
}

START_TEST(index_finds_whom_asking_everybody_finds)
{
    const char *only = getenv("ACCEPTANCE_SEED");
    unsigned long long seed = only ? strtoull(only, NULL, 0) : 1, last = only ? seed : RANDOM_RUNS;
    for (; seed <= last; seed++) {
        source = random_derive(seed, "acceptance", 0);
        set_up();
        for (unsigned count = below(NAIVE_MAX - 1); count > 0; count--)
            add((uint8_t)below(VEHICLE_BUSES_MAX), (uint8_t)below(KERNEL_NODES_MAX), random_accept());
        for (int i = 0; i < RANDOM_FRAMES; i++) {
            can_frame_t frame = random_frame();
            for (uint8_t bus = 0; bus < VEHICLE_BUSES_MAX; bus++) expect_as_naive(bus, &frame, seed);
        }
    }
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, set_up, NULL);
    tcase_add_test(all, first_byte_decides_when_it_is_asked_for);
    tcase_add_test(all, frame_without_data_has_no_first_byte_not_even_a_zero);
    tcase_add_test(all, identifier_that_the_format_has_not_is_never_accepted);
    tcase_add_test(all, every_node_may_accept_as_much_as_a_node_may);
    tcase_add_test(all, index_finds_whom_asking_everybody_finds);
    return suite_run("acceptance", all);
}
