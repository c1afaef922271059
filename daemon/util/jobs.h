/* SPDX-License-Identifier: MIT */
#pragma once

/* The loop's jobs, for loop.c only. See loop_job(). */

#include "util/loop.h"

struct jobs;

struct jobs *jobs_new(struct loop *loop);
/* All jobs must be done. */
void jobs_free(struct jobs *jobs);

void jobs_add(struct jobs *jobs, loop_job_fn *work, loop_job_fn *done, void *userdata);
/* Waits for all of them. */
void jobs_finish(struct jobs *jobs);
