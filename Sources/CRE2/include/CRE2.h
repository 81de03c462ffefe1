#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled regular expression. It never changes after `cre2_compile`, so any number of threads may search with it at once.
typedef struct cre2_regex cre2_regex;

/// Compiles a UTF-8 pattern. The program and the automaton's caches together use at most `max_memory` bytes.
/// Gives NULL when the pattern is refused, and then puts the reason, cut to fit and ended by a zero, into `reason`.
cre2_regex *cre2_compile(const char *pattern, size_t length, int64_t max_memory, char *reason, size_t reason_capacity);

void cre2_delete(cre2_regex *regex);

/// The number of capturing groups, without the whole match.
int cre2_group_count(const cre2_regex *regex);

/// Searches `text` from `start` for the leftmost match. Fills `bounds` with begin and end of the whole match and of the first
/// `groups` groups; -1 and -1 stand for a group that took no part. Gives false when nothing matches.
bool cre2_search(const cre2_regex *regex, const char *text, size_t length, size_t start, ptrdiff_t *bounds, int groups);

#ifdef __cplusplus
}
#endif
