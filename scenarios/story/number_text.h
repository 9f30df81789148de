// SPDX-License-Identifier: MIT
// Numbers as people write them: with as few digits as give the same number again.
#ifndef KMSIM_SCENARIOS_STORY_NUMBER_TEXT_H
#define KMSIM_SCENARIOS_STORY_NUMBER_TEXT_H

#define NUMBER_TEXT_MAX 32

/// Writes a finite number as JSON does, so that it is read as the same double: "180.0", "1.1", "-1e+300". Returns text.
const char *number_text(double number, char text[NUMBER_TEXT_MAX]);

#endif
