// SPDX-License-Identifier: MIT
#include "tools/kmsim_up.h"

#include <stdio.h>
#include <string.h>

#include "bus/kernel/pace.h"
#include "bus/zmq/endpoint.h"
#include "bus/zmq/process.h"
#include "bus/zmq/socket.h"
#include "scenarios/play/car.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/words_step.h"
#include "scenarios/story/words_workshop.h"
#include "tools/car_processes.h"
#include "tools/kmsim_command.h"
#include "tools/narrator.h"
#include "tools/step_channel.h"
#include "tools/stored_car.h"
#include "tools/units.h"

#define ANSWER_MAX (3 * PLAYER_WORDS_MAX)
#define STOOD_STILL_NS (1 * TIME_S) // what is told

typedef struct {
    const char *vehicle, *bus, *scenario, *state;
    int verbose;
} told_t;

typedef struct {
    const told_t *told;
    const story_t *scenario; // whose car it is, null: no one's
    car_plan_t plan;
    stored_car_t *stored; // null: it forgets
    car_processes_t processes;
    car_t *car;
    narrator_t narrator;
    step_channel_t *channel;
    pace_t pace;
    const story_t *act;             // the last step told, null: none yet
    bool acting;                    // it is under way
    int64_t acted_ns;               // it began then
    char note[PLAYER_NOTE_MAX + 1]; // what it could not do
    int64_t told_left_out_ns;
} live_t;

// ---- time ----------------------------------------------------------------------------------------------------------

static int64_t look_at_clock(live_t *self)
{
    int64_t now_ns = pace_look(&self->pace, socket_clock_ns());
    int64_t left_out_ns = self->pace.left_out_ns - self->told_left_out_ns;
    if (left_out_ns < STOOD_STILL_NS) return now_ns;
    fprintf(stderr, "kmsim: the car stood still for %.1f s\n", (double)left_out_ns / (double)TIME_S);
    self->told_left_out_ns = self->pace.left_out_ns;
    return now_ns;
}

// ---- strangers -----------------------------------------------------------------------------------------------------

// While they are bus-off they wait: a controller that is off would lose each frame without a word.
static bool has_room(const kernel_t *kernel, uint8_t bus)
{
    const can_bus_t *medium = kernel_bus(kernel, bus);
    return medium->nodes[KERNEL_STRANGER].used != UINT32_MAX &&
           can_bus_error_state(medium, KERNEL_STRANGER) != CAN_BUS_OFF;
}

// What waited in their mailboxes is gone; they have no unit that would be told.
static void tell_strangers(const live_t *self, const kernel_t *kernel)
{
    const kernel_event_t *events;
    size_t count = kernel_events(kernel, &events);
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == EVENT_STATE && events[i].node == KERNEL_STRANGER && events[i].value == CAN_BUS_OFF)
            fprintf(stderr, "kmsim: strangers are bus-off on %s: what they sent and was not carried yet is gone\n",
                    self->plan.vehicle->buses[events[i].bus].name);
}

static bool can_inject(const live_t *self, const kernel_t *kernel)
{
    for (uint8_t bus = 0; bus < self->plan.vehicle->bus_count; bus++)
        if (hub_has_stranger(self->processes.hub, bus) && has_room(kernel, bus)) return true;
    return false;
}

static void inject(live_t *self, kernel_t *kernel)
{
    can_frame_t frame;
    for (uint8_t bus = 0; bus < self->plan.vehicle->bus_count; bus++)
        while (has_room(kernel, bus) && hub_take_stranger(self->processes.hub, bus, &frame))
            kernel_inject(kernel, bus, &frame);
}

// ---- steps ---------------------------------------------------------------------------------------------------------

// The car's keys are those of its fobs: with --state others than the plan tells of.
static car_plan_t known_car(const live_t *self)
{
    car_plan_t car = self->plan;
    const fob_t *fobs = self->car->fobs.fobs;
    for (int key = 1; key <= KEY_COUNT_MAX; key++)
        car.keys[key].personalization = fobs[key].there ? fobs[key].personalization : 0;
    return car;
}

static void take_step(live_t *self)
{
    size_t size;
    const char *text = self->acting ? NULL : step_channel_receive(self->channel, &size);
    if (!text) return;
    error_t error;
    error_clear(&error);
    car_plan_t car = known_car(self);
    const story_t *act = story_parse_act(&car, &play_vocabulary, text, size, &error);
    if (!act) {
        step_channel_answer(self->channel, EXIT_WRONG, error.text);
        return;
    }
    car_play(self->car, act);
    narrator_next_steps(&self->narrator);
    story_destroy(&self->act);
    self->act = act;
    self->acting = true;
    self->acted_ns = -1;
}

static void describe_done(const live_t *self, words_t *words)
{
    const story_step_t *step = self->act->steps;
    words_add_step(words, self->act, step);
    if (*self->note) words_add(words, "\n  %s", self->note);
    if (step->verb->kind != VERB_WORKSHOP) return;
    words_add(words, "\n  ");
    words_add_answer(words, tester_job(&self->car->tester));
}

static void answer_step(live_t *self)
{
    const player_verdict_t *verdict = player_verdict(self->car->player);
    if (!self->acting || verdict->state == PLAYER_PLAYING) return;
    self->acting = false;
    char text[ANSWER_MAX], time[TIME_TEXT_MAX];
    words_t words = words_make(text, sizeof text);
    words_add(&words, "%s s: ", time_format(verdict->time_ns, time));
    if (verdict->state == PLAYER_PASSED)
        describe_done(self, &words);
    else
        words_add(&words, "%s: %s%s%s", verdict->expected, verdict->problem, *verdict->seen ? "\n  " : "",
                  verdict->seen);
    step_channel_answer(self->channel, verdict->state == PLAYER_PASSED ? EXIT_PASSED : EXIT_FAILED, text);
}

// ---- driving -------------------------------------------------------------------------------------------------------

static bool step(void *live, kernel_t *kernel)
{
    live_t *self = live;
    bool tell = self->told->verbose > 0;
    if (tell) narrator_tell_events(&self->narrator, kernel);
    player_hooks_t hooks = player_hooks(self->car->player);
    hooks.step(hooks.self, kernel);
    if (tell && self->act) narrator_tell_steps(&self->narrator, kernel, self->act, self->car->player);
    if (self->acted_ns < 0) {
        self->acted_ns = kernel_now(kernel);
        snprintf(self->note, sizeof self->note, "%s", player_note(self->car->player));
    }
    tell_strangers(self, kernel);
    inject(self, kernel);
    return true;
}

// What came from outside enters at the present instant.
static bool let_in(live_t *self, int64_t now_ns, error_t *error)
{
    kernel_t *kernel = self->car->kernel;
    bool begins = self->acting && self->acted_ns < 0;
    if (!begins && !can_inject(self, kernel)) return true;
    if (now_ns <= kernel_now(kernel)) now_ns = kernel_now(kernel) + 1;
    kernel_wake_player(kernel, now_ns);
    return car_run_until(self->car, now_ns, process_interrupted, error);
}

static bool wait_for_more(live_t *self, error_t *error)
{
    int64_t passed_ns = socket_clock_ns() - self->pace.clock_ns;
    int64_t wait_ns = kernel_next(self->car->kernel) - self->pace.now_ns - passed_ns;
    return hub_wait(self->processes.hub, self->acting ? NULL : step_channel_handle(self->channel), wait_ns, error);
}

static void tell_ready(const live_t *self)
{
    printf("%s at %s, Ctrl-C ends it\n", self->plan.vehicle->name, hub_endpoint(self->processes.hub));
    fflush(stdout);
}

static bool drive(live_t *self, error_t *error)
{
    self->channel = step_channel_new(hub_endpoint_steps(self->processes.hub), error);
    if (!self->channel) return false;
    pace_begin(&self->pace, socket_clock_ns());
    bool good = car_run_until(self->car, 0, process_interrupted, error);
    if (good) tell_ready(self);
    while (good && !process_interrupted()) {
        int64_t now_ns = look_at_clock(self);
        good = car_run_until(self->car, now_ns, process_interrupted, error);
        if (good) take_step(self);
        good = good && let_in(self, now_ns, error);
        if (good) answer_step(self);
        good = good && wait_for_more(self, error);
    }
    if (self->acting) step_channel_answer(self->channel, EXIT_BROKEN, "the car was switched off meanwhile");
    step_channel_destroy(&self->channel);
    return good;
}

static bool drive_told(live_t *self, error_t *error)
{
    const told_t *told = self->told;
    const story_t *scenario = self->scenario;
    // No plan of tests stands before what is told: it has no end.
    report_t report = {.out = stdout, .terminal = true};
    narrator_begin(&self->narrator, &report, self->plan.vehicle, self->plan.dbc, told->verbose > 1);
    if (told->verbose > 0)
        narrator_tell_title(&self->narrator, scenario ? scenario->name : "live car",
                            scenario ? scenario->description : "");
    bool good = drive(self, error);
    if (good && self->stored) good = car_finish_storing(self->car, error);
    narrator_end(&self->narrator);
    return good;
}

static int keep_up(live_t *self)
{
    error_t error;
    error_clear(&error);
    self->processes.options = (hub_options_t){
        .vehicle = self->plan.vehicle, .endpoint = self->told->bus, .live = true, .verbose = self->told->verbose > 0};
    car_host_t host = car_processes_host(&self->processes);
    self->car = car_new(&self->plan, &host, &error);
    bool good = self->car;
    if (good) {
        self->car->simulation.player = (player_hooks_t){.self = self, .step = step};
        if (self->stored) self->car->simulation.keeper = stored_car_keeper(self->stored);
        good = drive_told(self, &error);
    }
    hub_destroy(&self->processes.hub);
    car_destroy(&self->car);
    story_destroy(&self->act); // the tester may have worked at it until the end
    if (good || process_interrupted()) return EXIT_PASSED;
    fprintf(stderr, "kmsim: %s\n", error.text);
    return EXIT_BROKEN;
}

// ---- the command ---------------------------------------------------------------------------------------------------

#define TOLD(member) offsetof(told_t, member)

static const option_t OPTIONS[] = {
    {"vehicle", 0, "V", OPTION_TEXT, TOLD(vehicle), "which car, by name or file, \"e65\" unless told"},
    {"scenario", 0, "FILE", OPTION_TEXT, TOLD(scenario),
     "the car with which this scenario begins: vehicle, keys, Key Memory and\ncoding; its steps are not played"},
    {"bus", 0, "ENDPOINT", OPTION_TEXT, TOLD(bus),
     "where it is found: ipc://PATH or tcp://127.0.0.1:PORT; else the user's own\nwell-known bus"},
    {"state", 0, "DIRECTORY", OPTION_TEXT, TOLD(state),
     "the car remembers: what control units and key fobs store is kept in\nDIRECTORY, where the next one goes on"},
    {"verbose", 'v', NULL, OPTION_FLAG, TOLD(verbose),
     "tell what happens: frames that say something new with their meaning,\nwhat each unit does; -vv tells every "
     "frame"},
};

static const command_t UP = {
    "kmsim up [OPTION...]",
    "Keeps a live car in real time, each control unit in a process of its own, until Ctrl-C. bus-sniffer watches it,\n"
    "kmsim do acts on it, service-tool and cip are its workshop. It begins locked, with the terminals off.",
    OPTIONS,
    sizeof OPTIONS / sizeof OPTIONS[0],
    "Exit status: 0 it was ended by Ctrl-C or SIGTERM, 2 wrong usage or an invalid file, 3 the simulation broke.",
};

// A car that no scenario tells of.
static bool fetch_car(live_t *self, garage_t *garage, error_t *error)
{
    error_t why;
    error_clear(&why);
    garage_car_t car;
    if (!garage_fetch(garage, self->told->vehicle ? self->told->vehicle : CAR_PLAN_VEHICLE, NULL, &car, &why))
        return error_add(error, "--vehicle: %s", why.text);
    self->plan = car_plan_standard(car.vehicle, car.dbc);
    return true;
}

static bool load_car(live_t *self, garage_t *garage, error_t *error)
{
    if (!self->told->scenario) {
        if (!fetch_car(self, garage, error)) return false;
    } else {
        const story_world_t world = {&play_vocabulary, garage};
        self->scenario = story_load(self->told->scenario, &world, error);
        if (!self->scenario) return false;
        self->plan = story_plan(self->scenario);
    }
    self->plan.tester = true;
    return units_check(self->plan.vehicle, self->plan.dbc, error);
}

static int open_memory(live_t *self)
{
    error_t notice, error;
    error_clear(&notice);
    error_clear(&error);
    if (!self->told->state) return keep_up(self);
    self->stored = stored_car_new(self->told->state, &self->plan, self->scenario, &notice, &error);
    if (notice.count > 0) fprintf(stderr, "%s\n", notice.text);
    if (!self->stored) return kmsim_wrong(error.text);
    self->plan.memory = stored_car_memory(self->stored);
    int status = keep_up(self);
    stored_car_destroy(&self->stored);
    return status;
}

static bool check(const told_t *told, int operand_count, error_t *error)
{
    endpoint_t endpoint;
    if (operand_count > 0) error_add(error, "up: takes options only; see kmsim up --help");
    if (told->vehicle && told->scenario) error_add(error, "--vehicle: the scenario names the vehicle");
    if (endpoint_parse(&endpoint, told->bus, error) && !*endpoint.steps)
        error_add(error, "--bus: a live car needs the two ports after it as well");
    return error->count == 0;
}

int kmsim_up(int count, char **arguments)
{
    told_t told = {0};
    int operand_count, status;
    if (!kmsim_take_arguments(&UP, count, arguments, &told, &operand_count, &status)) return status;
    error_t error;
    error_clear(&error);
    if (!check(&told, operand_count, &error)) return kmsim_wrong(error.text);
    process_catch_signals();
    garage_t *garage = garage_new();
    live_t live = {.told = &told};
    if (load_car(&live, garage, &error))
        status = open_memory(&live);
    else
        status = EXIT_WRONG, fprintf(stderr, "%s\n", error.text);
    story_destroy(&live.scenario);
    garage_destroy(&garage);
    return status;
}
