#ifndef RUN_H
#define RUN_H

#include "fleet.h"
#include "publishing.h"

/* What was counted between two moments. */
struct window {
    int64_t start_ns, end_ns;
    double cpu_s, receiving_cpu_s;
    uint64_t accepted, deliveries;
    struct histogram latency;
};

/* One run of the generator: what it does and what it found. */
struct run {
    struct options options;
    struct tally tally;
    struct fleet fleet;
    struct publishing publishing;
    int64_t began_ns, opening_ns, opened_ns;
    /* What the result is about. */
    struct window window;
    /* The ticks that are measured. */
    int64_t start_second, end_second;
    bool timed_out;
    /* The highest rate that was held, in messages a second. */
    double held_rate;
    /* Deliveries that were due and had not come when the server was killed. */
    uint64_t outstanding;
};

/* Tells the caller that a phase begins. */
void run_announce(const char *phase);

/* Returns whether there is time left; if not, ends the run. */
bool run_has_time(struct run *r);

/* Receives until the given time; closes and opens clients at the requested rate. */
void run_until(struct run *r, int64_t end_ns);

/* Receives for the given time. */
void run_for(struct run *r, int64_t ms);

/* Counts from the given time on, for as long as asked for. */
void run_window(struct run *r, int64_t start_ns);

/* Returns how many deliveries all accepted messages make. */
uint64_t run_expected(const struct run *r);

/* Returns how many deliveries came, each message to each client once. */
uint64_t run_delivered(const struct run *r);

/* Raises the rate as long as the server holds it; counts at the highest rate that it held. */
void run_rise(struct run *r);

/* Has the caller kill the server while messages are on their way, and waits until all clients are back. */
void run_kill(struct run *r);

/* Prints what was found. */
void run_print(const struct run *r);

#endif
