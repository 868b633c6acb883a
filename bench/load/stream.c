#define _GNU_SOURCE
#include "stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* The longest event, or head. */
#define CARRY_MAX (128 * 1024)
/* Large enough to read a client's backlog in few calls, small enough to stay in the processor's cache. */
#define READ_MAX (256 * 1024)

/* Shared by all streams of a thread: each keeps only what is incomplete. */
static _Thread_local char buffer[CARRY_MAX + READ_MAX];

static bool keep(struct stream *s, const char *from, size_t length)
{
    if (length > CARRY_MAX)
        return false;
    if (length > s->carry_size) {
        char *grown = realloc(s->carry, length);
        if (!grown)
            return false;
        s->carry = grown;
        s->carry_size = length;
    }
    if (length > 0)
        memcpy(s->carry, from, length);
    s->carry_length = length;
    return true;
}

/* Reads the status and the headers that matter. `end` is where the blank line begins. */
static bool read_head(struct stream *s, char *head, char *end)
{
    *end = '\0';
    if (strncmp(head, "HTTP/1.", 7) != 0)
        return false;
    s->status = atoi(head + 8);
    s->is_event_stream = strcasestr(head, "\ncontent-type: text/event-stream") != NULL;
    s->is_chunked = strcasestr(head, "\ntransfer-encoding: chunked") != NULL;
    s->is_last = strcasestr(head, "\nconnection: close") != NULL;
    s->left = 0;
    const char *length = strcasestr(head, "\ncontent-length:");
    if (length)
        s->left = strtoull(strchr(length, ':') + 1, NULL, 10);
    if (s->is_chunked)
        s->state = STREAM_SIZE;
    else if (s->left > 0)
        s->state = STREAM_BODY;
    else
        s->state = length || s->status == 204 ? STREAM_ENDED : STREAM_PLAIN;
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * Moves the bytes of the body to `out`, without the framing of the chunks. Returns their end. `out` is never after
 * `at`.
 */
static char *decode(struct stream *s, const char *at, const char *end, char *out)
{
    while (at < end) {
        size_t length = (size_t)(end - at);
        int digit;
        switch (s->state) {
        case STREAM_SIZE:
            digit = hex_digit(*at);
            if (digit >= 0) {
                s->left = s->left * 16 + (uint64_t)digit;
                at++;
            } else {
                s->state = STREAM_EXTENSION;
            }
            break;
        case STREAM_EXTENSION:
            if (*at++ == '\n')
                s->state = s->left ? STREAM_BODY : STREAM_ENDED;
            break;
        case STREAM_BODY:
            if (length > s->left)
                length = s->left;
            /* falls through */
        case STREAM_PLAIN:
            memmove(out, at, length);
            out += length;
            at += length;
            if (s->state == STREAM_BODY && (s->left -= length) == 0)
                s->state = s->is_chunked ? STREAM_CHUNK_END : STREAM_ENDED;
            break;
        case STREAM_CHUNK_END:
            if (*at++ == '\n')
                s->state = STREAM_SIZE;
            break;
        default:
            return out;
        }
    }
    return out;
}

static void read_field(struct stream *s, struct event *event, const char *line, size_t length)
{
    const char **value;
    size_t *value_length, name;
    if (length >= 6 && memcmp(line, "retry:", 6) == 0) {
        /* The line's end, which is in the buffer, ends the number. */
        s->retry_ms = atoi(line + 6);
        return;
    }
    if (length >= 5 && memcmp(line, "data:", 5) == 0) {
        if (event->data)
            return;
        value = &event->data, value_length = &event->data_length, name = 5;
    } else if (length >= 3 && memcmp(line, "id:", 3) == 0) {
        value = &event->id, value_length = &event->id_length, name = 3;
    } else if (length >= 6 && memcmp(line, "event:", 6) == 0) {
        value = &event->type, value_length = &event->type_length, name = 6;
    } else {
        return;
    }
    if (length > name && line[name] == ' ')
        name++;
    *value = line + name;
    *value_length = length - name;
}

/* Calls back with each complete event. Returns where the first incomplete one begins. */
static const char *read_events(struct stream *s, const char *at, const char *end, event_handler *handle, void *context)
{
    const char *begin = at;
    struct event event = {0};
    const char *newline;
    while ((newline = memchr(at, '\n', (size_t)(end - at)))) {
        size_t length = (size_t)(newline - at);
        if (length > 0 && at[length - 1] == '\r')
            length--;
        if (length > 0) {
            read_field(s, &event, at, length);
        } else {
            if (event.data)
                handle(context, &event);
            event = (struct event){0};
            begin = newline + 1;
        }
        at = newline + 1;
    }
    return begin;
}

ssize_t stream_receive(struct stream *s, int fd, event_handler *handle, void *context)
{
    size_t kept = s->carry_length;
    ssize_t got = recv(fd, buffer + kept, READ_MAX, 0);
    if (got <= 0)
        return got;
    if (kept > 0)
        memcpy(buffer, s->carry, kept);
    char *raw = buffer + kept;
    char *end = raw + got;
    if (s->state == STREAM_HEAD) {
        char *blank = memmem(buffer, (size_t)(end - buffer), "\r\n\r\n", 4);
        if (!blank && keep(s, buffer, (size_t)(end - buffer)))
            return got;
        if (!blank || !read_head(s, buffer, blank)) {
            errno = EPROTO;
            return -1;
        }
        raw = blank + 4;
        kept = 0;
    }
    const char *body_end = decode(s, raw, end, buffer + kept);
    const char *rest = read_events(s, buffer, body_end, handle, context);
    if (!keep(s, rest, (size_t)(body_end - rest))) {
        errno = EPROTO;
        return -1;
    }
    return got;
}

void stream_reset(struct stream *s)
{
    free(s->carry);
    *s = (struct stream){0};
}
