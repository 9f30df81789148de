// SPDX-License-Identifier: MIT
#include "scenarios/play/driver.h"

#include <inttypes.h>
#include <string.h>

#include "bus/car/lines.h"

#define RADIO_HOLD_NS (100 * TIME_MS) // of telegrams that no remote control sent

void driver_init(driver_t *self, fobs_t *fobs, uint8_t fobs_node)
{
    *self = (driver_t){.fobs = fobs, .fobs_node = fobs_node};
}

void driver_reset(driver_t *self, uint64_t seed)
{
    self->seed = seed;
    self->hold_count = self->telegram_count = self->telegram_room = 0;
}

// The ring only grows before it has gone round: until then the n-th telegram stays where it stands.
size_t driver_announce(driver_t *self, size_t step_count)
{
    size_t wanted = self->telegram_count + step_count;
    if (self->telegram_count > 0 && wanted > DRIVER_TELEGRAMS_KEPT) wanted = DRIVER_TELEGRAMS_KEPT;
    if (wanted > self->telegram_room) self->telegram_room = wanted;
    return self->hold_count + step_count;
}

void driver_set_line(kernel_t *kernel, const char *name, int64_t value, bool momentary)
{
    int line = kernel_find_line(kernel, name);
    if (line >= 0) kernel_set_line(kernel, (uint16_t)line, value, momentary);
}

// ---- holding -------------------------------------------------------------------------------------------------------

static void let_go(driver_t *self, kernel_t *kernel, size_t index)
{
    const driver_hold_t *hold = &self->holds[index];
    if (hold->transmission > 0) {
        air_t end = {.channel = AIR_RF_END, .transmission = hold->transmission};
        kernel_transmit(kernel, &end);
    } else {
        kernel_set_line(kernel, hold->line, LINE_SWITCH_RELEASED, false);
    }
    self->hold_count--;
    memmove(&self->holds[index], &self->holds[index + 1], (self->hold_count - index) * sizeof self->holds[0]);
}

static bool is_reached(const driver_hold_t *hold, const car_view_t *view)
{
    if (!hold->setting.message) return false;
    const car_view_last_t *said = car_view_known(view, hold->setting.message);
    return said && said->at_ns > hold->begin_ns && dbc_get(hold->setting.signal, &said->frame) == hold->to_raw;
}

void driver_release(driver_t *self, kernel_t *kernel, const car_view_t *view)
{
    int64_t now_ns = kernel_now(kernel);
    for (size_t i = 0; i < self->hold_count;) {
        if (self->holds[i].end_ns <= now_ns || is_reached(&self->holds[i], view))
            let_go(self, kernel, i);
        else
            i++;
    }
}

int64_t driver_next_ns(const driver_t *self)
{
    int64_t next_ns = TIME_NEVER;
    for (size_t i = 0; i < self->hold_count; i++) next_ns = time_earlier(next_ns, self->holds[i].end_ns);
    return next_ns;
}

static void hold(driver_t *self, driver_hold_t hold)
{
    self->holds[self->hold_count++] = hold;
}

// ---- radio ---------------------------------------------------------------------------------------------------------

static void transmit(driver_t *self, kernel_t *kernel, const air_t *air, int key, int64_t hold_ns)
{
    int64_t now_ns = kernel_now(kernel);
    uint32_t transmission = kernel_transmit(kernel, air);
    hold(self,
         (driver_hold_t){.end_ns = now_ns + hold_ns, .transmission = transmission, .key = key, .begin_ns = now_ns});
}

static air_t *telegram(const driver_t *self, size_t number)
{
    return &self->telegrams[(number - 1) % self->telegram_room];
}

static void remember(driver_t *self, const air_t *air)
{
    *telegram(self, ++self->telegram_count) = *air;
}

void driver_press(driver_t *self, kernel_t *kernel, const driver_press_t *press)
{
    for (size_t i = 0; i < self->hold_count;) {
        if (self->holds[i].key == press->key)
            let_go(self, kernel, i);
        else
            i++;
    }
    air_t air = fobs_press(self->fobs, press->key, press->button);
    fobs_save(self->fobs, &self->image);
    kernel_store(kernel, self->fobs_node, &self->image);
    remember(self, &air);
    if (!press->out_of_range) transmit(self, kernel, &air, press->key, press->hold_ns);
}

air_t driver_forge(const driver_t *self, int key, key_button_t button, int personalization)
{
    uint8_t secret[KEY_SECRET_SIZE];
    random_t stream = random_derive(self->seed, "forger", (uint64_t)key);
    for (size_t i = 0; i < KEY_SECRET_SIZE; i++) secret[i] = (uint8_t)random_next(&stream);
    return fobs_forge(self->fobs, key, button, personalization, secret);
}

const air_t *driver_find_telegram(const driver_t *self, int64_t number, words_t *reason)
{
    int64_t count = (int64_t)self->telegram_count, room = (int64_t)self->telegram_room;
    if (number > count)
        words_add(reason, "telegram %" PRId64 " to replay: only %" PRId64 " were sent so far", number, count);
    else if (number <= count - room)
        words_add(reason, "telegram %" PRId64 " to replay: of %" PRId64 " only the last %" PRId64 " are remembered",
                  number, count, room);
    return number <= count && number > count - room ? telegram(self, (size_t)number) : NULL;
}

void driver_send(driver_t *self, kernel_t *kernel, const air_t *air)
{
    remember(self, air);
    transmit(self, kernel, air, 0, RADIO_HOLD_NS);
}

// ---- lock, switches, knobs -----------------------------------------------------------------------------------------

// The next key begins with the terminals off, wherever the last one was turned to.
void driver_remove_key(driver_t *self, kernel_t *kernel)
{
    if (self->fobs->inserted == FOBS_NONE) return;
    fobs_insert(self->fobs, FOBS_NONE);
    driver_set_line(kernel, LINE_TERMINAL, 0, false);
    driver_set_line(kernel, LINE_KEY, 0, false);
}

bool driver_insert_key(driver_t *self, kernel_t *kernel, int key)
{
    if (self->fobs->inserted != FOBS_NONE) return false;
    fobs_insert(self->fobs, key);
    driver_set_line(kernel, LINE_KEY, 1, false);
    return true;
}

void driver_turn_key(driver_t *self, kernel_t *kernel, int64_t terminal)
{
    if (self->fobs->inserted != FOBS_NONE) driver_set_line(kernel, LINE_TERMINAL, terminal, false);
}

void driver_hold_switch(driver_t *self, kernel_t *kernel, const driver_switch_t *axis)
{
    int line = kernel_find_line(kernel, axis->line);
    if (line < 0) return;
    for (size_t i = 0; i < self->hold_count; i++) {
        if (self->holds[i].transmission > 0 || self->holds[i].line != line) continue;
        self->hold_count--; // the finger does not leave the switch: no release between
        memmove(&self->holds[i], &self->holds[i + 1], (self->hold_count - i) * sizeof self->holds[0]);
        break;
    }
    bool timed = axis->hold_ns != STORY_NO_TIME;
    int64_t now_ns = kernel_now(kernel);
    int64_t value = !timed           ? LINE_SWITCH_TO + axis->to_raw
                    : axis->increase ? LINE_SWITCH_INCREASE
                                     : LINE_SWITCH_DECREASE;
    kernel_set_line(kernel, (uint16_t)line, value, false);
    hold(self, (driver_hold_t){.end_ns = timed ? now_ns + axis->hold_ns : TIME_NEVER,
                               .line = (uint16_t)line,
                               .begin_ns = now_ns,
                               .setting = timed ? (dbc_setting_t){NULL, NULL} : axis->setting,
                               .to_raw = axis->to_raw});
}
