// SPDX-License-Identifier: MIT
#include "tools/kmsim_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bus/trace/trace.h"
#include "bus/zmq/affinity.h"
#include "bus/zmq/endpoint.h"
#include "bus/zmq/process.h"
#include "scenarios/reports/report_files.h"
#include "tools/kmsim_command.h"
#include "tools/story_list.h"
#include "tools/suite_play.h"

#define JOBS_MAX 256
#define ROUNDS_MAX 1000000

// ---- what is told --------------------------------------------------------------------------------------------------

typedef struct {
    int in_process, fresh, strict, verbose, fail_fast, keep_going, timeline;
    const char *bus, *trace, *trace_failures, *state, *covers, *shard, *durations;
    report_paths_t reports;
    option_number_t seed, observers, jobs, repeat;
    int64_t patience_ns, timeout_ns;
    option_list_t launches, filters;
} told_t;

#define TOLD(member) offsetof(told_t, member)
#define REPORT_OPTION(name, help) {#name, 0, "FILE", OPTION_TEXT, TOLD(reports.name), help},

static const option_t OPTIONS[] = {
    {"jobs", 'j', "N", OPTION_NUMBER, TOLD(jobs),
     "how many stories are played at once; as many as there are processors\nunless told. Reports are the same for any "
     "N"},
    {"in-process", 0, NULL, OPTION_FLAG, TOLD(in_process),
     "call the control units directly instead of starting a process for each"},
    {"fresh", 0, NULL, OPTION_FLAG, TOLD(fresh),
     "start new processes for every story, where else those of one vehicle\nplay one story after the other"},
    {"filter", 0, "TEXT", OPTION_LIST, TOLD(filters),
     "only stories with that in their name or path; several times: with one\nof these"},
    {"covers", 0, "R1,R2,...", OPTION_TEXT, TOLD(covers), "only stories that cover one of these requirements"},
    {"shard", 0, "K/N", OPTION_TEXT, TOLD(shard), "only the K-th of N parts of the stories, which kmsim merge joins"},
    {"durations", 0, "FILE", OPTION_TEXT, TOLD(durations),
     "a --json report of an earlier run: parts are made that take as long\nas one another"},
    {"repeat", 0, "N", OPTION_NUMBER, TOLD(repeat),
     "play each story N times; when two runs of it differ, it has failed"},
    {"timeout", 0, "TIME", OPTION_TIME, TOLD(timeout_ns),
     "a story that takes longer than this by the clock has failed"},
    {"fail-fast", 0, NULL, OPTION_FLAG, TOLD(fail_fast), "end with the first story that fails"},
    {"keep-going", 0, NULL, OPTION_FLAG, TOLD(keep_going),
     "go on past invalid files, and past stories whose simulation breaks;\nthe exit status tells of them all the same"},
    {"strict", 0, NULL, OPTION_FLAG, TOLD(strict),
     "fail a story with a watch (never, always, whenever) whose messages\nwere not seen once"},
    REPORT_KINDS(REPORT_OPTION){
        "timeline", 0, NULL, OPTION_FLAG, TOLD(timeline),
        "with --json: each story's steps, frames per bus, and every unit's\nprofile and settings over time"},
    {"bus", 0, "ENDPOINT", OPTION_TEXT, TOLD(bus), "where observers attach: ipc://PATH or tcp://127.0.0.1:PORT (-j 1)"},
    {"observers", 0, "N", OPTION_NUMBER, TOLD(observers),
     "begin when N observers are there: they see the first frame (-j 1)"},
    {"trace", 0, "FILE", OPTION_TEXT, TOLD(trace),
     "write what the buses carried: .log candump, .asc, .pcapng (one story only)"},
    {"trace-failures", 0, "DIR", OPTION_TEXT, TOLD(trace_failures),
     "write a candump log of every story that fails into DIR; the report\nnames it"},
    {"state", 0, "DIRECTORY", OPTION_TEXT, TOLD(state),
     "the car remembers: what control units and key fobs store is kept in\nDIRECTORY, where the next run goes on; "
     "keys, key_memory and coding of\nthe story must not contradict it (one story only)"},
    {"seed", 0, "N", OPTION_NUMBER, TOLD(seed), "seed of every random draw, instead of the story's own"},
    {"patience", 0, "TIME", OPTION_TIME, TOLD(patience_ns),
     "how long a process may take to answer, \"3 s\" unless told; when told,\nalso how long external units and "
     "observers are waited for"},
    {"launch", 0, "UNIT=CMD", OPTION_LIST, TOLD(launches),
     "start a unit under a tool; % stands for its own command line (-j 1):\n--launch seat='gdb --args %'"},
    {"verbose", 'v', NULL, OPTION_FLAG, TOLD(verbose),
     "tell what happens: steps, frames that say something new with their\nmeaning, what each unit does; -vv tells "
     "every frame"},
};

static const command_t RUN = {
    "kmsim run [OPTION...] SCENARIO|DIRECTORY...",
    "Plays stories in virtual time, each control unit in a process of its own on a ZeroMQ bus, and says whether the\n"
    "car did what it must. A directory stands for the *.json in it\n"
    "and below it. A terminal gets colour, a pipe gets TAP 13.",
    OPTIONS,
    sizeof OPTIONS / sizeof OPTIONS[0],
    KMSIM_EXITS,
};

// ---- checks --------------------------------------------------------------------------------------------------------

static bool take_launches(const told_t *told, char names[][VEHICLE_NAME_MAX + 1], hub_launch_t *launches,
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

static void check_launches(const suite_t *suite, const kmsim_run_options_t *options, error_t *error)
{
    for (size_t i = 0; i < options->launch_count; i++)
        for (size_t story = 0; story < suite->count; story++) {
            const suite_item_t *item = &suite->items[story];
            if (!item->story || vehicle_find_node(item->story->vehicle, options->launches[i].unit) >= 0) continue;
            error_add(error, "--launch: %s has no control unit \"%s\"", item->path, options->launches[i].unit);
            break;
        }
}

static bool check_told(const told_t *told, error_t *error)
{
    endpoint_t endpoint;
    if (told->trace) trace_format_of(told->trace, error);
    if (told->bus) endpoint_parse(&endpoint, told->bus, error);
    if (told->observers.value > 1000) error_add(error, "--observers: at most 1000");
    if (told->jobs.told && (told->jobs.value < 1 || told->jobs.value > JOBS_MAX))
        error_add(error, "--jobs: must be 1 to %d", JOBS_MAX);
    if (told->repeat.told && (told->repeat.value < 1 || told->repeat.value > ROUNDS_MAX))
        error_add(error, "--repeat: must be 1 to %d", ROUNDS_MAX);
    if (told->durations && !told->shard) error_add(error, "--durations goes with --shard");
    if (told->timeline && !told->reports.json) error_add(error, "--timeline goes with --json");
    if (told->in_process && (told->bus || told->observers.told || told->launches.count > 0 || told->patience_ns > 0))
        error_add(error, "--bus, --observers, --launch and --patience go with processes, not with --in-process");
    return error->count == 0;
}

static bool check_suite(const told_t *told, const kmsim_run_options_t *options, const story_list_t *list,
                        const suite_t *suite, error_t *error)
{
    if (told->trace && suite->count > 1)
        error_add(error, "--trace takes one story, not %zu: use --trace-failures", suite->count);
    if (told->state && suite->count > 1)
        error_add(error, "--state takes one story, not %zu: run them one after the other", suite->count);
    if (told->state && told->repeat.value > 1)
        error_add(error, "--state goes with no --repeat: each run goes on from the last");
    check_launches(suite, options, error);
    return story_list_check_cars(list, error) && error->count == 0;
}

// ---- the run -------------------------------------------------------------------------------------------------------

static const char *find_external(const suite_t *suite)
{
    for (size_t i = 0; i < suite->count; i++)
        if (suite->items[i].story && vehicle_has_external(suite->items[i].story->vehicle))
            return "a control unit that you start yourself";
    return NULL;
}

// What there can be only one of at a time takes one story at a time.
static int choose_jobs(const told_t *told, const suite_t *suite)
{
    const char *single = told->bus                  ? "--bus"
                         : told->observers.told     ? "--observers"
                         : told->launches.count > 0 ? "--launch"
                         : told->in_process         ? NULL
                                                    : find_external(suite);
    int jobs = told->jobs.told ? (int)told->jobs.value : affinity_count();
    if (!single || jobs == 1) return jobs;
    if (told->jobs.told) fprintf(stderr, "kmsim: %s takes one story at a time: -j is 1\n", single);
    return 1;
}

static int play(const told_t *told, const kmsim_run_options_t *options, const suite_t *suite)
{
    error_t error;
    error_clear(&error);
    report_files_t *files = report_files_new(&told->reports, &suite->whole, &error);
    if (!files) return kmsim_wrong(error.text);
    report_t report;
    report_begin(&report, stdout, isatty(STDOUT_FILENO), suite->count);
    int jobs = choose_jobs(told, suite);
    suite_play_options_t run = {
        .work = {.suite = suite,
                 .options = options,
                 .report = &report,
                 .rounds = told->repeat.told ? told->repeat.value : 1,
                 .timeline = told->timeline > 0 || told->reports.html,
                 .live = told->verbose > 0 && (jobs == 1 || suite->count == 1),
                 .spread = jobs > 1 && !options->in_process},
        .workers = jobs,
        .timeout_ns = told->timeout_ns,
        .fail_fast = told->fail_fast > 0,
        .keep_going = told->keep_going > 0,
    };
    char *reason;
    int status = suite_play(&run, &report, files, &reason);
    if (!report_files_close(&files, reason, &error)) {
        fprintf(stderr, "kmsim: %s\n", error.text);
        if (status < EXIT_BROKEN) status = EXIT_BROKEN;
    }
    free(reason);
    return status;
}

// With --state the car's memory is opened, and compared with the story, before anything starts.
static int play_with_memory(const told_t *told, kmsim_run_options_t *options, const suite_t *suite)
{
    const story_t *story = suite->count > 0 ? suite->items[0].story : NULL;
    if (!told->state || !story) return play(told, options, suite);
    error_t notice, error;
    error_clear(&notice);
    error_clear(&error);
    car_plan_t plan = kmsim_run_plan(options, story);
    options->stored = stored_car_new(told->state, &plan, story, &notice, &error);
    if (notice.count > 0) fprintf(stderr, "%s\n", notice.text);
    if (!options->stored) return kmsim_wrong(error.text);
    int status = play(told, options, suite);
    stored_car_destroy(&options->stored);
    return status;
}

static int choose_and_play(const told_t *told, kmsim_run_options_t *options, const story_list_t *list)
{
    const suite_choice_t choice = {.filters = &told->filters,
                                   .covers = told->covers,
                                   .shard = told->shard,
                                   .durations = told->durations,
                                   .failures_path = told->trace_failures};
    error_t error;
    error_clear(&error);
    suite_t suite;
    bool good = suite_choose(&suite, list, &choice, &error) && check_suite(told, options, list, &suite, &error);
    int status = good ? play_with_memory(told, options, &suite) : kmsim_wrong(error.text);
    suite_destroy(&suite);
    return status;
}

static int load_and_play(const told_t *told, kmsim_run_options_t *options, char **operands, int operand_count)
{
    story_list_t list;
    process_catch_signals();
    story_list_load(&list, operands, operand_count);
    bool good = list.invalid_count == 0 || (told->keep_going && list.count > 0);
    int status = good ? choose_and_play(told, options, &list) : EXIT_WRONG;
    story_list_destroy(&list);
    return status;
}

int kmsim_suite(int count, char **arguments)
{
    told_t told = {0};
    int operand_count, status;
    if (!kmsim_take_arguments(&RUN, count, arguments, &told, &operand_count, &status)) return status;
    if (operand_count == 0) return kmsim_wrong("run: no scenario; see kmsim run --help");
    char names[OPTION_LIST_MAX][VEHICLE_NAME_MAX + 1];
    hub_launch_t launches[OPTION_LIST_MAX] = {0};
    error_t error;
    error_clear(&error);
    if (!take_launches(&told, names, launches, &error) || !check_told(&told, &error)) return kmsim_wrong(error.text);
    kmsim_run_options_t options = {
        .in_process = told.in_process > 0,
        .fresh = told.fresh > 0,
        .endpoint = told.bus,
        .observers = (int)told.observers.value,
        .patience_ns = told.patience_ns,
        .launches = launches,
        .launch_count = told.launches.count,
        .trace_path = told.trace,
        .failures_path = told.trace_failures,
        .strict = told.strict > 0,
        .has_seed = told.seed.told,
        .seed = told.seed.value,
        .verbosity = told.verbose,
    };
    return load_and_play(&told, &options, arguments, operand_count);
}
