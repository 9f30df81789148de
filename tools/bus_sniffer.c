// SPDX-License-Identifier: MIT
// bus-sniffer: watches the buses of a run or of a live car. It attaches before or after the bus begins, is never waited
// for, and says at the end how much it has missed.
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bus/files/dbc_file.h"
#include "bus/zmq/limits.h"
#include "bus/zmq/process.h"
#include "bus/base/version.h"
#include "bus/zmq/observer.h"
#include "tools/options.h"
#include "tools/sniffer_filter.h"
#include "tools/sniffer_line.h"
#include "bus/files/vehicle_file.h"

#define WARNINGS_TOLD 10
#define LOOK_UP_NS (500 * TIME_MS) // a signal may come just before we wait
#define TELL_AFTER_NS (1 * TIME_S) // of silence since we attached: then a person is told that we wait
#define STANDARD_VEHICLE "e65"

enum { STATUS_GOES_ON = -1, STATUS_ENDED = 0, STATUS_USAGE = 2, STATUS_BROKEN = 3 };

typedef struct {
    const char *endpoint, *vehicle, *dbc, *filter;
    int decode, all, errors;
    option_number_t count; // lines to print
} options_t;

typedef struct {
    options_t options;
    vehicle_t vehicle;
    dbc_file_t *dbc;
    sniffer_filter_t filter;
    observer_t *bus;
    uint64_t printed;
    int64_t attached_ns; // by the clock; 0 when nobody need be told any more that nothing comes
    error_t error;
} sniffer_t;

// ---- command line --------------------------------------------------------------------------------------------------

static const option_t OPTIONS[] = {
    {"bus", 0, "ENDPOINT", OPTION_TEXT, offsetof(options_t, endpoint),
     "ipc://PATH or tcp://127.0.0.1:PORT; else the user's own well-known bus"},
    {"decode", 0, NULL, OPTION_FLAG, offsetof(options_t, decode),
     "add message and signals, with units and value names, to each frame"},
    {"filter", 0, "EXPR", OPTION_TEXT, offsetof(options_t, filter),
     "show only some frames; terms separated by commas:\n"
     "  kcan-s        frames of that bus\n"
     "  bus:NAME      a bus that the vehicle file lacks\n"
     "  130, 130-2FF  that identifier, or that range\n"
     "                (eight digits: 29-bit identifiers)\n"
     "  SeatStatus    frames of that message\n"
     "  !TERM         not those\n"
     "A frame is shown when one of the buses named and one of the identifiers or\nmessages named fits it: "
     "--filter kcan-p,232,RemoteKeyStatus"},
    {"count", 'n', "COUNT", OPTION_NUMBER, offsetof(options_t, count), "end after COUNT lines"},
    {"all", 0, NULL, OPTION_FLAG, offsetof(options_t, all),
     "show lines, radio, transponder, power, sleep and the units' log entries too"},
    {"errors", 0, NULL, OPTION_FLAG, offsetof(options_t, errors),
     "show error frames too, with the frame that failed and whose it was, and\n"
     "who becomes error-passive, bus-off or error-active again"},
    {"vehicle", 0, "V", OPTION_TEXT, offsetof(options_t, vehicle),
     "whose buses and DBC are meant, by name or file, \"" STANDARD_VEHICLE "\" unless told"},
    {"dbc", 0, "FILE", OPTION_TEXT, offsetof(options_t, dbc),
     "another DBC; what is doubtful in it is told, and the rest used"},
};

static const command_t SNIFFER = {
    "bus-sniffer [OPTION...]",
    "Watches the buses of a kmsim run or live car: one line per frame on standard output, (S.UUUUUU) BUS ID#DATA, in\n"
    "virtual time; all else goes to standard error. It may be started before or after the bus, and ends when the bus\n"
    "ends or on Ctrl-C.",
    OPTIONS,
    sizeof OPTIONS / sizeof OPTIONS[0],
    "Exit status: 0 the bus has ended or enough was seen, 2 wrong usage or a bad file, 3 the bus broke off or\n"
    "standard output cannot be written.",
};

static int wrong(const char *text)
{
    fprintf(stderr, "bus-sniffer: %s\n", text);
    return STATUS_USAGE;
}

static int parse_options(sniffer_t *self, int argc, char **argv)
{
    int operand_count;
    error_clear(&self->error);
    switch (options_parse(&SNIFFER, argc - 1, argv + 1, &self->options, &operand_count, &self->error)) {
    case OPTIONS_HELP:
        options_print_help(&SNIFFER, stdout);
        return STATUS_ENDED;
    case OPTIONS_VERSION:
        printf("bus-sniffer (kmsim) " KMSIM_VERSION "\n");
        return STATUS_ENDED;
    case OPTIONS_WRONG:
        return wrong(self->error.text);
    case OPTIONS_GO:
        break;
    }
    if (operand_count > 0) return wrong("takes options only; see bus-sniffer --help");
    if (self->options.count.told && self->options.count.value == 0) return wrong("--count: must be above 0");
    return STATUS_GOES_ON;
}

// ---- beginning -----------------------------------------------------------------------------------------------------

// Of a long list the first ones: a person wants to see frames.
static void tell_warnings(const dbc_file_t *dbc, const char *path)
{
    size_t count = dbc_file_warning_count(dbc);
    for (size_t i = 0; i < count && i < WARNINGS_TOLD; i++) fprintf(stderr, "%s\n", dbc_file_warning(dbc, i));
    if (count > WARNINGS_TOLD)
        fprintf(stderr, "bus-sniffer: %zu more; kmsim names --dbc %s tells all\n", count - WARNINGS_TOLD, path);
}

// Names are needed to decode and to filter; plain watching needs no file, but one that was told must be good.
static bool load(sniffer_t *self)
{
    const options_t *options = &self->options;
    if (!options->decode && !options->filter && !options->vehicle && !options->dbc) return true;
    const char *vehicle = options->vehicle ? options->vehicle : STANDARD_VEHICLE;
    if (!vehicle_file_load(&self->vehicle, vehicle, NULL, &self->error)) return false;
    self->dbc = options->dbc ? dbc_file_new_lenient(options->dbc, &self->error)
                             : vehicle_file_dbc(&self->vehicle, &self->error);
    if (!self->dbc) return false;
    tell_warnings(self->dbc, options->dbc);
    if (!options->filter) return true;
    return sniffer_filter_parse(&self->filter, options->filter, dbc_file_dbc(self->dbc), &self->vehicle, &self->error);
}

static void subscribe_frames(const sniffer_t *self)
{
    if (sniffer_filter_wants_bus(&self->filter, NULL)) observer_subscribe(self->bus, "can/");
    for (size_t i = 0; i < self->filter.count; i++) {
        const sniffer_term_t *term = &self->filter.terms[i];
        char topic[WIRE_TOPIC_MAX + 1];
        snprintf(topic, sizeof topic, "can/%s/", term->bus);
        if (term->is_bus && !term->is_not) observer_subscribe(self->bus, topic);
    }
}

// Whole buses are subscribed to and filtered here, so that a gap in a bus's sequence is a loss and nothing else. In the
// order of the alphabet, so that our announcement vouches for them all.
static bool attach(sniffer_t *self)
{
    self->bus = observer_new(self->options.endpoint, &self->error);
    if (!self->bus) return false;
    if (self->options.all) observer_subscribe(self->bus, "air/");
    subscribe_frames(self);
    if (self->options.all) observer_subscribe(self->bus, "line/");
    observer_subscribe(self->bus, "sim/");
    observer_announce(self->bus);
    self->attached_ns = socket_clock_ns();
    return true;
}

// ---- watching ------------------------------------------------------------------------------------------------------

// A filter of frames asks for the errors in those frames.
static bool print_error(const sniffer_t *self, const wire_public_t *content, const char *topic)
{
    char bus[VEHICLE_NAME_MAX + 1];
    if (!self->options.errors) return false;
    if (content->kind == WIRE_STATE) {
        if (!sniffer_filter_wants_bus(&self->filter, content->bus.name)) return false;
        sniffer_line_state(stdout, content);
        return true;
    }
    if (!sniffer_line_bus(topic, bus) || !sniffer_filter_shows(&self->filter, bus, &content->frame)) return false;
    sniffer_line_error(stdout, content, bus);
    return true;
}

static void print_content(sniffer_t *self)
{
    const wire_public_t *content = observer_content(self->bus);
    const char *topic = observer_message(self->bus)->topic;
    char bus[VEHICLE_NAME_MAX + 1];
    if (content->kind == WIRE_FRAME) {
        if (!sniffer_line_bus(topic, bus)) return;
        if (!sniffer_filter_shows(&self->filter, bus, &content->frame)) return;
        sniffer_line_frame(stdout, content, bus, self->options.decode ? dbc_file_dbc(self->dbc) : NULL);
    } else if (content->kind == WIRE_ERROR || content->kind == WIRE_STATE) {
        if (!print_error(self, content, topic)) return;
    } else if (self->options.all)
        sniffer_line_other(stdout, content, topic);
    else
        return;
    self->printed++;
}

// A mistyped endpoint and a car that has not begun yet look alike: to a person who waits it is told once where we wait.
static void tell_silence(sniffer_t *self)
{
    if (self->attached_ns == 0 || socket_clock_ns() - self->attached_ns < TELL_AFTER_NS) return;
    self->attached_ns = 0;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "bus-sniffer: waiting for a bus at %s, Ctrl-C ends it\n", observer_endpoint(self->bus)->down);
}

// What has come is shown before we wait; whoever reads us through a pipe is not to wait for a full buffer.
static void wait_for_more(sniffer_t *self)
{
    fflush(stdout);
    tell_silence(self);
    observer_wait(self->bus, NULL, LOOK_UP_NS);
}

static bool has_enough(const sniffer_t *self)
{
    const option_number_t *count = &self->options.count;
    return ferror(stdout) || (count->told && self->printed == count->value); // nobody reads any more, or wants to
}

static int watch(sniffer_t *self)
{
    while (!process_interrupted() && !has_enough(self)) {
        switch (observer_receive(self->bus)) {
        case OBSERVER_MESSAGE:
            self->attached_ns = 0;
            print_content(self);
            break;
        case OBSERVER_OTHER:
            self->attached_ns = 0;
            break;
        case OBSERVER_NOTHING:
            wait_for_more(self);
            break;
        case OBSERVER_ENDED:
            return STATUS_ENDED;
        case OBSERVER_GONE:
            fprintf(stderr, "bus-sniffer: the bus broke off\n");
            return STATUS_BROKEN;
        }
    }
    return STATUS_ENDED;
}

// Whoever read us through a pipe has seen enough; a full disk is another thing.
static bool reader_has_left(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO};
    return poll(&out, 1, 0) > 0 && (out.revents & POLLERR) != 0;
}

// A bus that ended without a word may have had more to tell, and nobody knows how much.
static void summarize(const sniffer_t *self, bool broken)
{
    if (ferror(stdout)) return;
    fprintf(stderr, "bus-sniffer: %" PRIu64 " line%s", self->printed, self->printed == 1 ? "" : "s");
    uint64_t missed = observer_missed(self->bus);
    if (missed > 0)
        fprintf(stderr, ", missed %" PRIu64 " message%s", missed, missed == 1 ? "" : "s");
    else
        fprintf(stderr, ", nothing missed");
    fprintf(stderr, broken ? " until then; what came last is not known\n" : "\n");
}

static int run(sniffer_t *self)
{
    if (!limits_allow_bus(0, &self->error)) {
        fprintf(stderr, "bus-sniffer: %s\n", self->error.text);
        return STATUS_BROKEN;
    }
    if (!load(self) || !attach(self)) return wrong(self->error.text);
    process_catch_signals();
    signal(SIGPIPE, SIG_IGN);
    if (isatty(STDOUT_FILENO)) setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    int status = watch(self);
    fflush(stdout);
    summarize(self, status == STATUS_BROKEN);
    return status;
}

static int finish(int status)
{
    if ((fflush(stdout) == 0 && !ferror(stdout)) || reader_has_left()) return status;
    fprintf(stderr, "bus-sniffer: standard output cannot be written\n");
    return STATUS_BROKEN;
}

int main(int argc, char **argv)
{
    static sniffer_t self; // too large for a stack
    process_hold_standard_files();
    limits_begin();
    int status = parse_options(&self, argc, argv);
    if (status != STATUS_GOES_ON) return finish(status);
    status = run(&self);
    observer_destroy(&self.bus);
    zsys_shutdown();
    dbc_file_destroy(&self.dbc);
    return finish(status);
}
