#include "czlib.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

/// 15 bits of window, and 16 for the gzip format.
static const int window = 15 + 16;

size_t czlib_gzip_bound(size_t count) {
    /// The header and the trailer of gzip are larger than those `compressBound` counts.
    return compressBound(count) + 32;
}

size_t czlib_gzip(const unsigned char *input, size_t count, unsigned char *output, size_t room) {
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (count > UINT_MAX || room > UINT_MAX) return 0;
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (unsigned char *)input;
    stream.avail_in = (unsigned)count;
    stream.next_out = output;
    stream.avail_out = (unsigned)room;
    int outcome = deflate(&stream, Z_FINISH);
    size_t written = stream.total_out;
    deflateEnd(&stream);
    return outcome == Z_STREAM_END ? written : 0;
}
