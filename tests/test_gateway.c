// SPDX-License-Identifier: MIT
// The CAS's routes: in the car between its two buses, and by itself at its bounds.
#include "cas/gateway.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/cas_fixture.h"
#include "tests/suite.h"

#define CONFIGURATION 0x3DA // routed from K-CAN SYSTEM to PERIPHERY
#define CONFIGURED 0x3DB    // and back

static void inject(uint8_t bus, const char *text)
{
    can_frame_t frame = {0};
    ck_assert_msg(frame_parse(text, &frame), "%s", text);
    kernel_inject(car->kernel, bus, &frame);
}

// ---- in the car ----------------------------------------------------------------------------------------------------

START_TEST(routed_frame_wakes_the_other_bus_and_follows_1_ms_later)
{
    cas_fixture_run_to(TIME_S);
    inject(KCAN_S, "3DA#0B00");
    cas_fixture_run_to(TIME_S + 50 * TIME_MS);
    const cas_fixture_seen_t *from = cas_fixture_find(KCAN_S, CONFIGURATION, 0);
    const cas_fixture_seen_t *to = cas_fixture_find(KCAN_P, CONFIGURATION, 0);
    ck_assert_ptr_nonnull(from);
    ck_assert_ptr_nonnull(to);
    ck_assert(frame_equal(&from->frame, &to->frame));
    ck_assert_uint_eq(to->node, CAS_NODE);
    ck_assert_int_ge(to->at_ns - from->at_ns, GATEWAY_DELAY_NS + CAN_BUS_WAKE_NS);
    int64_t again_ns = 5 * TIME_S + 50 * TIME_MS; // both are awake, and no cyclic frame is due
    cas_fixture_run_to(again_ns);
    inject(KCAN_S, "3DA#0C00");
    cas_fixture_run_to(again_ns + 20 * TIME_MS);
    from = cas_fixture_find(KCAN_S, CONFIGURATION, again_ns);
    to = cas_fixture_find(KCAN_P, CONFIGURATION, again_ns);
    int64_t frame_ns = (int64_t)frame_bits(&to->frame) * 10 * TIME_US;
    ck_assert_int_eq(to->at_ns - from->at_ns, GATEWAY_DELAY_NS + frame_ns);
}
END_TEST

START_TEST(route_goes_one_way)
{
    cas_fixture_run_to(TIME_S);
    inject(KCAN_P, "3DA#0B00");
    inject(KCAN_S, "3DB#0B00");
    inject(KCAN_P, "3DB#0900");
    cas_fixture_run_to(2 * TIME_S);
    ck_assert_str_eq(cas_fixture_text(KCAN_S, CONFIGURATION, 0), "");
    ck_assert_str_eq(cas_fixture_text(KCAN_S, CONFIGURED, 0), "3DB#0B00 3DB#0900");
    ck_assert_str_eq(cas_fixture_text(KCAN_P, CONFIGURED, 0), "3DB#0900");
}
END_TEST

START_TEST(what_the_cas_sends_itself_is_never_routed)
{
    static const char *const OWN[] = {"23A#11300101", "2A0#1111010000000000", "2FC#00010000000000"};
    cas_fixture_run_to(TIME_S);
    for (size_t i = 0; i < 3; i++) inject(KCAN_S, OWN[i]);
    cas_fixture_run_to(2 * TIME_S);
    ck_assert_uint_eq(cas_fixture_count(KCAN_S, KEY_STATUS, 0, TIME_NEVER), 1);
    ck_assert_uint_eq(cas_fixture_count(KCAN_P, KEY_STATUS, 0, TIME_NEVER), 0);
    ck_assert_int_eq(kernel_bus(car->kernel, KCAN_P)->wire.state, CAN_BUS_ASLEEP);
}
END_TEST

START_TEST(extended_frame_of_the_same_number_is_another)
{
    cas_fixture_run_to(TIME_S);
    inject(KCAN_S, "000003DA#0B00");
    cas_fixture_run_to(2 * TIME_S);
    ck_assert_int_eq(kernel_bus(car->kernel, KCAN_P)->wire.state, CAN_BUS_ASLEEP);
}
END_TEST

START_TEST(frames_of_one_identifier_arrive_in_their_order)
{
    char text[FRAME_TEXT_MAX];
    cas_fixture_run_to(TIME_S);
    for (int i = 0; i < 30; i++) {
        snprintf(text, sizeof text, "3DA#%02X00", (unsigned)i);
        inject(KCAN_S, text);
    }
    cas_fixture_run_to(2 * TIME_S);
    static char sent[CAS_FIXTURE_SEEN_MAX];
    snprintf(sent, sizeof sent, "%s", cas_fixture_text(KCAN_S, CONFIGURATION, 0));
    ck_assert_str_eq(cas_fixture_text(KCAN_P, CONFIGURATION, 0), sent);
    ck_assert_uint_eq(cas_fixture_count(KCAN_P, CONFIGURATION, 0, TIME_NEVER), 30);
    ck_assert_uint_eq(car->cas->gateway.dropped, 0);
}
END_TEST

START_TEST(cas_without_power_routes_nothing_and_has_forgotten_what_was_under_way)
{
    cas_fixture_run_to(TIME_S);
    inject(KCAN_S, "3DA#0B00");
    cas_fixture_run_to(TIME_S + 10 * TIME_MS);
    while (!cas_fixture_find(KCAN_S, CONFIGURATION, 0)) cas_fixture_run_to(kernel_now(car->kernel) + 100 * TIME_US);
    cas_fixture_power(CAS_NODE, false); // within the gateway's delay
    cas_fixture_run_to(2 * TIME_S);
    cas_fixture_power(CAS_NODE, true);
    cas_fixture_run_to(3 * TIME_S);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, CONFIGURATION, 0), "");
}
END_TEST

// ---- by itself -----------------------------------------------------------------------------------------------------

static gateway_t gateway;

START_TEST(queue_is_bounded_and_drops_are_counted)
{
    memset(&gateway, 0, sizeof gateway);
    can_frame_t frame = {.id = CONFIGURATION, .length = 1}, out;
    uint8_t to;
    for (unsigned i = 0; i < GATEWAY_QUEUE_MAX; i++) {
        frame.data[0] = (uint8_t)i;
        ck_assert(gateway_forward(&gateway, i, 1, &frame));
    }
    ck_assert(!gateway_forward(&gateway, 40, 1, &frame));
    ck_assert(!gateway_forward(&gateway, 41, 0, &frame));
    ck_assert_uint_eq(gateway.dropped, 2);
    for (unsigned i = 0; i < GATEWAY_QUEUE_MAX; i++) {
        ck_assert_int_eq(gateway_next(&gateway), GATEWAY_DELAY_NS + i);
        ck_assert(!gateway_pull(&gateway, GATEWAY_DELAY_NS + i - 1, &to, &out));
        ck_assert(gateway_pull(&gateway, GATEWAY_DELAY_NS + i, &to, &out));
        ck_assert_uint_eq(to, 1);
        ck_assert_uint_eq(out.data[0], i);
    }
    ck_assert_int_eq(gateway_next(&gateway), TIME_NEVER);
    ck_assert(!gateway_pull(&gateway, TIME_MIN, &to, &out));
    ck_assert(gateway_forward(&gateway, TIME_MIN, 0, &frame)); // room again
    gateway_reset(&gateway);
    ck_assert_int_eq(gateway_next(&gateway), TIME_NEVER);
    ck_assert_uint_eq(gateway.dropped, 0);
}
END_TEST

START_TEST(routes_of_other_gateways_are_not_taken)
{
    static vehicle_t vehicle;
    vehicle = car->vehicle;
    vehicle.bus_count = 3;
    vehicle.route_count = 3;
    vehicle.routes[0] = (vehicle_route_t){0x100, 0, 2}; // the CAS is not on bus 2
    vehicle.routes[1] = (vehicle_route_t){0x101, 2, 1};
    vehicle.routes[2] = (vehicle_route_t){0x102, 1, 0};
    node_ports_t ports = {0};
    int cas = vehicle_find_node(&vehicle, "cas");
    gateway_bind(&gateway, &(node_setup_t){dbc_file_dbc(car->file), &vehicle, &vehicle.nodes[cas]}, &ports);
    ck_assert_uint_eq(gateway.route_count, 1);
    ck_assert_uint_eq(gateway.routes[0].id, 0x102);
    ck_assert_uint_eq(gateway.routes[0].from, 1);
    ck_assert_uint_eq(gateway.routes[0].to, 0);
    gateway_reset(&gateway);
    can_frame_t frame = {.id = 0x102};
    ck_assert(gateway_accept(&gateway, 0, 0, &frame)); // nothing to do with it
    ck_assert_int_eq(gateway_next(&gateway), TIME_NEVER);
    ck_assert(gateway_accept(&gateway, 0, 1, &frame));
    ck_assert_int_eq(gateway_next(&gateway), GATEWAY_DELAY_NS);
}
END_TEST

// Four buses, every unit on three of them, and every route that there may be: all of it finds room.
START_TEST(largest_vehicle_fits_into_what_a_node_may_accept)
{
    static vehicle_t vehicle;
    static node_ports_t ports;
    vehicle = (vehicle_t){.bus_count = 4, .node_count = VEHICLE_NODES_MAX, .route_count = VEHICLE_ROUTES_MAX};
    vehicle.nodes[0] = (vehicle_node_t){.name = "cas", .address = 0x40, .bus_count = 4, .buses = {0, 1, 2, 3}};
    for (uint8_t i = 1; i < VEHICLE_NODES_MAX; i++)
        vehicle.nodes[i] = (vehicle_node_t){.address = (uint8_t)(0x70 + i), .bus_count = 3, .buses = {0, 1, 2}};
    for (uint8_t i = 0; i < VEHICLE_ROUTES_MAX; i++) vehicle.routes[i] = (vehicle_route_t){0x100u + i, 0, 1};
    for (uint8_t bus = 0; bus < 4; bus++) { // what a unit accepts for its own diagnosis
        node_accept_byte0(&ports, bus, UDS_REQUEST_ID, 0x40, 0xFF);
        node_accept_byte0(&ports, bus, UDS_REQUEST_ID, UDS_FUNCTIONAL_ALL, 0xFE);
    }
    gateway_bind(&gateway, &(node_setup_t){NULL, &vehicle, &vehicle.nodes[0]}, &ports);
    ck_assert_uint_eq(gateway.unit_count, VEHICLE_NODES_MAX - 1);
    ck_assert_uint_eq(ports.accept_count, 8 + 4 + VEHICLE_ROUTES_MAX + 3 * (VEHICLE_NODES_MAX - 1));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("gateway");
    tcase_add_checked_fixture(tests, cas_fixture_set_up, cas_fixture_tear_down);
    tcase_add_test(tests, routed_frame_wakes_the_other_bus_and_follows_1_ms_later);
    tcase_add_test(tests, route_goes_one_way);
    tcase_add_test(tests, what_the_cas_sends_itself_is_never_routed);
    tcase_add_test(tests, extended_frame_of_the_same_number_is_another);
    tcase_add_test(tests, frames_of_one_identifier_arrive_in_their_order);
    tcase_add_test(tests, cas_without_power_routes_nothing_and_has_forgotten_what_was_under_way);
    tcase_add_test(tests, queue_is_bounded_and_drops_are_counted);
    tcase_add_test(tests, routes_of_other_gateways_are_not_taken);
    tcase_add_test(tests, largest_vehicle_fits_into_what_a_node_may_accept);
    return suite_run("gateway", tests);
}
