/* SPDX-License-Identifier: MIT */
#include "cli/feed/feeder.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "util/clock.h"
#include "cli/feed/delivery.h"
#include "cli/print/complain.h"
#include "cli/verb/name.h"

struct feeder {
	const struct feeder_source *source;
	void *userdata;
	struct delivery delivery;
	struct batch *collecting; /* what was read and not yet handed on, or NULL */
	char *folder;
	int term_fd;	   /* readable once SIGTERM came */
	bool terminating;  /* read what is there, then end */
	bool ended;	   /* no more input */
	uint64_t end_usec; /* when to give up; CLOCK_NEVER before it has ended */
};

static void feeder_enqueue(struct feeder *feeder)
{
	if (feeder->collecting) {
		delivery_add(&feeder->delivery, mem_steal(feeder->collecting));
	}
}

void feeder_refuse(struct feeder *feeder, const char *where, const char *what, const char *why)
{
	complain("%s: %s: %s", where, what, why);
	delivery_fault(&feeder->delivery, EXIT_CODE_REFUSED);
}

static void feeder_collect(struct feeder *feeder, char *name)
{
	bool full = delivery_is_full(&feeder->delivery);

	if (full && feeder->collecting && batch_holds(feeder->collecting, name)) {
		free(name);
		return;
	}
	if (feeder->collecting && !batch_has_room(feeder->collecting, strlen(name))) {
		if (full && feeder->source->reads_on) {
			feeder_refuse(feeder, "save", name, "savecastd hangs, and too much waits for it");
			free(name);
			return;
		}
		feeder_enqueue(feeder);
	}
	if (!feeder->collecting) {
		feeder->collecting = batch_new();
	}
	batch_add(feeder->collecting, name);
}

void feeder_take(struct feeder *feeder, const char *given, const char *where)
{
	const char *why;
	char *name;

	if (name_read(given, feeder->folder, &name, &why) < 0) {
		feeder_refuse(feeder, where, given, why);
	} else {
		feeder_collect(feeder, name);
	}
}

static void feeder_end(struct feeder *feeder)
{
	feeder->source->finish(feeder, feeder->userdata);
	feeder_enqueue(feeder);
	feeder->ended = true;
	feeder->end_usec = clock_now_usec() + FEEDER_END_MSEC * CLOCK_USEC_PER_MSEC;
}

static void feeder_read(struct feeder *feeder)
{
	static char bytes[FEEDER_READ_BYTES];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);

	if (n > 0) {
		if (!feeder->source->feed(feeder, bytes, (size_t)n, feeder->userdata)) {
			feeder_end(feeder);
		}
	} else if (n == 0) {
		feeder_end(feeder);
	} else if (errno != EAGAIN && errno != EINTR) {
		complain("standard input: cannot be read: %s", strerrordesc_np(errno));
		delivery_fault(&feeder->delivery, EXIT_CODE_REFUSED);
		feeder_end(feeder);
	}
}

static void feeder_wait(struct feeder *feeder, int timeout_msec)
{
	bool wants_input = !feeder->ended &&
		(feeder->source->reads_on || !delivery_is_full(&feeder->delivery));
	struct pollfd fds[] = {
		{.fd = wants_input ? STDIN_FILENO : -1, .events = POLLIN},
		{.fd = feeder->terminating ? -1 : feeder->term_fd, .events = POLLIN},
		{.fd = -1},
	};

	if (feeder->delivery.client) {
		fds[2] = client_pollfd(feeder->delivery.client);
	}
	if (feeder->terminating && wants_input) {
		timeout_msec = 0;
	}
	if (poll(fds, COUNT_OF(fds), timeout_msec) < 0) {
		return;
	}
	if (fds[2].revents) {
		delivery_serve(&feeder->delivery);
	}
	if (fds[0].revents) {
		feeder_read(feeder);
	} else if (feeder->terminating && wants_input) {
		feeder_end(feeder); /* all that was there has been read */
	}
	if (fds[1].revents) {
		feeder->terminating = true;
	}
}

static void feeder_loop(struct feeder *feeder)
{
	for (;;) {
		uint64_t now = clock_now_usec();
		uint64_t wake;

		if (feeder->ended) {
			feeder->delivery.rest = false; /* no news will come to end it */
		}
		if (!delivery_is_full(&feeder->delivery)) {
			feeder_enqueue(feeder);
		}
		delivery_send(&feeder->delivery);
		wake = delivery_check_times(&feeder->delivery, now, feeder->end_usec);
		if (feeder->ended && !feeder->delivery.queue) {
			return;
		}
		feeder_wait(feeder,
			wake == CLOCK_NEVER ? -1 : (int)((wake - now) / CLOCK_USEC_PER_MSEC + 1));
	}
}

/* An editor's end may hang its terminal up; what was read is delivered all the same. */
static int feeder_hold_signals(void)
{
	sigset_t set;

	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

enum exit_code feeder_run(const struct feeder_source *source, void *userdata, bool json)
{
	struct feeder *feeder = mem_new(struct feeder);
	enum exit_code code;

	feeder->source = source;
	feeder->userdata = userdata;
	feeder->delivery.json = json;
	feeder->end_usec = CLOCK_NEVER;
	feeder->term_fd = feeder_hold_signals();
	feeder->folder = name_current_folder();
	feeder_loop(feeder);
	code = feeder->delivery.code;
	delivery_deinit(&feeder->delivery);
	free(feeder->folder);
	close(feeder->term_fd);
	free(feeder);
	return code;
}
