// SPDX-License-Identifier: MIT
#include "bus/vehicle.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bus/frame.h"
#include "bus/hex.h"

#define POINTER_MAX 127
#define KEY_MAX 40 // of a member's name in it
#define BIT_RATE_MIN 10000
#define BIT_RATE_MAX 1000000
#define ADDRESS_MAX 0xFF
#define CLIMB_MAX 8 // directories above the executable that are searched

static const uint8_t ADDRESSES_TAKEN[] = {0xEE, 0xEF, 0xF1}; // functional, functional, tester

// ---- reading JSON --------------------------------------------------------------------------------------------------

typedef struct {
    vehicle_t *vehicle;
    error_t *error;
    bool good;
} reader_t;

// A JSON value and the pointer that names it in mistakes (RFC 6901).
typedef struct {
    const json_t *json;
    char pointer[POINTER_MAX + 1];
} value_t;

static void mistake(reader_t *self, const value_t *at, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void mistake(reader_t *self, const value_t *at, const char *format, ...)
{
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    self->good = error_add(self->error, "%s: %s: %s", self->vehicle->path, at->pointer[0] ? at->pointer : "/", what);
}

// A name as RFC 6901 writes it, cut short, and without what a terminal would obey.
static void escape(const char *name, char escaped[KEY_MAX + 1])
{
    size_t used = 0;
    for (; *name && used + 2 <= KEY_MAX; name++) {
        unsigned char c = (unsigned char)*name;
        bool special = c == '~' || c == '/';
        escaped[used++] = (char)(special ? '~' : c < 0x20 || c == 0x7F ? '?' : c);
        if (special) escaped[used++] = c == '~' ? '0' : '1';
    }
    escaped[used] = '\0';
}

static value_t member(const value_t *object, const char *name)
{
    char escaped[KEY_MAX + 1];
    value_t value = {.json = json_object_get(object->json, name)};
    escape(name, escaped);
    snprintf(value.pointer, sizeof value.pointer, "%.80s/%s", object->pointer, escaped);
    return value;
}

static value_t element(const value_t *array, size_t index)
{
    value_t value = {.json = json_array_get(array->json, index)};
    snprintf(value.pointer, sizeof value.pointer, "%.80s/%zu", array->pointer, index);
    return value;
}

// Whether it is an object with no other members than these (the list ends with null).
static bool check_members(reader_t *self, const value_t *object, const char *const *names)
{
    if (!json_is_object(object->json)) {
        mistake(self, object, "must be an object");
        return false;
    }
    const char *key;
    json_t *ignored;
    json_object_foreach((json_t *)object->json, key, ignored)
    { // jansson iterates over nothing constant
        const char *const *name = names;
        while (*name && strcmp(*name, key) != 0) name++;
        value_t unknown = member(object, key);
        if (!*name) mistake(self, &unknown, "unknown member");
    }
    return true;
}

// The number of elements, at most `maximum`; 0 with a mistake when it is no array or has too few or too many.
static size_t check_array(reader_t *self, const value_t *array, size_t minimum, size_t maximum)
{
    if (!array->json && minimum == 0) return 0;
    size_t count = json_array_size(array->json);
    if (json_is_array(array->json) && count >= minimum && count <= maximum) return count;
    mistake(self, array, "must be an array of %zu to %zu elements", minimum, maximum);
    return 0;
}

// A name: a letter or digit, then letters, digits, '_' and '-'. It becomes a topic, a file's name, a process's name.
static bool read_name(reader_t *self, const value_t *value, char name[VEHICLE_NAME_MAX + 1])
{
    static const char GOOD[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const char *text = json_string_value(value->json);
    size_t length = text ? json_string_length(value->json) : 0;
    if (!text || length == 0 || length > VEHICLE_NAME_MAX || strspn(text, GOOD) != length || strchr("_-", text[0])) {
        mistake(self, value, "must be a name of 1 to %d letters, digits, \"_\" and \"-\"", VEHICLE_NAME_MAX);
        return false;
    }
    memcpy(name, text, length + 1);
    return true;
}

// A number as people write identifiers and addresses: "0x3DA".
static bool read_hex(reader_t *self, const value_t *value, uint32_t minimum, uint32_t maximum, uint32_t *number)
{
    const char *text = json_string_value(value->json);
    size_t digits = text && strncmp(text, "0x", 2) == 0 ? strspn(text + 2, HEX_DIGITS_ANY) : 0;
    bool good = digits > 0 && digits <= 8 && digits + 2 == json_string_length(value->json);
    unsigned long read = good ? strtoul(text + 2, NULL, 16) : 0;
    if (!good || read < minimum || read > maximum) {
        mistake(self, value, "must be a string \"0x%X\" to \"0x%X\"", (unsigned)minimum, (unsigned)maximum);
        return false;
    }
    *number = (uint32_t)read;
    return true;
}

static bool read_bus_name(reader_t *self, const value_t *value, uint8_t *bus)
{
    const char *name = json_string_value(value->json);
    int index = name ? vehicle_find_bus(self->vehicle, name) : -1;
    if (!name) mistake(self, value, "must be the name of a bus");
    if (name && index < 0) mistake(self, value, "unknown bus \"%.40s\"", name);
    if (index >= 0) *bus = (uint8_t)index;
    return index >= 0;
}

// ---- buses ---------------------------------------------------------------------------------------------------------

static void read_bus(reader_t *self, const value_t *value)
{
    static const char *const MEMBERS[] = {"name", "bit_rate", NULL};
    vehicle_bus_t bus = {0};
    if (!check_members(self, value, MEMBERS)) return;
    value_t name = member(value, "name");
    value_t bit_rate = member(value, "bit_rate");
    bool named = read_name(self, &name, bus.name);
    json_int_t rate = json_integer_value(bit_rate.json);
    if (!json_is_integer(bit_rate.json) || rate < BIT_RATE_MIN || rate > BIT_RATE_MAX) {
        mistake(self, &bit_rate, "must be %d to %d", BIT_RATE_MIN, BIT_RATE_MAX);
        rate = BIT_RATE_MIN;
    }
    bus.bit_rate = (uint32_t)rate;
    if (!named) return; // what names this bus elsewhere is told there, too
    if (vehicle_find_bus(self->vehicle, bus.name) >= 0) mistake(self, &name, "there is a bus \"%s\" already", bus.name);
    self->vehicle->buses[self->vehicle->bus_count++] = bus;
}

// ---- coding options ------------------------------------------------------------------------------------------------

static void read_option_values(reader_t *self, const value_t *values, vehicle_option_t *option)
{
    size_t count = check_array(self, values, 1, VEHICLE_OPTION_VALUES_MAX);
    for (size_t i = 0; i < count; i++) {
        value_t value = element(values, i);
        char name[VEHICLE_NAME_MAX + 1] = "";
        if (!read_name(self, &value, name)) continue;
        if (vehicle_find_value(option, name) >= 0) mistake(self, &value, "there is a value \"%s\" already", name);
        memcpy(option->values[option->value_count++], name, sizeof name);
    }
}

static void read_option(reader_t *self, const value_t *value, const char *key, vehicle_node_t *node)
{
    static const char *const MEMBERS[] = {"values", "default", NULL};
    vehicle_option_t *option = &node->options[node->option_count];
    json_t *key_json = json_string(key);
    value_t name = *value;
    name.json = key_json;
    bool named = read_name(self, &name, option->name);
    json_decref(key_json);
    if (!named || !check_members(self, value, MEMBERS)) return;
    if (strcmp(key, "memory") == 0) mistake(self, value, "every unit has this option; it is not listed");
    value_t values = member(value, "values");
    value_t standard = member(value, "default");
    read_option_values(self, &values, option);
    const char *text = json_string_value(standard.json);
    int index = text ? vehicle_find_value(option, text) : -1;
    if (index < 0) mistake(self, &standard, "must be one of the values");
    option->standard = index < 0 ? 0 : (uint8_t)index;
    node->option_count++;
}

static void read_coding(reader_t *self, const value_t *coding, vehicle_node_t *node)
{
    if (!coding->json) return;
    if (!json_is_object(coding->json) || json_object_size(coding->json) > VEHICLE_OPTIONS_MAX) {
        mistake(self, coding, "must be an object of at most %d options", VEHICLE_OPTIONS_MAX);
        return;
    }
    const char *key;
    json_t *ignored;
    json_object_foreach((json_t *)coding->json, key, ignored)
    {
        value_t option = member(coding, key);
        read_option(self, &option, key, node);
    }
}

// ---- nodes ---------------------------------------------------------------------------------------------------------

static void read_address(reader_t *self, const value_t *value, vehicle_node_t *node)
{
    uint32_t address;
    if (!value->json || !read_hex(self, value, 1, ADDRESS_MAX, &address)) return;
    for (size_t i = 0; i < sizeof ADDRESSES_TAKEN; i++) {
        if (address == ADDRESSES_TAKEN[i]) mistake(self, value, "0x%02X is no unit's address", (unsigned)address);
    }
    for (int i = 0; i < self->vehicle->node_count; i++) {
        const vehicle_node_t *other = &self->vehicle->nodes[i];
        if (other->address == address) mistake(self, value, "node \"%s\" has this address already", other->name);
    }
    node->address = (uint8_t)address;
}

static void read_node_buses(reader_t *self, const value_t *buses, vehicle_node_t *node)
{
    size_t count = check_array(self, buses, 1, VEHICLE_BUSES_MAX);
    for (size_t i = 0; i < count; i++) {
        value_t value = element(buses, i);
        uint8_t bus;
        if (!read_bus_name(self, &value, &bus)) continue;
        if (memchr(node->buses, bus, node->bus_count)) mistake(self, &value, "there twice");
        node->buses[node->bus_count++] = bus;
    }
}

static void read_node(reader_t *self, const value_t *value)
{
    static const char *const MEMBERS[] = {"name", "executable", "external", "buses", "address", "coding", NULL};
    vehicle_node_t *node = &self->vehicle->nodes[self->vehicle->node_count];
    if (!check_members(self, value, MEMBERS)) return;
    value_t name = member(value, "name");
    value_t executable = member(value, "executable");
    value_t external = member(value, "external");
    value_t buses = member(value, "buses");
    value_t address = member(value, "address");
    value_t coding = member(value, "coding");
    bool named = read_name(self, &name, node->name);
    if (named && vehicle_find_node(self->vehicle, node->name) >= 0) {
        mistake(self, &name, "there is a node \"%s\" already", node->name);
    }
    read_name(self, &executable, node->executable);
    if (external.json && !json_is_boolean(external.json)) mistake(self, &external, "must be true or false");
    node->external = json_is_true(external.json);
    read_node_buses(self, &buses, node);
    read_address(self, &address, node);
    read_coding(self, &coding, node);
    self->vehicle->node_count++;
}

// ---- routes --------------------------------------------------------------------------------------------------------

static void read_route(reader_t *self, const value_t *value)
{
    static const char *const MEMBERS[] = {"id", "from", "to", NULL};
    vehicle_route_t route = {0};
    if (!check_members(self, value, MEMBERS)) return;
    value_t id = member(value, "id");
    value_t from = member(value, "from");
    value_t to = member(value, "to");
    bool good = read_hex(self, &id, 0, FRAME_BASE_ID_MAX, &route.id);
    good = read_bus_name(self, &from, &route.from) && good;
    good = read_bus_name(self, &to, &route.to) && good;
    if (!good) return;
    if (route.from == route.to) mistake(self, value, "leads back to its own bus");
    for (int i = 0; i < self->vehicle->route_count; i++) {
        const vehicle_route_t *other = &self->vehicle->routes[i];
        bool same = other->id == route.id && other->from == route.from && other->to == route.to;
        if (same) mistake(self, value, "there twice");
    }
    self->vehicle->routes[self->vehicle->route_count++] = route;
}

// ---- the file ------------------------------------------------------------------------------------------------------

static void read_each(reader_t *self, const value_t *array, size_t minimum, size_t maximum,
                      void (*read)(reader_t *self, const value_t *value))
{
    size_t count = check_array(self, array, minimum, maximum);
    for (size_t i = 0; i < count; i++) {
        value_t value = element(array, i);
        read(self, &value);
    }
}

static void read_dbc_path(reader_t *self, const value_t *value)
{
    vehicle_t *vehicle = self->vehicle;
    const char *text = json_string_value(value->json);
    const char *slash = strrchr(vehicle->path, '/');
    if (!text || !*text || strlen(text) != json_string_length(value->json)) {
        mistake(self, value, "must be the path of a DBC file");
        return;
    }
    int directory = *text != '/' && slash ? (int)(slash + 1 - vehicle->path) : 0;
    int length = snprintf(vehicle->dbc_path, sizeof vehicle->dbc_path, "%.*s%s", directory, vehicle->path, text);
    if (length < 0 || (size_t)length >= sizeof vehicle->dbc_path) mistake(self, value, "the path is too long");
}

static void read_vehicle(reader_t *self, const json_t *json)
{
    static const char *const MEMBERS[] = {"$schema", "name", "dbc", "buses", "nodes", "routes", NULL};
    value_t root = {.json = json};
    if (!check_members(self, &root, MEMBERS)) return;
    value_t name = member(&root, "name");
    value_t dbc = member(&root, "dbc");
    value_t buses = member(&root, "buses");
    value_t nodes = member(&root, "nodes");
    value_t routes = member(&root, "routes");
    read_name(self, &name, self->vehicle->name);
    read_dbc_path(self, &dbc);
    read_each(self, &buses, 1, VEHICLE_BUSES_MAX, read_bus);
    read_each(self, &nodes, 1, VEHICLE_NODES_MAX, read_node);
    read_each(self, &routes, 0, VEHICLE_ROUTES_MAX, read_route);
}

// self->path is set.
static bool load_file(vehicle_t *self, error_t *error)
{
    json_error_t place;
    FILE *file = fopen(self->path, "rb");
    if (!file) return error_add(error, "%s: %s", self->path, strerror(errno));
    json_t *json = json_loadf(file, JSON_REJECT_DUPLICATES, &place);
    fclose(file);
    if (!json) return error_add(error, "%s:%d:%d: %s", self->path, place.line, place.column, place.text);
    reader_t reader = {.vehicle = self, .error = error, .good = true};
    read_vehicle(&reader, json);
    json_decref(json);
    return reader.good;
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

bool vehicle_load(vehicle_t *self, const char *name_or_path, const char *directory, error_t *error)
{
    memset(self, 0, sizeof *self);
    if (!is_path(name_or_path)) {
        return find_by_name(self, name_or_path, error) && load_file(self, error);
    }
    bool relative = directory && *directory && name_or_path[0] != '/';
    if (!set_path(self, relative ? directory : "", relative ? "/" : "", name_or_path, "")) {
        return error_add(error, "the path of the vehicle is too long");
    }
    return load_file(self, error);
}
