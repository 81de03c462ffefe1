#define _GNU_SOURCE
#include "CLinux_crypt.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

int clinux_crypt(const char *password, const char *setting, char *output, size_t capacity) {
    // 32 KiB: too large for the stack of a thread that we do not own.
    struct crypt_data *data = calloc(1, sizeof *data);
    if (data == NULL) return -1;
    const char *hash = crypt_r(password, setting, data);
    int result = -1;
    // libxcrypt answers a failure with a string that begins with '*', never with a valid hash.
    if (hash != NULL && hash[0] != '*' && strlen(hash) < capacity) {
        strcpy(output, hash);
        result = 0;
    }
    explicit_bzero(data, sizeof *data);
    free(data);
    return result;
}
