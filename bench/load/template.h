#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stddef.h>

/*
 * Writes the text with the channel's name for `{c}` and the message for `{m}`. Returns the length; ends the process if
 * there is no room.
 */
size_t template_fill(char *out, size_t size, const char *text, int channel, const char *message, size_t length);

#endif
