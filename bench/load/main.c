/*
 * Opens streams, publishes, counts and checks what arrives. Prints a JSON line at the start of each phase, so that the
 * caller knows when to measure the server, and one with the result at the end.
 */
#define _GNU_SOURCE
#include "fleet.h"
#include "now.h"
#include "publishing.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Measuring ticks begins this long before a whole second: earlier ticks have arrived by then. */
#define BEFORE_TICK_NS (50 * NS_PER_MS)

/* The times and counts that make the result. */
struct course {
    int64_t began_ns, opening_ns, opened_ns, start_ns, end_ns;
    int64_t start_second, end_second;
    double cpu_s, receiving_cpu_s;
    uint64_t accepted;
    bool timed_out;
};

static struct options options;
static struct tally tally;
static struct fleet fleet;
static struct publishing publishing;
static struct course course;

static void announce(const char *phase)
{
    printf("{\"phase\":\"%s\"}\n", phase);
    fflush(stdout);
}

static double cpu_s(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Returns whether there is time left; if not, ends the course. */
static bool has_time(void)
{
    if (now_ns(CLOCK_MONOTONIC) - course.began_ns > options.limit_s * NS_PER_S)
        course.timed_out = true;
    return !course.timed_out;
}

/* Receives until the given time; closes and opens clients at the requested rate. */
static void run_until(int64_t end_ns)
{
    int64_t every_ns = options.churn > 0 ? NS_PER_S / options.churn : INT64_MAX;
    int64_t churn_ns = options.churn > 0 ? now_ns(CLOCK_MONOTONIC) + every_ns : INT64_MAX;
    int64_t now;
    while ((now = now_ns(CLOCK_MONOTONIC)) < end_ns && has_time()) {
        if (churn_ns <= now) {
            fleet_churn(&fleet);
            churn_ns += every_ns;
        }
        int64_t next = churn_ns < end_ns ? churn_ns : end_ns;
        int64_t left_ms = (next - now) / NS_PER_MS;
        fleet_advance(&fleet, left_ms < 1 ? 1 : left_ms > 100 ? 100 : (int)left_ms);
    }
}

/* Publishes what the clients will have missed, and keeps the id that they resume after. */
static void prime(void)
{
    int back = options.back;
    options.back = 0;
    fleet_start(&fleet, &options, &tally, 1);
    fleet.wanted = options.prime - back - 1;
    while (fleet.open == 0 && fleet.lost == 0 && has_time())
        fleet_advance(&fleet, 10);
    publishing_start(&publishing, (uint64_t)options.prime);
    while ((!publishing.finished || tally.deliveries < publishing.accepted) && fleet.lost == 0 && has_time())
        fleet_advance(&fleet, 10);
    publishing_join(&publishing);
    char id[sizeof fleet.id];
    strcpy(id, fleet.id);
    fleet_close(&fleet);
    memset(&tally, 0, sizeof tally);
    options.back = back;
    fleet_start(&fleet, &options, &tally, options.clients);
    strcpy(fleet.id, id);
    if (back > 0 && !id[0]) {
        fprintf(stderr, "load: the server gave no id to go on after\n");
        exit(1);
    }
}

static void open_all(void)
{
    course.opening_ns = now_ns(CLOCK_MONOTONIC);
    announce("opening");
    for (;;) {
        int here = options.back > 0 ? fleet.caught_up : fleet.open;
        if (here + fleet.lost >= options.clients || !has_time())
            break;
        fleet_advance(&fleet, 10);
    }
    course.opened_ns = now_ns(CLOCK_MONOTONIC);
    announce("opened");
}

static void measure(void)
{
    int64_t start_ns = now_ns(CLOCK_MONOTONIC) + options.warmup_ms * NS_PER_MS;
    int64_t to_wall_ns = now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC);
    if (options.clock) {
        int64_t second = (start_ns + to_wall_ns + BEFORE_TICK_NS) / NS_PER_S + 1;
        start_ns = second * NS_PER_S - BEFORE_TICK_NS - to_wall_ns;
        course.start_second = second;
        course.end_second = second + options.measure_ms / 1000;
    }
    run_until(start_ns);
    tally.measuring = publishing.measuring = true;
    course.start_ns = now_ns(CLOCK_MONOTONIC);
    course.cpu_s = cpu_s(RUSAGE_SELF);
    course.receiving_cpu_s = cpu_s(RUSAGE_THREAD);
    course.accepted = publishing.accepted;
    announce("start");
    run_until(start_ns + options.measure_ms * NS_PER_MS);
    tally.measuring = publishing.measuring = false;
    course.end_ns = now_ns(CLOCK_MONOTONIC);
    course.cpu_s = cpu_s(RUSAGE_SELF) - course.cpu_s;
    course.receiving_cpu_s = cpu_s(RUSAGE_THREAD) - course.receiving_cpu_s;
    course.accepted = publishing.accepted - course.accepted;
    announce("end");
}

/* Returns how many deliveries all accepted messages make. */
static uint64_t expected(void)
{
    uint64_t sum = 0;
    for (int i = 0; i < options.clients; i++)
        sum += publishing.accepted_on[i % options.channels];
    return sum;
}

static void drain(void)
{
    publishing.stop = true;
    int64_t until = now_ns(CLOCK_MONOTONIC) + options.drain_ms * NS_PER_MS;
    while (!publishing.finished || (options.churn == 0 && tally.deliveries < expected())) {
        if (now_ns(CLOCK_MONOTONIC) > until)
            break;
        fleet_advance(&fleet, 10);
    }
    publishing_join(&publishing);
}

static void print_histogram(const char *name, const struct histogram *h)
{
    printf(",\"%s\":{\"count\":%llu,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name, (unsigned long long)h->total,
           histogram_ms(h, 0.50), histogram_ms(h, 0.99), (double)h->max_us / 1000);
}

static void print_count(const char *name, uint64_t count)
{
    printf(",\"%s\":%llu", name, (unsigned long long)count);
}

static void print_result(void)
{
    static struct histogram last;
    double measured_s = (double)(course.end_ns - course.start_ns) / NS_PER_S;
    uint64_t ticks = tally_lateness(&tally, course.start_second, course.end_second, &last);
    uint64_t due = 0;
    if (options.clock)
        due = (uint64_t)options.clients * (uint64_t)(course.end_second - course.start_second);
    else if (options.back > 0)
        due = (uint64_t)options.clients * (uint64_t)options.back;
    else if (options.churn == 0)
        due = expected();
    uint64_t came = options.clock ? ticks : tally.deliveries;

    printf("{\"phase\":\"result\",\"timedOut\":%s", course.timed_out ? "true" : "false");
    print_count("clients", (uint64_t)options.clients);
    print_count("open", (uint64_t)fleet.open);
    print_count("lost", (uint64_t)fleet.lost);
    print_count("churned", (uint64_t)fleet.churned);
    printf(",\"reason\":\"%s\"", fleet.reason);
    printf(",\"openingMs\":%.3f", (double)(course.opened_ns - course.opening_ns) / NS_PER_MS);
    print_histogram("opening", &fleet.opening);
    printf(",\"measuredMs\":%.3f", measured_s * 1000);
    print_count("measured", tally.measured);
    print_count("deliveries", tally.deliveries);
    print_count("undelivered", came < due ? due - came : 0);
    print_histogram("latency", &tally.latency);
    print_histogram("last", &last);
    print_count("missed", tally.missed);
    print_count("stale", tally.stale);
    print_count("strays", tally.strays);
    print_count("badIds", tally.bad_ids);
    print_count("disordered", options.churn > 0 || options.clock ? 0 : (uint64_t)fleet_disordered(&fleet));
    print_count("statuses", tally.statuses);
    print_count("others", tally.others);
    print_count("published", course.accepted);
    print_count("refused", publishing.refused);
    print_count("failed", publishing.failed);
    print_histogram("answers", &publishing.answers);
    printf(",\"cpuS\":%.6f,\"receivingCpuS\":%.6f}\n", course.cpu_s, course.receiving_cpu_s);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    options = read_options(argc, argv);
    /* Longer than the limits of all phases, in case one of them hangs. */
    alarm((unsigned)options.limit_s + 10);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);

    course.began_ns = now_ns(CLOCK_MONOTONIC);
    publishing_init(&publishing, &options);
    if (options.prime > 0)
        prime();
    else
        fleet_start(&fleet, &options, &tally, options.clients);
    open_all();
    bool is_live = options.publishers > 0 && options.back == 0;
    if (is_live)
        publishing_start(&publishing, 0);
    if (options.measure_ms > 0)
        measure();
    if (is_live)
        drain();
    print_result();
    fleet_close(&fleet);
    return course.timed_out ? 1 : 0;
}
