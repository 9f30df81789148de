// SPDX-License-Identifier: MIT
#include "bus/host/simulation.h"

#include <inttypes.h>

static bool keep_images(const simulation_t *self, error_t *error)
{
    const keeper_t *keeper = &self->keeper;
    for (int node = kernel_next_stored(self->kernel); node >= 0; node = kernel_next_stored(self->kernel)) {
        if (!keeper->keep) continue;
        if (!keeper->keep(keeper->self, (uint8_t)node, kernel_image(self->kernel, (uint8_t)node), error)) return false;
    }
    return true;
}

// Time would stand still, and nobody would know in whose hands.
static bool take_outbox(const simulation_t *self, uint8_t node, const outbox_t *outbox, error_t *error)
{
    int64_t now_ns = kernel_now(self->kernel);
    if (outbox->deadline_ns <= now_ns)
        return error_add(
            error, "%s: names a deadline, %" PRId64 " ns, that is not ahead of now, %" PRId64 " ns of virtual time",
            kernel_node_name(self->kernel, node), outbox->deadline_ns, now_ns);
    kernel_merge(self->kernel, node, outbox);
    return true;
}

static bool run_activations(const simulation_t *self, error_t *error)
{
    const kernel_activation_t *activations;
    size_t count = kernel_activations(self->kernel, &activations);
    if (!self->host.round(self->host.self, self->kernel, self->outboxes, error)) return false;
    for (size_t i = 0; i < count; i++)
        if (!take_outbox(self, activations[i].node, &self->outboxes[i], error)) return false;
    return true;
}

static bool switch_power(const simulation_t *self, error_t *error)
{
    const host_t *host = &self->host;
    int64_t now_ns = kernel_now(self->kernel);
    kernel_power_request_t request;
    while (kernel_next_power(self->kernel, &request)) {
        if (request.state != POWER_ON) {
            if (!host->power_off(host->self, request.node, now_ns, request.state == POWER_CRASH, error)) return false;
            continue;
        }
        kernel_power_on_t start = kernel_power_on(self->kernel, request.node);
        outbox_t *outbox = &self->outboxes[0];
        if (!host->power_on(host->self, request.node, now_ns, &start, outbox, error)) return false;
        if (!take_outbox(self, request.node, outbox, error)) return false;
    }
    return true;
}

// Whether what the kernel says can still be believed; else why not.
static bool is_sound(const simulation_t *self, error_t *error)
{
    static const struct {
        int most;
        const char *what;
    } TOO_MANY[] = {
        [KERNEL_EVENTS_OVERFLOW] = {KERNEL_EVENTS_MAX, "events at one instant"},
        [KERNEL_QUEUE_OVERFLOW] = {KERNEL_QUEUE_MAX, "lines, telegrams and notices under way"},
    };
    if (kernel_is_sound(self->kernel)) return true;
    char text[TIME_TEXT_MAX];
    const kernel_activation_t *activations;
    if (kernel_runs_wild(self->kernel) && kernel_activations(self->kernel, &activations) > 0)
        return error_add(error,
                         "more than %d activations within one millisecond, the last of %s, at %s s of virtual time",
                         KERNEL_BUSY_MAX, kernel_node_name(self->kernel, activations[0].node),
                         time_format(kernel_now(self->kernel), text));
    kernel_overflow_t overflow = kernel_overflow(self->kernel);
    if (overflow == KERNEL_FITS) return true;
    return error_add(error, "more than %d %s at %s s of virtual time", TOO_MANY[overflow].most, TOO_MANY[overflow].what,
                     time_format(kernel_now(self->kernel), text));
}

// Asks after each part that may have lost something, so that neither host nor player nor observers see half an instant.
// Images are kept before activations run (a node that hears INPUT_STORED may tell it to the whole car) and again behind
// the player, whose actors store directly.
bool simulation_step(simulation_t *self, int64_t limit_ns, bool *over, bool *idle, error_t *error)
{
    *over = false;
    *idle = !kernel_begin(self->kernel, limit_ns);
    if (*idle) return true;
    if (!is_sound(self, error) || !keep_images(self, error)) return false;
    if (!run_activations(self, error) || !is_sound(self, error)) return false;
    *over = !self->player.step(self->player.self, self->kernel);
    // Before the power requests: what comes of them is seen at the next instant, by observers as by the player.
    for (size_t i = 0; i < self->observer_count; i++) self->observers[i].look(self->observers[i].self, self->kernel);
    if (!keep_images(self, error) || !switch_power(self, error)) return false;
    kernel_end(self->kernel);
    return is_sound(self, error);
}

bool simulation_run(simulation_t *self, error_t *error)
{
    for (bool over = false, idle = false; !over;) {
        if (!simulation_step(self, TIME_NEVER, &over, &idle, error)) return false;
        if (idle) return error_add(error, "nothing is left to happen, but the story is not over");
    }
    return true;
}
