#pragma once
#include <stdint.h>

/// What tells a changed file from an unchanged one without reading it.
struct clinux_file_stamp {
    uint64_t inode;
    /// Bytes.
    int64_t size;
    /// Nanoseconds since 1970.
    int64_t modified;
};

/// Looks at a regular file, following links. Returns 0; -1 when it is no regular file or cannot be looked at.
///
/// In C because `struct stat` belongs to one Swift module when Foundation is linked statically, and to another when it is not.
int clinux_stamp_file(const char *path, struct clinux_file_stamp *stamp);
