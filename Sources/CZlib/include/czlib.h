#ifndef CZLIB_H
#define CZLIB_H

#include <stddef.h>

/// How many bytes `czlib_gzip` may need for an input of this many.
size_t czlib_gzip_bound(size_t count);

/// Writes the input in the gzip format (RFC 1952), quickly rather than small.
///
/// Returns how many bytes were written; 0 if the room is too small or memory is short.
size_t czlib_gzip(const unsigned char *input, size_t count, unsigned char *output, size_t room);

#endif
