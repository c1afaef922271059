#!/bin/bash
# SPDX-License-Identifier: MIT
#
# libwebsockets 4.1.6 (Debian 12), its own poll() loop: in the last millisecond before a timer is due
# (lws_sul_schedule, in microseconds), it calls poll() with a timeout of 0 again and again. It rounds the
# time that is left down to whole milliseconds. So each timer costs up to a millisecond of a processor, and
# hundreds of system calls; a program that has many timers never seems idle.
#
# Seen, 20 timers of 1.99 ms, one after the other, 3 of 3:
#   libwebsockets: several thousand calls of poll()
#   the same 20 with a timerfd in the same loop: fewer than 100
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Debian's packages, beside the system.
apt-get download --quiet libwebsockets17 libwebsockets-dev libssl3 libssl-dev libcap2 >/dev/null 2>&1
for package in ./*.deb; do
	dpkg -x "$package" .
done
libraries=$(dirname "$(find "$folder" -name 'libwebsockets.so.17' -print -quit)")
version=$(dpkg-deb --field ./libwebsockets17_*.deb Version)
[[ "$version" = 4.1.6-* ]] || {
	echo "libwebsockets is $version, not 4.1.6"
	exit 1
}

cat >timers.c <<'C'
#define _GNU_SOURCE
#include <libwebsockets.h>
#include <poll.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { TIMERS = 20, USEC = 1990 };

static struct lws_context *context;
static int polls, due, alarm_fd = -1;

/* In place of the C library's. */
int poll(struct pollfd *fds, nfds_t count, int msec)
{
	struct timespec limit = {msec / 1000, msec % 1000 * 1000000L};

	polls++;
	return ppoll(fds, count, msec < 0 ? NULL : &limit, NULL);
}

static void on_timer(lws_sorted_usec_list_t *sul)
{
	due++;
	lws_cancel_service(context); /* lws_service() returns */
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
	uint64_t times;

	if (reason == LWS_CALLBACK_RAW_RX_FILE && read(alarm_fd, &times, sizeof times) > 0)
		due++;
	return 0;
}

int main(int argc, char **argv)
{
	const struct lws_protocols protocols[] = {{.name = "x", .callback = callback}, {0}};
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER, .uid = -1, .gid = -1, .protocols = protocols,
		.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS, .fd_limit_per_thread = 16};
	struct lws_vhost *vhost;
	int with_alarm = argc > 1 && strcmp(argv[1], "timerfd") == 0;
	lws_sock_file_fd_type file;

	lws_set_log_level(LLL_ERR, NULL);
	context = lws_create_context(&info);
	alarm_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	file.filefd = alarm_fd;
	vhost = context ? lws_create_vhost(context, &info) : NULL;
	if (!vhost || !lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, file, "x", NULL))
		return 1;
	lws_service(context, -1);
	polls = 0;
	for (int i = 0; i < TIMERS; i++) {
		lws_sorted_usec_list_t timer = {0};

		if (with_alarm)
			timerfd_settime(alarm_fd, 0, &(struct itimerspec){.it_value.tv_nsec = USEC * 1000}, NULL);
		else
			lws_sul_schedule(context, 0, &timer, on_timer, USEC);
		while (due <= i)
			lws_service(context, 0);
	}
	printf("%d\n", polls);
	lws_context_destroy(context);
	return 0;
}
C
include=$folder/usr/include
gcc -rdynamic -I"$include" -I"$include/$(gcc -print-multiarch)" -o timers timers.c "$libraries/libwebsockets.so.17" \
	-Wl,-rpath,"$libraries" -Wl,--unresolved-symbols=ignore-in-shared-libs
export LD_LIBRARY_PATH=$libraries
for _ in 1 2 3; do
	own=$(./timers lws) timerfd=$(./timers timerfd)
	echo "libwebsockets $version: 20 timers of 1.99 ms took $own calls of poll(); with a timerfd, $timerfd"
	if [ "$own" -le 1000 ] || [ "$timerfd" -ge 100 ]; then
		echo "CHANGED: it sleeps until a timer is due"
		exit 1
	fi
done
