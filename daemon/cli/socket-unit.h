/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * Moves savecast.socket to a port: if it is enabled, systemd opens the port instead of
 * the daemon. Writes a drop-in for the unit, or removes it for the default port, and
 * restarts the unit if it is active. Does nothing where systemd does not run. Prints what
 * was changed, and errors; returns 0 or a negative errno.
 */
int socket_unit_set_port(uint16_t port, uint16_t default_port);
