/* SPDX-License-Identifier: MIT */
#include "cli/print/follow.h"

#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/call/call.h"
#include "cli/print/complain.h"
#include "cli/print/event-text.h"
#include "cli/print/log-print.h"

enum follow_state {
	FOLLOW_AWAY, /* the daemon is gone; its return is told */
	FOLLOW_SUBSCRIBING, /* Subscribe is on its way */
	FOLLOW_LIVE,
};

struct follow {
	struct client *client;
	const struct arguments *args;
	enum follow_state state;
	uint32_t call; /* the answer that is awaited, or 0; another's is of an earlier daemon */
	bool was_live; /* once at least */
	uint64_t asked_after; /* while a list is awaited: it has the events behind this one */
	uint64_t ask_after; /* ask for these next, or UINT64_MAX */
	uint64_t printed_last; /* whose steps were printed last */
	/* Events that were printed; number N is at N % EVENTS_MAX. */
	struct {
		uint64_t serial;
		char *subject;
	} known[EVENTS_MAX];
	bool ended;
	enum exit_code code;
};

static bool follow_knows(const struct follow *follow, uint64_t serial)
{
	return follow->known[serial % EVENTS_MAX].serial == serial;
}

static void follow_forget(struct follow *follow)
{
	for (size_t i = 0; i < EVENTS_MAX; i++) {
		free(follow->known[i].subject);
		follow->known[i].subject = NULL;
		follow->known[i].serial = 0;
	}
	follow->printed_last = 0;
}

static void follow_end(struct follow *follow, enum exit_code code)
{
	follow->ended = true;
	follow->code = code;
}

static void follow_subscribe(struct follow *follow)
{
	follow->state = FOLLOW_SUBSCRIBING;
	follow->ask_after = UINT64_MAX;
	follow->call = client_send(follow->client, &(struct client_method){.member = "Subscribe"});
}

static void follow_list(struct follow *follow, uint64_t after, uint64_t limit)
{
	follow->asked_after = after;
	follow->ask_after = UINT64_MAX;
	follow->call = client_send(follow->client,
		&(struct client_method){.member = "ListEvents",
			.has_options = true,
			.options = {{"after", 't', after}, {"limit", 'u', limit}},
			.option_count = 2});
}

static void follow_gone(struct follow *follow)
{
	if (follow->state != FOLLOW_AWAY) {
		fflush(stdout);
		complain("the daemon has gone: waiting for it to come back");
	}
	follow->state = FOLLOW_AWAY;
	follow->call = 0;
	follow_forget(follow);
}

static void follow_print_new(struct follow *follow, json_t *event)
{
	uint64_t serial = event_serial(event);

	if (follow_knows(follow, serial)) {
		return;
	}
	log_print_event(event, follow->args->json);
	free(follow->known[serial % EVENTS_MAX].subject);
	follow->known[serial % EVENTS_MAX].serial = serial;
	follow->known[serial % EVENTS_MAX].subject = event_text_subject(event);
	follow->printed_last = serial;
}

static void follow_on_list(struct follow *follow, const json_t *events)
{
	json_t *event;
	size_t i;

	json_array_foreach (events, i, event) {
		follow_print_new(follow, event);
	}
	if (json_array_size(events)) {
		/* There may be more of them than one answer has. */
		uint64_t last = event_serial(json_array_get(events, json_array_size(events) - 1));

		follow->ask_after = last < follow->ask_after ? last : follow->ask_after;
	}
	if (follow->ask_after != UINT64_MAX) {
		follow_list(follow, follow->ask_after, EVENTS_MAX);
	}
}

static void follow_on_reply(const struct client_reply *reply, void *userdata)
{
	struct follow *follow = userdata;

	if (!follow->call || reply->serial != follow->call) {
		return;
	}
	follow->call = 0;
	if (reply->unanswered && follow->was_live) {
		return; /* NameOwnerChanged tells of it, too */
	}
	if (reply->result != CALL_DONE) {
		complain("%s", reply->why);
		follow_end(follow, call_exit_code(reply->result));
		return;
	}
	if (follow->state != FOLLOW_SUBSCRIBING) {
		follow_on_list(follow, json_array_get(reply->values, 0));
		return;
	}
	follow->state = FOLLOW_LIVE;
	/* All that a daemon has to tell that came back is new. */
	if (follow->was_live || follow->args->number) {
		follow_list(follow, 0, follow->was_live ? EVENTS_MAX : follow->args->number);
	}
	follow->was_live = true;
}

static void follow_on_step(struct follow *follow, json_t *values)
{
	json_int_t serial = json_integer_value(json_array_get(values, 0));
	json_t *step = json_array_get(values, 1);
	uint64_t n = (uint64_t)serial;

	if (follow->state != FOLLOW_LIVE || serial <= 0) {
		return;
	}
	if (!follow_knows(follow, n)) {
		if (!follow->call) {
			follow_list(follow, n - 1, EVENTS_MAX);
		} else if (n <= follow->asked_after && n - 1 < follow->ask_after) {
			follow->ask_after = n - 1;
		}
		return;
	}
	if (follow->args->json) {
		log_print_step_json(serial, step);
		return;
	}
	if (follow->printed_last != n) {
		log_print_again(serial, follow->known[n % EVENTS_MAX].subject);
		follow->printed_last = n;
	}
	log_print_step(step);
}

static void follow_on_signal(const struct client_signal *signal, void *userdata)
{
	struct follow *follow = userdata;
	const char *before, *after;

	if (strcmp(signal->member, "EventStep") == 0) {
		follow_on_step(follow, signal->values);
		return;
	}
	if (strcmp(signal->member, "NameOwnerChanged") != 0) {
		return;
	}
	before = json_string_value(json_array_get(signal->values, 1));
	after = json_string_value(json_array_get(signal->values, 2));
	if (before && *before) {
		follow_gone(follow);
	}
	if (after && *after && follow->state == FOLLOW_AWAY) {
		follow_subscribe(follow);
	}
}

static void follow_wait(struct follow *follow, int signal_fd)
{
	struct pollfd fds[] = {
		client_pollfd(follow->client),
		{.fd = signal_fd, .events = POLLIN},
		{.fd = STDOUT_FILENO}, /* POLLERR when nobody reads it any more */
	};

	if (poll(fds, COUNT_OF(fds), -1) < 0) {
		return;
	}
	if (fds[1].revents || (fds[2].revents & POLLERR)) {
		follow_end(follow, EXIT_CODE_DONE);
	} else if (fds[0].revents && !client_serve(follow->client) && !follow->ended) {
		complain("session bus: the connection is gone");
		follow_end(follow, EXIT_CODE_UNREACHABLE);
	}
	fflush(stdout);
}

enum exit_code follow_run(const struct arguments *args)
{
	static const struct client_handlers handlers = {follow_on_reply, follow_on_signal};
	struct follow *follow = mem_new(struct follow);
	_cleanup_free_ char *why = NULL;
	enum exit_code code;
	sigset_t set;
	int signal_fd;

	follow->args = args;
	follow->client = client_new(&handlers, follow, &why);
	if (!follow->client) {
		complain("%s", why);
		free(follow);
		return EXIT_CODE_UNREACHABLE;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	client_watch_owner(follow->client);
	follow_subscribe(follow);
	while (!follow->ended) {
		follow_wait(follow, signal_fd);
	}
	code = follow->code;
	close(signal_fd);
	follow_forget(follow);
	client_free(follow->client);
	free(follow);
	return code;
}
