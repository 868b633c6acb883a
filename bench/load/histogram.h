#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

/* Counts durations in buckets that widen with the value: 64 for each power of two, so exact to 1.6 %. */
struct histogram {
    uint64_t counts[64 * 36];
    uint64_t total;
    int64_t max_us;
};

/* Counts one duration. A negative one, as two clocks may give, counts as zero. */
void histogram_add(struct histogram *h, int64_t us);

/* Returns the duration, in ms, that the given share of all does not exceed; 0 without durations. */
double histogram_ms(const struct histogram *h, double share);

#endif
