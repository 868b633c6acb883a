#include "message.h"

#include <string.h>

/* `@pp.cccc.ssssssss.tttttttttttttt.` */
enum { PUBLISHER = 2, CHANNEL = 4, SEQUENCE = 8, SENT = 14, LENGTH = 1 + 3 + 5 + 9 + 15 };

static char *put(char *out, uint64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        out[i] = "0123456789abcdef"[value & 15];
        value >>= 4;
    }
    out[digits] = '.';
    return out + digits + 1;
}

static const char *take(const char *at, uint64_t *value, int digits)
{
    uint64_t sum = 0;
    for (int i = 0; i < digits; i++) {
        /* Digits and letters both have their value in the low bits. */
        unsigned char c = (unsigned char)at[i];
        sum = sum << 4 | ((c & 15u) + (c >> 6) * 9u);
    }
    *value = sum;
    return at + digits + 1;
}

void message_write(const struct message *m, char *out, size_t length)
{
    char *at = out;
    *at++ = '@';
    at = put(at, m->publisher, PUBLISHER);
    at = put(at, m->channel, CHANNEL);
    at = put(at, m->sequence, SEQUENCE);
    at = put(at, (uint64_t)m->sent_us, SENT);
    memset(at, 'x', length - (size_t)(at - out));
}

bool message_read(struct message *m, const char *data, size_t length)
{
    const char *at = memchr(data, '@', length);
    if (!at || length - (size_t)(at - data) < LENGTH || at[LENGTH - 1] != '.')
        return false;
    uint64_t publisher, channel, sequence, sent;
    at = take(at + 1, &publisher, PUBLISHER);
    at = take(at, &channel, CHANNEL);
    at = take(at, &sequence, SEQUENCE);
    take(at, &sent, SENT);
    m->publisher = (uint32_t)publisher;
    m->channel = (uint32_t)channel;
    m->sequence = (uint32_t)sequence;
    m->sent_us = (int64_t)sent;
    return true;
}
