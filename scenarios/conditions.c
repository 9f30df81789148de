// SPDX-License-Identifier: MIT
#include "scenarios/conditions.h"

#include <math.h>

#define STEP_TOLERANCE 1e-6

// ---- frames --------------------------------------------------------------------------------------------------------

static bool concerns(const condition_t *self, const kernel_event_t *event)
{
    if (event->kind != EVENT_FRAME) return false;
    if (self->bus != STORY_ANY_BUS && (int)self->bus != (int)event->bus) return false;
    if (self->kind == CONDITION_FRAME) return frame_matches(&event->frame, self->pattern_id);
    return !event->frame.remote && event->frame.id == self->message->id &&
           event->frame.extended == self->message->extended;
}

static bool has_values(const condition_t *self, const can_frame_t *frame)
{
    for (size_t i = 0; i < self->value_count; i++) {
        const story_value_t *value = &self->values[i];
        if (!dbc_present(self->message, value->signal, frame) || dbc_get(value->signal, frame) != value->raw)
            return false;
    }
    return true;
}

static bool agrees(const condition_t *self, const kernel_event_t *event)
{
    if (self->kind == CONDITION_FRAME) return frame_matches(&event->frame, self->pattern);
    return has_values(self, &event->frame);
}

// Takes note of a frame; true when it ends a gap, which is told.
static bool ends_gap(const condition_t *self, const kernel_event_t *event, const condition_context_t *context,
                     int64_t *gap_ns)
{
    int64_t *last_ns = &context->memories[self->slot].last_ns[event->bus];
    bool ends = *last_ns >= 0;
    *gap_ns = context->now_ns - *last_ns;
    *last_ns = context->now_ns;
    return ends;
}

static bool gap_in_range(const condition_t *self, int64_t gap_ns)
{
    return gap_ns >= self->minimum_ns && gap_ns <= self->maximum_ns;
}

// ---- states --------------------------------------------------------------------------------------------------------

static bool shows_setting(const story_value_t *value, const can_frame_t *frame)
{
    int64_t raw = dbc_get(value->signal, frame);
    if (value->exact) return raw == value->raw;
    double steps = (value->physical - value->signal->offset) / value->signal->factor;
    return fabs((double)raw - steps) <= 1.0 + STEP_TOLERANCE;
}

static bool shows_settings(const condition_t *self, const can_frame_t *frame)
{
    for (size_t i = 0; i < self->value_count; i++) {
        const story_value_t *value = &self->values[i];
        if (!dbc_present(self->message, value->signal, frame) || !shows_setting(value, frame)) return false;
    }
    return true;
}

static bool shows_profile(const condition_t *self, const can_frame_t *frame)
{
    const dbc_signal_t *profile = dbc_signal(self->message, "Profile"), *coded = dbc_signal(self->message, "Coded");
    if (!dbc_present(self->message, profile, frame) || !dbc_present(self->message, coded, frame)) return false;
    if (dbc_physical(profile, dbc_get(profile, frame)) != (double)self->profile) return false;
    return self->coded < 0 || dbc_get(coded, frame) == self->coded;
}

// The entry of that code at the last reading; false: there is none, or nothing is known.
static bool find_fault(const condition_t *self, const tester_faults_t *faults, workshop_fault_t *fault)
{
    if (!faults || !faults->answered) return false;
    for (size_t i = 0; workshop_read_fault(faults->bytes, faults->size, i, fault); i++)
        if (fault->code == self->code) return true;
    return false;
}

static const tester_faults_t *faults_of(const condition_t *self, const condition_context_t *context)
{
    if (!context->tester) return NULL;
    return tester_faults(context->tester, self->node, context->memories[self->slot].since_ns);
}

static bool shows_fault(const condition_t *self, const condition_context_t *context)
{
    workshop_fault_t fault;
    if (!find_fault(self, faults_of(self, context), &fault)) return false;
    return self->active < 0 || (fault.status & WORKSHOP_FAULT_ACTIVE) == self->active;
}

static bool state_holds(const condition_t *self, const condition_context_t *context)
{
    const car_view_t *view = context->view;
    const car_view_last_t *status;
    int terminal;
    bool valid;
    switch (self->kind) {
    case CONDITION_PROFILE:
        return (status = car_view_status(view, self->node)) && shows_profile(self, &status->frame);
    case CONDITION_SETTINGS:
        return (status = car_view_status(view, self->node)) && shows_settings(self, &status->frame);
    case CONDITION_CAR:
        return car_view_unlocked(view) == self->flag;
    case CONDITION_TERMINAL:
        return car_view_terminal(view, &terminal) && terminal == (int)self->terminal;
    case CONDITION_KEY_VALID:
        return car_view_key_valid(view, &valid) && valid == self->flag;
    case CONDITION_FAULT:
        return shows_fault(self, context);
    case CONDITION_MESSAGE:
    case CONDITION_PERIOD:
    case CONDITION_FRAME:
    case CONDITION_ANY:
    case CONDITION_ALL:
        break;
    }
    return false;
}

// ---- begin ---------------------------------------------------------------------------------------------------------

void condition_reset(const condition_t *self, const condition_context_t *context)
{
    condition_memory_t *memory = &context->memories[self->slot];
    memory->seen = false;
    memory->since_ns = context->now_ns;
    memory->last.seen = false;
    for (size_t bus = 0; bus < VEHICLE_BUSES_MAX; bus++) memory->last_ns[bus] = -1;
    for (size_t i = 0; i < self->part_count; i++) condition_reset(&self->parts[i], context);
}

static bool is_of_frames(const condition_t *self)
{
    return self->kind == CONDITION_MESSAGE || self->kind == CONDITION_PERIOD || self->kind == CONDITION_FRAME;
}

void condition_look(const condition_t *self, const condition_context_t *context)
{
    condition_memory_t *memory = &context->memories[self->slot];
    for (size_t i = 0; is_of_frames(self) && i < context->event_count; i++) {
        const kernel_event_t *event = &context->events[i];
        if (!concerns(self, event)) continue;
        memory->last = (car_view_last_t){true, event->bus, context->now_ns, event->frame};
        int64_t before_ns = memory->last_ns[event->bus];
        memory->gap_ns = before_ns >= 0 ? context->now_ns - before_ns : -1;
    }
    for (size_t i = 0; i < self->part_count; i++) condition_look(&self->parts[i], context);
}

void condition_begin(const condition_t *self, const condition_context_t *context)
{
    int64_t gap_ns;
    for (size_t i = 0; self->kind == CONDITION_PERIOD && i < context->event_count; i++)
        if (concerns(self, &context->events[i])) ends_gap(self, &context->events[i], context, &gap_ns);
    for (size_t i = 0; i < self->part_count; i++) condition_begin(&self->parts[i], context);
}

// ---- met -----------------------------------------------------------------------------------------------------------

static bool see_frame(const condition_t *self, const condition_context_t *context, bool take)
{
    for (size_t i = 0; i < context->event_count; i++) {
        const kernel_event_t *event = &context->events[i];
        if ((take && context->taken[i]) || !concerns(self, event) || !agrees(self, event)) continue;
        if (take) context->taken[i] = true;
        return true;
    }
    return false;
}

static bool see_gap(const condition_t *self, const condition_context_t *context)
{
    bool seen = false;
    for (size_t i = 0; i < context->event_count; i++) {
        int64_t gap_ns;
        if (!concerns(self, &context->events[i]) || !ends_gap(self, &context->events[i], context, &gap_ns)) continue;
        seen = seen || gap_in_range(self, gap_ns);
    }
    return seen;
}

// Every part is asked, so that each has its chance to see this instant's frames; only what is met already is not.
static bool parts_met(const condition_t *self, const condition_context_t *context, bool take, size_t *met_count);

static bool is_met(const condition_t *self, const condition_context_t *context, bool take)
{
    bool *seen = &context->memories[self->slot].seen;
    size_t met_count = 0;
    switch (self->kind) {
    case CONDITION_MESSAGE:
    case CONDITION_FRAME:
        return *seen = *seen || see_frame(self, context, take);
    case CONDITION_PERIOD:
        return *seen = see_gap(self, context) || *seen;
    case CONDITION_ANY:
    case CONDITION_ALL:
        return parts_met(self, context, take, &met_count);
    case CONDITION_PROFILE:
    case CONDITION_SETTINGS:
    case CONDITION_CAR:
    case CONDITION_TERMINAL:
    case CONDITION_KEY_VALID:
    case CONDITION_FAULT:
        break;
    }
    return state_holds(self, context);
}

static bool parts_met(const condition_t *self, const condition_context_t *context, bool take, size_t *met_count)
{
    bool any = self->kind == CONDITION_ANY;
    for (size_t i = 0; i < self->part_count; i++) {
        if (!is_met(&self->parts[i], context, take)) continue;
        ++*met_count;
        if (any && take) return true; // the next alternative need not take a frame too
    }
    return any ? *met_count > 0 : *met_count == self->part_count;
}

bool condition_expected(const condition_t *self, const condition_context_t *context)
{
    return is_met(self, context, true);
}

bool condition_met(const condition_t *self, const condition_context_t *context)
{
    return is_met(self, context, false);
}

bool condition_has_read(const condition_t *self, const condition_context_t *context)
{
    if (self->kind == CONDITION_FAULT && !faults_of(self, context)) return false;
    for (size_t i = 0; i < self->part_count; i++)
        if (!condition_has_read(&self->parts[i], context)) return false;
    return true;
}

// ---- always --------------------------------------------------------------------------------------------------------

// In the order in which `any` prefers them: a frame that is wrong outweighs one that is none of our business, and a
// state that is wrong does not, because the alternative may be about frames that did not come.
typedef enum { STATE_WRONG, NO_MATTER, FRAME_WRONG, RIGHT } opinion_t;

static bool is_known(const condition_t *self, const condition_context_t *context)
{
    const tester_faults_t *faults = faults_of(self, context);
    return faults && faults->answered;
}

static opinion_t judge_period(const condition_t *self, const condition_context_t *context, const kernel_event_t *event)
{
    int64_t gap_ns;
    if (!event) return condition_overdue_ns(self, context->memories) <= context->now_ns ? FRAME_WRONG : NO_MATTER;
    if (!concerns(self, event) || !ends_gap(self, event, context, &gap_ns)) return NO_MATTER;
    return gap_in_range(self, gap_ns) ? RIGHT : FRAME_WRONG;
}

static opinion_t judge(const condition_t *self, const condition_context_t *context, const kernel_event_t *event);

static opinion_t judge_parts(const condition_t *self, const condition_context_t *context, const kernel_event_t *event)
{
    opinion_t best = STATE_WRONG;
    bool state_wrong = false, frame_wrong = false, right = false;
    for (size_t i = 0; i < self->part_count; i++) {
        opinion_t opinion = judge(&self->parts[i], context, event);
        if (opinion > best) best = opinion;
        state_wrong = state_wrong || opinion == STATE_WRONG;
        frame_wrong = frame_wrong || opinion == FRAME_WRONG;
        right = right || opinion == RIGHT;
    }
    if (self->kind == CONDITION_ANY) return best;
    if (frame_wrong) return FRAME_WRONG;
    return state_wrong ? STATE_WRONG : right ? RIGHT : NO_MATTER;
}

// One occasion: a frame of the instant, or (null) the instant as a whole.
static opinion_t judge(const condition_t *self, const condition_context_t *context, const kernel_event_t *event)
{
    switch (self->kind) {
    case CONDITION_MESSAGE:
    case CONDITION_FRAME:
        if (!event || !concerns(self, event)) return NO_MATTER;
        return agrees(self, event) ? RIGHT : FRAME_WRONG;
    case CONDITION_PERIOD:
        return judge_period(self, context, event);
    case CONDITION_ANY:
    case CONDITION_ALL:
        return judge_parts(self, context, event);
    case CONDITION_PROFILE:
    case CONDITION_SETTINGS:
    case CONDITION_CAR:
    case CONDITION_TERMINAL:
    case CONDITION_KEY_VALID:
        break;
    case CONDITION_FAULT: // nobody knows before it was read
        if (!is_known(self, context)) return NO_MATTER;
        break;
    }
    return state_holds(self, context) ? RIGHT : STATE_WRONG;
}

bool condition_violated(const condition_t *self, const condition_context_t *context)
{
    bool violated = false;
    for (size_t i = 0; i <= context->event_count; i++) {
        const kernel_event_t *event = i < context->event_count ? &context->events[i] : NULL;
        if (event && event->kind != EVENT_FRAME) continue;
        opinion_t opinion = judge(self, context, event);
        violated = violated || opinion == STATE_WRONG || opinion == FRAME_WRONG;
    }
    return violated;
}

int64_t condition_overdue_ns(const condition_t *self, const condition_memory_t *memories)
{
    int64_t overdue_ns = TIME_NEVER;
    for (size_t bus = 0; self->kind == CONDITION_PERIOD && bus < VEHICLE_BUSES_MAX; bus++) {
        int64_t last_ns = memories[self->slot].last_ns[bus];
        if (last_ns >= 0) overdue_ns = time_earlier(overdue_ns, last_ns + self->maximum_ns + 1);
    }
    for (size_t i = 0; i < self->part_count; i++)
        overdue_ns = time_earlier(overdue_ns, condition_overdue_ns(&self->parts[i], memories));
    return overdue_ns;
}
