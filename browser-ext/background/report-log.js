// SPDX-License-Identifier: MIT
//
// What happened to each event in each tab: reported to the tab's daemon, and kept for the popup.
// Reports wait while their daemon is not connected. After a restart it counts its events from 1
// again, so waiting reports with the old numbers are dropped.

/** @typedef {import('../link/protocol.js').Report} Report */

/** Reports that wait for the daemon; older ones are dropped. */
const MAX_UNSENT = 64;
/** For the popup, per tab; `savecast log` shows the whole log. */
const MAX_EVENTS = 8;
const MAX_STEPS = 12;

/**
 * @typedef {object} LoggedEvent
 * @property {number} event
 * @property {number} at milliseconds since 1970
 * @property {string[]} files
 * @property {string} [subject] what it is about, in the words of `savecast log`
 * @property {boolean} [awaited] whether it waits for the server, and the tab has not received it yet
 * @property {{step: string, detail: string, msec: number}[]} steps `msec`: since `at`
 */

/** The last events of each tab, latest first: what this extension saw and did. */
export class History {
	/** @type {Map<number, LoggedEvent[]>} */
	#tabs = new Map();

	/**
	 * @param {number} tab
	 * @param {number} event
	 * @param {string[]} files
	 * @param {string | undefined} subject
	 * @param {number} now
	 */
	begin(tab, event, files, subject, now) {
		const events = this.#tabs.get(tab) ?? [];
		const awaited = events.find((one) => one.event === event && one.awaited);
		if (awaited) {
			Object.assign(awaited, { files, subject, awaited: undefined });
			return;
		}
		events.unshift({ event, at: now, files, subject, steps: [] });
		this.#tabs.set(tab, events.slice(0, MAX_EVENTS));
	}

	/**
	 * An event waits because the tab's server is restarting or down.
	 *
	 * @param {number} tab
	 * @param {{event: number, subject: string}} awaits
	 * @param {'waiting' | 'down'} step
	 * @param {string} detail
	 * @param {number} now
	 */
	await(tab, { event, subject }, step, detail, now) {
		const events = this.#tabs.get(tab) ?? [];
		const older = events.find((one) => one.awaited && one.event !== event);
		if (older) {
			older.awaited = undefined;
			this.note({ type: 'report', event: older.event, tab, step: 'skipped', detail: `replaced by the newer save #${event}` }, now);
		}
		if (!events.some((one) => one.event === event)) {
			this.begin(tab, event, [], subject, now);
			Object.assign(this.of(tab)[0], { awaited: true });
		}
		const logged = this.of(tab).find((one) => one.event === event);
		if (logged?.awaited && logged.steps.at(-1)?.step !== step && logged.steps.length < MAX_STEPS) {
			logged.steps.push({ step, detail, msec: now - logged.at });
		}
	}

	/**
	 * @param {Report} report
	 * @param {number} now
	 */
	note({ tab, event, step, detail = '' }, now) {
		const logged = this.#tabs.get(tab)?.find((one) => one.event === event);
		if (logged && logged.steps.length < MAX_STEPS) {
			logged.steps.push({ step, detail, msec: now - logged.at });
		}
	}

	/**
	 * @param {number} tab
	 * @returns {LoggedEvent[]}
	 */
	of(tab) {
		return this.#tabs.get(tab) ?? [];
	}

	/** @param {number} tab */
	forget(tab) {
		this.#tabs.delete(tab);
	}
}

/**
 * @typedef {object} Dependencies
 * @property {(daemon: string, report: Report) => void} post sends to the daemon
 * @property {(daemon: string) => boolean} isUp whether it is connected
 * @property {(tab: number) => string} daemonOf the tab's daemon
 * @property {(tab: number) => void} noted called for each tab whose history has changed
 */

export class ReportLog {
	#dependencies;
	#history = new History();
	/** @type {{daemon: string, report: Report}[]} */
	#unsent = [];
	/** @type {Map<string, string>} by daemon: which run of it the event numbers belong to */
	#instances = new Map();

	/** @param {Dependencies} dependencies */
	constructor(dependencies) {
		this.#dependencies = dependencies;
	}

	/**
	 * To be called when a reload message has come for the tab.
	 *
	 * @param {number} tab
	 * @param {import('../link/protocol.js').Reload} message
	 */
	begin(tab, { event, subject, changes }) {
		this.#history.begin(tab, event, changes?.map(({ path }) => path) ?? [], subject, Date.now());
	}

	/**
	 * A daemon has said what the tab shows.
	 *
	 * @param {import('../link/protocol.js').TabAnswer} answer
	 */
	answered({ tab, state, awaits, reason }) {
		if (awaits && (state === 'waiting' || state === 'down')) {
			this.#history.await(tab, awaits, state, reason, Date.now());
		}
	}

	/** @param {Report[]} reports */
	send(reports) {
		const { post, isUp, daemonOf, noted } = this.#dependencies;
		for (const report of reports) {
			const daemon = daemonOf(report.tab);
			if (isUp(daemon)) {
				post(daemon, report);
			} else {
				this.#unsent = [...this.#unsent, { daemon, report }].slice(-MAX_UNSENT);
			}
			this.#history.note(report, Date.now());
			noted(report.tab);
		}
	}

	/**
	 * To be called when a daemon is connected.
	 *
	 * @param {string} daemon
	 * @param {string} instance
	 * @param {number[]} tabs that belong to it
	 * @returns {boolean} whether it is another run, with event numbers from 1
	 */
	connected(daemon, instance, tabs) {
		const restarted = instance !== this.#instances.get(daemon);
		const waiting = this.#unsent.filter((one) => one.daemon === daemon);
		this.#unsent = this.#unsent.filter((one) => one.daemon !== daemon);
		if (restarted) {
			this.#instances.set(daemon, instance);
			tabs.forEach((tab) => this.#history.forget(tab));
		} else {
			waiting.forEach(({ report }) => this.#dependencies.post(daemon, report));
		}
		return restarted;
	}

	/** @param {number} tab */
	of(tab) {
		return this.#history.of(tab);
	}

	/** @param {number} tab */
	forget(tab) {
		this.#history.forget(tab);
	}
}
