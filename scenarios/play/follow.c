// SPDX-License-Identifier: MIT
#include "scenarios/play/follow.h"

#include "scenarios/story/vocabulary.h"

#define NEVER_SEEN (-1)
#define NONE_OPEN (-1)

static condition_memory_t *memory_of(const condition_t *self, const condition_context_t *context)
{
    return &context->memories[self->slot];
}

// ---- the first: occasions ------------------------------------------------------------------------------------------

// Frames of the instant, states as they are at it.
static bool is_so(const condition_t *self, const condition_context_t *context)
{
    size_t count = 0;
    switch (self->kind->family) {
    case CONDITION_OF_FRAMES:
        return condition_sees(self, context);
    case CONDITION_OF_STATE:
        return self->kind->holds(self, context);
    case CONDITION_NOT:
        return condition_is_known(self, context) && !is_so(&self->parts[0], context);
    case CONDITION_ANY:
    case CONDITION_ALL:
        for (size_t i = 0; i < self->part_count; i++) count += is_so(&self->parts[i], context);
        break;
    case CONDITION_OF_GAPS: // never here
    case CONDITION_OF_COUNT:
        break;
    }
    return self->kind->family == CONDITION_ANY ? count > 0 : count == self->part_count && count > 0;
}

static bool becomes_so(const condition_t *self, const condition_context_t *context)
{
    condition_memory_t *memory = memory_of(self, context);
    if (!condition_is_known(self, context)) return false;
    bool holds = is_so(self, context), becomes = holds && memory->known && !memory->held;
    memory->known = true;
    memory->held = holds;
    return becomes;
}

// A frame is an occasion, and a state that becomes so. Of `all` with a frame in it, the instant at which all of it is
// so, and something of it new.
static bool occurs(const condition_t *self, const condition_context_t *context)
{
    if (self->is_state) return becomes_so(self, context);
    if (self->kind->family == CONDITION_OF_FRAMES) return condition_sees(self, context);
    bool some = false;
    for (size_t i = 0; i < self->part_count; i++)
        if (occurs(&self->parts[i], context)) some = true; // each is asked, and so remembers how it was
    return some && (self->kind->family == CONDITION_ANY || is_so(self, context));
}

// ---- the second: answers -------------------------------------------------------------------------------------------

static void open(condition_memory_t *memory, const condition_context_t *context)
{
    if (memory->open_ns == NONE_OPEN) memory->open_ns = context->now_ns;
}

// Frames only: a state answers while it is so, and remembers nothing.
static void note_answers(const condition_t *self, const condition_context_t *context, bool occasion)
{
    condition_memory_t *memory = memory_of(self, context);
    if (self->kind->family == CONDITION_OF_FRAMES) {
        if (condition_sees(self, context)) {
            memory->seen_ns = context->now_ns;
            memory->open_ns = NONE_OPEN;
        } else if (occasion) {
            open(memory, context);
        }
    }
    for (size_t i = 0; i < self->part_count; i++) note_answers(&self->parts[i], context, occasion);
}

typedef struct {
    int64_t until_ns; // every occasion up to then is answered, that one included
    int64_t open_ns;  // the first one behind it, or NONE_OPEN
} answer_t;

static answer_t answer_of(const condition_t *self, const condition_context_t *context)
{
    const condition_memory_t *memory = memory_of(self, context);
    if (self->is_state) return (answer_t){is_so(self, context) ? context->now_ns : NEVER_SEEN, NONE_OPEN};
    if (self->kind->family == CONDITION_OF_FRAMES) return (answer_t){memory->seen_ns, memory->open_ns};
    answer_t best = answer_of(&self->parts[0], context);
    for (size_t i = 1; i < self->part_count; i++) {
        answer_t own = answer_of(&self->parts[i], context);
        bool better = self->kind->family == CONDITION_ANY ? own.until_ns > best.until_ns : own.until_ns < best.until_ns;
        if (better) best = own;
    }
    return best;
}

// ---- both ----------------------------------------------------------------------------------------------------------

static void forget(const condition_t *self, const condition_context_t *context)
{
    condition_memory_t *memory = memory_of(self, context);
    memory->known = false;
    memory->seen_ns = NEVER_SEEN;
    memory->open_ns = NONE_OPEN;
    for (size_t i = 0; i < self->part_count; i++) forget(&self->parts[i], context);
}

void follow_begin(const condition_t *self, const condition_context_t *context)
{
    condition_context_t quiet = *context; // what stood on the buses then is over
    quiet.event_count = 0;
    forget(self, context);
    occurs(&self->parts[0], &quiet);
}

void follow_look(const condition_t *self, const condition_context_t *context)
{
    condition_memory_t *memory = memory_of(self, context);
    bool occasion = occurs(&self->parts[0], context);
    if (occasion) open(memory, context);
    note_answers(&self->parts[1], context, occasion);
    answer_t answer = answer_of(&self->parts[1], context);
    if (answer.until_ns <= memory->seen_ns) return;
    memory->seen_ns = answer.until_ns;
    memory->open_ns = answer.open_ns;
}

int64_t follow_open_ns(const condition_t *self, const condition_memory_t *memories)
{
    return memories[self->slot].open_ns;
}
