// SPDX-License-Identifier: MIT
// A kernel with three scripted nodes on two buses, each acting at its deadlines as a test planned, and with everything
// that they were told written down as text, one line per input: "TIME NODE WHAT", times in microseconds.
//
//   node   buses                 lines        accepts                      hears
//   a      0: left, 1: right     x y          0x100-0x10F on both          RF, RF_END, LF
//   b      0: left               x y z        everything in base format    RF
//   c      0: right              y x          everything in base format    LF
#ifndef KMSIM_TESTS_KERNEL_FIXTURE_H
#define KMSIM_TESTS_KERNEL_FIXTURE_H

#include "bus/kernel/kernel.h"

#define KERNEL_FIXTURE_PLANS_MAX 256
#define KERNEL_FIXTURE_TEXT_MAX 131072

enum { A, B, C, PLAYER }; // who acts
enum { LEFT, RIGHT };     // buses of the vehicle

typedef struct {
    int64_t at_ns;
    uint8_t who;
    void (*act)(outbox_t *outbox); // of a node; the player's gets null
} kernel_fixture_plan_t;

typedef struct {
    vehicle_t vehicle;
    kernel_t *kernel;
    uint64_t seed;
    outbox_t power_on[3];   // what each says at power-on, but for its deadline
    random_t random[3];     // what each got at its last power-on
    int64_t image_value[3]; // "value" of the image that each got then, -1: none
    size_t plan_count;
    kernel_fixture_plan_t plans[KERNEL_FIXTURE_PLANS_MAX];
    size_t heard_length, seen_length;
    char heard[KERNEL_FIXTURE_TEXT_MAX]; // by nodes
    char seen[KERNEL_FIXTURE_TEXT_MAX];  // by the player
} kernel_fixture_t;

extern kernel_fixture_t fixture;

/// A new kernel with the three nodes, before its first instant; the old one is gone.
void kernel_fixture_set_up(void);
void kernel_fixture_tear_down(void);

/// Before the run reaches that time: somebody acts then.
void kernel_fixture_plan(int64_t at_ns, uint8_t who, void (*act)(outbox_t *outbox));

/// Runs every instant up to that time, that time included.
void kernel_fixture_run_to(int64_t until_ns);

/// Forgets what was heard and seen.
void kernel_fixture_forget(void);

/// A frame from candump's form; and the request for it on a node's own bus.
can_frame_t kernel_fixture_frame(const char *text);
void kernel_fixture_send(outbox_t *outbox, uint8_t bus, const char *text, uint8_t flags);

#endif
