// SPDX-License-Identifier: MIT
#include "bus/base/text.h"

#include <string.h>

#define DELETE 0x7F
#define C1_LAST 0x9F
#define NEXT_LINE 0x85
#define LAST_OF_TWO_BYTES 0x7FF
#define LAST_OF_THREE_BYTES 0xFFFF

size_t text_character(const char *text, size_t room, uint32_t *character)
{
    const unsigned char *bytes = (const unsigned char *)text;
    *character = bytes[0];
    if (bytes[0] < 0x80) return 1;
    size_t length = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
    if (bytes[0] < 0xC2 || bytes[0] > 0xF4 || length > room) return 0;
    *character = bytes[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) return 0;
        *character = *character << 6 | (bytes[i] & 0x3F);
    }
    bool overlong = (bytes[0] == 0xE0 && bytes[1] < 0xA0) || (bytes[0] == 0xF0 && bytes[1] < 0x90);
    bool outside = (bytes[0] == 0xED && bytes[1] > 0x9F) || (bytes[0] == 0xF4 && bytes[1] > 0x8F);
    return overlong || outside ? 0 : length;
}

size_t text_put_character(char to[TEXT_CHARACTER_MAX], uint32_t character)
{
    static const unsigned char FIRSTS[] = {0, 0, 0xC0, 0xE0, 0xF0}; // by the number of bytes
    size_t length = character < 0x80                   ? 1
                    : character <= LAST_OF_TWO_BYTES   ? 2
                    : character <= LAST_OF_THREE_BYTES ? 3
                                                       : 4;
    for (size_t i = length; i-- > 1; character >>= 6) to[i] = (char)(0x80 | (character & 0x3F));
    to[0] = (char)(FIRSTS[length] | character);
    return length;
}

bool text_is_utf8(const char *text, size_t length)
{
    uint32_t character;
    for (size_t i = 0; i < length;) {
        size_t step = text_character(text + i, length - i, &character);
        if (step == 0) return false;
        i += step;
    }
    return true;
}

uint32_t text_harmless(uint32_t character)
{
    static const struct {
        uint32_t first, last;
        char shown;
    } ODD[] = {
        {'\t', '\r', ' '},           // tab, line ends
        {NEXT_LINE, NEXT_LINE, ' '}, // a line end among C1
        {0x2028, 0x2029, ' '},       // line and paragraph separator
        {0, 0x1F, '?'},
        {DELETE, C1_LAST, '?'}, // C0, DEL and C1
        {0x200E, 0x200F, '?'},
        {0x202A, 0x202E, '?'},
        {0x2066, 0x2069, '?'}, // direction of writing
    };
    if (character >= ' ' && character < DELETE) return character; // nearly all that there ever is
    for (size_t i = 0; i < sizeof ODD / sizeof ODD[0]; i++)
        if (character >= ODD[i].first && character <= ODD[i].last) return (uint32_t)ODD[i].shown;
    return character;
}

// What is shown instead is never longer than what it replaces.
void text_make_harmless(char *text, bool lines)
{
    char *to = text;
    for (size_t room = strlen(text), step; room > 0; text += step, room -= step) {
        uint32_t character;
        step = text_character(text, room, &character);
        if (step == 0) step = 1, character = '?';
        if (character != '\n' || !lines) character = text_harmless(character);
        to += text_put_character(to, character);
    }
    *to = '\0';
}

size_t text_end_cut(char *text, size_t size, size_t wanted)
{
    if (wanted < size) return wanted;
    if (size == 0) return 0;
    const size_t sign = strlen(TEXT_CUT);
    size_t length = size > sign ? size - 1 - sign : size - 1;
    size_t last = length;
    uint32_t character;
    while (last > 0 && ((unsigned char)text[last - 1] & 0xC0) == 0x80) last--; // to the last character's first byte …
    if (last > 0) last--;
    if (last < length && text_character(text + last, length - last, &character) == 0) length = last; // … if not whole
    size_t end = size > sign ? sign : 0;
    memcpy(text + length, TEXT_CUT, end);
    text[length + end] = '\0';
    return length + end;
}
