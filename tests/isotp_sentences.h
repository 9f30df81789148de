// SPDX-License-Identifier: MIT
// Small sentences for the tests of ISO-TP: a unit (0x40) and a tester (0xF1) that hear, say and time out.
#ifndef KMSIM_TESTS_ISOTP_SENTENCES_H
#define KMSIM_TESTS_ISOTP_SENTENCES_H

#include "bus/diagnosis/isotp.h"

#include <check.h>
#include <string.h>

#define FRAME_NS TIME_MS // what the bus of these tests needs for a frame

static isotp_t unit, tester;
static uint8_t message[ISOTP_PAYLOAD_MAX + 1];

static const isotp_config_t UNIT = {.tx_id = 0x640, .rx_id = 0x6F1, .tx_address = 0xF1, .rx_address = 0x40};
static const isotp_config_t TESTER = {.tx_id = 0x6F1, .rx_id = 0x640, .tx_address = 0x40, .rx_address = 0xF1};

static inline void set_up(void)
{
    isotp_init(&unit, &UNIT);
    isotp_init(&tester, &TESTER);
    for (size_t i = 0; i < sizeof message; i++) message[i] = (uint8_t)(i * 7 + i / 251);
}

static inline can_frame_t frame_of(const char *text)
{
    can_frame_t frame;
    ck_assert_msg(frame_parse(text, &frame), "%s", text);
    return frame;
}

static inline void hear(isotp_t *link, const char *text, int64_t now_ns)
{
    can_frame_t frame = frame_of(text);
    ck_assert(isotp_accept(link, &frame, now_ns));
}

static inline void says_nothing(isotp_t *link, int64_t now_ns)
{
    can_frame_t frame;
    if (isotp_pull(link, now_ns, &frame)) ck_abort_msg("%s", frame_format(&frame, (char[FRAME_TEXT_MAX]){0}));
}

static inline can_frame_t pull(isotp_t *link, const char *text, int64_t now_ns)
{
    can_frame_t frame;
    ck_assert_msg(isotp_pull(link, now_ns, &frame), "nothing, expected %s", text);
    ck_assert_str_eq(frame_format(&frame, (char[FRAME_TEXT_MAX]){0}), text);
    return frame;
}

static inline void says(isotp_t *link, const char *text, int64_t now_ns, int64_t carried_ns)
{
    can_frame_t frame = pull(link, text, now_ns);
    ck_assert(isotp_sent(link, &frame, carried_ns));
}

static inline void has_message(isotp_t *link, const uint8_t *bytes, size_t count)
{
    const uint8_t *payload;
    size_t size;
    ck_assert(isotp_received(link, &payload, &size));
    ck_assert_uint_eq(size, count);
    ck_assert_mem_eq(payload, bytes, count);
    isotp_release(link);
}

static inline void has_no_message(const isotp_t *link)
{
    const uint8_t *payload;
    size_t size;
    ck_assert(!isotp_received(link, &payload, &size));
}

// The time-out is not there a nanosecond before, is at its instant, and is told once.
static inline void send_fails_at(isotp_t *link, int64_t at_ns, isotp_result_t result)
{
    ck_assert_int_eq(isotp_deadline(link), at_ns);
    isotp_tick(link, at_ns - 1);
    ck_assert(isotp_sending(link));
    isotp_tick(link, at_ns);
    ck_assert(!isotp_sending(link));
    ck_assert_int_eq(isotp_take_send_result(link), result);
    ck_assert_int_eq(isotp_take_send_result(link), ISOTP_NOTHING);
    ck_assert_int_eq(isotp_deadline(link), TIME_NEVER);
}

static inline void receive_fails_at(isotp_t *link, int64_t at_ns, isotp_result_t result)
{
    ck_assert_int_eq(isotp_deadline(link), at_ns);
    isotp_tick(link, at_ns - 1);
    ck_assert(isotp_receiving(link));
    isotp_tick(link, at_ns);
    ck_assert(!isotp_receiving(link));
    ck_assert_int_eq(isotp_take_receive_result(link), result);
    ck_assert_int_eq(isotp_take_receive_result(link), ISOTP_NOTHING);
    ck_assert_int_eq(isotp_deadline(link), TIME_NEVER);
}

static inline void starts(isotp_t *link, size_t size, int64_t now_ns)
{
    ck_assert(isotp_send(link, message, size, now_ns));
}

// Carries what `from` has to say now; true when there was something.
static inline bool carry(isotp_t *from, isotp_t *to, int64_t now_ns)
{
    can_frame_t frame;
    if (!isotp_pull(from, now_ns, &frame)) return false;
    ck_assert(isotp_sent(from, &frame, now_ns + FRAME_NS));
    isotp_accept(to, &frame, now_ns + FRAME_NS);
    return true;
}

// Both links talk until neither has anything to say; returns the instant.
static inline int64_t talk(isotp_t *a, isotp_t *b, int64_t now_ns)
{
    for (;;) {
        if (carry(a, b, now_ns) || carry(b, a, now_ns)) {
            now_ns += FRAME_NS;
            continue;
        }
        int64_t next_ns = time_earlier(isotp_deadline(a), isotp_deadline(b));
        if (next_ns == TIME_NEVER) return now_ns;
        ck_assert_int_gt(next_ns, now_ns);
        now_ns = next_ns;
        isotp_tick(a, now_ns);
        isotp_tick(b, now_ns);
    }
}

#endif
