/* SPDX-License-Identifier: MIT */
#include "cli/save-stream.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "util/clock.h"
#include "cli/save-delivery.h"
#include "cli/error.h"
#include "cli/path-argument.h"

struct save_stream {
	const struct save_stream_source *source;
	void *userdata;
	struct save_delivery delivery;
	struct save_batch *collecting; /* names that were read and are not queued yet, or NULL */
	char *folder;
	int term_fd; /* readable once SIGTERM came */
	bool terminating; /* read the input that is there, then end */
	bool ended; /* no more input */
	uint64_t end_usec; /* when to give up; CLOCK_NEVER before it has ended */
};

static void save_stream_enqueue(struct save_stream *stream)
{
	if (stream->collecting) {
		save_delivery_add(&stream->delivery, mem_steal(stream->collecting));
	}
}

void save_stream_refuse(
	struct save_stream *stream, const char *where, const char *what, const char *why)
{
	error_print("%s: %s: %s", where, what, why);
	save_delivery_fault(&stream->delivery, EXIT_CODE_REFUSED);
}

static void save_stream_collect(struct save_stream *stream, char *name)
{
	bool full = save_delivery_is_full(&stream->delivery);

	if (full && stream->collecting && save_batch_holds(stream->collecting, name)) {
		free(name);
		return;
	}
	if (stream->collecting && !save_batch_has_room(stream->collecting, strlen(name))) {
		if (full && stream->source->reads_on) {
			save_stream_refuse(stream, "save", name,
				"savecastd does not answer, and too many saves wait for it");
			free(name);
			return;
		}
		save_stream_enqueue(stream);
	}
	if (!stream->collecting) {
		stream->collecting = save_batch_new();
	}
	save_batch_add(stream->collecting, name);
}

void save_stream_take(struct save_stream *stream, const char *given, const char *where)
{
	const char *why;
	char *name;

	if (path_argument_read(given, stream->folder, &name, &why) < 0) {
		save_stream_refuse(stream, where, given, why);
	} else {
		save_stream_collect(stream, name);
	}
}

static void save_stream_end(struct save_stream *stream)
{
	stream->source->finish(stream, stream->userdata);
	save_stream_enqueue(stream);
	stream->ended = true;
	stream->end_usec = clock_now_usec() + SAVE_STREAM_END_MSEC * CLOCK_USEC_PER_MSEC;
}

static void save_stream_read(struct save_stream *stream)
{
	static char bytes[SAVE_STREAM_READ_BYTES];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);

	if (n > 0) {
		if (!stream->source->feed(stream, bytes, (size_t)n, stream->userdata)) {
			save_stream_end(stream);
		}
	} else if (n == 0) {
		save_stream_end(stream);
	} else if (errno != EAGAIN && errno != EINTR) {
		error_print("standard input: cannot be read: %s", strerrordesc_np(errno));
		save_delivery_fault(&stream->delivery, EXIT_CODE_REFUSED);
		save_stream_end(stream);
	}
}

static void save_stream_wait(struct save_stream *stream, int timeout_msec)
{
	bool wants_input = !stream->ended &&
		(stream->source->reads_on || !save_delivery_is_full(&stream->delivery));
	struct pollfd fds[] = {
		{.fd = wants_input ? STDIN_FILENO : -1, .events = POLLIN},
		{.fd = stream->terminating ? -1 : stream->term_fd, .events = POLLIN},
		{.fd = -1},
		{.fd = -1},
	};

	if (stream->delivery.client) {
		fds[2] = client_pollfd(stream->delivery.client);
	}
	if (stream->source->pollfd && !stream->ended) {
		fds[3] = stream->source->pollfd(stream->userdata);
	}
	if (stream->terminating && wants_input) {
		timeout_msec = 0;
	}
	if (poll(fds, COUNT_OF(fds), timeout_msec) < 0) {
		return;
	}
	if (fds[2].revents) {
		save_delivery_serve(&stream->delivery);
	}
	if (fds[3].revents) {
		stream->source->serve(stream->userdata);
	}
	if (fds[0].revents) {
		save_stream_read(stream);
	} else if (stream->terminating && wants_input) {
		save_stream_end(stream); /* all input that was there has been read */
	}
	if (fds[1].revents) {
		stream->terminating = true;
	}
}

static void save_stream_loop(struct save_stream *stream)
{
	for (;;) {
		uint64_t now = clock_now_usec();
		uint64_t wake;

		if (stream->ended) {
			stream->delivery.rest = false; /* no new save will set it to false */
		}
		if (!save_delivery_is_full(&stream->delivery)) {
			save_stream_enqueue(stream);
		}
		save_delivery_send(&stream->delivery);
		wake = save_delivery_check_times(&stream->delivery, now, stream->end_usec);
		if (stream->ended && !stream->delivery.queue) {
			return;
		}
		save_stream_wait(stream,
			wake == CLOCK_NEVER ? -1 : (int)((wake - now) / CLOCK_USEC_PER_MSEC + 1));
	}
}

/* When an editor ends, its terminal may hang up; what was read is still delivered. */
static int save_stream_hold_signals(void)
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

enum exit_code save_stream_run(const struct save_stream_source *source, void *userdata, bool json)
{
	struct save_stream *stream = mem_new(struct save_stream);
	enum exit_code code;

	stream->source = source;
	stream->userdata = userdata;
	stream->delivery.json = json;
	stream->end_usec = CLOCK_NEVER;
	stream->term_fd = save_stream_hold_signals();
	stream->folder = path_current_folder();
	save_stream_loop(stream);
	code = stream->delivery.code;
	save_delivery_deinit(&stream->delivery);
	free(stream->folder);
	close(stream->term_fd);
	free(stream);
	return code;
}
