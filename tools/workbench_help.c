// SPDX-License-Identifier: MIT
#include "tools/workbench_help.h"

#include <string.h>

#include "bus/base/words.h"

#define USAGE_MAX 160
#define TEXT_MAX 4096
#define FORM_COLUMN 24 // of a command's line, where its help begins if the form leaves room

static const char NOTES[] =
    "Keys and profiles count from 1. Exit status: 0 done, 1 a control unit refused or did not do "
    "it, 2 wrong usage, 3 no car, no answer, or one that is broken or cannot be read.";

static void add_commands(words_t *words, const workbench_tool_t *tool)
{
    words_add(words, "%s\n", tool->summary);
    for (size_t i = 0; i < tool->command_count; i++) {
        const workbench_command_t *command = &tool->commands[i];
        char form[USAGE_MAX];
        snprintf(form, sizeof form, "%s %s", command->name, command->operands);
        words_add(words, "\n  %-*s%s%s", FORM_COLUMN, form,
                  strlen(form) >= FORM_COLUMN ? "\n                          " : "", command->help);
    }
    words_add(words, "\n\n%s help COMMAND (or %s COMMAND --help) tells more of each.", tool->name, tool->name);
}

void workbench_help_print(const workbench_tool_t *tool, const workbench_command_t *command, const option_t *options,
                          size_t option_count)
{
    char usage[USAGE_MAX], text[TEXT_MAX];
    words_t words = words_make(text, sizeof text);
    if (command) {
        const char *operands = command->operands;
        snprintf(usage, sizeof usage, "%s %s%s%s [OPTION...]", tool->name, command->name, *operands ? " " : "",
                 operands);
        words_add(&words, "%s", command->about);
    } else {
        snprintf(usage, sizeof usage, "%s COMMAND [OPTION...]", tool->name);
        add_commands(&words, tool);
    }
    options_print_help(&(command_t){usage, text, options, option_count, NOTES}, stdout);
}
