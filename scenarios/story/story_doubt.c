// SPDX-License-Identifier: MIT
#include "scenarios/story/story_doubt.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/words.h"
#include "scenarios/story/vocabulary.h"
#include "scenarios/story/words_step.h"

#define TEXT_MAX 512
#define LINE_MAX 2048

void story_doubt_tell(story_doubts_t *self, const char *format, ...)
{
    char text[TEXT_MAX], line[LINE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    words_t words = words_make(line, sizeof line);
    words_add_place(&words, self->step);
    words_add(&words, ": warning: %s", text);
    if (!strstr(self->error->text, line)) error_add(self->error, "%s", line);
}

// ---- ranges --------------------------------------------------------------------------------------------------------

static bool all_names_fit(const story_value_t *value)
{
    for (size_t i = 0; i < value->signal->value_count; i++)
        if (!story_value_fits(value, value->signal->values[i].raw)) return false;
    return true;
}

// Whether a raw value near that physical one fits.
static bool fits_near(const story_value_t *value, double physical)
{
    const dbc_signal_t *signal = value->signal;
    int64_t lowest = dbc_raw_minimum(signal), highest = dbc_raw_maximum(signal);
    double steps = nearbyint((physical - signal->offset) / signal->factor);
    int64_t raw = steps <= (double)lowest ? lowest : steps >= (double)highest ? highest : (int64_t)steps;
    return story_value_fits(value, raw) || (raw > lowest && story_value_fits(value, raw - 1)) ||
           (raw < highest && story_value_fits(value, raw + 1));
}

// A range is one piece: at one of its ends, or at one of the signal's, there is a value that fits, or there is none.
static bool none_fits(const story_value_t *value)
{
    const double places[] = {value->minimum, value->maximum};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (fits_near(value, places[i])) return false;
    for (size_t i = 0; i < value->signal->value_count; i++)
        if (story_value_fits(value, value->signal->values[i].raw)) return false;
    return true;
}

static void doubt_range(story_doubts_t *self, const story_value_t *value)
{
    const dbc_signal_t *signal = value->signal;
    if (!value->is_range || signal->kind != DBC_INTEGER) return;
    story_value_t range = *value;
    range.is_not = false;
    const char *name = signal->setting ? signal->setting : signal->name;
    if (story_value_fits(&range, dbc_raw_minimum(signal)) && story_value_fits(&range, dbc_raw_maximum(signal)) &&
        all_names_fit(&range))
        story_doubt_tell(self, "every value of %s lies in that range", name);
    else if (none_fits(&range))
        story_doubt_tell(self, "no value of %s lies in that range", name);
}

static void doubt_condition(story_doubts_t *self, const condition_t *condition)
{
    for (size_t i = 0; i < condition->value_count; i++) doubt_range(self, &condition->values[i]);
    for (size_t i = 0; i < condition->part_count; i++) doubt_condition(self, &condition->parts[i]);
}

// ---- watches -------------------------------------------------------------------------------------------------------

static void doubt_watch(story_doubts_t *self, const condition_t *condition, bool something_follows)
{
    const story_step_t *step = self->step;
    if (!condition->is_state && step->for_ns == 0)
        story_doubt_tell(self, "cannot fail: it lasts no time");
    else if (!condition->is_state && step->background && !something_follows)
        story_doubt_tell(self, "cannot fail: no time passes behind it");
    else if (step->verb->second && step->for_ns >= 0 && step->within_ns >= step->for_ns)
        story_doubt_tell(self, "cannot fail: its time is over before what must follow is late");
    else if (condition->kind->family == CONDITION_OF_GAPS && condition->minimum_ns == 0 && step->for_ns >= 0 &&
             condition->maximum_ns >= step->for_ns)
        story_doubt_tell(self, "cannot fail: no gap in its time is longer");
}

// ---- time ----------------------------------------------------------------------------------------------------------

static int64_t told(int64_t time_ns)
{
    return time_ns == STORY_NO_TIME ? 0 : time_ns;
}

static bool may_take_time(const story_step_t *step)
{
    if (step->verb->kind == VERB_WORKSHOP || (step->condition && !index_set_is_empty(step->condition->read)))
        return true;
    return step->at_ns > 0 ||
           told(step->after_ns) + told(step->within_ns) + told(step->for_ns) + told(step->lasts_ns) > 0;
}

// The last step that may take time; how many there are: none.
static size_t last_of_time(const story_t *story)
{
    for (size_t i = story->step_count; i-- > 0;)
        if (may_take_time(&story->steps[i])) return i;
    return story->step_count;
}

// begin_ns: when the step is reached at the earliest. Returns when it is done at the earliest.
static int64_t doubt_time(story_doubts_t *self, int64_t begin_ns)
{
    const story_step_t *step = self->step;
    char text[TIME_TEXT_MAX];
    begin_ns += told(step->after_ns);
    if (step->at_ns != STORY_NO_TIME && step->at_ns < begin_ns)
        story_doubt_tell(self, "its time will have passed: the steps before it end at %s s, or later",
                         time_format(begin_ns, text));
    if (step->at_ns > begin_ns) begin_ns = step->at_ns;
    return begin_ns + told(step->for_ns) + told(step->lasts_ns) + told(step->not_before_ns);
}

// ---- the story -----------------------------------------------------------------------------------------------------

void story_doubt(const story_t *self, error_t *doubts)
{
    story_doubts_t looked = {.error = doubts};
    size_t last = last_of_time(self);
    int64_t begin_ns = 0;
    for (size_t i = 0; i < self->step_count; i++) {
        const story_step_t *step = looked.step = &self->steps[i];
        begin_ns = doubt_time(&looked, begin_ns);
        if (step->verb->doubt) step->verb->doubt(&looked, step);
        if (!step->condition) continue;
        doubt_condition(&looked, step->condition);
        if (step->verb->kind == VERB_WATCHES)
            doubt_watch(&looked, step->condition, last < self->step_count && last > i);
    }
}
