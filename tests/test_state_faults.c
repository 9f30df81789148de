// SPDX-License-Identifier: MIT
// Every system call by which an image is stored fails once, in every way it can; and the process is killed before,
// between and within them. What is stored afterwards is the old image or the new one, whole; the new one if that was
// said; and the next run finds nothing half written.
#include "bus/files/state_directory.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/scratch.h"
#include "tests/suite.h"

#define NEVER SIZE_MAX
#define CALLS_MAX 64
#define OLD 1
#define NEW 2
#define ENTRIES 40 // more than one short write of a half

typedef struct {
    size_t calls;       // so far
    size_t failing;     // this call fails …
    int reason;         // … with that errno
    bool for_good;      // and so do all after it, without effect: the process is dead
    size_t write_limit; // bytes that one write takes at most
    size_t partial;     // bytes that a failing write writes all the same
    char order[CALLS_MAX + 1];
} faults_t;

static char base[SCRATCH_PATH_MAX], directory[SCRATCH_PATH_MAX + 16];
static faults_t faults;
static file_layer_t layer;
static error_t error, notice;
static image_t image;

// ---- the layer -----------------------------------------------------------------------------------------------------

static bool fails(char call)
{
    size_t number = faults.calls++;
    if (number < CALLS_MAX) faults.order[number] = call;
    if (number != faults.failing && !(faults.for_good && number > faults.failing)) return false;
    errno = faults.reason;
    return true;
}

static int faulty_open(void *self, int in, const char *name, int flags, mode_t mode)
{
    (void)self;
    return fails('o') ? -1 : file_layer_system.open(NULL, in, name, flags, mode);
}

static ssize_t faulty_write(void *self, int file, const void *bytes, size_t size)
{
    (void)self;
    if (size > faults.write_limit) size = faults.write_limit;
    bool dead = faults.for_good && faults.calls > faults.failing;
    if (!fails('w')) return file_layer_system.write(NULL, file, bytes, size);
    if (!dead && faults.partial > 0 && write(file, bytes, faults.partial < size ? faults.partial : size) < 0) abort();
    errno = faults.reason;
    return faults.reason == 0 ? 0 : -1;
}

static int faulty_fsync(void *self, int file)
{
    (void)self;
    return fails('s') ? -1 : file_layer_system.fsync(NULL, file);
}

// As with Linux, the file is closed whatever close says.
static int faulty_close(void *self, int file)
{
    (void)self;
    file_layer_system.close(NULL, file);
    return fails('c') ? -1 : 0;
}

static int faulty_rename(void *self, int in, const char *from, const char *to)
{
    (void)self;
    return fails('r') ? -1 : file_layer_system.rename(NULL, in, from, to);
}

static int faulty_unlink(void *self, int in, const char *name)
{
    (void)self;
    return fails('u') ? -1 : file_layer_system.unlink(NULL, in, name);
}

static void heal(void)
{
    faults = (faults_t){.failing = NEVER, .write_limit = SIZE_MAX};
}

// ---- what is stored ------------------------------------------------------------------------------------------------

static void make_image(int64_t generation)
{
    image_clear(&image);
    for (int i = 0; i < ENTRIES; i++) ck_assert(image_set(&image, "value", i, NULL, 1000 * generation + i));
}

static state_directory_t *open_state(const file_layer_t *with)
{
    state_directory_t *state = state_directory_new(directory, with, &error);
    ck_assert_msg(state, "%s", error.text);
    return state;
}

static bool store(state_directory_t *state, int64_t generation)
{
    make_image(generation);
    error_clear(&error);
    return state_directory_store(state, "seat", &image, &error);
}

// The generation that a new run finds, whole; 0 for none.
static int64_t find_generation(void)
{
    error_clear(&error);
    error_clear(&notice);
    state_directory_t *state = open_state(NULL);
    image_state_t image_state;
    ck_assert_msg(state_directory_load(state, "seat", &image, &image_state, &notice, &error), "%s", error.text);
    state_directory_destroy(&state);
    ck_assert_msg(notice.count == 0, "%s", notice.text);
    if (image_state == IMAGE_NONE) return 0;
    ck_assert_int_eq(image_state, IMAGE_PRESENT);
    ck_assert_uint_eq(image.count, ENTRIES);
    int64_t generation = image.entries[0].value / 1000;
    for (int i = 0; i < ENTRIES; i++) ck_assert_int_eq(image.entries[i].value, 1000 * generation + i);
    return generation;
}

static size_t count_files(void)
{
    size_t count = 0;
    DIR *stream = opendir(directory);
    ck_assert_ptr_nonnull(stream);
    for (struct dirent *entry; (entry = readdir(stream));) count += entry->d_name[0] != '.';
    closedir(stream);
    return count;
}

static void begin(void)
{
    scratch_make(base);
    snprintf(directory, sizeof directory, "%s/state", base);
    error_clear(&error);
    heal();
    layer = (file_layer_t){.open = faulty_open,
                           .write = faulty_write,
                           .fsync = faulty_fsync,
                           .close = faulty_close,
                           .rename = faulty_rename,
                           .unlink = faulty_unlink};
}

static void end(void)
{
    scratch_remove_all(base);
}

// ---- one call fails ------------------------------------------------------------------------------------------------

static size_t count_calls(size_t write_limit)
{
    state_directory_t *state = open_state(&layer);
    heal();
    faults.write_limit = write_limit;
    ck_assert(store(state, OLD));
    size_t calls = faults.calls;
    state_directory_destroy(&state);
    return calls;
}

START_TEST(image_is_on_the_disk_before_it_takes_the_place_of_the_old_one)
{
    count_calls(SIZE_MAX);
    ck_assert_str_eq(faults.order, "owscrs"); // the last is the directory's
    count_calls(500);
    ck_assert_uint_eq(strspn(faults.order + 1, "w"), strlen(faults.order) - 5);
    ck_assert_str_eq(strrchr(faults.order, 'w'), "wscrs");
}
END_TEST

static bool is_interruption(char call, int reason)
{
    return reason == EINTR && strchr("owsc", call);
}

// What one failing call does to a store over the old image.
static void check_failure(size_t failing, int reason, size_t partial, size_t write_limit)
{
    heal();
    state_directory_t *state = open_state(&layer);
    ck_assert(store(state, OLD));
    heal();
    faults.failing = failing;
    faults.reason = reason;
    faults.partial = partial;
    faults.write_limit = write_limit;
    bool stored = store(state, NEW);
    char call = faults.order[failing];
    ck_assert_msg(stored == is_interruption(call, reason), "call %zu (%c), %s", failing, call, strerror(reason));
    if (!stored) {
        ck_assert_uint_eq(error.count, 1);
        ck_assert_ptr_nonnull(strstr(error.text, directory));
        ck_assert_ptr_nonnull(strstr(error.text, strerror(reason == 0 ? ENOSPC : reason)));
    }
    ck_assert_uint_eq(count_files(), 1); // nothing half written
    state_directory_destroy(&state);
    bool replaced = strchr(faults.order, 'r') && faults.order[failing] != 'r';
    ck_assert_int_eq(find_generation(), replaced ? NEW : OLD);
}

START_TEST(failing_call_leaves_the_old_image_or_the_new_one)
{
    static const int REASONS[] = {EIO, ENOSPC, EROFS, EDQUOT, EINTR};
    size_t calls = count_calls(SIZE_MAX);
    ck_assert_uint_eq(calls, 6);
    for (size_t failing = 0; failing < calls; failing++)
        for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++) check_failure(failing, REASONS[i], 0, SIZE_MAX);
}
END_TEST

START_TEST(disk_that_gets_full_in_the_middle_leaves_the_old_image)
{
    size_t calls = count_calls(100);
    for (size_t failing = 1; failing < calls - 4; failing++) {
        check_failure(failing, ENOSPC, 7, 100);
        check_failure(failing, 0, 0, 100); // a write that writes nothing and says no reason
    }
}
END_TEST

START_TEST(interrupted_calls_are_made_again)
{
    size_t calls = count_calls(100);
    for (size_t failing = 0; failing < calls; failing++)
        if (faults.order[failing] != 'r') check_failure(failing, EINTR, 0, 100);
}
END_TEST

START_TEST(write_of_single_bytes_is_a_write)
{
    state_directory_t *state = open_state(&layer);
    faults.write_limit = 1;
    ck_assert(store(state, NEW));
    state_directory_destroy(&state);
    ck_assert_int_eq(find_generation(), NEW);
}
END_TEST

START_TEST(store_after_one_that_failed_succeeds)
{
    state_directory_t *state = open_state(&layer);
    size_t calls = 6;
    for (size_t failing = 0; failing < calls; failing++) {
        heal();
        faults.failing = failing;
        faults.reason = ENOSPC;
        ck_assert(!store(state, OLD));
        heal();
        ck_assert(store(state, NEW));
    }
    state_directory_destroy(&state);
    ck_assert_int_eq(find_generation(), NEW);
}
END_TEST

// ---- the process dies ----------------------------------------------------------------------------------------------

// Returns what the next run finds.
static int64_t check_death(size_t last, size_t partial, size_t write_limit, bool first)
{
    heal();
    state_directory_t *state = open_state(&layer);
    if (!first) ck_assert(store(state, OLD));
    heal();
    faults.failing = last;
    faults.reason = EIO;
    faults.partial = partial;
    faults.write_limit = write_limit;
    faults.for_good = true;
    bool stored = store(state, NEW);
    state_directory_destroy(&state);
    int64_t found = find_generation();
    ck_assert(found == NEW || found == (first ? 0 : OLD));
    if (stored) ck_assert_int_eq(found, NEW);
    ck_assert_uint_eq(count_files(), found == 0 ? 0 : 1);
    return found;
}

START_TEST(death_at_any_call_leaves_the_old_image_or_the_new_one)
{
    size_t calls = count_calls(100), old = 0, replaced = 0;
    for (size_t last = 0; last <= calls; last++)
        for (size_t partial = 0; partial <= 100; partial += 50) {
            if (check_death(last, partial, 100, false) == OLD)
                old++;
            else
                replaced++;
        }
    ck_assert_uint_ge(old, calls - 1); // both really happen
    ck_assert_uint_ge(replaced, 2);
}
END_TEST

START_TEST(death_at_the_first_store_of_all_leaves_none_or_a_whole_one)
{
    size_t calls = count_calls(100);
    for (size_t last = 0; last <= calls; last++) {
        scratch_remove_all(directory);
        check_death(last, 3, 100, true);
    }
}
END_TEST

// ---- the beginning of a run ----------------------------------------------------------------------------------------

START_TEST(directory_that_cannot_be_written_is_told_before_the_run)
{
    state_directory_t *state = open_state(&layer);
    state_directory_destroy(&state);
    ck_assert_uint_eq(count_files(), 0);
    for (size_t failing = 0; failing < 4; failing++) {
        heal();
        error_clear(&error);
        faults.failing = failing;
        faults.reason = EROFS;
        ck_assert_ptr_null(state_directory_new(directory, &layer, &error));
        char expected[160];
        snprintf(expected, sizeof expected, "%s: cannot be written to: %s", directory, strerror(EROFS));
        ck_assert_str_eq(error.text, expected);
        ck_assert_uint_eq(count_files(), 0);
    }
}
END_TEST

START_TEST(damaged_image_that_cannot_be_set_aside_stays_and_is_told)
{
    state_directory_t *state = open_state(&layer);
    ck_assert(store(state, OLD));
    char path[128];
    snprintf(path, sizeof path, "%s/seat.json", directory);
    ck_assert_int_eq(truncate(path, 100), 0);
    heal();
    faults.failing = 0;
    faults.reason = EACCES;
    image_state_t image_state;
    ck_assert(!state_directory_load(state, "seat", &image, &image_state, &notice, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "/seat.json: cannot be set aside: "));
    ck_assert_int_eq(access(path, F_OK), 0);
    state_directory_destroy(&state);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, image_is_on_the_disk_before_it_takes_the_place_of_the_old_one);
    tcase_add_test(tests, failing_call_leaves_the_old_image_or_the_new_one);
    tcase_add_test(tests, disk_that_gets_full_in_the_middle_leaves_the_old_image);
    tcase_add_test(tests, interrupted_calls_are_made_again);
    tcase_add_test(tests, write_of_single_bytes_is_a_write);
    tcase_add_test(tests, store_after_one_that_failed_succeeds);
    tcase_add_test(tests, death_at_any_call_leaves_the_old_image_or_the_new_one);
    tcase_add_test(tests, death_at_the_first_store_of_all_leaves_none_or_a_whole_one);
    tcase_add_test(tests, directory_that_cannot_be_written_is_told_before_the_run);
    tcase_add_test(tests, damaged_image_that_cannot_be_set_aside_stays_and_is_told);
    return suite_run("state_faults", tests);
}
