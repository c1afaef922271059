/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * Changes the port of savecast.socket, for which systemd opens the port instead of the
 * daemon if the unit is enabled. Writes a drop-in for the unit, or removes it for the default
 * port, and restarts the unit if it is active. Does nothing if systemd does not run. Prints
 * what was changed, and errors; returns 0 or a negative errno. Only this file runs systemctl.
 */
int socket_unit_set_port(uint16_t port, uint16_t default_port);
