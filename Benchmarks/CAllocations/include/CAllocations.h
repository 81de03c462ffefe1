#pragma once
#include <stdint.h>

/// How often this thread has asked for memory: malloc, calloc, realloc and the aligned ones. The program's own definitions of
/// these functions stand before glibc's, count and pass on.
uint64_t callocations_count(void);
