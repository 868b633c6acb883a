#include "tally.h"

void tally_tick(struct tally *t, int64_t second, int64_t late_us)
{
    if (t->first_second == 0)
        t->first_second = second;
    int64_t index = second - t->first_second;
    if (index < 0 || index >= MAX_TICKS)
        return;
    struct tick *tick = &t->ticks[index];
    tick->deliveries++;
    if (late_us > tick->last_us)
        tick->last_us = late_us;
}

uint64_t tally_lateness(const struct tally *t, int64_t from, int64_t to, struct histogram *last)
{
    uint64_t deliveries = 0;
    for (int64_t second = from; second < to; second++) {
        int64_t index = second - t->first_second;
        if (index < 0 || index >= MAX_TICKS || t->ticks[index].deliveries == 0)
            continue;
        deliveries += t->ticks[index].deliveries;
        histogram_add(last, t->ticks[index].last_us);
    }
    return deliveries;
}
