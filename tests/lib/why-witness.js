// SPDX-License-Identifier: MIT
/**
 * `savecast why` says before a save what the save then does. A World that is opened with
 * { why: true } asks this question before each save of one file that the test reports, for the file
 * and for the URL of each tab that is switched on, and compares the answers with where the event went.
 */

/** A test with hundreds of tabs asks for this many of them. */
const TABS_MAX = 24;

/**
 * @typedef {{browser: number, tab: number, url: string, state: string, project?: string}} Tab as ListTabs has it
 * @typedef {{root?: string, reason: string}} Shown what Explain says of a URL
 * @typedef {{file: string, roots: string[], effect?: string, ignored?: string, tabs: (Tab & {shown: Shown})[], serial: number}} Said before the save
 * @typedef {{serial: number, project?: string, closed: boolean, steps: {step: string, tab?: number, text: string}[]}} Event as ListEvents has it
 */

/** Steps after which an event need not reach a tab, although a save of the file would. */
const ENDS = ['unchanged', 'joined', 'held', 'build-failed', 'down', 'gone', 'failed'];

/**
 * @param {Said} said
 * @param {Event} event
 * @param {number[]} reached the tabs that it was sent to
 * @returns {string | undefined} what the save did that `why` had not said
 */
export function contradiction({ file, roots, effect, ignored, tabs }, event, reached) {
	const steps = event.steps.map(({ step }) => step);
	for (const { tab, url, state, project, shown } of tabs) {
		const says = `why ${url} says ${shown.root ?? `none: ${shown.reason}`}`;
		if (!['live', 'none'].includes(state)) {
			continue; // it keeps its project while its server is down
		}
		if (shown.root !== project) {
			return `the tab ${tab} shows ${project ?? 'none'}, but ${says}`;
		}
		if (reached.includes(tab) && shown.root !== event.project) {
			return `a save in ${event.project} reached the tab ${tab}, but ${says}`;
		}
	}
	if (event.project && !roots.includes(event.project)) {
		return `the save belongs to ${event.project}, but why ${file} says ${roots.join(', ') || 'none'}`;
	}
	if (Boolean(ignored) !== steps.includes('ignored')) {
		return `why ${file} says ${ignored ?? 'that it is not ignored'}, but the save has the steps ${steps.join(' ')}`;
	}
	const count = Number(/(\d+) tabs?/.exec(effect ?? '')?.[1] ?? 0);
	if (reached.length > count) {
		return `number of tabs that the save reached: ${reached.length}, but why ${file} says: ${effect}`;
	}
	return event.closed && reached.length < count && !steps.some((step) => ENDS.includes(step))
		? `number of tabs that the save reached: only ${reached.length}, but why ${file} says: ${effect}`
		: undefined;
}

export class WhyWitness {
	#world;
	/** @type {Said[]} */
	#asked = [];
	/** The clients of the test's own that stand for browsers. @type {Set<import('./wire-client.js').Client>} */
	clients = new Set();

	/** @param {import('./world.js').World} world */
	constructor(world) {
		this.#world = world;
	}

	/** @param {string} what @returns {Promise<any>} */
	async #explain(what) {
		const [answer] = await this.#world.bus.call({ member: 'Explain', signature: 'sa{sv}', body: [what, {}] });
		return answer;
	}

	/** @returns {Promise<Tab[]>} */
	async #tabs() {
		return (await this.#world.bus.tabs()).slice(0, TABS_MAX);
	}

	/**
	 * @param {string[]} files
	 * @param {() => Promise<number>} save
	 * @returns {Promise<number>} the event
	 */
	async saved(files, save) {
		if (files.length !== 1) {
			return save();
		}
		const tabs = [];
		// For a tab whose project is not known yet, the answer could take seconds.
		for (const tab of (await this.#tabs()).filter(({ state }) => state !== 'looking')) {
			const { projects: [project], reason } = await this.#explain(tab.url);
			tabs.push({ ...tab, shown: { root: project?.root, reason } });
		}
		const { projects } = await this.#explain(files[0]);
		// A tab that has changed meanwhile says nothing.
		const now = await this.#tabs();
		const same = tabs.filter(({ browser, tab, url, state, project }) => now.some((one) =>
			one.browser === browser && one.tab === tab && one.url === url && one.state === state && one.project === project));
		const serial = await save();
		if (projects.length <= 1) {
			const [{ root = undefined, effect = undefined, ignored = undefined } = {}] = projects;
			this.#asked.push({ file: files[0], roots: root ? [root] : [], effect, ignored, tabs: same, serial });
		}
		return serial;
	}

	/** Compares. */
	async check() {
		const asked = this.#asked.splice(0);
		if (!asked.length || !await this.#world.bus.daemonRuns()) {
			return;
		}
		/** @type {Event[]} */
		const events = await this.#world.bus.events();
		for (const said of asked) {
			const event = events.find(({ serial }) => serial === said.serial);
			if (!event) {
				continue; // older events are forgotten
			}
			const reached = new Set(event.steps.flatMap(({ step, tab }) => (tab === undefined || step === 'gone' ? [] : [tab])));
			for (const { log } of this.clients) {
				for (const { event: { type, event: serial, tabs } } of log.all) {
					(type === 'reload' && serial === event.serial ? tabs : []).forEach((/** @type {number} */ tab) => reached.add(tab));
				}
			}
			const wrong = contradiction(said, event, [...reached]);
			if (wrong) {
				throw new Error(`why and save differ: ${wrong}; ${JSON.stringify(event.steps)}`);
			}
		}
	}

	/** Compares, before the daemon ends: it forgets its events, and the next one numbers them from 1. */
	async end() {
		await this.check();
		this.clients.clear();
	}
}
