/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/call.h"
#include "cli/error.h"
#include "cli/event-text.h"
#include "cli/log-print.h"

enum follow_state {
	FOLLOW_AWAY, /* the daemon has ended; NameOwnerChanged reports the next one */
	FOLLOW_SUBSCRIBING, /* Subscribe was called */
	FOLLOW_LIVE,
};

struct follow {
	struct client *client;
	const struct arguments *args;
	enum follow_state state;
	uint32_t
		call; /* whose reply is pending, or 0; other replies are from an earlier daemon */
	bool was_live; /* `state` was FOLLOW_LIVE at least once */
	uint64_t asked_after; /* the pending call asked for the events after this one */
	uint64_t ask_after; /* ask for these next, or UINT64_MAX */
	uint64_t printed_last; /* the event whose steps were printed last */
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
		error_print("daemon: it ended: waiting for it to be started again");
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
		/* One reply may not have all of them. */
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
		return; /* the daemon has ended: NameOwnerChanged reports it, too */
	}
	if (reply->result != CALL_DONE) {
		error_print("%s", reply->why);
		follow_end(follow, call_exit_code(reply->result));
		return;
	}
	if (follow->state != FOLLOW_SUBSCRIBING) {
		follow_on_list(follow, json_array_get(reply->values, 0));
		return;
	}
	follow->state = FOLLOW_LIVE;
	/* None of a new daemon's events has been printed. */
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
		client_pollfd(follow->client), {.fd = signal_fd, .events = POLLIN},
		{.fd = STDOUT_FILENO}, /* POLLERR once its reader has closed it */
	};

	if (poll(fds, COUNT_OF(fds), -1) < 0) {
		return;
	}
	if (fds[1].revents || (fds[2].revents & POLLERR)) {
		follow_end(follow, EXIT_CODE_DONE);
	} else if (fds[0].revents && !client_serve(follow->client) && !follow->ended) {
		error_print("session bus: the connection is gone");
		follow_end(follow, EXIT_CODE_UNREACHABLE);
	}
	fflush(stdout);
}

static enum exit_code follow_run(const struct arguments *args)
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
		error_print("%s", why);
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

static enum exit_code log_run(const struct verb *verb, const struct arguments *args)
{
	return args->follow ? follow_run(args) : log_print_last(args->number, args->json);
}

const struct verb verb_log = {
	.name = "log",
	.synopsis = "[-n N] [--follow] [--json]",
	.summary = "show what happened to the last saves",
	.description =
		"Prints the daemon's last events, oldest first: each save, and every step that it "
		"took, with the time since the daemon was notified of it. The daemon keeps 256 "
		"events.\n"
		"\n"
		"With `--follow` it then prints each further step as it happens, until Ctrl-C. If "
		"the daemon ends, it says so and waits until a daemon runs again.\n"
		"\n"
		"With `--json` an event is one line with the keys `serial`, `source`, `project`, "
		"`files`, `file-count`, `time`, `started`, `closed` and `steps`, as the D-Bus "
		"method ListEvents returns them; times are in microseconds. `--follow` prints each "
		"new event in this form, and each later step of it as "
		"`{\"event\":7,\"step\":{...}}`.\n",
	.examples = "savecast log --follow\nsavecast log -n 3",
	.options = "nfj",
	.takes = VERB_TAKES_NOTHING,
	.run = log_run,
};
