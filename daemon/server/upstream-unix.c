/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <time.h>

#include "server/upstream-probe.h"
#include "server/upstream-request.h"
#include "util/clock.h"
#include "util/mem.h"

#define UNIX_USEC (1500 * CLOCK_USEC_PER_MSEC)

/*
 * One connection to a Unix socket can be too short to be seen, so this many requests are sent in one
 * write: the proxy makes one connection after the other, also while this thread has to wait.
 */
enum { UNIX_PIPELINED = 32, UNIX_ROUNDS = 2 };

/*
 * Each request has a pause after it. A socket that others connect to in half of these times is there during all
 * requests, and quiet in enough of the pauses, once in thousands of pages.
 */
enum { UNIX_REQUESTS_MAX = 24 };
#define UNIX_CONFIRM_USEC (5 * CLOCK_USEC_PER_SEC)

void upstream_probe_see_unix(struct upstream_probe *probe)
{
	unix_peers_find(&probe->unix_diag, probe->pids, probe->pid_count, &probe->unix_names);
}

/* A request that took longer than the limit shows nothing, so it needs no pause that is as long. */
static void pause_as_long(struct unix_files *files, uint64_t usec)
{
	uint64_t limited = usec < UPSTREAM_SHORT_USEC ? usec : UPSTREAM_SHORT_USEC;
	struct timespec time = {.tv_nsec = (long)(limited * 1000)};

	unix_files_begin_pause(files);
	nanosleep(&time, NULL);
	unix_files_end_pause(files);
}

void upstream_probe_confirm_unix(struct upstream_probe *probe, bool alone)
{
	struct unix_files *files = &probe->unix_files;
	uint64_t began = clock_now_usec(), until = began + UNIX_CONFIRM_USEC;

	/* Without any request that was answered soon, nothing is known. */
	for (unsigned i = 0; i < UNIX_REQUESTS_MAX && files->count && files->requests &&
		!unix_files_are_sure(files) && began < until && !atomic_load(probe->question->stop);
		i++) {
		probe->trials = (struct upstream_trials){0};
		if (!upstream_probe_once(probe, alone)) {
			return;
		}
		pause_as_long(files, clock_now_usec() - began);
		began = clock_now_usec();
	}
	unix_files_take(
		files, &probe->unix_diag, probe->pids, probe->pid_count, &probe->unix_names);
}

/* Sends the requests, and looks until the proxy has answered the last one. */
static void unix_round(struct upstream_probe *probe)
{
	uint64_t until = clock_now_usec() + UNIX_USEC;
	_cleanup_free_ char *text =
		upstream_request_text(probe->question, "HEAD", 0, 0, UNIX_PIPELINED);
	uint16_t port = probe->question->port, own_port;
	struct upstream_request *request =
		upstream_request_open(probe->question, &probe->sockets[0], &own_port);
	struct timespec wait = {.tv_nsec = 10000};
	struct pollfd end;

	if (!request) {
		return;
	}
	tcp_own_add(probe->question->own, own_port, port, clock_now_usec());
	upstream_request_send(request, text);
	end = (struct pollfd){.fd = upstream_request_fd(request), .events = POLLRDHUP};
	do {
		upstream_probe_see_unix(probe);
		wait.tv_nsec = wait.tv_nsec < 5000000 ? wait.tv_nsec * 5 / 4 : wait.tv_nsec;
	} while (ppoll(&end, 1, &wait, NULL) == 0 && clock_now_usec() < until &&
		!atomic_load(probe->question->stop));
	upstream_request_free(request);
	tcp_own_add(probe->question->own, own_port, port, clock_now_usec());
}

void upstream_probe_ask_unix(struct upstream_probe *probe)
{
	/* A proxy that was just started has its workers now. */
	upstream_probe_find_processes(probe);
	for (unsigned i = 0; i < UNIX_ROUNDS && !probe->unix_names.count; i++) {
		unix_round(probe);
	}
}
