// SPDX-License-Identifier: MIT
// The diagnostic server of a unit: security access, response pending, communication control, broken transfers.
#include "tests/seat_and_cas.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/diagnosis/uds_server.h"
#include "tests/suite.h"

// ---- security access -----------------------------------------------------------------------------------------------

static void send_wrong_key(bench_t *bench, const char *response)
{
    const char *seed = ask(bench, "27 01");
    ck_assert_msg(strncmp(seed, "67 01 ", 6) == 0 && strlen(seed) == 29, "%s", seed);
    ck_assert_str_ne(seed, "67 01 00 00 00 00 00 00 00 00");
    ck_assert_str_eq(ask(bench, "27 02 00 11 22 33 44 55 66 77"), response);
}

START_TEST(seeds_differ_and_the_right_key_unlocks)
{
    char first[30]; // as long as the answer
    bench_extend(seat);
    memcpy(first, ask(seat, "27 01"), sizeof first);
    ck_assert_str_ne(ask(seat, "27 01"), first);
    bench_unlock(seat);
    ck_assert_str_eq(ask(seat, "27 01"), "67 01 00 00 00 00 00 00 00 00");
    ck_assert_str_eq(ask(seat, "2E 3E 00 01"), "6E 3E 00");
}
END_TEST

START_TEST(key_of_another_unit_does_not_unlock)
{
    bench_extend(seat);
    uint8_t seed[2 + UDS_SEED_SIZE], key[2 + UDS_KEY_SIZE] = {0x27, 0x02};
    bench_bytes(ask(seat, "27 01"), seed, sizeof seed + 1);
    uds_security_key(0x40, seed + 2, key + 2);
    uds_answer_t answer;
    bench_exchange(seat, key, sizeof key, &answer);
    ck_assert_int_eq(answer.nrc, UDS_INVALID_KEY);
}
END_TEST

START_TEST(key_without_a_seed_is_a_sequence_error)
{
    bench_extend(seat);
    ck_assert_str_eq(ask(seat, "27 02 00 11 22 33 44 55 66 77"), "7F 27 24");
    send_wrong_key(seat, "7F 27 35");
    ck_assert_str_eq(ask(seat, "27 02 00 11 22 33 44 55 66 77"), "7F 27 24"); // a seed serves once
    ask(seat, "27 01");
    bench_extend(seat);
    ck_assert_str_eq(ask(seat, "27 02 00 11 22 33 44 55 66 77"), "7F 27 24"); // and in its session
}
END_TEST

START_TEST(third_wrong_key_locks_out_for_ten_seconds)
{
    bench_extend(seat);
    send_wrong_key(seat, "7F 27 35");
    send_wrong_key(seat, "7F 27 35");
    send_wrong_key(seat, "7F 27 36");
    int64_t locked_out_ns = seat->now_ns;
    ck_assert_str_eq(ask(seat, "27 01"), "7F 27 37");
    bench_wait(seat, 4 * TIME_S);
    bench_extend(seat);
    bench_wait(seat, 4 * TIME_S);
    ck_assert_str_eq(ask(seat, "27 01"), "7F 27 37");
    bench_wait(seat, locked_out_ns + UDS_SERVER_DELAY_NS - seat->now_ns);
    send_wrong_key(seat, "7F 27 36"); // one attempt, and the next delay
    bench_wait(seat, 4 * TIME_S);
    bench_extend(seat);
    bench_wait(seat, 4 * TIME_S);
    bench_extend(seat);
    bench_wait(seat, 2 * TIME_S);
    bench_unlock(seat);
}
END_TEST

START_TEST(delay_lasts_through_reset_and_power_loss)
{
    bench_extend(seat);
    for (int i = 0; i < 3; i++) send_wrong_key(seat, i < 2 ? "7F 27 35" : "7F 27 36");
    ck_assert_str_eq(ask(seat, "11 01"), "51 01");
    bench_extend(seat);
    ck_assert_str_eq(ask(seat, "27 01"), "7F 27 37");
    bench_power_cycle(seat);
    int64_t on_ns = seat->now_ns;
    bench_extend(seat);
    ck_assert_str_eq(ask(seat, "27 01"), "7F 27 37");
    bench_wait(seat, on_ns + UDS_SERVER_DELAY_NS - seat->now_ns);
    bench_unlock(seat);
    bench_power_cycle(seat);
    bench_unlock(seat); // the right key has cleared the count
}
END_TEST

START_TEST(wrong_keys_are_counted_across_power_loss)
{
    bench_extend(seat);
    send_wrong_key(seat, "7F 27 35");
    bench_power_cycle(seat);
    bench_extend(seat);
    send_wrong_key(seat, "7F 27 35");
    bench_power_cycle(seat);
    bench_extend(seat);
    send_wrong_key(seat, "7F 27 36");
}
END_TEST

START_TEST(wrong_key_is_told_only_when_its_count_is_durable)
{
    bench_extend(seat);
    ask(seat, "27 01");
    int64_t before_ns = seat->now_ns;
    ck_assert_str_eq(ask(seat, "27 02 00 11 22 33 44 55 66 77"), "7F 27 35");
    ck_assert_int_ge(seat->now_ns, before_ns + BENCH_STORE_NS);
    ck_assert_int_eq(image_get(&seat->image, "security/attempts", -1, NULL, 0), 1);
}
END_TEST

START_TEST(count_that_cannot_be_is_the_worst)
{
    image_set(&seat->image, "security/attempts", -1, NULL, -1);
    bench_power_cycle(seat);
    bench_extend(seat);
    ck_assert_str_eq(ask(seat, "27 01"), "7F 27 37");
}
END_TEST

// ---- response pending ----------------------------------------------------------------------------------------------

START_TEST(slow_store_is_announced_within_p2)
{
    bench_unlock(seat);
    seat->store_ns = 200 * TIME_MS;
    ck_assert_str_eq(ask(seat, "2E 30 21 01 00"), "6E 30 21");
    ck_assert_uint_eq(seat->pending, 1);
    seat->store_ns = 12 * TIME_S;
    ck_assert_str_eq(ask(seat, "2E 30 21 00 00"), "6E 30 21");
    ck_assert_uint_eq(seat->pending, 3);                    // after 40 ms, 4 s, 4 s
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 03"); // the session outlived S3
    seat->store_ns = UDS_SERVER_PENDING_NS - 1;
    ck_assert_str_eq(ask(seat, "2E 30 21 01 00"), "6E 30 21");
    ck_assert_uint_eq(seat->pending, 0);
}
END_TEST

START_TEST(announced_response_comes_although_suppressed)
{
    bench_unlock(cas);
    cas->store_ns = TIME_S;
    ck_assert_str_eq(ask(cas, "31 81 DC 73 01 01"), "71 01 DC 73 00");
    cas->store_ns = BENCH_STORE_NS;
    ck_assert_str_eq(ask(cas, "31 81 DC 73 01 00"), "");
}
END_TEST

START_TEST(request_during_another_one_waits_for_its_turn)
{
    bench_unlock(seat);
    seat->store_ns = 30 * TIME_MS;
    bench_hear(seat, "6F1#6D0630210100"); // malformed: too short for its length
    bench_hear(seat, "6F1#6D052E30210100");
    bench_hear(seat, "6F1#6D0322F186");
    bench_hear(seat, "6F1#6D0322F18C"); // one waits, not two
    bench_hear(seat, "6F1#EF023E00");   // and nothing functional
    seat->responses = 0;
    bench_wait(seat, 25 * TIME_MS);
    ck_assert_uint_eq(seat->responses, 0);
    bench_wait(seat, TIME_S);
    ck_assert_uint_eq(seat->responses, 2);
    ck_assert_str_eq(seat->single, "62 F1 86 03");
}
END_TEST

// The CAS has two buses: its answer goes where the request came from, which a second tester must not change.
START_TEST(request_from_the_other_bus_during_a_conversation_is_ignored)
{
    bench_unlock(cas);
    cas->store_ns = 30 * TIME_MS;
    bench_hear(cas, "6F1#40063101DC730101");
    cas->responses = 0;
    node_input_t other = {.kind = INPUT_FRAME, .bus = 1};
    ck_assert(frame_parse("6F1#400322F186", &other.frame));
    bench_input(cas, &other);
    bench_wait(cas, TIME_S); // the bench sees to it that nothing of diagnosis goes to the other bus
    ck_assert_uint_eq(cas->responses, 1);
    ck_assert_str_eq(cas->single, "71 01 DC 73 00");
}
END_TEST

START_TEST(power_loss_before_the_store_keeps_the_old_and_says_nothing)
{
    bench_unlock(seat);
    bench_hear(seat, "6F1#6D052E30210100");
    seat->responses = 0;
    bench_wait(seat, BENCH_STORE_NS - 1);
    ck_assert_uint_eq(seat->responses, 0);
    bench_power_cycle(seat);
    bench_wait(seat, TIME_S);
    ck_assert_uint_eq(seat->responses, 0);
    ck_assert_str_eq(ask(seat, "22 30 21"), "62 30 21 00 00");
}
END_TEST

// ---- communication control -----------------------------------------------------------------------------------------

static void count_messages(unsigned *normal, unsigned *network)
{
    seat->normal = seat->network = 0;
    for (int i = 0; i < 3; i++) {
        bench_wait(seat, TIME_S);
        bench_hear(seat, i % 2 == 0 ? "23A#00300160" : "23A#11300160"); // a call-up is an event
        bench_hear(seat, "23A#00300060");
    }
    *normal = seat->normal;
    *network = seat->network;
}

START_TEST(communication_control_silences_what_it_names)
{
    unsigned normal, network;
    bench_input(seat, &(node_input_t){.kind = INPUT_BUS_AWAKE});
    count_messages(&normal, &network);
    ck_assert_uint_ge(normal, 6);
    ck_assert_uint_ge(network, 2);
    bench_extend(seat);
    ck_assert_str_eq(ask(seat, "28 01 01"), "68 01");
    count_messages(&normal, &network);
    ck_assert_uint_eq(normal, 0);
    ck_assert_uint_ge(network, 2);
    ck_assert_str_eq(ask(seat, "28 01 02"), "68 01"); // besides
    count_messages(&normal, &network);
    ck_assert_uint_eq(normal + network, 0);
    ck_assert_str_eq(ask(seat, "28 00 01"), "68 00");
    count_messages(&normal, &network);
    ck_assert_uint_ge(normal, 6);
    ck_assert_uint_eq(network, 0);
    ck_assert_str_eq(ask(seat, "28 03 03"), "68 03");
    count_messages(&normal, &network);
    ck_assert_uint_eq(normal + network, 0);
    bench_wait(seat, 6 * TIME_S); // the session ends, and with it the silence
    count_messages(&normal, &network);
    ck_assert_uint_ge(normal, 6);
    ck_assert_uint_ge(network, 2);
}
END_TEST

START_TEST(deaf_unit_hears_diagnosis_alone)
{
    bench_extend(seat);
    ck_assert_str_eq(ask(seat, "28 02 01"), "68 02");
    bench_hear(seat, "23A#11300162");
    ck_assert_str_eq(ask(seat, "22 30 30"), "62 30 30 00 00");
    ck_assert_str_eq(ask(seat, "10 03"), "50 03 00 32 01 F4"); // another session than the default changes nothing
    bench_hear(seat, "23A#11300162");
    ck_assert_str_eq(ask(seat, "22 30 30"), "62 30 30 00 00");
    ck_assert_str_eq(ask(seat, "10 01"), "50 01 00 32 01 F4");
    bench_hear(seat, "23A#11300162");
    ck_assert_str_eq(ask(seat, "22 30 30"), "62 30 30 02 01");
}
END_TEST

START_TEST(reset_ends_session_security_and_communication_control)
{
    bench_unlock(seat);
    ck_assert_str_eq(ask(seat, "28 03 03"), "68 03");
    ck_assert_str_eq(ask(seat, "11 01"), "51 01");
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 01");
    bench_extend(seat);
    ck_assert_str_eq(ask(seat, "2E 3E 00 01"), "7F 2E 33");
    bench_hear(seat, "23A#11300162");
    ck_assert_str_eq(ask(seat, "22 30 30"), "62 30 30 02 01");
}
END_TEST

// ---- ISO-TP around it ----------------------------------------------------------------------------------------------

START_TEST(broken_request_changes_nothing_and_the_next_is_answered)
{
    bench_unlock(seat);
    bench_hear(seat, "6F1#6D100E2E30010101"); // first frame, and the second consecutive one is missing
    bench_wait(seat, 5 * TIME_MS);
    bench_hear(seat, "6F1#6D21000000000000");
    bench_hear(seat, "6F1#6D23000000000000");
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 03");
    bench_hear(seat, "6F1#6D100E2E30010101"); // and one that stops: N_Cr
    bench_wait(seat, 5500 * TIME_MS);
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 03"); // S3 began anew only when it failed
}
END_TEST

START_TEST(session_does_not_end_while_a_slow_request_arrives)
{
    bench_extend(seat);
    bench_hear(seat, "6F1#6D102922F186F186"); // 20 identifiers in 41 bytes
    seat->responses = 0;                      // the flow control
    for (int i = 1; i <= 6; i++) {
        char frame[] = "6F1#6D20F186F186F186";
        frame[7] = (char)('0' + i);
        bench_wait(seat, 950 * TIME_MS); // less than N_Cr, and more than S3 in all
        bench_hear(seat, frame);
    }
    bench_wait(seat, 2 * TIME_S);
    ck_assert_uint_eq(seat->responses, 1); // a first frame
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 03");
}
END_TEST

START_TEST(tester_that_gives_no_flow_control_is_given_up)
{
    bench_hear(seat, "6F1#6D0322F190");
    bench_wait(seat, 1100 * TIME_MS);
    ck_assert_uint_eq(seat->responses, 1);
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 01");
}
END_TEST

START_TEST(tester_that_asks_for_patience_gets_the_rest_later)
{
    bench_hear(seat, "6F1#6D0322F190");
    for (int i = 0; i < 20; i++) { // each WAIT comes within N_Bs
        bench_wait(seat, 900 * TIME_MS);
        bench_hear(seat, "6F1#6D310000");
    }
    ck_assert_uint_eq(seat->responses, 1); // a first frame
    bench_hear(seat, "6F1#6D300000");
    bench_wait(seat, 100 * TIME_MS);
    ck_assert_uint_eq(seat->responses, 4);
    ck_assert_str_eq(ask(seat, "22 F1 86"), "62 F1 86 01");
}
END_TEST

START_TEST(keys_are_those_of_an_independent_computation)
{
    static const struct {
        uint8_t address, key[UDS_KEY_SIZE];
    } CASES[] = {
        // SipHash-2-4 of 01 .. 08 under "kmsim workshop!" and the address as the sixteenth byte
        {0x40, {0xC3, 0x1E, 0x07, 0xC7, 0x57, 0x39, 0x12, 0x27}},
        {0x6D, {0xFF, 0x2C, 0x48, 0x79, 0x16, 0x4B, 0xC6, 0xEC}},
    };
    for (size_t i = 0; i < 2; i++) {
        uint8_t key[UDS_KEY_SIZE];
        uds_security_key(CASES[i].address, (const uint8_t[]){1, 2, 3, 4, 5, 6, 7, 8}, key);
        ck_assert_mem_eq(key, CASES[i].key, sizeof key);
    }
}
END_TEST

int main(void)
{
    const suite_group_t groups[] = {
        {"security",
         {seeds_differ_and_the_right_key_unlocks, key_of_another_unit_does_not_unlock,
          keys_are_those_of_an_independent_computation, key_without_a_seed_is_a_sequence_error,
          third_wrong_key_locks_out_for_ten_seconds, delay_lasts_through_reset_and_power_loss,
          wrong_keys_are_counted_across_power_loss, wrong_key_is_told_only_when_its_count_is_durable,
          count_that_cannot_be_is_the_worst}},
        {"pending",
         {slow_store_is_announced_within_p2, announced_response_comes_although_suppressed,
          request_during_another_one_waits_for_its_turn, request_from_the_other_bus_during_a_conversation_is_ignored,
          power_loss_before_the_store_keeps_the_old_and_says_nothing}},
        {"communication",
         {communication_control_silences_what_it_names, deaf_unit_hears_diagnosis_alone,
          reset_ends_session_security_and_communication_control,
          broken_request_changes_nothing_and_the_next_is_answered, session_does_not_end_while_a_slow_request_arrives,
          tester_that_gives_no_flow_control_is_given_up, tester_that_asks_for_patience_gets_the_rest_later}},
    };
    return suite_run_groups("uds security", groups, sizeof groups / sizeof groups[0], set_up, tear_down);
}
