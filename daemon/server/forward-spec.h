/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How the arguments of programs that forward ports name the two ports. Pure. Each function returns
 * the port to which `port` is forwarded at the loopback address of the other end, or 0: it forwards
 * another port, or to another host, or the text is not valid.
 */

#include <stddef.h>
#include <stdint.h>

/* The text as a port; 0 if it is not one. */
uint16_t forward_spec_port(const char *text, size_t length);

/* PORT:TARGET; or FIRST-LAST:FIRST-LAST, with two ranges of the same length. */
uint16_t forward_spec_pair(const char *spec, size_t length, uint16_t port);

/* pasta's list of such pairs, each with or without "ADDRESS/" before it. */
uint16_t forward_spec_pasta(const char *list, uint16_t port);

/* socat's TCP:HOST:PORT; the port on which it listens is not part of it. */
uint16_t forward_spec_socat(const char *address);

enum forward_ssh {
	FORWARD_SSH_LOCAL, /* -L and LocalForward: it listens here */
	FORWARD_SSH_REMOTE, /* -R and RemoteForward: it listens on the machine that it connects to */
};

/*
 * The arguments of an ssh, each followed by a NUL. Sockets of the file system have no port, and
 * ~/.ssh/config is not read. `*host` is set to "localhost", "127.0.0.1" or "::1", whichever is the
 * target; to any value if there is none.
 */
uint16_t forward_spec_ssh(const char *arguments, size_t length, enum forward_ssh kind,
	uint16_t port, const char **host);
