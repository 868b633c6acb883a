#include "run.h"
#include "now.h"

#include <stdio.h>

static void print_histogram(const char *name, const struct histogram *h)
{
    printf(",\"%s\":{\"count\":%llu,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name, (unsigned long long)h->total,
           histogram_ms(h, 0.50), histogram_ms(h, 0.99), (double)h->max_us / 1000);
}

static void print_count(const char *name, uint64_t count)
{
    printf(",\"%s\":%llu", name, (unsigned long long)count);
}

void run_print(const struct run *r)
{
    static struct histogram last;
    const struct options *o = &r->options;
    const struct tally *t = &r->tally;
    const struct window *w = &r->window;
    uint64_t ticks = tally_lateness(t, r->start_second, r->end_second, &last);
    uint64_t due = 0;
    if (o->clock)
        due = (uint64_t)o->clients * (uint64_t)(r->end_second - r->start_second);
    else if (o->back > 0)
        due = (uint64_t)o->clients * (uint64_t)o->back;
    else if (o->churn == 0)
        due = run_expected(r);
    uint64_t came = o->clock ? ticks : run_delivered(r);

    printf("{\"phase\":\"result\",\"timedOut\":%s", r->timed_out ? "true" : "false");
    print_count("clients", (uint64_t)o->clients);
    print_count("open", (uint64_t)r->fleet.open);
    print_count("lost", (uint64_t)r->fleet.lost);
    print_count("churned", (uint64_t)r->fleet.churned);
    print_count("cut", (uint64_t)r->fleet.cut);
    print_histogram("back", &r->fleet.back);
    print_count("outstanding", r->outstanding);
    printf(",\"heldRate\":%.1f", r->held_rate);
    printf(",\"reason\":\"%s\"", r->fleet.reason);
    printf(",\"openingMs\":%.3f", (double)(r->opened_ns - r->opening_ns) / NS_PER_MS);
    print_histogram("opening", &r->fleet.opening);
    printf(",\"measuredMs\":%.3f", (double)(w->end_ns - w->start_ns) / NS_PER_MS);
    print_count("measured", w->deliveries);
    print_count("deliveries", t->deliveries);
    print_count("due", due);
    print_count("undelivered", came < due ? due - came : 0);
    print_histogram("latency", &w->latency);
    print_histogram("last", &last);
    print_count("missed", t->missed);
    print_count("stale", t->stale);
    print_count("strays", t->strays);
    print_count("badIds", t->bad_ids);
    print_count("disordered", o->churn > 0 || o->clock ? 0 : (uint64_t)fleet_disordered(&r->fleet));
    print_count("statuses", t->statuses);
    print_count("others", t->others);
    print_count("published", w->accepted);
    print_count("refused", r->publishing.refused);
    print_count("failed", r->publishing.failed);
    print_histogram("answers", &r->publishing.answers);
    printf(",\"cpuS\":%.6f,\"receivingCpuS\":%.6f}\n", w->cpu_s, w->receiving_cpu_s);
    fflush(stdout);
}
