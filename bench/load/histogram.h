#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

/* Counts durations in buckets that widen with the value: 64 to each power of two, so within 1.6 %. */
struct histogram {
    uint64_t counts[64 * 36];
    uint64_t total;
    int64_t max_us;
};

/* Counts one duration; one below zero, as two clocks may give it, counts as zero. */
void histogram_add(struct histogram *h, int64_t us);

/* The duration, in ms, that the given share of all does not exceed; 0 where there is none. */
double histogram_ms(const struct histogram *h, double share);

#endif
