/* SPDX-License-Identifier: MIT */
#include "server/upstream-probe.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "server/upstream-request.h"
#include "server/upstream-watch.h"
#include "util/clock.h"
#include "util/mem.h"

#define ALL_USEC (5 * CLOCK_USEC_PER_SEC) /* of the trials of one kind */
#define SLOW_ALL_USEC (9 * CLOCK_USEC_PER_SEC)

/*
 * The random amounts. Together they are less than the 4096 bytes that some proxies send at once,
 * and the header is more than most requests have. Queries appear in logs, so they are short; only
 * if a proxy does not pass on a header that it does not know, the query alone has to be long.
 */
enum {
	QUERY_MIN = 16,
	QUERY_STEP = 9, /* no two trials have the same length */
	HEADER_MIN = 1200,
	HEADER_RANGE = 1500,
	PATH_MIN = 24,
	ALONE_MIN = 1000,
	ALONE_RANGE = 1500,
};

/* A server that is probably no proxy is sent no further requests if none of these says that it is. */
enum { NONE_TRIALS = 5 };
/* So many show it if connections of others end meanwhile, or if connections of its own are short. */
enum { ENDED_TRIALS = 3 };

static unsigned random_below(unsigned range)
{
	uint32_t value = 0;

	if (getrandom(&value, sizeof value, GRND_NONBLOCK) != sizeof value) {
		value = (uint32_t)clock_now_usec();
	}
	return value % range;
}

static size_t pids_of(const struct listen_socket *sockets, size_t count, pid_t *pids, size_t max)
{
	struct holder *holders = mem_zero(HOLDERS_MAX * sizeof *holders);
	size_t holder_count = processes_holding(sockets, count, holders, HOLDERS_MAX), kept = 0;

	for (size_t i = 0; i < holder_count; i++) {
		if (kept < max) {
			pids[kept++] = holders[i].pid;
		}
		holder_clear(&holders[i]);
	}
	free(holders);
	return kept;
}

void upstream_end_of(const struct upstream_address *address, struct upstream_end *end)
{
	*end = (struct upstream_end){.port = address->port};
	inet_ntop(address->v6 ? AF_INET6 : AF_INET, &address->ip, end->ip, sizeof end->ip);
}

struct owner_search {
	uint32_t inode;
	bool found;
};

static bool is_socket(int process, int fd, void *userdata)
{
	struct owner_search *owner = userdata;

	owner->found = procfs_socket(process, fd) == owner->inode;
	return !owner->found;
}

static bool owns(const struct upstream_link *link, uint32_t inode)
{
	struct owner_search owner = {.inode = inode};

	for (size_t i = 0; i < link->count && !owner.found; i++) {
		int process = procfs_open(link->pids[i]);

		if (process >= 0) {
			procfs_each_fd(process, is_socket, &owner);
			close(process);
		}
	}
	return owner.found;
}

/* Records which of the other servers made this connection, while it still exists. */
static void on_sent(uint32_t inode, int peer, void *userdata)
{
	struct upstream_probe *probe = userdata;

	/* One that has ended can be of any program. */
	if (inode && !probe->passed_usec) {
		probe->passed_usec = clock_now_usec();
	}
	for (size_t i = 0; inode && i < probe->trials.peer_count; i++) {
		struct upstream_link *link = &probe->links[i];

		if (i != (size_t)peer && link->count && owns(link, inode)) {
			link->asks |= UINT64_C(1) << peer;
		}
	}
}

/* If several servers were sent the request, one may have it from another one. */
static void search_links(struct upstream_probe *probe)
{
	size_t passed = 0;

	for (size_t i = 0; i < probe->trials.peer_count; i++) {
		passed += upstream_trials_of(&probe->trials, i) >= UPSTREAM_OPEN;
	}
	probe->chain = passed > 1;
	for (size_t i = 0; probe->chain && i < probe->trials.peer_count; i++) {
		struct listen_socket sockets[LISTEN_SOCKETS_MAX];
		struct upstream_link *link = &probe->links[i];
		struct upstream_end end;
		size_t count;

		if (link->searched || upstream_trials_of(&probe->trials, i) < UPSTREAM_OPEN) {
			continue;
		}
		link->searched = true;
		upstream_end_of(&probe->trials.peers[i].address, &end);
		count = listen_sockets_of(
			end.ip, end.port, LOOPBACK_V4_FIRST, sockets, LISTEN_SOCKETS_MAX);
		link->count = pids_of(sockets, count, link->pids, PIDS_MAX);
	}
}

void upstream_probe_free(struct upstream_probe *probe)
{
	if (probe) {
		upstream_family_free(probe->family);
		tcp_traffic_free(probe->traffic);
		sock_diag_close(&probe->unix_diag);
		free(probe);
	}
}

void upstream_probe_find_processes(struct upstream_probe *probe)
{
	probe->pid_count =
		pids_of(probe->sockets, probe->socket_count, probe->pids, COUNT_OF(probe->pids));
}

struct upstream_probe *upstream_probe_new(const struct upstream_question *question)
{
	struct upstream_probe *probe = mem_new(struct upstream_probe);

	probe->question = question;
	probe->passes = question->passes;
	probe->socket_count = listen_sockets_of(question->listener, question->port, question->order,
		probe->sockets, LISTEN_SOCKETS_MAX);
	if (probe->socket_count) {
		probe->traffic = tcp_traffic_new(probe->sockets, probe->socket_count,
			question->port, question->own, on_sent, probe);
	}
	if (sock_diag_open(&probe->unix_diag) == 0 && probe->traffic) {
		probe->family = upstream_family_new(tcp_traffic_table(probe->traffic));
	}
	if (!probe->family) {
		upstream_probe_free(probe);
		return NULL;
	}
	upstream_probe_find_processes(probe);
	tcp_traffic_begin(probe->traffic);
	return probe;
}

static void hold_peer(const struct upstream_address *to, void *userdata)
{
	struct upstream_probe *probe = userdata;

	upstream_trials_held(&probe->trials, to);
}

static void begin_trial(struct upstream_probe *probe)
{
	tcp_traffic_begin(probe->traffic);
	tcp_traffic_hold(probe->traffic, probe->pids, probe->pid_count, hold_peer, probe);
	for (size_t i = 0; i < UPSTREAM_PEERS_MAX; i++) {
		tcp_traffic_hold(
			probe->traffic, probe->links[i].pids, probe->links[i].count, NULL, NULL);
	}
}

/* One trial, whose request is longer by these amounts; false if the proxy did not take it. */
static bool probe_send(
	struct upstream_probe *probe, const char *text, uint32_t query, uint32_t header)
{
	uint16_t port = probe->question->port, own_port;
	struct upstream_request *request =
		upstream_request_open(probe->question, &probe->sockets[0], &own_port);
	uint64_t began;
	bool sent;

	if (!request) {
		return false;
	}
	tcp_own_add(probe->question->own, own_port, port, clock_now_usec());
	begin_trial(probe);
	upstream_family_begin(probe->family, probe->pids, probe->pid_count, own_port);
	upstream_trials_begin(&probe->trials, query, header);
	if (!probe->other_page) {
		unix_files_begin(&probe->unix_files, &probe->unix_diag);
	}
	probe->passed = PASSED_UNKNOWN;
	probe->any_ended = false;
	began = clock_now_usec();
	sent = upstream_request_send(request, text);
	if (sent) {
		upstream_watch(probe, request);
	}
	if (!probe->other_page) {
		unix_files_end(&probe->unix_files,
			sent && probe->status && clock_now_usec() - began < UPSTREAM_SHORT_USEC);
	}
	if (sent) {
		tcp_traffic_end(probe->traffic, &probe->trials);
	}
	if (sent && probe->gets && probe->status) {
		upstream_request_read_rest(request);
	}
	probe->trials_usec += clock_now_usec() - began;
	upstream_request_free(request);
	tcp_own_add(probe->question->own, own_port, port, clock_now_usec());
	return sent;
}

bool upstream_probe_once(struct upstream_probe *probe, bool alone)
{
	unsigned number = (unsigned)probe->trials.count;
	uint32_t query = alone ? ALONE_MIN + random_below(ALONE_RANGE)
			       : QUERY_MIN + QUERY_STEP * number + random_below(QUERY_STEP);
	uint32_t header = alone ? 0 : HEADER_MIN + random_below(HEADER_RANGE);
	_cleanup_free_ char *text = upstream_request_text(
		probe->question, probe->gets ? "GET" : "HEAD", query, header, 1);

	return probe_send(probe, text, query, header);
}

bool upstream_probe_path(struct upstream_probe *probe, bool padded)
{
	unsigned number = (unsigned)probe->trials.count;
	uint32_t amount = padded ? PATH_MIN + QUERY_STEP * number + random_below(QUERY_STEP) : 0;
	struct upstream_question question = *probe->question;
	size_t end = strcspn(question.path, "?");
	char padding[PATH_MIN + QUERY_STEP * (UPSTREAM_TRIALS_MAX + 1)] = "";
	_cleanup_free_ char *path = NULL, *text = NULL;
	bool sent;

	memset(padding, 'X', amount);
	path = mem_printf("%.*s%s%s", (int)end, question.path, padding, question.path + end);
	question.path = path;
	text = upstream_request_text(&question, probe->gets ? "GET" : "HEAD", 0, 0, 1);
	probe->other_page = padded;
	sent = probe_send(probe, text, amount, 0);
	probe->other_page = false;
	return sent;
}

bool upstream_probe_shows_none(const struct upstream_probe *probe)
{
	bool last = clock_now_usec() >= probe->until_usec;

	return probe->question->caution != UPSTREAM_ASKS &&
		upstream_trials_show_none(&probe->trials, last);
}

/*
 * Connections of others that end during the trials may have carried the request in one of them, but not
 * in all. `shown`: how many trials say that the server's own have not.
 */
static bool knows_passed(struct upstream_probe *probe, unsigned *shown)
{
	*shown += probe->passed != PASSED_UNKNOWN;
	if (probe->any_ended && (*shown < ENDED_TRIALS || upstream_trials_agree(&probe->trials))) {
		probe->passed = PASSED_UNKNOWN;
	}
	return probe->passed != PASSED_UNKNOWN;
}

/*
 * Whether the trials show that one with pages of its own makes this one: no server can have been sent the
 * whole request. A page that it makes with data over new connections would need more trials otherwise.
 * Nor are more GET requests sent than that. `absent`: how many say so.
 */
static bool makes_page(struct upstream_probe *probe, unsigned *absent)
{
	const struct upstream_trial *trial = &probe->trials.trials[probe->trials.count - 1];

	*absent += trial->answered && !trial->blurred && !upstream_trials_any_open(&probe->trials);
	if ((!probe->question->has_pages && !probe->gets) || *absent < ENDED_TRIALS) {
		return false;
	}
	probe->passed = PASSED_LITTLE;
	return true;
}

void upstream_probe_all(struct upstream_probe *probe, bool alone)
{
	uint64_t began = clock_now_usec();
	unsigned shown = 0, absent = 0;

	probe->trials = (struct upstream_trials){0};
	probe->trials_usec = 0;
	memset(probe->links, 0, sizeof probe->links);
	probe->pace = PACE_FAST;
	probe->until_usec = began + ALL_USEC;
	while (clock_now_usec() < probe->until_usec && !atomic_load(probe->question->stop) &&
		upstream_probe_once(probe, alone) && !knows_passed(probe, &shown) &&
		!makes_page(probe, &absent) && !upstream_trials_are_enough(&probe->trials) &&
		(probe->trials.count < NONE_TRIALS || !upstream_probe_shows_none(probe))) {
		search_links(probe);
		probe->until_usec = began +
			(probe->pace == PACE_SLOW || probe->trials.slow ? SLOW_ALL_USEC : ALL_USEC);
	}
}
