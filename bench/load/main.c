/*
 * Opens streams, publishes, counts and checks what arrives. Prints a JSON line at the start of each phase, so that the
 * caller knows when to measure the server, and one with the result at the end.
 */
#include "now.h"
#include "run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Measuring ticks begins this long before a whole second: earlier ticks have arrived by then. */
#define BEFORE_TICK_NS (50 * NS_PER_MS)

static struct run run;

/* Publishes what the clients will have missed, and keeps the id that they resume after. */
static void prime(void)
{
    struct options *o = &run.options;
    struct fleet *f = &run.fleet;
    int back = o->back;
    o->back = 0;
    fleet_start(f, o, &run.tally, 1);
    f->wanted = o->prime - back - 1;
    while (f->open == 0 && f->lost == 0 && run_has_time(&run))
        fleet_advance(f, 10);
    publishing_start(&run.publishing, (uint64_t)o->prime);
    while ((!run.publishing.finished || run.tally.deliveries < run.publishing.accepted) && f->lost == 0 && run_has_time(&run))
        fleet_advance(f, 10);
    publishing_join(&run.publishing);
    char id[sizeof f->id];
    strcpy(id, f->id);
    fleet_close(f);
    memset(&run.tally, 0, sizeof run.tally);
    o->back = back;
    fleet_start(f, o, &run.tally, o->clients);
    strcpy(f->id, id);
    if (back > 0 && !id[0]) {
        fprintf(stderr, "load: the server gave no id to go on after\n");
        exit(1);
    }
}

static void open_all(void)
{
    run.opening_ns = now_ns(CLOCK_MONOTONIC);
    run_announce("opening");
    for (;;) {
        int here = run.options.back > 0 ? run.fleet.caught_up : run.fleet.open;
        if (here + run.fleet.lost >= run.options.clients || !run_has_time(&run))
            break;
        fleet_advance(&run.fleet, 10);
    }
    run.opened_ns = now_ns(CLOCK_MONOTONIC);
    run_announce("opened");
}

static void measure(void)
{
    const struct options *o = &run.options;
    int64_t start_ns = now_ns(CLOCK_MONOTONIC) + o->warmup_ms * NS_PER_MS;
    int64_t to_wall_ns = now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC);
    if (o->clock) {
        int64_t second = (start_ns + to_wall_ns + BEFORE_TICK_NS) / NS_PER_S + 1;
        start_ns = second * NS_PER_S - BEFORE_TICK_NS - to_wall_ns;
        run.start_second = second;
        run.end_second = second + o->measure_ms / 1000;
    }
    run_until(&run, start_ns);
    /* All are back before the end. */
    if (o->cut_ms > 0)
        fleet_cut_between(&run.fleet, start_ns, start_ns + (o->measure_ms - 2 * o->cut_ms) * NS_PER_MS);
    run_announce("start");
    run_window(&run, start_ns);
    run_announce("end");
}

static void drain(void)
{
    run.publishing.stop = true;
    int64_t until = now_ns(CLOCK_MONOTONIC) + run.options.drain_ms * NS_PER_MS;
    while (!run.publishing.finished || (run.options.churn == 0 && run_delivered(&run) < run_expected(&run))) {
        if (now_ns(CLOCK_MONOTONIC) > until)
            break;
        fleet_advance(&run.fleet, 10);
    }
    publishing_join(&run.publishing);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    run.options = read_options(argc, argv);
    const struct options *o = &run.options;
    /* Longer than the limits of all phases, in case one of them hangs. */
    alarm((unsigned)o->limit_s + 10);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);

    run.began_ns = now_ns(CLOCK_MONOTONIC);
    publishing_init(&run.publishing, o);
    if (o->prime > 0)
        prime();
    else
        fleet_start(&run.fleet, o, &run.tally, o->clients);
    open_all();
    bool is_live = o->publishers > 0 && o->back == 0;
    if (is_live)
        publishing_start(&run.publishing, 0);
    if (o->kill)
        run_kill(&run);
    else if (o->ceiling_ms > 0)
        run_rise(&run);
    else if (o->measure_ms > 0)
        measure();
    if (is_live)
        drain();
    run_print(&run);
    fleet_close(&run.fleet);
    return run.timed_out ? 1 : 0;
}
