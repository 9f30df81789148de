// SPDX-License-Identifier: MIT
#include "tools/kmsim_do.h"

#include <stdlib.h>
#include <string.h>

#include <czmq.h>

#include "bus/base/text.h"
#include "bus/zmq/endpoint.h"
#include "bus/zmq/process.h"
#include "tools/kmsim_command.h"
#include "tools/step_channel.h"

typedef struct {
    const char *bus;
} told_t;

static const option_t OPTIONS[] = {
    {"bus", 0, "ENDPOINT", OPTION_TEXT, offsetof(told_t, bus),
     "where the car is: ipc://PATH or tcp://127.0.0.1:PORT; else the user's own\nwell-known bus"},
};

static const command_t DO = {
    "kmsim do [OPTION...] STEP",
    "Acts on a live car (kmsim up) as a step of a scenario does, at once, and tells what came of it:\n\n"
    "  kmsim do '{\"remote\": {\"key\": 2, \"button\": \"unlock\"}}'\n"
    "  kmsim do '{\"ignition\": {\"insert\": 1}}'\n"
    "  kmsim do '{\"switch\": {\"ecu\": \"seat\", \"axis\": \"longitudinal\", \"to\": 165.0}}'",
    OPTIONS,
    sizeof OPTIONS / sizeof OPTIONS[0],
    "The car remembers the last 10000 telegrams: {\"radio\": {\"replay\": N}} sends the N-th since it came up "
    "again.\n\n"
    "Exit status: 0 it was done, 1 it failed or a control unit refused it, 2 wrong usage or no step that acts,\n"
    "3 no live car there, or it broke off.",
};

static int broken(const char *text)
{
    fprintf(stderr, "kmsim: %s\n", text);
    return EXIT_BROKEN;
}

static int ask(const endpoint_t *endpoint, const char *step)
{
    error_t error;
    error_clear(&error);
    int status;
    char *answer = step_channel_ask(endpoint->steps, step, &status, &error);
    zsys_shutdown();
    if (!answer && process_interrupted()) return EXIT_SIGNAL + process_interrupted();
    if (!answer) return broken(error.text);
    text_make_harmless(answer, true); // whoever it is that answers
    if (status <= EXIT_FAILED)
        printf("%s\n", answer);
    else
        fprintf(stderr, "%s%s\n", status == EXIT_BROKEN ? "kmsim: " : "", answer);
    free(answer);
    return status;
}

int kmsim_do(int count, char **arguments)
{
    told_t told = {0};
    int operand_count, status;
    if (!kmsim_take_arguments(&DO, count, arguments, &told, &operand_count, &status)) return status;
    if (operand_count != 1) return kmsim_wrong("do: exactly one step; see kmsim do --help");
    if (strlen(arguments[0]) > STEP_SIZE_MAX) return kmsim_wrong("do: the step is too long");
    endpoint_t endpoint;
    error_t error;
    error_clear(&error);
    if (!endpoint_parse(&endpoint, told.bus, &error)) return kmsim_wrong(error.text);
    if (!endpoint_find(&endpoint, told.bus, &error)) return broken(error.text);
    if (!*endpoint.steps) return kmsim_wrong("--bus: a live car needs the two ports after it as well");
    process_catch_signals();
    return ask(&endpoint, arguments[0]);
}
