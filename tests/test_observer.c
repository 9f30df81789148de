// SPDX-License-Identifier: MIT
// An observer and a bus that is nothing but its publishing socket, so that what comes, and when, is the test's.
#include <check.h>
#include <string.h>
#include <unistd.h>

#include "bus/zmq/socket.h"
#include "bus/zmq/observer.h"
#include "tests/hub_fixture.h"
#include "tests/suite.h"

#define PATIENCE_MS 20000 // nothing here takes long, but the machine may be busy

static zsock_t *bus;
static observer_t *observer;
static error_t error;
static uint64_t sequences[WIRE_STREAM_COUNT];

static void set_up(void)
{
    hub_fixture_own_directory();
    error_clear(&error);
    memset(sequences, 0, sizeof sequences);
}

static void tear_down(void)
{
    observer_destroy(&observer);
    zsock_destroy(&bus);
    zsys_shutdown();
    unlink(hub_fixture_endpoint() + strlen("ipc://"));
    hub_fixture_remove_directory();
}

static void open_bus(void)
{
    endpoint_t endpoint;
    ck_assert(endpoint_parse(&endpoint, hub_fixture_endpoint(), &error));
    bus = socket_new(ZMQ_XPUB, PATIENCE_MS);
    ck_assert_int_ge(zsock_bind(bus, "%s", endpoint.down), 0);
}

static void attach(void)
{
    observer = observer_new(hub_fixture_endpoint(), &error);
    ck_assert_msg(observer != NULL, "%s", error.text);
    observer_subscribe(observer, "can/");
    observer_subscribe(observer, "line/");
    observer_subscribe(observer, "sim/");
    observer_announce(observer);
}

// The next subscription that the bus gets.
static void await_subscription(const char *beginning)
{
    char topic[WIRE_TOPIC_MAX + 1];
    bool begins = false;
    zmq_pollitem_t item = {.socket = zsock_resolve(bus), .events = ZMQ_POLLIN};
    ck_assert_int_eq(zmq_poll(&item, 1, PATIENCE_MS), 1);
    ck_assert(socket_receive_subscription(item.socket, topic, &begins, NULL) && begins);
    ck_assert_msg(wire_topic_behind(topic, beginning) != NULL, "%s, not %s", topic, beginning);
}

static void await_observer(void)
{
    await_subscription("can/");
    await_subscription("line/");
    await_subscription("sim/");
    await_subscription("sim/observer/");
}

static void publish(const char *topic, const wire_public_t *message)
{
    static uint8_t body[WIRE_SIZE_MAX];
    socket_send(zsock_resolve(bus), topic, strlen(topic), body, wire_encode_public(message, body));
}

// Frames on the first bus, or lines, of which so many were lost before.
static void publish_frame(uint64_t lost)
{
    wire_public_t message = {.kind = WIRE_FRAME, .stream = 0, .sequence = sequences[0] += lost + 1};
    message.frame = frame_make(0x130, NULL, 0);
    publish("can/one/130", &message);
}

static void publish_line(uint64_t lost)
{
    wire_public_t message = {.kind = WIRE_LINE, .stream = WIRE_STREAM_LINE};
    message.sequence = sequences[WIRE_STREAM_LINE] += lost + 1;
    publish("line/door/driver", &message);
}

// The end, which says that so many more frames were published than we let come.
static void publish_end(uint64_t lost)
{
    wire_public_t message = {.kind = WIRE_END, .stream = WIRE_STREAM_SIM, .sequence = 1};
    message.end.count = WIRE_STREAM_COUNT;
    for (uint8_t i = 0; i < WIRE_STREAM_COUNT; i++) {
        message.end.streams[i] = i;
        message.end.sequences[i] = sequences[i] + (i == WIRE_STREAM_SIM) + (i == 0 ? lost : 0);
    }
    publish("sim/end", &message);
}

static observer_result_t next(void)
{
    observer_result_t result = observer_receive(observer);
    for (int64_t until_ms = socket_clock_ms() + PATIENCE_MS; result == OBSERVER_NOTHING;) {
        ck_assert_msg(socket_clock_ms() < until_ms, "nothing comes");
        observer_wait(observer, NULL, 100 * TIME_MS);
        result = observer_receive(observer);
    }
    return result;
}

static void assert_frame(uint64_t sequence)
{
    ck_assert_int_eq(next(), OBSERVER_MESSAGE);
    ck_assert_str_eq(observer_message(observer)->topic, "can/one/130");
    ck_assert_uint_eq(observer_content(observer)->kind, WIRE_FRAME);
    ck_assert_uint_eq(observer_content(observer)->frame.id, 0x130);
    ck_assert_uint_eq(observer_content(observer)->sequence, sequence);
}

// ---- attaching -----------------------------------------------------------------------------------------------------

START_TEST(attached_before_or_after_the_bus_began_it_sees_the_first_message_and_the_end)
{
    if (_i == 0) open_bus();
    attach();
    ck_assert_int_eq(observer_receive(observer), OBSERVER_NOTHING);
    if (_i == 1) open_bus();
    await_observer();
    for (uint64_t i = 1; i <= 3; i++) publish_frame(0);
    publish_end(0);
    for (uint64_t i = 1; i <= 3; i++) assert_frame(i);
    for (int i = 0; i < 3; i++) ck_assert_int_eq(next(), OBSERVER_ENDED);
    ck_assert_uint_eq(observer_missed(observer), 0);
}
END_TEST

START_TEST(two_observers_of_one_program_announce_themselves_by_names_of_their_own)
{
    char first[WIRE_TOPIC_MAX + 1] = "", second[WIRE_TOPIC_MAX + 1] = "";
    bool begins;
    open_bus();
    for (int i = 0; i < 2; i++) {
        zmq_pollitem_t item = {.socket = zsock_resolve(bus), .events = ZMQ_POLLIN};
        observer_t *one = observer_new(hub_fixture_endpoint(), &error);
        observer_announce(one);
        ck_assert_int_eq(zmq_poll(&item, 1, PATIENCE_MS), 1);
        ck_assert(socket_receive_subscription(item.socket, i == 0 ? first : second, &begins, NULL) && begins);
        observer_destroy(&one);
        ck_assert_int_eq(zmq_poll(&item, 1, PATIENCE_MS), 1); // it left
        ck_assert(socket_receive_subscription(item.socket, i == 0 ? first : second, &begins, NULL) && !begins);
    }
    ck_assert_ptr_nonnull(wire_topic_behind(first, "sim/observer/"));
    ck_assert_ptr_nonnull(wire_topic_behind(second, "sim/observer/"));
    ck_assert_str_ne(first, second);
}
END_TEST

START_TEST(an_observer_may_come_where_another_has_just_left)
{
    open_bus();
    for (int i = 0; i < 200; i++) {
        observer_t *one = observer_new(hub_fixture_endpoint(), &error);
        ck_assert_msg(one != NULL, "%d: %s", i, error.text);
        observer_destroy(&one);
    }
}
END_TEST

START_TEST(what_is_no_endpoint_is_refused_with_a_reason)
{
    ck_assert_ptr_null(observer_new("http://nowhere", &error));
    ck_assert_ptr_nonnull(strstr(error.text, "http://nowhere"));
}
END_TEST

// ---- losses --------------------------------------------------------------------------------------------------------

static void begin(void)
{
    open_bus();
    attach();
    await_observer();
}

START_TEST(a_gap_in_a_stream_is_a_loss_of_so_many_messages)
{
    begin();
    publish_frame(0);
    publish_frame(2);
    publish_frame(0);
    assert_frame(1);
    ck_assert_uint_eq(observer_missed(observer), 0);
    assert_frame(4);
    ck_assert_uint_eq(observer_missed(observer), 2);
    assert_frame(5);
    ck_assert_uint_eq(observer_missed(observer), 2);
}
END_TEST

START_TEST(streams_are_numbered_apart)
{
    begin();
    publish_frame(0);
    publish_line(0);
    publish_frame(0);
    publish_line(3);
    for (int i = 0; i < 4; i++) ck_assert_int_eq(next(), OBSERVER_MESSAGE);
    ck_assert_uint_eq(observer_missed(observer), 3);
}
END_TEST

START_TEST(what_was_published_before_it_came_is_no_loss)
{
    begin();
    publish_frame(1000);
    assert_frame(1001);
    sequences[WIRE_STREAM_LINE] = 500; // lines of which it saw none
    publish_end(0);
    ck_assert_int_eq(next(), OBSERVER_ENDED);
    ck_assert_uint_eq(observer_missed(observer), 0);
}
END_TEST

START_TEST(the_end_tells_what_was_lost_last)
{
    begin();
    publish_frame(0);
    publish_end(7);
    assert_frame(1);
    ck_assert_int_eq(next(), OBSERVER_ENDED);
    ck_assert_uint_eq(observer_missed(observer), 7);
}
END_TEST

// ---- what is no message, and no bus --------------------------------------------------------------------------------

START_TEST(what_is_no_public_message_is_told_apart_and_counts_for_nothing)
{
    begin();
    publish_frame(0);
    socket_send(zsock_resolve(bus), "can/one/130", 11, (const uint8_t *)"nonsense", 8);
    zmq_send(zsock_resolve(bus), "can/one/130", 11, 0); // not even two frames
    publish_frame(0);
    assert_frame(1);
    ck_assert_int_eq(next(), OBSERVER_OTHER);
    ck_assert_str_eq(observer_message(observer)->topic, "can/one/130");
    ck_assert_uint_eq(observer_message(observer)->body_size, 8);
    assert_frame(2);
    ck_assert_uint_eq(observer_missed(observer), 0);
}
END_TEST

START_TEST(what_is_no_longer_subscribed_to_does_not_come)
{
    begin();
    observer_unsubscribe(observer, "line/");
    char topic[WIRE_TOPIC_MAX + 1];
    bool begins = true;
    zmq_pollitem_t item = {.socket = zsock_resolve(bus), .events = ZMQ_POLLIN};
    ck_assert_int_eq(zmq_poll(&item, 1, PATIENCE_MS), 1);
    ck_assert(socket_receive_subscription(item.socket, topic, &begins, NULL) && !begins);
    publish_line(0);
    publish_frame(0);
    assert_frame(1);
}
END_TEST

START_TEST(a_bus_that_disappears_without_a_word_has_broken_off_after_its_last_message)
{
    begin();
    publish_frame(0);
    publish_frame(0);
    zsock_set_linger(bus, PATIENCE_MS);
    zsock_destroy(&bus);
    assert_frame(1);
    assert_frame(2);
    for (int i = 0; i < 3; i++) ck_assert_int_eq(next(), OBSERVER_GONE);
}
END_TEST

// An XPUB gives us whatever comes up: of all first bytes only 1 begins a subscription, and only 0 ends one.
START_TEST(what_is_no_subscription_neither_begins_nor_ends_one)
{
    void *context = zmq_ctx_new(), *down = zmq_socket(context, ZMQ_XPUB), *other = zmq_socket(context, ZMQ_XSUB);
    ck_assert_int_eq(zmq_bind(down, "inproc://subscriptions"), 0);
    ck_assert_int_eq(zmq_connect(other, "inproc://subscriptions"), 0);
    char topic[WIRE_TOPIC_MAX + 1];
    bool begins;
    for (unsigned i = 0; i < 256; i++) {
        unsigned first = i <= 1 ? 1 - i : i; // it must begin before it can end
        const char bytes[] = {(char)first, 's', 'i', 'm'};
        ck_assert_int_eq(zmq_send(other, bytes, sizeof bytes, 0), sizeof bytes);
        ck_assert(socket_receive_subscription(down, topic, &begins, NULL));
        ck_assert_int_eq(begins, first == 1);
        ck_assert_str_eq(topic, first <= 1 ? "sim" : "");
    }
    ck_assert(!socket_receive_subscription(down, topic, &begins, NULL));
    zmq_close(down);
    zmq_close(other);
    zmq_ctx_term(context);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer");
    TCase *cases = tcase_create("observer");
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_loop_test(cases, attached_before_or_after_the_bus_began_it_sees_the_first_message_and_the_end, 0, 2);
    tcase_add_test(cases, two_observers_of_one_program_announce_themselves_by_names_of_their_own);
    tcase_add_test(cases, an_observer_may_come_where_another_has_just_left);
    tcase_add_test(cases, what_is_no_endpoint_is_refused_with_a_reason);
    tcase_add_test(cases, a_gap_in_a_stream_is_a_loss_of_so_many_messages);
    tcase_add_test(cases, streams_are_numbered_apart);
    tcase_add_test(cases, what_was_published_before_it_came_is_no_loss);
    tcase_add_test(cases, the_end_tells_what_was_lost_last);
    tcase_add_test(cases, what_is_no_public_message_is_told_apart_and_counts_for_nothing);
    tcase_add_test(cases, what_is_no_longer_subscribed_to_does_not_come);
    tcase_add_test(cases, a_bus_that_disappears_without_a_word_has_broken_off_after_its_last_message);
    tcase_add_test(cases, what_is_no_subscription_neither_begins_nor_ends_one);
    suite_add_tcase(suite, cases);
    return suite_run_cases(suite);
}
