#include "histogram.h"

#define BUCKETS ((int)(sizeof((struct histogram *)0)->counts / sizeof(uint64_t)))

static int bucket(uint64_t us)
{
    if (us < 128)
        return (int)us;
    int shift = 57 - __builtin_clzll(us);
    int index = shift * 64 + (int)(us >> shift);
    return index < BUCKETS ? index : BUCKETS - 1;
}

/* Returns the upper end of a bucket, in us. */
static int64_t bucket_end(int index)
{
    if (index < 128)
        return index;
    int shift = index / 64 - 1;
    return ((int64_t)(index - shift * 64 + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, int64_t us)
{
    if (us < 0)
        us = 0;
    h->counts[bucket((uint64_t)us)]++;
    h->total++;
    if (us > h->max_us)
        h->max_us = us;
}

double histogram_ms(const struct histogram *h, double share)
{
    uint64_t rank = (uint64_t)(share * (double)h->total);
    uint64_t seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
        seen += h->counts[i];
        if (seen > rank || (seen == h->total && seen > 0)) {
            int64_t us = bucket_end(i);
            return (double)(us < h->max_us ? us : h->max_us) / 1000;
        }
    }
    return 0;
}
