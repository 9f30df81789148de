// SPDX-License-Identifier: MIT
#include "bus/zmq/connections.h"

#include <check.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bus/zmq/limits.h"
#include "tests/suite.h"

int accept4(int listener, struct sockaddr *restrict address, socklen_t *restrict size, int flags); // connections.c's

static int listener;

// At a name that the system chooses, on no disk. All have come before the first is accepted: their own ends take
// numbers, too.
static void set_up(void)
{
    ck_assert_int_gt(limits_open_files(), 32);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    socklen_t size = sizeof place;
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&place, sizeof place.sun_family), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&place, &size), 0);
    ck_assert_int_eq(listen(listener, 8), 0);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&place, size), 0);
}

static void tear_down(void)
{
    close(listener);
}

static int come(void) // the next one; our end
{
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    ck_assert_int_ge(connection, 0);
    return connection;
}

START_TEST(a_connection_that_left_by_itself_gives_its_number_to_the_next)
{
    int first = come();
    close(first);
    ck_assert_int_eq(come(), first);
    ck_assert_uint_eq(connections_generation(first), 2);
}
END_TEST

START_TEST(nobody_gets_the_number_of_an_ended_one_until_all_was_read)
{
    int flood = come();
    ck_assert(connections_end(flood));
    connections_settle(); // still open: more may be added to what waits
    close(flood);
    int next = come();
    ck_assert_int_ne(next, flood);
    ck_assert_uint_eq(connections_generation(next), 1);
    connections_settle(); // seen closed: what was added last may still wait
    ck_assert_int_ne(come(), flood);
    connections_settle();
    ck_assert_int_eq(come(), flood);
}
END_TEST

START_TEST(what_is_no_connection_is_not_ended)
{
    ck_assert(!connections_end(listener));
    ck_assert(!connections_end(0));
    ck_assert(!connections_end(-1));
    ck_assert(!connections_end(CONNECTIONS_MAX));
}
END_TEST

int main(void)
{
    const suite_group_t groups[] = {
        {"connections",
         {a_connection_that_left_by_itself_gives_its_number_to_the_next,
          nobody_gets_the_number_of_an_ended_one_until_all_was_read, what_is_no_connection_is_not_ended}},
    };
    return suite_run_groups("connections", groups, 1, set_up, tear_down);
}
