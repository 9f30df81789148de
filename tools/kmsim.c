// SPDX-License-Identifier: MIT
// kmsim: plays stories told to a simulated car, and checks story files.
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bus/zmq/limits.h"
#include "bus/zmq/process.h"
#include "tools/kmsim_command.h"
#include "tools/kmsim_do.h"
#include "tools/kmsim_names.h"
#include "tools/kmsim_merge.h"
#include "tools/kmsim_suite.h"
#include "tools/kmsim_up.h"
#include "tools/story_list.h"

// ---- check ---------------------------------------------------------------------------------------------------------

typedef struct {
    int covers;
    const char *require;
} check_told_t;

static const option_t CHECK_OPTIONS[] = {
    {"covers", 0, NULL, OPTION_FLAG, offsetof(check_told_t, covers), "print which stories cover which requirement"},
    {"require", 0, "R1,R2,...", OPTION_TEXT, offsetof(check_told_t, require),
     "with --covers: fail when no story covers one of these"},
};

static const command_t CHECK = {
    "kmsim check [OPTION...] SCENARIO|DIRECTORY...",
    "Reads stories without playing them and tells every mistake, as file:line:column: /json/pointer: what, and warns "
    "of\n"
    "what nobody could do and of what cannot fail.",
    CHECK_OPTIONS,
    sizeof CHECK_OPTIONS / sizeof CHECK_OPTIONS[0],
    "Exit status: 0 all files are valid, 1 a required requirement has no story, 2 wrong usage or an invalid file.",
};

static const command_t KMSIM = {
    "kmsim run|merge|check|names|up|do [OPTION...] ...",
    "The Key Memory simulator: control units of a vehicle as processes on a ZeroMQ bus, in deterministic virtual "
    "time.\n\n"
    "  run     plays stories\n"
    "  merge   joins the reports of several runs\n"
    "  check   reads stories and tells their mistakes\n"
    "  names   tells what messages, signals and values are called\n"
    "  up      keeps a live car in real time\n"
    "  do      acts on a live car\n"
    "  help    tells how each is used\n\n"
    "kmsim help run and the like (or kmsim run --help) tell the options of each.",
    NULL,
    0,
    KMSIM_EXITS,
};

static int check_covers(const story_list_t *list, const char *required)
{
    size_t missing;
    error_t error;
    error_clear(&error);
    if (!story_list_print_covers(list, required, &missing, &error)) return kmsim_wrong(error.text);
    if (missing > 0) fprintf(stderr, "kmsim: %zu requirements without a story\n", missing);
    return missing > 0 ? EXIT_FAILED : EXIT_PASSED;
}

static void print_doubts(const error_t *doubts)
{
    if (doubts->count > 0) fprintf(stderr, "%s\n", doubts->text);
}

// Those of a file together: what several of its stories have is told once.
static void tell_doubts(const story_list_t *list)
{
    error_t doubts;
    error_clear(&doubts);
    for (size_t i = 0; i < list->count; i++) {
        story_doubt(list->stories[i], &doubts);
        bool last = i + 1 == list->count || strcmp(list->stories[i]->path, list->stories[i + 1]->path) != 0;
        if (last) print_doubts(&doubts);
        if (last) error_clear(&doubts);
    }
}

static int check(int count, char **arguments)
{
    check_told_t told = {0};
    int operand_count, status;
    if (!kmsim_take_arguments(&CHECK, count, arguments, &told, &operand_count, &status)) return status;
    if (operand_count == 0) return kmsim_wrong("check: no scenario; see kmsim check --help");
    if (told.require && !told.covers) return kmsim_wrong("--require goes with --covers");
    story_list_t list;
    story_list_load(&list, arguments, operand_count);
    error_t error;
    error_clear(&error);
    if (list.invalid_count > 0)
        status = EXIT_WRONG;
    else if (!story_list_check_cars(&list, &error))
        status = kmsim_wrong(error.text);
    else if (told.covers)
        status = check_covers(&list, told.require);
    else {
        tell_doubts(&list);
        printf("%zu %s valid\n", list.count, list.count == 1 ? "scenario is" : "scenarios are");
    }
    story_list_destroy(&list);
    return status;
}

// ---- main ----------------------------------------------------------------------------------------------------------

static int help(int count, char **arguments);

static const struct {
    const char *name;
    int (*run)(int count, char **arguments); // the arguments behind the name; returns the exit status
} COMMANDS[] = {{"run", kmsim_suite}, {"merge", kmsim_merge}, {"check", check}, {"names", kmsim_names},
                {"up", kmsim_up},     {"do", kmsim_do},       {"help", help}};

static int take_command(const char *name, int count, char **arguments)
{
    for (size_t i = 0; i < sizeof COMMANDS / sizeof COMMANDS[0]; i++)
        if (strcmp(COMMANDS[i].name, name) == 0) return COMMANDS[i].run(count, arguments);
    error_t error;
    error_clear(&error);
    error_add(&error, "unknown command \"%s\"; see kmsim --help", name);
    return kmsim_wrong(error.text);
}

// Each command tells itself how it is used; without one, what commands there are.
static int help(int count, char **arguments)
{
    static char option[] = "--help";
    char *asked[] = {option};
    if (count > 1) return kmsim_wrong("help: one command at most; see kmsim --help");
    if (count == 1 && strcmp(arguments[0], "help") != 0) return take_command(arguments[0], 1, asked);
    options_print_help(&KMSIM, stdout);
    return EXIT_PASSED;
}

static int take_arguments(int count, char **arguments)
{
    if (count > 0 && *arguments[0] && *arguments[0] != '-') return take_command(arguments[0], count - 1, arguments + 1);
    int status, operand_count;
    bool done =
        count > 0 && *arguments[0] && !kmsim_take_arguments(&KMSIM, count, arguments, NULL, &operand_count, &status);
    return done ? status : kmsim_wrong("no command; see kmsim --help");
}

int main(int argc, char **argv)
{
    process_hold_standard_files();
    limits_begin();
    int status = take_arguments(argc - 1, argv + 1);
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    if (process_interrupted() == SIGPIPE) return EXIT_SIGNAL + SIGPIPE; // as if it had ended us: who reads has left
    fprintf(stderr, "kmsim: the report cannot be written\n");
    return status == EXIT_PASSED ? EXIT_BROKEN : status;
}
