// SPDX-License-Identifier: MIT
#include "tools/names_print.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "bus/can/frame_text.h"
#include "bus/base/words.h"
#include "tools/text_table.h"

// ---- as text -------------------------------------------------------------------------------------------------------

void names_print_vehicle(const vehicle_t *vehicle)
{
    static const char *const BUS_HEADINGS[] = {"bus", ">bit/s"};
    static const char *const UNIT_HEADINGS[] = {"unit", "program", "address", "buses"};
    text_table_t *buses = text_table_new(BUS_HEADINGS, 2), *units = text_table_new(UNIT_HEADINGS, 4);
    for (size_t i = 0; i < vehicle->bus_count; i++) {
        text_table_add(buses, "%s", vehicle->buses[i].name);
        text_table_add(buses, "%" PRIu32, vehicle->buses[i].bit_rate);
    }
    for (size_t i = 0; i < vehicle->node_count; i++) {
        const vehicle_node_t *node = &vehicle->nodes[i];
        char text[TEXT_TABLE_CELL_MAX + 1];
        words_t words = words_make(text, sizeof text);
        for (size_t k = 0; k < node->bus_count; k++)
            words_add(&words, "%s%s", k > 0 ? ", " : "", vehicle->buses[node->buses[k]].name);
        text_table_add(units, "%s", node->name);
        text_table_add(units, "%s", node->external ? "(external)" : node->executable);
        if (node->address)
            text_table_add(units, "0x%02X", (unsigned)node->address);
        else
            text_table_add(units, "%s", "");
        text_table_add(units, "%s", text);
    }
    text_table_print(buses, stdout);
    printf("\n");
    text_table_print(units, stdout);
    printf("\n");
    text_table_destroy(&buses);
    text_table_destroy(&units);
}

static const char *kind_of(const dbc_signal_t *signal)
{
    static const char *const KINDS[] = {[DBC_FLOAT] = "float", [DBC_DOUBLE] = "double"};
    return signal->kind != DBC_INTEGER ? KINDS[signal->kind] : signal->is_signed ? "signed" : "unsigned";
}

// "0.0 to 25.5 V" as far as the bits can hold it; of a floating-point number what the file tells, if it does.
static void add_range(text_table_t *table, const dbc_signal_t *signal)
{
    char low[FRAME_TEXT_VALUE_MAX], high[FRAME_TEXT_VALUE_MAX];
    dbc_signal_t bare = *signal;
    bare.unit[0] = '\0';
    if (signal->kind == DBC_INTEGER) {
        bool turned = signal->factor < 0;
        int64_t first = dbc_raw_minimum(signal), last = dbc_raw_maximum(signal);
        frame_text_number(&bare, turned ? last : first, low, sizeof low);
        frame_text_number(signal, turned ? first : last, high, sizeof high);
    } else {
        double minimum, maximum;
        dbc_physical_range(signal, &minimum, &maximum);
        if (isinf(maximum)) {
            text_table_add(table, "%s", signal->unit);
            return;
        }
        frame_text_physical(&bare, minimum, low, sizeof low);
        frame_text_physical(signal, maximum, high, sizeof high);
    }
    text_table_add(table, "%s to %s", low, high);
}

// "Page=3", "Page=3-5, 8", or what the message's only multiplexor is to be.
static void add_presence(text_table_t *table, const dbc_signal_t *signal)
{
    char text[TEXT_TABLE_CELL_MAX + 1];
    words_t words = words_make(text, sizeof text);
    if (signal->selector) words_add(&words, "%s=", signal->selector);
    for (size_t i = 0; i < signal->range_count; i++) {
        const dbc_range_t *range = &signal->ranges[i];
        words_add(&words, "%s%" PRId64, i > 0 ? ", " : "", range->first);
        if (range->last != range->first) words_add(&words, "-%" PRId64, range->last);
    }
    if (!signal->selector && signal->multiplex >= 0) words_add(&words, "selector=%" PRId32, signal->multiplex);
    if (!signal->selector && signal->multiplex == DBC_SELECTOR) words_add(&words, "(the selector)");
    text_table_add(table, "%s", text);
}

static void add_signal(text_table_t *table, const dbc_signal_t *signal, bool multiplexed)
{
    text_table_add(table, "  %s", signal->name);
    text_table_add(table, "%u|%u@%d", signal->start_bit, signal->length, !signal->big_endian);
    text_table_add(table, "%s", kind_of(signal));
    add_range(table, signal);
    if (multiplexed) add_presence(table, signal);
    if (signal->value_count == 0) text_table_add(table, "%s", "");
    size_t before = multiplexed ? 5 : 4; // each further name has a row of its own
    for (size_t i = 0; i < signal->value_count; i++) {
        for (size_t k = 0; i > 0 && k < before; k++) text_table_add(table, "%s", "");
        text_table_add(table, "%" PRId64 " %s", signal->values[i].raw, signal->values[i].name);
    }
}

static bool is_multiplexed(const dbc_message_t *message)
{
    for (size_t i = 0; i < message->signal_count; i++)
        if (message->signals[i].selector || message->signals[i].multiplex != DBC_PLAIN) return true;
    return false;
}

void names_print_message(const dbc_message_t *message)
{
    static const char *const PLAIN[] = {"  signal", "bits", "kind", "range", "names"};
    static const char *const MULTIPLEXED[] = {"  signal", "bits", "kind", "range", "there when", "names"};
    printf(message->extended ? "%08" PRIX32 " %s" : "%03" PRIX32 " %s", message->id, message->name);
    printf(", %u byte%s from %s", message->length, message->length == 1 ? "" : "s", message->sender);
    if (message->cycle_ms > 0) printf(", every %" PRId32 " ms", message->cycle_ms);
    printf("\n");
    if (message->signal_count == 0) return;
    bool multiplexed = is_multiplexed(message);
    text_table_t *table = text_table_new(multiplexed ? MULTIPLEXED : PLAIN, multiplexed ? 6 : 5);
    for (size_t i = 0; i < message->signal_count; i++) add_signal(table, &message->signals[i], multiplexed);
    text_table_print(table, stdout);
    text_table_destroy(&table);
}

// ---- as JSON -------------------------------------------------------------------------------------------------------

void names_json_vehicle(json_printer_t *json, const vehicle_t *vehicle)
{
    json_printer_text(json, "vehicle", vehicle->name);
    json_printer_begin_array(json, "buses");
    for (size_t i = 0; i < vehicle->bus_count; i++) {
        json_printer_begin_object(json, NULL);
        json_printer_text(json, "bus", vehicle->buses[i].name);
        json_printer_whole(json, "bit_rate", vehicle->buses[i].bit_rate);
        json_printer_end(json);
    }
    json_printer_end(json);
    json_printer_begin_array(json, "units");
    for (size_t i = 0; i < vehicle->node_count; i++) {
        const vehicle_node_t *node = &vehicle->nodes[i];
        json_printer_begin_object(json, NULL);
        json_printer_text(json, "unit", node->name);
        json_printer_text(json, "executable", node->executable);
        json_printer_bool(json, "external", node->external);
        if (node->address) json_printer_whole(json, "address", node->address);
        json_printer_begin_array(json, "buses");
        for (size_t k = 0; k < node->bus_count; k++) json_printer_text(json, NULL, vehicle->buses[node->buses[k]].name);
        json_printer_end(json);
        json_printer_end(json);
    }
    json_printer_end(json);
}

static void json_presence(json_printer_t *json, const dbc_signal_t *signal)
{
    if (signal->multiplex == DBC_SELECTOR) json_printer_bool(json, "is_selector", true);
    if (!signal->selector && signal->multiplex >= 0) json_printer_whole(json, "selected_by", signal->multiplex);
    if (!signal->selector) return;
    json_printer_text(json, "selector", signal->selector);
    json_printer_begin_array(json, "selected_by");
    for (size_t i = 0; i < signal->range_count; i++) {
        json_printer_begin_object(json, NULL);
        json_printer_whole(json, "first", signal->ranges[i].first);
        json_printer_whole(json, "last", signal->ranges[i].last);
        json_printer_end(json);
    }
    json_printer_end(json);
}

static void json_signal(json_printer_t *json, const dbc_signal_t *signal)
{
    double minimum, maximum;
    dbc_physical_range(signal, &minimum, &maximum);
    json_printer_begin_object(json, NULL);
    json_printer_text(json, "signal", signal->name);
    json_printer_whole(json, "start_bit", signal->start_bit);
    json_printer_whole(json, "length", signal->length);
    json_printer_text(json, "byte_order", signal->big_endian ? "big_endian" : "little_endian");
    json_printer_text(json, "kind", kind_of(signal));
    json_printer_number(json, "factor", signal->factor);
    json_printer_number(json, "offset", signal->offset);
    if (isfinite(minimum) && isfinite(maximum)) {
        json_printer_number(json, "minimum", minimum);
        json_printer_number(json, "maximum", maximum);
    }
    if (*signal->unit) json_printer_text(json, "unit_of_measure", signal->unit);
    if (signal->comment) json_printer_text(json, "comment", signal->comment);
    json_presence(json, signal);
    json_printer_begin_array(json, "values");
    for (size_t i = 0; i < signal->value_count; i++) {
        json_printer_begin_object(json, NULL);
        json_printer_whole(json, "raw", signal->values[i].raw);
        json_printer_text(json, "name", signal->values[i].name);
        json_printer_end(json);
    }
    json_printer_end(json);
    json_printer_end(json);
}

void names_json_message(json_printer_t *json, const dbc_message_t *message)
{
    json_printer_begin_object(json, NULL);
    json_printer_text(json, "message", message->name);
    json_printer_whole(json, "id", message->id);
    json_printer_bool(json, "extended", message->extended);
    json_printer_whole(json, "length", message->length);
    json_printer_text(json, "sender", message->sender);
    if (message->cycle_ms > 0) json_printer_whole(json, "cycle_ms", message->cycle_ms);
    if (message->comment) json_printer_text(json, "comment", message->comment);
    json_printer_begin_array(json, "signals");
    for (size_t i = 0; i < message->signal_count; i++) json_signal(json, &message->signals[i]);
    json_printer_end(json);
    json_printer_end(json);
}
