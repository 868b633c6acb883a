#include "options.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char HELP[] =
    "Usage: load --port <n> [options]\n"
    "Opens streams on 127.0.0.1, publishes, counts and checks what arrives; prints JSON lines.\n"
    "\n"
    "  --port <n>                 the server's port\n"
    "\n"
    "  --clients <n>              streams to open [0]\n"
    "  --connecting <n>           streams being opened at once [128]\n"
    "  --churn <n>                streams closed and opened again each second [0]\n"
    "  --cut-ms <n>               each stream is cut once while measuring, at random, and comes back <n> ms later [0: no]\n"
    "  --kill <0|1>               has the server killed, and measures until all streams are back [0]\n"
    "  --channels <n>             channels, over which clients and publishers are spread [1]\n"
    "  --path <path>              the path of a stream; {c} stands for the channel [/sse/{c}]\n"
    "  --header <line>            a header of a stream's request; may be repeated\n"
    "\n"
    "  --clock <0|1>              events are ticks, with an id of <unix ms>-0 [0]\n"
    "  --prime <n>                messages published before anything else [0]\n"
    "  --back <n>                 streams resume after the message that is <n> before the last of --prime [0: no]\n"
    "\n"
    "  --publishers <n>           connections that publish [0]\n"
    "  --rate <n>                 messages a second from all of them; 0: each as soon as the last was answered [0]\n"
    "  --ceiling-ms <n>           the rate rises as long as 99 % of deliveries take at most <n> ms [0: no]\n"
    "  --bytes <n>                a message's length [90]\n"
    "  --publish-path <path>      {c} stands for the channel [/sse/{c}]\n"
    "  --publish-body <text>      {c} stands for the channel, {m} for the message [{m}]\n"
    "  --publish-header <line>    may be repeated\n"
    "\n"
    "  --warmup-ms <n>            from the moment that all streams are open to measuring [1000]\n"
    "  --measure-ms <n>           how long to measure [5000]\n"
    "  --drain-ms <n>             the longest wait for messages on the way [3000]\n"
    "  --limit-s <n>              ends by itself after this long, whatever happens [120]\n";

enum kind { NUMBER, REAL, FLAG, TEXT, LINES };

static const struct {
    const char *name;
    enum kind kind;
    size_t offset;
} OPTIONS[] = {
    {"--port", NUMBER, offsetof(struct options, port)},
    {"--clients", NUMBER, offsetof(struct options, clients)},
    {"--connecting", NUMBER, offsetof(struct options, connecting)},
    {"--churn", NUMBER, offsetof(struct options, churn)},
    {"--cut-ms", NUMBER, offsetof(struct options, cut_ms)},
    {"--kill", FLAG, offsetof(struct options, kill)},
    {"--channels", NUMBER, offsetof(struct options, channels)},
    {"--path", TEXT, offsetof(struct options, path)},
    {"--header", LINES, offsetof(struct options, headers)},
    {"--clock", FLAG, offsetof(struct options, clock)},
    {"--prime", NUMBER, offsetof(struct options, prime)},
    {"--back", NUMBER, offsetof(struct options, back)},
    {"--publishers", NUMBER, offsetof(struct options, publishers)},
    {"--rate", REAL, offsetof(struct options, rate)},
    {"--ceiling-ms", NUMBER, offsetof(struct options, ceiling_ms)},
    {"--bytes", NUMBER, offsetof(struct options, bytes)},
    {"--publish-path", TEXT, offsetof(struct options, publish_path)},
    {"--publish-body", TEXT, offsetof(struct options, publish_body)},
    {"--publish-header", LINES, offsetof(struct options, publish_headers)},
    {"--warmup-ms", NUMBER, offsetof(struct options, warmup_ms)},
    {"--measure-ms", NUMBER, offsetof(struct options, measure_ms)},
    {"--drain-ms", NUMBER, offsetof(struct options, drain_ms)},
    {"--limit-s", NUMBER, offsetof(struct options, limit_s)},
};

static void refuse(const char *name, const char *value)
{
    fprintf(stderr, "load: cannot use %s %s\n\n%s", name, value, HELP);
    exit(2);
}

static double number(const char *name, const char *value)
{
    char *end;
    double parsed = strtod(value, &end);
    if (end == value || *end || parsed < 0 || parsed > 1e9)
        refuse(name, value);
    return parsed;
}

static void set(struct options *o, size_t i, const char *value)
{
    char *at = (char *)o + OPTIONS[i].offset;
    const char *name = OPTIONS[i].name;
    size_t used;
    switch (OPTIONS[i].kind) {
    case NUMBER:
        *(int *)at = (int)number(name, value);
        break;
    case REAL:
        *(double *)at = number(name, value);
        break;
    case FLAG:
        *(bool *)at = number(name, value) != 0;
        break;
    case TEXT:
        *(const char **)at = value;
        break;
    case LINES:
        used = strlen(at);
        if (used + strlen(value) + 3 > sizeof o->headers)
            refuse(name, value);
        sprintf(at + used, "%s\r\n", value);
        break;
    }
}

struct options read_options(int argc, char **argv)
{
    struct options o = {
        .connecting = 128,
        .channels = 1,
        .path = "/sse/{c}",
        .bytes = 90,
        .publish_path = "/sse/{c}",
        .publish_body = "{m}",
        .warmup_ms = 1000,
        .measure_ms = 5000,
        .drain_ms = 3000,
        .limit_s = 120,
    };
    for (int a = 1; a < argc; a += 2) {
        size_t i = 0;
        while (i < sizeof OPTIONS / sizeof *OPTIONS && strcmp(OPTIONS[i].name, argv[a]))
            i++;
        if (i == sizeof OPTIONS / sizeof *OPTIONS || a + 1 == argc)
            refuse(argv[a], a + 1 < argc ? argv[a + 1] : "without a value");
        set(&o, i, argv[a + 1]);
    }
    if (o.port < 1 || o.port > 65535)
        refuse("--port", "other than 1 to 65535");
    if (o.publishers > MAX_PUBLISHERS)
        refuse("--publishers", "above 64");
    if (o.channels < 1 || o.channels > 65536)
        refuse("--channels", "other than 1 to 65536");
    if (o.bytes < 34 || o.bytes > 32768)
        refuse("--bytes", "other than 34 to 32768");
    if ((o.back > 0 || o.prime > 0) && (o.prime < o.back + 1 || o.publishers != 1 || o.channels != 1))
        refuse("--prime", "without one publisher, one channel and fewer messages in --back");
    if ((o.cut_ms > 0 || o.kill) && (o.publishers != 1 || o.channels != 1 || o.rate <= 0))
        refuse("--cut-ms or --kill", "without one publisher, one channel and a rate");
    if (o.cut_ms > 0 && o.measure_ms <= 2 * o.cut_ms)
        refuse("--cut-ms", "of half of --measure-ms or more");
    if (o.ceiling_ms > 0 && (o.publishers < 1 || o.rate <= 0))
        refuse("--ceiling-ms", "without publishers and a rate to begin with");
    return o;
}
