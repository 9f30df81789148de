// SPDX-License-Identifier: MIT
// Decodes frames with a DBC file that is read leniently, for comparison with what others make of it:
//   decode FILE < FRAMES      a frame a line, ID#DATA
// Each frame comes back with a line per signal that it holds: name, number, value name, with tabs between. What is
// doubtful in the file goes to standard error. Status 2: the file cannot be read.
#include <stdio.h>
#include <string.h>

#include "bus/files/dbc_file.h"
#include "bus/can/frame_text.h"

#define LINE_MAX 64

static void print_signals(const dbc_t *dbc, const can_frame_t *frame)
{
    const dbc_message_t *message = dbc_message_of(dbc, frame);
    for (size_t i = 0; message && i < message->signal_count; i++) {
        dbc_signal_t signal = message->signals[i];
        char number[FRAME_TEXT_VALUE_MAX];
        if (!dbc_present(message, &message->signals[i], frame)) continue;
        signal.unit[0] = '\0';
        int64_t raw = dbc_get(&signal, frame);
        const char *name = dbc_value_name(&signal, raw);
        printf("%s\t%s\t%s\n", signal.name, frame_text_number(&signal, raw, number, sizeof number), name ? name : "");
    }
}

int main(int argc, char **argv)
{
    static error_t error;
    char line[LINE_MAX];
    can_frame_t frame;
    error_clear(&error);
    dbc_file_t *file = argc == 2 ? dbc_file_new_lenient(argv[1], &error) : NULL;
    if (!file) return fprintf(stderr, "%s\n", argc == 2 ? error.text : "usage: decode FILE"), 2;
    for (size_t i = 0; dbc_file_warning(file, i); i++) fprintf(stderr, "%s\n", dbc_file_warning(file, i));
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        printf("%s\n", line);
        if (frame_parse(line, &frame)) print_signals(dbc_file_dbc(file), &frame);
    }
    dbc_file_destroy(&file);
    return 0;
}
