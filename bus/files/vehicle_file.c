// SPDX-License-Identifier: MIT
#include "bus/files/vehicle_file.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bus/can/frame.h"
#include "bus/files/json_reader.h"

#define BIT_RATE_MIN 10000
#define BIT_RATE_MAX 1000000
#define ADDRESS_MAX 0xFF
#define CLIMB_MAX 8 // directories above the executable that are searched

static const uint8_t ADDRESSES_TAKEN[] = {0xEE, 0xEF, 0xF1}; // functional, functional, tester

typedef struct {
    json_reader_t reader;
    vehicle_t *vehicle;
    vehicle_node_t *node; // that is read, and its option
    vehicle_option_t *option;
} loader_t;

// A name that was read is as long as its field allowed.
static void set_name(char place[VEHICLE_NAME_MAX + 1], const char *name)
{
    memcpy(place, name, strlen(name) + 1);
}

// Reads each element of the array at the present place's member; without an array there is none.
static void read_each(loader_t *self, const char *member, const json_t *array,
                      void (*read)(loader_t *self, const json_t *json))
{
    size_t mark = json_reader_enter(&self->reader, member);
    for (size_t i = 0; i < json_array_size(array); i++) {
        size_t inner = json_reader_enter_index(&self->reader, i);
        read(self, json_array_get(array, i));
        json_reader_leave(&self->reader, inner);
    }
    json_reader_leave(&self->reader, mark);
}

// The name of a bus at the present place.
static bool read_bus_name(loader_t *self, const json_t *json, uint8_t *bus)
{
    const char *name = json_string_value(json);
    int index = name ? vehicle_find_bus(self->vehicle, name) : -1;
    if (!name) json_reader_mistake(&self->reader, "must be the name of a bus");
    if (name && index < 0) json_reader_mistake(&self->reader, "unknown bus \"%.40s\"", name);
    if (index >= 0) *bus = (uint8_t)index;
    return index >= 0;
}

// ---- buses ---------------------------------------------------------------------------------------------------------

static void read_bus(loader_t *self, const json_t *json)
{
    typedef struct {
        const char *name;
        int64_t bit_rate;
    } told_t;
    static const field_t FIELDS_OF_BUS[] = {
        {"name", FIELD_NAME, true, offsetof(told_t, name), 1, VEHICLE_NAME_MAX, {0}},
        {"bit_rate", FIELD_DIGITS, true, offsetof(told_t, bit_rate), BIT_RATE_MIN, BIT_RATE_MAX, {0}},
    };
    told_t told = {.bit_rate = BIT_RATE_MIN};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_BUS), &told);
    if (!told.name) return; // what names this bus elsewhere is told there, too
    if (vehicle_find_bus(self->vehicle, told.name) >= 0)
        json_reader_mistake_at(&self->reader, "name", "there is a bus \"%s\" already", told.name);
    vehicle_bus_t *bus = &self->vehicle->buses[self->vehicle->bus_count++];
    set_name(bus->name, told.name);
    bus->bit_rate = (uint32_t)told.bit_rate;
}

// ---- coding options ------------------------------------------------------------------------------------------------

static const field_t NAME = {.kind = FIELD_NAME, .maximum = VEHICLE_NAME_MAX};

static void read_option_value(loader_t *self, const json_t *json)
{
    vehicle_option_t *option = self->option;
    const char *name;
    if (!json_reader_value(&self->reader, json, &NAME, &name)) return;
    if (vehicle_find_value(option, name) >= 0)
        json_reader_mistake(&self->reader, "there is a value \"%s\" already", name);
    set_name(option->values[option->value_count++], name);
}

static void read_option(loader_t *self, const char *name, const json_t *json)
{
    typedef struct {
        const json_t *values, *standard;
    } told_t;
    static const field_t FIELDS_OF_OPTION[] = {
        {"values", FIELD_ARRAY, true, offsetof(told_t, values), 1, VEHICLE_OPTION_VALUES_MAX, {0}},
        {"default", FIELD_ANY, true, offsetof(told_t, standard), 0, 0, {0}},
    };
    told_t told = {0};
    if (strcmp(name, "memory") == 0) json_reader_mistake(&self->reader, "every unit has this option; it is not listed");
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_OPTION), &told);
    vehicle_option_t *option = self->option = &self->node->options[self->node->option_count++];
    set_name(option->name, name);
    read_each(self, "values", told.values, read_option_value);
    const char *standard = json_string_value(told.standard);
    int index = standard ? vehicle_find_value(option, standard) : -1;
    if (told.standard && index < 0) json_reader_mistake_at(&self->reader, "default", "must be one of the values");
    option->standard = index < 0 ? 0 : (uint8_t)index;
}

static void read_coding(loader_t *self, const json_t *coding)
{
    size_t mark = json_reader_enter(&self->reader, "coding");
    const char *key, *name;
    json_t *option;
    json_object_foreach((json_t *)(uintptr_t)coding, key, option) // jansson iterates over nothing constant
    {
        size_t inner = json_reader_enter(&self->reader, key);
        json_t *text = json_string(key);
        if (json_reader_value(&self->reader, text, &NAME, &name)) read_option(self, name, option);
        json_decref(text);
        json_reader_leave(&self->reader, inner);
    }
    json_reader_leave(&self->reader, mark);
}

// ---- nodes ---------------------------------------------------------------------------------------------------------

static void check_address(loader_t *self, int64_t address)
{
    for (size_t i = 0; i < sizeof ADDRESSES_TAKEN; i++)
        if (address == ADDRESSES_TAKEN[i])
            json_reader_mistake_at(&self->reader, "address", "0x%02X is no unit's address", (unsigned)address);
    for (int i = 0; i < self->vehicle->node_count; i++) {
        const vehicle_node_t *other = &self->vehicle->nodes[i];
        if (other->address == address)
            json_reader_mistake_at(&self->reader, "address", "node \"%s\" has this address already", other->name);
    }
}

static void read_node_bus(loader_t *self, const json_t *json)
{
    vehicle_node_t *node = self->node;
    uint8_t bus;
    if (!read_bus_name(self, json, &bus)) return;
    if (memchr(node->buses, bus, node->bus_count)) json_reader_mistake(&self->reader, "there twice");
    node->buses[node->bus_count++] = bus;
}

// The kind is the name of the file, up to its first dot: units/window.py runs a "window".
static void read_program(loader_t *self, const char *text)
{
    const char *file = strrchr(text, '/') + 1, *kind;
    size_t length = strlen(text);
    if (length > VEHICLE_PROGRAM_MAX) {
        json_reader_mistake(&self->reader, "the path is too long");
        return;
    }
    json_t *stem = json_stringn(file, strcspn(file, "."));
    if (stem && json_reader_value(&self->reader, stem, &NAME, &kind)) {
        set_name(self->node->executable, kind);
        memcpy(self->node->program, text, length + 1);
    }
    json_decref(stem);
}

// A name, or a path, which has a slash.
static void read_executable(loader_t *self, const json_t *json)
{
    size_t mark = json_reader_enter(&self->reader, "executable");
    const char *text = json_string_value(json), *name;
    if (text && strchr(text, '/'))
        read_program(self, text);
    else if (json_reader_value(&self->reader, json, &NAME, &name))
        set_name(self->node->executable, name);
    json_reader_leave(&self->reader, mark);
}

static void read_node(loader_t *self, const json_t *json)
{
    typedef struct {
        const char *name;
        const json_t *executable, *buses, *coding;
        int64_t address;
        bool external;
    } told_t;
    static const field_t FIELDS_OF_NODE[] = {
        {"name", FIELD_NAME, true, offsetof(told_t, name), 1, VEHICLE_NAME_MAX, {0}},
        {"executable", FIELD_ANY, true, offsetof(told_t, executable), 0, 0, {0}},
        {"external", FIELD_BOOLEAN, false, offsetof(told_t, external), 0, 0, {0}},
        {"buses", FIELD_ARRAY, true, offsetof(told_t, buses), 1, VEHICLE_BUSES_MAX, {0}},
        {"address", FIELD_HEX, false, offsetof(told_t, address), 1, ADDRESS_MAX, {0}},
        {"coding", FIELD_OBJECT, false, offsetof(told_t, coding), 0, VEHICLE_OPTIONS_MAX, {0}},
    };
    told_t told = {0};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_NODE), &told);
    if (told.name && vehicle_find_node(self->vehicle, told.name) >= 0)
        json_reader_mistake_at(&self->reader, "name", "there is a node \"%s\" already", told.name);
    vehicle_node_t *node = self->node = &self->vehicle->nodes[self->vehicle->node_count];
    *node = (vehicle_node_t){0};
    if (told.name) set_name(node->name, told.name);
    if (told.executable) read_executable(self, told.executable);
    node->external = told.external;
    node->address = (uint8_t)told.address;
    read_each(self, "buses", told.buses, read_node_bus);
    if (told.address > 0) check_address(self, told.address);
    if (told.coding) read_coding(self, told.coding);
    self->vehicle->node_count++;
}

// ---- routes --------------------------------------------------------------------------------------------------------

static bool read_route_end(loader_t *self, const char *member, const json_t *json, uint8_t *bus)
{
    if (!json) return false; // that it is missing was told
    size_t mark = json_reader_enter(&self->reader, member);
    bool good = read_bus_name(self, json, bus);
    json_reader_leave(&self->reader, mark);
    return good;
}

static void read_route(loader_t *self, const json_t *json)
{
    typedef struct {
        int64_t id;
        const json_t *from, *to;
    } told_t;
    static const field_t FIELDS_OF_ROUTE[] = {
        {"id", FIELD_HEX, true, offsetof(told_t, id), 0, FRAME_BASE_ID_MAX, {0}},
        {"from", FIELD_ANY, true, offsetof(told_t, from), 0, 0, {0}},
        {"to", FIELD_ANY, true, offsetof(told_t, to), 0, 0, {0}},
    };
    told_t told = {0};
    bool good = json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_ROUTE), &told);
    vehicle_route_t route = {.id = (uint32_t)told.id};
    good = read_route_end(self, "from", told.from, &route.from) && good;
    good = read_route_end(self, "to", told.to, &route.to) && good;
    if (!good) return;
    if (route.from == route.to) json_reader_mistake(&self->reader, "leads back to its own bus");
    for (int i = 0; i < self->vehicle->route_count; i++) {
        const vehicle_route_t *other = &self->vehicle->routes[i];
        bool same = other->id == route.id && other->from == route.from && other->to == route.to;
        if (same) json_reader_mistake(&self->reader, "there twice");
    }
    self->vehicle->routes[self->vehicle->route_count++] = route;
}

// ---- the file ------------------------------------------------------------------------------------------------------

static void read_dbc_path(loader_t *self, const json_t *json)
{
    vehicle_t *vehicle = self->vehicle;
    const char *text = json_string_value(json);
    const char *slash = strrchr(vehicle->path, '/');
    if (!text || !*text) {
        json_reader_mistake_at(&self->reader, "dbc", "must be the path of a DBC file");
        return;
    }
    int directory = *text != '/' && slash ? (int)(slash + 1 - vehicle->path) : 0;
    int length = snprintf(vehicle->dbc_path, sizeof vehicle->dbc_path, "%.*s%s", directory, vehicle->path, text);
    if (length < 0 || (size_t)length >= sizeof vehicle->dbc_path)
        json_reader_mistake_at(&self->reader, "dbc", "the path is too long");
}

static void read_vehicle(loader_t *self, const json_t *json)
{
    typedef struct {
        const char *name;
        const json_t *schema, *dbc, *buses, *nodes, *routes;
    } told_t;
    static const field_t FIELDS_OF_VEHICLE[] = {
        {"$schema", FIELD_ANY, false, offsetof(told_t, schema), 0, 0, {0}},
        {"name", FIELD_NAME, true, offsetof(told_t, name), 1, VEHICLE_NAME_MAX, {0}},
        {"dbc", FIELD_ANY, true, offsetof(told_t, dbc), 0, 0, {0}},
        {"buses", FIELD_ARRAY, true, offsetof(told_t, buses), 1, VEHICLE_BUSES_MAX, {0}},
        {"nodes", FIELD_ARRAY, true, offsetof(told_t, nodes), 1, VEHICLE_NODES_MAX, {0}},
        {"routes", FIELD_ARRAY, false, offsetof(told_t, routes), 0, VEHICLE_ROUTES_MAX, {0}},
    };
    told_t told = {0};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_VEHICLE), &told);
    if (told.name) set_name(self->vehicle->name, told.name);
    if (told.dbc) read_dbc_path(self, told.dbc);
    read_each(self, "buses", told.buses, read_bus);
    read_each(self, "nodes", told.nodes, read_node);
    read_each(self, "routes", told.routes, read_route);
}

// self->path is set.
static bool load_file(vehicle_t *self, error_t *error)
{
    json_t *json = json_reader_load(self->path, error);
    if (!json) return false;
    loader_t loader = {.vehicle = self};
    json_reader_init(&loader.reader, self->path, error);
    read_vehicle(&loader, json);
    json_decref(json);
    return loader.reader.mistakes == 0;
}

// ---- where vehicles are --------------------------------------------------------------------------------------------

static bool set_path(vehicle_t *self, const char *directory, const char *between, const char *name, const char *end)
{
    int length = snprintf(self->path, sizeof self->path, "%s%s%s%s", directory, between, name, end);
    return length >= 0 && (size_t)length < sizeof self->path;
}

static bool try_path(vehicle_t *self, const char *directory, const char *between, const char *name)
{
    return set_path(self, directory, between, name, ".json") && access(self->path, R_OK) == 0;
}

// From the executable's directory upwards: the build tree has bus/vehicles beside build/, an installation has
// share/kmsim/vehicles beside bin/ and libexec/.
static bool find_above(vehicle_t *self, const char *name)
{
    char directory[VEHICLE_PATH_MAX + 1];
    ssize_t length = readlink("/proc/self/exe", directory, sizeof directory - 1);
    if (length <= 0) return false;
    directory[length] = '\0';
    for (int i = 0; i < CLIMB_MAX; i++) {
        char *slash = strrchr(directory, '/');
        if (!slash) return false;
        *slash = '\0';
        if (try_path(self, directory, "/bus/vehicles/", name)) return true;
        if (try_path(self, directory, "/share/kmsim/vehicles/", name)) return true;
    }
    return false;
}

static bool find_by_name(vehicle_t *self, const char *name, error_t *error)
{
    const char *directory = getenv("KMSIM_VEHICLES");
    if (directory && *directory && try_path(self, directory, "/", name)) return true;
    if (find_above(self, name)) return true;
    return error_add(error,
                     "unknown vehicle \"%s\": no %s.json in %s%sbus/vehicles or share/kmsim/vehicles above the program",
                     name, name, directory ? directory : "", directory ? ", " : "");
}

static bool is_path(const char *text)
{
    size_t length = strlen(text);
    return strchr(text, '/') || (length >= 5 && strcmp(text + length - 5, ".json") == 0);
}

bool vehicle_file_load(vehicle_t *self, const char *name_or_path, const char *directory, error_t *error)
{
    memset(self, 0, offsetof(vehicle_t, nodes)); // and each node when it is read: most of the room stays untouched
    if (!is_path(name_or_path)) {
        return find_by_name(self, name_or_path, error) && load_file(self, error);
    }
    bool relative = directory && *directory && name_or_path[0] != '/';
    if (!set_path(self, relative ? directory : "", relative ? "/" : "", name_or_path, "")) {
        return error_add(error, "the path of the vehicle is too long");
    }
    return load_file(self, error);
}

dbc_file_t *vehicle_file_dbc(const vehicle_t *vehicle, error_t *error)
{
    error_t *why = calloc(1, sizeof *why);
    assert(why);
    error_clear(why);
    dbc_file_t *file = dbc_file_new(vehicle->dbc_path, why);
    if (!file) error_add(error, "%s: /dbc: %s", vehicle->path, why->text);
    free(why);
    return file;
}
