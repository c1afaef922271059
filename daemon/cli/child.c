/* SPDX-License-Identifier: MIT */
#include "cli/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "util/mem.h"
#include "cli/error.h"

/* The signals that are passed on to the command. */
static const int forwarded[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH};

/* Multiplied, these are more bytes than a pipe or a terminal buffers. */
enum { READ_BYTES = 4096, REST_READS_MAX = 64 };

struct child {
	pid_t pid;
	int errors; /* its standard error */
	int signals; /* signalfd */
	bool ended;
	int status;
	struct output_tail *said;
};

/* Creates the two ends of the child's standard error. */
static int child_open_errors(int *ours, int *its)
{
	struct termios raw;
	struct winsize size;
	int ends[2];

	if (isatty(STDERR_FILENO) && openpty(ours, its, NULL, NULL, NULL) == 0) {
		if (tcgetattr(*its, &raw) == 0) {
			cfmakeraw(&raw); /* the terminal changes no byte */
			tcsetattr(*its, TCSANOW, &raw);
		}
		if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0) {
			ioctl(*its, TIOCSWINSZ, &size);
		}
	} else if (pipe(ends) == 0) {
		*ours = ends[0];
		*its = ends[1];
	} else {
		return -errno;
	}
	fcntl(*ours, F_SETFD, FD_CLOEXEC);
	fcntl(*ours, F_SETFL, O_NONBLOCK);
	return 0;
}

static void child_exec(char **command, int errors, const sigset_t *mask)
{
	int error;

	dup2(errors, STDERR_FILENO);
	if (errors != STDERR_FILENO) {
		close(errors);
	}
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(command[0], command);
	error = errno;
	error_print("run: %s: %s", command[0], strerror(error));
	_exit(error == ENOENT ? CHILD_NOT_FOUND : CHILD_NOT_EXECUTABLE);
}

static void write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno == EAGAIN) {
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
		} else if (n < 0 && errno != EINTR) {
			return;
		}
		if (n > 0) {
			bytes += n;
			length -= (size_t)n;
		}
	}
}

/* Returns whether there may be more. */
static bool child_read_errors(struct child *child)
{
	char bytes[READ_BYTES];
	ssize_t n = read(child->errors, bytes, sizeof bytes);

	if (n > 0) {
		write_all(STDERR_FILENO, bytes, (size_t)n);
		output_tail_add(child->said, bytes, (size_t)n);
	}
	return n > 0 || (n < 0 && errno == EINTR);
}

static void child_on_signal(struct child *child)
{
	struct signalfd_siginfo info;
	struct winsize size;

	if (read(child->signals, &info, sizeof info) != sizeof info) {
		return;
	}
	if (info.ssi_signo == SIGCHLD) {
		child->ended =
			child->ended || waitpid(child->pid, &child->status, WNOHANG) == child->pid;
		return;
	}
	if (info.ssi_signo == SIGWINCH && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0) {
		ioctl(child->errors, TIOCSWINSZ, &size);
	}
	/* Signals from the terminal reach the command without this. */
	if (!child->ended && info.ssi_code != SI_KERNEL) {
		kill(child->pid, (int)info.ssi_signo);
	}
}

static void child_wait(struct child *child)
{
	struct pollfd fds[] = {
		{.fd = child->signals, .events = POLLIN},
		{.fd = child->errors, .events = POLLIN},
	};

	while (!child->ended) {
		if (poll(fds, COUNT_OF(fds), -1) < 0 && errno != EINTR) {
			return;
		}
		if (fds[1].revents && !child_read_errors(child) && errno != EAGAIN) {
			fds[1].fd = -1; /* closed, but the command may still run */
		}
		if (fds[0].revents) {
			child_on_signal(child);
		}
	}
	/* Read the rest, with a limit: a process that outlives the command may go on writing. */
	for (int i = 0; i < REST_READS_MAX && fds[1].fd >= 0 && child_read_errors(child); i++) {
	}
}

int child_run(char **command, struct output_tail *said)
{
	struct child child = {.said = said};
	sigset_t set, before;
	int its, r;

	r = child_open_errors(&child.errors, &its);
	if (r < 0) {
		return r;
	}
	/* If SIGCHLD were ignored, as it may be inherited, the kernel would not keep the status. */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < COUNT_OF(forwarded); i++) {
		sigaddset(&set, forwarded[i]);
	}
	sigprocmask(SIG_BLOCK, &set, &before);
	child.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	child.pid = child.signals < 0 ? -1 : fork();
	if (child.pid == 0) {
		child_exec(command, its, &before);
	}
	r = -errno;
	close(its);
	if (child.pid > 0) {
		child_wait(&child);
		r = WIFEXITED(child.status) ? WEXITSTATUS(child.status)
					    : CHILD_SIGNALLED + WTERMSIG(child.status);
	}
	close(child.errors);
	if (child.signals >= 0) {
		close(child.signals);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}
