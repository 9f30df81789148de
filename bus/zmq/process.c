// SPDX-License-Identifier: MIT
#include "bus/zmq/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMAND_MAX 16384

extern char **environ;

static volatile sig_atomic_t children_signals, interrupt_signal;

// ---- signals -------------------------------------------------------------------------------------------------------

static void note_child(int number)
{
    (void)number;
    children_signals = (sig_atomic_t)((unsigned)children_signals + 1);
}

static void note_interrupt(int number)
{
    interrupt_signal = number;
}

static void catch_signal(int number, void (*handler)(int), bool always)
{
    struct sigaction old, new = {.sa_handler = handler}; // no SA_RESTART: whoever waits is to look
    sigemptyset(&new.sa_mask);
    if (sigaction(number, NULL, &old) == 0 && (always || old.sa_handler == SIG_DFL)) sigaction(number, &new, NULL);
}

void process_catch_signals(void)
{
    catch_signal(SIGCHLD, note_child, true);
    catch_signal(SIGINT, note_interrupt, false);
    catch_signal(SIGTERM, note_interrupt, false);
    catch_signal(SIGHUP, note_interrupt, false);
    catch_signal(SIGPIPE, note_interrupt, false);
}

void process_hold_standard_files(void)
{
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
        if (fcntl(file, F_GETFD) < 0) open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

unsigned process_children_signals(void)
{
    return (unsigned)children_signals;
}

int process_interrupted(void)
{
    return interrupt_signal;
}

random_t process_random(const char *purpose)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return random_derive((uint64_t)now.tv_sec ^ (uint64_t)now.tv_nsec << 32, purpose, (uint64_t)getpid());
}

// ---- lifeline ------------------------------------------------------------------------------------------------------

bool process_lifeline_open(process_lifeline_t *self, error_t *error)
{
    int ends[2];
    if (pipe(ends) != 0) return error_add(error, "pipe: %s", strerror(errno));
    for (size_t i = 0; i < 2; i++) fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    *self = (process_lifeline_t){ends[0], ends[1]};
    return true;
}

void process_lifeline_close(process_lifeline_t *self)
{
    if (self->read_end >= 0) close(self->read_end);
    if (self->write_end >= 0) close(self->write_end);
    *self = (process_lifeline_t){-1, -1};
}

// ---- start ---------------------------------------------------------------------------------------------------------

static void set_signals(posix_spawnattr_t *attributes)
{
    sigset_t standard, none;
    sigemptyset(&none);
    sigemptyset(&standard);
    sigaddset(&standard, SIGINT);
    sigaddset(&standard, SIGTERM);
    sigaddset(&standard, SIGHUP);
    sigaddset(&standard, SIGCHLD);
    sigaddset(&standard, SIGPIPE);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &standard);
}

static bool spawn(process_t *self, const process_lifeline_t *lifeline, const char *const argv[], bool apart,
                  error_t *error)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    if (apart) posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (apart) posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, lifeline->read_end, PROCESS_LIFELINE);
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    posix_spawnattr_setflags(&attributes, (short)(apart ? flags | POSIX_SPAWN_SETPGROUP : flags));
    set_signals(&attributes); // what we ignore or block the child would go on ignoring
    // posix_spawn is declared to take writable arguments, and does not write.
    int reason = posix_spawn(&self->pid, argv[0], &actions, &attributes, (char *const *)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    self->group = apart;
    if (reason == 0) return true;
    self->pid = 0;
    return error_add(error, "%s: %s", argv[0], strerror(reason));
}

bool process_start(process_t *self, const process_lifeline_t *lifeline, const char *const argv[], error_t *error)
{
    return spawn(self, lifeline, argv, true, error);
}

typedef struct {
    char text[COMMAND_MAX];
    size_t length;
} command_t;

static void put(command_t *self, char c)
{
    if (self->length < COMMAND_MAX - 1) self->text[self->length++] = c;
}

static void put_quoted(command_t *self, const char *const argv[])
{
    for (size_t i = 0; argv[i]; i++) {
        if (i > 0) put(self, ' ');
        put(self, '\'');
        for (const char *c = argv[i]; *c; c++) {
            for (const char *q = *c == '\'' ? "'\\'" : ""; *q; q++) put(self, *q);
            put(self, *c);
        }
        put(self, '\'');
    }
}

bool process_launch(process_t *self, const process_lifeline_t *lifeline, const char *command, const char *const argv[],
                    error_t *error)
{
    command_t *line = calloc(1, sizeof *line);
    assert(line);
    for (const char *c = command; *c; c++) {
        if (*c == '%')
            put_quoted(line, argv);
        else
            put(line, *c);
    }
    if (!strchr(command, '%')) {
        put(line, ' ');
        put_quoted(line, argv);
    }
    bool started;
    if (line->length == COMMAND_MAX - 1)
        started = error_add(error, "%s: the command is too long", command);
    else
        started = spawn(self, lifeline, (const char *const[]){"/bin/sh", "-c", line->text, NULL}, false, error);
    free(line);
    return started;
}

// ---- end -----------------------------------------------------------------------------------------------------------

bool process_ended(process_t *self, int *status)
{
    if (self->pid <= 0) return false;
    pid_t ended = waitpid(self->pid, status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR)) return false;
    if (ended < 0) *status = 0; // reaped by somebody else
    self->pid = 0;
    return true;
}

// The group first: once its leader is reaped its number may be another's.
void process_kill(process_t *self)
{
    if (self->pid <= 0) return;
    if (self->group) kill(-self->pid, SIGKILL);
    kill(self->pid, SIGKILL); // acts on a stopped process too
    while (waitpid(self->pid, NULL, 0) < 0 && errno == EINTR) continue;
    self->pid = 0;
}

const char *process_describe(int status, char text[PROCESS_TEXT_MAX])
{
    if (WIFSIGNALED(status))
        snprintf(text, PROCESS_TEXT_MAX, "was killed by signal %d (%.24s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(text, PROCESS_TEXT_MAX, "ended with status %d", WEXITSTATUS(status));
    return text;
}
