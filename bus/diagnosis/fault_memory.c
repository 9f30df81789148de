// SPDX-License-Identifier: MIT
#include "bus/diagnosis/fault_memory.h"

#include <string.h>

// ISO 14229-1, annex D.2
enum {
    STATUS_TEST_FAILED = 0x01,
    STATUS_FAILED_THIS_CYCLE = 0x02,
    STATUS_PENDING = 0x04,
    STATUS_CONFIRMED = 0x08,
    STATUS_FAILED_SINCE_CLEAR = 0x20,
    STATUS_NOT_COMPLETED_THIS_CYCLE = 0x40,
    STATUS_FAILED =
        STATUS_TEST_FAILED | STATUS_FAILED_THIS_CYCLE | STATUS_PENDING | STATUS_CONFIRMED | STATUS_FAILED_SINCE_CLEAR,
};

#define PREFIX "fault/"
#define PREFIX_LENGTH (sizeof PREFIX - 1)
#define CODE_DIGITS 4
#define STORED_SIZE 11     // status, count, eight bytes of time, least significant first, context
#define STORED_SIZE_OLD 10 // without context

static stored_fault_t *find(fault_memory_t *self, uint16_t code)
{
    for (size_t i = 0; i < self->count; i++) {
        if (self->faults[i].code == code) return &self->faults[i];
    }
    return NULL;
}

static stored_fault_t *append(fault_memory_t *self, uint16_t code)
{
    if (self->count == FAULT_MEMORY_MAX) {
        memmove(&self->faults[0], &self->faults[1], (FAULT_MEMORY_MAX - 1) * sizeof self->faults[0]);
        self->count--;
    }
    stored_fault_t *fault = &self->faults[self->count++];
    *fault = (stored_fault_t){.code = code};
    return fault;
}

bool fault_memory_set(fault_memory_t *self, uint16_t code, int64_t now_ns)
{
    stored_fault_t *fault = find(self, code);
    bool is_new = !fault;
    if (is_new) {
        fault = append(self, code);
        fault->first_ns = now_ns;
    }
    fault->status = STATUS_FAILED;
    if (fault->count < UINT8_MAX) fault->count++;
    return is_new;
}

const stored_fault_t *fault_memory_find(const fault_memory_t *self, uint16_t code)
{
    for (size_t i = 0; i < self->count; i++) {
        if (self->faults[i].code == code) return &self->faults[i];
    }
    return NULL;
}

void fault_memory_set_context(fault_memory_t *self, uint16_t code, uint8_t context)
{
    stored_fault_t *fault = find(self, code);
    if (fault) fault->context = context;
}

void fault_memory_remove(fault_memory_t *self, uint16_t code)
{
    stored_fault_t *fault = find(self, code);
    if (!fault) return;
    size_t behind = self->count - 1 - (size_t)(fault - self->faults);
    memmove(fault, fault + 1, behind * sizeof *fault);
    self->count--;
}

void fault_memory_clear(fault_memory_t *self)
{
    self->count = 0;
}

static void write_name(char name[PREFIX_LENGTH + CODE_DIGITS + 1], uint16_t code)
{
    memcpy(name, PREFIX, PREFIX_LENGTH);
    for (size_t i = 0; i < CODE_DIGITS; i++) {
        name[PREFIX_LENGTH + i] = "0123456789ABCDEF"[code >> (12 - 4 * i) & 0xF];
    }
    name[PREFIX_LENGTH + CODE_DIGITS] = '\0';
}

static bool read_name(const char *name, uint16_t *code)
{
    if (strncmp(name, PREFIX, PREFIX_LENGTH) != 0 || strlen(name) != PREFIX_LENGTH + CODE_DIGITS) return false;
    unsigned value = 0;
    for (const char *digit = name + PREFIX_LENGTH; *digit != '\0'; digit++) {
        const char *place = strchr("0123456789ABCDEF", *digit);
        if (!place) return false;
        value = value << 4 | (unsigned)(place - "0123456789ABCDEF");
    }
    *code = (uint16_t)value;
    return true;
}

static void load_entry(fault_memory_t *self, uint16_t code, const uint8_t *bytes, size_t size)
{
    uint64_t first_ns = 0;
    for (unsigned i = 0; i < 8; i++) first_ns |= (uint64_t)bytes[2 + i] << (8 * i);
    stored_fault_t *fault = find(self, code);
    if (!fault) fault = append(self, code);
    // A new operation cycle begins: nothing was tested in it so far.
    fault->status =
        (uint8_t)((bytes[0] & ~(STATUS_TEST_FAILED | STATUS_FAILED_THIS_CYCLE)) | STATUS_NOT_COMPLETED_THIS_CYCLE);
    fault->count = bytes[1] == 0 ? 1 : bytes[1];
    fault->first_ns = first_ns > INT64_MAX ? 0 : (int64_t)first_ns;
    fault->context = size == STORED_SIZE ? bytes[STORED_SIZE_OLD] : 0;
}

void fault_memory_load(fault_memory_t *self, const image_t *image)
{
    fault_memory_clear(self);
    for (size_t i = 0; i < image->count && i < IMAGE_ENTRIES_MAX; i++) {
        const image_entry_t *entry = &image->entries[i];
        uint16_t code;
        bool fits = entry->size == STORED_SIZE || entry->size == STORED_SIZE_OLD;
        if (fits && read_name(entry->name, &code)) load_entry(self, code, entry->bytes, entry->size);
    }
}

bool fault_memory_save(const fault_memory_t *self, image_t *image)
{
    for (size_t i = 0; i < self->count; i++) {
        const stored_fault_t *fault = &self->faults[i];
        char name[PREFIX_LENGTH + CODE_DIGITS + 1];
        write_name(name, fault->code);
        uint8_t bytes[STORED_SIZE] = {fault->status, fault->count};
        for (unsigned k = 0; k < 8; k++) bytes[2 + k] = (uint8_t)((uint64_t)fault->first_ns >> (8 * k));
        bytes[STORED_SIZE_OLD] = fault->context;
        if (!image_set_bytes(image, name, -1, NULL, bytes, STORED_SIZE)) return false;
    }
    return true;
}
