// SPDX-License-Identifier: MIT
// The directory that keeps stored images between runs: DIRECTORY/NODE.json, one file per control unit and one for the
// key fobs (bus/files/image_file.h). One run at a time holds it, by a lock on the directory itself, and works in the
// very directory that it has locked: moved elsewhere under a live car it stays that car's one memory.
//
//   NODE.json.writing     being written; becomes NODE.json by a rename when it is whole and on the disk, and is removed
//                         by the next run when this one was killed
//   NODE.json.damaged-1   what could not be used, set aside (-1, -2, …; also newer, foreign); nobody removes it
//
// So NODE.json is at every moment the old image or the new one, whole.
#ifndef KMSIM_BUS_FILES_STATE_DIRECTORY_H
#define KMSIM_BUS_FILES_STATE_DIRECTORY_H

#include "bus/base/error.h"
#include "bus/files/file_layer.h"
#include "bus/kernel/image.h"

typedef struct state_directory state_directory_t;

/// Makes the directory where there is none, locks it, removes what a killed run left half written, and tries whether it
/// can be written to. Returns a new object that the caller destroys, or null with the error told. The layer is
/// borrowed; null: the operating system's.
state_directory_t *state_directory_new(const char *path, const file_layer_t *layer, error_t *error);
void state_directory_destroy(state_directory_t **self_p);

/// Reads a node's image. What cannot be used is set aside, told in `notice` by one line, and *state says IMAGE_DAMAGED
/// (also for a foreign one) or IMAGE_NEWER; the image is empty then. False with the error told when the file cannot be
/// read at all, or not set aside; nothing is lost then.
bool state_directory_load(state_directory_t *self, const char *node, image_t *image, image_state_t *state,
                          error_t *notice, error_t *error);

/// Sets aside a node's file that is whole and says what cannot be, as a damaged one, and tells it in `notice` with the
/// reason. False with the error told when it cannot be set aside.
bool state_directory_refuse(state_directory_t *self, const char *node, const char *reason, error_t *notice,
                            error_t *error);

/// Makes a node's image durable. False with the error told: what was stored before is intact (only when the very last
/// system call failed it may be the new image already), and nothing half written is left.
bool state_directory_store(state_directory_t *self, const char *node, const image_t *image, error_t *error);

/// Where a node's image is kept, for messages; returned in the caller's text, cut when it is too long.
const char *state_directory_file(const state_directory_t *self, const char *node, char *text, size_t size);

#endif
