#pragma once
#include <sys/types.h>

/// Starts a program in a session of its own, with /dev/null as input and `log` as output, and no other open file of ours.
/// Unlike posix_spawn(3) it can also reset what the parent ignores and blocks. Returns the process id, or -1 with errno set.
pid_t clinux_spawn(const char *path, char *const arguments[], char *const environment[], int log);

/// A descriptor that becomes readable when the process ends (pidfd_open(2)); -1 with errno set.
int clinux_pidfd_open(pid_t pid);

/// Sends a signal to exactly the process that the descriptor stands for (pidfd_send_signal(2)); -1 with errno set.
int clinux_pidfd_send_signal(int descriptor, int signal);
