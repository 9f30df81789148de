// SPDX-License-Identifier: MIT
// Fixed bytes: a layout that changes by accident shows here, not in somebody's Python.
#include "bus/zmq/wire.h"

#include <check.h>
#include <string.h>

#include "tests/suite.h"

static uint8_t body[WIRE_SIZE_MAX];

START_TEST(a_public_frame_has_the_bytes_that_the_header_tells)
{
    wire_public_t message = {
        .kind = WIRE_FRAME, .stream = 1, .sequence = 0x0102, .time_ns = 111910000, .sender = "cas"};
    message.frame = frame_make(0x130, (const uint8_t[]){0x45, 0x00}, 2);
    static const uint8_t EXPECTED[] = {
        4,    1,                                  // version, kind
        1,                                        // stream
        0x02, 0x01, 0,    0,    0, 0,    0,    0, // sequence number
        0x70, 0x9C, 0xAB, 0x06, 0, 0,    0,    0, // 111910000 ns
        3,    'c',  'a',  's',                    // sender
        0x30, 0x01, 0,    0,    2, 0x45, 0x00,    // frame
    };
    ck_assert_uint_eq(wire_encode_public(&message, body), sizeof EXPECTED);
    ck_assert_mem_eq(body, EXPECTED, sizeof EXPECTED);
}
END_TEST

START_TEST(an_error_frame_has_the_bytes_that_the_header_tells)
{
    wire_public_t message = {.kind = WIRE_ERROR, .stream = 1, .sequence = 3, .time_ns = 2, .sender = "cas"};
    message.frame = frame_make(0x130, (const uint8_t[]){0x45, 0x00}, 2);
    static const uint8_t EXPECTED[] = {
        4,    8,                                // version, kind
        1,                                      // stream
        3,    0,    0,   0,   0, 0,    0,    0, // sequence number
        2,    0,    0,   0,   0, 0,    0,    0, // ns
        3,    'c',  'a', 's',                   // sender
        0x30, 0x01, 0,   0,   2, 0x45, 0x00,    // frame that failed
    };
    ck_assert_uint_eq(wire_encode_public(&message, body), sizeof EXPECTED);
    ck_assert_mem_eq(body, EXPECTED, sizeof EXPECTED);
}
END_TEST

START_TEST(an_error_state_has_the_bytes_that_the_header_tells)
{
    wire_public_t message = {.kind = WIRE_STATE, .stream = 6, .sequence = 3, .time_ns = 2, .sender = "cas"};
    message.bus.name[0] = 'k';
    message.bus.state = 2; // bus-off
    static const uint8_t EXPECTED[] = {
        4, 9,                         // version, kind
        6,                            // stream
        3, 0,   0,   0,   0, 0, 0, 0, // sequence number
        2, 0,   0,   0,   0, 0, 0, 0, // ns
        3, 'c', 'a', 's',             // sender
        1, 'k', 2,                    // bus, state
    };
    ck_assert_uint_eq(wire_encode_public(&message, body), sizeof EXPECTED);
    ck_assert_mem_eq(body, EXPECTED, sizeof EXPECTED);
    wire_public_t read;
    ck_assert(wire_decode_public(&read, body, sizeof EXPECTED));
    body[sizeof EXPECTED - 1] = 3;
    ck_assert(!wire_decode_public(&read, body, sizeof EXPECTED));
}
END_TEST

// What a unit of another language has in a table: kind by kind, in this order.
START_TEST(inputs_have_the_kinds_that_the_header_tells)
{
    static const uint8_t ORDER[] = {INPUT_BUS_AWAKE,  INPUT_BUS_ASLEEP, INPUT_BUS_PASSIVE, INPUT_BUS_OFF,
                                    INPUT_BUS_ACTIVE, INPUT_SENT,       INPUT_NOT_SENT,    INPUT_FRAME,
                                    INPUT_LINE,       INPUT_AIR,        INPUT_STORED,      INPUT_DEADLINE};
    static wire_grant_t grant = {.count = sizeof ORDER};
    ck_assert_uint_eq(sizeof ORDER, INPUT_KIND_COUNT);
    for (uint8_t i = 0; i < grant.count; i++) ck_assert_uint_eq(ORDER[i], i);
    grant = (wire_grant_t){.incarnation = 1, .round = 2, .time_ns = 3, .count = 3};
    for (uint8_t i = 0; i < grant.count; i++)
        grant.inputs[i].input = (node_input_t){.kind = (uint8_t)(INPUT_BUS_PASSIVE + i), .bus = (uint8_t)(i % 2)};
    static const uint8_t INPUTS[] = {3, 2, 0, 3, 1, 4, 0}; // how many; each its kind and bus
    size_t size = wire_encode_grant(&grant, body);
    ck_assert_uint_eq(size, 2 + 8 + 8 + 8 + sizeof INPUTS);
    ck_assert_mem_eq(body + size - sizeof INPUTS, INPUTS, sizeof INPUTS);
}
END_TEST

START_TEST(a_packet_with_one_frame_has_the_bytes_that_the_header_tells)
{
    static outbox_t whole;
    outbox_t *outbox = &whole;
    outbox_clear(outbox);
    outbox->deadline_ns = 5;
    outbox->hold = 1;
    can_frame_t frame = frame_make(0x232, (const uint8_t[]){0xAA}, 1);
    outbox_send(outbox, 0, &frame, OUTBOX_REPLACE);
    wire_packet_t packet = {.incarnation = 7, .round = 9, .status = WIRE_DONE};
    static const uint8_t EXPECTED[] = {
        4,    33, // version, kind
        7,    0,    0,
        0,    0,    0,
        0,    0, // incarnation
        9,    0,    0,
        0,    0,    0,
        0,    0, // round
        0,       // status
        5,    0,    0,
        0,    0,    0,
        0,    0, // deadline
        1,       // hold
        0,    0,    0,
        0, // dropped
        1,    0,    OUTBOX_REPLACE,
        0x32, 0x02, 0,
        0,    1,    0xAA, // frames
        0,    0,    0,
        0, // lines, air, logs, store
    };
    ck_assert_uint_eq(wire_encode_packet(&packet, outbox, body), sizeof EXPECTED);
    ck_assert_mem_eq(body, EXPECTED, sizeof EXPECTED);
}
END_TEST

START_TEST(the_largest_messages_fit)
{
    static image_t stored;
    image_t *image = &stored;
    image->count = IMAGE_ENTRIES_MAX;
    for (uint32_t i = 0; i < image->count; i++) {
        memset(image->entries[i].name, 'x', IMAGE_NAME_MAX);
        image->entries[i].name[IMAGE_NAME_MAX] = '\0';
        image->entries[i].size = IMAGE_BYTES_MAX;
    }
    wire_power_on_t start = {.state = IMAGE_PRESENT};
    ck_assert_uint_le(wire_encode_power_on(&start, image, body), WIRE_SIZE_MAX);
    static outbox_t whole;
    outbox_t *outbox = &whole;
    memset(outbox, 0, sizeof *outbox);
    outbox->frame_count = OUTBOX_FRAMES_MAX;
    for (size_t i = 0; i < OUTBOX_FRAMES_MAX; i++) outbox->frames[i].frame.length = FRAME_DATA_MAX;
    outbox->line_count = OUTBOX_LINES_MAX;
    outbox->air_count = OUTBOX_AIR_MAX;
    for (size_t i = 0; i < OUTBOX_AIR_MAX; i++) outbox->air[i].size = AIR_BYTES_MAX;
    outbox->log_count = OUTBOX_LOGS_MAX;
    outbox->store = true;
    image_copy(&outbox->image, image);
    ck_assert_uint_le(wire_encode_packet(&(wire_packet_t){0}, outbox, body), WIRE_SIZE_MAX);
}
END_TEST

START_TEST(the_origin_of_a_hello_is_read_from_any_version)
{
    static const wire_hello_t HELLO = {.incarnation = 0x1122334455667788};
    size_t size = wire_encode_hello(&HELLO, body);
    body[0] = 77;
    uint8_t version;
    uint64_t incarnation;
    ck_assert(wire_hello_origin(body, size, &version, &incarnation));
    ck_assert_uint_eq(version, 77);
    ck_assert_uint_eq(incarnation, HELLO.incarnation);
    ck_assert(!wire_hello_origin(body, 9, &version, &incarnation));
}
END_TEST

static void mistake_is(size_t size, const char *told)
{
    static outbox_t outbox;
    char text[WIRE_MISTAKE_TEXT_MAX];
    wire_packet_t packet;
    wire_mistake_t mistake = wire_packet_mistake(&outbox, body, size);
    ck_assert_str_eq(wire_mistake_describe(&mistake, text), told);
    ck_assert_int_eq(wire_decode_packet(&packet, &outbox, body, size), strcmp(told, "nothing is wrong") == 0);
}

static size_t packet_with_all(void)
{
    static outbox_t outbox;
    outbox_clear(&outbox);
    outbox_send(&outbox, 0, &(can_frame_t){.id = 0x7FF, .length = 2}, 0);
    outbox_log(&outbox, 1, 2, 3, 4);
    outbox.store = true;
    outbox.image.count = 1;
    outbox.image.entries[0] = (image_entry_t){.name = "n"};
    return wire_encode_packet(&(wire_packet_t){.incarnation = 1}, &outbox, body);
}

START_TEST(what_is_wrong_with_a_packet_is_told_by_its_field)
{
    const size_t flags = 34, identifier = 35, length = 39, store = 71, name = 75; // places in it
    mistake_is(packet_with_all(), "nothing is wrong");
    mistake_is(packet_with_all() + 3, "3 bytes too many");
    mistake_is(packet_with_all() - 1, "it ends within image[0].value");
    packet_with_all(), mistake_is(20, "it ends within deadline");
    packet_with_all(), mistake_is(length + 2, "it ends within frames[0].data");
    size_t size = packet_with_all();
    body[18] = 2;
    mistake_is(size, "status is 2, at most 1");
    packet_with_all();
    body[flags] = 8;
    mistake_is(size, "frames[0].flags is 8, at most 7");
    packet_with_all();
    body[identifier + 1] = 8;
    mistake_is(size, "frames[0].identifier is 2303, at most 2047");
    packet_with_all();
    body[length] = 9;
    mistake_is(size, "frames[0].length is 9, at most 8");
    packet_with_all();
    body[store] = 2;
    mistake_is(size, "store is 2, at most 1");
    packet_with_all();
    body[name] = 0;
    mistake_is(size, "image[0].name has a zero byte");
    packet_with_all();
    body[1] = WIRE_HELLO;
    mistake_is(size, "kind is 32, which does not fit here");
}
END_TEST

START_TEST(what_is_wrong_with_a_hello_is_told_by_its_field)
{
    static wire_hello_t hello = {.class_name = "c", .ports = {.accept_count = 1}};
    char text[WIRE_MISTAKE_TEXT_MAX];
    size_t size = wire_encode_hello(&hello, body);
    body[21 + WIRE_KEY_SIZE] = 4; // the bus of its first acceptance
    wire_mistake_t mistake = wire_hello_mistake(&hello, body, size);
    ck_assert_str_eq(wire_mistake_describe(&mistake, text), "accepts[0].bus is 4, at most 3");
}
END_TEST

START_TEST(acceptance_in_a_hello_is_laid_out_as_documented)
{
    static wire_hello_t hello = {.class_name = "c", .ports = {.accept_count = 1}};
    hello.ports.accepts[0] = (node_accept_t){
        .bus = 1, .extended = true, .id = 0x18DAF140, .mask = 0x1FFFFF00, .byte0 = 0x40, .byte0_mask = 0xFE};
    static const uint8_t EXPECTED[] = {
        1,    1,    0x40, 0xF1, 0xDA, 0x98,
        0x00, 0xFF, 0xFF, 0x1F, 0x40, 0xFE, // one: bus, identifier, mask, byte 0, its mask
        0,    0,                            // lines, air channels
    };
    size_t size = wire_encode_hello(&hello, body);
    ck_assert_uint_eq(size, 2 + 8 + 8 + WIRE_KEY_SIZE + 2 + sizeof EXPECTED);
    ck_assert_mem_eq(body + size - sizeof EXPECTED, EXPECTED, sizeof EXPECTED);
}
END_TEST

START_TEST(topics_are_what_subscribers_expect)
{
    char topic[WIRE_TOPIC_MAX];
    can_frame_t frame = {.id = 0x2A};
    ck_assert_uint_eq(wire_topic_frame("kcan-s", &frame, topic), 14);
    ck_assert_mem_eq(topic, "can/kcan-s/02A", 14);
    frame = (can_frame_t){.id = 0x18DAF110, .extended = true};
    ck_assert_uint_eq(wire_topic_frame("b", &frame, topic), 14);
    ck_assert_mem_eq(topic, "can/b/18DAF110", 14);
    frame = frame_make(0x6F1, (uint8_t[]){0x4C, 2, 0x10, 3}, 4);
    ck_assert_uint_eq(wire_topic_frame_apart("kcan-s", &frame, topic), 17);
    ck_assert_mem_eq(topic, "can/kcan-s/6F1/4C", 17);
    ck_assert_uint_eq(wire_topic_error("kcan-s", topic), 16);
    ck_assert_mem_eq(topic, "can/kcan-s/error", 16);
    ck_assert_uint_eq(wire_topic("line/", "door/driver", topic), 16);
    ck_assert_mem_eq(topic, "line/door/driver", 16);
    ck_assert_uint_eq(wire_topic_ready("seat", (const uint8_t[]){0, 1, 2, 3, 4, 5, 6, 0xAB}, topic), 27);
    ck_assert_mem_eq(topic, "ready/seat/00010203040506ab", 27);
}
END_TEST

START_TEST(the_hash_is_fnv_1a_and_goes_on)
{
    ck_assert_uint_eq(wire_hash(0, (const uint8_t *)"foobar", 6), UINT64_C(0x85944171F73967E8));
    uint64_t half = wire_hash(0, (const uint8_t *)"foo", 3);
    ck_assert_uint_eq(wire_hash(half, (const uint8_t *)"bar", 3), UINT64_C(0x85944171F73967E8));
}
END_TEST

// The key 00 … 0F and the message 00 … 0E of the paper that defines SipHash (Aumasson, Bernstein, appendix A).
START_TEST(a_tag_is_that_of_siphash_and_stands_at_the_end)
{
    static const uint8_t TAG[] = {0xE5, 0x45, 0xBE, 0x49, 0x61, 0xCA, 0x29, 0xA1};
    uint8_t secret[WIRE_SECRET_SIZE];
    for (uint8_t i = 0; i < WIRE_SECRET_SIZE; i++) secret[i] = i;
    for (uint8_t i = 0; i < 15; i++) body[i] = i;
    size_t size = wire_sign(body, 15, secret);
    ck_assert_uint_eq(size, 23);
    ck_assert_mem_eq(body + 15, TAG, sizeof TAG);
    ck_assert(wire_is_signed(body, &size, secret));
    ck_assert_uint_eq(size, 15);
}
END_TEST

START_TEST(a_tag_fits_one_body_and_one_secret)
{
    uint8_t secret[WIRE_SECRET_SIZE] = {1};
    memset(body, 7, 40);
    size_t whole = wire_sign(body, 40, secret);
    for (size_t bit = 0; bit < 8 * whole; bit++) {
        size_t size = whole;
        body[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_msg(!wire_is_signed(body, &size, secret), "bit %zu", bit);
        ck_assert_uint_eq(size, whole);
        body[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t size = 0; size < whole; size++) {
        size_t told = size;
        ck_assert(!wire_is_signed(body, &told, secret));
    }
    secret[15] = 1;
    ck_assert(!wire_is_signed(body, &whole, secret));
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_test(all, a_public_frame_has_the_bytes_that_the_header_tells);
    tcase_add_test(all, an_error_frame_has_the_bytes_that_the_header_tells);
    tcase_add_test(all, an_error_state_has_the_bytes_that_the_header_tells);
    tcase_add_test(all, inputs_have_the_kinds_that_the_header_tells);
    tcase_add_test(all, a_packet_with_one_frame_has_the_bytes_that_the_header_tells);
    tcase_add_test(all, the_largest_messages_fit);
    tcase_add_test(all, the_origin_of_a_hello_is_read_from_any_version);
    tcase_add_test(all, what_is_wrong_with_a_packet_is_told_by_its_field);
    tcase_add_test(all, what_is_wrong_with_a_hello_is_told_by_its_field);
    tcase_add_test(all, acceptance_in_a_hello_is_laid_out_as_documented);
    tcase_add_test(all, topics_are_what_subscribers_expect);
    tcase_add_test(all, a_tag_is_that_of_siphash_and_stands_at_the_end);
    tcase_add_test(all, a_tag_fits_one_body_and_one_secret);
    tcase_add_test(all, the_hash_is_fnv_1a_and_goes_on);
    return suite_run("wire layout", all);
}
