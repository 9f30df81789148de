// SPDX-License-Identifier: MIT
// libFuzzer target: a CAN bus on which whatever a plan may say goes wrong. Time goes on, in a bounded number of
// instants; and of every request that was accepted it is known what became of it: it was carried or replaced, has
// vanished because the plan says so, went with power, sleep or bus-off (and was told then), or waits still. Nothing is
// sent that nobody asked for.
//
//   input: operations of one byte, in bits 0-2 what, in bits 3-5 which node, and what follows
//     0, 1 requests: flags in its bits 0-2, length in 4-7; identifier; bytes   4, 5 a fault begins: 6 bytes
//     (draw_fault) 2    power changes                                                      6    a fault ends that is
//     like one that began 3    a hold begins or ends                                              7    time passes:
//     units of 100 us, or 40 s
#include <stdlib.h>
#include <string.h>

#include "bus/can/can_bus.h"
#include "bus/can/can_bus_parts.h"

#define NODES 8
#define BUS 0
#define UNIT_NS (100 * TIME_US)
#define LONG_NS (40 * TIME_S) // longer than a bus that nobody uses stays awake
#define FAULTS_MAX 64
#define ASKED_MAX (2 * CAN_BUS_MAILBOXES)
#define AT_ONCE_MAX 20          // instants at one time
#define STEPS_MAX 3000          // instants of one operation
#define PER_SECOND_MAX 100000ll // instants, of all pairs of wires

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    can_frame_t frame;
    uint8_t flags;
    bool vanishes;
} asked_t;

typedef struct {
    const uint8_t *data;
    size_t size;
    int64_t now_ns, begin_ns;
    int64_t instants;
    unsigned at_once;
    uint32_t drops;    // hits of what makes requests vanish
    uint32_t vanished; // requests that did
    size_t fault_count;
    fault_t faults[FAULTS_MAX];
    unsigned counts[NODES];
    asked_t asked[NODES][ASKED_MAX]; // and not ended, in the order of asking
} bench_t;

static bench_t bench;
static can_bus_t bus;
static fault_plan_t plan;
static can_bus_outcome_t outcome;

static void check(bool holds)
{
    if (!holds) abort();
}

static uint8_t take(void)
{
    if (bench.size == 0) return 0;
    bench.size--;
    return *bench.data++;
}

// ---- what became of the requests -----------------------------------------------------------------------------------

static bool is_own(const can_mailbox_t *box)
{
    return (box->flags & (CAN_BUS_COPY | CAN_BUS_BABBLED)) == 0;
}

// The mailbox that it waits in, the newest of those that no other waits in; -1: none.
static int find_mailbox(uint8_t node, const asked_t *asked, uint32_t others)
{
    const can_bus_node_t *n = &bus.nodes[node];
    int newest = -1;
    for (int i = 0; i < CAN_BUS_MAILBOXES; i++) {
        const can_mailbox_t *box = &n->mailboxes[i];
        bool fits =
            ((n->used & ~others) >> i & 1) && is_own(box) && frame_equal(&box->frame, &asked->frame) &&
            (box->flags & (CAN_BUS_CYCLIC | CAN_BUS_REPLACE)) == (asked->flags & (CAN_BUS_CYCLIC | CAN_BUS_REPLACE));
        if (fits && (newest < 0 || box->order > n->mailboxes[newest].order)) newest = i;
    }
    return newest;
}

// By one of the same identifier that was to replace what waited; which of two waits longer, the medium says.
static bool is_replaced(uint8_t node, unsigned index)
{
    const can_frame_t *frame = &bench.asked[node][index].frame;
    for (unsigned i = 0; i < bench.counts[node]; i++) {
        const asked_t *other = &bench.asked[node][i];
        if (i != index && (other->flags & CAN_BUS_REPLACE) && other->frame.id == frame->id &&
            other->frame.extended == frame->extended && other->frame.remote == frame->remote)
            return true;
    }
    return false;
}

// Each request waits, or has a reason not to: `carried` (of the frame in the outcome), or all of the node's are gone.
// From the newest on: of equal ones the older was replaced.
static void account_node(uint8_t node, bool carried, bool gone)
{
    uint32_t found = 0;
    bool waits[ASKED_MAX] = {false};
    unsigned kept = 0;
    for (unsigned i = bench.counts[node]; i-- > 0;) {
        asked_t *asked = &bench.asked[node][i];
        int box = find_mailbox(node, asked, found);
        waits[i] = box >= 0;
        if (waits[i]) {
            found |= UINT32_C(1) << box;
            asked->vanishes = (bus.nodes[node].mailboxes[box].flags & CAN_BUS_DROPPED) != 0;
        } else if (carried && frame_equal(&asked->frame, &outcome.frame)) {
            carried = false;
        } else if (!gone && !is_replaced(node, i)) {
            check(++bench.vanished <= bench.drops); // of some it is known only when they do: a fault has just begun
        }
    }
    for (unsigned i = 0; i < bench.counts[node]; i++)
        if (waits[i]) bench.asked[node][kept++] = bench.asked[node][i];
    bench.counts[node] = kept;
    for (int i = 0; i < CAN_BUS_MAILBOXES; i++)
        if ((bus.nodes[node].used & ~found) >> i & 1) check(!is_own(&bus.nodes[node].mailboxes[i]));
}

// What a node that became bus-off is told: its requests, but for cyclic ones and those that were to vanish.
static void account_lost(void)
{
    uint8_t node;
    can_frame_t frame;
    unsigned told[NODES] = {0};
    while (can_bus_take_lost(&bus, &node, &frame)) {
        check(outcome.told && index_set_has(outcome.off, node));
        told[node]++;
    }
    for (uint8_t i = 0; i < NODES; i++) {
        if (!outcome.told || !index_set_has(outcome.off, i)) continue;
        unsigned least = 0, most = 0; // one may have been replaced in the end
        for (unsigned j = 0; j < bench.counts[i]; j++) {
            const asked_t *asked = &bench.asked[i][j];
            bool tells = !(asked->flags & CAN_BUS_CYCLIC) && !asked->vanishes;
            most += tells;
            least += tells && !is_replaced(i, j);
        }
        check(told[i] >= least && told[i] <= most);
    }
}

static void account(bool ended)
{
    bool told = ended && outcome.told;
    if (ended) account_lost();
    for (uint8_t node = 0; node < NODES; node++) {
        bool carried = ended && outcome.kind == CAN_BUS_CARRIED && index_set_has(outcome.senders, node);
        bool gone = told && (index_set_has(outcome.off, node) || index_set_has(outcome.slept, node));
        account_node(node, carried, gone || !index_set_has(bus.powered, node));
    }
}

// ---- time ----------------------------------------------------------------------------------------------------------

static void check_nodes(void)
{
    for (uint8_t node = 0; node < NODES; node++) {
        if (!index_set_has(bus.powered, node)) continue;
        unsigned tec = can_bus_transmit_errors(&bus, node), rec = can_bus_receive_errors(&bus, node);
        can_bus_error_state_t is = can_bus_error_state(&bus, node);
        bool passive = tec > CAN_BUS_PASSIVE_ABOVE || rec > CAN_BUS_PASSIVE_ABOVE;
        check((is == CAN_BUS_OFF) == (tec > CAN_BUS_OFF_ABOVE));
        check(is == CAN_BUS_OFF || (is == CAN_BUS_ERROR_PASSIVE) == passive);
        check(is != CAN_BUS_OFF || bus.nodes[node].used == 0);
    }
}

static void start(void)
{
    can_bus_start(&bus, bench.now_ns);
    account(false);
    check_nodes();
}

static void go(int64_t until_ns)
{
    for (int steps = 0; steps < STEPS_MAX; steps++) {
        int64_t next_ns = can_bus_next(&bus);
        check(next_ns >= bench.now_ns);
        if (next_ns > until_ns) break;
        bench.at_once = next_ns > bench.now_ns ? 0 : bench.at_once + 1;
        bench.now_ns = next_ns;
        check(bench.at_once < AT_ONCE_MAX);
        check(++bench.instants <= (bench.now_ns / TIME_S + 1) * PER_SECOND_MAX);
        can_bus_finish(&bus, bench.now_ns, &outcome);
        account(true);
        start();
    }
    if (can_bus_next(&bus) <= until_ns) return; // too many: it goes on with the next operation
    bench.now_ns = until_ns;
    can_bus_finish(&bus, bench.now_ns, &outcome);
    check(outcome.kind == CAN_BUS_NOTHING && !outcome.told);
}

// ---- what is done --------------------------------------------------------------------------------------------------

static can_frame_t draw_frame(uint8_t length)
{
    static const uint32_t IDS[] = {0x000, 0x130, 0x23A, 0x7FF};
    uint8_t id = take();
    can_frame_t made = {.id = IDS[id & 3], .extended = (id & 0x0C) == 0x0C, .remote = (id & 0x30) == 0x30};
    made.length = length > FRAME_DATA_MAX ? FRAME_DATA_MAX : length;
    for (uint8_t i = 0; i < made.length && !made.remote; i++) made.data[i] = take();
    return made;
}

static void ask(uint8_t node)
{
    uint8_t how = take();
    asked_t asked = {.flags = how & 7, .frame = draw_frame(how >> 4)};
    if (can_bus_request(&bus, node, &asked.frame, asked.flags, bench.now_ns) == CAN_BUS_REFUSED) return;
    check(bench.counts[node] < ASKED_MAX);
    bench.asked[node][bench.counts[node]++] = asked;
}

static fault_t draw_fault(uint8_t node)
{
    uint8_t what = take(), whom = take(), extent = take(), amount = take(), id = take(), more = take();
    fault_t made = {.kind = what % FAULT_KIND_COUNT, .bus = what & 0x80 ? BUS : FAULT_ANY, .sender = (int8_t)node};
    made.to = made.kind == FAULT_DROP && (whom & 1) ? (int8_t)(whom >> 1 & 7) : FAULT_ANY;
    if ((whom & 0x10) && made.kind != FAULT_BABBLE) made.sender = FAULT_ANY;
    made.selects = (whom & 0x20) != 0 && made.kind <= FAULT_DUPLICATE;
    made.id = made.selects ? (uint32_t[]){0x000, 0x130, 0x23A, 0x7FF}[id & 3] : 0;
    made.count = made.kind <= FAULT_DUPLICATE && (extent & 1) ? 1 + amount : 0;
    made.for_ns = (extent & 2) || made.kind == FAULT_BABBLE ? (1 + amount) * UNIT_NS : TIME_NEVER;
    made.by_ns = made.kind == FAULT_DELAY ? more * UNIT_NS : 0;
    made.chance = UINT64_MAX / (2 + 16 * (uint64_t)more);
    if (made.kind == FAULT_BABBLE) made.frame = draw_frame(more >> 4);
    if (made.kind == FAULT_DROP && made.to == FAULT_ANY) made.hits = &bench.drops;
    return made;
}

static void begin_fault(uint8_t node)
{
    fault_t drawn = draw_fault(node);
    bool begun = fault_plan_begin(&plan, &drawn, bench.now_ns);
    if (begun && bench.fault_count < FAULTS_MAX) bench.faults[bench.fault_count++] = drawn;
}

static void operate(void)
{
    uint8_t operation = take(), node = operation >> 3 & 7, units;
    switch (operation & 7) {
    case 0:
    case 1:
        ask(node);
        break;
    case 2:
        can_bus_set_power(&bus, node, !index_set_has(bus.powered, node), bench.now_ns);
        break;
    case 3:
        if (index_set_has(bus.powered, node))
            can_bus_set_hold(&bus, node, !index_set_has(bus.held, node), bench.now_ns);
        break;
    case 4:
    case 5:
        begin_fault(node);
        break;
    case 6:
        if (bench.fault_count > 0) fault_plan_clear(&plan, &bench.faults[take() % bench.fault_count], bench.now_ns);
        break;
    default:
        units = take();
        start();
        go(bench.now_ns + (units == UINT8_MAX ? LONG_NS : units * UNIT_NS));
        break;
    }
    account(false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bench = (bench_t){.data = data, .size = size};
    can_bus_init(&bus, 100000);
    fault_plan_init(&plan, take());
    can_bus_set_plan(&bus, &plan, BUS);
    can_bus_set_listen_only(&bus, NODES - 1);
    for (uint8_t node = 0; node < NODES; node++) can_bus_set_power(&bus, node, node < 4, 0);
    while (bench.size > 0) operate();
    start();
    go(bench.now_ns + TIME_S);
    return 0;
}
