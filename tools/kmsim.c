// SPDX-License-Identifier: MIT
// kmsim: plays stories told to a simulated car, and checks story files.
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bus/zmq/endpoint.h"
#include "bus/zmq/limits.h"
#include "bus/zmq/process.h"
#include "bus/trace/trace.h"
#include "tools/kmsim_command.h"
#include "tools/kmsim_do.h"
#include "tools/kmsim_names.h"
#include "tools/kmsim_run.h"
#include "tools/kmsim_up.h"
#include "tools/story_list.h"
#include "tools/units.h"

#define EXITS                                                                                                          \
    "Exit status: 0 all stories passed, 1 a story failed, 2 wrong usage or an invalid file, 3 the simulation itself "  \
    "broke."

// ---- commands ------------------------------------------------------------------------------------------------------

typedef struct {
    int in_process, fresh, verbose;
    const char *bus, *trace, *trace_failures, *state;
    option_number_t seed, observers;
    int64_t patience_ns;
    option_list_t launches;
} run_told_t;

static const option_t RUN_OPTIONS[] = {
    {"in-process", 0, NULL, OPTION_FLAG, offsetof(run_told_t, in_process),
     "call the control units directly instead of starting a process for each"},
    {"fresh", 0, NULL, OPTION_FLAG, offsetof(run_told_t, fresh),
     "start new processes for every story, where else those of one vehicle\nplay one story after the other"},
    {"bus", 0, "ENDPOINT", OPTION_TEXT, offsetof(run_told_t, bus),
     "where observers attach: ipc://PATH or tcp://127.0.0.1:PORT"},
    {"observers", 0, "N", OPTION_NUMBER, offsetof(run_told_t, observers),
     "begin when N observers are there: they see the first frame"},
    {"trace", 0, "FILE", OPTION_TEXT, offsetof(run_told_t, trace),
     "write what the buses carried: .log candump, .asc, .pcapng (one story only)"},
    {"trace-failures", 0, "DIR", OPTION_TEXT, offsetof(run_told_t, trace_failures),
     "write a candump log of every story that fails into DIR; the report\nnames it"},
    {"state", 0, "DIRECTORY", OPTION_TEXT, offsetof(run_told_t, state),
     "the car remembers: what control units and key fobs store is kept in\nDIRECTORY, where the next run goes on; "
     "keys, key_memory and coding of\nthe story must not contradict it (one story only)"},
    {"seed", 0, "N", OPTION_NUMBER, offsetof(run_told_t, seed),
     "seed of every random draw, instead of the story's own"},
    {"patience", 0, "TIME", OPTION_TIME, offsetof(run_told_t, patience_ns),
     "how long a process may take to answer, \"3 s\" unless told; when told,\nalso how long external units and "
     "observers are waited for"},
    {"launch", 0, "UNIT=CMD", OPTION_LIST, offsetof(run_told_t, launches),
     "start a unit under a tool; % stands for its own command line:\n--launch seat='gdb --args %'"},
    {"verbose", 'v', NULL, OPTION_FLAG, offsetof(run_told_t, verbose),
     "tell what happens: steps, frames that say something new with their\nmeaning, what each unit does; -vv tells "
     "every frame"},
};

static const command_t RUN = {
    "kmsim run [OPTION...] SCENARIO|DIRECTORY...",
    "Plays stories in virtual time, each control unit in a process of its own on a ZeroMQ bus, and says whether the\n"
    "car did what it must. A directory stands for the *.json in it\n"
    "and below it. A terminal gets colour, a pipe gets TAP 13.",
    RUN_OPTIONS,
    sizeof RUN_OPTIONS / sizeof RUN_OPTIONS[0],
    EXITS,
};

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
    "Reads stories without playing them and tells every mistake, as file:line:column or file: /json/pointer.",
    CHECK_OPTIONS,
    sizeof CHECK_OPTIONS / sizeof CHECK_OPTIONS[0],
    "Exit status: 0 all files are valid, 1 a required requirement has no story, 2 wrong usage or an invalid file.",
};

static const command_t KMSIM = {
    "kmsim run|check|names|up|do [OPTION...] ...",
    "The Key Memory simulator: control units of a vehicle as processes on a ZeroMQ bus, in deterministic virtual "
    "time.\n\n"
    "  run     plays stories\n"
    "  check   reads stories and tells their mistakes\n"
    "  names   tells what messages, signals and values are called\n"
    "  up      keeps a live car in real time\n"
    "  do      acts on a live car\n"
    "  help    tells how each is used\n\n"
    "kmsim help run and the like (or kmsim run --help) tell the options of each.",
    NULL,
    0,
    EXITS,
};

// ---- run -----------------------------------------------------------------------------------------------------------

static bool take_launches(const run_told_t *told, char names[][VEHICLE_NAME_MAX + 1], hub_launch_t *launches,
                          error_t *error)
{
    for (size_t i = 0; i < told->launches.count; i++) {
        const char *item = told->launches.items[i];
        size_t length = strcspn(item, "=");
        if (item[length] != '=' || length == 0 || length > VEHICLE_NAME_MAX || !item[length + 1])
            return error_add(error, "--launch: must be UNIT=COMMAND, not \"%s\"", item);
        memcpy(names[i], item, length);
        names[i][length] = '\0';
        launches[i] = (hub_launch_t){.unit = names[i], .command = item + length + 1};
    }
    return true;
}

// The same car of many stories is told once.
static bool check_cars(const story_list_t *list, error_t *error)
{
    const vehicle_t *last = NULL;
    bool good = true;
    for (size_t i = 0; i < list->count && good; i++) {
        const story_t *story = list->stories[i];
        if (story->vehicle != last) good = units_check(story->vehicle, story->dbc, error);
        last = story->vehicle;
    }
    return good;
}

static bool check_run(const run_told_t *told, const kmsim_run_options_t *options, const story_list_t *list,
                      error_t *error)
{
    endpoint_t endpoint;
    if (told->trace && list->count > 1)
        error_add(error, "--trace takes one story, not %zu: use --trace-failures", list->count);
    if (told->state && list->count > 1)
        error_add(error, "--state takes one story, not %zu: run them one after the other", list->count);
    if (told->trace) trace_format_of(told->trace, error);
    if (told->bus) endpoint_parse(&endpoint, told->bus, error);
    if (told->observers.value > 1000) error_add(error, "--observers: at most 1000");
    if (told->in_process && (told->bus || told->observers.told || told->launches.count > 0 || told->patience_ns > 0))
        error_add(error, "--bus, --observers, --launch and --patience go with processes, not with --in-process");
    for (size_t i = 0; i < options->launch_count; i++)
        for (size_t story = 0; story < list->count; story++)
            if (vehicle_find_node(list->stories[story]->vehicle, options->launches[i].unit) < 0) {
                error_add(error, "--launch: %s has no control unit \"%s\"", list->stories[story]->path,
                          options->launches[i].unit);
                break;
            }
    return check_cars(list, error) && error->count == 0;
}

// The exit status, EXIT_PASSED also for a story that failed: the report counts these.
static int play_story(kmsim_run_t *run, const kmsim_run_options_t *options, const story_t *story, report_t *report)
{
    player_verdict_t verdict;
    error_t error;
    error_clear(&error);
    if (options->verbosity == 0) report_progress(report, story);
    if (kmsim_run_story(run, story, report, &verdict, &error)) {
        report_story(report, story, kmsim_run_plan(options, story).seed, kmsim_run_trace(run), &verdict);
        return EXIT_PASSED;
    }
    report_broken(report, story, error.text);
    if (process_interrupted() != SIGPIPE) fprintf(stderr, "kmsim: %s: %s\n", story->path, error.text);
    return process_interrupted() ? EXIT_SIGNAL + process_interrupted() : EXIT_BROKEN;
}

static int play(const kmsim_run_options_t *options, const story_list_t *list)
{
    report_t report;
    int status = EXIT_PASSED;
    report_begin(&report, stdout, isatty(STDOUT_FILENO), list->count);
    report.stored = options->stored != NULL;
    kmsim_run_t *run = kmsim_run_new(options);
    for (size_t i = 0; status == EXIT_PASSED && i < list->count; i++)
        status = play_story(run, options, list->stories[i], &report);
    kmsim_run_destroy(&run);
    if (status != EXIT_PASSED) return status;
    report_end(&report);
    return report.failed > 0 ? EXIT_FAILED : EXIT_PASSED;
}

// With --state the car's memory is opened, and compared with the story, before anything starts.
static int play_with_memory(const char *directory, kmsim_run_options_t *options, const story_list_t *list)
{
    if (!directory) return play(options, list);
    error_t notice, error;
    error_clear(&notice);
    error_clear(&error);
    const story_t *story = list->stories[0];
    car_plan_t plan = kmsim_run_plan(options, story);
    options->stored = stored_car_new(directory, &plan, story, &notice, &error);
    if (notice.count > 0) fprintf(stderr, "%s\n", notice.text);
    if (!options->stored) return kmsim_wrong(error.text);
    int status = play(options, list);
    stored_car_destroy(&options->stored);
    return status;
}

static int run(int count, char **arguments)
{
    run_told_t told = {0};
    int operand_count, status;
    if (!kmsim_take_arguments(&RUN, count, arguments, &told, &operand_count, &status)) return status;
    if (operand_count == 0) return kmsim_wrong("run: no scenario; see kmsim run --help");
    char names[OPTION_LIST_MAX][VEHICLE_NAME_MAX + 1];
    hub_launch_t launches[OPTION_LIST_MAX] = {0};
    error_t error;
    error_clear(&error);
    if (!take_launches(&told, names, launches, &error)) return kmsim_wrong(error.text);
    kmsim_run_options_t options = {
        .in_process = told.in_process > 0,
        .fresh = told.fresh > 0,
        .endpoint = told.bus,
        .observers = (int)told.observers.value,
        .patience_ns = told.patience_ns,
        .launches = launches,
        .launch_count = told.launches.count,
        .trace_path = told.trace,
        .trace_failures_path = told.trace_failures,
        .has_seed = told.seed.told,
        .seed = told.seed.value,
        .verbosity = told.verbose,
    };
    process_catch_signals();
    story_list_t list;
    story_list_load(&list, arguments, operand_count);
    if (list.invalid_count > 0)
        status = EXIT_WRONG;
    else if (!check_run(&told, &options, &list, &error))
        status = kmsim_wrong(error.text);
    else
        status = play_with_memory(told.state, &options, &list);
    story_list_destroy(&list);
    return status;
}

// ---- check ---------------------------------------------------------------------------------------------------------

static int check_covers(const story_list_t *list, const char *required)
{
    size_t missing;
    error_t error;
    error_clear(&error);
    if (!story_list_print_covers(list, required, &missing, &error)) return kmsim_wrong(error.text);
    if (missing > 0) fprintf(stderr, "kmsim: %zu requirements without a story\n", missing);
    return missing > 0 ? EXIT_FAILED : EXIT_PASSED;
}

static void tell_doubts(const story_list_t *list)
{
    for (size_t i = 0; i < list->count; i++) {
        error_t doubts;
        error_clear(&doubts);
        story_doubt(list->stories[i], &doubts);
        if (doubts.count > 0) fprintf(stderr, "%s\n", doubts.text);
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
    else if (!check_cars(&list, &error))
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
} COMMANDS[] = {{"run", run},     {"check", check}, {"names", kmsim_names},
                {"up", kmsim_up}, {"do", kmsim_do}, {"help", help}};

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
