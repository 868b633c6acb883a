#ifndef PUBLISHING_H
#define PUBLISHING_H

#include "histogram.h"
#include "options.h"
#include "stream.h"

#include <pthread.h>
#include <stdatomic.h>

/* One connection that publishes. */
struct publisher {
    int fd;
    bool in_flight;
    int64_t due_ns, sent_ns;
    /* The index of the channel that the current message is for. */
    int slot;
    uint32_t *sequences;
    struct stream answer;
};

/*
 * All publishers, in a thread of their own, so that they keep their rate whatever the receiving thread does. If there
 * are more channels than publishers, each publisher has its own channels; otherwise several share one.
 */
struct publishing {
    const struct options *options;
    pthread_t thread;
    struct publisher publishers[MAX_PUBLISHERS];
    /* How many messages to send; 0 for no limit. */
    uint64_t limit;
    /* From one message of a publisher to its next; 0: as soon as the last was answered. */
    atomic_llong every_ns;
    atomic_bool stop, finished, measuring;
    /* Answered with 2xx; with another status; not answered. */
    atomic_ullong accepted, refused, failed;
    /* By channel. */
    uint32_t *accepted_on;
    /* From sending a message to its answer, while measuring. */
    struct histogram answers;
};

void publishing_init(struct publishing *p, const struct options *o);

/* Sets how many messages a second all publishers send together; 0: each as soon as the last was answered. */
void publishing_pace(struct publishing *p, double rate);

/* Starts the thread. A limited number of messages is sent without pacing. May be called again after publishing_join(). */
void publishing_start(struct publishing *p, uint64_t limit);

/* Orders the thread to stop, and waits for it. `finished` tells whether it would wait. */
void publishing_join(struct publishing *p);

#endif
