/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Programs that listen on behalf of another one, in a container or at the other end of a
 * tunnel. The other program cannot be inspected, but the name of the forwarder can be shown.
 */

/*
 * Whether a process forwards ports, by the name of its command. For VS Code the arguments, each
 * followed by a NUL, decide as well, because servers of its extensions listen, too. Pure.
 */
bool forwarder_is_one(const char *name, const char *arguments, size_t length);

/*
 * Whether a program of this name listens on behalf of another process, whose arguments have the
 * ports: an ssh that shares its connection, and Docker without root. Pure.
 */
bool forwarder_asks_others(const char *name);

/*
 * Whether these arguments, each followed by a NUL, are those of a docker-proxy that listens
 * on the port. Pure.
 */
bool forwarder_names_port(const char *arguments, size_t length, uint16_t port);

/*
 * The port to which a forwarder of this name forwards `port`, at the loopback address of its
 * other end; 0 if its arguments do not say it. Knows ssh -L, docker-proxy, kubectl and oc
 * port-forward, pasta -t and socat. Pure.
 */
uint16_t forwarder_target(
	const char *name, const char *arguments, size_t length, uint16_t port);

/*
 * The name of the process, of any user, whose arguments say that it forwards this port:
 * docker-proxy or ssh; the caller frees it. NULL if there is none. Reads /proc of every
 * process: do not call it on the loop's thread.
 * `target` is set to the port to which it forwards, or 0.
 */
char *forwarder_find(uint16_t port, uint16_t *target);

/*
 * The port here to which an `ssh -R` of this user forwards that port of another machine, and the
 * loopback host (see forward_spec_ssh()); 0 if there is none, or if several forward it to different
 * ports. Reads /proc of every process: do not call it on the loop's thread.
 */
uint16_t forwarder_find_reverse(uint16_t port, const char **host);
