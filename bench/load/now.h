#ifndef NOW_H
#define NOW_H

#include <stdint.h>
#include <time.h>

/* Returns the time on a clock, in ns: CLOCK_MONOTONIC for durations, CLOCK_REALTIME to compare with a server's time. */
static inline int64_t now_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

#endif
