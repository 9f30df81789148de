// SPDX-License-Identifier: MIT
// A stored image as the text of a JSON file, one per node. Text only: bus/files/state_directory.h reads and writes the
// files.
//
//   {
//    "format": "kmsim image",
//    "version": 1,
//    "node": "seat",
//    "entries": {
//     "active": 2,                         an integer is a number,
//     "key/1/secret": "00112233…"          bytes are a text of two hex digits each; the image's order
//    },
//    "checksum": "0123456789abcdef"
//   }
//
// The checksum is SipHash-2-4 under a constant key over every byte before its line, so that any byte that changed is
// noticed. It guards against accidents, not against people. The last line but one and this rule hold for every version.
#ifndef KMSIM_BUS_FILES_IMAGE_FILE_H
#define KMSIM_BUS_FILES_IMAGE_FILE_H

#include "bus/base/error.h"
#include "bus/kernel/image.h"

#define IMAGE_FILE_VERSION 1
#define IMAGE_FILE_SIZE_MAX 262144 // the largest image, every character of every name escaped, is a third of it

typedef enum {
    IMAGE_FILE_GOOD,
    IMAGE_FILE_DAMAGED, // cut short, changed, or never one of ours
    IMAGE_FILE_NEWER,   // whole, but of a later version
    IMAGE_FILE_FOREIGN, // whole, but another node's
} image_file_verdict_t;
#define IMAGE_FILE_VERDICT_COUNT (IMAGE_FILE_FOREIGN + 1)

/// Returns a new text that the caller frees, or null with the error told: an image that holds a name twice, or one that
/// is empty or no UTF-8, cannot be written.
char *image_file_format(const char *node, const image_t *image, size_t *size, error_t *error);

/// Reads any bytes. *reason (static) says in a few words why the verdict is not good; the image is empty then.
image_file_verdict_t image_file_parse(const char *text, size_t size, const char *node, image_t *image,
                                      const char **reason);

#endif
