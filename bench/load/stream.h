#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* An event in the buffer. A field that it lacks has length 0. Of several data lines, the first counts. */
struct event {
    const char *data, *id, *type;
    size_t data_length, id_length, type_length;
};

typedef void event_handler(void *context, const struct event *event);

/* One response over HTTP/1.1, as far as it has been read. `is_last`: the server closes the connection after it. */
struct stream {
    enum { STREAM_HEAD, STREAM_SIZE, STREAM_EXTENSION, STREAM_BODY, STREAM_CHUNK_END, STREAM_PLAIN, STREAM_ENDED } state;
    /* 0 until the head has arrived. */
    int status;
    bool is_event_stream, is_chunked, is_last;
    /* How long the server asks its clients to wait before they come back, in ms; 0 until it does. */
    int retry_ms;
    /* Bytes left of the chunk, or of a body with a known length. */
    uint64_t left;
    /* The incomplete head or event that has arrived. */
    char *carry;
    size_t carry_length, carry_size;
};

/*
 * Reads once from the socket, and calls back with each complete event: one that has data and ends in a blank line
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation; lines that end in a lone
 * carriage return, which no server here writes, are not told apart).
 *
 * Returns what recv() returns; -1 with errno EPROTO if the response is malformed. The state is STREAM_ENDED when the
 * response is complete.
 */
ssize_t stream_receive(struct stream *s, int fd, event_handler *handle, void *context);

/* Forgets everything, for the next response. */
void stream_reset(struct stream *s);

#endif
