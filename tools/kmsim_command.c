// SPDX-License-Identifier: MIT
#include "tools/kmsim_command.h"

#include "bus/base/version.h"

int kmsim_wrong(const char *text)
{
    fprintf(stderr, "kmsim: %s\n", text);
    return EXIT_WRONG;
}

bool kmsim_take_arguments(const command_t *command, int count, char **arguments, void *told, int *operand_count,
                          int *status)
{
    error_t error;
    error_clear(&error);
    options_outcome_t outcome = options_parse(command, count, arguments, told, operand_count, &error);
    *status = outcome == OPTIONS_WRONG ? kmsim_wrong(error.text) : EXIT_PASSED;
    if (outcome == OPTIONS_HELP) options_print_help(command, stdout);
    if (outcome == OPTIONS_VERSION) printf("kmsim %s\n", KMSIM_VERSION);
    return outcome == OPTIONS_GO;
}
