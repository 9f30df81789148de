// SPDX-License-Identifier: MIT
#include "scenarios/play/explain.h"

#include <string.h>

#include "scenarios/play/fault_words.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/vocabulary.h"

#define FRAMES_MAX 4    // of a message that are told
#define MESSAGES_MAX 16 // of a condition
#define FAULTS_MAX 4    // that are told

// ---- parts ---------------------------------------------------------------------------------------------------------

// How a part stands: an expectation's is met or not, one of what always holds is violated at this instant or not.
static bool stands(const story_step_t *step, const condition_t *part, const condition_context_t *context)
{
    if (step->verb->kind == VERB_EXPECTS) return condition_met(part, context);
    return !condition_was_violated(part, context);
}

// The parts of all those that must hold together, which stand so; true when there was one. A comma goes before each but
// the first.
static bool add_parts(words_t *words, const story_t *story, const story_step_t *step, const condition_t *condition,
                      const condition_context_t *context, bool standing, bool some)
{
    for (size_t i = 0; i < condition->part_count; i++) {
        const condition_t *part = &condition->parts[i];
        if (part->kind->family == CONDITION_ALL) {
            some = add_parts(words, story, step, part, context, standing, some);
            continue;
        }
        if (stands(step, part, context) != standing) continue;
        if (some) words_add(words, ", ");
        part->kind->words(words, story, part);
        some = true;
    }
    return some;
}

void explain_parts(words_t *words, const story_t *story, const story_step_t *step, const condition_context_t *context)
{
    bool expects = step->verb->kind == VERB_EXPECTS;
    char text[1024];
    words_t part = words_make(text, sizeof text);
    if (step->condition->kind->family != CONDITION_ALL || (!expects && step->verb != &verb_always)) return;
    if (add_parts(&part, story, step, step->condition, context, false, false))
        words_add(words, "%s: %s", expects ? "not met" : "violated", text);
    part = words_make(text, sizeof text);
    if (add_parts(&part, story, step, step->condition, context, true, false))
        words_add(words, "%s%s: %s", words->length > 0 ? "; " : "", expects ? "met" : "not violated", text);
}

// ---- frames --------------------------------------------------------------------------------------------------------

typedef struct { // of the same message on the same bus (or any) once
    size_t count;
    struct {
        const dbc_message_t *message;
        int8_t bus;
        size_t left; // frames to be told, counted from the latest
    } items[MESSAGES_MAX];
} messages_t;

static void add_messages(messages_t *self, const condition_t *condition)
{
    bool there = !condition->message || self->count == MESSAGES_MAX;
    for (size_t i = 0; !there && i < self->count; i++)
        there = self->items[i].message == condition->message && self->items[i].bus == condition->bus;
    if (!there) {
        self->items[self->count].message = condition->message;
        self->items[self->count++].bus = condition->bus;
    }
    for (size_t i = 0; i < condition->part_count; i++) add_messages(self, &condition->parts[i]);
}

// Of a message on a bus the frame that so many later ones follow; null: none that is remembered.
static const past_frame_t *frame_before(const past_t *past, const dbc_message_t *message, int8_t bus, size_t later)
{
    const past_frame_t *frame;
    for (size_t i = 0; (frame = past_frame(past, message, i)); i++)
        if ((bus == STORY_ANY_BUS || (int)bus == (int)frame->bus) && later-- == 0) return frame;
    return NULL;
}

// Those of all messages in the order in which they came: each time the oldest of those that are left.
void explain_frames(words_t *words, const condition_t *condition, const past_t *past)
{
    messages_t messages = {0};
    add_messages(&messages, condition);
    for (size_t i = 0; i < messages.count; i++)
        while (messages.items[i].left < FRAMES_MAX &&
               frame_before(past, messages.items[i].message, messages.items[i].bus, messages.items[i].left))
            messages.items[i].left++;
    for (;;) {
        const past_frame_t *oldest = NULL;
        size_t of = 0;
        for (size_t i = 0; i < messages.count; i++) {
            if (messages.items[i].left == 0) continue;
            const past_frame_t *frame =
                frame_before(past, messages.items[i].message, messages.items[i].bus, messages.items[i].left - 1);
            if (oldest && frame->time_ns >= oldest->time_ns) continue;
            oldest = frame;
            of = i;
        }
        if (!oldest) return;
        messages.items[of].left--;
        if (words->length > 0) words_add(words, "\n");
        past_add_frame(words, past->vehicle, past->dbc, oldest);
    }
}

// ---- hint ----------------------------------------------------------------------------------------------------------

static void begin_hint(words_t *words)
{
    if (words->length > 0) words_add(words, "; ");
}

static int sender_of(const condition_t *condition, const vehicle_t *vehicle)
{
    return condition->message ? vehicle_find_node(vehicle, condition->message->sender) : -1;
}

// On one of its buses at least.
static bool is_awake(const vehicle_t *vehicle, uint8_t sender, const kernel_t *kernel)
{
    const vehicle_node_t *node = &vehicle->nodes[sender];
    bool awake = node->bus_count == 0;
    for (uint8_t i = 0; i < node->bus_count; i++)
        awake = awake || can_bus_is_awake_for(kernel_bus(kernel, node->buses[i]), sender);
    return awake;
}

// Once, however many parts of a condition it is about.
static void add_once(words_t *words, const char *told)
{
    if (strstr(words->text, told)) return;
    begin_hint(words);
    words_add(words, "%s", told);
}

// Null when it can send wherever the condition looks.
static const char *find_bus_off(const condition_t *condition, uint8_t sender, const kernel_t *kernel,
                                const vehicle_t *vehicle)
{
    const vehicle_node_t *node = &vehicle->nodes[sender];
    for (uint8_t i = 0; i < node->bus_count; i++) {
        bool asked = condition->bus == STORY_ANY_BUS || condition->bus == (int)node->buses[i];
        if (asked && can_bus_error_state(kernel_bus(kernel, node->buses[i]), sender) == CAN_BUS_OFF)
            return vehicle->buses[node->buses[i]].name;
    }
    return NULL;
}

static void hint_at_sender(words_t *words, const condition_t *condition, const instant_t *instant,
                           const vehicle_t *vehicle)
{
    int sender = sender_of(condition, vehicle);
    if (sender < 0) return;
    const char *name = vehicle->nodes[sender].name;
    char told[128] = "";
    bool powered = kernel_powered(instant->kernel, (uint8_t)sender);
    const char *off = powered ? find_bus_off(condition, (uint8_t)sender, instant->kernel, vehicle) : NULL;
    if (!powered)
        snprintf(told, sizeof told, "%s has no power", name);
    else if (off)
        snprintf(told, sizeof told, "%s is bus-off on %s", name, off);
    else if (!is_awake(vehicle, (uint8_t)sender, instant->kernel))
        snprintf(told, sizeof told, "every bus of %s is asleep", name);
    if (*told) add_once(words, told);
}

static bool would_do(const condition_t *condition, const past_frame_t *frame)
{
    bool bus = condition->bus == STORY_ANY_BUS || (int)condition->bus == (int)frame->bus;
    return bus && condition->kind->concerns(condition, &frame->frame) &&
           condition->kind->agrees(condition, &frame->frame);
}

// What was expected as a frame came, and was over when somebody began to wait for it.
static void hint_at_early_frame(words_t *words, const condition_t *condition, const instant_t *instant,
                                const past_t *past)
{
    char time[TIME_TEXT_MAX], reached[TIME_TEXT_MAX];
    if (condition->kind->family != CONDITION_OF_FRAMES || !condition->message) return;
    if (condition_met(condition, &instant->context)) return;
    for (size_t i = 0; past_frame(past, condition->message, i); i++) {
        const past_frame_t *frame = past_frame(past, condition->message, i);
        if (frame->time_ns >= instant->reached_ns || !would_do(condition, frame)) continue;
        begin_hint(words);
        words_add(words, "such a %s came before this step, which began at %s s: at %s s on %s",
                  condition->message->name, time_format(instant->reached_ns, reached),
                  time_format(frame->time_ns, time), past->vehicle->buses[frame->bus].name);
        return;
    }
}

// A period is no state: what came too early, or has not come.
static void hint_at_gap(words_t *words, const condition_t *condition, const instant_t *instant, const past_t *past)
{
    const condition_memory_t *memory = &instant->context.memories[condition->slot];
    if (condition->kind->family != CONDITION_OF_GAPS) return;
    for (uint8_t bus = 0; bus < past->vehicle->bus_count; bus++) {
        const char *name = past->vehicle->buses[bus].name;
        int64_t since_ns = instant->now_ns - memory->last_ns[bus];
        bool here = memory->last.seen && memory->last.at_ns == instant->now_ns && memory->last.bus == bus;
        if (memory->last_ns[bus] < 0 || (!here && since_ns <= condition->maximum_ns)) continue;
        begin_hint(words);
        if (here) {
            words_add(words, "%s came on %s ", condition->message->name, name);
            words_add_time(words, memory->gap_ns);
            words_add(words, " after the one before");
        } else {
            words_add(words, "no %s came on %s for ", condition->message->name, name);
            words_add_time(words, since_ns - 1);
        }
        return;
    }
}

static void hint_at(words_t *words, const story_step_t *step, const condition_t *condition, const instant_t *instant,
                    const past_t *past)
{
    for (size_t i = 0; i < condition->part_count; i++) hint_at(words, step, &condition->parts[i], instant, past);
    if (condition->part_count > 0 || stands(step, condition, &instant->context)) return;
    hint_at_gap(words, condition, instant, past);
    hint_at_sender(words, condition, instant, past->vehicle);
    if (step->verb->kind == VERB_EXPECTS) hint_at_early_frame(words, condition, instant, past);
}

// Whatever they select: what is lost of one message keeps others from being sent.
static void hint_at_faults(words_t *words, const instant_t *instant, const past_t *past)
{
    size_t count = 0;
    for (uint64_t rest = instant->plan->active; rest; rest &= rest - 1) {
        const fault_entry_t *entry = &instant->plan->entries[__builtin_ctzll(rest)];
        if (entry->end_ns <= instant->now_ns || count++ >= FAULTS_MAX) continue;
        begin_hint(words);
        words_add(words, "a fault lasts: ");
        fault_words_add_selection(words, past->vehicle, past->dbc, &entry->fault);
    }
    if (count > FAULTS_MAX) words_add(words, ", and %zu more", count - FAULTS_MAX);
}

void explain_hint(words_t *words, const story_step_t *step, const instant_t *instant, const past_t *past)
{
    if (step->verb->kind != VERB_EXPECTS && step->verb != &verb_always) return;
    hint_at(words, step, step->condition, instant, past);
    hint_at_faults(words, instant, past);
}
