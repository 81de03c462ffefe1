// Sends requests at random times, so many a second on average whatever becomes of them, and tells how long the answers took.
//
// A request is timed from the moment it was due: one that had to wait for a free connection waited, and is not left out. wrk paces by a
// clock of milliseconds, which sends requests in heaps; where a request takes a tenth of that, it is the heaps that would be measured.
//
// arrivals PORT PATH TOKENS RATE SECONDS CONNECTIONS: prints one line of JSON.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAXIMUM_CONNECTIONS = 256, MAXIMUM_WAITING = 1 << 16, ANSWER = 16384, REQUEST = 8192 };

struct connection {
    int socket;
    double due;
    size_t length;
    char answer[ANSWER + 1];
};

static struct connection connections[MAXIMUM_CONNECTIONS];
static struct connection *idle[MAXIMUM_CONNECTIONS];
static int idle_count;
static char **requests;
static size_t request_count, next_request;

static void fail(const char *what) {
    fprintf(stderr, "arrivals: %s: %s\n", what, errno ? strerror(errno) : "cannot go on");
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void read_tokens(const char *name, const char *path) {
    FILE *file = fopen(name, "r");
    if (!file) fail(name);
    static char token[REQUEST / 2];
    size_t room = 0;
    while (fgets(token, sizeof token, file)) {
        token[strcspn(token, "\n")] = 0;
        if (request_count == room) {
            room = room ? 2 * room : 1024;
            requests = realloc(requests, room * sizeof *requests);
            if (!requests) fail("memory");
        }
        char text[REQUEST];
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n\r\n", path, token);
        if (!(requests[request_count++] = strdup(text))) fail("memory");
    }
    fclose(file);
    if (!request_count) fail("no tokens");
}

static void connect_all(int port, int count, int poll) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int index = 0; index < count; index++) {
        struct connection *one = &connections[index];
        one->socket = socket(AF_INET, SOCK_STREAM, 0);
        if (one->socket < 0 || connect(one->socket, (struct sockaddr *)&address, sizeof address)) fail("connect");
        int yes = 1;
        setsockopt(one->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        fcntl(one->socket, F_SETFL, O_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, one->socket, &event)) fail("epoll");
        idle[idle_count++] = one;
    }
}

static void send_request(struct connection *one, double due) {
    const char *text = requests[next_request++ % request_count];
    one->due = due;
    one->length = 0;
    // A few kilobytes find room in the buffer of a socket on which nothing else is under way.
    if (write(one->socket, text, strlen(text)) != (ssize_t)strlen(text)) fail("write");
}

// Whether the answer is whole; anything but a good one ends the program.
static int is_answered(struct connection *one) {
    ssize_t count = read(one->socket, one->answer + one->length, ANSWER - one->length);
    if (count < 0 && errno == EAGAIN) return 0;
    if (count <= 0) fail("read");
    one->length += count;
    one->answer[one->length] = 0;
    char *end = strstr(one->answer, "\r\n\r\n");
    if (!end) return 0;
    if (strncmp(one->answer, "HTTP/1.1 200", 12)) {
        errno = 0;
        fail(strtok(one->answer, "\r"));
    }
    char *length = strcasestr(one->answer, "\r\ncontent-length:");
    size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    return one->length >= (size_t)(end + 4 - one->answer) + body;
}

static int by_size(const void *left, const void *right) {
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

int main(int count, char **arguments) {
    if (count != 7) return fprintf(stderr, "usage: arrivals PORT PATH TOKENS RATE SECONDS CONNECTIONS\n"), 2;
    double rate = atof(arguments[4]), seconds = atof(arguments[5]);
    int width = atoi(arguments[6]);
    if (rate <= 0 || seconds <= 0 || width < 1 || width > MAXIMUM_CONNECTIONS) return fprintf(stderr, "arrivals: out of range\n"), 2;
    read_tokens(arguments[3], arguments[2]);
    int poll = epoll_create1(0);
    connect_all(atoi(arguments[1]), width, poll);

    static double waiting[MAXIMUM_WAITING];
    size_t first = 0, last = 0, done = 0, room = (size_t)(2 * rate * seconds) + 1000;
    float *took = malloc(room * sizeof *took);
    if (!took) fail("memory");
    srand48(1);
    double begin = now(), next = begin;
    while (next < begin + seconds || idle_count < width || first != last) {
        double time = now();
        if (time > begin + 2 * seconds + 5) fail("no answers");
        for (; next <= time && next < begin + seconds; next -= log(1 - drand48()) / rate) {
            if (last - first == MAXIMUM_WAITING) fail("too slow");
            waiting[last++ % MAXIMUM_WAITING] = next;
        }
        while (idle_count && first != last) send_request(idle[--idle_count], waiting[first++ % MAXIMUM_WAITING]);
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, 0);
        for (int index = 0; index < ready; index++) {
            struct connection *one = events[index].data.ptr;
            if (!is_answered(one)) continue;
            if (done < room) took[done++] = (now() - one->due) * 1e3;
            idle[idle_count++] = one;
        }
    }
    qsort(took, done, sizeof *took, by_size);
    printf("{\"requests\": %zu, \"p50\": %.3f, \"p99\": %.3f, \"p999\": %.3f}\n", done, took[done / 2], took[done * 99 / 100],
           took[done * 999 / 1000]);
    return 0;
}
