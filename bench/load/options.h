#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

/* The limit of one byte for the publisher's number, see message.h. */
#define MAX_PUBLISHERS 64

/* The options. options.c has the default and the meaning of each. */
struct options {
    int port;

    int clients;
    int connecting;
    int churn;
    int cut_ms;
    bool kill;
    int channels;
    const char *path;
    char headers[2048];

    bool clock;
    int back;
    int prime;

    int publishers;
    double rate;
    int ceiling_ms;
    int bytes;
    const char *publish_path;
    const char *publish_body;
    char publish_headers[2048];

    int warmup_ms;
    int measure_ms;
    int drain_ms;
    int limit_s;
};

/* Reads the command line; ends the process with a message if it is wrong. */
struct options read_options(int argc, char **argv);

#endif
