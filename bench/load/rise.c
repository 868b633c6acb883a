#include "run.h"
#include "now.h"

/* How much the rate rises: first in large steps, then, from the highest that was held, in small ones. */
#define LARGE 1.5
#define SMALL 1.1
/* A rate is held if the server accepts and delivers this share of it; the clock of the publishers is not exact either. */
#define SHARE 0.98
/* How long the server has to get used to a rate, in ms. */
#define SETTLE_MS 1000
/* A rate has failed when it has failed this often in a row: the machine may do something else for a moment. */
#define TRIES 2

static bool is_held(const struct run *r, double rate)
{
    const struct window *w = &r->window;
    double planned = rate * (double)(w->end_ns - w->start_ns) / NS_PER_S;
    return (double)w->accepted >= SHARE * planned &&
           (double)w->deliveries >= SHARE * planned * r->options.clients / r->options.channels &&
           histogram_ms(&w->latency, 0.99) <= r->options.ceiling_ms;
}

void run_rise(struct run *r)
{
    static struct window held;
    double factor = LARGE;
    double rate = r->options.rate;
    int failures = 0;
    run_for(r, r->options.warmup_ms);
    run_announce("start");
    while (run_has_time(r)) {
        publishing_pace(&r->publishing, rate);
        run_window(r, now_ns(CLOCK_MONOTONIC) + SETTLE_MS * NS_PER_MS);
        if (r->timed_out)
            break;
        if (is_held(r, rate)) {
            held = r->window;
            r->held_rate = rate;
            failures = 0;
        } else if (++failures < TRIES) {
            continue;
        } else if (factor == SMALL || r->held_rate == 0) {
            break;
        } else {
            factor = SMALL;
            failures = 0;
        }
        rate = r->held_rate * factor;
    }
    r->window = held;
    run_announce("end");
}
