// SPDX-License-Identifier: MIT
#include "tools/kmsim_command.h"

#include <poll.h>
#include <unistd.h>

#include "bus/base/version.h"
#include "bus/zmq/process.h"
#include "bus/zmq/socket.h"

#define LOOK_MS 50
#define READER_NS (2 * TIME_S) // for which he may take nothing when we are to end

int kmsim_wrong(const char *text)
{
    fprintf(stderr, "kmsim: %s\n", text);
    return EXIT_WRONG;
}

void kmsim_wait_for_reader(report_t *report)
{
    struct pollfd item = {.fd = STDOUT_FILENO, .events = POLLOUT};
    int64_t since_ns = -1;
    while (report->out == stdout && poll(&item, 1, LOOK_MS) <= 0) {
        if (!process_interrupted()) continue;
        if (since_ns < 0) since_ns = socket_clock_ns();
        FILE *nowhere = socket_clock_ns() - since_ns > READER_NS ? fopen("/dev/null", "we") : NULL;
        if (!nowhere) continue;
        fprintf(stderr, "kmsim: nobody reads the report\n");
        report->out = nowhere;
    }
}

bool kmsim_take_arguments(const command_t *command, int count, char **arguments, void *told, int *operand_count,
                          int *status)
{
    error_t error;
    error_clear(&error);
    options_outcome_t outcome = options_parse(command, count, arguments, told, operand_count, &error);
    *status = outcome == OPTIONS_WRONG ? kmsim_wrong(error.text) : EXIT_PASSED;
    if (outcome == OPTIONS_HELP) options_print_help(command, stdout);
    if (outcome == OPTIONS_VERSION) printf("kmsim %s\n", KMSIM_VERSION);
    return outcome == OPTIONS_GO;
}
