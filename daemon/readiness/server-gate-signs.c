/* SPDX-License-Identifier: MIT */
#include "readiness/server-gate.h"

#include "server/procfs.h"
#include "util/clock.h"

/*
 * Why the restart that a save waits for may come later than usual: the machine is busy, or a build
 * is still running. Checked only when the wait is about to end.
 */

void server_gate_begin_signs(struct server_gate *gate)
{
	gate->run_delay = server_run_delay(gate->server);
	gate->pressure = procfs_pressure();
	gate->searched = false;
	gate->builders.count = 0;
}

static void on_builders(const struct builders *found, void *userdata)
{
	struct server_gate *gate = userdata;

	gate->search = NULL;
	gate->builders = *found;
}

static uint64_t since(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

/*
 * The time that processes wait for a CPU delays the restart. Running processes are slower on a busy
 * machine, too; that adds at most the time that the restart usually takes to begin.
 */
static uint64_t starved_usec(const struct server_gate *gate)
{
	uint64_t own = since(server_run_delay(gate->server), gate->run_delay);
	uint64_t all = since(procfs_pressure(), gate->pressure);
	uint64_t most = gate->machine.expected + GATE_MARGIN_USEC;

	all = all < most ? all : most;
	return own > all ? own : all;
}

void server_gate_see_signs(struct server_gate *gate, uint64_t now, struct server_state *seen)
{
	if (!gate_nears_end(&gate->machine, now)) {
		return;
	}
	if (!gate->searched && !gate->search && gate->project) {
		gate->searched = true;
		gate->search = builders_find(
			gate->readiness->loop, gate->project->root, on_builders, gate);
	}
	seen->starved = starved_usec(gate);
	seen->searching = gate->search != NULL;
	seen->working = server_begins_work(gate->server, gate->machine.written_boot) ||
		builders_work(&gate->builders, gate->machine.written_boot);
}

void server_gate_end_signs(struct server_gate *gate)
{
	builders_cancel(gate->search);
}
