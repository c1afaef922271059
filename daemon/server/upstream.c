/* SPDX-License-Identifier: MIT */
#include "server/upstream.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "server/process.h"
#include "server/tcp-traffic.h"
#include "server/upstream-request.h"
#include "util/clock.h"
#include "util/mem.h"

#define TRIAL_USEC (1500 * CLOCK_USEC_PER_MSEC)
#define ALL_USEC (5 * CLOCK_USEC_PER_SEC) /* of the trials of one kind */
/* A slow answer is not waited for if the request was seen to be passed on this long ago. */
#define PASSED_USEC (200 * CLOCK_USEC_PER_MSEC)

/*
 * The random amounts. Together they are less than the 4096 bytes that some proxies send at once,
 * and the header is more than most requests have. Queries appear in logs, so they are short; only
 * if a proxy does not pass on a header that it does not know, the query alone has to be long.
 */
enum {
	QUERY_MIN = 16, QUERY_STEP = 9, /* no two trials have the same length */
	HEADER_MIN = 1200, HEADER_RANGE = 1500,
	ALONE_MIN = 1000, ALONE_RANGE = 1500,
};

enum { PIDS_MAX = 8 }; /* of one server in a chain */

/* A server that may be in the chain, and its processes. */
struct link {
	pid_t pids[PIDS_MAX];
	size_t count;
	bool searched;
	uint64_t asks; /* the peers that it has sent the request to, as bits */
};

struct search {
	const struct upstream_question *question;
	struct listen_socket sockets[LISTEN_SOCKETS_MAX];
	size_t socket_count;
	pid_t pids[HOLDERS_MAX]; /* the proxy's */
	size_t pid_count;
	struct tcp_traffic *traffic;
	struct upstream_trials trials;
	struct link links[UPSTREAM_PEERS_MAX]; /* by peer */
	bool chain; /* several servers have the request: find out which of them made each connection */
	uint64_t until_usec;
	uint64_t passed_usec; /* when the current request may have been passed on first; or 0 */
	unsigned status; /* of the last answer; 0: none */
};

static unsigned random_below(unsigned range)
{
	uint32_t value = 0;

	if (getrandom(&value, sizeof value, GRND_NONBLOCK) != sizeof value) {
		value = (uint32_t)clock_now_usec();
	}
	return value % range;
}

static size_t pids_of(
	const struct listen_socket *sockets, size_t count, pid_t *pids, size_t max)
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

static void end_of(const struct upstream_address *address, struct upstream_end *end)
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

static bool owns(const struct link *link, uint32_t inode)
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
	struct search *search = userdata;

	search->passed_usec = search->passed_usec ? search->passed_usec : clock_now_usec();
	for (size_t i = 0; inode && i < search->trials.peer_count; i++) {
		struct link *link = &search->links[i];

		if (i != (size_t)peer && link->count && owns(link, inode)) {
			link->asks |= UINT64_C(1) << peer;
		}
	}
}

/* If several servers were sent the request, one may have it from another one. */
static void search_links(struct search *search)
{
	size_t passed = 0;

	for (size_t i = 0; i < search->trials.peer_count; i++) {
		passed += upstream_trials_of(&search->trials, i) >= UPSTREAM_OPEN;
	}
	search->chain = passed > 1;
	for (size_t i = 0; search->chain && i < search->trials.peer_count; i++) {
		struct listen_socket sockets[LISTEN_SOCKETS_MAX];
		struct link *link = &search->links[i];
		struct upstream_end end;
		size_t count;

		if (link->searched || upstream_trials_of(&search->trials, i) < UPSTREAM_OPEN) {
			continue;
		}
		link->searched = true;
		end_of(&search->trials.peers[i].address, &end);
		count = listen_sockets_of(
			end.ip, end.port, LOOPBACK_V4_FIRST, sockets, LISTEN_SOCKETS_MAX);
		link->count = pids_of(sockets, count, link->pids, PIDS_MAX);
	}
}

/* Looks until the answer has come, which a proxy gets from its upstream. */
static void watch_answer(struct search *search, int fd)
{
	uint64_t until = clock_now_usec() + TRIAL_USEC;
	struct pollfd answer = {.fd = fd, .events = POLLIN};
	long pause_usec = 10;
	int r = 0;

	search->passed_usec = 0;
	while (r == 0 && clock_now_usec() < until && !atomic_load(search->question->stop) &&
		(!search->passed_usec || clock_now_usec() < search->passed_usec + PASSED_USEC)) {
		struct timespec wait = {.tv_nsec = pause_usec * 1000};

		tcp_traffic_look(search->traffic, &search->trials, search->chain);
		r = ppoll(&answer, 1, &wait, NULL);
		pause_usec = pause_usec < 5000 ? pause_usec * 5 / 4 + 1 : pause_usec;
	}
	search->status = r > 0 ? upstream_request_status(fd) : 0;
	if (search->status) {
		upstream_trials_answered(&search->trials);
	}
}

static void begin_trial(struct search *search)
{
	tcp_traffic_begin(search->traffic);
	tcp_traffic_hold(search->traffic, search->pids, search->pid_count, NULL, NULL);
	for (size_t i = 0; i < UPSTREAM_PEERS_MAX; i++) {
		tcp_traffic_hold(search->traffic, search->links[i].pids, search->links[i].count,
			NULL, NULL);
	}
}

/* One trial; false if the proxy did not take the request. */
static bool try_once(struct search *search, bool alone)
{
	unsigned number = (unsigned)search->trials.count;
	uint32_t query = alone ? ALONE_MIN + random_below(ALONE_RANGE)
			       : QUERY_MIN + QUERY_STEP * number + random_below(QUERY_STEP);
	uint32_t header = alone ? 0 : HEADER_MIN + random_below(HEADER_RANGE);
	_cleanup_free_ char *request = upstream_request_text(search->question, query, header);
	ssize_t length = (ssize_t)strlen(request);
	int fd = upstream_request_connect(&search->sockets[0], search->question->port);
	bool sent;

	if (fd < 0) {
		return false;
	}
	begin_trial(search);
	upstream_trials_begin(&search->trials, query, header);
	sent = send(fd, request, (size_t)length, MSG_NOSIGNAL) == length;
	if (sent) {
		watch_answer(search, fd);
		tcp_traffic_end(search->traffic, &search->trials);
	}
	close(fd);
	return sent;
}

/* Tries until the result is certain, or there is no hope for that. */
static void try_all(struct search *search, bool alone)
{
	search->trials = (struct upstream_trials){0};
	memset(search->links, 0, sizeof search->links);
	search->until_usec = clock_now_usec() + ALL_USEC;
	while (clock_now_usec() < search->until_usec && !atomic_load(search->question->stop) &&
		try_once(search, alone) && !upstream_trials_are_enough(&search->trials)) {
		search_links(search);
	}
}

static void add_end(struct upstream *found, const struct upstream_address *address)
{
	struct upstream_end end;

	end_of(address, &end);
	if (found->count < UPSTREAM_ENDS_MAX) {
		found->ends[found->count++] = end;
	}
}

/*
 * Adds the peers with at least this evidence, without those that have passed the request on to
 * another of them. Returns whether there are any.
 */
static bool add_ends(
	const struct search *search, enum upstream_evidence least, struct upstream *found)
{
	uint64_t these = 0;

	for (size_t i = 0; i < search->trials.peer_count; i++) {
		these |= (uint64_t)(upstream_trials_of(&search->trials, i) >= least) << i;
	}
	for (size_t i = 0; i < search->trials.peer_count; i++) {
		if (these & UINT64_C(1) << i && !(search->links[i].asks & these)) {
			add_end(found, &search->trials.peers[i].address);
		}
	}
	return these != 0;
}

static bool is_gateway_error(unsigned status)
{
	return status == 502 || status == 503 || status == 504;
}

static void judge(const struct search *search, struct upstream *found)
{
	const struct upstream_trials *trials = &search->trials;
	bool all = !trials->too_many && upstream_trials_are_enough(trials), sure = all;

	for (size_t i = 0; i < trials->peer_count; i++) {
		enum upstream_evidence evidence = upstream_trials_of(trials, i);

		sure &= evidence == UPSTREAM_NOTHING || evidence == UPSTREAM_ALWAYS ||
			evidence == UPSTREAM_HEADERS;
	}
	if (sure && add_ends(search, UPSTREAM_ALWAYS, found)) {
		/* None: they ask each other in a circle. */
		found->result = found->count == 1 ? UPSTREAM_FOUND : UPSTREAM_UNSURE;
		return;
	}
	/* While it does not answer, whatever others send in this long time proves nothing. */
	if (add_ends(search, upstream_trials_any_answered(trials) ? UPSTREAM_OPEN : UPSTREAM_HEADERS, found)) {
		found->result = UPSTREAM_UNSURE;
	} else if (is_gateway_error(search->status) || !all) {
		found->result = UPSTREAM_FAILED;
		found->status = search->status;
	}
	found->maybe_self = true;
	for (size_t i = 0; i < trials->peer_count; i++) {
		found->maybe_self &= upstream_trials_of(trials, i) != UPSTREAM_ALWAYS;
	}
}

static void take_held(const struct upstream_address *to, void *userdata)
{
	struct upstream *found = userdata;
	struct upstream_end end;

	end_of(to, &end);
	for (unsigned i = 0; i < found->count; i++) {
		if (memcmp(&found->ends[i], &end, sizeof end) == 0) {
			return;
		}
	}
	add_end(found, to);
}

/* Without a request: any server that the proxy is connected to may be the one. */
static void judge_connections(const struct search *search, struct upstream *found)
{
	if (found->count || (!search->question->cautious && tcp_traffic_any_ended(search->traffic))) {
		found->result = UPSTREAM_UNSURE;
		found->maybe_self = true;
	}
}

void upstream_find(const struct upstream_question *question, struct upstream *found)
{
	struct search search = {.question = question};
	struct upstream held = {.result = UPSTREAM_SELF};

	*found = (struct upstream){.result = UPSTREAM_FAILED};
	search.socket_count = listen_sockets_of(question->listener, question->port,
		question->order, search.sockets, LISTEN_SOCKETS_MAX);
	if (search.socket_count) {
		search.traffic = tcp_traffic_new(search.sockets, search.socket_count,
			question->port, on_sent, &search);
	}
	if (!search.traffic) {
		return;
	}
	search.pid_count = pids_of(
		search.sockets, search.socket_count, search.pids, COUNT_OF(search.pids));
	tcp_traffic_begin(search.traffic);
	tcp_traffic_hold(search.traffic, search.pids, search.pid_count, take_held, &held);
	*found = (struct upstream){.result = UPSTREAM_SELF};
	if (question->secure) {
		*found = held;
		judge_connections(&search, found);
	} else if (!question->cautious || held.count || tcp_traffic_any_ended(search.traffic)) {
		try_all(&search, false);
		judge(&search, found);
		if (found->result == UPSTREAM_SELF && upstream_trials_moved(&search.trials)) {
			try_all(&search, true);
			judge(&search, found);
		}
	}
	tcp_traffic_free(search.traffic);
}
