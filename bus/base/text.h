// SPDX-License-Identifier: MIT
// Text that comes from elsewhere (a file, a socket) and goes to a person's terminal: UTF-8 taken apart, made harmless,
// and cut where a character ends. Pure.
#ifndef KMSIM_BUS_BASE_TEXT_H
#define KMSIM_BUS_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_CHARACTER_MAX 4 // bytes of one character
#define TEXT_CUT "…"         // the sign of a text that was cut

/// The bytes of the UTF-8 character that begins the text, and its number; 0 when none does (RFC 3629: no overlong
/// forms, no surrogates). The text has `room` bytes, at least one.
size_t text_character(const char *text, size_t room, uint32_t *character);

/// Writes the character in UTF-8 and returns its bytes, 1 .. TEXT_CHARACTER_MAX. It is at most 0x10FFFF.
size_t text_put_character(char to[TEXT_CHARACTER_MAX], uint32_t character);

/// Whether every byte of the text belongs to a UTF-8 character.
bool text_is_utf8(const char *text, size_t length);

/// What may be shown in the character's place: a blank for what ends a line or column, '?' for what a terminal would
/// obey (C0, DEL, C1) or what turns the direction of writing around; all others stay what they are.
uint32_t text_harmless(uint32_t character);

/// Makes a text harmless in its place: each character as text_harmless says, each byte that belongs to none '?'. With
/// lines, its line ends stay.
void text_make_harmless(char *text, bool lines);

/// Ends a text that was to have `wanted` bytes but was cut off at size - 1: between characters, and with TEXT_CUT if
/// there is room. A text that fitted stays. Returns its length.
size_t text_end_cut(char *text, size_t size, size_t wanted);

#endif
