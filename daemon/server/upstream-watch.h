/* SPDX-License-Identifier: MIT */
#pragma once

#include "server/upstream-probe.h"
#include "server/upstream-request.h"

/*
 * Watches what becomes of a request that was just sent, until it is answered or nothing more is to be
 * expected. For upstream-probe.c only. Sets `status`, `passed` and `pace` of the probe, and
 * records in its trials what is seen.
 */
void upstream_watch(struct upstream_probe *probe, struct upstream_request *request);
