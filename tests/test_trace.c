// SPDX-License-Identifier: MIT
#include "bus/trace/trace.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/trace/trace_format.h"
#include "tests/scratch.h"
#include "tests/suite.h"

static error_t error;

static const vehicle_t VEHICLE = {.bus_count = 2, .buses = {{"kcan-s", 100000}, {"kcan-p", 100000}}};

static void write_story(trace_t *trace)
{
    static const struct {
        int64_t now_ns;
        uint8_t bus;
        const char *frame;
    } FRAMES[] = {
        {INT64_C(6123456), 0, "130#4500"},
        {INT64_C(6123999), 1, "23A#11300101"},
        {INT64_C(1500000000), 1, "18DAF110#0102030405060708"},
        {INT64_C(2000000000), 0, "7FF#"},
        {INT64_C(3000000000), 0, "321#R"},
        {INT64_C(3000001000), 1, "321#R4"},
        {INT64_C(7200000000001), 1, "001#FF"},
    };
    for (size_t i = 0; i < sizeof FRAMES / sizeof *FRAMES; i++) {
        can_frame_t frame;
        ck_assert(frame_parse(FRAMES[i].frame, &frame));
        trace_write(trace, FRAMES[i].now_ns, FRAMES[i].bus, &frame);
    }
}

static const char CANDUMP[] = "(0.006123) kcan-s 130#4500\n"
                              "(0.006123) kcan-p 23A#11300101\n"
                              "(1.500000) kcan-p 18DAF110#0102030405060708\n"
                              "(2.000000) kcan-s 7FF#\n"
                              "(3.000000) kcan-s 321#R\n"
                              "(3.000001) kcan-p 321#R4\n"
                              "(7200.000000) kcan-p 001#FF\n";

static const char ASC[] = "date Thu Jan 1 00:00:00.000 1970\n"
                          "base hex  timestamps absolute\n"
                          "no internal events logged\n"
                          "Begin Triggerblock Thu Jan 1 00:00:00.000 1970\n"
                          "   0.000000 Start of measurement\n"
                          "   0.006123 1  130             Rx   d 2 45 00\n"
                          "   0.006123 2  23A             Rx   d 4 11 30 01 01\n"
                          "   1.500000 2  18DAF110x       Rx   d 8 01 02 03 04 05 06 07 08\n"
                          "   2.000000 1  7FF             Rx   d 0\n"
                          "   3.000000 1  321             Rx   r 0\n"
                          "   3.000001 2  321             Rx   r 4\n"
                          "7200.000000 2  1               Rx   d 1 FF\n"
                          "End TriggerBlock\n";

static size_t traced(const trace_format_t *format, char *text, size_t size)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    trace_t *trace = trace_new_stream(file, format, &VEHICLE);
    write_story(trace);
    error_clear(&error);
    ck_assert_msg(trace_close(&trace, &error), "%s", error.text);
    ck_assert_ptr_null(trace);
    rewind(file);
    size_t used = fread(text, 1, size - 1, file);
    text[used] = '\0';
    fclose(file);
    return used;
}

START_TEST(candump_log_is_as_candump_writes_it)
{
    char text[4096];
    traced(&trace_candump, text, sizeof text);
    ck_assert_str_eq(text, CANDUMP);
}
END_TEST

START_TEST(asc_is_as_other_tools_read_it)
{
    char text[4096];
    traced(&trace_asc, text, sizeof text);
    ck_assert_str_eq(text, ASC);
}
END_TEST

static uint32_t number_at(const char *bytes)
{
    const uint8_t *b = (const uint8_t *)bytes;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

START_TEST(pcapng_consists_of_whole_blocks)
{
    char bytes[4096];
    size_t size = traced(&trace_pcapng, bytes, sizeof bytes);
    static const uint32_t TYPES[] = {0x0A0D0D0A, 1, 1, 6, 6, 6, 6, 6, 6, 6};
    size_t at = 0;
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        ck_assert_uint_le(at + 12, size);
        ck_assert_uint_eq(number_at(bytes + at), TYPES[i]);
        uint32_t length = number_at(bytes + at + 4);
        ck_assert_uint_eq(length % 4, 0);
        ck_assert_uint_le(at + length, size);
        ck_assert_uint_eq(number_at(bytes + at + length - 4), length);
        at += length;
    }
    ck_assert_uint_eq(at, size);
}
END_TEST

START_TEST(pcapng_is_byte_for_byte_this)
{
    static const uint8_t INTERFACE[] = {
        1, 0, 0, 0, 44,  0,   0,   0,   227, 0,   0, 0, 0,  0, 0, 0, // interface, SocketCAN, no limit
        2, 0, 6, 0, 'k', 'c', 'a', 'n', '-', 's', 0, 0,              // if_name
        9, 0, 1, 0, 9,   0,   0,   0,   0,   0,   0, 0, 44, 0, 0, 0, // if_tsresol: nanoseconds; end of options
    };
    static const uint8_t PACKET[] = {
        6,    0,    0,    0,    48, 0, 0, 0, 1,  0, 0, 0, 0, 0, 0, 0, // packet on interface 1
        0x00, 0x2F, 0x68, 0x59, 16, 0, 0, 0, 16, 0, 0, 0,             // 1.5 s; captured, original
        0x98, 0xDA, 0xF1, 0x10, 8,  0, 0, 0, 1,  2, 3, 4, 5, 6, 7, 8, 48, 0, 0, 0,
    };
    char bytes[4096];
    traced(&trace_pcapng, bytes, sizeof bytes);
    ck_assert_mem_eq(bytes + 28, INTERFACE, sizeof INTERFACE);
    const char *packet = bytes + 28 + 44 + 44; // behind section and interfaces
    packet += number_at(packet + 4);
    packet += number_at(packet + 4);
    ck_assert_mem_eq(packet, PACKET, sizeof PACKET);
}
END_TEST

// ---- error frames --------------------------------------------------------------------------------------------------

static size_t traced_error(const trace_format_t *format, char *text, size_t size)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    trace_t *trace = trace_new_stream(file, format, &VEHICLE);
    trace_write_error(trace, INT64_C(1500000000), 1);
    error_clear(&error);
    ck_assert_msg(trace_close(&trace, &error), "%s", error.text);
    rewind(file);
    size_t used = fread(text, 1, size - 1, file);
    text[used] = '\0';
    fclose(file);
    return used;
}

START_TEST(error_frame_is_written_as_other_tools_read_it)
{
    char text[4096];
    traced_error(&trace_candump, text, sizeof text);
    ck_assert_str_eq(text, "(1.500000) kcan-p 20000080#0000000000000000\n");
    traced_error(&trace_asc, text, sizeof text);
    const char *line = strstr(text, "Start of measurement\n");
    ck_assert_ptr_nonnull(line);
    ck_assert_str_eq(line, "Start of measurement\n   1.500000 2  ErrorFrame\nEnd TriggerBlock\n");
}
END_TEST

START_TEST(error_frame_in_pcapng_is_byte_for_byte_this)
{
    static const uint8_t PACKET[] = {
        6,    0,    0,    0,    48, 0, 0, 0, 1,  0, 0, 0, 0, 0, 0, 0,              // packet on interface 1
        0x00, 0x2F, 0x68, 0x59, 16, 0, 0, 0, 16, 0, 0, 0,                          // 1.5 s; captured, original
        0x20, 0,    0,    0x80, 8,  0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 48, 0, 0, 0, // bus error, nothing told of it
    };
    char bytes[4096];
    size_t size = traced_error(&trace_pcapng, bytes, sizeof bytes);
    ck_assert_uint_eq(size, 28 + 44 + 44 + sizeof PACKET);
    ck_assert_mem_eq(bytes + 28 + 44 + 44, PACKET, sizeof PACKET);
}
END_TEST

// ---- files ---------------------------------------------------------------------------------------------------------

static char directory[SCRATCH_PATH_MAX];
static char path[128];

static void make_directory(void)
{
    scratch_make(directory);
    snprintf(path, sizeof path, "%s/t.log", directory);
    error_clear(&error);
}

static void remove_directory(void)
{
    unlink(path);
    ck_assert_msg(scratch_remove(directory), "something was left in %s", directory);
}

static void expect_file(const char *expected)
{
    char text[4096];
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    ck_assert_str_eq(text, expected);
}

START_TEST(a_file_can_be_watched_while_it_is_written)
{
    trace_t *trace = trace_new(path, &VEHICLE, &error);
    ck_assert_msg(trace != NULL, "%s", error.text);
    trace_begin(trace);
    expect_file("");
    write_story(trace);
    trace_flush(trace);
    expect_file(CANDUMP);
    ck_assert_msg(trace_close(&trace, &error), "%s", error.text);
    expect_file(CANDUMP);
    struct stat status;
    mode_t mask = umask(0);
    umask(mask);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0666 & ~mask);
    ck_assert(trace_close(&trace, &error)); // nothing to close
}
END_TEST

static void write_before(void)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < 100; i++) fputs("before", file); // longer than what comes
    fclose(file);
}

static void expect_before(void)
{
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(status.st_size, 600);
}

START_TEST(what_stood_there_stays_until_the_run_begins)
{
    write_before();
    trace_t *trace = trace_new(path, &VEHICLE, &error);
    expect_before();
    trace_discard(&trace);
    ck_assert_ptr_null(trace);
    trace_discard(&trace);
    expect_before();
    trace = trace_new(path, &VEHICLE, &error);
    trace_begin(trace);
    write_story(trace);
    trace_discard(&trace); // it broke: what was seen until then is there
    expect_file(CANDUMP);
    trace = trace_new(path, &VEHICLE, &error);
    ck_assert(trace_close(&trace, &error));
    expect_file("");
}
END_TEST

START_TEST(a_run_that_never_began_leaves_no_file)
{
    trace_t *trace = trace_new(path, &VEHICLE, &error);
    ck_assert_ptr_nonnull(trace);
    trace_discard(&trace);
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(a_late_file_appears_when_it_is_complete_or_not_at_all)
{
    write_before();
    trace_t *trace = trace_new_late(path, &VEHICLE, &error);
    ck_assert_msg(trace != NULL, "%s", error.text);
    write_story(trace);
    expect_before();
    trace_discard(&trace);
    expect_before();
    trace = trace_new_late(path, &VEHICLE, &error);
    write_story(trace);
    ck_assert_msg(trace_close(&trace, &error), "%s", error.text);
    expect_file(CANDUMP);
}
END_TEST

START_TEST(a_link_is_followed_to_the_file)
{
    char target[160];
    snprintf(target, sizeof target, "%s/other", directory);
    ck_assert_int_eq(symlink(target, path), 0);
    trace_t *trace = trace_new(path, &VEHICLE, &error);
    ck_assert_msg(trace != NULL, "%s", error.text);
    write_story(trace);
    ck_assert(trace_close(&trace, &error));
    expect_file(CANDUMP);
    ck_assert_int_eq(unlink(target), 0);
}
END_TEST

START_TEST(unknown_extension_is_refused)
{
    static const char *const PATHS[] = {"", "trace", "trace.txt", "trace.LOGS", ".log", "log", "a.log.gz"};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        error_clear(&error);
        ck_assert_msg(trace_new(PATHS[i], &VEHICLE, &error) == NULL, "%s", PATHS[i]);
        ck_assert_ptr_nonnull(strstr(error.text, "a trace must be named .log (candump), .asc or .pcapng"));
    }
    ck_assert_ptr_eq(trace_format_of("x.asc", &error), &trace_asc);
    ck_assert_ptr_eq(trace_format_of("a/b.c/x.pcapng", &error), &trace_pcapng);
    ck_assert_ptr_eq(trace_format_of("DRIVE.ASC", &error), &trace_asc); // as tools on other systems write it
    ck_assert_ptr_eq(trace_format_of("drive.Log", &error), &trace_candump);
}
END_TEST

START_TEST(directory_that_is_not_there_is_told)
{
    ck_assert_ptr_null(trace_new("/nowhere/at/all/t.asc", &VEHICLE, &error));
    ck_assert_str_eq(error.text, "/nowhere/at/all/t.asc: No such file or directory");
}
END_TEST

START_TEST(full_disk_is_told_at_close)
{
    ck_assert_int_eq(symlink("/dev/full", path), 0);
    trace_t *trace = trace_new(path, &VEHICLE, &error);
    ck_assert_msg(trace != NULL, "%s", error.text);
    write_story(trace);
    ck_assert(!trace_close(&trace, &error));
    ck_assert_ptr_null(trace);
    ck_assert_ptr_nonnull(strstr(error.text, "t.log: No space left on device"));
    struct stat status;
    ck_assert_int_eq(lstat(path, &status), 0);
    ck_assert(S_ISLNK(status.st_mode)); // a device is written, not replaced

    FILE *full = fopen("/dev/full", "wb");
    error_clear(&error);
    trace = trace_new_stream(full, &trace_pcapng, &VEHICLE);
    for (int i = 0; i < 1000; i++) write_story(trace); // more than a buffer
    ck_assert(!trace_close(&trace, &error));
    ck_assert_str_eq(error.text, "trace: No space left on device");
    fclose(full);
}
END_TEST

START_TEST(name_that_became_a_directory_is_told_at_close)
{
    trace_t *trace = trace_new_late(path, &VEHICLE, &error);
    write_story(trace);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert(!trace_close(&trace, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "t.log: Is a directory"));
    ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

// As a shell's `ulimit -f` does: who ignores the signal is told by the write.
START_TEST(a_limit_of_file_sizes_is_told_at_close)
{
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {.rlim_cur = 100, .rlim_max = RLIM_INFINITY}, none = {RLIM_INFINITY, RLIM_INFINITY};
    trace_t *trace = trace_new(path, &VEHICLE, &error);
    for (int i = 0; i < 4; i++) write_story(trace);
    bool limited = setrlimit(RLIMIT_FSIZE, &limit) == 0; // of Check's own file, too: no assertion until it is lifted
    bool closed = trace_close(&trace, &error);
    setrlimit(RLIMIT_FSIZE, &none);
    ck_assert(limited);
    ck_assert(!closed);
    ck_assert_ptr_nonnull(strstr(error.text, "t.log: File too large"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trace");
    TCase *formats = tcase_create("formats");
    tcase_add_test(formats, candump_log_is_as_candump_writes_it);
    tcase_add_test(formats, asc_is_as_other_tools_read_it);
    tcase_add_test(formats, pcapng_consists_of_whole_blocks);
    tcase_add_test(formats, pcapng_is_byte_for_byte_this);
    tcase_add_test(formats, error_frame_is_written_as_other_tools_read_it);
    tcase_add_test(formats, error_frame_in_pcapng_is_byte_for_byte_this);
    suite_add_tcase(suite, formats);
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, make_directory, remove_directory);
    tcase_add_test(files, a_file_can_be_watched_while_it_is_written);
    tcase_add_test(files, what_stood_there_stays_until_the_run_begins);
    tcase_add_test(files, a_run_that_never_began_leaves_no_file);
    tcase_add_test(files, a_late_file_appears_when_it_is_complete_or_not_at_all);
    tcase_add_test(files, a_link_is_followed_to_the_file);
    tcase_add_test(files, unknown_extension_is_refused);
    tcase_add_test(files, directory_that_is_not_there_is_told);
    tcase_add_test(files, full_disk_is_told_at_close);
    tcase_add_test(files, name_that_became_a_directory_is_told_at_close);
    tcase_add_test(files, a_limit_of_file_sizes_is_told_at_close);
    suite_add_tcase(suite, files);
    return suite_run_cases(suite);
}
