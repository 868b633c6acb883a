#ifndef TALLY_H
#define TALLY_H

#include "histogram.h"

#include <stdbool.h>
#include <stdint.h>

/* The longest run whose ticks are counted, in s. */
#define MAX_TICKS 4096

/* One second's tick, over all clients. */
struct tick {
    uint32_t deliveries;
    /* When the last of them arrived, in us after the second began. */
    int64_t last_us;
};

/* Counts of what arrived, and of what was wrong. */
struct tally {
    /* Only what arrives while this is set counts in `measured` and `latency`. */
    bool measuring;
    uint64_t deliveries, measured;
    struct histogram latency;
    /* Messages or ticks that a client never received, though it received a later one. */
    uint64_t missed;
    /* Messages that came again, or after a later one. */
    uint64_t stale;
    /* Messages of a channel that the client did not ask for. */
    uint64_t strays;
    /* Ids that did not rise, of the clients whose ids are checked. */
    uint64_t bad_ids;
    /* Events of the type `status`, in which Chime reports on the stream. */
    uint64_t statuses;
    /* Events that are not messages, such as a greeting. */
    uint64_t others;
    /* The second of ticks[0]; 0 before the first tick. */
    int64_t first_second;
    struct tick ticks[MAX_TICKS];
};

/* Counts a tick. */
void tally_tick(struct tally *t, int64_t second, int64_t late_us);

/* Returns how many deliveries the ticks of [from, to) had, and counts how late the last of each was. */
uint64_t tally_lateness(const struct tally *t, int64_t from, int64_t to, struct histogram *last);

#endif
