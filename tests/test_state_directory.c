// SPDX-License-Identifier: MIT
#include "bus/files/state_directory.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/files/image_file.h"
#include "tests/scratch.h"
#include "tests/suite.h"

#define PATH_SIZE 512

static char base[SCRATCH_PATH_MAX], directory[SCRATCH_PATH_MAX + 16]; // directory: base/state
static state_directory_t *state;
static error_t error, notice;
static image_t image;
static image_state_t image_state;

static void begin(void)
{
    scratch_make(base);
    snprintf(directory, sizeof directory, "%s/state", base);
    error_clear(&error);
    error_clear(&notice);
}

static void end(void)
{
    state_directory_destroy(&state);
    scratch_remove_all(base);
}

static void open_state(void)
{
    state = state_directory_new(directory, NULL, &error);
    ck_assert_msg(state, "%s", error.text);
}

static void store(const char *node, int64_t value)
{
    static image_t stored;
    image_clear(&stored);
    ck_assert(image_set(&stored, "value", -1, NULL, value));
    ck_assert_msg(state_directory_store(state, node, &stored, &error), "%s", error.text);
}

static void load(const char *node)
{
    bool good = state_directory_load(state, node, &image, &image_state, &notice, &error);
    ck_assert_msg(good, "%s", error.text);
}

static const char *path_of(const char *name)
{
    static char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
}

static bool holds(const char *name, const char *text)
{
    char content[4096] = "";
    FILE *file = fopen(path_of(name), "rb");
    if (!file) return false;
    size_t size = fread(content, 1, sizeof content - 1, file);
    fclose(file);
    content[size] = '\0';
    return strcmp(content, text) == 0;
}

static bool exists(const char *name)
{
    struct stat status;
    return lstat(path_of(name), &status) == 0;
}

// ---- storing and loading -------------------------------------------------------------------------------------------

START_TEST(directory_is_made_and_what_is_stored_is_there_for_the_next_run)
{
    open_state();
    store("seat", 1);
    store("seat", 2);
    store("cas", 3);
    state_directory_destroy(&state);
    open_state();
    load("seat");
    ck_assert_int_eq(image_state, IMAGE_PRESENT);
    ck_assert_int_eq(image_get(&image, "value", -1, NULL, -1), 2);
    load("cas");
    ck_assert_int_eq(image_get(&image, "value", -1, NULL, -1), 3);
    ck_assert_uint_eq(notice.count, 0);
}
END_TEST

START_TEST(node_that_never_stored_has_none)
{
    open_state();
    load("seat");
    ck_assert_int_eq(image_state, IMAGE_NONE);
    ck_assert_uint_eq(image.count, 0);
    ck_assert_uint_eq(notice.count, 0);
    ck_assert(!exists("seat.json"));
}
END_TEST

START_TEST(nothing_but_images_is_left_in_the_directory)
{
    open_state();
    store("seat", 1);
    state_directory_destroy(&state);
    DIR *stream = opendir(directory);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(stream));) count += entry->d_name[0] != '.';
    closedir(stream);
    ck_assert_uint_eq(count, 1);
    ck_assert(exists("seat.json"));
}
END_TEST

START_TEST(secrets_are_readable_for_their_owner_alone)
{
    struct stat status;
    open_state();
    store("cas", 1);
    ck_assert_int_eq(stat(path_of("cas.json"), &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0600);
}
END_TEST

START_TEST(second_run_on_the_same_memory_is_refused)
{
    open_state();
    store("seat", 1);
    ck_assert_ptr_null(state_directory_new(directory, NULL, &error));
    char expected[PATH_SIZE];
    snprintf(expected, sizeof expected, "%s: another run is using this memory", directory);
    ck_assert_str_eq(error.text, expected);
    load("seat"); // and the first is not disturbed
    ck_assert_int_eq(image_state, IMAGE_PRESENT);
    state_directory_destroy(&state);
    error_clear(&error);
    open_state();
}
END_TEST

START_TEST(what_a_killed_run_left_half_written_is_removed_and_nothing_else)
{
    ck_assert_int_eq(mkdir(directory, 0755), 0);
    write_file("seat.json.writing", "{ \"for");
    write_file("probe.json.writing", "");
    write_file("seat.json.damaged-1", "evidence");
    write_file("notes.txt", "mine");
    write_file(".json.writing", "no name of ours");
    open_state();
    ck_assert(!exists("seat.json.writing") && !exists("probe.json.writing"));
    ck_assert(holds("seat.json.damaged-1", "evidence") && holds("notes.txt", "mine"));
    ck_assert(exists(".json.writing"));
}
END_TEST

// ---- what cannot be used -------------------------------------------------------------------------------------------

START_TEST(damaged_image_is_set_aside_under_the_next_free_number)
{
    ck_assert_int_eq(mkdir(directory, 0755), 0);
    write_file("seat.json", "{ \"format\"");
    write_file("seat.json.damaged-1", "older");
    write_file("seat.json.damaged-2", "old");
    open_state();
    load("seat");
    ck_assert_int_eq(image_state, IMAGE_DAMAGED);
    ck_assert_uint_eq(image.count, 0);
    ck_assert(!exists("seat.json"));
    ck_assert(holds("seat.json.damaged-3", "{ \"format\""));
    ck_assert(holds("seat.json.damaged-1", "older") && holds("seat.json.damaged-2", "old"));
    ck_assert_uint_eq(notice.count, 1);
    ck_assert_ptr_nonnull(strstr(notice.text, "/state/seat.json: cannot be used: it was cut short or changed; "
                                              "it is set aside as "));
    store("seat", 5);
    load("seat");
    ck_assert_int_eq(image_state, IMAGE_PRESENT);
    ck_assert(exists("seat.json.damaged-3"));
}
END_TEST

START_TEST(empty_file_is_damaged)
{
    ck_assert_int_eq(mkdir(directory, 0755), 0);
    write_file("seat.json", "");
    open_state();
    load("seat");
    ck_assert_int_eq(image_state, IMAGE_DAMAGED);
    ck_assert(exists("seat.json.damaged-1"));
}
END_TEST

START_TEST(image_of_another_unit_is_set_aside_as_foreign)
{
    open_state();
    store("mirror", 1);
    char from[PATH_SIZE];
    snprintf(from, sizeof from, "%s/mirror.json", directory);
    ck_assert_int_eq(rename(from, path_of("seat.json")), 0);
    load("seat");
    ck_assert_int_eq(image_state, IMAGE_DAMAGED);
    ck_assert(exists("seat.json.foreign-1") && !exists("seat.json"));
}
END_TEST

START_TEST(image_of_a_newer_version_is_set_aside_as_newer)
{
    open_state();
    write_file("seat.json", "{\n \"format\": \"kmsim image\",\n \"version\": 2,\n \"node\": \"seat\",\n"
                            " \"entries\": {},\n \"checksum\": \"cffe5b085f5b02be\"\n}\n");
    load("seat");
    ck_assert_int_eq(image_state, IMAGE_NEWER);
    ck_assert(exists("seat.json.newer-1") && !exists("seat.json"));
    ck_assert_ptr_nonnull(strstr(notice.text, "it was written by a newer version; it is set aside as "));
}
END_TEST

START_TEST(file_that_is_too_large_is_set_aside)
{
    open_state();
    FILE *file = fopen(path_of("seat.json"), "wb");
    for (int i = 0; i < IMAGE_FILE_SIZE_MAX + 5; i++) putc(' ', file);
    fclose(file);
    load("seat");
    ck_assert_int_eq(image_state, IMAGE_DAMAGED);
    ck_assert(exists("seat.json.damaged-1"));
}
END_TEST

static void check_unreadable(const char *words)
{
    ck_assert(!state_directory_load(state, "seat", &image, &image_state, &notice, &error));
    ck_assert_ptr_nonnull(strstr(error.text, words));
    ck_assert(exists("seat.json"));
    ck_assert_uint_eq(notice.count, 0);
}

START_TEST(what_is_no_file_is_an_error_and_stays)
{
    open_state();
    ck_assert_int_eq(mkdir(path_of("seat.json"), 0755), 0);
    check_unreadable("/seat.json: is no regular file");
}
END_TEST

START_TEST(pipe_in_place_of_an_image_does_not_hang)
{
    open_state();
    ck_assert_int_eq(mkfifo(path_of("seat.json"), 0600), 0);
    check_unreadable("/seat.json: is no regular file");
}
END_TEST

START_TEST(link_in_place_of_the_half_written_file_is_not_followed)
{
    char target[PATH_SIZE];
    open_state();
    snprintf(target, sizeof target, "%s/precious", base);
    ck_assert_int_eq(symlink(target, path_of("seat.json.writing")), 0);
    image_clear(&image);
    ck_assert(!state_directory_store(state, "seat", &image, &error));
    struct stat status;
    ck_assert_int_ne(stat(target, &status), 0);
}
END_TEST

// ---- directories that cannot be ------------------------------------------------------------------------------------

static void check_no_directory(const char *path, const char *words)
{
    error_clear(&error);
    ck_assert_ptr_null(state_directory_new(path, NULL, &error));
    ck_assert_msg(strstr(error.text, words) != NULL, "%s", error.text);
    ck_assert_uint_eq(error.count, 1);
}

START_TEST(directory_that_cannot_be_is_told_by_name)
{
    char path[PATH_SIZE], *long_path = malloc(5001);
    check_no_directory("", "must be the path of a directory");
    memset(long_path, 'x', 5000);
    long_path[5000] = '\0';
    check_no_directory(long_path, "must be the path of a directory");
    free(long_path);
    snprintf(path, sizeof path, "%s/no/such", base);
    check_no_directory(path, "/no/such: cannot be made: No such file or directory");
    snprintf(path, sizeof path, "%s/file", base);
    fclose(fopen(path, "w"));
    check_no_directory(path, "/file: cannot be opened: Not a directory");
    check_no_directory("/proc", "/proc: cannot be written to: ");
}
END_TEST

START_TEST(directory_that_is_removed_meanwhile_is_told)
{
    open_state();
    scratch_remove_all(directory);
    image_clear(&image);
    ck_assert(!state_directory_store(state, "seat", &image, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "/seat.json.writing: cannot be written: No such file or directory"));
}
END_TEST

START_TEST(a_memory_that_is_moved_away_stays_one_memory)
{
    char moved[SCRATCH_PATH_MAX + 16];
    snprintf(moved, sizeof moved, "%s/moved", base);
    open_state();
    store("seat", 1);
    ck_assert_int_eq(rename(directory, moved), 0);
    ck_assert_int_eq(mkdir(directory, 0700), 0); // somebody else's, in the same place
    store("seat", 2);
    state_directory_destroy(&state);
    ck_assert_int_eq(rmdir(directory), 0); // nothing was written into it
    ck_assert_int_eq(rename(moved, directory), 0);
    open_state();
    ck_assert(state_directory_load(state, "seat", &image, &image_state, &notice, &error));
    ck_assert_int_eq(image.entries[0].value, 2);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, directory_is_made_and_what_is_stored_is_there_for_the_next_run);
    tcase_add_test(tests, node_that_never_stored_has_none);
    tcase_add_test(tests, nothing_but_images_is_left_in_the_directory);
    tcase_add_test(tests, secrets_are_readable_for_their_owner_alone);
    tcase_add_test(tests, second_run_on_the_same_memory_is_refused);
    tcase_add_test(tests, what_a_killed_run_left_half_written_is_removed_and_nothing_else);
    tcase_add_test(tests, damaged_image_is_set_aside_under_the_next_free_number);
    tcase_add_test(tests, empty_file_is_damaged);
    tcase_add_test(tests, image_of_another_unit_is_set_aside_as_foreign);
    tcase_add_test(tests, image_of_a_newer_version_is_set_aside_as_newer);
    tcase_add_test(tests, file_that_is_too_large_is_set_aside);
    tcase_add_test(tests, what_is_no_file_is_an_error_and_stays);
    tcase_add_test(tests, pipe_in_place_of_an_image_does_not_hang);
    tcase_add_test(tests, link_in_place_of_the_half_written_file_is_not_followed);
    tcase_add_test(tests, directory_that_cannot_be_is_told_by_name);
    tcase_add_test(tests, directory_that_is_removed_meanwhile_is_told);
    tcase_add_test(tests, a_memory_that_is_moved_away_stays_one_memory);
    return suite_run("state_directory", tests);
}
