// SPDX-License-Identifier: MIT
#include "tools/sniffer_line.h"

#include <inttypes.h>
#include <string.h>

#include "bus/base/text.h"
#include "bus/can/frame_text.h"
#include "bus/car/words.h"

#define LOG_TEXT_MAX 200

// A copy in `text`, cut when it is too long.
static const char *harmless(const char *name, char text[WIRE_TOPIC_MAX + 1])
{
    snprintf(text, WIRE_TOPIC_MAX + 1, "%s", name);
    text_make_harmless(text, false);
    return text;
}

bool sniffer_line_bus(const char *topic, char *bus)
{
    const char *name = wire_topic_behind(topic, "can/");
    size_t length = name ? strcspn(name, "/") : 0;
    if (length == 0 || length > VEHICLE_NAME_MAX || name[length] != '/') return false;
    memcpy(bus, name, length);
    bus[length] = '\0';
    text_make_harmless(bus, false); // it is what somebody wrote on a socket
    return true;
}

void sniffer_line_frame(FILE *file, const wire_public_t *message, const char *bus, const dbc_t *dbc)
{
    char time[TIME_TEXT_MAX], frame[FRAME_TEXT_MAX], text[FRAME_TEXT_LINE_MAX] = "";
    if (dbc) frame_text_format(dbc, &message->frame, text, sizeof text);
    fprintf(file, "(%s) %s %s%s%s\n", time_format(message->time_ns, time), bus, frame_format(&message->frame, frame),
            text[0] ? "  " : "", text);
}

void sniffer_line_error(FILE *file, const wire_public_t *message, const char *bus)
{
    char time[TIME_TEXT_MAX], frame[FRAME_TEXT_MAX], name[WIRE_TOPIC_MAX + 1];
    fprintf(file, "(%s) %s 20000080#0000000000000000  error frame in %s of %s\n", time_format(message->time_ns, time),
            bus, frame_format(&message->frame, frame), harmless(message->sender, name));
}

void sniffer_line_state(FILE *file, const wire_public_t *message)
{
    static const char *const NAMES[] = {"error-active", "error-passive", "bus-off"}; // can_bus_error_state_t
    char time[TIME_TEXT_MAX], name[WIRE_TOPIC_MAX + 1], bus[WIRE_TOPIC_MAX + 1];
    fprintf(file, "(%s) %s %s on %s\n", time_format(message->time_ns, time), harmless(message->sender, name),
            NAMES[message->bus.state], harmless(message->bus.name, bus));
}

static void print_air(FILE *file, const air_t *air)
{
    if (air->channel == AIR_RF_END)
        fprintf(file, "air rf %" PRIu32 " ends", air->transmission);
    else if (air->channel == AIR_RF)
        fprintf(file, "air rf %" PRIu32 " ", air->transmission);
    else
        fprintf(file, "air lf ");
    for (size_t i = 0; i < air->size; i++) fprintf(file, "%02X", air->bytes[i]);
}

void sniffer_line_other(FILE *file, const wire_public_t *message, const char *topic)
{
    static const char *const POWER_NAMES[] = {"off", "on", "crash"};      // kernel_power_t
    static const char *const BUS_NAMES[] = {"asleep", "waking", "awake"}; // can_bus_state_t
    char text[LOG_TEXT_MAX], name[WIRE_TOPIC_MAX + 1];
    fprintf(file, "(%s) ", time_format(message->time_ns, text));
    switch (message->kind) {
    case WIRE_LINE:
        fprintf(file, "%s = %" PRId64, harmless(topic, name), message->line);
        break;
    case WIRE_AIR:
        print_air(file, &message->air);
        break;
    case WIRE_POWER:
        fprintf(file, "power %s %s", harmless(message->sender, name), POWER_NAMES[message->power]);
        break;
    case WIRE_BUS:
        fprintf(file, "bus %s %s", harmless(message->bus.name, name), BUS_NAMES[message->bus.state]);
        break;
    case WIRE_LOG:
        fprintf(file, "%s: %s", harmless(message->sender, name), words_format_log(&message->log, text, sizeof text));
        break;
    default:
        break;
    }
    fprintf(file, "\n");
}
