// SPDX-License-Identifier: MIT
#include "bus/zmq/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMAND_MAX 16384
#define NOT_BEGUN 127 // exit status of a process that could not be what it was to be
#define BEGIN_MS 3000 // in which it must have begun
#define BEGIN_STEP_MS 10

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

// The signal is let through only while we sleep: one that came in between would not wake us.
void process_wait_for_children(unsigned seen, int most_ms)
{
    struct timespec most = {.tv_sec = most_ms / 1000, .tv_nsec = most_ms % 1000 * 1000000L};
    sigset_t child, before;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &before);
    if (process_children_signals() == seen) pselect(0, NULL, NULL, NULL, &most, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
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

// ---- what we have of a process -------------------------------------------------------------------------------------

process_t process_none(void)
{
    return (process_t){.line = -1, .told = -1};
}

void process_cut(process_t *self)
{
    if (self->line >= 0) close(self->line);
    self->line = -1;
}

static void forget_told(process_t *self)
{
    if (self->told >= 0) close(self->told);
    self->told = -1;
}

static void let_go(process_t *self)
{
    process_cut(self);
    forget_told(self);
    self->pid = 0;
}

// ---- start ---------------------------------------------------------------------------------------------------------

typedef struct { // of a process that is to begin
    const char *const *argv, *const *environment;
    int lifeline, told; // its end; write end of the pipe by which it tells why it could not begin
    bool apart;         // in a process group of its own
    pid_t parent;
} start_t;

// What we ignore or block the child would go on ignoring.
static void restore_signals(void)
{
    static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE, SIGXFSZ};
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t none;
    sigemptyset(&none);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++) sigaction(SIGNALS[i], &standard, NULL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// The lifeline first: it may have a standard file's number.
static bool set_files(const start_t *start)
{
    bool good = start->lifeline == PROCESS_LIFELINE ? fcntl(PROCESS_LIFELINE, F_SETFD, 0) == 0
                                                    : dup2(start->lifeline, PROCESS_LIFELINE) >= 0;
    if (!start->apart) return good;
    int nothing = open("/dev/null", O_RDONLY);
    good = good && nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0;
    if (nothing > PROCESS_LIFELINE) close(nothing);
    return good;
}

// In the child, by nothing but what is allowed between fork and exec. A stopped process cannot look at its lifeline:
// the kernel ends it with us; who was orphaned just before that was set ends himself.
static _Noreturn void become(const start_t *start)
{
    if (start->apart) setpgid(0, 0);
    if (start->apart) prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != start->parent) _exit(NOT_BEGUN);
    restore_signals();
    // execve is declared to take writable arguments, and does not write.
    if (set_files(start))
        execve(start->argv[0], (char *const *)(uintptr_t)start->argv, (char *const *)(uintptr_t)start->environment);
    int reason = errno;
    if (write(start->told, &reason, sizeof reason) < 0) _exit(NOT_BEGUN);
    _exit(NOT_BEGUN);
}

// A pipe whose write end is above the numbers that a child gives away.
static bool open_told(int ends[2])
{
    int pair[2];
    if (pipe(pair) != 0) return false;
    for (size_t i = 0; i < 2; i++) {
        ends[i] = fcntl(pair[i], F_DUPFD_CLOEXEC, PROCESS_LIFELINE + 1);
        close(pair[i]);
    }
    if (ends[0] >= 0 && ends[1] >= 0) return true;
    for (size_t i = 0; i < 2; i++)
        if (ends[i] >= 0) close(ends[i]);
    return false;
}

static bool fail_start(const char *program, int reason, error_t *error)
{
    struct rlimit limit;
    if (reason == ETIMEDOUT) return error_add(error, "%s: the process does not begin, stopped?", program);
    if (reason != EAGAIN || getrlimit(RLIMIT_NPROC, &limit) != 0)
        return error_add(error, "%s: %s", program, strerror(reason));
    return error_add(error, "%s: %s (limit of processes and threads, ulimit -u, %llu)", program, strerror(reason),
                     (unsigned long long)limit.rlim_cur);
}

// By fork, since posix_spawn waits for its child without an end: one that is stopped before it is what it is to be
// would hold us for ever. What only the child is to have is closed here at once: the next one must not inherit it.
static int begin(process_t *self, const start_t *start)
{
    int ends[2];
    if (!open_told(ends)) return errno;
    start_t child = *start;
    child.told = ends[1];
    child.parent = getpid();
    pid_t pid = fork();
    if (pid == 0) become(&child);
    int reason = pid < 0 ? errno : 0;
    close(ends[1]);
    self->pid = pid < 0 ? 0 : pid;
    self->told = ends[0];
    self->program = start->argv[0];
    self->group = start->apart;
    return reason;
}

// With its lifeline: of the pair one end stays with us, the other one only the process has.
static int begin_on_line(process_t *self, start_t *start)
{
    int ends[2], kind = start->apart ? SOCK_SEQPACKET : SOCK_STREAM;
    *self = process_none();
    if (socketpair(AF_UNIX, kind | SOCK_CLOEXEC, 0, ends) != 0) return errno;
    self->line = ends[0];
    start->lifeline = ends[1];
    int reason = begin(self, start);
    close(ends[1]);
    if (reason != 0) let_go(self);
    return reason;
}

static bool spawn(process_t *self, const char *const argv[], const char *variable, bool apart, error_t *error)
{
    size_t count = 0;
    while (environ[count]) count++;
    const char **environment = calloc(count + 2, sizeof *environment);
    assert(environment);
    for (size_t i = 0; i < count; i++) environment[i] = environ[i];
    environment[count] = variable;
    start_t start = {.argv = argv, .environment = environment, .apart = apart};
    int reason = begin_on_line(self, &start);
    free(environment);
    return reason == 0 || fail_start(argv[0], reason, error);
}

bool process_start(process_t *self, const char *const argv[], const char *variable, error_t *error)
{
    return spawn(self, argv, variable, true, error);
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

bool process_launch(process_t *self, const char *command, const char *const argv[], const char *variable,
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
        started = spawn(self, (const char *const[]){"/bin/sh", "-c", line->text, NULL}, variable, false, error);
    free(line);
    return started;
}

// What it is to be it is once its end of the pipe is closed. 0, or why it is not.
static int wait_until_begun(int told)
{
    struct pollfd item = {.fd = told, .events = POLLIN};
    for (int64_t waited_ms = 0; waited_ms < BEGIN_MS; waited_ms += BEGIN_STEP_MS) {
        int reason = 0;
        int come = poll(&item, 1, BEGIN_STEP_MS); // a signal makes a step shorter, and that does not matter
        if (come > 0) return read(told, &reason, sizeof reason) == sizeof reason ? reason : 0;
    }
    return ETIMEDOUT;
}

bool process_begins(process_t *self, error_t *error)
{
    int reason = self->told >= 0 ? wait_until_begun(self->told) : 0;
    forget_told(self);
    if (reason == 0) return true;
    process_kill(self);
    return fail_start(self->program, reason, error);
}

bool process_fork(process_t *self, bool *child, error_t *error)
{
    pid_t parent = getpid(), pid = fork();
    *child = pid == 0;
    *self = process_none();
    if (pid > 0) self->pid = pid;
    if (pid < 0) return fail_start("fork", errno, error);
    if (pid > 0) return true;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(NOT_BEGUN);
    return true;
}

// ---- end -----------------------------------------------------------------------------------------------------------

bool process_ended(process_t *self, int *status)
{
    if (self->pid <= 0) return false;
    pid_t ended;
    while ((ended = waitpid(self->pid, status, WNOHANG | WUNTRACED | WCONTINUED)) > 0) {
        if (WIFEXITED(*status) || WIFSIGNALED(*status)) break;
        self->stopped = WIFSTOPPED(*status);
    }
    if (ended == 0 || (ended < 0 && errno == EINTR)) return false;
    if (ended < 0) *status = 0; // reaped by somebody else
    let_go(self);
    return true;
}

// The group first: once its leader is reaped its number may be another's.
void process_kill(process_t *self)
{
    if (self->pid <= 0) return;
    if (self->group) kill(-self->pid, SIGKILL);
    kill(self->pid, SIGKILL); // acts on a stopped process too
    while (waitpid(self->pid, NULL, 0) < 0 && errno == EINTR) continue;
    let_go(self);
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
