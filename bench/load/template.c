#include "template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t template_fill(char *out, size_t size, const char *text, int channel, const char *message, size_t length)
{
    char name[16];
    size_t name_length = (size_t)snprintf(name, sizeof name, "b%d", channel);
    size_t used = 0;
    while (*text) {
        const char *from = text;
        size_t count = 1, skip = 1;
        if (strncmp(text, "{c}", 3) == 0)
            from = name, count = name_length, skip = 3;
        else if (strncmp(text, "{m}", 3) == 0)
            from = message, count = length, skip = 3;
        if (used + count >= size) {
            fprintf(stderr, "load: a path or a body is too long\n");
            exit(2);
        }
        memcpy(out + used, from, count);
        used += count;
        text += skip;
    }
    out[used] = '\0';
    return used;
}
