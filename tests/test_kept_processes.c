// SPDX-License-Identifier: MIT
// Stories of one vehicle that share their processes: each gives the trace that fresh ones give, whatever was played
// before it.
#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/files/garage.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_set.h"
#include "tests/scratch.h"
#include "tests/suite.h"
#include "tools/kmsim_run.h"

#define STORIES_MAX 256
#ifdef __SANITIZE_ADDRESS__ // five times slower: what is in order is found by one order more
#define ORDERS 1
#else
#define ORDERS 2
#endif
#define CHILDREN_MAX 64
#define TRACE_MAX 4000000
#define SEED 20261126

static error_t error;
static garage_t *garage;
static story_set_t *sets[STORIES_MAX]; // a file each
static size_t set_count;
static const story_t *stories[STORIES_MAX];
static char *fresh[STORIES_MAX]; // the trace of each
static size_t count;
static char unit_directory[512];
static char directory[SCRATCH_PATH_MAX], trace_path[SCRATCH_PATH_MAX + 16];
static kmsim_run_options_t options;
static kmsim_run_t *run;

static int is_story(const struct dirent *entry)
{
    const char *ending = strstr(entry->d_name, ".json");
    return ending && ending[5] == '\0' && !strstr(entry->d_name, ".schema.");
}

// Of a file with many stories each fifth: they are much alike.
static void load_file(const char *path)
{
    const story_world_t world = {&play_vocabulary, garage};
    story_set_t *set = story_set_load(path, &world, &error);
    ck_assert_msg(set, "%s", error.text);
    sets[set_count++] = set;
    for (size_t i = 0; i < story_set_count(set); i += 5) {
        ck_assert_uint_lt(count, STORIES_MAX);
        stories[count++] = story_set_story(set, i);
    }
}

static void load_stories(void)
{
    struct dirent **entries;
    int found = scandir("scenarios", &entries, is_story, alphasort);
    ck_assert_int_gt(found, 10);
    for (int i = 0; i < found; i++) {
        char path[512];
        snprintf(path, sizeof path, "scenarios/%s", entries[i]->d_name);
        load_file(path);
        free(entries[i]);
    }
    free(entries);
}

static char *read_trace(void)
{
    FILE *file = fopen(trace_path, "r");
    char *text = calloc(1, TRACE_MAX);
    ck_assert(file && text);
    size_t size = fread(text, 1, TRACE_MAX - 1, file);
    ck_assert_uint_lt(size, TRACE_MAX - 1);
    fclose(file);
    return text;
}

// Its trace, the caller's.
static char *play(size_t story)
{
    player_verdict_t verdict;
    ck_assert_msg(kmsim_run_story(run, stories[story], NULL, &verdict, &error), "%s", error.text);
    ck_assert_int_eq(verdict.state, PLAYER_PASSED);
    return read_trace();
}

// Of the build that this test is of.
static void find_units(void)
{
    ssize_t length = readlink("/proc/self/exe", unit_directory, sizeof unit_directory - 16);
    ck_assert_int_gt(length, 0);
    unit_directory[length] = '\0';
    char *slash = strrchr(unit_directory, '/');
    ck_assert_ptr_nonnull(slash);
    snprintf(slash, 16, "/../bin");
}

static void begin(void)
{
    error_clear(&error);
    scratch_make(directory);
    snprintf(trace_path, sizeof trace_path, "%s/trace.log", directory);
    find_units();
    options = (kmsim_run_options_t){.unit_directory = unit_directory, .trace_path = trace_path};
    garage = garage_new();
    count = set_count = 0;
    load_stories();
    run = kmsim_run_new(&options);
}

static void end(void)
{
    kmsim_run_destroy(&run);
    for (size_t i = 0; i < set_count; i++) story_set_destroy(&sets[i]);
    garage_destroy(&garage);
    scratch_remove_all(directory);
}

static void shuffle(size_t order[STORIES_MAX], random_t *random)
{
    for (size_t i = 0; i < count; i++) order[i] = i;
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)(random_next(random) % i), held = order[i - 1];
        order[i - 1] = order[j];
        order[j] = held;
    }
}

START_TEST(every_story_gives_the_trace_of_fresh_processes_in_any_order)
{
    random_t random = random_derive(SEED, "orders", 0);
    size_t order[STORIES_MAX] = {0};
    options.fresh = true;
    for (size_t i = 0; i < count; i++) fresh[i] = play(i);
    options.fresh = false;
    for (int turn = 0; turn < ORDERS; turn++) {
        shuffle(order, &random);
        for (size_t i = 0; i < count; i++) {
            char *trace = play(order[i]);
            ck_assert_msg(strcmp(trace, fresh[order[i]]) == 0, "%s in order %d, behind %s", stories[order[i]]->path,
                          turn, i > 0 ? stories[order[i - 1]]->path : "none");
            free(trace);
        }
    }
    for (size_t i = 0; i < count; i++) free(fresh[i]);
}
END_TEST

// Those of our children that there are now, in the order of their beginning.
static size_t read_children(long children[CHILDREN_MAX])
{
    char path[64];
    size_t found = 0;
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while (found < CHILDREN_MAX && fscanf(file, "%ld", &children[found]) == 1) found++;
    fclose(file);
    return found;
}

static size_t find_story(const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(stories[i]->path, name)) return i;
    ck_abort_msg("there is no story %s", name);
}

START_TEST(processes_stay_from_story_to_story)
{
    long before[CHILDREN_MAX], after[CHILDREN_MAX];
    free(play(find_story("/two_keys_one_number.json")));
    size_t units = read_children(before);
    ck_assert_uint_eq(units, stories[0]->vehicle->node_count);
    free(play(find_story("/blocked_key.json")));
    ck_assert_uint_eq(read_children(after), units);
    ck_assert_mem_eq(before, after, units * sizeof before[0]);
}
END_TEST

START_TEST(a_story_that_kills_a_unit_leaves_no_processes_to_the_next)
{
    long children[CHILDREN_MAX];
    free(play(find_story("/crash_during_a_store.json")));
    ck_assert_uint_eq(read_children(children), 0);
}
END_TEST

START_TEST(with_fresh_nobody_stays)
{
    long children[CHILDREN_MAX];
    options.fresh = true;
    free(play(find_story("/blocked_key.json")));
    ck_assert_uint_eq(read_children(children), 0);
}
END_TEST

START_TEST(a_unit_that_was_killed_between_two_stories_does_no_harm)
{
    long children[CHILDREN_MAX];
    size_t story = find_story("/blocked_key.json");
    char *whole = play(story);
    ck_assert_uint_gt(read_children(children), 0);
    ck_assert_int_eq(kill((pid_t)children[0], SIGKILL), 0);
    siginfo_t info;
    ck_assert_int_eq(waitid(P_PID, (id_t)children[0], &info, WEXITED | WNOWAIT),
                     0); // it has ended, and nobody has asked
    char *again = play(story);
    ck_assert_str_eq(whole, again);
    free(whole);
    free(again);
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, begin, end);
    tcase_add_test(all, every_story_gives_the_trace_of_fresh_processes_in_any_order);
    tcase_add_test(all, processes_stay_from_story_to_story);
    tcase_add_test(all, a_story_that_kills_a_unit_leaves_no_processes_to_the_next);
    tcase_add_test(all, with_fresh_nobody_stays);
    tcase_add_test(all, a_unit_that_was_killed_between_two_stories_does_no_harm);
    return suite_run("kept_processes", all);
}
