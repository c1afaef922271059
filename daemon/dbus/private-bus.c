/* SPDX-License-Identifier: MIT */
#include "dbus/private-bus.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/file.h"

enum { REASON_MAX = 256 };

/* Takes the lock that savecastd and its bus hold until they have ended. -EEXIST: it is held. */
static int take_lock(const char *folder, char **why)
{
	_cleanup_free_ char *name = mem_printf("%s/lock", folder);
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r = 0;

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0) {
		r = errno == EWOULDBLOCK ? -EEXIST : -errno;
		*why = mem_printf("%s: %s", name, strerror(errno));
		if (fd >= 0) {
			close(fd);
		}
	}
	return r;
}

/* Runs in the process of the bus: reports on `ready` that it listens, then serves until it ends. */
static void serve(const char *socket_name, const char *address, pid_t daemon, int ready)
{
	/* The bus ends with savecastd; only savecastd prints why. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_NAME, "savecastd-bus");
	if (getppid() == daemon) {
		private_bus_route(address, ready);
		unlink(socket_name);
	}
	_exit(0);
}

int private_bus_start(char **address, char **why)
{
	_cleanup_free_ char *folder = file_private_folder(true, why);
	_cleanup_free_ char *socket_name = folder ? mem_printf("%s/bus", folder) : NULL;
	pid_t self = getpid(), pid;
	char said[REASON_MAX + 1] = "";
	int ready[2], r;
	ssize_t n;

	if (!folder) {
		return -EPERM;
	}
	*address = mem_printf("unix:path=%s", socket_name);
	r = take_lock(folder, why);
	if (r < 0) {
		return r;
	}
	unlink(socket_name); /* of a bus that was killed */
	if (pipe2(ready, O_CLOEXEC) < 0) {
		*why = mem_strdup(strerror(errno));
		return -EIO;
	}
	pid = fork();
	if (pid == 0) {
		close(ready[0]);
		serve(socket_name, *address, self, ready[1]);
	}
	close(ready[1]);
	n = pid < 0 ? -1 : read(ready[0], said, REASON_MAX);
	r = n == 1 && !said[0] ? 0 : -EIO;
	close(ready[0]);
	if (r < 0) {
		*why = mem_printf("%s: cannot listen there: %s", socket_name,
			n > 0 ? said : "the bus has ended");
	}
	return r;
}
