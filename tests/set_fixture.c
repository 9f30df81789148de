// SPDX-License-Identifier: MIT
#include "tests/set_fixture.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/play/play_vocabulary.h"

story_world_t set_world;
error_t set_error;

static char directory[SCRATCH_PATH_MAX];

void set_fixture_open(void)
{
    error_clear(&set_error);
    set_world = (story_world_t){&play_vocabulary, garage_new()};
    scratch_make(directory);
}

void set_fixture_close(void)
{
    garage_destroy(&set_world.garage);
    scratch_remove_all(directory);
}

const char *set_fixture_path(const char *name)
{
    static char path[SET_PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static const char *quote(const char *text)
{
    static char quoted[SET_TEXT_MAX];
    ck_assert_uint_lt(strlen(text), SET_TEXT_MAX);
    memcpy(quoted, text, strlen(text) + 1);
    for (char *c = quoted; *c; c++)
        if (*c == '\'') *c = '"';
    return quoted;
}

void set_fixture_file(const char *name, const char *text)
{
    FILE *file = fopen(set_fixture_path(name), "w");
    ck_assert_ptr_nonnull(file);
    fputs(quote(text), file);
    fclose(file);
}

story_set_t *set_fixture_parse(const char *text)
{
    const char *quoted = quote(text);
    error_clear(&set_error);
    return story_set_parse(set_fixture_path("story.json"), quoted, strlen(quoted), &set_world, &set_error);
}

story_set_t *set_fixture_good(const char *text)
{
    story_set_t *set = set_fixture_parse(text);
    ck_assert_msg(set, "%s", set_error.text);
    return set;
}

void set_fixture_refused(const char *text, const char *why)
{
    ck_assert_ptr_null(set_fixture_parse(text));
    ck_assert_msg(strstr(set_error.text, why), "%s\n is not in\n%s", why, set_error.text);
}
