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
    /* A hash of what arrived, in order: equal for two clients that saw the same. */
    uint64_t order;
    /* The next message expected from each publisher; UNKNOWN_NEXT until the first one has come. */
    uint32_t *next;
    /* The last tick, in ms, or the two numbers of the last id. */
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
    /* The first client that has not been opened yet. */
    int next;
    int connecting, open, lost;
    /* How many clients have all that they missed; only counted when they resume. */
    int caught_up;
    /* The next client to close and open again. */
    int churn_next;
    int churned;
    /* From connecting to the head of the response or, when clients resume, to the last message that they missed. */
    struct histogram opening;
    /* Why the first client was lost. */
    char reason[128];
    /* The message whose id is wanted, and that id once it has come. */
    int64_t wanted;
    char id[128];
    /* When the last bytes were read, in us on CLOCK_MONOTONIC; 0 until it is needed. */
    int64_t now_us;
};

void fleet_start(struct fleet *f, const struct options *o, struct tally *t, int count);

/* Opens clients that are due and reads what has arrived; waits for that at most the given time. */
void fleet_advance(struct fleet *f, int timeout_ms);

/* Closes one open client, and opens it again. */
void fleet_churn(struct fleet *f);

/*
 * Returns how many clients of the first channel saw another order than most did, though they received as many messages.
 */
int fleet_disordered(const struct fleet *f);

void fleet_close(struct fleet *f);

#endif
