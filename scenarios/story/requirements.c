// SPDX-License-Identifier: MIT
#include "scenarios/story/requirements.h"

#include <string.h>

const requirement_t REQUIREMENTS[REQUIREMENT_COUNT] = {
    {"R1", "For each key, the delivered remotes and the spare ones, the CAS keeps two different numbers: which key it "
           "is (key number) and whose settings it calls up (personalization number)."},
    {"R2", "A car has at most ten keys, numbered 1 to 10 in the CAS; no number is there twice."},
    {"R3", "Nothing changes a key number: no service, no telegram, no coding."},
    {"R4", "Whoever presses a remote control tells the CAS its key number by radio."},
    {"R5", "From a key in the ignition lock the CAS reads the key number itself, by the transponder."},
    {"R6", "The workshop's service function lock/release blocks a key by its number, and releases it. A blocked key "
           "unlocks nothing, starts nothing and calls nothing up."},
    {"R7", "A remote that unlocks also transmits its personalization number."},
    {"R8", "The CAS passes the personalization number on, on every bus on which a control unit with Key Memory lives."},
    {"R9", "Each control unit takes the settings that its Key Memory holds under that number."},
    {"R10", "A unit holds exactly four profiles, so a personalization number is 1, 2, 3 or 4. Another one is refused "
            "where it is entered; where it is received it is ignored, with a fault memory entry."},
    {"R11", "A new car's two remotes are numbered alike: key 1 calls up profile 1, key 2 profile 2."},
    {"R12", "The service function personalization number gives a key another number."},
    {"R13", "The same function gives its first number, 1 to 4, to a key that was ordered later or replaced one."},
    {"R14", "A newly given number means nothing to the units until the workshop's CIP program has coded their "
            "profiles. A profile that was never coded is not coded: the unit uses its default settings and says so."},
    {"S1", "CAS, seat, mirrors and climate are processes of their own."},
    {"S2", "They exchange messages over a ZeroMQ publish/subscribe bus."},
    {"S3", "Each holds four Key Memory profiles and takes one when the CAS broadcasts a personalization number."},
    {"S4", "A story is a JSON file, and is played by giving it to kmsim run."},
    {"S5", "A sniffer shows what is on the buses."},
    {"S6", "It serves as a regression test: exit statuses, reports that machines read, the same result on every run "
           "and machine."},
    {"S7", "The unit tests use Check, the language is C, and the top level stays Makefile cas ecus bus scenarios tools "
           "tests README.md."},
};

const requirement_t *requirement_find(const char *name)
{
    for (size_t i = 0; i < REQUIREMENT_COUNT; i++)
        if (strcmp(REQUIREMENTS[i].name, name) == 0) return &REQUIREMENTS[i];
    return NULL;
}
