// SPDX-License-Identifier: MIT
// The bursts of the ignition lock beside a naive model, under random turns of the key (TEST_SEED=N replays one life).
#include "tests/ignition_sentences.h"

// ---- beside a naive model ------------------------------------------------------------------------------------------

// On paper: a list of frames, each with its time and why it comes; a terminal that comes on strikes out and adds.
typedef struct {
    int64_t at_ns;
    char why; // k key, r, 5, a again
} planned_t;

static planned_t plan[32];
static size_t plan_count;

static void strike_out(char why)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan_count; i++)
        if (plan[i].why != why) plan[kept++] = plan[i];
    plan_count = kept;
}

static size_t count_of(char why)
{
    size_t count = 0;
    for (size_t i = 0; i < plan_count; i++) count += plan[i].why == why;
    return count;
}

static void plan_three(int64_t first_ns, char why)
{
    for (int64_t i = 0; i < 3; i++) plan[plan_count++] = (planned_t){first_ns + i * 100 * MS, why};
}

static void plan_turn(int64_t now_ns, terminal_t before, terminal_t after)
{
    bool comes_on = before == TERMINAL_OFF && after != TERMINAL_OFF,
         to_15 = before < TERMINAL_15 && after >= TERMINAL_15;
    if (!comes_on && !to_15) return;
    strike_out('k');
    strike_out('r');
    strike_out('5');
    if (comes_on || count_of('a') < 3) strike_out('a');
    if (to_15) plan_three(now_ns + 142 * MS, '5');
    if (comes_on && !to_15) plan_three(now_ns + 140 * MS, 'r');
    if (comes_on) plan_three(now_ns + 1240 * MS, 'a');
}

// The frames of that instant, in the order of their reasons; they are struck out.
static unsigned take_planned(int64_t now_ns)
{
    unsigned frames = 0;
    for (const char *why = "kr5a"; *why; why++) {
        for (size_t i = 0; i < plan_count; i++) {
            if (plan[i].why != *why || plan[i].at_ns != now_ns) continue;
            if (*why == 'a' && count_of('5') > 0) {
                strike_out('a');
                break;
            }
            plan[i] = plan[--plan_count];
            frames++;
            break;
        }
    }
    return frames;
}

static int64_t next_planned(void)
{
    int64_t next_ns = TIME_NEVER;
    for (size_t i = 0; i < plan_count; i++) next_ns = time_earlier(next_ns, plan[i].at_ns);
    return next_ns;
}

static unsigned count_frames(const char *text)
{
    unsigned frames = 0;
    for (const char *found = strstr(text, FRAME_1); found; found = strstr(found + 1, FRAME_1)) frames++;
    return frames;
}

static void live(uint64_t seed)
{
    static const int64_t GRIDS[] = {MS, 2 * MS, 50 * MS, 100 * MS};
    set_up();
    plug(IN, true);
    answer(1, 1);
    elapse(IN + 314 * MS);
    plan_count = 0;
    plan_three(IN + 464 * MS, 'k');
    elapse(IN + 464 * MS);
    take_planned(IN + 464 * MS);
    elapse(IN + 474 * MS);
    random_t random = random_derive(seed, "turns", 0);
    terminal_t terminal = TERMINAL_OFF;
    for (int64_t now_ns = IN + 474 * MS, step = 0; step < 200; step++) {
        terminal_t wanted_terminal = (terminal_t)(random_next(&random) % 4);
        turn(now_ns, wanted_terminal);
        plan_turn(now_ns, terminal, wanted_terminal);
        terminal = wanted_terminal;
        int64_t grid_ns = GRIDS[random_next(&random) % 4];
        int64_t until_ns = now_ns + grid_ns * (1 + (int64_t)(random_next(&random) % 20));
        // Up to, not at, the next turn: what a node is told of an instant comes before what is due then.
        while (ignition_next(&ignition) < until_ns || next_planned() < until_ns) {
            now_ns = ignition_next(&ignition);
            ck_assert_msg(now_ns == next_planned(), "next is %lld, the model has %lld; TEST_SEED=%llu replays it",
                          (long long)now_ns, (long long)next_planned(), (unsigned long long)seed);
            unsigned frames = count_frames(elapse(now_ns)), planned = take_planned(now_ns);
            ck_assert_msg(frames == planned, "%u frames at %lld, the model has %u; TEST_SEED=%llu replays it", frames,
                          (long long)now_ns, planned, (unsigned long long)seed);
        }
        now_ns = until_ns;
    }
}

START_TEST(random_turns_agree_with_the_naive_model)
{
    const char *only = getenv("TEST_SEED");
    uint64_t first = only ? strtoull(only, NULL, 10) : 1, count = only ? 1 : 500;
    for (uint64_t seed = first; seed < first + count; seed++) live(seed);
}
END_TEST

START_TEST(second_answer_is_ignored_and_counted)
{
    plug(IN, true);
    ck_assert_str_eq(answer(1, 1), "store");
    ck_assert_str_eq(answer(2, 2), "");
    ck_assert_uint_eq(ignition.answers_ignored, 1);
    ck_assert_uint_eq(keys.slots[1].code, 0);
    expect_at(IN + 314 * MS, "terminal, log identified 1 1");
    ck_assert_str_eq(answer(2, 2), "");
    ck_assert_int_eq(ignition.key, 1);
    ck_assert_uint_eq(ignition.answers_ignored, 2);
    plug(IN + TIME_S, false);
    ck_assert_str_eq(answer(2, 2), "");
    ck_assert_uint_eq(ignition.answers_ignored, 3);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("ignition_model");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, second_answer_is_ignored_and_counted);
    tcase_add_test(tests, random_turns_agree_with_the_naive_model);
    return suite_run("ignition_model", tests);
}
