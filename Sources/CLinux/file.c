#include "CLinux_file.h"

#include <sys/stat.h>

int clinux_stamp_file(const char *path, struct clinux_file_stamp *stamp) {
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) return -1;
    stamp->inode = (uint64_t)status.st_ino;
    stamp->size = (int64_t)status.st_size;
    // Unsigned arithmetic wraps: a file system may hold any date.
    stamp->modified = (int64_t)((uint64_t)status.st_mtim.tv_sec * 1000000000u + (uint64_t)status.st_mtim.tv_nsec);
    return 0;
}
