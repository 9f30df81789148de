// SPDX-License-Identifier: MIT
#include "bus/files/garage.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bus/files/dbc_file.h"
#include "bus/files/vehicle_file.h"

typedef struct place {
    struct place *next;
    char name[VEHICLE_PATH_MAX + 1];
    char directory[VEHICLE_PATH_MAX + 1];
    vehicle_t vehicle;
    dbc_file_t *dbc_file;
} place_t;

struct garage {
    place_t *places;
};

garage_t *garage_new(void)
{
    garage_t *self = calloc(1, sizeof *self);
    assert(self);
    return self;
}

static void destroy_place(place_t *place)
{
    dbc_file_destroy(&place->dbc_file);
    free(place);
}

void garage_destroy(garage_t **self_p)
{
    garage_t *self = *self_p;
    if (!self) return;
    while (self->places) {
        place_t *place = self->places;
        self->places = place->next;
        destroy_place(place);
    }
    free(self);
    *self_p = NULL;
}

static place_t *load_place(const char *name, const char *directory, error_t *error)
{
    place_t *place = calloc(1, sizeof *place);
    assert(place);
    memcpy(place->name, name, strlen(name) + 1);
    memcpy(place->directory, directory, strlen(directory) + 1);
    if (vehicle_file_load(&place->vehicle, name, *directory ? directory : NULL, error))
        place->dbc_file = vehicle_file_dbc(&place->vehicle, error);
    if (place->dbc_file) return place;
    free(place);
    return NULL;
}

bool garage_fetch(garage_t *self, const char *name_or_path, const char *directory, garage_car_t *car, error_t *error)
{
    if (!directory) directory = "";
    if (strlen(name_or_path) > VEHICLE_PATH_MAX || strlen(directory) > VEHICLE_PATH_MAX)
        return error_add(error, "%.60s...: the path is too long", name_or_path);
    place_t *place = self->places;
    while (place && (strcmp(place->name, name_or_path) != 0 || strcmp(place->directory, directory) != 0))
        place = place->next;
    if (!place) {
        place = load_place(name_or_path, directory, error);
        if (!place) return false;
        place->next = self->places;
        self->places = place;
    }
    *car = (garage_car_t){.vehicle = &place->vehicle, .dbc = dbc_file_dbc(place->dbc_file)};
    return true;
}
