#ifndef FLEET_H
#define FLEET_H

#include "options.h"
#include "stream.h"
#include "tally.h"

/* One open stream. */
struct client {
    int fd;
    enum { CLIENT_NEW, CLIENT_CONNECTING, CLIENT_WAITING, CLIENT_OPEN, CLIENT_AWAY, CLIENT_LOST } state;
    struct stream stream;
    int64_t started_ns;
    uint64_t deliveries;
    /* A hash of what arrived, in order: equal for two clients that saw the same. */
    uint64_t order;
    /* The next message expected from each publisher; UNKNOWN_NEXT until the first one has come. */
    uint32_t *next;
    /* The last tick, in ms, or the two numbers of the last id. */
    int64_t last_ms, last_n;
    /* The last id as it came, to come back with. Only kept if clients come back. */
    char last_id[64];
    /* When to cut an open client, or when one that is away comes back; 0 for never. */
    int64_t due_ns;
    /* A client that was away has caught up when its next message is this one; 0 for one that is not catching up. */
    uint32_t goal;
    int64_t catching_up_since_ns;
};

#define UNKNOWN_NEXT UINT32_MAX

/* All streams, served by one thread. */
struct fleet {
    const struct options *options;
    struct tally *tally;
    struct client *clients;
    int count;
    int epoll;
    /* The first client that has not been opened yet. */
    int next;
    int connecting, open, away, lost;
    /* How many clients have all that they missed; only counted when they resume. */
    int caught_up;
    /* The next client to close and open again. */
    int churn_next;
    int churned;
    /* From connecting to the head of the response or, when clients resume, to the last message that they missed. */
    struct histogram opening;
    /* When clients are next looked at that are due. */
    int64_t look_ns;
    /* The number of the newest message that any client has received, plus one. */
    uint32_t newest;
    /* How many clients were cut. */
    int cut;
    /* Whether clients whose stream ends come back. */
    bool comes_back;
    /* From coming back (after a cut), or from the server's end, to the last message that was missed. */
    struct histogram back;
    /* Why the first client was lost. */
    char reason[128];
    /* The message whose id is wanted, and that id once it has come. */
    int64_t wanted;
    char id[128];
    /* When the last bytes were read, in us on CLOCK_MONOTONIC; 0 until it is needed. */
    int64_t now_us;
};

void fleet_start(struct fleet *f, const struct options *o, struct tally *t, int count);

/* Opens clients that are due and reads what has arrived; waits for that at most the given time. */
void fleet_advance(struct fleet *f, int timeout_ms);

/* Has each client cut at a moment drawn between the two times, the same moments in each run. */
void fleet_cut_between(struct fleet *f, int64_t from_ns, int64_t to_ns);

/*
 * From now on, clients whose stream ends come back after the time that the server asked for. They have caught up when
 * they have the message before `goal`.
 */
void fleet_expect_end(struct fleet *f, uint32_t goal);

/* Closes one open client, and opens it again. */
void fleet_churn(struct fleet *f);

/*
 * Returns how many clients of the first channel saw another order than most did, though they received as many messages.
 */
int fleet_disordered(const struct fleet *f);

void fleet_close(struct fleet *f);

#endif
