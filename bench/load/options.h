#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

/* Where a message's publisher is told apart by one byte, see message.h. */
#define MAX_PUBLISHERS 64

/* What the command line asks for; options.c has the defaults and the meaning of each. */
struct options {
    int port;

    int clients;
    int connecting;
    int churn;
    int channels;
    const char *path;
    char headers[2048];

    bool clock;
    int back;
    int prime;

    int publishers;
    double rate;
    int bytes;
    const char *publish_path;
    const char *publish_body;
    char publish_headers[2048];

    int warmup_ms;
    int measure_ms;
    int drain_ms;
    int limit_s;
};

/* Reads the command line; ends the process with a message where it makes no sense. */
struct options read_options(int argc, char **argv);

#endif
