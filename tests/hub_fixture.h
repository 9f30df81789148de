// SPDX-License-Identifier: MIT
// A small car of synthetic units, in this process or in processes of their own, for tests of hub and runner. The test
// program is its own unit: with arguments hub_fixture_main runs it as one, or as a peer that misbehaves.
#ifndef KMSIM_TESTS_HUB_FIXTURE_H
#define KMSIM_TESTS_HUB_FIXTURE_H

#include <check.h>
#include <sys/types.h>

#include "bus/files/dbc_file.h"
#include "bus/zmq/hub.h"
#include "tests/scratch.h"
#include "tests/synthetic_unit.h"

typedef struct {
    char scratch[SCRATCH_PATH_MAX], path[128]; // directory of the vehicle file, and the file
    char program[128];                         // name of the test program, and its directory
    char directory[512];
    vehicle_t vehicle;
    dbc_file_t *dbc;
    host_in_process_t *host; // in-process only
    hub_t *hub;
    kernel_t *kernel;
    outbox_t *outboxes;
    simulation_t simulation;
    char *text; // all that was seen
    size_t size;
    error_t error;
} hub_fixture_t;

/// The suite when there are no arguments, else the unit or peer that they ask for; what main returns.
int hub_fixture_main(int argc, char **argv, Suite *suite);

/// A fixture with its vehicle file; the last external nodes are so.
hub_fixture_t *hub_fixture_new(int nodes, int external);
void hub_fixture_destroy(hub_fixture_t **self_p);

/// Gives it units in this process.
void hub_fixture_use_host(hub_fixture_t *self);

/// Gives it a hub: options are completed with vehicle and directory. False with self->error told.
bool hub_fixture_use_hub(hub_fixture_t *self, hub_options_t options);

/// Runs until that time and notes what is seen. False with self->error told.
bool hub_fixture_run(hub_fixture_t *self, int64_t until_ns);

/// Fails the test unless the error tells this part.
void hub_fixture_assert_told(const hub_fixture_t *self, const char *part);

/// Fails the test unless the error tells that a unit did not answer, for at least so long (a busy machine may be late).
void hub_fixture_assert_waited(const hub_fixture_t *self, double seconds);

/// Starts this program with up to four arguments (null: no more).
pid_t hub_fixture_spawn(const char *a, const char *b, const char *c, const char *d);

/// Whether the process is gone within 20 seconds (a zombie of another parent counts as gone).
bool hub_fixture_gone(pid_t process);

/// Stops a process, and waits until it stands.
bool hub_fixture_stop(pid_t process);

/// Entries of the user's directory of buses; 0 also when there is none.
int hub_fixture_leftovers(void);

/// Puts the user's directory of buses, and all that the test makes with a fixture, into a directory of its own; when
/// the test is over nothing may be left in it.
void hub_fixture_own_directory(void);
void hub_fixture_remove_directory(void);

/// An endpoint in that directory, beside the user's buses.
const char *hub_fixture_endpoint(void);

#endif
