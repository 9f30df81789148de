// SPDX-License-Identifier: MIT
#include "tools/worker.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bus/zmq/affinity.h"
#include "bus/zmq/socket.h"
#include "tools/kmsim_command.h"
#include "tools/story_record.h"

#define TOGETHER_NS (2 * TIME_MS) // records of short stories wait so long to be sent together
#define TOGETHER_MAX 65536        // and until they are so many bytes
#define READ_MAX 65536

// ---- the worker's side ---------------------------------------------------------------------------------------------

typedef struct {
    const work_t *work;
    int socket;
    kmsim_run_options_t options;
    kmsim_run_t *run;
    player_verdict_t verdict;
    char *bytes; // records that wait
    size_t length, room;
    int64_t sent_ns;
} side_t;

static void put(side_t *self, const void *bytes, size_t size)
{
    while (self->length + size > self->room) {
        self->room = self->room > 0 ? 2 * self->room : TOGETHER_MAX;
        self->bytes = realloc(self->bytes, self->room);
        assert(self->bytes);
    }
    memcpy(self->bytes + self->length, bytes, size);
    self->length += size;
}

// Whoever reads may be gone: then so are we, soon.
static void send_all(side_t *self)
{
    size_t sent = 0;
    while (sent < self->length) {
        ssize_t size = send(self->socket, self->bytes + sent, self->length - sent, MSG_NOSIGNAL);
        if (size < 0 && errno != EINTR) break;
        if (size > 0) sent += (size_t)size;
    }
    self->length = 0;
    self->sent_ns = socket_clock_ns();
}

// The next story's index; false: there is none, and none will come. While none is there the run gets what waits.
static bool take_index(side_t *self, uint32_t *index)
{
    ssize_t size = recv(self->socket, index, sizeof *index, MSG_DONTWAIT);
    if (size < 0) {
        send_all(self);
        size = recv(self->socket, index, sizeof *index, MSG_WAITALL);
    }
    return size == sizeof *index && !process_interrupted();
}

static void play(side_t *self, const suite_item_t *item)
{
    const work_t *work = self->work;
    record_t *record = record_new();
    report_t report = *work->report;
    size_t told_size;
    if (!work->live) report.out = open_memstream(&record->told, &told_size);
    assert(report.out);
    story_record_play(record, self->run, &self->options, item, work->rounds, &report, &self->verdict);
    if (work->live)
        fflush(report.out);
    else
        fclose(report.out);
    if (record->told && !*record->told) record_set(&record->told, NULL);
    char *text = record_format(record, true);
    uint32_t length = (uint32_t)strlen(text);
    put(self, &length, sizeof length);
    put(self, text, length);
    free(text);
    record_destroy(&record);
    if (self->length > TOGETHER_MAX || socket_clock_ns() - self->sent_ns > TOGETHER_NS) send_all(self);
}

static _Noreturn void work_on(const work_t *work, int socket)
{
    side_t self = {.work = work, .socket = socket, .options = *work->options};
    self.options.watch = story_watch_new(work->timeline, work->rounds > 1);
    self.run = kmsim_run_new(&self.options);
    for (uint32_t index; take_index(&self, &index);) play(&self, &work->suite->items[index]);
    send_all(&self);
    kmsim_run_destroy(&self.run);
    story_watch_destroy(&self.options.watch);
    free(self.bytes);
    close(socket);
    int signal = process_interrupted();
    exit(signal ? EXIT_SIGNAL + signal : ferror(stdout) ? EXIT_BROKEN : EXIT_PASSED);
}

// ---- the run's side ------------------------------------------------------------------------------------------------

bool worker_start(worker_t *self, const work_t *work, int number, const worker_t *others, size_t other_count,
                  error_t *error)
{
    int ends[2];
    bool child;
    *self = (worker_t){.process = process_none(), .socket = -1, .bytes = self->bytes, .room = self->room};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return error_add(error, "a pair of sockets: %s", strerror(errno));
    fflush(NULL); // what waits to be written is written once
    bool good = process_fork(&self->process, &child, error);
    if (good && child) {
        close(ends[0]);
        for (size_t i = 0; i < other_count; i++)
            if (others[i].socket >= 0) close(others[i].socket);
        if (work->spread) affinity_pin(affinity_allowed(number));
        work_on(work, ends[1]);
    }
    close(ends[1]);
    self->socket = ends[0];
    if (!good) close(ends[0]), self->socket = -1;
    return good;
}

void worker_give(worker_t *self, size_t index, int64_t now_ns)
{
    assert(self->given_count < WORKER_AHEAD_MAX);
    uint32_t number = (uint32_t)index;
    if (self->given_count == 0) self->since_ns = now_ns;
    self->given[self->given_count++] = index;
    send(self->socket, &number, sizeof number, MSG_NOSIGNAL); // one that has ended is noticed when we read
}

bool worker_receive(worker_t *self)
{
    self->length -= self->taken;
    if (self->taken > 0) memmove(self->bytes, self->bytes + self->taken, self->length);
    self->taken = 0;
    for (;;) {
        if (self->room - self->length < READ_MAX) {
            self->room = self->length + 2 * READ_MAX;
            self->bytes = realloc(self->bytes, self->room);
            assert(self->bytes);
        }
        ssize_t size = recv(self->socket, self->bytes + self->length, READ_MAX, MSG_DONTWAIT);
        if (size > 0) self->length += (size_t)size;
        if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) return false;
        if (size < READ_MAX) return true;
    }
}

record_t *worker_take(worker_t *self, size_t *index, int64_t now_ns, error_t *error)
{
    uint32_t length;
    const char *bytes = self->bytes + self->taken;
    size_t left = self->length - self->taken;
    if (left < sizeof length) return NULL;
    memcpy(&length, bytes, sizeof length);
    if (left < sizeof length + length) return NULL;
    record_t *record = record_parse(bytes + sizeof length, length, error);
    self->taken += sizeof length + length;
    assert(self->given_count > 0);
    *index = self->given[0];
    memmove(self->given, self->given + 1, --self->given_count * sizeof *self->given);
    self->since_ns = now_ns;
    return record;
}

void worker_stop(worker_t *self, int64_t now_ns)
{
    if (self->stopped_ns != 0 || self->process.pid <= 0) return;
    self->stopped_ns = now_ns;
    shutdown(self->socket, SHUT_WR); // the signal may come just before it waits for more
    kill(self->process.pid, SIGTERM);
}

int worker_interrupted(int status)
{
    return WIFEXITED(status) && WEXITSTATUS(status) > EXIT_SIGNAL ? WEXITSTATUS(status) - EXIT_SIGNAL : 0;
}

int worker_end(worker_t *self, int64_t patience_ns)
{
    int status = 0;
    if (self->socket >= 0) close(self->socket);
    self->socket = -1;
    if (self->process.pid <= 0) return 0;
    int64_t begun_ns = socket_clock_ns();
    while (!process_ended(&self->process, &status)) {
        if (socket_clock_ns() - begun_ns > patience_ns) {
            process_kill(&self->process);
            return SIGKILL; // as waitpid tells it
        }
        nanosleep(&(struct timespec){.tv_nsec = 200 * TIME_US}, NULL);
    }
    return status;
}
