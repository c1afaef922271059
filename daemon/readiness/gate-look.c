/* SPDX-License-Identifier: MIT */
#include "readiness/gate-private.h"

/* A different generation is serving: records whether a save caused that. */
static unsigned learn_restart(struct gate *gate, const struct server_state *seen)
{
	bool blamed = gate->blamed_usec && gate->sign_usec &&
		gate->sign_usec + GATE_TICK_USEC >= gate->blamed_usec;

	gate->delay = blamed && gate->sign_usec > gate->blamed_usec
		? gate->sign_usec - gate->blamed_usec
		: 0;
	gate->proven = seen->by_itself;
	gate->blamed_usec = 0;
	gate->sign_usec = 0;
	gate->asking = false;
	return blamed ? GATE_LEARN_RESTART : 0;
}

static void note_sign(struct gate *gate, uint64_t now)
{
	if (gate->blamed_usec && !gate->sign_usec && (gate->waits || now <= gate->blame_until)) {
		gate->sign_usec = now;
	}
}

static unsigned look_gone(struct gate *gate, uint64_t now, const struct server_state *seen)
{
	uint64_t gone = now - gate->since_usec;

	gate->starts_until = seen->appeared ? now + GATE_STARTS_USEC : gate->starts_until;
	if (gate->state == GATE_OPEN || gate->state == GATE_EXPECTING) {
		note_sign(gate, now);
		gate->state = GATE_RESTARTING;
		gate->since_usec = now;
		gate->closing_asked = false;
		return GATE_TELL_WAITING;
	}
	if (seen->lingers && !gate->closing_asked && gone >= GATE_LINGER_USEC) {
		gate->closing_asked = true;
		return GATE_CLOSE_CONNECTIONS;
	}
	if (gate->state == GATE_RESTARTING &&
		(seen->died || gone >= gate->times.down ||
			(seen->ended && gone >= GATE_ENDED_USEC))) {
		gate->state = GATE_DOWN;
		return GATE_TELL_DOWN;
	}
	return 0;
}

bool gate_doubts(const struct gate *gate, uint64_t now)
{
	return (gate->asking || (gate->waits && !gate->any)) && now >= gate->doubt_usec;
}

static bool is_since(const struct gate *gate, uint64_t generation)
{
	return generation + GATE_TICK_USEC >= gate->written_boot;
}

/* Whether one of several workers is being replaced while the oldest still serves. */
static bool replaces_workers(const struct gate *gate, const struct server_state *seen)
{
	return seen->generation <= gate->shown &&
		(seen->coming || gate_newest_of(seen) > gate->shown);
}

/*
 * Of several workers, only one may have read them. One that served before the save, beside an older one,
 * has not: another program has, such as the one that starts the workers.
 */
bool gate_asks_read(const struct gate *gate, const struct server_state *seen)
{
	return gate->waits && !gate->any && seen->serving &&
		gate_newest_of(seen) == seen->generation && seen->generation > gate->beside &&
		(seen->generation > gate->shown || gate->renewed_usec > gate->written_usec);
}

bool gate_nears_end(const struct gate *gate, uint64_t now)
{
	return gate->state == GATE_EXPECTING && gate->waits && !gate->any &&
		now + GATE_MARGIN_USEC >= gate->expect_until;
}

/* New code is being made; the sign of a restart follows. */
static void expect_after_work(struct gate *gate, uint64_t now)
{
	uint64_t until = now + GATE_WORK_USEC, last = gate->first_usec + gate->times.wait;

	until = until < last ? until : last;
	gate->expect_until = until > gate->expect_until ? until : gate->expect_until;
}

/*
 * Until when to wait if a restart was too early for the latest save, or may have been. A reloader
 * that is notified begins another one soon, or not at all; one that looks each second has that second.
 */
static uint64_t again_until(const struct gate *gate, uint64_t now)
{
	uint64_t again = gate->written_usec + gate->expected + GATE_AGAIN_USEC;
	uint64_t soon = now + GATE_MARGIN_USEC;

	return gate->expected >= GATE_POLL_USEC || again < soon ? again : soon;
}

/* Whether the serving generation is not yet the one that the event waits for. */
static bool must_wait(struct gate *gate, uint64_t now, const struct server_state *seen, bool newer)
{
	bool burst = now >= gate->first_usec + GATE_PATIENCE_USEC;

	if (gate->any || is_since(gate, seen->generation) || seen->read) {
		return false;
	}
	/* One worker came after the save, but not the oldest, even if that is newer than what was shown. */
	if (is_since(gate, gate_newest_of(seen)) && now < gate->first_usec + gate->times.wait) {
		return true;
	}
	if (newer) {
		gate->expect_until = again_until(gate, now);
		gate->first_usec = burst ? now : gate->first_usec;
		return !burst && now < gate->expect_until;
	}
	if ((seen->busy || seen->searching || replaces_workers(gate, seen)) &&
		now < gate->first_usec + gate->times.wait) {
		return true;
	}
	return now < gate->expect_until ||
		(gate->blamed_usec && now < gate->first_usec + gate->times.wait &&
			now < gate->expect_until + seen->starved);
}

static unsigned send(struct gate *gate, uint64_t now, const struct server_state *seen, bool newer)
{
	bool fresh = gate->any || is_since(gate, seen->generation);
	unsigned actions = GATE_SEND;

	if (seen->read) {
		gate->blamed_usec = 0; /* the restart before it served it, too */
	}
	if (!fresh && !newer && gate->blamed_usec && gate->state == GATE_EXPECTING) {
		actions |= GATE_LEARN_NO_RESTART; /* a restart was predicted and did not happen */
	}
	/* If another restart comes, the tabs reload again. */
	gate->asking = !fresh || seen->in_place;
	gate->blame_until = now + gate->times.trial;
	gate->waits = false;
	gate->any = false;
	return actions;
}

/* No save explains the newer generation so far: whether to wait for the report of one. */
static bool may_be_explained(struct gate *gate, uint64_t now, const struct server_state *seen)
{
	if (gate->state != GATE_OPEN || gate->asking) {
		return false;
	}
	gate->unexplained_usec = gate->unexplained_usec ?: now;
	gate->unexplained = gate_newest_of(seen);
	return now < gate->unexplained_usec + GATE_REPORT_USEC;
}

static unsigned look_serving(struct gate *gate, uint64_t now, const struct server_state *seen)
{
	bool was_gone = gate->state == GATE_RESTARTING || gate->state == GATE_DOWN;
	bool newer = seen->generation > gate->shown;
	unsigned actions = was_gone ? GATE_TELL_LIVE : 0;

	if (gate->state == GATE_OPEN && (seen->coming || gate_newest_of(seen) > seen->generation)) {
		gate->beside = seen->coming ?: gate_newest_of(seen);
	}
	if (seen->busy && gate_doubts(gate, now)) {
		gate->doubt_usec = now + GATE_DOUBT_USEC;
		actions |= GATE_USE_SPARE;
	}
	if (newer && may_be_explained(gate, now, seen)) {
		return actions;
	}
	gate->unexplained_usec = 0;
	if (newer || replaces_workers(gate, seen)) {
		note_sign(gate, now);
	}
	if (seen->working) {
		expect_after_work(gate, now);
	}
	if (newer) {
		actions |= learn_restart(gate, seen);
		gate->renewed_usec = now;
		gate->shown = gate_newest_of(seen); /* or will show: an event may wait */
	} else if (was_gone) {
		gate->sign_usec = 0; /* a false alarm */
	}
	if (gate->waits && must_wait(gate, now, seen, newer)) {
		gate->state = GATE_EXPECTING;
		return actions;
	}
	if (gate->waits) {
		actions |= send(gate, now, seen, newer);
	} else if (newer) {
		actions |= GATE_STALE;
	}
	gate->state = GATE_OPEN;
	return actions;
}

void gate_watch_closely(struct gate *gate, uint64_t now)
{
	if (gate->state == GATE_DOWN) {
		gate->since_usec = now;
	}
}

unsigned gate_look(struct gate *gate, uint64_t now, const struct server_state *seen)
{
	unsigned actions =
		seen->serving ? look_serving(gate, now, seen) : look_gone(gate, now, seen);

	if (gate->asking && gate->state == GATE_OPEN && now >= gate->blame_until) {
		actions |= gate->blamed_usec ? GATE_LEARN_NO_RESTART : 0;
		gate->asking = false;
		gate->blamed_usec = 0;
	}
	gate_set_look(gate, now);
	return actions;
}
