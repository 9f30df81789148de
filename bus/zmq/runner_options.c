// SPDX-License-Identifier: MIT
#include "bus/zmq/runner_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/base/version.h"

static const struct option OPTIONS[] = {
    {"bus", required_argument, NULL, 'b'},      {"node", required_argument, NULL, 'n'},
    {"vehicle", required_argument, NULL, 'v'},  {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},        {"incarnation", required_argument, NULL, 'i'},
    {"lifeline", required_argument, NULL, 'l'}, {NULL, 0, NULL, 0},
};

static void print_help(const char *name)
{
    printf("%s - a control unit as a process on a kmsim bus\n\n"
           "usage: %s [--bus ENDPOINT] [--node NAME] [--vehicle VEHICLE]\n\n"
           "  --bus ENDPOINT     ipc://PATH or tcp://127.0.0.1:PORT; else the user's own\n"
           "                     well-known bus\n"
           "  --node NAME        which node of the vehicle it is, \"%s\" unless told\n"
           "  --vehicle VEHICLE  by name or file, \"e65\" unless told\n"
           "  --version, --help\n\n"
           "kmsim starts its units itself; by hand only one that is \"external\" in the\nvehicle file.\n"
           "For kmsim's use: --incarnation HEX, --lifeline FILE-DESCRIPTOR.\n"
           "Exit status: 0 the bus has ended, 2 wrong usage or a bad file, 3 the bus broke.\n",
           name, name, name);
}

static bool parse_number(const char *text, int base, uint64_t *number)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, base);
    *number = value;
    return errno == 0 && end != text && *end == '\0';
}

int runner_options_parse(runner_options_t *self, const char *class_name, int argc, char **argv)
{
    *self = (runner_options_t){.node = class_name, .vehicle = "e65", .lifeline = -1};
    uint64_t number = 0;
    for (int option; (option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
        bool good = true;
        switch (option) {
        case 'b':
            self->endpoint = optarg;
            break;
        case 'n':
            self->node = optarg;
            break;
        case 'v':
            self->vehicle = optarg;
            break;
        case 'i':
            good = parse_number(optarg, 16, &self->incarnation) && self->incarnation != 0;
            break;
        case 'l':
            good = parse_number(optarg, 10, &number) && number < 1024;
            self->lifeline = (int)number;
            break;
        case 'V':
            printf("%s (kmsim) " KMSIM_VERSION "\n", class_name);
            return RUNNER_ENDED;
        case 'h':
            print_help(class_name);
            return RUNNER_ENDED;
        default:
            return RUNNER_USAGE;
        }
        if (good) continue;
        fprintf(stderr, "%s: \"%s\" is no such number\n", class_name, optarg);
        return RUNNER_USAGE;
    }
    if (optind == argc) return RUNNER_GOES_ON;
    fprintf(stderr, "%s: unexpected argument \"%s\" (--help tells more)\n", class_name, argv[optind]);
    return RUNNER_USAGE;
}
