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

/* Others connect to the same socket by chance during one request, but not during so many. */
enum { UNIX_REQUESTS = 3 };

void upstream_probe_see_unix(struct upstream_probe *probe)
{
	unix_peers_find(&probe->unix_diag, probe->pids, probe->pid_count, &probe->unix_names);
}

void upstream_probe_confirm_unix(struct upstream_probe *probe, bool alone)
{
	probe->trials = (struct upstream_trials){0};
	while (probe->unix_files.count && probe->unix_files.requests &&
		probe->unix_files.requests < UNIX_REQUESTS &&
		probe->trials.count < 2 * UNIX_REQUESTS && !atomic_load(probe->question->stop) &&
		upstream_probe_once(probe, alone)) {
	}
	if (probe->unix_files.requests >= UNIX_REQUESTS) {
		unix_files_take(&probe->unix_files, &probe->unix_diag, probe->pids,
			probe->pid_count, &probe->unix_names);
	}
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
