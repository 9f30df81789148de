// SPDX-License-Identifier: MIT
#include "bus/trace/trace_sink.h"

#include <errno.h>
#include <string.h>

void trace_sink_put(trace_sink_t *self, const void *bytes, size_t size)
{
    if (self->failure) return;
    errno = 0;
    if (fwrite(bytes, 1, size, self->file) != size) self->failure = errno ? errno : EIO;
}

void trace_sink_put_text(trace_sink_t *self, const char *text)
{
    trace_sink_put(self, text, strlen(text));
}
