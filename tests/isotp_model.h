// SPDX-License-Identifier: MIT
// The naive model of an ISO-TP link (unit 0x40, tester 0xF1): lives in ticks and ages everything by hand.
#ifndef KMSIM_TESTS_ISOTP_MODEL_H
#define KMSIM_TESTS_ISOTP_MODEL_H

#include "bus/diagnosis/isotp.h"

#include <string.h>

#define MODEL_SIZE_MAX 200 // sequence numbers wrap twice
#define NEVER (-1)

typedef struct {
    int n_as, n_bs, n_cr, n_cs; // ticks
    int our_block, our_st_min, wait_maximum;
    char out; // '-', 'd'ata, 'f'low control, 's'tale
    int out_age;
    char tx; // '-', 's'tart, 'w'ait for flow control, 'c'onsecutive
    uint8_t bytes[MODEL_SIZE_MAX];
    int size, done, number, in_block, block, gap, since, wait_age, due_age, waits; // due_age < 0: not due for so long
    isotp_result_t tx_result;
    char rx;   // '-', 'f'low control to send, 'c'onsecutive expected, 'm'essage
    char flow; // '-', 'c'ontinue, 'o'verflow
    uint8_t got[MODEL_SIZE_MAX];
    int want, have, next, got_in_block, rx_age, indicated;
    isotp_result_t rx_result;
    isotp_counters_t counters;
} model_t;

static inline void model_tx_end(model_t *m, isotp_result_t result)
{
    if (result == ISOTP_DONE)
        m->counters.sent++;
    else
        m->counters.send_failed++;
    m->tx = '-';
    m->tx_result = result;
}

static inline void model_rx_fail(model_t *m, isotp_result_t result)
{
    m->counters.receive_failed++;
    m->rx = '-';
    m->rx_result = result;
    m->indicated = 0;
}

static inline void model_lose(model_t *m, isotp_result_t result)
{
    char out = m->out;
    m->out = '-';
    if (out == 'd') model_tx_end(m, result);
    if (out == 'f' && m->rx == 'f') model_rx_fail(m, result);
}

// One tick passes.
static inline void model_age(model_t *m)
{
    m->out_age++, m->wait_age++, m->due_age++, m->rx_age++, m->since++;
}

// What is as old as its limit has timed out; with a grace of 1 only what is older (the instant itself still counts).
static inline void model_expire(model_t *m, int grace)
{
    if (m->out != '-' && m->out_age >= m->n_as + grace) model_lose(m, ISOTP_TIMEOUT_A);
    if (m->tx == 'w' && m->wait_age >= m->n_bs + grace) model_tx_end(m, ISOTP_TIMEOUT_BS);
    if (m->tx == 'c' && m->out != 'd' && m->due_age >= m->n_cs + grace) model_tx_end(m, ISOTP_TIMEOUT_CS);
    if (m->rx == 'c' && m->rx_age >= m->n_cr + grace) model_rx_fail(m, ISOTP_TIMEOUT_CR);
}

static inline bool model_pull(model_t *m, uint8_t data[8], int *length)
{
    if (m->out != '-') return false;
    data[0] = 0xF1;
    if (m->flow != '-') {
        data[1] = m->flow == 'c' ? 0x30 : 0x32;
        data[2] = (uint8_t)m->our_block;
        data[3] = (uint8_t)m->our_st_min;
        *length = 4;
        m->flow = '-';
        m->out = 'f';
    } else if (m->tx == 's' && m->size <= 6) {
        data[1] = (uint8_t)m->size;
        memcpy(data + 2, m->bytes, (size_t)m->size);
        *length = 2 + m->size;
        m->done = m->size;
        m->out = 'd';
    } else if (m->tx == 's') {
        data[1] = 0x10;
        data[2] = (uint8_t)m->size;
        memcpy(data + 3, m->bytes, 5);
        *length = 8;
        m->done = 5;
        m->out = 'd';
    } else if (m->tx == 'c' && m->due_age >= 0) {
        int count = m->size - m->done > 6 ? 6 : m->size - m->done;
        data[1] = (uint8_t)(0x20 + ++m->number % 16);
        memcpy(data + 2, m->bytes + m->done, (size_t)count);
        *length = 2 + count;
        m->done += count;
        m->out = 'd';
    } else {
        return false;
    }
    m->out_age = 0;
    return true;
}

static inline void model_sent(model_t *m)
{
    char out = m->out;
    m->out = '-';
    if (out == 'f' && m->rx == 'f') m->rx = 'c', m->rx_age = 0;
    if (out != 'd') return;
    if (m->done == m->size) {
        model_tx_end(m, ISOTP_DONE);
    } else if (m->tx == 's') {
        m->tx = 'w', m->wait_age = 0;
    } else if (m->since = 0, ++m->in_block == m->block) {
        m->tx = 'w', m->wait_age = 0;
    } else {
        m->due_age = -m->gap;
    }
}

static inline void model_hear_flow(model_t *m, const uint8_t *data, int length)
{
    if (length < 4) {
        m->counters.malformed++;
    } else if (m->tx != 'w') {
        m->counters.unexpected++;
    } else if ((data[1] & 15) == 0) {
        int value = data[3];
        m->block = data[2] ? data[2] : NEVER;
        m->gap = value < 0x80 ? value * 10 : value > 0xF0 && value < 0xFA ? value - 0xF0 : 1270;
        m->in_block = m->waits = 0;
        m->tx = 'c';
        m->due_age = m->number == 0 || m->since >= m->gap ? 0 : m->since - m->gap;
    } else if ((data[1] & 15) == 1) {
        if (++m->waits > m->wait_maximum)
            model_tx_end(m, ISOTP_TOO_MANY_WAITS);
        else
            m->wait_age = 0;
    } else {
        model_tx_end(m, (data[1] & 15) == 2 ? ISOTP_OVERFLOW : ISOTP_INVALID_FLOW);
    }
}

static inline void model_interrupt(model_t *m)
{
    m->flow = '-';
    m->indicated = 0;
    if (m->out == 'f') m->out = 's';
    if (m->rx == 'f' || m->rx == 'c') model_rx_fail(m, ISOTP_UNEXPECTED);
}

static inline void model_hear_start(model_t *m, const uint8_t *data, int length)
{
    bool single = data[1] < 16;
    int size = single ? data[1] : (data[1] & 15) * 256 + data[2];
    bool huge = !single && size == 0 && length == 8 && (data[3] || data[4] || data[5] >= 0x10);
    bool good = single ? size >= 1 && size <= 6 && length >= 2 + size : huge || (length == 8 && size >= 7);
    if (!good) {
        m->counters.malformed++;
        return;
    }
    model_interrupt(m);
    if (!single && (huge || m->rx == 'm')) {
        m->counters.overflowed++;
        m->flow = 'o';
    } else if (m->rx == 'm') {
        m->counters.lost++;
    } else {
        m->want = size;
        m->have = single ? size : 5;
        memcpy(m->got, data + (single ? 2 : 3), (size_t)m->have);
        m->rx = single ? 'm' : 'f';
        m->next = 1;
        m->got_in_block = 0;
        if (single)
            m->counters.received++;
        else
            m->flow = 'c', m->indicated = size;
    }
}

static inline void model_hear_consecutive(model_t *m, const uint8_t *data, int length)
{
    int count = m->want - m->have > 6 ? 6 : m->want - m->have;
    if (m->rx != 'c') {
        m->counters.unexpected++;
    } else if (length < 2 + count) {
        m->counters.malformed++;
    } else if ((data[1] & 15) != m->next % 16) {
        model_rx_fail(m, ISOTP_WRONG_SEQUENCE);
    } else {
        memcpy(m->got + m->have, data + 2, (size_t)count);
        m->have += count;
        m->next++;
        m->rx_age = 0;
        if (m->have == m->want)
            m->rx = 'm', m->counters.received++;
        else if (++m->got_in_block == m->our_block)
            m->rx = 'f', m->flow = 'c', m->got_in_block = 0;
    }
}

static inline void model_hear(model_t *m, const uint8_t *data, int length)
{
    if (length == 0 || data[0] != 0x40)
        m->counters.foreign++;
    else if (length == 1 || data[1] >= 0x40)
        m->counters.malformed++;
    else if (data[1] >= 0x30)
        model_hear_flow(m, data, length);
    else if (data[1] >= 0x20)
        model_hear_consecutive(m, data, length);
    else
        model_hear_start(m, data, length);
}

#endif
