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
    /* Which of its channels the message under way is for. */
    int slot;
    uint32_t *sequences;
    struct stream answer;
};

/*
 * All publishers, in a thread of their own, so that they keep their pace whatever the receiving thread does. Where there
 * are more channels than publishers, each publisher has its own; else several share one.
 */
struct publishing {
    const struct options *options;
    pthread_t thread;
    struct publisher publishers[MAX_PUBLISHERS];
    /* Ends by itself after so many messages; 0 for never. */
    uint64_t limit;
    atomic_bool stop, finished, measuring;
    /* Answered with 2xx; answered otherwise; not answered. */
    atomic_ullong accepted, refused, failed;
    /* By channel. */
    uint32_t *accepted_on;
    /* From sending a message to its answer, while measuring. */
    struct histogram answers;
};

void publishing_init(struct publishing *p, const struct options *o);

/* Starts the thread. */
void publishing_start(struct publishing *p, uint64_t limit);

/* Waits for the thread, that is told to stop. `finished` says beforehand whether this will wait. */
void publishing_join(struct publishing *p);

#endif
