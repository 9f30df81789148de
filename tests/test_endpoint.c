// SPDX-License-Identifier: MIT
#include "bus/zmq/endpoint.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/scratch.h"
#include "tests/suite.h"

static error_t error;
static char base[SCRATCH_PATH_MAX], user[128]; // XDG_RUNTIME_DIR and the directory of buses in it

static void begin(void)
{
    error_clear(&error);
    scratch_make(base);
    snprintf(user, sizeof user, "%s/kmsim-%u", base, (unsigned)geteuid());
    setenv("XDG_RUNTIME_DIR", base, 1);
}

static void end(void)
{
    rmdir(user);
    ck_assert_msg(scratch_remove(base), "something was left in %s", base);
}

static bool exists(const char *directory, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return access(path, F_OK) == 0;
}

static void assert_told(const char *part)
{
    ck_assert_msg(strstr(error.text, part) != NULL, "\"%s\" lacks \"%s\"", error.text, part);
}

// ---- names ---------------------------------------------------------------------------------------------------------

static const struct {
    const char *text, *down, *up;
} GOOD[] = {
    {"ipc:///tmp/car", "ipc:///tmp/car", "ipc:///tmp/car-up"},
    {"ipc://car", "ipc://car", "ipc://car-up"},
    {"tcp://127.0.0.1:5550", "tcp://127.0.0.1:5550", "tcp://127.0.0.1:5551"},
    {"tcp://127.1.2.3:65534", "tcp://127.1.2.3:65534", "tcp://127.1.2.3:65535"},
    {"tcp://localhost:1", "tcp://127.0.0.1:1", "tcp://127.0.0.1:2"},
};

START_TEST(an_endpoint_has_two_names)
{
    endpoint_t endpoint;
    ck_assert_msg(endpoint_parse(&endpoint, GOOD[_i].text, &error), "%s", error.text);
    ck_assert_str_eq(endpoint.down, GOOD[_i].down);
    ck_assert_str_eq(endpoint.up, GOOD[_i].up);
}
END_TEST

static const struct {
    const char *text, *told;
} BAD[] = {
    {"", "must be ipc://PATH or tcp://127.0.0.1:PORT"},
    {"inproc://car", "must be ipc://PATH or tcp://127.0.0.1:PORT"},
    {"/tmp/car", "must be ipc://PATH or tcp://127.0.0.1:PORT"},
    {"ipc://", "the path of a file"},
    {"ipc://@car", "the path of a file"},
    {"ipc://*", "the path of a file"},
    {"tcp://127.0.0.1", "PORT 1 to 65534"},
    {"tcp://127.0.0.1:", "PORT 1 to 65534"},
    {"tcp://127.0.0.1:0", "PORT 1 to 65534"},
    {"tcp://127.0.0.1:65535", "PORT 1 to 65534"},
    {"tcp://127.0.0.1:-5", "PORT 1 to 65534"},
    {"tcp://127.0.0.1:5x", "PORT 1 to 65534"},
    {"tcp://127.0.0.1:*", "PORT 1 to 65534"},
    {"tcp://*:5550", "only with CURVE"},
    {"tcp://0.0.0.0:5550", "only with CURVE"},
    {"tcp://192.168.1.1:5550", "only with CURVE"},
    {"tcp://example.org:5550", "only with CURVE"},
    {"tcp://127.evil.org:5550", "only with CURVE"},
    {"tcp://127.0.0.1.2.3.4.5.6.7:5550", "only with CURVE"},
};

START_TEST(what_is_no_endpoint_is_refused)
{
    endpoint_t endpoint;
    ck_assert(!endpoint_parse(&endpoint, BAD[_i].text, &error));
    assert_told(BAD[_i].told);
}
END_TEST

START_TEST(a_path_that_no_socket_can_have_is_refused)
{
    endpoint_t endpoint;
    char text[200] = "ipc://";
    memset(text + 6, 'x', 104); // with "-up" 107
    ck_assert(endpoint_parse(&endpoint, text, &error));
    ck_assert_uint_eq(strlen(endpoint.up), 113);
    text[110] = 'x'; // one more
    ck_assert(!endpoint_parse(&endpoint, text, &error));
    assert_told("the path is too long for a socket, at most 104 bytes");
}
END_TEST

START_TEST(the_well_known_endpoint_is_the_users_own)
{
    endpoint_t endpoint;
    char expected[160];
    snprintf(expected, sizeof expected, "ipc://%s/bus", user);
    ck_assert(endpoint_parse(&endpoint, NULL, &error));
    ck_assert_str_eq(endpoint.down, expected);
}
END_TEST

// ---- claims --------------------------------------------------------------------------------------------------------

START_TEST(a_claim_is_held_by_one_and_leaves_nothing)
{
    char text[128];
    snprintf(text, sizeof text, "ipc://%s/car", base);
    endpoint_claim_t *first = endpoint_claim_new(text, false, &error);
    ck_assert_msg(first != NULL, "%s", error.text);
    ck_assert_ptr_null(endpoint_claim_new(text, false, &error));
    assert_told("another run is using this endpoint");
    endpoint_claim_destroy(&first);
    ck_assert(!exists(base, "car.lock"));
    first = endpoint_claim_new(text, true, &error);
    ck_assert_ptr_nonnull(first);
    endpoint_claim_destroy(&first);
}
END_TEST

START_TEST(a_claim_of_ones_own_disturbs_nobody)
{
    endpoint_claim_t *claims[3];
    for (int i = 0; i < 3; i++) claims[i] = endpoint_claim_new(NULL, i > 0, &error); // the first: the well-known one
    for (int i = 0; i < 3; i++) ck_assert_msg(claims[i] != NULL, "%s", error.text);
    for (int i = 1; i < 3; i++)
        ck_assert_str_ne(endpoint_claim_endpoint(claims[i])->down, endpoint_claim_endpoint(claims[i - 1])->down);
    struct stat status;
    ck_assert_int_eq(stat(user, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0700);
    for (int i = 0; i < 3; i++) endpoint_claim_destroy(&claims[i]);
    ck_assert_int_ne(access(user, F_OK), 0); // the last one out
}
END_TEST

START_TEST(a_claim_of_ones_own_is_in_memory_when_no_place_is_told)
{
    struct stat status;
    bool memory = stat("/dev/shm", &status) == 0 && access("/dev/shm", W_OK | X_OK) == 0;
    char expected[64];
    snprintf(expected, sizeof expected, "ipc://%s/kmsim-%u/run-",
             memory && (status.st_mode & S_ISVTX) ? "/dev/shm" : "/tmp", (unsigned)geteuid());
    unsetenv("XDG_RUNTIME_DIR");
    endpoint_claim_t *claim = endpoint_claim_new(NULL, true, &error);
    ck_assert_msg(claim != NULL, "%s", error.text);
    ck_assert_msg(strncmp(endpoint_claim_endpoint(claim)->down, expected, strlen(expected)) == 0, "%s, not %s",
                  endpoint_claim_endpoint(claim)->down, expected);
    endpoint_claim_destroy(&claim);
}
END_TEST

static pid_t dead_process(void)
{
    pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, NULL, 0);
    return child;
}

static void make_run(char *name, size_t size, pid_t process)
{
    char path[256];
    snprintf(name, size, "run-%ld.1", (long)process);
    mkdir(user, 0700);
    snprintf(path, sizeof path, "%s/%s", user, name);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s/%s", user, name, (const char *const[]){"bus", "bus-up", "lock"}[i]);
        close(open(path, O_CREAT | O_RDWR, 0600));
    }
}

START_TEST(what_a_dead_run_left_behind_is_removed_by_the_next)
{
    char dead[64], living[64], locked[64], path[256];
    make_run(dead, sizeof dead, dead_process());
    make_run(living, sizeof living, getppid());
    make_run(locked, sizeof locked, dead_process()); // its number means another process, elsewhere: the lock says so
    snprintf(path, sizeof path, "%s/%s/lock", user, locked);
    int lock = open(path, O_RDWR);
    ck_assert_int_eq(flock(lock, LOCK_EX), 0);
    snprintf(path, sizeof path, "%s/bus.lock", user); // and of a well-known bus
    close(open(path, O_CREAT | O_RDWR, 0600));
    endpoint_claim_t *claim = endpoint_claim_new(NULL, true, &error);
    ck_assert(!exists(user, dead));
    ck_assert(!exists(user, "bus.lock"));
    ck_assert(exists(user, living));
    ck_assert(exists(user, locked));
    close(lock);
    endpoint_claim_destroy(&claim);
    scratch_remove_all(user);
}
END_TEST

START_TEST(a_directory_that_is_not_ours_is_refused)
{
    ck_assert_int_eq(symlink("/tmp", user), 0); // somebody else may have put it there
    ck_assert_ptr_null(endpoint_claim_new(NULL, true, &error));
    assert_told("is not a directory");
    unlink(user);
}
END_TEST

START_TEST(a_directory_open_to_others_is_closed)
{
    mkdir(user, 0700);
    chmod(user, 0777);
    endpoint_claim_t *claim = endpoint_claim_new(NULL, true, &error);
    ck_assert_ptr_nonnull(claim);
    struct stat status;
    ck_assert_int_eq(stat(user, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0700);
    endpoint_claim_destroy(&claim);
}
END_TEST

// ---- what is not ours
// ------------------------------------------------------------------------------------------------

static void make_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(listener, 1), 0);
    return listener;
}

START_TEST(a_file_at_the_endpoints_place_is_refused_and_stays)
{
    static const char *const NAMES[] = {"car", "car-up", "car-do", "car.lock"};
    char text[128], path[160], content[16] = "";
    snprintf(text, sizeof text, "ipc://%s/car", base);
    snprintf(path, sizeof path, "%s/%s", base, NAMES[_i]);
    make_file(path, "precious");
    ck_assert_ptr_null(endpoint_claim_new(text, false, &error));
    assert_told(NAMES[_i]);
    assert_told(_i < 3 ? "is there already, and is no socket" : "is there already, and is no lock");
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(content, sizeof content, file));
    fclose(file);
    ck_assert_str_eq(content, "precious");
    unlink(path);
}
END_TEST

START_TEST(a_socket_is_taken_only_when_nobody_listens_there)
{
    char text[128], path[160];
    snprintf(text, sizeof text, "ipc://%s/car", base);
    snprintf(path, sizeof path, "%s/car-up", base);
    int listener = listen_at(path);
    ck_assert_ptr_null(endpoint_claim_new(text, false, &error));
    assert_told("car-up: somebody else listens there");
    ck_assert_int_eq(access(path, F_OK), 0);
    close(listener); // its program was killed
    endpoint_claim_t *claim = endpoint_claim_new(text, false, &error);
    ck_assert_msg(claim != NULL, "%s", error.text);
    endpoint_claim_destroy(&claim);
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(tidying_dead_runs_follows_no_link)
{
    char name[64], link[256], elsewhere[128], path[160];
    snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", base);
    mkdir(elsewhere, 0700);
    snprintf(path, sizeof path, "%s/lock", elsewhere);
    make_file(path, "");
    mkdir(user, 0700);
    snprintf(name, sizeof name, "run-%ld.1", (long)dead_process());
    snprintf(link, sizeof link, "%s/%s", user, name);
    ck_assert_int_eq(symlink(elsewhere, link), 0);
    endpoint_claim_t *claim = endpoint_claim_new(NULL, true, &error);
    ck_assert_msg(claim != NULL, "%s", error.text);
    endpoint_claim_destroy(&claim);
    ck_assert_int_eq(access(path, F_OK), 0);
    unlink(link);
    unlink(path);
    rmdir(elsewhere);
}
END_TEST

START_TEST(a_client_does_not_believe_a_place_where_others_may_write)
{
    endpoint_t endpoint;
    ck_assert_msg(endpoint_find(&endpoint, NULL, &error), "%s", error.text); // there need not be one
    mkdir(user, 0700);
    ck_assert_msg(endpoint_find(&endpoint, NULL, &error), "%s", error.text);
    chmod(user, 0777);
    ck_assert(!endpoint_find(&endpoint, NULL, &error));
    assert_told("is open to others, which is not safe");
    rmdir(user);
    error_clear(&error);
    ck_assert_int_eq(symlink("/tmp", user), 0);
    ck_assert(!endpoint_find(&endpoint, NULL, &error));
    assert_told("is not a directory");
    unlink(user);
}
END_TEST

// Only root can give away what others shall be taken for the owners of; for anybody else root's own directory will do.
START_TEST(a_client_does_not_believe_another_users_place)
{
    endpoint_t endpoint;
    char path[160];
    if (geteuid() == 0) {
        mkdir(user, 0700);
        ck_assert_int_eq(chown(user, 64711, 64711), 0);
    } else {
        ck_assert_int_eq(symlink("/", user), 0);
    }
    ck_assert(!endpoint_find(&endpoint, NULL, &error));
    assert_told(geteuid() == 0 ? "belongs to another user, which is not safe" : "is not a directory");
    if (geteuid() != 0) unlink(user);
    snprintf(path, sizeof path, "%s/car", base);
    int listener = listen_at(path);
    char text[192];
    snprintf(text, sizeof text, "ipc://%s", path);
    error_clear(&error);
    ck_assert_msg(endpoint_find(&endpoint, text, &error), "%s", error.text);
    if (geteuid() == 0) {
        ck_assert_int_eq(chown(path, 64711, 64711), 0);
        ck_assert(!endpoint_find(&endpoint, text, &error));
        assert_told("belongs to another user");
    }
    close(listener);
    unlink(path);
}
END_TEST

START_TEST(a_missing_directory_of_the_runtime_is_named_where_it_is_needed)
{
    setenv("XDG_RUNTIME_DIR", "/nowhere/not/there", 1);
    endpoint_t endpoint;
    ck_assert(!endpoint_parse(&endpoint, NULL, &error));
    assert_told("/nowhere/not/there, which XDG_RUNTIME_DIR names: No such file or directory");
    ck_assert_ptr_null(endpoint_claim_new(NULL, false, &error));
    error_clear(&error);
    endpoint_claim_t *claim = endpoint_claim_new(NULL, true, &error); // nobody looks for a run of its own
    ck_assert_msg(claim != NULL, "%s", error.text);
    endpoint_claim_destroy(&claim);
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, begin, end);
    tcase_add_loop_test(all, an_endpoint_has_two_names, 0, (int)(sizeof GOOD / sizeof GOOD[0]));
    tcase_add_loop_test(all, what_is_no_endpoint_is_refused, 0, (int)(sizeof BAD / sizeof BAD[0]));
    tcase_add_test(all, a_path_that_no_socket_can_have_is_refused);
    tcase_add_test(all, the_well_known_endpoint_is_the_users_own);
    tcase_add_test(all, a_claim_is_held_by_one_and_leaves_nothing);
    tcase_add_test(all, a_claim_of_ones_own_disturbs_nobody);
    tcase_add_test(all, a_claim_of_ones_own_is_in_memory_when_no_place_is_told);
    tcase_add_test(all, what_a_dead_run_left_behind_is_removed_by_the_next);
    tcase_add_test(all, a_directory_that_is_not_ours_is_refused);
    tcase_add_test(all, a_directory_open_to_others_is_closed);
    tcase_add_loop_test(all, a_file_at_the_endpoints_place_is_refused_and_stays, 0, 4);
    tcase_add_test(all, a_socket_is_taken_only_when_nobody_listens_there);
    tcase_add_test(all, tidying_dead_runs_follows_no_link);
    tcase_add_test(all, a_client_does_not_believe_a_place_where_others_may_write);
    tcase_add_test(all, a_client_does_not_believe_another_users_place);
    tcase_add_test(all, a_missing_directory_of_the_runtime_is_named_where_it_is_needed);
    return suite_run("endpoint", all);
}
