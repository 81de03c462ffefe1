#pragma once
#include <stddef.h>

/// Hashes a password with crypt_r(3) of libxcrypt, by the method and salt at the beginning of `setting`.
/// Writes the NUL-terminated hash to `output` and returns 0; returns -1 when the method is unknown or the output does not fit.
int clinux_crypt(const char *password, const char *setting, char *output, size_t capacity);
