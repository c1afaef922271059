/* SPDX-License-Identifier: MIT */
#pragma once

/* The WebSocket server's view of the loop, which is libwebsockets' own. */

#include "util/loop.h"

struct lws_context;

/* How many descriptors libwebsockets may hold: the WebSocket connections and the loop's own. */
enum { LOOP_LWS_FDS_MAX = SAVECAST_CONNECTIONS + 8 };

struct lws_context *loop_lws_context(struct loop *loop);
