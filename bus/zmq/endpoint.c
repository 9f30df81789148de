// SPDX-License-Identifier: MIT
#include "bus/zmq/endpoint.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define IPC "ipc://"
#define TCP "tcp://"
#define IPC_PATH_MAX 107 // sockaddr_un holds 108 bytes
#define UP_SUFFIX "-up"
#define STEPS_SUFFIX "-do" // no longer than the other
#define PATH_SIZE 512
#define PORT_MAX 65535
#define EVERYBODYS "/tmp" // where others may have made a directory of our name
#define MEMORY "/dev/shm" // likewise, where no name waits for a disk
#define ATTEMPTS 8        // races with a run that just ends and removes the directory

struct endpoint_claim {
    endpoint_t endpoint;
    int lock;                  // locked file, -1: none (tcp: the port itself is the lock)
    char lock_path[PATH_SIZE]; // "" for none
    bool binds;                // the sockets there are ours
    char directory[PATH_SIZE]; // to be removed with the claim, "" for none
    char parent[PATH_SIZE];    // to be removed when it is empty, "" for none
};

// ---- names ---------------------------------------------------------------------------------------------------------

static const char *runtime_directory(void)
{
    const char *base = getenv("XDG_RUNTIME_DIR");
    return base && base[0] == '/' ? base : NULL;
}

// Everybody must come to the same well-known bus: who has been told a directory that is not there is told so.
static bool user_directory(char path[PATH_SIZE], error_t *error)
{
    const char *told = runtime_directory(), *base = told ? told : EVERYBODYS;
    int length = snprintf(path, PATH_SIZE, "%s/kmsim-%u", base, (unsigned)geteuid());
    if (length >= PATH_SIZE) return error_add(error, "%s: the path of XDG_RUNTIME_DIR is too long", base);
    if (!told || access(told, F_OK) == 0) return true;
    return error_add(error, "%s, which XDG_RUNTIME_DIR names: %s", told, strerror(errno));
}

// As /tmp it must leave to everybody what is his.
static bool memory_is_everybodys(void)
{
    struct stat status;
    return stat(MEMORY, &status) == 0 && (status.st_mode & S_ISVTX) != 0 && access(MEMORY, W_OK | X_OK) == 0;
}

// A run of its own finds another place: nobody looks for it. It makes and removes ten names, each of which on a disk
// waits for what others write there.
static bool user_directory_of_own(char path[PATH_SIZE], error_t *error)
{
    const char *told = runtime_directory();
    if (told && access(told, F_OK) == 0) return user_directory(path, error);
    snprintf(path, PATH_SIZE, "%s/kmsim-%u", memory_is_everybodys() ? MEMORY : EVERYBODYS, (unsigned)geteuid());
    return true;
}

static bool parse_ipc(endpoint_t *self, const char *text, error_t *error)
{
    const char *path = text + strlen(IPC);
    size_t length = strlen(path);
    if (length == 0 || path[0] == '@' || path[0] == '*')
        return error_add(error, "%s: must be ipc:// and the path of a file", text);
    if (length + strlen(UP_SUFFIX) > IPC_PATH_MAX)
        return error_add(error, "%s: the path is too long for a socket, at most %zu bytes", text,
                         IPC_PATH_MAX - strlen(UP_SUFFIX));
    snprintf(self->down, sizeof self->down, "%s", text);
    snprintf(self->up, sizeof self->up, "%.*s" UP_SUFFIX, ENDPOINT_TEXT_MAX - (int)strlen(UP_SUFFIX), text);
    snprintf(self->steps, sizeof self->steps, "%.*s" STEPS_SUFFIX, ENDPOINT_TEXT_MAX - (int)strlen(STEPS_SUFFIX), text);
    return true;
}

static bool is_loopback(const char *host, size_t length)
{
    if (length == strlen("localhost") && memcmp(host, "localhost", length) == 0) return true;
    if (length < strlen("127.0.0.1") || memcmp(host, "127.", 4) != 0) return false;
    return strspn(host, "0123456789.") == length;
}

static bool parse_tcp(endpoint_t *self, const char *text, error_t *error)
{
    const char *host = text + strlen(TCP);
    const char *colon = strrchr(host, ':');
    char *end = NULL;
    long port = colon && colon[1] >= '0' && colon[1] <= '9' ? strtol(colon + 1, &end, 10) : 0;
    if (!end || *end != '\0' || port < 1 || port > 65534)
        return error_add(error, "%s: must be tcp://127.0.0.1:PORT, PORT 1 to 65534 (the one after it is used too)",
                         text);
    size_t length = (size_t)(colon - host);
    if (!is_loopback(host, length) || length > 15)
        return error_add(error, "%s: beyond loopback (tcp://127.0.0.1:PORT) only with CURVE, which is not there", text);
    bool name = host[0] == 'l'; // sockets bind to addresses, not to names
    int width = name ? (int)strlen("127.0.0.1") : (int)length;
    if (name) host = "127.0.0.1";
    snprintf(self->down, sizeof self->down, TCP "%.*s:%ld", width, host, port);
    snprintf(self->up, sizeof self->up, TCP "%.*s:%ld", width, host, port + 1);
    self->steps[0] = '\0';
    if (port + 2 <= PORT_MAX) snprintf(self->steps, sizeof self->steps, TCP "%.*s:%ld", width, host, port + 2);
    return true;
}

bool endpoint_parse(endpoint_t *self, const char *text, error_t *error)
{
    char directory[PATH_SIZE], standard[PATH_SIZE + 16];
    if (!text) {
        if (!user_directory(directory, error)) return false;
        snprintf(standard, sizeof standard, IPC "%s/bus", directory);
        return parse_ipc(self, standard, error);
    }
    if (strncmp(text, IPC, strlen(IPC)) == 0) return parse_ipc(self, text, error);
    if (strncmp(text, TCP, strlen(TCP)) == 0) return parse_tcp(self, text, error);
    return error_add(error, "%s: must be ipc://PATH or tcp://127.0.0.1:PORT", text);
}

// ---- locks ---------------------------------------------------------------------------------------------------------

// A locked file, or -1 with errno; EWOULDBLOCK when somebody else has it. Its last owner may just have removed it: then
// the lock is on a file that nobody else will ever see, and it is tried again.
static int lock_file(int directory, const char *path, int flags)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        int file = openat(directory, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
        if (file < 0) return -1;
        struct stat opened, named;
        if (flock(file, LOCK_EX | LOCK_NB) != 0) {
            int reason = errno;
            close(file);
            errno = reason;
            return -1;
        }
        if (fstat(file, &opened) == 0 && fstatat(directory, path, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
            opened.st_ino == named.st_ino)
            return file;
        close(file);
    }
    errno = EAGAIN;
    return -1;
}

// ---- what dead runs left behind
// --------------------------------------------------------------------------------------

// Only what a run makes is removed, wherever the name leads to: sockets, and locks, which are empty.
static void remove_ours(int directory, const char *name)
{
    struct stat status;
    if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (S_ISSOCK(status.st_mode) || (S_ISREG(status.st_mode) && status.st_size == 0)) unlinkat(directory, name, 0);
}

// The names end with null.
static void remove_files(int directory, const char *const names[])
{
    for (; *names; names++) remove_ours(directory, *names);
}

static int open_directory(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void remove_run(int parent, const char *name)
{
    int directory = open_directory(parent, name);
    if (directory < 0) return;
    remove_files(directory, (const char *const[]){"bus", "bus-up", "bus-do", "lock", NULL});
    close(directory);
    unlinkat(parent, name, AT_REMOVEDIR);
}

// One that has ended and was not waited for, because its parent has ended too, may keep its identifier for a while.
static bool is_running(pid_t pid)
{
    char path[PATH_SIZE], state = ' ';
    if (kill(pid, 0) != 0 && errno == ESRCH) return false;
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(path, "re");
    if (!file) return true;
    bool ended = fscanf(file, "%*d (%*[^)]) %c", &state) == 1 && state == 'Z';
    fclose(file);
    return !ended;
}

// A run that ended by kill -9 holds neither its process identifier nor its lock. Both are asked: a run that is only
// just beginning has no lock yet, and one in another container has another numbering of processes.
static void remove_run_if_dead(int parent, const char *name)
{
    long pid = strtol(name + strlen("run-"), NULL, 10);
    if (pid <= 0 || is_running((pid_t)pid)) return;
    int directory = open_directory(parent, name);
    if (directory < 0) return;
    int lock = lock_file(directory, "lock", 0);
    bool dead = lock >= 0 || errno == ENOENT;
    close(directory);
    if (dead) remove_run(parent, name);
    if (lock >= 0) close(lock);
}

static void remove_dead_runs(int parent)
{
    int handle = dup(parent);
    DIR *directory = handle < 0 ? NULL : fdopendir(handle);
    if (!directory) return;
    rewinddir(directory);
    for (struct dirent *entry; (entry = readdir(directory));)
        if (strncmp(entry->d_name, "run-", strlen("run-")) == 0) remove_run_if_dead(parent, entry->d_name);
    closedir(directory);
}

// The well-known endpoint's files, when nobody holds it any more.
static void remove_dead_bus(int parent)
{
    int lock = lock_file(parent, "bus.lock", 0);
    if (lock < 0) return;
    remove_files(parent, (const char *const[]){"bus.lock", "bus", "bus-up", "bus-do", NULL});
    close(lock);
}

// Never by its path alone: that may lead elsewhere by the time that it is used.
static void tidy(const char *path)
{
    int parent = open_directory(AT_FDCWD, path);
    if (parent < 0) return;
    remove_dead_runs(parent);
    remove_dead_bus(parent);
    close(parent);
}

// ---- clients
// ---------------------------------------------------------------------------------------------------------

static bool fail_unsafe(const char *path, const char *what, error_t *error)
{
    return error_add(error, "%s: %s, which is not safe: nobody knows who answers there", path, what);
}

// What is not there is nobody's, and may come.
static bool is_own_directory(const char *path, error_t *error)
{
    struct stat status;
    if (lstat(path, &status) != 0) return errno == ENOENT || error_add(error, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(status.st_mode)) return error_add(error, "%s: is not a directory", path);
    if (status.st_uid != geteuid()) return fail_unsafe(path, "belongs to another user", error);
    return (status.st_mode & 022) == 0 || fail_unsafe(path, "is open to others", error);
}

static bool is_own_socket(const char *endpoint, error_t *error)
{
    const char *path = endpoint + strlen(IPC);
    struct stat status;
    if (stat(path, &status) != 0) return true;
    if (!S_ISSOCK(status.st_mode)) return error_add(error, "%s: is no socket", path);
    return status.st_uid == geteuid() || fail_unsafe(path, "belongs to another user", error);
}

// In a directory where others may make theirs, ours is made before they do.
static bool keep_place(const char *directory, error_t *error)
{
    if (!runtime_directory() && mkdir(directory, 0700) != 0 && errno != EEXIST)
        return error_add(error, "%s: %s", directory, strerror(errno));
    return is_own_directory(directory, error);
}

bool endpoint_find(endpoint_t *self, const char *text, error_t *error)
{
    char directory[PATH_SIZE];
    if (!endpoint_parse(self, text, error)) return false;
    if (!text && (!user_directory(directory, error) || !keep_place(directory, error))) return false;
    if (strncmp(self->down, IPC, strlen(IPC)) != 0) return true;
    return is_own_socket(self->down, error) && is_own_socket(self->up, error) && is_own_socket(self->steps, error);
}

// ---- claims --------------------------------------------------------------------------------------------------------

static bool make_user_directory(const char *path, error_t *error)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST) return error_add(error, "%s: %s", path, strerror(errno));
    struct stat status;
    if (lstat(path, &status) != 0) return error_add(error, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(status.st_mode)) return error_add(error, "%s: is not a directory", path);
    if (status.st_uid != geteuid()) return error_add(error, "%s: belongs to another user, which is not safe", path);
    if ((status.st_mode & 077) != 0 && chmod(path, 0700) != 0)
        return error_add(error, "%s: is open to others: %s", path, strerror(errno));
    return true;
}

static const char *path_of(const char *endpoint)
{
    return endpoint + strlen(IPC);
}

// Whether somebody listens there.
static bool is_alive(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool alive = probe >= 0 && (connect(probe, (const struct sockaddr *)&address, sizeof address) == 0 ||
                                (errno != ECONNREFUSED && errno != ENOENT));
    if (probe >= 0) close(probe);
    return alive;
}

// ZeroMQ removes whatever is there, and binds: it must be nothing, or the socket of a run that is no more.
static bool may_bind(const char *endpoint, error_t *error)
{
    const char *path = path_of(endpoint);
    struct stat status;
    if (lstat(path, &status) != 0) return errno == ENOENT || error_add(error, "%s: %s", path, strerror(errno));
    if (!S_ISSOCK(status.st_mode)) return error_add(error, "%s: is there already, and is no socket", path);
    return !is_alive(path) || error_add(error, "%s: somebody else listens there", path);
}

// A lock of ours has nothing in it.
static bool is_lock(int file)
{
    struct stat status;
    return fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0;
}

// The lock first: who has it may look at what is there, and at nobody else's sockets.
static bool claim_file(endpoint_claim_t *self, error_t *error)
{
    const endpoint_t *endpoint = &self->endpoint;
    snprintf(self->lock_path, sizeof self->lock_path, "%s.lock", path_of(endpoint->down));
    self->lock = lock_file(AT_FDCWD, self->lock_path, O_CREAT);
    if (self->lock < 0) {
        bool busy = errno == EWOULDBLOCK;
        error_add(error, "%s: %s", endpoint->down, busy ? "another run is using this endpoint" : strerror(errno));
    } else if (!is_lock(self->lock)) {
        error_add(error, "%s: is there already, and is no lock", self->lock_path);
    } else if (may_bind(endpoint->down, error) && may_bind(endpoint->up, error) && may_bind(endpoint->steps, error)) {
        self->binds = true;
        return true;
    } else {
        unlink(self->lock_path);
    }
    if (self->lock >= 0) close(self->lock);
    self->lock = -1;
    self->lock_path[0] = '\0';
    return false;
}

static bool claim_own(endpoint_claim_t *self, error_t *error)
{
    static unsigned count; // of this process's runs
    int length =
        snprintf(self->directory, sizeof self->directory, "%s/run-%ld.%u", self->parent, (long)getpid(), ++count);
    char text[PATH_SIZE + 16];
    snprintf(text, sizeof text, IPC "%s/bus", self->directory);
    if (length >= PATH_SIZE || !parse_ipc(&self->endpoint, text, error)) {
        self->directory[0] = '\0';
        return false;
    }
    remove_run(AT_FDCWD, self->directory); // of a process of the same number, long dead
    if (mkdir(self->directory, 0700) != 0) {
        error_add(error, "%s: %s", self->directory, strerror(errno));
        self->directory[0] = '\0';
        return false;
    }
    snprintf(self->lock_path, sizeof self->lock_path, "%.*s/lock", PATH_SIZE - 8, self->directory);
    self->lock = lock_file(AT_FDCWD, self->lock_path, O_CREAT);
    self->binds = self->lock >= 0;
    return self->binds || error_add(error, "%s: %s", self->lock_path, strerror(errno));
}

static bool claim_in_user_directory(endpoint_claim_t *self, bool own, error_t *error)
{
    if (!(own ? user_directory_of_own(self->parent, error) : user_directory(self->parent, error))) return false;
    error_t *reason = calloc(1, sizeof *reason);
    assert(reason);
    bool done = false;
    for (int attempt = 0; !done && attempt < ATTEMPTS; attempt++) {
        error_clear(reason);
        if (!make_user_directory(self->parent, reason)) break;
        tidy(self->parent);
        done =
            own ? claim_own(self, reason) : endpoint_parse(&self->endpoint, NULL, reason) && claim_file(self, reason);
        if (access(self->parent, F_OK) == 0) break; // else another run has just ended and removed it
    }
    if (!done) error_add(error, "%s", reason->text);
    free(reason);
    return done;
}

endpoint_claim_t *endpoint_claim_new(const char *text, bool own, error_t *error)
{
    endpoint_claim_t *self = calloc(1, sizeof *self);
    assert(self);
    self->lock = -1;
    bool done;
    if (!text)
        done = claim_in_user_directory(self, own, error);
    else
        done = endpoint_parse(&self->endpoint, text, error);
    if (done && text && strncmp(text, IPC, strlen(IPC)) == 0) done = claim_file(self, error);
    if (!done) endpoint_claim_destroy(&self);
    return self;
}

void endpoint_claim_destroy(endpoint_claim_t **self_p)
{
    endpoint_claim_t *self = *self_p;
    if (!self) return;
    if (self->binds) {
        remove_ours(AT_FDCWD, path_of(self->endpoint.down));
        remove_ours(AT_FDCWD, path_of(self->endpoint.up));
        remove_ours(AT_FDCWD, path_of(self->endpoint.steps));
    }
    if (self->lock >= 0 && self->lock_path[0]) remove_ours(AT_FDCWD, self->lock_path);
    if (self->directory[0]) remove_run(AT_FDCWD, self->directory);
    if (self->lock >= 0) close(self->lock);
    if (self->parent[0]) rmdir(self->parent);
    free(self);
    *self_p = NULL;
}

const endpoint_t *endpoint_claim_endpoint(const endpoint_claim_t *self)
{
    return &self->endpoint;
}
