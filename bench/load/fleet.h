#ifndef FLEET_H
#define FLEET_H

#include "options.h"
#include "stream.h"
#include "tally.h"

/* One open stream. */
struct client {
    int fd;
    enum { CLIENT_NEW, CLIENT_CONNECTING, CLIENT_WAITING, CLIENT_OPEN, CLIENT_LOST } state;
    struct stream stream;
    int64_t started_ns;
    uint64_t deliveries;
    /* A sum over what arrived, in its order: the same for two clients that saw the same. */
    uint64_t order;
    /* The message expected next of each publisher; UNKNOWN_NEXT where the first one tells. */
    uint32_t *next;
    /* The tick, in ms, or the id's two numbers, that came last. */
    int64_t last_ms, last_n;
};

#define UNKNOWN_NEXT UINT32_MAX

/* All streams, served by one thread. */
struct fleet {
    const struct options *options;
    struct tally *tally;
    struct client *clients;
    int count;
    int epoll;
    /* The first client that was not opened yet. */
    int next;
    int connecting, open, lost;
    /* How many have what they came back for; only where they go on after an id. */
    int caught_up;
    /* The client to be closed and opened anew next. */
    int churn_next;
    int churned;
    /* From connecting to the response's head, or to the last message missed where they go on after an id. */
    struct histogram opening;
    /* Why the first one was lost. */
    char reason[128];
    /* The message whose id is to be kept, and that id once it came. */
    int64_t wanted;
    char id[128];
    /* When the last bytes were taken, in us on CLOCK_MONOTONIC; 0 until asked for. */
    int64_t now_us;
};

void fleet_start(struct fleet *f, const struct options *o, struct tally *t, int count);

/* Opens what is to be opened, takes what has arrived, waiting for it so long at most. */
void fleet_advance(struct fleet *f, int timeout_ms);

/* Closes one client that is open, and opens it anew. */
void fleet_churn(struct fleet *f);

/* How many clients of the first channel saw another order than most did, having got as many messages. */
int fleet_disordered(const struct fleet *f);

void fleet_close(struct fleet *f);

#endif
