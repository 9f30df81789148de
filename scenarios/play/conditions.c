// SPDX-License-Identifier: MIT
#include "scenarios/play/conditions.h"

#include "scenarios/story/vocabulary.h"

// ---- frames --------------------------------------------------------------------------------------------------------

static bool concerns(const condition_t *self, const kernel_event_t *event)
{
    bool errors = self->kind->of_errors;
    if (event->kind != (errors ? EVENT_ERROR : EVENT_FRAME)) return false;
    if (self->bus != STORY_ANY_BUS && (int)self->bus != (int)event->bus) return false;
    return errors || self->kind->concerns(self, &event->frame);
}

static bool agrees(const condition_t *self, const kernel_event_t *event)
{
    if (self->has_sender && !index_set_has(event->senders, self->node)) return false;
    return self->kind->of_errors || self->kind->agrees(self, &event->frame);
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

// ---- begin ---------------------------------------------------------------------------------------------------------

void condition_reset(const condition_t *self, const condition_context_t *context)
{
    condition_memory_t *memory = &context->memories[self->slot];
    memory->seen = false;
    memory->count = 0;
    memory->since_ns = context->now_ns;
    memory->last.seen = false;
    for (size_t bus = 0; bus < VEHICLE_BUSES_MAX; bus++) memory->last_ns[bus] = -1;
    for (size_t i = 0; i < self->part_count; i++) condition_reset(&self->parts[i], context);
}

static bool is_of_frames(const condition_t *self)
{
    condition_family_t family = self->kind->family;
    return family == CONDITION_OF_FRAMES || family == CONDITION_OF_GAPS || family == CONDITION_OF_COUNT;
}

static void count_watched(const condition_t *self, const condition_context_t *context)
{
    for (size_t i = 0; is_of_frames(self) && i < context->event_count; i++)
        if (concerns(self, &context->events[i])) context->memories[self->slot].watched++;
    for (size_t i = 0; i < self->part_count; i++) count_watched(&self->parts[i], context);
}

void condition_look(const condition_t *self, const condition_context_t *context)
{
    condition_memory_t *memory = &context->memories[self->slot];
    for (size_t i = 0; is_of_frames(self) && i < context->event_count; i++) {
        const kernel_event_t *event = &context->events[i];
        if (!concerns(self, event)) continue;
        memory->last = (car_view_last_t){.seen = true,
                                         .known = true,
                                         .bus = event->bus,
                                         .node = event->node,
                                         .at_ns = context->now_ns,
                                         .frame = event->frame};
        int64_t before_ns = memory->last_ns[event->bus];
        memory->gap_ns = before_ns >= 0 ? context->now_ns - before_ns : -1;
    }
    for (size_t i = 0; i < self->part_count; i++) condition_look(&self->parts[i], context);
}

void condition_watch(const condition_t *self, const condition_context_t *context)
{
    condition_look(self, context);
    count_watched(self, context);
}

bool condition_watched(const condition_t *self, const condition_memory_t *memories, bool errors, uint64_t *frames)
{
    bool some = is_of_frames(self) && (errors || !self->kind->of_errors);
    if (some) *frames += memories[self->slot].watched;
    for (size_t i = 0; i < self->part_count; i++)
        if (condition_watched(&self->parts[i], memories, errors, frames)) some = true;
    return some;
}

void condition_begin(const condition_t *self, const condition_context_t *context)
{
    int64_t gap_ns;
    for (size_t i = 0; self->kind->family == CONDITION_OF_GAPS && i < context->event_count; i++)
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

bool condition_sees(const condition_t *self, const condition_context_t *context)
{
    return see_frame(self, context, false);
}

static bool is_counted(const condition_t *self, const condition_context_t *context, size_t event)
{
    return concerns(self, &context->events[event]) && agrees(self, &context->events[event]);
}

// Two counts of one expectation may count the same frame.
void condition_tally(const condition_t *self, const condition_context_t *context)
{
    for (size_t i = 0; self->kind->family == CONDITION_OF_COUNT && i < context->event_count; i++)
        if (!context->taken[i] && is_counted(self, context, i)) context->memories[self->slot].count++;
    for (size_t i = 0; i < self->part_count; i++) condition_tally(&self->parts[i], context);
}

void condition_take_counted(const condition_t *self, const condition_context_t *context)
{
    for (size_t i = 0; self->kind->family == CONDITION_OF_COUNT && i < context->event_count; i++)
        if (is_counted(self, context, i)) context->taken[i] = true;
    for (size_t i = 0; i < self->part_count; i++) condition_take_counted(&self->parts[i], context);
}

bool condition_is_known(const condition_t *self, const condition_context_t *context)
{
    if (self->kind->is_known && !self->kind->is_known(self, context)) return false;
    for (size_t i = 0; i < self->part_count; i++)
        if (!condition_is_known(&self->parts[i], context)) return false;
    return true;
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
    condition_memory_t *memory = &context->memories[self->slot];
    bool *seen = &memory->seen;
    size_t met_count = 0;
    switch (self->kind->family) {
    case CONDITION_OF_FRAMES:
        return *seen = *seen || see_frame(self, context, take);
    case CONDITION_OF_GAPS:
        return *seen = see_gap(self, context) || *seen;
    case CONDITION_OF_COUNT:
        return memory->count >= self->least && memory->count <= self->most;
    case CONDITION_ANY:
    case CONDITION_ALL:
        return parts_met(self, context, take, &met_count);
    case CONDITION_NOT: // nobody knows the contrary of what nobody knows
        return condition_is_known(self, context) && !is_met(&self->parts[0], context, take);
    case CONDITION_OF_STATE:
        break;
    }
    return self->kind->holds(self, context);
}

static bool parts_met(const condition_t *self, const condition_context_t *context, bool take, size_t *met_count)
{
    bool any = self->kind->family == CONDITION_ANY;
    for (size_t i = 0; i < self->part_count; i++) {
        if (!is_met(&self->parts[i], context, take)) continue;
        ++*met_count;
        if (any && take && !self->counts) return true; // the next alternative need not take a frame too
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
    if (self->kind->has_read && !self->kind->has_read(self, context)) return false;
    for (size_t i = 0; i < self->part_count; i++)
        if (!condition_has_read(&self->parts[i], context)) return false;
    return true;
}

bool condition_is_unreadable(const condition_t *self, const condition_context_t *context)
{
    if (self->kind->is_unreadable && self->kind->is_unreadable(self, context)) return true;
    for (size_t i = 0; i < self->part_count; i++)
        if (condition_is_unreadable(&self->parts[i], context)) return true;
    return false;
}

// ---- always --------------------------------------------------------------------------------------------------------

// In the order in which `any` prefers them: a frame that is wrong outweighs one that is none of our business, and a
// state that is wrong does not, because the alternative may be about frames that did not come.
typedef enum { STATE_WRONG, NO_MATTER, FRAME_WRONG, RIGHT } opinion_t;

static opinion_t judge_gap(const condition_t *self, const condition_context_t *context, const kernel_event_t *event)
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
    if (self->kind->family == CONDITION_ANY) return best;
    if (frame_wrong) return FRAME_WRONG;
    return state_wrong ? STATE_WRONG : right ? RIGHT : NO_MATTER;
}

// One occasion: a frame of the instant, or (null) the instant as a whole.
static opinion_t judge(const condition_t *self, const condition_context_t *context, const kernel_event_t *event)
{
    switch (self->kind->family) {
    case CONDITION_OF_FRAMES:
        if (!event || !concerns(self, event)) return NO_MATTER;
        return agrees(self, event) ? RIGHT : FRAME_WRONG;
    case CONDITION_OF_GAPS:
        return judge_gap(self, context, event);
    case CONDITION_ANY:
    case CONDITION_ALL:
        return judge_parts(self, context, event);
    case CONDITION_OF_COUNT: // of no watch
        return NO_MATTER;
    case CONDITION_OF_STATE:
    case CONDITION_NOT:
        break;
    }
    // What must be asked for is nobody's knowledge before the answer has come.
    if (!condition_is_known(self, context)) return NO_MATTER;
    return is_met(self, context, false) ? RIGHT : STATE_WRONG;
}

bool condition_violated(const condition_t *self, const condition_context_t *context)
{
    bool violated = false;
    for (size_t i = 0; i <= context->event_count; i++) {
        const kernel_event_t *event = i < context->event_count ? &context->events[i] : NULL;
        if (event && event->kind != EVENT_FRAME && event->kind != EVENT_ERROR) continue;
        opinion_t opinion = judge(self, context, event);
        violated = violated || opinion == STATE_WRONG || opinion == FRAME_WRONG;
    }
    return violated;
}

static bool has_wrong_frame(const condition_t *self, const condition_context_t *context)
{
    for (size_t i = 0; i < context->event_count; i++)
        if (concerns(self, &context->events[i]) && !agrees(self, &context->events[i])) return true;
    return false;
}

// The gap is no longer known from last_ns, which has gone on to this instant.
static bool has_wrong_gap(const condition_t *self, const condition_context_t *context)
{
    const condition_memory_t *memory = &context->memories[self->slot];
    bool now = memory->last.seen && memory->last.at_ns == context->now_ns && memory->gap_ns >= 0;
    return (now && !gap_in_range(self, memory->gap_ns)) ||
           condition_overdue_ns(self, context->memories) <= context->now_ns;
}

bool condition_was_violated(const condition_t *self, const condition_context_t *context)
{
    size_t violated = 0;
    for (size_t i = 0; i < self->part_count; i++) violated += condition_was_violated(&self->parts[i], context);
    switch (self->kind->family) {
    case CONDITION_ALL:
        return violated > 0;
    case CONDITION_ANY:
        return violated == self->part_count;
    case CONDITION_OF_FRAMES:
        return has_wrong_frame(self, context);
    case CONDITION_OF_GAPS:
        return has_wrong_gap(self, context);
    case CONDITION_OF_COUNT:
        return false;
    case CONDITION_OF_STATE:
    case CONDITION_NOT:
        break;
    }
    return condition_is_known(self, context) && !is_met(self, context, false);
}

int64_t condition_overdue_ns(const condition_t *self, const condition_memory_t *memories)
{
    int64_t overdue_ns = TIME_NEVER;
    for (size_t bus = 0; self->kind->family == CONDITION_OF_GAPS && bus < VEHICLE_BUSES_MAX; bus++) {
        int64_t last_ns = memories[self->slot].last_ns[bus];
        if (last_ns >= 0) overdue_ns = time_earlier(overdue_ns, last_ns + self->maximum_ns + 1);
    }
    for (size_t i = 0; i < self->part_count; i++)
        overdue_ns = time_earlier(overdue_ns, condition_overdue_ns(&self->parts[i], memories));
    return overdue_ns;
}
