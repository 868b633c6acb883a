#define _GNU_SOURCE
#include "run.h"
#include "now.h"

#include <stdio.h>
#include <sys/resource.h>

void run_announce(const char *phase)
{
    printf("{\"phase\":\"%s\"}\n", phase);
    fflush(stdout);
}

bool run_has_time(struct run *r)
{
    if (now_ns(CLOCK_MONOTONIC) - r->began_ns > r->options.limit_s * NS_PER_S)
        r->timed_out = true;
    return !r->timed_out;
}

void run_until(struct run *r, int64_t end_ns)
{
    int64_t every_ns = r->options.churn > 0 ? NS_PER_S / r->options.churn : INT64_MAX;
    int64_t churn_ns = r->options.churn > 0 ? now_ns(CLOCK_MONOTONIC) + every_ns : INT64_MAX;
    int64_t now;
    while ((now = now_ns(CLOCK_MONOTONIC)) < end_ns && run_has_time(r)) {
        if (churn_ns <= now) {
            fleet_churn(&r->fleet);
            churn_ns += every_ns;
        }
        int64_t next = churn_ns < end_ns ? churn_ns : end_ns;
        int64_t left_ms = (next - now) / NS_PER_MS;
        fleet_advance(&r->fleet, left_ms < 1 ? 1 : left_ms > 100 ? 100 : (int)left_ms);
    }
}

void run_for(struct run *r, int64_t ms)
{
    run_until(r, now_ns(CLOCK_MONOTONIC) + ms * NS_PER_MS);
}

static double cpu_s(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

void run_window(struct run *r, int64_t start_ns)
{
    run_until(r, start_ns);
    struct window *w = &r->window;
    r->tally.latency = (struct histogram){0};
    r->tally.measured = 0;
    r->tally.measuring = r->publishing.measuring = true;
    w->start_ns = now_ns(CLOCK_MONOTONIC);
    w->cpu_s = cpu_s(RUSAGE_SELF);
    w->receiving_cpu_s = cpu_s(RUSAGE_THREAD);
    w->accepted = r->publishing.accepted;
    run_until(r, start_ns + r->options.measure_ms * NS_PER_MS);
    r->tally.measuring = r->publishing.measuring = false;
    w->end_ns = now_ns(CLOCK_MONOTONIC);
    w->cpu_s = cpu_s(RUSAGE_SELF) - w->cpu_s;
    w->receiving_cpu_s = cpu_s(RUSAGE_THREAD) - w->receiving_cpu_s;
    w->accepted = r->publishing.accepted - w->accepted;
    w->deliveries = r->tally.measured;
    w->latency = r->tally.latency;
}

uint64_t run_expected(const struct run *r)
{
    uint64_t sum = 0;
    for (int i = 0; i < r->options.clients; i++)
        sum += r->publishing.accepted_on[i % r->options.channels];
    return sum;
}

uint64_t run_delivered(const struct run *r)
{
    return r->tally.deliveries - r->tally.stale;
}
