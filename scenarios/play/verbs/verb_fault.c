// SPDX-License-Identifier: MIT
// fault: something on the buses or on the air goes wrong from now on, or no longer.
#include <math.h>

#include "scenarios/play/controllers.h"
#include "scenarios/play/fault_words.h"
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/play/verbs/fault_selection.h"
#include "scenarios/story/story_doubt.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"

#define COUNT_MAX 1000000
#define RATE_MIN 1e-9
#define RATE_MAX 0.1
#define RATE_WORDS "1e-9 to 0.1"
#define RATE 0.001
#define CHANCE_BITS 64 // of a rate as the plan has it
#define FRAME "000#"
#define NO_KIND (-1)
#define NO_AIR (-1)

typedef struct {
    fault_t fault;    // hits: of the step that is played
    double rate;      // of noise, as told
    bool clear;       // it ends
    unsigned members; // that were told, a bit each
} told_fault_t;

// ---- members -------------------------------------------------------------------------------------------------------

typedef struct { // as the file has them
    int64_t kind, count, for_ns, by_ns, air;
    double rate;
    const char *bus, *message, *ecu, *to, *frame;
    bool clear;
} members_t;

#define PLACE(member) offsetof(members_t, member)

static const field_t FIELDS_OF_FAULT[] = {
    {"kind", FIELD_CHOICE, true, PLACE(kind), 0, 0, {FAULT_WORDS_KINDS}},
    {"air", FIELD_CHOICE, false, PLACE(air), 0, 0, {FAULT_WORDS_AIR}},
    {"bus", FIELD_TEXT, false, PLACE(bus), 0, 0, {0}},
    {"message", FIELD_TEXT, false, PLACE(message), 0, 0, {0}},
    {"ecu", FIELD_TEXT, false, PLACE(ecu), 0, 0, {0}},
    {"to", FIELD_TEXT, false, PLACE(to), 0, 0, {0}},
    {"count", FIELD_INTEGER, false, PLACE(count), 1, COUNT_MAX, {0}},
    {"for", FIELD_TIME, false, PLACE(for_ns), 0, 0, {0}},
    {"by", FIELD_TIME, false, PLACE(by_ns), 0, 0, {0}},
    {"rate", FIELD_NUMBER, false, PLACE(rate), 0, 0, {0}},
    {"frame", FIELD_TEXT, false, PLACE(frame), 0, 0, {0}},
    {"clear", FIELD_TRUE, false, PLACE(clear), 0, 0, {0}},
};

enum {
    AIR = 1,
    BUS = 2,
    MESSAGE = 4,
    ECU = 8,
    TO = 16,
    COUNT = 32,
    FOR = 64,
    BY = 128,
    RATE_OF = 256,
    FRAME_OF = 512,
};

static const struct {
    const char *name;
    unsigned bit;
} MEMBERS[] = {
    {"air", AIR},     {"bus", BUS}, {"message", MESSAGE}, {"ecu", ECU},      {"to", TO},
    {"count", COUNT}, {"for", FOR}, {"by", BY},           {"rate", RATE_OF}, {"frame", FRAME_OF},
};
#define MEMBER_COUNT (sizeof MEMBERS / sizeof MEMBERS[0])

#define FRAMES (AIR | BUS | MESSAGE | ECU | COUNT | FOR) // what chooses frames, and ends by them

static const struct {
    unsigned has, needs; // of those, when it begins
} KINDS[FAULT_KIND_COUNT] = {
    [FAULT_DROP] = {FRAMES | TO, 0},          [FAULT_CORRUPT] = {FRAMES, 0},
    [FAULT_DELAY] = {FRAMES | BY, BY},        [FAULT_DUPLICATE] = {FRAMES, 0},
    [FAULT_NOISE] = {BUS | FOR | RATE_OF, 0}, [FAULT_BABBLE] = {BUS | ECU | FOR | FRAME_OF, ECU | FOR},
    [FAULT_CUT] = {BUS | ECU | FOR, 0},
};

#define ON_AIR (AIR | COUNT | FOR | BY) // what a kind that has `air` keeps there
#define BEGINS (COUNT | FOR)            // what only a fault that begins has

static unsigned find_members(const json_t *json)
{
    unsigned found = 0;
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        if (json_object_get(json, MEMBERS[i].name)) found |= MEMBERS[i].bit;
    return found;
}

// Whom a member does not go with, for what is told of it: the first that has it not.
static const char *find_stranger(const members_t *told, unsigned there, unsigned bit)
{
    if (!(KINDS[told->kind].has & bit)) return fault_words_kind((fault_kind_t)told->kind);
    if ((KINDS[told->kind].has & there & AIR) && !(ON_AIR & bit)) return "air";
    return told->clear && (BEGINS & bit) ? "clear" : NULL;
}

static void check_members(story_loader_t *loader, const members_t *told, unsigned there)
{
    unsigned needs = KINDS[told->kind].needs;
    if (told->clear) needs &= ECU; // the selection is the same
    if (told->kind == FAULT_CUT && !(there & (ECU | BUS)))
        json_reader_mistake(&loader->reader, "must have ecu (who is cut off), or bus (which is shorted)");
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        const char *name = MEMBERS[i].name;
        const char *stranger = there & MEMBERS[i].bit ? find_stranger(told, there, MEMBERS[i].bit) : NULL;
        if (stranger) json_reader_mistake_at(&loader->reader, name, "does not go with %s", stranger);
        if (needs & ~there & MEMBERS[i].bit) json_reader_mistake_at(&loader->reader, name, "is missing");
    }
    if ((there & BEGINS) == BEGINS) json_reader_mistake(&loader->reader, "has both count and for: one of them");
}

// ---- what the file says --------------------------------------------------------------------------------------------

// Exact: a double times a power of two, of which the fraction goes. The same on every machine.
static void load_rate(story_loader_t *loader, const members_t *told, told_fault_t *fault)
{
    fault->rate = told->rate;
    if (told->rate >= RATE_MIN && told->rate <= RATE_MAX)
        fault->fault.chance = (uint64_t)ldexp(told->rate, CHANCE_BITS);
    else
        json_reader_mistake_at(&loader->reader, "rate", "must be " RATE_WORDS);
}

static void load_frame(story_loader_t *loader, const char *frame, fault_t *fault)
{
    if (frame_parse(frame, &fault->frame)) return;
    json_reader_mistake_at(&loader->reader, "frame", "must be a frame like \"23A#11300101\", at most eight bytes");
}

// False when a name stands for nothing: of what it selects nothing can be said then.
static bool load_selection(story_loader_t *loader, const members_t *told, fault_t *fault)
{
    size_t before = loader->reader.mistakes;
    uint8_t index;
    if (story_find_bus(loader, "bus", told->bus, &index)) fault->bus = (int8_t)index;
    if (controllers_find(loader, "ecu", told->ecu, &index)) fault->sender = (int8_t)index;
    if (controllers_find(loader, "to", told->to, &index)) fault->to = (int8_t)index;
    const dbc_message_t *message = story_find_message(loader, "message", told->message);
    if (message) {
        fault->selects = true;
        fault->id = message->id;
        fault->extended = message->extended;
    }
    return loader->reader.mistakes == before;
}

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    members_t told = {.kind = NO_KIND, .for_ns = TIME_NEVER, .air = NO_AIR, .rate = RATE, .frame = FRAME};
    size_t before = loader->reader.mistakes;
    told_fault_t *fault = story_allocate(loader, 1, sizeof *fault);
    step->told = fault;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_FAULT), &told);
    fault->clear = told.clear;
    fault->members = find_members(json);
    fault->fault = (fault_t){.kind = told.kind == NO_KIND ? 0 : (uint8_t)told.kind,
                             .medium = told.air == NO_AIR ? FAULT_OF_BUS : (uint8_t)(FAULT_OF_RF + told.air),
                             .bus = FAULT_ANY,
                             .sender = FAULT_ANY,
                             .to = FAULT_ANY,
                             .count = (uint32_t)told.count,
                             .for_ns = told.for_ns,
                             .by_ns = told.by_ns};
    load_rate(loader, &told, fault);
    load_frame(loader, told.frame, &fault->fault);
    bool found = load_selection(loader, &told, &fault->fault);
    if (told.kind != NO_KIND) check_members(loader, &told, fault->members);
    if (found && loader->reader.mistakes == before) fault_selection_check(loader, &fault->fault);
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    const told_fault_t *told = step->told;
    const fault_t *fault = &told->fault;
    const vehicle_t *vehicle = story->vehicle;
    const dbc_message_t *message = fault_words_message(fault, story->dbc);
    const char *air = fault_words_air((fault_medium_t)fault->medium);
    char frame[FRAME_TEXT_MAX];
    json_t *object = json_pack("{s:s}", "kind", fault_words_kind((fault_kind_t)fault->kind));
    if (air) json_object_set_new(object, "air", json_string(air));
    if (fault->bus != FAULT_ANY) json_object_set_new(object, "bus", json_string(vehicle->buses[fault->bus].name));
    if (message) json_object_set_new(object, "message", json_string(message->name));
    if (fault->sender != FAULT_ANY)
        json_object_set_new(object, "ecu", json_string(controllers_name(vehicle, (uint8_t)fault->sender)));
    if (fault->to != FAULT_ANY)
        json_object_set_new(object, "to", json_string(controllers_name(vehicle, (uint8_t)fault->to)));
    if (told->members & BY) json_object_set_new(object, "by", story_write_time(fault->by_ns));
    if (told->members & RATE_OF) json_object_set_new(object, "rate", story_write_number(told->rate));
    if (told->members & FRAME_OF) json_object_set_new(object, "frame", json_string(frame_format(&fault->frame, frame)));
    if (fault->count > 0) json_object_set_new(object, "count", json_integer(fault->count));
    if (fault->for_ns != TIME_NEVER) json_object_set_new(object, "for", story_write_time(fault->for_ns));
    if (told->clear) json_object_set_new(object, "clear", json_true());
    return object;
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    const told_fault_t *told = step->told;
    if (told->clear) words_add(words, "end of ");
    fault_words_add_selection(words, story->vehicle, story->dbc, &told->fault);
    if (!told->clear) fault_words_add_extent(words, &told->fault);
}

static void doubt(story_doubts_t *doubts, const story_step_t *step)
{
    const told_fault_t *told = step->told;
    unsigned kind = 1U << told->fault.kind;
    if (told->clear && !(doubts->faults & kind))
        story_doubt_tell(doubts, "no %s has begun before it", fault_words_kind((fault_kind_t)told->fault.kind));
    if (told->fault.for_ns == 0) story_doubt_tell(doubts, "cannot hit: it lasts no time");
    if (!told->clear) doubts->faults |= kind;
}

// ---- what happens --------------------------------------------------------------------------------------------------

static void clear(instant_t *instant, const fault_t *fault)
{
    if (fault_plan_clear(instant->plan, fault, instant->now_ns) > 0) return;
    words_add(&instant->note, "nothing to end: no ");
    fault_words_add_selection(&instant->note, instant->view->vehicle, instant->view->dbc, fault);
    words_add(&instant->note, " lasts");
}

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const told_fault_t *told = step->told;
    fault_t fault = told->fault;
    fault.hits = instant->hits;
    if (told->clear)
        clear(instant, &fault);
    else if (!fault_plan_begin(instant->plan, &fault, instant->now_ns)) {
        words_add(problem, "more than %d faults at once", FAULT_PLAN_MAX);
        return false;
    }
    return true;
}

static bool hits(const story_step_t *step)
{
    const told_fault_t *told = step->told;
    return !told->clear;
}

const verb_t verb_fault = {.name = "fault",
                           .kind = VERB_ACTS,
                           .load = load,
                           .write = write,
                           .words = add_words,
                           .doubt = doubt,
                           .act = act,
                           .hits = hits};
