// SPDX-License-Identifier: MIT
// libFuzzer target: the tester's side of diagnosis, at a unit in the fuzzer's hands. Whatever it answers: a job ends,
// and is never accepted, nor a request positive, by what is no right answer. What is right is told here a second time.
//
//   input: job (0 service, 1 coding, 2 writing, 3 request: length, bytes), then operations of one byte and what follows
//     0 answers rightly            4 … with as many bytes behind it
//     1 answers: length, bytes     5 "response pending"
//     2 rightly, one byte changed: 6 a frame: length in bits 4-7, bytes
//       which, to what             7 time passes: units of 20 ms
//     3 … with so many bytes less
#include <stdlib.h>
#include <string.h>

#include "scenarios/actors/workshop_job.h"

#define ADDRESS 0x40
#define SETTINGS 3
#define PROFILE 2
#define ANSWER_MAX 300
#define UNIT_NS (20 * TIME_MS)
#define ENDS_NS (20 * TIME_S) // a request, whatever is answered: the longest patience and the longest step of time

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const uint8_t *data;
    size_t size;
    int64_t now_ns;
    bool disturbed;    // by frames that are no message: a transfer may last
    size_t asked_size; // the request that the unit heard last, 0: none
    uint8_t asked[UDS_MESSAGE_MAX];
    size_t record_size; // what it was written
    uint8_t record[ANSWER_MAX];
} bench_t;

static bench_t bench;
static isotp_t unit;
static uds_client_t client;
static workshop_job_t job;

static void check(bool holds)
{
    if (!holds) abort();
}

static uint8_t take(void)
{
    if (bench.size == 0) return 0;
    bench.size--;
    return *bench.data++;
}

// ---- what is right, once more --------------------------------------------------------------------------------------

static bool echoes(const uint8_t *request, size_t request_size, const uint8_t *bytes, size_t count)
{
    if (request_size < 1 + count) return false;
    for (size_t i = 1; i <= count; i++) {
        bool sub_function = i == 1 && uds_has_sub_function(request[0]);
        if (bytes[i] != (sub_function ? request[i] % UDS_SUPPRESS : request[i])) return false;
    }
    return true;
}

static bool is_list(const uint8_t *request, size_t request_size, const uint8_t *bytes, size_t size)
{
    uint8_t kind = request_size > 1 ? request[1] % UDS_SUPPRESS : 0;
    if (size < 2 || !echoes(request, request_size, bytes, 1)) return false;
    if (kind == 0x02 || kind == 0x0A || kind == 0x15) return size % 4 == 3;
    if (kind == 0x01 || kind == 0x07) return size == 6;
    if (kind == 0x04 || kind == 0x06) return size >= 6 && echoes(request, request_size, bytes, 4);
    return true;
}

static bool has_identifier(const uint8_t *request, size_t request_size, const uint8_t *bytes, size_t size)
{
    bool has = false;
    for (size_t i = 1; size >= 3 && i + 2 <= request_size; i += 2) has |= memcmp(request + i, bytes + 1, 2) == 0;
    return has;
}

static bool is_right(const uint8_t *request, size_t request_size, const uint8_t *bytes, size_t size)
{
    if (size == 0 || bytes[0] != (uint8_t)(request[0] + UDS_POSITIVE) || bytes[0] == UDS_NEGATIVE) return false;
    switch (request[0]) {
    case 0x10:
        return size == 6 && echoes(request, request_size, bytes, 1);
    case 0x14:
        return size == 1;
    case 0x19:
        return is_list(request, request_size, bytes, size);
    case 0x22:
        return has_identifier(request, request_size, bytes, size);
    case 0x27:
        return echoes(request, request_size, bytes, 1) && (bytes[1] % 2 ? size >= 3 : size == 2);
    case 0x28:
    case 0x3E:
    case 0x85:
        return size == 2 && echoes(request, request_size, bytes, 1);
    case 0x2E:
        return size == 3 && echoes(request, request_size, bytes, 2);
    case 0x31:
        return size >= 4 && echoes(request, request_size, bytes, 3);
    default:
        return true;
    }
}

// Whether is_right knows all that is right of it: else it knows what is wrong only.
static bool is_known(const uint8_t *request, size_t size)
{
    static const uint8_t SERVICES[] = {0x10, 0x14, 0x19, 0x22, 0x27, 0x28, 0x2E, 0x31, 0x3E, 0x85};
    static const uint8_t LISTS[] = {0x01, 0x02, 0x04, 0x06, 0x07, 0x0A, 0x15};
    uint8_t kind = size > 1 ? request[1] % UDS_SUPPRESS : 0;
    return memchr(SERVICES, request[0], sizeof SERVICES) && (request[0] != 0x19 || memchr(LISTS, kind, sizeof LISTS));
}

static void check_answer(const uds_step_t *step, const uds_answer_t *answer)
{
    const uint8_t *request = bench.asked;
    bool right = bench.asked_size > 0 && is_right(request, bench.asked_size, answer->bytes, answer->size);
    check(answer->step == 0);
    switch (answer->outcome) {
    case UDS_OUTCOME_POSITIVE:
        check(right);
        if (step->kind == UDS_STEP_UNLOCK) check(bench.asked[1] == 2 || answer->size == 2 + UDS_SEED_SIZE);
        return;
    case UDS_OUTCOME_NEGATIVE:
        check(answer->size == 3 && answer->bytes[0] == UDS_NEGATIVE && answer->bytes[1] == request[0]);
        check(answer->bytes[2] == answer->nrc && answer->nrc != UDS_RESPONSE_PENDING && answer->nrc != 0);
        return;
    case UDS_OUTCOME_UNREADABLE:
        check(answer->size > 0);
        check(!right || !is_known(request, bench.asked_size) || step->kind == UDS_STEP_UNLOCK); // a seed's size
        return;
    case UDS_OUTCOME_QUIET:
        check(bench.asked_size > 1 && uds_has_sub_function(request[0]) && request[1] >= UDS_SUPPRESS);
        return;
    case UDS_OUTCOME_SILENT:
    case UDS_OUTCOME_ENDLESS:
    case UDS_OUTCOME_BROKEN:
    case UDS_OUTCOME_INVALID:
        return;
    }
    abort();
}

// What the job took for done was told by the unit, byte by byte.
static void check_job(uint8_t kind)
{
    static const uint8_t DONE[] = {0x71, 0x01, 0xDC, 0x73, 0x00};
    bool done = workshop_job_is_done(&job);
    check(workshop_job_is_over(&job) && job.end != WORKSHOP_UNDER_WAY);
    if (job.end == WORKSHOP_ACCEPTED && kind == 0)
        check(job.size == sizeof DONE && memcmp(job.bytes, DONE, job.size) == 0);
    if (job.end == WORKSHOP_UNREADABLE || job.end == WORKSHOP_NOT_DONE) check(job.size > 0);
    if (job.end == WORKSHOP_SILENT || job.end == WORKSHOP_ENDLESS) check(job.size == 0);
    if (done && kind == 1) {
        check(job.profile.coded && job.profile.values[1] == -7);
        check(job.ended_in == WORKSHOP_STAGE_CLOSE || job.size == 4 + 2 * SETTINGS);
    }
}

// ---- the unit ------------------------------------------------------------------------------------------------------

static void say(const uint8_t *bytes, size_t size)
{
    if (size > 0 && !isotp_sending(&unit)) isotp_send(&unit, bytes, size, bench.now_ns);
}

static size_t compose_record(uint8_t *answer, size_t size)
{
    if (bench.record_size == 0) return size + 1 + 2 * SETTINGS; // a profile that is not coded
    memcpy(answer + size, bench.record, bench.record_size);
    return size + bench.record_size;
}

static size_t compose(uint8_t *answer)
{
    const uint8_t *request = bench.asked;
    size_t size = bench.asked_size;
    answer[0] = (uint8_t)(request[0] + UDS_POSITIVE);
    for (size_t i = 1; i < 4; i++) answer[i] = i < size ? request[i] : 0;
    if (uds_has_sub_function(request[0])) answer[1] %= UDS_SUPPRESS;
    switch (request[0]) {
    case 0x10:
        return 6;
    case 0x14:
        return 1;
    case 0x19:
        return 3 + 4 * (size_t)(take() % 8);
    case 0x22:
        return compose_record(answer, 3);
    case 0x27:
        return answer[1] % 2 ? 2 + UDS_SEED_SIZE : 2;
    case 0x2E:
        bench.record_size = size > 3 && size - 3 < sizeof bench.record ? size - 3 : 0;
        memcpy(bench.record, request + 3, bench.record_size);
        return 3;
    case 0x31:
        return 5;
    default:
        return 2;
    }
}

static void answer_rightly(uint8_t operation)
{
    uint8_t answer[ANSWER_MAX + UINT8_MAX] = {0};
    if (bench.asked_size == 0) return;
    size_t size = compose(answer), number = take();
    if (operation == 2 && size > 0) answer[number % size] = take();
    if (operation == 3) size -= number % (size + 1);
    if (operation == 4) size += number;
    say(answer, size);
}

static void hear_frame(uint8_t length)
{
    bench.disturbed = true;
    uint8_t bytes[FRAME_DATA_MAX] = {0};
    for (uint8_t i = 0; i < length && i < FRAME_DATA_MAX; i++) bytes[i] = take();
    bytes[0] = (uint8_t)(bytes[0] + UDS_TESTER_ADDRESS);
    can_frame_t frame = frame_make(UDS_RESPONSE_ID + ADDRESS, bytes, length > FRAME_DATA_MAX ? FRAME_DATA_MAX : length);
    uds_client_accept(&client, &frame, bench.now_ns);
}

static void operate(void)
{
    uint8_t operation = take(), bytes[UINT8_MAX];
    switch (operation & 7) {
    case 1:
        operation = take();
        for (size_t i = 0; i < operation; i++) bytes[i] = take();
        say(bytes, operation);
        return;
    case 5:
        say((const uint8_t[]){UDS_NEGATIVE, bench.asked_size > 0 ? bench.asked[0] : 0, UDS_RESPONSE_PENDING}, 3);
        return;
    case 6:
        hear_frame(operation >> 4);
        return;
    case 7:
        bench.now_ns += UNIT_NS * take();
        return;
    default:
        answer_rightly(operation & 7);
        return;
    }
}

// ---- the wire, time ------------------------------------------------------------------------------------------------

static bool carry(void)
{
    can_frame_t frame;
    isotp_tick(&unit, bench.now_ns);
    if (uds_client_pull(&client, bench.now_ns, &frame)) {
        uds_client_sent(&client, &frame, bench.now_ns);
        isotp_accept(&unit, &frame, bench.now_ns);
        return true;
    }
    if (!isotp_pull(&unit, bench.now_ns, &frame)) return false;
    isotp_sent(&unit, &frame, bench.now_ns);
    uds_client_accept(&client, &frame, bench.now_ns);
    return true;
}

static void hear_request(void)
{
    const uint8_t *bytes;
    size_t size;
    isotp_take_send_result(&unit);
    isotp_take_receive_result(&unit);
    if (!isotp_received(&unit, &bytes, &size)) return;
    memcpy(bench.asked, bytes, size);
    bench.asked_size = size;
    isotp_release(&unit);
}

static void ask(const uds_step_t *step, uds_answer_t *answer)
{
    int64_t begin_ns = bench.now_ns;
    bench.asked_size = 0;
    check(uds_client_begin(&client, ADDRESS, step, 1));
    for (;;) {
        while (carry()) hear_request();
        if (uds_client_take_answer(&client, answer)) return;
        int64_t next_ns = time_earlier(uds_client_deadline(&client), isotp_deadline(&unit));
        check(next_ns > bench.now_ns && next_ns < TIME_NEVER);
        check(bench.disturbed || bench.now_ns - begin_ns < ENDS_NS);
        if (bench.size > 0)
            operate();
        else
            bench.now_ns = next_ns;
    }
}

static void begin_job(uint8_t kind, uint8_t *bytes)
{
    static const workshop_change_t CHANGE = {1, -7};
    static const workshop_coding_t CODING = {PROFILE, SETTINGS, 1, &CHANGE};
    workshop_request_t write = {.size = 5, .bytes = {UDS_WRITE_DATA, 0x30, 0x20, take(), take()}};
    size_t size = 0, count = 1U + take() % 16;
    switch (kind) {
    case 0:
        workshop_job_service(&job, &(workshop_service_t){.function = WORKSHOP_BLOCK_KEY, .key = 2});
        return;
    case 1:
        workshop_job_coding(&job, &CODING);
        return;
    case 2:
        workshop_job_write(&job, &write);
        return;
    default:
        for (size = 0; size < count; size++) bytes[size] = take();
        workshop_job_request(&job, bytes, size);
        return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t raw[UINT8_MAX + 1], kind;
    uds_step_t step;
    uds_answer_t answer;
    bench = (bench_t){.data = data, .size = size};
    isotp_config_t config = uds_unit_link(ADDRESS);
    isotp_init(&unit, &config);
    uds_client_init(&client);
    kind = take() % 4;
    begin_job(kind, raw);
    while (workshop_job_next(&job, &step)) {
        ask(&step, &answer);
        check_answer(&step, &answer);
        workshop_job_take(&job, &answer);
    }
    check_job(kind);
    return 0;
}
