#include "run.h"
#include "now.h"

/* Messages that are published as fast as the server answers, so that many are on their way when it is killed. */
#define BURST 50

static void stop_publishing(struct run *r)
{
    r->publishing.stop = true;
    while (!r->publishing.finished && run_has_time(r))
        fleet_advance(&r->fleet, 1);
    publishing_join(&r->publishing);
}

void run_kill(struct run *r)
{
    struct fleet *f = &r->fleet;
    run_for(r, r->options.warmup_ms);
    stop_publishing(r);
    publishing_start(&r->publishing, BURST);
    while (!r->publishing.finished && run_has_time(r))
        fleet_advance(f, 1);
    publishing_join(&r->publishing);
    r->outstanding = run_expected(r) - run_delivered(r);
    /* Of each client, until it has the first message of the new server, and so all before. */
    fleet_expect_end(f, r->publishing.publishers[0].sequences[0] + 1);
    r->window.start_ns = now_ns(CLOCK_MONOTONIC);
    run_announce("kill");
    while (f->open > 0 && run_has_time(r))
        fleet_advance(f, 5);
    publishing_start(&r->publishing, 0);
    while (f->back.total + (uint64_t)f->lost < (uint64_t)r->options.clients && run_has_time(r))
        fleet_advance(f, 5);
    r->window.end_ns = now_ns(CLOCK_MONOTONIC);
    run_announce("end");
}
