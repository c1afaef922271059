/* SPDX-License-Identifier: MIT */
#include "dbus/bus.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "util/clock.h"
#include "util/mem.h"

/* libdbus creates two watches, for reading and for writing, on one descriptor. */
enum { BUS_WATCHES = 2 };

/*
 * How many messages are handled in one turn of the loop, and for how long. Further ones wait for
 * the next turn, so that browsers are served in between.
 */
enum { BUS_DISPATCH_MAX = 16 };
#define BUS_DISPATCH_USEC (5 * CLOCK_USEC_PER_MSEC)

struct bus_watch {
	struct loop *loop;
	DBusConnection *connection;
	DBusWatch *watches[BUS_WATCHES];
	struct loop_fd *fd; /* NULL while there is no watch */
	struct loop_timer *dispatch;
};

struct bus_timeout {
	struct loop_timer *timer;
	DBusTimeout *timeout;
};

static void bus_watch_dispatch(void *userdata)
{
	struct bus_watch *watch = userdata;

	DBusDispatchStatus status = DBUS_DISPATCH_DATA_REMAINS;
	uint64_t until = clock_now_usec() + BUS_DISPATCH_USEC;

	for (int i = 0; i < BUS_DISPATCH_MAX && status == DBUS_DISPATCH_DATA_REMAINS &&
		clock_now_usec() < until; i++) {
		status = dbus_connection_dispatch(watch->connection);
	}
	if (status == DBUS_DISPATCH_DATA_REMAINS) {
		loop_timer_set(watch->dispatch, 0);
	}
	if (status == DBUS_DISPATCH_NEED_MEMORY) {
		mem_out();
	}
}

static void bus_watch_ready(uint32_t events, void *userdata)
{
	struct bus_watch *watch = userdata;
	unsigned flags = (events & EPOLLIN ? DBUS_WATCH_READABLE : 0u) |
		(events & EPOLLOUT ? DBUS_WATCH_WRITABLE : 0u) |
		(events & EPOLLERR ? DBUS_WATCH_ERROR : 0u) |
		(events & EPOLLHUP ? DBUS_WATCH_HANGUP : 0u);

	for (int i = 0; i < BUS_WATCHES; i++) {
		DBusWatch *w = watch->watches[i];
		unsigned wanted;

		if (!w || !dbus_watch_get_enabled(w)) {
			continue;
		}
		wanted = dbus_watch_get_flags(w) | DBUS_WATCH_ERROR | DBUS_WATCH_HANGUP;
		/* It fails only if memory runs out, and would then fail each time. */
		if (flags & wanted && !dbus_watch_handle(w, flags & wanted)) {
			mem_out();
		}
	}
	bus_watch_dispatch(watch);
}

static void bus_watch_update(struct bus_watch *watch)
{
	uint32_t events = 0;
	int fd = -1;

	for (int i = 0; i < BUS_WATCHES; i++) {
		DBusWatch *w = watch->watches[i];

		if (!w) {
			continue;
		}
		fd = dbus_watch_get_unix_fd(w);
		if (dbus_watch_get_enabled(w)) {
			unsigned flags = dbus_watch_get_flags(w);

			events |= (flags & DBUS_WATCH_READABLE ? EPOLLIN : 0u) |
				(flags & DBUS_WATCH_WRITABLE ? EPOLLOUT : 0u);
		}
	}
	if (fd < 0) {
		loop_fd_free(watch->fd);
		watch->fd = NULL;
	} else if (!watch->fd) {
		watch->fd = loop_fd_new(watch->loop, fd, events, bus_watch_ready, watch);
	} else {
		loop_fd_set_events(watch->fd, events);
	}
}

static dbus_bool_t bus_watch_add(DBusWatch *added, void *data)
{
	struct bus_watch *watch = data;

	for (int i = 0; i < BUS_WATCHES; i++) {
		if (!watch->watches[i]) {
			watch->watches[i] = added;
			bus_watch_update(watch);
			return watch->fd != NULL;
		}
	}
	return FALSE;
}

static void bus_watch_remove(DBusWatch *removed, void *data)
{
	struct bus_watch *watch = data;

	for (int i = 0; i < BUS_WATCHES; i++) {
		if (watch->watches[i] == removed) {
			watch->watches[i] = NULL;
		}
	}
	bus_watch_update(watch);
}

static void bus_watch_toggle(DBusWatch *toggled, void *data)
{
	bus_watch_update(data);
}

static uint64_t bus_timeout_due(DBusTimeout *timeout)
{
	return clock_now_usec() +
		(uint64_t)dbus_timeout_get_interval(timeout) * CLOCK_USEC_PER_MSEC;
}

static void bus_timeout_toggle(DBusTimeout *timeout, void *data)
{
	struct bus_timeout *own = dbus_timeout_get_data(timeout);

	loop_timer_set(own->timer,
		dbus_timeout_get_enabled(timeout) ? bus_timeout_due(timeout) : CLOCK_NEVER);
}

static void bus_timeout_on_due(void *userdata)
{
	struct bus_timeout *own = userdata;

	loop_timer_set(own->timer, bus_timeout_due(own->timeout));
	dbus_timeout_handle(own->timeout); /* may free `own` */
}

static dbus_bool_t bus_timeout_add(DBusTimeout *timeout, void *data)
{
	struct bus_watch *watch = data;
	struct bus_timeout *own = mem_new(struct bus_timeout);

	own->timeout = timeout;
	own->timer = loop_timer_new(watch->loop, bus_timeout_on_due, own);
	dbus_timeout_set_data(timeout, own, NULL);
	bus_timeout_toggle(timeout, NULL);
	return TRUE;
}

static void bus_timeout_remove(DBusTimeout *timeout, void *data)
{
	struct bus_timeout *own = dbus_timeout_get_data(timeout);

	loop_timer_free(own->timer);
	free(own);
}

static void bus_watch_on_status(
	DBusConnection *connection, DBusDispatchStatus status, void *data)
{
	struct bus_watch *watch = data;

	/* libdbus does not allow to dispatch in this callback. */
	if (status == DBUS_DISPATCH_DATA_REMAINS) {
		loop_timer_set(watch->dispatch, 0);
	}
}

struct bus_watch *bus_watch_new(struct loop *loop, DBusConnection *connection)
{
	struct bus_watch *watch = mem_new(struct bus_watch);

	watch->loop = loop;
	watch->connection = connection;
	watch->dispatch = loop_timer_new(loop, bus_watch_dispatch, watch);
	if (!dbus_connection_set_watch_functions(connection, bus_watch_add, bus_watch_remove,
		    bus_watch_toggle, watch, NULL) ||
		!dbus_connection_set_timeout_functions(connection, bus_timeout_add,
			bus_timeout_remove, bus_timeout_toggle, watch, NULL)) {
		abort();
	}
	dbus_connection_set_dispatch_status_function(
		connection, bus_watch_on_status, watch, NULL);
	loop_timer_set(watch->dispatch, 0);
	return watch;
}

void bus_watch_free(struct bus_watch *watch)
{
	if (!watch) {
		return;
	}
	dbus_connection_set_dispatch_status_function(watch->connection, NULL, NULL, NULL);
	dbus_connection_set_watch_functions(watch->connection, NULL, NULL, NULL, NULL, NULL);
	dbus_connection_set_timeout_functions(watch->connection, NULL, NULL, NULL, NULL, NULL);
	loop_fd_free(watch->fd);
	loop_timer_free(watch->dispatch);
	free(watch);
}
