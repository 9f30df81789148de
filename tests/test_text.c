// SPDX-License-Identifier: MIT
#include "bus/base/text.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/suite.h"

START_TEST(characters_are_taken_apart_and_put_together)
{
    static const struct {
        const char *text;
        uint32_t character;
    } CASES[] = {{"A", 'A'}, {"é", 0xE9}, {"€", 0x20AC}, {"\xF0\x9F\x9A\x97", 0x1F697}, {"\xF4\x8F\xBF\xBF", 0x10FFFF}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        uint32_t character;
        char text[TEXT_CHARACTER_MAX + 1] = "";
        size_t length = strlen(CASES[i].text);
        ck_assert_uint_eq(text_character(CASES[i].text, length, &character), length);
        ck_assert_uint_eq(character, CASES[i].character);
        ck_assert_uint_eq(text_put_character(text, character), length);
        ck_assert_str_eq(text, CASES[i].text);
        for (size_t room = 1; room < length; room++)
            ck_assert_uint_eq(text_character(CASES[i].text, room, &character), 0);
    }
}
END_TEST

START_TEST(what_is_no_utf8_is_seen)
{
    static const char *const TEXTS[] = {"\x80",
                                        "\xC0\x80",
                                        "\xC1\xBF",
                                        "\xE0\x9F\xBF",
                                        "\xED\xA0\x80",
                                        "\xF0\x8F\xBF\xBF",
                                        "\xF4\x90\x80\x80",
                                        "\xF5\x80\x80\x80",
                                        "\xFF",
                                        "a\xC3",
                                        "\xC3("};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) ck_assert(!text_is_utf8(TEXTS[i], strlen(TEXTS[i])));
    ck_assert(text_is_utf8("", 0));
    ck_assert(text_is_utf8("a€é", strlen("a€é")));
}
END_TEST

START_TEST(nothing_that_a_terminal_obeys_is_harmless)
{
    for (uint32_t c = 0; c < 0xA0; c++) {
        bool control = c < 0x20 || c >= 0x7F;
        uint32_t shown = text_harmless(c);
        ck_assert(control ? shown == ' ' || shown == '?' : shown == c);
    }
    ck_assert_uint_eq(text_harmless('\n'), ' ');
    ck_assert_uint_eq(text_harmless(0x85), ' ');
    ck_assert_uint_eq(text_harmless(0x9B), '?');
    ck_assert_uint_eq(text_harmless(0x2028), ' ');
    ck_assert_uint_eq(text_harmless(0x202E), '?');
    ck_assert_uint_eq(text_harmless(0x20AC), 0x20AC);
}
END_TEST

START_TEST(a_cut_text_ends_between_characters_with_a_sign)
{
    static const char WHOLE[] = "aé€\xF0\x9F\x9A\x97z";
    for (size_t size = 1; size <= sizeof WHOLE + 2; size++) {
        char text[sizeof WHOLE + 4];
        size_t wanted = (size_t)snprintf(text, size, "%s", WHOLE);
        size_t length = text_end_cut(text, size, wanted);
        ck_assert_uint_eq(length, strlen(text));
        ck_assert_uint_lt(length, size);
        ck_assert(text_is_utf8(text, length));
        ck_assert_int_eq(strstr(text, TEXT_CUT) != NULL, size > strlen(TEXT_CUT) && wanted >= size);
    }
    char none[1] = {'x'};
    ck_assert_uint_eq(text_end_cut(none, 0, 5), 0);
    ck_assert_int_eq(none[0], 'x');
}
END_TEST

static const struct {
    const char *text, *line, *lines;
} HARMLESS[] = {
    {"", "", ""},
    {"seat Gr\xC3\xB6\xC3\x9F"
     "e",
     "seat Gr\xC3\xB6\xC3\x9F"
     "e",
     "seat Gr\xC3\xB6\xC3\x9F"
     "e"},
    {"\x1B[2Jgone\x7F\b", "?[2Jgone??", "?[2Jgone??"},
    {"one\ntwo\r\n", "one two  ", "one\ntwo \n"},
    {"\xC2\x9B"
     "31m",
     "?31m", "?31m"}, // CSI, one of C1, in UTF-8
    {"\x9B"
     "31m \xE2\x80",
     "?31m ??", "?31m ??"}, // and as a byte; a character cut off
    {"a\xE2\x80\xAE"
     "b",
     "a?b", "a?b"}, // writing turned around
};

START_TEST(a_text_from_elsewhere_is_made_harmless)
{
    char text[32];
    for (int lines = 0; lines < 2; lines++) {
        snprintf(text, sizeof text, "%s", HARMLESS[_i].text);
        text_make_harmless(text, lines == 1);
        ck_assert_str_eq(text, lines ? HARMLESS[_i].lines : HARMLESS[_i].line);
    }
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_test(all, characters_are_taken_apart_and_put_together);
    tcase_add_test(all, what_is_no_utf8_is_seen);
    tcase_add_test(all, nothing_that_a_terminal_obeys_is_harmless);
    tcase_add_test(all, a_cut_text_ends_between_characters_with_a_sign);
    tcase_add_loop_test(all, a_text_from_elsewhere_is_made_harmless, 0, (int)(sizeof HARMLESS / sizeof HARMLESS[0]));
    return suite_run("text", all);
}
