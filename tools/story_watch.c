// SPDX-License-Identifier: MIT
#include "tools/story_watch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/time.h"
#include "scenarios/play/past.h"
#include "tools/story_timeline.h"

#define LINE_MAX 1024
#define ROOM_MIN 256

struct story_watch {
    const story_t *story;
    story_timeline_t *timeline; // null: none is drawn
    size_t count;               // frames of this round
    past_frame_t last[STORY_WATCH_FRAMES];
    // where rounds are compared
    bool compares;
    size_t round; // from 1
    past_frame_t *first;
    size_t first_count, first_room;
    bool differs; // since the frame of that number
    size_t differing;
    past_frame_t other; // what came then
};

story_watch_t *story_watch_new(bool timeline, bool compare)
{
    story_watch_t *self = calloc(1, sizeof *self);
    assert(self);
    self->compares = compare;
    if (timeline) self->timeline = story_timeline_new();
    return self;
}

void story_watch_destroy(story_watch_t **self_p)
{
    story_watch_t *self = *self_p;
    if (!self) return;
    story_timeline_destroy(&self->timeline);
    free(self->first);
    free(self);
    *self_p = NULL;
}

void story_watch_next_story(story_watch_t *self)
{
    self->round = 0;
    self->first_count = 0;
}

void story_watch_begin(story_watch_t *self, const story_t *story)
{
    self->story = story;
    self->count = 0;
    self->differs = false;
    self->round++;
    if (self->timeline) story_timeline_begin(self->timeline, story);
}

// ---- looking -------------------------------------------------------------------------------------------------------

static bool is_same(const past_frame_t *a, const past_frame_t *b)
{
    return a->time_ns == b->time_ns && a->bus == b->bus && frame_equal(&a->frame, &b->frame);
}

static void keep(story_watch_t *self, const past_frame_t *carried)
{
    if (self->first_count == self->first_room) {
        self->first_room = self->first_room > 0 ? 2 * self->first_room : ROOM_MIN;
        self->first = realloc(self->first, self->first_room * sizeof *self->first);
        assert(self->first);
    }
    self->first[self->first_count++] = *carried;
}

static void compare(story_watch_t *self, const past_frame_t *carried)
{
    if (self->differs || (self->count < self->first_count && is_same(&self->first[self->count], carried))) return;
    self->differs = true;
    self->differing = self->count;
    self->other = *carried;
}

static void take(story_watch_t *self, const past_frame_t *carried)
{
    if (self->compares && self->round == 1) keep(self, carried);
    if (self->compares && self->round > 1) compare(self, carried);
    self->last[self->count++ % STORY_WATCH_FRAMES] = *carried;
}

void story_watch_look(story_watch_t *self, const kernel_t *kernel, const player_t *player)
{
    const kernel_event_t *events;
    size_t count = kernel_events(kernel, &events);
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == EVENT_FRAME)
            take(self, &(past_frame_t){kernel_now(kernel), events[i].bus, events[i].node, events[i].frame});
    if (self->timeline) story_timeline_look(self->timeline, kernel, player);
}

// ---- telling -------------------------------------------------------------------------------------------------------

static void add_carried(const story_watch_t *self, words_t *words, const past_frame_t *carried)
{
    past_add_frame(words, self->story->vehicle, self->story->dbc, carried);
}

void story_watch_add_frames(const story_watch_t *self, record_list_t *lines)
{
    size_t first = self->count > STORY_WATCH_FRAMES ? self->count - STORY_WATCH_FRAMES : 0;
    for (size_t i = first; i < self->count; i++) {
        char line[2 * LINE_MAX];
        words_t words = words_make(line, sizeof line);
        add_carried(self, &words, &self->last[i % STORY_WATCH_FRAMES]);
        record_list_add(lines, line);
    }
}

bool story_watch_differs(const story_watch_t *self)
{
    return self->compares && self->round > 1 && (self->differs || self->count < self->first_count);
}

static void add_any(const story_watch_t *self, words_t *words, const past_frame_t *carried)
{
    if (carried)
        add_carried(self, words, carried);
    else
        words_add(words, "no further frame");
}

int64_t story_watch_tell_difference(const story_watch_t *self, words_t *now, words_t *first)
{
    size_t index = self->differs ? self->differing : self->count;
    const past_frame_t *before = index < self->first_count ? &self->first[index] : NULL;
    const past_frame_t *other = self->differs ? &self->other : NULL;
    add_any(self, first, before);
    add_any(self, now, other);
    return time_earlier(before ? before->time_ns : TIME_NEVER, other ? other->time_ns : TIME_NEVER);
}

char *story_watch_timeline(const story_watch_t *self)
{
    return self->timeline ? story_timeline_format(self->timeline) : NULL;
}
