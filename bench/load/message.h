#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The text of a message, which tells of each delivery who sent it, in which order and when: `@` and hexadecimal fields
 * of fixed width, then padding. It has no byte that JSON, a form or a URL would escape.
 */
struct message {
    uint32_t publisher;
    uint32_t channel;
    /* Counts up from 0 for each publisher on each channel. */
    uint32_t sequence;
    /* On CLOCK_MONOTONIC. */
    int64_t sent_us;
};

/* Writes exactly `length` bytes, at least 34, without a terminator. */
void message_write(const struct message *m, char *out, size_t length);

/* Finds the message in an event's data, whatever the server wrapped around it. */
bool message_read(struct message *m, const char *data, size_t length);

#endif
