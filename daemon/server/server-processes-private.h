/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/server-processes.h"

struct server_process {
	struct holder holder;
	bool trusted; /* it was seen to accept, or ran when the server was first seen */
	bool supervisor; /* another holder is its child, so it does not accept */
	bool passes; /* a supervisor that has the socket in an epoll set, for a worker that waits for it */
	int pidfd;
	struct loop_fd *watch; /* NULL once the process has ended */
	struct server_processes *processes;
};
