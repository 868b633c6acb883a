#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stddef.h>

/*
 * Writes the text with `{c}` replaced by the channel's name and `{m}` by the message; gives the length, and ends the
 * process where there is no room.
 */
size_t template_fill(char *out, size_t size, const char *text, int channel, const char *message, size_t length);

#endif
