#include "CRE2.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include <re2/re2.h>

struct cre2_regex {
    RE2 engine;
    cre2_regex(re2::StringPiece pattern, const RE2::Options &options) : engine(pattern, options) {}
};

namespace {
void copy_reason(const char *text, char *reason, size_t capacity) {
    if (reason == nullptr || capacity == 0) return;
    size_t length = std::min(strlen(text), capacity - 1);
    memcpy(reason, text, length);
    reason[length] = '\0';
}
}  // namespace

// No C++ exception may reach Swift, so running out of memory is a refusal like any other.

cre2_regex *cre2_compile(const char *pattern, size_t length, int64_t max_memory, char *reason, size_t reason_capacity) {
    try {
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(max_memory);
        auto regex = std::make_unique<cre2_regex>(re2::StringPiece(pattern, length), options);
        if (regex->engine.ok()) return regex.release();
        copy_reason(regex->engine.error().c_str(), reason, reason_capacity);
    } catch (const std::bad_alloc &) {
        copy_reason("out of memory", reason, reason_capacity);
    }
    return nullptr;
}

void cre2_delete(cre2_regex *regex) { delete regex; }

int cre2_group_count(const cre2_regex *regex) { return regex->engine.NumberOfCapturingGroups(); }

bool cre2_search(const cre2_regex *regex, const char *text, size_t length, size_t start, ptrdiff_t *bounds, int groups) {
    try {
        std::vector<re2::StringPiece> matches(static_cast<size_t>(groups) + 1);
        re2::StringPiece subject(text, length);
        int wanted = static_cast<int>(matches.size());
        if (start > length || !regex->engine.Match(subject, start, length, RE2::UNANCHORED, matches.data(), wanted)) return false;
        for (size_t i = 0; bounds != nullptr && i < matches.size(); i++) {
            bool took_part = matches[i].data() != nullptr;
            bounds[2 * i] = took_part ? matches[i].data() - text : -1;
            bounds[2 * i + 1] = took_part ? matches[i].data() - text + static_cast<ptrdiff_t>(matches[i].size()) : -1;
        }
        return true;
    } catch (const std::bad_alloc &) {
        return false;
    }
}
