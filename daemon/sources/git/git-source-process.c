/* SPDX-License-Identifier: MIT */
#include "sources/git/git-source-private.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "util/mem.h"

/* A search in progress; the source may be freed before it is done. */
struct asking {
	struct git_source *source;
	char *top;
	bool stepping;
	struct git_process found;
};

static void source_drop_process(struct git_source *source)
{
	loop_fd_free(source->ended);
	source->ended = NULL;
	if (source->process.pid) {
		close(source->pidfd);
	}
	source->process = (struct git_process){0};
}

static void source_on_process_end(uint32_t events, void *userdata)
{
	struct git_source *source = userdata;
	uint64_t now = clock_now_usec();

	source_drop_process(source);
	if (source->settle.busy) {
		/* Another process may go on, as git does after a hook. */
		git_activity_seen(&source->settle, now);
		source->asked = false;
		loop_timer_set(source->due, git_activity_quiet(&source->settle));
	}
}

static void asking_on_search(void *userdata)
{
	struct asking *asking = userdata;

	git_process_find(&asking->found, asking->top, asking->stepping);
}

static void asking_on_found(void *userdata)
{
	struct asking *asking = userdata;
	struct git_source *source = asking->source;
	int pidfd;

	if (source) {
		source->asking = NULL;
		pidfd = asking->found.pid ? pidfd_open(asking->found.pid, 0) : -1;
		if (pidfd >= 0) {
			source->process = asking->found;
			source->pidfd = pidfd;
			source->ended = loop_fd_new(source->parts.loop, pidfd, EPOLLIN,
				source_on_process_end, source);
			if (!source->ended) {
				source_drop_process(source);
			}
		}
		loop_timer_set(source->due, clock_now_usec());
	}
	free(asking->top);
	free(asking);
}

bool git_source_ask(struct git_source *source)
{
	struct asking *asking;
	struct git_state state;

	if (source->process.pid || source->asking || source->asked) {
		return !source->asking;
	}
	if (!git_source_read(source, GIT_STATE_STEPPING, &state)) {
		return false;
	}
	source->asked = true;
	asking = mem_new(struct asking);
	*asking = (struct asking){.source = source,
		.top = mem_strdup(source->dir.top),
		.stepping = state.stepping};
	source->asking = asking;
	loop_job(source->parts.loop, asking_on_search, asking_on_found, asking);
	return false;
}

bool git_source_has_process(const struct git_source *source)
{
	struct pollfd ended = {.fd = source->pidfd, .events = POLLIN};

	return source->process.pid && poll(&ended, 1, 0) == 0;
}

void git_source_end_ask(struct git_source *source)
{
	if (source->asking) {
		source->asking->source = NULL;
	}
	source_drop_process(source);
}
