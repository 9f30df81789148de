// SPDX-License-Identifier: MIT
#include "tests/car_trace.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/trace/trace.h"

static void write_frames(void *trace, const kernel_t *kernel)
{
    const kernel_event_t *events;
    size_t count = kernel_events(kernel, &events);
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == EVENT_FRAME) trace_write(trace, kernel_now(kernel), events[i].bus, &events[i].frame);
        if (events[i].kind == EVENT_ERROR) trace_write_error(trace, kernel_now(kernel), events[i].bus);
    }
}

char *car_trace_play(car_t *car, const story_t *story)
{
    static error_t error;
    error_clear(&error);
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(stream);
    trace_t *trace = trace_new_stream(stream, trace_format_of("car.log", &error), story->vehicle);
    simulation_observer_t observer = {.self = trace, .look = write_frames};
    car->simulation.observers = &observer;
    car->simulation.observer_count = 1;
    car_play(car, story);
    ck_assert_msg(car_run(car, &error), "%s: %s", story->path, error.text);
    ck_assert_msg(trace_close(&trace, &error), "%s", error.text);
    fclose(stream);
    return text;
}
