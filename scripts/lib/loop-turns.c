/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into savecastd by scripts/bench-git: how long the loop's turns take, from the
 * return of poll() to its next call, on the main thread. The most that one took by the wall
 * clock, the same without the time that the kernel gave to others although it could run, and the
 * most of CPU time, are in nanoseconds in the shared file that LOOP_TURNS names; who reads them may
 * set them to 0.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static struct {
	volatile uint64_t wall, own, cpu;
} * turns;

static int (*real_poll)(struct pollfd *, nfds_t, int);
static uint64_t began_wall, began_others, began_cpu;
static int schedstat = -1; /* of the main thread */

static uint64_t now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* How long this thread was kept from running, because others ran. */
static uint64_t others(void)
{
	char text[64] = "";
	uint64_t nsec = 0;

	if (pread(schedstat, text, sizeof text - 1, 0) > 0) {
		sscanf(text, "%*u %" SCNu64, &nsec);
	}
	return nsec;
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
	schedstat = open("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
	real_poll = (int (*)(struct pollfd *, nfds_t, int))dlsym(RTLD_NEXT, "poll");
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	if (!real_poll) {
		begin(); /* another library's constructor polls */
	}
	if (!turns || gettid() != getpid()) {
		return real_poll(fds, count, timeout);
	}
	if (began_wall) {
		/* Asked for within the time it is taken from, or it could be the longer one. */
		uint64_t lost = others() - began_others;
		uint64_t wall = now(CLOCK_MONOTONIC) - began_wall;

		turns->wall = most(turns->wall, wall);
		turns->own = most(turns->own, wall - lost);
		turns->cpu = most(turns->cpu, now(CLOCK_THREAD_CPUTIME_ID) - began_cpu);
	}
	int r = real_poll(fds, count, timeout);

	began_wall = now(CLOCK_MONOTONIC);
	began_cpu = now(CLOCK_THREAD_CPUTIME_ID);
	began_others = others();
	return r;
}
