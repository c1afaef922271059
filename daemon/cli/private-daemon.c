/* SPDX-License-Identifier: MIT */
#include "cli/private-daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/file.h"

enum { ADDRESS_MAX = 4096, LOG_BYTES_MAX = 1 << 20 };

char *private_daemon_address(void)
{
	_cleanup_free_ char *why = NULL;
	_cleanup_free_ char *folder = file_private_folder(false, &why);
	_cleanup_free_ char *socket_name = folder ? mem_printf("%s/bus", folder) : NULL;
	struct stat st;

	if (!socket_name || stat(socket_name, &st) < 0 || !S_ISSOCK(st.st_mode)) {
		return NULL;
	}
	return mem_printf("unix:path=%s", socket_name);
}

/* Appends to the log of an earlier daemon, unless that is too large. */
static int open_log(const char *folder)
{
	_cleanup_free_ char *name = mem_printf("%s/log", folder);
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
	int fd = open(name, flags, 0600);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > LOG_BYTES_MAX &&
		ftruncate(fd, 0) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void run_daemon(int log, int address)
{
	static char program[] = "savecastd", option[] = "--private-bus";
	char *arguments[] = {program, option, NULL};
	char own[ADDRESS_MAX];
	ssize_t n = readlink("/proc/self/exe", own, sizeof own - sizeof "d");

	setsid(); /* it must survive the end of the terminal or of ssh */
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(address, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	if (n > 0) {
		strcpy(own + n, "d"); /* savecast and savecastd are installed together */
		execv(own, arguments);
	}
	execvp(arguments[0], arguments);
	fprintf(stderr, "savecastd: %s\n", strerror(errno));
	_exit(127);
}

/* Reads its first line: the address of its bus, printed once the bus runs. */
static bool read_address(int from, char address[ADDRESS_MAX])
{
	size_t length = 0;
	ssize_t n;

	while (length < ADDRESS_MAX - 1 &&
		(n = read(from, address + length, ADDRESS_MAX - 1 - length)) > 0) {
		char *end = memchr(address + length, '\n', (size_t)n);

		length += (size_t)n;
		if (end) {
			*end = '\0';
			return true;
		}
	}
	return false;
}

bool private_daemon_start(char **why)
{
	_cleanup_free_ char *folder = file_private_folder(true, why);
	char address[ADDRESS_MAX];
	int ends[2], log;
	bool started;
	pid_t pid;

	if (!folder) {
		return false;
	}
	log = open_log(folder);
	if (log < 0 || pipe2(ends, O_CLOEXEC) < 0) {
		*why = mem_printf("%s/log: %s", folder, strerror(errno));
		return false;
	}
	pid = fork();
	if (pid == 0) {
		run_daemon(log, ends[1]);
	}
	close(log);
	close(ends[1]);
	started = pid > 0 && read_address(ends[0], address);
	close(ends[0]);
	if (!started) {
		*why = mem_printf("savecastd: did not start: see %s/log", folder);
		return false;
	}
	setenv("DBUS_SESSION_BUS_ADDRESS", address, 1);
	return true;
}
