#ifndef TALLY_H
#define TALLY_H

#include "histogram.h"

#include <stdbool.h>
#include <stdint.h>

/* Longest run whose ticks are told apart, in s. */
#define MAX_TICKS 4096

/* One second's tick, over all clients. */
struct tick {
    uint32_t deliveries;
    /* When the last of them arrived, in us after the second began. */
    int64_t last_us;
};

/* What arrived, and what was wrong with it. */
struct tally {
    /* Only what arrives meanwhile goes into `measured` and `latency`. */
    bool measuring;
    uint64_t deliveries, measured;
    struct histogram latency;
    /* Messages or ticks that a client never got although it got a later one. */
    uint64_t missed;
    /* That came again, or after a later one. */
    uint64_t stale;
    /* Of a channel the client did not ask for. */
    uint64_t strays;
    /* Ids that did not rise, among the clients whose ids are looked at. */
    uint64_t bad_ids;
    /* Events of the type `status`, with which Chime says how the stream itself is doing. */
    uint64_t statuses;
    /* Events that are no message, such as a greeting. */
    uint64_t others;
    /* The second of ticks[0], 0 before the first. */
    int64_t first_second;
    struct tick ticks[MAX_TICKS];
};

/* Counts a tick. */
void tally_tick(struct tally *t, int64_t second, int64_t late_us);

/* How many deliveries there were of the ticks from one second up to before another; and how late the last of each was. */
uint64_t tally_lateness(const struct tally *t, int64_t from, int64_t to, struct histogram *last);

#endif
