/*
 * The floor: what the system itself needs to send a message to each client. One thread, one send() for each delivery;
 * nothing is queued or stored, and only what must be is parsed. A client whose socket is full misses the message.
 *
 * GET /sse/ is the clock, GET /sse/b<n> a channel, POST /sse/b<n> publishes. Run with the port as its argument.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MAX_FD 65536
/* The clock is the channel before the numbered ones. */
#define MAX_CHANNELS (1 + 65536)
#define CLOCK 0
#define REQUEST_MAX 65536
#define READY_MAX 256

static const char HEAD[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n\r\n";
static const char CREATED[] = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";

/* The clients of a channel, by descriptor. */
struct channel {
    int *fds;
    int count, room;
};

/* By descriptor: the client's channel (-1 for none), its index in it, and the part of its request that has arrived. */
struct connection {
    int channel, place, length;
    char *request;
};

static struct channel channels[MAX_CHANNELS];
static struct connection connections[MAX_FD];
static long long last_ms, last_n;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static long long wall_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void join(int fd, int index)
{
    struct channel *c = &channels[index];
    if (c->count == c->room) {
        c->room = c->room ? 2 * c->room : 1;
        c->fds = realloc(c->fds, (size_t)c->room * sizeof *c->fds);
        if (!c->fds)
            fail("realloc");
    }
    connections[fd].channel = index;
    connections[fd].place = c->count;
    c->fds[c->count++] = fd;
}

static void drop(int fd)
{
    struct connection *gone = &connections[fd];
    if (gone->channel >= 0) {
        struct channel *c = &channels[gone->channel];
        int last = c->fds[--c->count];
        c->fds[gone->place] = last;
        connections[last].place = gone->place;
    }
    free(gone->request);
    gone->request = NULL;
    close(fd);
}

static void deliver(int index, const char *frame, int length)
{
    struct channel *c = &channels[index];
    for (int i = 0; i < c->count; i++)
        send(c->fds[i], frame, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static int tick_frame(char *frame, size_t size)
{
    long long second = wall_ms() / 1000;
    return snprintf(frame, size, "data: The current time is %lld\nid: %lld000-0\n\n", second, second);
}

static void tick(void)
{
    char frame[128];
    deliver(CLOCK, frame, tick_frame(frame, sizeof frame));
}

static void publish(int index, const char *body, int length)
{
    static char frame[REQUEST_MAX + 128];
    long long now = wall_ms();
    last_n = now > last_ms ? 0 : last_n + 1;
    last_ms = now > last_ms ? now : last_ms;
    int size = snprintf(frame, sizeof frame, "data: %.*s\nid: %lld-%lld\n\n", length, body, last_ms, last_n);
    deliver(index, frame, size);
}

static int channel_of(const char *request)
{
    const char *path = strstr(request, "/sse/");
    int index = path && path[5] == 'b' ? 1 + atoi(path + 6) : CLOCK;
    return index > 0 && index < MAX_CHANNELS ? index : CLOCK;
}

/* Answers complete requests. Returns whether the connection stays open. */
static int answer(int fd)
{
    struct connection *c = &connections[fd];
    c->request[c->length] = '\0';
    char *blank = strstr(c->request, "\r\n\r\n");
    if (!blank)
        return c->length < REQUEST_MAX;
    int index = channel_of(c->request);
    if (c->request[0] == 'G') {
        char first[512];
        int length = snprintf(first, sizeof first, "%s", HEAD);
        if (index == CLOCK)
            length += tick_frame(first + length, sizeof first - (size_t)length);
        free(c->request);
        c->request = NULL;
        join(fd, index);
        return send(fd, first, (size_t)length, MSG_NOSIGNAL) == length;
    }
    const char *field = strcasestr(c->request, "\r\ncontent-length:");
    const char *body = blank + 4;
    int length = field ? atoi(field + 17) : 0;
    if (length < 0 || length >= REQUEST_MAX)
        return 0;
    if (c->request + c->length - body < length)
        return 1;
    publish(index, body, length);
    c->length = 0;
    return send(fd, CREATED, sizeof CREATED - 1, MSG_NOSIGNAL) == sizeof CREATED - 1;
}

static void receive(int fd)
{
    struct connection *c = &connections[fd];
    if (c->channel < 0 && !c->request) {
        c->request = malloc(REQUEST_MAX + 1);
        if (!c->request)
            fail("malloc");
    }
    char ignored[64];
    char *into = c->request ? c->request + c->length : ignored;
    size_t room = c->request ? (size_t)(REQUEST_MAX - c->length) : sizeof ignored;
    ssize_t got = recv(fd, into, room, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got > 0 && c->request)
        c->length += (int)got;
    if (got <= 0 || (c->request && !answer(fd)))
        drop(fd);
}

static void watch(int epoll, int fd)
{
    struct epoll_event interest = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &interest) < 0)
        fail("epoll_ctl");
}

static void take(int epoll, int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    if (fd >= MAX_FD) {
        close(fd);
        return;
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections[fd] = (struct connection){.channel = -1};
    watch(epoll, fd);
}

static int listen_on(int port)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&own, sizeof own) < 0 || listen(fd, 4096) < 0)
        fail("listen");
    return fd;
}

/* Becomes readable at each whole second. */
static int whole_seconds(void)
{
    int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC);
    struct itimerspec every = {{1, 0}, {wall_ms() / 1000 + 1, 0}};
    if (fd < 0 || timerfd_settime(fd, TFD_TIMER_ABSTIME, &every, NULL) < 0)
        fail("timerfd");
    return fd;
}

int main(int argc, char **argv)
{
    int listener = listen_on(argc > 1 ? atoi(argv[1]) : 0);
    int timer = whole_seconds();
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(epoll, listener);
    watch(epoll, timer);
    for (;;) {
        struct epoll_event ready[READY_MAX];
        int count = epoll_wait(epoll, ready, READY_MAX, -1);
        for (int i = 0; i < count; i++) {
            int fd = ready[i].data.fd;
            unsigned long long expired;
            if (fd == listener)
                take(epoll, listener);
            else if (fd != timer)
                receive(fd);
            else if (read(timer, &expired, sizeof expired) > 0)
                tick();
        }
    }
}
