/* SPDX-License-Identifier: MIT */
#include "util/signals.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "util/mem.h"

struct signals {
	int fd;
	struct loop_fd *watch;
	struct signals_callbacks callbacks;
	void *userdata;
};

static void on_signal(uint32_t events, void *userdata)
{
	struct signals *signals = userdata;
	struct signalfd_siginfo info;

	if (read(signals->fd, &info, sizeof info) != sizeof info) {
		return;
	}
	if (info.ssi_signo == SIGHUP) {
		signals->callbacks.hang_up(signals->userdata);
	} else {
		signals->callbacks.end(signals->userdata);
	}
}

struct signals *signals_new(
	struct loop *loop, const struct signals_callbacks *callbacks, void *userdata)
{
	struct signals *signals = mem_new(struct signals);
	sigset_t set;

	signals->callbacks = *callbacks;
	signals->userdata = userdata;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signals->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals->fd >= 0) {
		signals->watch = loop_fd_new(loop, signals->fd, EPOLLIN, on_signal, signals);
	}
	if (!signals->watch) {
		signals_free(signals);
		return NULL;
	}
	return signals;
}

void signals_free(struct signals *signals)
{
	if (signals) {
		loop_fd_free(signals->watch);
		if (signals->fd >= 0) {
			close(signals->fd);
		}
		free(signals);
	}
}
