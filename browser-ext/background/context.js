// SPDX-License-Identifier: MIT
//
// The objects that the background consists of, one of each, connected to each other, and the
// functions that concern several of them. handlers.js (browser and daemon) and user-actions.js
// (the user) call them.

import { loadSettings } from '../common/settings.js';
import { siteOf } from '../common/site.js';
import { hello } from '../link/identity.js';
import { Daemons } from './daemons.js';
import { Frames } from './frames.js';
import { decideIcon, refusalIcon, showIcon, withFrames, withProblems } from './icon.js';
import { Navigation } from './navigation.js';
import { NextPages } from './next-pages.js';
import { PastCache } from './past-cache.js';
import { PageProblems } from './problems.js';
import { framesOf, isFrame, tabOf } from './places.js';
import { Progress } from './progress.js';
import { Reloads } from './reload.js';
import { ReportLog } from './report-log.js';
import { Screenshots } from './screenshot.js';
import { StateTransfer } from './state-transfer.js';
import { Tabs } from './tabs.js';
import { Updaters } from './updaters.js';

export const tabs = new Tabs();
export const progress = new Progress();
const transfer = new StateTransfer();
const pastCache = new PastCache();
const nextPages = new NextPages(tabs, progress, pastCache);
export const reportLog = new ReportLog({
	post: (daemon, report) => daemons.send(daemon, report),
	isUp: (daemon) => daemons.isUp(daemon),
	daemonOf: (id) => daemons.of(id),
	noted: (id) => shown(tabOf(id)),
});
export const problems = new PageProblems({
	tabs, progress, post: (message) => daemons.send(daemons.of(message.tab), message),
});
export const screenshots = new Screenshots({ tabs, post: (daemon, message) => daemons.send(daemon, message) });

/** @param {import('../link/protocol.js').Report[]} reports */
export function send(reports) {
	reportLog.send(reports);
	for (const { tab, event, step } of reports) {
		if (step === 'loaded') {
			problems.loaded(tab, event).catch(() => {}); // Its tab is gone.
		}
	}
}

export const navigation = new Navigation({
	tabs, progress, transfer, pastCache, nextPages, send, watch, unwatch, show, paused: (id) => frames.removeAll(id), safe: (id) => releaseIfDue(id, 'safe'),
	complete: (id) => (reloads.complete(id), nextPages.refresh(id)), unreadable: (id) => updaters.unknown(id), shownAgain: (id, event) => reloads.shownAgain(id, event),
	shownOld: (id, event) => reloads.complete(id, { event, changes: [{ path: '', kind: 'page' }] }),
});
export const updaters = new Updaters({ tabs, post: (message) => daemons.send(daemons.of(message.tab), message) });
export const reloads = new Reloads({
	tabs, progress, transfer, pastCache, nextPages, send, show, updaters,
	observed: (id, tab) => navigation.moved(id, tab.url, 'none'),
	pause: (id, why) => navigation.pause(id, why),
	hidden: () => settings.hidden,
	mayPatch: (url) => !settings.unpatched.includes(siteOf(url)),
});
export const frames = new Frames({ tabs, progress, navigation, transfer, updaters, pastCache, send, watch, forget });
/** @type {Daemons} */
export let daemons;
/** @type {import('../common/settings.js').Settings} */
export let settings;
/** @type {(id?: number) => void} */
let shown = () => {};

/**
 * To be awaited before anything else here is used.
 *
 * @param {import('./daemons.js').Handlers['message']} message handles the daemons' messages
 * @returns {Promise<boolean>} whether the browser has just started
 */
export async function build(message) {
	const [loaded, starts] = await Promise.all([loadSettings(), tabs.load()]);
	settings = loaded;
	daemons = new Daemons(tabs, {
		hello: () => hello(loaded.profile),
		message,
		answered: (answer) => reportLog.answered(answer),
		changed: (id) => {
			frames.answered(id);
			problems.deliver(id);
			updaters.deliver(id);
			listen();
			show(id);
		},
		leaves: (id, to) => {
			send(progress.end(id, 'skipped', to === undefined ? 'the tab has no project now' : 'the tab belongs to another daemon now'));
			tabs.set(id, { pending: undefined });
			reportLog.forget(id);
		},
	});
	pastCache.start();
	daemons.configure(settings.daemons);
	return starts;
}

/** @param {import('../common/settings.js').Settings} changed */
export function settingsChanged(changed) {
	settings = changed;
	daemons.configure(changed.daemons);
	shown();
}

/** @param {number} id */
export function watch(id) {
	daemons.watch(id);
}

/** @param {number} id */
function unwatch(id) {
	daemons.unwatch(id);
}

/**
 * @param {number} id of a tab that is off now
 * @param {boolean} [withWindow] its window closes as well
 */
export function forget(id, withWindow) {
	if (!isFrame(id)) {
		frames.removeAll(id);
	}
	const tab = tabOf(id);
	transfer.forget(id);
	pastCache.forget(id);
	nextPages.forget(id);
	reportLog.forget(id);
	problems.forget(id);
	updaters.remove(id);
	if (tabs.remove(id, withWindow)) {
		unwatch(id);
		listen();
	}
	if (isFrame(id)) {
		show(tab);
	}
}

function listen() {
	problems.listen().catch((error) => console.warn(`problems: ${error}`));
}

/**
 * @param {number} id
 * @param {'shown' | 'safe'} condition that holds now, for which its pending reload may have waited
 */
export function releaseIfDue(id, condition) {
	// A tab that has been closed meanwhile needs no reload.
	reloads.releaseIfDue(id, condition).catch(() => {});
	if (condition === 'shown') {
		framesOf(id).forEach((frame) => releaseIfDue(frame, condition));
	}
}

/** @param {number} id */
function iconOf(id) {
	const { link, port, name } = daemons.connection(id);
	const own = withProblems(decideIcon(tabs.get(id), link, port, name), problems.of(id));
	return withFrames(own, followed(id).map(({ url, answer, pending }) => ({ url, icon: decideIcon({ url, answer, pending }, link, port, name) })));
}

/** @param {number} tab @returns {import('./tabs.js').TabEntry[]} its frames that are updated on their own */
function followed(tab) {
	return framesOf(tab).map((id) => tabs.get(id)).filter((entry) => entry !== undefined && entry.answer !== undefined)
		.filter((entry) => entry?.answer?.cause !== 'with-tab').map((entry) => /** @type {import('./tabs.js').TabEntry} */ (entry));
}

/** @param {number} id */
export function show(id) {
	const tab = tabOf(id);
	if (tab >= 0) {
		showIcon(tab, iconOf(tab));
		shown(tab);
	}
}

/**
 * @param {number} id
 * @param {string} why it cannot be switched on
 */
export function showRefusal(id, why) {
	showIcon(id, refusalIcon(why));
	shown(id);
}

/** @param {(id?: number) => void} listener called with the tab that has changed; without one, all may have */
export function onShown(listener) {
	shown = listener;
}

/**
 * What the popup shows of a tab.
 *
 * @param {number} id
 */
export function describe(id) {
	const entry = tabs.get(id);
	return {
		entry,
		icon: iconOf(id),
		...daemons.connection(id),
		daemons: daemons.list(entry),
		sites: settings.sites,
		unpatched: settings.unpatched,
		asked: settings.asked,
		frames: followed(id).map(({ url, answer }) => ({ url, state: answer?.state ?? 'looking', project: answer?.project, reason: answer?.reason ?? '' })),
		events: [id, ...framesOf(id)].flatMap((one) => reportLog.of(one).map((event) => ({ ...event, frame: isFrame(one) ? tabs.get(one)?.url : undefined })))
			.sort((a, b) => b.at - a.at),
		problems: problems.of(id),
	};
}
