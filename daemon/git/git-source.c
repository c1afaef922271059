/* SPDX-License-Identifier: MIT */
#include "git/git-source.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "git/git-look.h"

#define LOG_MODULE "git"
#include "base/log.h"

/*
 * How late we may hear that git began, on a machine that is busy. A file made so
 * shortly before counts as git's work; if an editor made it and told us, its mark
 * says so; if nobody told us, it is not too late.
 */
#define GIT_LATE_USEC CLOCK_USEC_PER_SEC

/* How far the clock of files lags behind ours: a tick of the kernel's, 10 ms at most. */
#define GIT_TICK_USEC (20 * CLOCK_USEC_PER_MSEC)

/* Candidates that are judged before the loop goes on: a millisecond's worth. */
enum { GIT_SLICE = 128 };

struct git_source {
	struct git_sources *sources;
	struct project *project;
	struct git_dir dir;
	struct watch *watch;
	int index; /* as it was at the last look; -1: there was none */
	struct git_logs logs;
	struct loop_timer *settle;

	/* Since the last look: */
	bool busy; /* git did something */
	bool rewrote_index;
	uint64_t first_usec, last_usec; /* monotonic */
	uint64_t began_nsec; /* wall clock */

	uint64_t idle_usec; /* wall clock: when git was last seen to be at nothing; 0: never */

	bool holding;
	struct looking *looking; /* the worker looks */
	struct looking *judging; /* what it has found is taken */
	struct git_source *next;
};

/* A look on its way; the source may end before it. */
struct looking {
	struct git_source *source; /* NULL: it has ended, and the descriptors are ours */
	struct git_look *look;
	/* Once the worker is done: */
	struct loop_timer *turn;
	size_t judged, passed; /* of the candidates */
};

struct git_sources {
	struct loop *loop;
	struct watcher *watcher;
	struct registry *registry;
	struct pipe *pipe;
	struct git_source *first;
	unsigned count;
};

static void close_fd(int fd)
{
	if (fd >= 0) {
		close(fd);
	}
}

static void source_hold(struct git_source *source, const char *what)
{
	_cleanup_free_ char *why = NULL;

	if (!source->holding) {
		source->holding = true;
		why = mem_printf("git: %s is at work", what);
		pipe_hold(source->sources->pipe, source->project, why);
	}
}

static void source_release(struct git_source *source)
{
	if (source->holding) {
		source->holding = false;
		pipe_release(source->sources->pipe, source->project);
	}
}

/* Says it once: the log and the project's property change only if the problem does. */
static void source_problem(struct git_source *source, const char *what, const char *why)
{
	_cleanup_free_ char *problem = what ? mem_printf("git: %s: %s", what, why) : NULL;
	const char *before = source->project->problem;

	if (problem && (!before || strcmp(before, problem) != 0)) {
		log_warning("%s: %s", source->project->root, problem);
	}
	if (problem || (before && strncmp(before, "git: ", 5) == 0)) {
		registry_set_problem(source->sources->registry, source->project, problem);
	}
}

static void source_set_timer(struct git_source *source, uint64_t at)
{
	loop_timer_set(source->settle, at);
}

/* Whether the candidate really changed, and belongs to no deeper project. */
static bool source_judge(struct git_source *source, const struct git_look *look, size_t i)
{
	const struct git_candidate *candidate = &look->candidates.list[i];
	struct content_memory *contents = pipe_contents(source->sources->pipe);

	return git_verdict(candidate, &look->deed, &look->marks[i],
		       content_find(contents, candidate->path)) &&
		registry_lookup(source->sources->registry, candidate->path) == source->project;
}

static void looking_free(struct looking *looking)
{
	loop_timer_free(looking->turn);
	git_look_free(looking->look);
	free(looking);
}

/* Takes a slice of the candidates each turn of the loop; after the last, they leave. */
static void source_on_turn(void *userdata)
{
	struct looking *looking = userdata;
	struct git_source *source = looking->source;
	const struct git_look *look = looking->look;
	size_t more = look->candidates.count - look->candidates.kept;
	size_t end = looking->judged + GIT_SLICE;

	for (; looking->judged < look->candidates.kept && looking->judged < end;
		looking->judged++) {
		struct pipe_change change = {
			look->candidates.list[looking->judged].path, look->marks[looking->judged]};

		if (source_judge(source, look, looking->judged)) {
			looking->passed +=
				pipe_take(source->sources->pipe, source->project, &change);
		}
	}
	if (looking->judged < look->candidates.kept) {
		source_hold(source, "a command");
		loop_timer_set(looking->turn, clock_now_usec());
		return;
	}
	if (looking->passed || more || (look->error < 0 && look->deed.rewrote_index)) {
		pipe_taken(
			source->sources->pipe, source->project, EVENT_GIT, more, look->told.text);
	}
	source->judging = NULL;
	source_release(source);
	if (source->busy) {
		source_set_timer(source, clock_now_usec() + GIT_SETTLE_USEC);
	}
	looking_free(looking);
}

static void source_on_looked(void *userdata)
{
	struct looking *looking = userdata;
	struct git_source *source = looking->source;
	struct git_look *look = looking->look;

	if (look->old_fd != look->new_fd) {
		close_fd(look->old_fd);
	}
	if (!source) {
		close_fd(look->new_fd);
		looking_free(looking);
		return;
	}
	source->looking = NULL;
	source->judging = looking;
	source->index = look->new_fd;
	source->logs = look->logs;
	source_problem(source, look->why ? "the index" : NULL, look->why);
	source_on_turn(looking);
}

static void source_on_look(void *userdata)
{
	git_look_run(((struct looking *)userdata)->look);
}

static void source_look(struct git_source *source)
{
	const char *why = NULL;
	int fd = source->rewrote_index ? git_dir_open_index(&source->dir, &why) : source->index;
	struct looking *looking;

	if (fd < -1) {
		source_problem(source, "the index", why);
		source->busy = source->rewrote_index = false;
		source_release(source);
		return;
	}
	looking = mem_new(struct looking);
	looking->source = source;
	looking->turn = loop_timer_new(source->sources->loop, source_on_turn, looking);
	looking->look = git_look_new(&source->dir);
	looking->look->old_fd = source->index;
	looking->look->new_fd = fd;
	looking->look->since = source->logs;
	looking->look->deed.rewrote_index = source->rewrote_index;
	looking->look->deed.began_nsec = source->began_nsec;
	source->looking = looking;
	source->busy = source->rewrote_index = false;
	loop_job(source->sources->loop, source_on_look, source_on_looked, looking);
}

/* git stash is several commands, one after the other. */
static uint64_t source_settle_usec(const struct git_source *source)
{
	struct git_logs logs;

	git_dir_logs(&source->dir, &logs);
	return logs.stash == source->logs.stash ? GIT_SETTLE_USEC : GIT_STASH_USEC;
}

/* Nothing happened for a while, or for too long: has git settled? */
static void source_on_settle(void *userdata)
{
	struct git_source *source = userdata;
	uint64_t now = clock_now_usec();
	const char *stepping;
	uint64_t quiet, asked;
	bool locked;

	if (source->looking || source->judging || !source->busy) {
		return;
	}
	quiet = source->last_usec + source_settle_usec(source);
	if (now < quiet && now < source->first_usec + GIT_STEP_MAX_USEC) {
		source_set_timer(source, quiet);
		return;
	}
	asked = clock_usec(CLOCK_REALTIME);
	locked = git_dir_is_locked(&source->dir);
	if (locked && now < source->last_usec + GIT_LOCK_MAX_USEC) {
		source_hold(source, "a command");
		source_set_timer(source, source->last_usec + GIT_LOCK_MAX_USEC);
		return;
	}
	stepping = git_dir_stepping(&source->dir);
	if (stepping && now < source->last_usec + GIT_STEP_QUIET_USEC &&
		now < source->first_usec + GIT_STEP_MAX_USEC) {
		source_hold(source, stepping);
		source_set_timer(source, source->last_usec + GIT_STEP_QUIET_USEC);
		return;
	}
	source->idle_usec = locked ? 0 : asked;
	source_look(source);
}

/*
 * No file that git makes from here on is older than this. The last look has seen those
 * from before it; the index may tell of them once more (git refreshes it late).
 */
static uint64_t source_began_usec(const struct git_source *source)
{
	uint64_t now = clock_usec(CLOCK_REALTIME), late = now - GIT_LATE_USEC;
	uint64_t idle = source->idle_usec ? source->idle_usec - GIT_TICK_USEC : 0;

	return idle > late && idle <= now ? idle : late; /* after now: the clock was set back */
}

static void source_stir(struct git_source *source)
{
	uint64_t now = clock_now_usec();

	source->last_usec = now;
	if (!source->busy) {
		source->busy = true;
		source->first_usec = now;
		source->began_nsec = source_began_usec(source) * 1000;
	}
	source_set_timer(source, now + GIT_SETTLE_USEC);
}

static void source_on_event(uint32_t mask, const char *name, void *userdata)
{
	struct git_source *source = userdata;

	if (mask & IN_IGNORED) {
		source_problem(
			source, source->dir.path, "is gone: saves are still heard of, git is not");
	} else if (mask & IN_Q_OVERFLOW ||
		(mask & (IN_MOVED_TO | IN_DELETE) && strcmp(name, "index") == 0)) {
		/* Deleted, too: our descriptor of it would keep the whole folder from being gone. */
		source_stir(source);
		source->rewrote_index = true;
	} else if (source->busy || strcmp(name, "index.lock") == 0 ||
		strcmp(name, "rebase-merge") == 0 || strcmp(name, "rebase-apply") == 0 ||
		strcmp(name, "sequencer") == 0) {
		source_stir(source);
	}
}

static void source_end(struct git_source **at)
{
	struct git_source *source = *at;

	*at = source->next;
	source->sources->count--;
	if (source->looking) {
		source->looking->source = NULL;
	} else {
		close_fd(source->index);
	}
	if (source->judging) {
		looking_free(source->judging);
	}
	watch_free(source->watch);
	loop_timer_free(source->settle);
	git_dir_clear(&source->dir);
	free(source);
}

static void source_watch(struct git_source *source)
{
	source->watch = watch_new(source->sources->watcher, source->dir.path,
		IN_MOVED_TO | IN_CREATE | IN_DELETE, source_on_event, source);
	if (source->watch) {
		source_problem(source, NULL, NULL);
	} else {
		source_problem(source, source->dir.path, watch_why(errno));
	}
}

static void source_begin(struct git_sources *sources, struct project *project, struct git_dir *dir)
{
	struct git_source *source = mem_new(struct git_source);
	const char *why = NULL;

	*source = (struct git_source){
		.sources = sources,
		.project = project,
		.dir = *dir,
		.next = sources->first,
	};
	sources->first = source;
	sources->count++;
	source->settle = loop_timer_new(sources->loop, source_on_settle, source);
	source_watch(source);
	source->index = git_dir_open_index(&source->dir, &why);
	if (source->index < -1) {
		source_problem(source, "the index", why);
		source->index = -1;
	}
	git_dir_logs(&source->dir, &source->logs);
}

static struct git_source **sources_find(struct git_sources *sources, const struct project *project)
{
	struct git_source **at = &sources->first;

	while (*at && (*at)->project != project) {
		at = &(*at)->next;
	}
	return at;
}

struct git_sources *git_sources_new(
	struct loop *loop, struct watcher *watcher, struct registry *registry, struct pipe *pipe)
{
	struct git_sources *sources = mem_new(struct git_sources);

	*sources = (struct git_sources){
		.loop = loop, .watcher = watcher, .registry = registry, .pipe = pipe};
	return sources;
}

void git_sources_free(struct git_sources *sources)
{
	if (sources) {
		while (sources->first) {
			source_end(&sources->first);
		}
		free(sources);
	}
}

void git_sources_update(struct git_sources *sources, struct project *project)
{
	struct git_source *source = *sources_find(sources, project);
	_cleanup_free_ char *why = NULL, *problem = NULL;
	struct git_dir dir;
	int r;

	if (source && !source->watch) {
		source_watch(source); /* the limit may have been raised */
		if (source->watch) {
			source_stir(source);
			source->rewrote_index = true;
		}
	}
	if (source || (!project->tracked && !project->tab_count)) {
		return;
	}
	r = git_dir_find(&dir, project->root, &why);
	if (r == -ENOENT) {
		return;
	}
	if (r < 0) {
		problem = mem_printf("git: %s: saves are still heard of, git is not", why);
	} else if (sources->count == GIT_SOURCES_MAX) {
		problem = mem_printf("git: %d work trees are watched already", GIT_SOURCES_MAX);
		git_dir_clear(&dir);
	} else {
		source_begin(sources, project, &dir);
		return;
	}
	if (!project->problem) {
		log_warning("%s: %s", project->root, problem);
		registry_set_problem(sources->registry, project, problem);
	}
}

void git_sources_settle(struct git_sources *sources, struct project *project)
{
	struct git_source **at = sources_find(sources, project);

	if (*at && ((*at)->busy || (*at)->looking || (*at)->judging)) {
		source_hold(*at, "a command");
	}
}

void git_sources_forget(struct git_sources *sources, struct project *project)
{
	struct git_source **at = sources_find(sources, project);

	if (*at) {
		source_end(at);
	}
}
