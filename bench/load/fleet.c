#define _GNU_SOURCE
#include "fleet.h"
#include "message.h"
#include "now.h"
#include "template.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Well below the 28,000 ports that one address usually has for outgoing connections. */
#define CLIENTS_PER_ADDRESS 10000
/* The ids of one client in so many are checked. */
#define SAMPLE 16
#define READY_MAX 256
/* How often to look for clients that are due. */
#define LOOK_NS (5 * NS_PER_MS)
/* How long clients of a server that says nothing about it wait before they come back, as browsers do. */
#define RETRY_MS 3000

/* The client whose bytes are being read. */
struct taking {
    struct fleet *fleet;
    struct client *client;
};

static int channel_of(const struct fleet *f, const struct client *c)
{
    return (int)((c - f->clients) % f->options->channels);
}

static void disconnect(struct fleet *f, struct client *c)
{
    if (c->state == CLIENT_OPEN)
        f->open--;
    else
        f->connecting--;
    close(c->fd);
    c->fd = -1;
}

static void send_away(struct fleet *f, struct client *c, int ms)
{
    disconnect(f, c);
    f->away++;
    c->state = CLIENT_AWAY;
    c->due_ns = now_ns(CLOCK_MONOTONIC) + ms * NS_PER_MS;
}

static void lose(struct fleet *f, struct client *c, const char *reason)
{
    if (f->comes_back) {
        send_away(f, c, c->stream.retry_ms > 0 ? c->stream.retry_ms : RETRY_MS);
        return;
    }
    if (!f->reason[0])
        snprintf(f->reason, sizeof f->reason, "%s", reason);
    disconnect(f, c);
    f->lost++;
    c->state = CLIENT_LOST;
}

static void forget(struct fleet *f, struct client *c)
{
    uint32_t next = UNKNOWN_NEXT;
    if (f->options->back > 0)
        next = (uint32_t)(f->options->prime - f->options->back);
    else if (f->churned == 0)
        next = 0;
    for (int p = 0; p < f->options->publishers; p++)
        c->next[p] = next;
    c->last_ms = c->last_n = 0;
    c->deliveries = c->order = 0;
    stream_reset(&c->stream);
}

static void connect_client(struct fleet *f, struct client *c)
{
    c->state = CLIENT_CONNECTING;
    f->connecting++;
    c->started_ns = now_ns(CLOCK_MONOTONIC);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) {
        lose(f, c, strerror(errno));
        return;
    }
    int on = 1;
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    struct sockaddr_in own = {.sin_family = AF_INET};
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)((c - f->clients) / CLIENTS_PER_ADDRESS));
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)f->options->port)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct epoll_event interest = {.events = EPOLLOUT, .data.ptr = c};
    if (bind(c->fd, (struct sockaddr *)&own, sizeof own) < 0 ||
        (connect(c->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS) ||
        epoll_ctl(f->epoll, EPOLL_CTL_ADD, c->fd, &interest) < 0)
        lose(f, c, strerror(errno));
}

static void come_back(struct fleet *f, struct client *c)
{
    f->away--;
    stream_reset(&c->stream);
    if (!f->comes_back && c->next[0] < f->newest) {
        c->goal = f->newest;
        c->catching_up_since_ns = now_ns(CLOCK_MONOTONIC);
    }
    connect_client(f, c);
}

/* Cuts the clients whose moment has come, and opens those that come back. */
static void move_due(struct fleet *f)
{
    int64_t now = now_ns(CLOCK_MONOTONIC);
    if (now < f->look_ns)
        return;
    f->look_ns = now + LOOK_NS;
    for (int i = 0; i < f->count; i++) {
        struct client *c = &f->clients[i];
        if (c->due_ns == 0 || c->due_ns > now)
            continue;
        c->due_ns = 0;
        if (c->state == CLIENT_AWAY) {
            come_back(f, c);
        } else if (c->state == CLIENT_OPEN) {
            f->cut++;
            send_away(f, c, f->options->cut_ms);
        }
    }
}

static void send_request(struct fleet *f, struct client *c)
{
    char path[1024], resume[192] = "", request[4096];
    template_fill(path, sizeof path, f->options->path, channel_of(f, c), "", 0);
    const char *id = f->options->back > 0 ? f->id : c->last_id;
    if (id[0])
        snprintf(resume, sizeof resume, "Last-Event-ID: %s\r\n", id);
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n%s%s\r\n",
                          path, f->options->port, f->options->headers, resume);
    struct epoll_event interest = {.events = EPOLLIN, .data.ptr = c};
    if (send(c->fd, request, (size_t)length, MSG_NOSIGNAL) != length || epoll_ctl(f->epoll, EPOLL_CTL_MOD, c->fd, &interest) < 0)
        lose(f, c, strerror(errno));
    else
        c->state = CLIENT_WAITING;
}

/* Reads `<ms>-<n>`, which a dot and an epoch may follow; false for ids of another shape. */
static bool read_id(const struct event *e, int64_t *ms, int64_t *n)
{
    char text[48];
    if (e->id_length == 0 || e->id_length >= sizeof text)
        return false;
    memcpy(text, e->id, e->id_length);
    text[e->id_length] = '\0';
    char *end;
    *ms = strtoll(text, &end, 10);
    if (end == text || *end != '-')
        return false;
    *n = strtoll(end + 1, &end, 10);
    return *end == '\0' || *end == '.';
}

static void take_tick(struct fleet *f, struct client *c, const struct event *e)
{
    int64_t ms, n;
    if (!read_id(e, &ms, &n)) {
        f->tally->others++;
        return;
    }
    f->tally->deliveries++;
    c->deliveries++;
    int64_t late_us = now_ns(CLOCK_REALTIME) / 1000 - ms * 1000;
    /* The first tick is the current second's: it is as late as the client was. */
    if (c->last_ms != 0) {
        if (ms <= c->last_ms)
            f->tally->stale++;
        else
            f->tally->missed += (uint64_t)((ms - c->last_ms) / 1000 - 1);
        tally_tick(f->tally, ms / 1000, late_us);
        if (f->tally->measuring) {
            f->tally->measured++;
            histogram_add(&f->tally->latency, late_us);
        }
    }
    c->last_ms = ms;
}

static void check_id(struct fleet *f, struct client *c, const struct event *e)
{
    int64_t ms, n;
    if (!read_id(e, &ms, &n))
        return;
    if (ms < c->last_ms || (ms == c->last_ms && n <= c->last_n))
        f->tally->bad_ids++;
    c->last_ms = ms;
    c->last_n = n;
}

static void check_order(struct fleet *f, struct client *c, const struct message *m)
{
    struct tally *t = f->tally;
    uint32_t *next = &c->next[m->publisher];
    if (*next != UNKNOWN_NEXT && m->sequence < *next) {
        t->stale++;
        return;
    }
    if (*next != UNKNOWN_NEXT)
        t->missed += m->sequence - *next;
    *next = m->sequence + 1;
    if (*next > f->newest)
        f->newest = *next;
    if (c->goal > 0 && *next >= c->goal) {
        c->goal = 0;
        histogram_add(&f->back, f->now_us - c->catching_up_since_ns / 1000);
    }
    c->order = (c->order ^ ((uint64_t)m->publisher << 32 | m->sequence)) * UINT64_C(0x9e3779b97f4a7c15);
}

static void take_message(struct fleet *f, struct client *c, const struct event *e)
{
    struct message m;
    if (!message_read(&m, e->data, e->data_length) || m.publisher >= (uint32_t)f->options->publishers) {
        f->tally->others++;
        return;
    }
    if (m.channel != (uint32_t)channel_of(f, c)) {
        f->tally->strays++;
        return;
    }
    f->tally->deliveries++;
    c->deliveries++;
    if (f->now_us == 0)
        f->now_us = now_ns(CLOCK_MONOTONIC) / 1000;
    if (f->tally->measuring) {
        f->tally->measured++;
        histogram_add(&f->tally->latency, f->now_us - m.sent_us);
    }
    check_order(f, c, &m);
    if ((c - f->clients) % SAMPLE == 0)
        check_id(f, c, e);
    if (m.sequence == f->wanted && e->id_length < sizeof f->id) {
        memcpy(f->id, e->id, e->id_length);
        f->id[e->id_length] = '\0';
    }
    if (f->options->back > 0 && c->deliveries == (uint64_t)f->options->back) {
        f->caught_up++;
        histogram_add(&f->opening, f->now_us - c->started_ns / 1000);
    }
}

/* An id that is too long to keep counts as none, so that the client misses events and is seen to. */
static void keep_id(struct client *c, const struct event *e)
{
    size_t length = e->id_length < sizeof c->last_id ? e->id_length : 0;
    memcpy(c->last_id, e->id, length);
    c->last_id[length] = '\0';
}

static void take_event(void *context, const struct event *e)
{
    const struct taking *taking = context;
    struct fleet *f = taking->fleet;
    if ((f->options->cut_ms > 0 || f->options->kill) && e->id_length > 0)
        keep_id(taking->client, e);
    if (e->type_length == 6 && memcmp(e->type, "status", 6) == 0)
        f->tally->statuses++;
    else if (f->options->clock)
        take_tick(f, taking->client, e);
    else
        take_message(f, taking->client, e);
}

static void receive(struct fleet *f, struct client *c)
{
    struct taking taking = {f, c};
    f->now_us = 0;
    ssize_t got = stream_receive(&c->stream, c->fd, take_event, &taking);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (c->state == CLIENT_WAITING && c->stream.status != 0) {
        char reason[64];
        if (c->stream.status != 200 || !c->stream.is_event_stream) {
            snprintf(reason, sizeof reason, "the answer was no stream, its status %d", c->stream.status);
            lose(f, c, reason);
            return;
        }
        c->state = CLIENT_OPEN;
        f->connecting--;
        f->open++;
        if (f->options->back == 0 && c->deliveries == 0)
            histogram_add(&f->opening, (now_ns(CLOCK_MONOTONIC) - c->started_ns) / 1000);
    }
    if (got < 0)
        lose(f, c, strerror(errno));
    else if (got == 0 || c->stream.state == STREAM_ENDED)
        lose(f, c, "the server ended the stream");
}

void fleet_start(struct fleet *f, const struct options *o, struct tally *t, int count)
{
    *f = (struct fleet){.options = o, .tally = t, .count = count, .wanted = -1};
    f->epoll = epoll_create1(EPOLL_CLOEXEC);
    f->clients = calloc((size_t)count + 1, sizeof *f->clients);
    uint32_t *next = calloc((size_t)count + 1, sizeof *next * MAX_PUBLISHERS);
    if (f->epoll < 0 || !f->clients || !next) {
        perror("load");
        exit(1);
    }
    for (int i = 0; i < count; i++) {
        f->clients[i].fd = -1;
        f->clients[i].next = next + (size_t)i * MAX_PUBLISHERS;
    }
}

void fleet_advance(struct fleet *f, int timeout_ms)
{
    while (f->next < f->count && f->connecting < f->options->connecting) {
        struct client *c = &f->clients[f->next++];
        forget(f, c);
        connect_client(f, c);
    }
    if (f->options->cut_ms > 0 || f->comes_back) {
        move_due(f);
        timeout_ms = timeout_ms < 5 ? timeout_ms : 5;
    }
    struct epoll_event ready[READY_MAX];
    int count = epoll_wait(f->epoll, ready, READY_MAX, timeout_ms);
    for (int i = 0; i < count; i++) {
        struct client *c = ready[i].data.ptr;
        if (c->state == CLIENT_CONNECTING && (ready[i].events & (EPOLLERR | EPOLLHUP))) {
            int error = 0;
            socklen_t size = sizeof error;
            getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
            lose(f, c, strerror(error));
        } else if (c->state == CLIENT_CONNECTING) {
            send_request(f, c);
        } else if (c->state == CLIENT_WAITING || c->state == CLIENT_OPEN) {
            receive(f, c);
        }
    }
}

void fleet_cut_between(struct fleet *f, int64_t from_ns, int64_t to_ns)
{
    uint64_t drawn = 1;
    for (int i = 0; i < f->count; i++) {
        /* Knuth's generator: its high bits are random enough. */
        drawn = drawn * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        f->clients[i].due_ns = from_ns + (int64_t)((double)(drawn >> 11) / (double)(UINT64_C(1) << 53) * (double)(to_ns - from_ns));
    }
}

void fleet_expect_end(struct fleet *f, uint32_t goal)
{
    f->comes_back = true;
    for (int i = 0; i < f->count; i++) {
        f->clients[i].goal = goal;
        f->clients[i].catching_up_since_ns = now_ns(CLOCK_MONOTONIC);
    }
}

void fleet_churn(struct fleet *f)
{
    f->churned++;
    for (int tries = 0; tries < f->count; tries++) {
        struct client *c = &f->clients[f->churn_next];
        f->churn_next = (f->churn_next + 1) % f->count;
        if (c->state != CLIENT_OPEN)
            continue;
        disconnect(f, c);
        forget(f, c);
        connect_client(f, c);
        return;
    }
}

int fleet_disordered(const struct fleet *f)
{
    /* Boyer and Moore's vote: if there is a majority, it is what remains. */
    uint64_t most = 0, order = 0;
    int lead = 0, others = 0;
    for (int i = 0; i < f->count; i++)
        if (f->clients[i].deliveries > most)
            most = f->clients[i].deliveries;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < f->count; i += f->options->channels) {
            const struct client *c = &f->clients[i];
            if (c->deliveries != most)
                continue;
            if (pass == 1)
                others += c->order != order;
            else if (lead == 0)
                order = c->order, lead = 1;
            else
                lead += c->order == order ? 1 : -1;
        }
    return others;
}

void fleet_close(struct fleet *f)
{
    for (int i = 0; i < f->count; i++) {
        if (f->clients[i].fd >= 0)
            close(f->clients[i].fd);
        stream_reset(&f->clients[i].stream);
    }
    free(f->clients[0].next);
    free(f->clients);
    close(f->epoll);
}
