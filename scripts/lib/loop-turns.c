/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into savecastd by tests/lib/loop-turns.js: how long the loop's turns take, from the
 * return of poll() to its next call, on the main thread. The shared file that LOOP_TURNS names
 * has the longest turn by the wall clock and by CPU time, in nanoseconds, the highest number
 * of waits (for a disk, a lock, another process) in a turn, and of the turn with the most CPU time, how
 * often other processes interrupted it, and its page faults, and how many turns had more than 20 ms of
 * CPU time; a reader may reset them to 0. The loop begins at the first poll() of several descriptors
 * that may wait (libdbus waits for one). What the daemon does before that is its start, which
 * `scripts/bench start` measures.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static struct {
	volatile uint64_t wall, cpu, waits, interruptions, faults, many;
} * turns;

static int (*real_poll)(struct pollfd *, nfds_t, int);
static uint64_t began_wall, began_cpu;
static struct rusage began_usage;

static uint64_t now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void begin(void) __attribute__((constructor));
static void begin(void)
{
	const char *name = getenv("LOOP_TURNS");
	int fd = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
	void *at = fd >= 0 ? mmap(NULL, sizeof *turns, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
			   : MAP_FAILED;

	if (fd >= 0) {
		close(fd);
	}
	turns = at == MAP_FAILED ? NULL : at;
	real_poll = (int (*)(struct pollfd *, nfds_t, int))dlsym(RTLD_NEXT, "poll");
}

static void turn_ended(void)
{
	uint64_t cpu = now(CLOCK_THREAD_CPUTIME_ID) - began_cpu;
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	turns->wall = most(turns->wall, now(CLOCK_MONOTONIC) - began_wall);
	/* How many times this thread gave up the processor because it had to wait. */
	turns->waits = most(turns->waits, (uint64_t)(usage.ru_nvcsw - began_usage.ru_nvcsw));
	turns->many += cpu > 20 * 1000000;
	if (cpu > turns->cpu) {
		turns->cpu = cpu;
		turns->interruptions = (uint64_t)(usage.ru_nivcsw - began_usage.ru_nivcsw);
		turns->faults = (uint64_t)(usage.ru_minflt - began_usage.ru_minflt);
	}
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	if (!real_poll) {
		begin(); /* the constructor of another library polls */
	}
	if (!turns || gettid() != getpid() || (!began_wall && (timeout == 0 || count < 2))) {
		return real_poll(fds, count, timeout);
	}
	if (began_wall) {
		turn_ended();
	}
	int r = real_poll(fds, count, timeout);

	began_wall = now(CLOCK_MONOTONIC);
	began_cpu = now(CLOCK_THREAD_CPUTIME_ID);
	getrusage(RUSAGE_THREAD, &began_usage);
	return r;
}
