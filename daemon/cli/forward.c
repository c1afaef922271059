/* SPDX-License-Identifier: MIT */
#include "cli/forward.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "util/mem.h"
#include "cli/forward-channel.h"
#include "cli/forward-state.h"
#include "cli/error.h"
#include "cli/text.h"
#include "util/loopback.h"

/* The kernel has no memory or descriptors: tries again then. */
#define ACCEPT_AGAIN_USEC CLOCK_USEC_PER_SEC

enum {
	FIXED_FDS = 1 + LOOPBACK_SOCKETS_MAX, /* what is polled besides the channels */
	SPARE_FDS = 12, /* further ones: standard ones, and what a new channel needs for a moment */
};

struct forward {
	const struct forward_options *options;
	struct forward_state state;
	int signals; /* signalfd */
	int listeners[LOOPBACK_SOCKETS_MAX];
	size_t listener_count;
	struct channel *channels[FORWARD_CONNECTIONS_MAX];
	size_t channel_count;
	bool refused; /* it was reported that another user's process was refused */
	bool full; /* it was reported that no connection can be accepted */
	uint64_t accept_after_usec; /* no connection is accepted before this time */
	bool ends;
};

/* Prints one line for each change, for the user and for a log. */
static void forward_say(const struct forward *forward, const char *state, const char *why)
{
	const struct forward_options *options = forward->options;

	if (options->json) {
		json_t *line = json_pack("{s:s, s:s, s:i}", "name", options->name, "state", state,
			"port", (int)options->port);
		_cleanup_free_ char *text = NULL;

		if (why) {
			_cleanup_free_ char *safe = text_safe(why);

			json_object_set_new(line, "reason", json_string(safe));
		}
		text = json_dumps(line, JSON_COMPACT);
		json_decref(line);
		puts(text ? text : "{}");
	} else {
		_cleanup_free_ char *safe = why ? text_safe(why) : NULL;

		printf("%s: port %u: %s%s%s\n", options->name, (unsigned)options->port, state,
			safe ? ": " : "", safe ? safe : "");
	}
	fflush(stdout);
}

static void forward_say_state(const struct forward *forward)
{
	const struct forward_state *state = &forward->state;

	forward_say(forward, forward_link_name(state->link), state->why);
}

static int forward_listen(struct forward *forward, uint16_t *port)
{
	static const int families[LOOPBACK_SOCKETS_MAX] = {AF_INET, AF_INET6};

	for (size_t i = 0; i < LOOPBACK_SOCKETS_MAX; i++) {
		int fd = loopback_listen(families[i], port);

		/* If the machine has no IPv6, 127.0.0.1 is enough. */
		if (fd < 0 && (i == 0 || fd == -EADDRINUSE)) {
			return fd;
		}
		if (fd >= 0) {
			forward->listeners[forward->listener_count++] = fd;
		}
	}
	return 0;
}

static void forward_refuse(int fd)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close(fd);
}

static void forward_say_full(struct forward *forward, const char *why)
{
	if (!forward->full) {
		forward->full = true;
		error_print("forward: connections: %zu: no further one is accepted until one ends: %s",
			forward->channel_count, why);
	}
}

/*
 * A connection that is not accepted stays in the queue, where poll() would report it all the time.
 * The limit of open files also limits what poll() takes.
 */
static bool forward_accepts(struct forward *forward, uint64_t now)
{
	struct rlimit files = {.rlim_cur = RLIM_INFINITY};

	getrlimit(RLIMIT_NOFILE, &files);
	if (!forward->channel_count || files.rlim_cur >= FIXED_FDS + SPARE_FDS +
			(forward->channel_count + 1) * CHANNEL_FDS) {
		return now >= forward->accept_after_usec;
	}
	forward_say_full(forward, "the limit of open files (ulimit -n) is too low");
	return false;
}

static void forward_on_accept_failure(struct forward *forward, int error, uint64_t now)
{
	if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
		forward->accept_after_usec = now + ACCEPT_AGAIN_USEC;
		forward_say_full(forward, strerror(error));
	}
}

/* Whether it comes from a process of this user. */
static bool forward_is_own(
	struct forward *forward, int fd, const struct sockaddr_storage *peer, uint64_t now)
{
	struct sockaddr_storage self = {0};
	socklen_t length = sizeof self;
	uid_t uid = (uid_t)-1;
	int r = getsockname(fd, (struct sockaddr *)&self, &length) < 0 ? -errno : 0;

	if (r == 0) {
		r = loopback_peer_uid(peer, &self, &uid);
	}
	if (r == 0 && uid == getuid()) {
		return true;
	}
	if (r < 0) {
		forward_on_accept_failure(forward, -r, now);
	}
	if (r == 0 && !forward->refused) {
		forward->refused = true;
		error_print("forward: connection: user %u: is not this command's: reset; further "
			    "ones are not reported",
			(unsigned)uid);
	}
	return false;
}

static void forward_accept(struct forward *forward, int listener, uint64_t now)
{
	struct sockaddr_storage peer = {0};
	socklen_t length = sizeof peer;
	int on = 1;
	int fd = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0) {
		forward_on_accept_failure(forward, errno, now);
		return;
	}
	if (!forward_is_own(forward, fd, &peer, now) ||
		!forward_state_may_run(&forward->state, now) ||
		forward->channel_count == FORWARD_CONNECTIONS_MAX) {
		forward_refuse(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	forward->channels[forward->channel_count++] =
		channel_new(fd, forward->options->command, now);
}

static void forward_reap(struct forward *forward)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < forward->channel_count; i++) {
			if (forward->channels[i]->pid == pid) {
				channel_reaped(forward->channels[i], status);
			}
		}
	}
}

static void forward_on_signal(struct forward *forward)
{
	struct signalfd_siginfo info;

	if (read(forward->signals, &info, sizeof info) != sizeof info) {
		return;
	}
	if (info.ssi_signo == SIGCHLD) {
		forward_reap(forward);
	} else {
		forward->ends = true;
	}
}

static void forward_serve_channel(
	struct forward *forward, struct channel *channel, const struct pollfd *fds, uint64_t now)
{
	bool answered = channel_answered(channel);
	int r = channel_serve(channel, fds, now);

	if (r < 0 && forward_state_failed(&forward->state, false, strerror(-r), now)) {
		forward_say_state(forward);
	}
	if (!answered && channel_answered(channel) && forward_state_answered(&forward->state)) {
		forward_say_state(forward);
	}
	channel_check(channel, now);
}

/* Removes the channels that have ended, and reports failures. */
static void forward_sweep(struct forward *forward, uint64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < forward->channel_count; i++) {
		struct channel *channel = forward->channels[i];
		_cleanup_free_ char *why = NULL;

		if (channel->phase != CHANNEL_DONE) {
			forward->channels[kept++] = channel;
			continue;
		}
		why = channel_failure(channel);
		if (why && forward_state_failed(
				   &forward->state, channel_answered(channel), why, now)) {
			forward_say_state(forward);
		}
		channel_free(channel);
		forward->accept_after_usec = 0;
		forward->full = false;
	}
	forward->channel_count = kept;
}

static int forward_timeout(const struct forward *forward, uint64_t now)
{
	uint64_t due = forward->accept_after_usec > now ? forward->accept_after_usec : CLOCK_NEVER;

	for (size_t i = 0; i < forward->channel_count; i++) {
		uint64_t at = channel_due(forward->channels[i]);

		due = at < due ? at : due;
	}
	return due == CLOCK_NEVER ? -1
		: due <= now	  ? 0
				  : (int)((due - now) / CLOCK_USEC_PER_MSEC + 1);
}

static void forward_turn(struct forward *forward)
{
	struct pollfd fds[FIXED_FDS + FORWARD_CONNECTIONS_MAX * CHANNEL_FDS];
	size_t channels = forward->channel_count;
	uint64_t now = clock_now_usec();
	bool accepts = forward_accepts(forward, now);

	fds[0] = (struct pollfd){.fd = forward->signals, .events = POLLIN};
	for (size_t i = 0; i < LOOPBACK_SOCKETS_MAX; i++) {
		fds[1 + i] = (struct pollfd){
			.fd = accepts && i < forward->listener_count ? forward->listeners[i] : -1,
			.events = POLLIN};
	}
	for (size_t i = 0; i < channels; i++) {
		channel_poll(forward->channels[i], fds + FIXED_FDS + i * CHANNEL_FDS);
	}
	if (poll(fds, FIXED_FDS + channels * CHANNEL_FDS,
		    forward_timeout(forward, now)) < 0) {
		return; /* EINTR: poll() has not set the events */
	}
	now = clock_now_usec();
	for (size_t i = 0; i < channels; i++) {
		forward_serve_channel(
			forward, forward->channels[i], fds + FIXED_FDS + i * CHANNEL_FDS, now);
	}
	for (size_t i = 0; i < forward->listener_count; i++) {
		if (fds[1 + i].revents) {
			forward_accept(forward, forward->listeners[i], now);
		}
	}
	if (fds[0].revents) {
		forward_on_signal(forward);
	}
	forward_sweep(forward, now);
}

static int forward_hold_signals(void)
{
	static const int held[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP};
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* if it is ignored, no status is kept */
	sigemptyset(&set);
	for (size_t i = 0; i < COUNT_OF(held); i++) {
		sigaddset(&set, held[i]);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

enum exit_code forward_run(const struct forward_options *given)
{
	struct forward_options options = *given;
	struct forward forward = {.options = &options, .signals = forward_hold_signals()};
	int r = forward_listen(&forward, &options.port);

	if (r < 0) {
		error_print("forward: port %u: %s: end what listens there, or choose another with "
			 "--port",
			(unsigned)options.port, strerror(-r));
	} else {
		forward_say(&forward, "listening", NULL);
		while (!forward.ends) {
			forward_turn(&forward);
		}
	}
	for (size_t i = 0; i < forward.channel_count; i++) {
		channel_free(forward.channels[i]);
	}
	for (size_t i = 0; i < forward.listener_count; i++) {
		close(forward.listeners[i]);
	}
	forward_state_clear(&forward.state);
	close(forward.signals);
	return r < 0 ? EXIT_CODE_REFUSED : EXIT_CODE_DONE;
}
