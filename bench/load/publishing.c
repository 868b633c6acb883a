#define _GNU_SOURCE
#include "publishing.h"
#include "message.h"
#include "now.h"
#include "template.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long to wait for answers after the order to stop. */
#define STOP_NS (2 * NS_PER_S)
/* A publisher that is this late stops catching up: the server does not accept that many. */
#define MAX_LATE_NS (NS_PER_S / 2)
/* How long to wait after a connection failed. */
#define RETRY_NS (100 * NS_PER_MS)
#define REQUEST_MAX (48 * 1024)

static int slots_of(const struct options *o)
{
    return o->channels / (o->publishers ? o->publishers : 1) + 1;
}

/* Returns the channel of a publisher's slot, -1 after the last one. */
static int channel_at(const struct options *o, int publisher, int slot)
{
    if (o->channels < o->publishers)
        return slot == 0 ? publisher % o->channels : -1;
    int channel = publisher + slot * o->publishers;
    return channel < o->channels ? channel : -1;
}

static void disconnect(struct publisher *p)
{
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
    p->in_flight = false;
    stream_reset(&p->answer);
}

static bool reconnect(const struct options *o, struct publisher *p)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)o->port)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1;
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (p->fd >= 0 && connect(p->fd, (struct sockaddr *)&server, sizeof server) == 0 &&
        setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0)
        return true;
    disconnect(p);
    return false;
}

static void publish(struct publishing *all, int index)
{
    const struct options *o = all->options;
    struct publisher *p = &all->publishers[index];
    if (p->fd < 0 && !reconnect(o, p)) {
        p->due_ns = now_ns(CLOCK_MONOTONIC) + RETRY_NS;
        return;
    }
    int channel = channel_at(o, index, p->slot);
    static char text[32768], path[1024], body[REQUEST_MAX], request[REQUEST_MAX + 4096];
    struct message m = {(uint32_t)index, (uint32_t)channel, p->sequences[p->slot], 0};
    p->sent_ns = now_ns(CLOCK_MONOTONIC);
    m.sent_us = p->sent_ns / 1000;
    message_write(&m, text, (size_t)o->bytes);
    template_fill(path, sizeof path, o->publish_path, channel, "", 0);
    size_t length = template_fill(body, sizeof body, o->publish_body, channel, text, (size_t)o->bytes);
    int total = snprintf(request, sizeof request, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %zu\r\n%s\r\n%s",
                         path, o->port, length, o->publish_headers, body);
    p->in_flight = true;
    if (send(p->fd, request, (size_t)total, MSG_NOSIGNAL) != total) {
        all->failed++;
        disconnect(p);
    }
}

/* Continues with the next channel of the publisher, when the current message is settled. */
static void settle(struct publishing *all, int index, bool was_published)
{
    struct publisher *p = &all->publishers[index];
    p->in_flight = false;
    /* A refused message was delivered to nobody: its number is still free. */
    if (was_published)
        p->sequences[p->slot]++;
    if (channel_at(all->options, index, ++p->slot) < 0)
        p->slot = 0;
}

static void ignore_event(void *context, const struct event *event)
{
    (void)context;
    (void)event;
}

static void take_answer(struct publishing *all, int index)
{
    struct publisher *p = &all->publishers[index];
    ssize_t got = stream_receive(&p->answer, p->fd, ignore_event, NULL);
    if (got <= 0 && p->answer.state != STREAM_ENDED && !(got == 0 && p->answer.state == STREAM_PLAIN)) {
        all->failed++;
        disconnect(p);
        /* It may have been published nevertheless. */
        settle(all, index, true);
        return;
    }
    if (p->answer.state != STREAM_ENDED && got > 0)
        return;
    bool accepted = p->answer.status >= 200 && p->answer.status < 300;
    if (accepted) {
        all->accepted++;
        all->accepted_on[channel_at(all->options, index, p->slot)]++;
        if (all->measuring)
            histogram_add(&all->answers, (now_ns(CLOCK_MONOTONIC) - p->sent_ns) / 1000);
    } else {
        all->refused++;
    }
    settle(all, index, accepted);
    bool closes = p->answer.is_last || got == 0;
    stream_reset(&p->answer);
    if (closes)
        disconnect(p);
}

static void *run(void *context)
{
    struct publishing *all = context;
    const struct options *o = all->options;
    int64_t started = now_ns(CLOCK_MONOTONIC);
    for (int i = 0; i < o->publishers; i++)
        all->publishers[i].due_ns = started + (all->limit > 0 ? 0 : all->every_ns * i / o->publishers);
    uint64_t sent = 0;
    int64_t stop_at = 0;
    for (;;) {
        int64_t now = now_ns(CLOCK_MONOTONIC);
        int64_t every_ns = all->limit > 0 ? 0 : all->every_ns;
        bool stopping = all->stop || (all->limit > 0 && sent >= all->limit);
        if (stopping && stop_at == 0)
            stop_at = now + STOP_NS;
        int64_t wake = now + 50 * NS_PER_MS;
        struct pollfd waiting[MAX_PUBLISHERS];
        int in_flight = 0;
        for (int i = 0; i < o->publishers; i++) {
            struct publisher *p = &all->publishers[i];
            if (!p->in_flight && !stopping && p->due_ns <= now) {
                p->due_ns = now - p->due_ns > MAX_LATE_NS ? now + every_ns : p->due_ns + every_ns;
                publish(all, i);
                sent++;
            }
            if (!p->in_flight && p->due_ns < wake)
                wake = p->due_ns;
            waiting[i] = (struct pollfd){.fd = p->in_flight ? p->fd : -1, .events = POLLIN};
            in_flight += p->in_flight;
        }
        if (stopping && (in_flight == 0 || now > stop_at))
            break;
        int64_t wait = wake > now ? wake - now : 0;
        struct timespec timeout = {wait / NS_PER_S, wait % NS_PER_S};
        if (ppoll(waiting, (nfds_t)o->publishers, &timeout, NULL) <= 0)
            continue;
        for (int i = 0; i < o->publishers; i++)
            if (waiting[i].fd >= 0 && waiting[i].revents)
                take_answer(all, i);
    }
    all->finished = true;
    return NULL;
}

void publishing_init(struct publishing *p, const struct options *o)
{
    memset(p, 0, sizeof *p);
    p->options = o;
    p->accepted_on = calloc((size_t)o->channels, sizeof *p->accepted_on);
    for (int i = 0; i < MAX_PUBLISHERS; i++) {
        p->publishers[i].fd = -1;
        if (i < o->publishers)
            p->publishers[i].sequences = calloc((size_t)slots_of(o), sizeof(uint32_t));
    }
    publishing_pace(p, o->rate);
}

void publishing_pace(struct publishing *p, double rate)
{
    p->every_ns = rate > 0 ? (int64_t)(NS_PER_S * p->options->publishers / rate) : 0;
}

void publishing_start(struct publishing *p, uint64_t limit)
{
    /* The server may be another one than before. */
    for (int i = 0; i < p->options->publishers; i++)
        disconnect(&p->publishers[i]);
    p->limit = limit;
    p->stop = p->finished = false;
    int error = pthread_create(&p->thread, NULL, run, p);
    if (error) {
        fprintf(stderr, "load: %s\n", strerror(error));
        exit(1);
    }
}

void publishing_join(struct publishing *p)
{
    p->stop = true;
    pthread_join(p->thread, NULL);
}
