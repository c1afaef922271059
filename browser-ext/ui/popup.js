// SPDX-License-Identifier: MIT
//
// The popup of one tab: shows the tab's state, and sends the background what is clicked.

import { toAddress } from '../common/address.js';
import { api } from '../common/api.js';
import { rememberPatches, rememberSite } from '../common/settings.js';
import { hasPermission, setSiteToRemember, siteName, siteOf, sitePattern } from '../common/site.js';
import { MAX_FRAMES, TAB_STATES } from '../common/tab-states.js';
import { codeOfExtension } from '../link/proof.js';
import { actionFor, adviceFor, failureOf, reasonOf, stateName } from './advice.js';
import { commandElement } from './command.js';
import { eventItem } from './popup-event.js';

/** @typedef {ReturnType<typeof import('../background/context.js').describe>} Description */

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

const given = new URLSearchParams(location.search).get('tab');
const tab = given === null
	? (await api.tabs.query({ active: true, currentWindow: true }))[0]
	: await api.tabs.get(Number(given)).catch(() => undefined);
const id = tab?.id ?? -1;
const code = await codeOfExtension(location.origin);
const port = api.runtime.connect({ name: String(id) });
/** @type {Description | undefined} */
let last;

/** @param {Description} now */
async function show(now) {
	last = now;
	const { entry, icon, events } = now;
	byId('icon').src = `../icons/${TAB_STATES[icon.state].icon}.svg`;
	byId('state').textContent = stateName(now);
	byId('reason').textContent = reasonOf(now);
	showAdvice(adviceFor({ ...now, code }) ?? []);
	const output = failureOf(now)?.said ?? '';
	byId('build-output').hidden = !output;
	byId('build-output').textContent = output;
	const on = entry !== undefined && entry.paused === undefined;
	const action = actionFor(now);
	byId('action').hidden = !action;
	byId('action').textContent = action?.label ?? '';
	byId('action').className = action?.first ? 'first' : '';
	byId('toggle').hidden = !on;
	byId('last-saves').hidden = !events.length;
	showChoices(entry?.paused === undefined ? entry?.answer?.choices : undefined);
	showUntrusted(entry?.paused === undefined ? entry?.answer?.untrusted : undefined);
	showProblems(now.problems);
	showFrames(now.frames, entry?.framesLeft === true);
	showEvents(events);
	showDaemons(now, on);
	await showSite(now);
}

/** @param {import('./advice.js').Advice} advice set only if it is new: a screen reader reads it aloud at each change */
function showAdvice(advice) {
	const text = advice.map(({ text }) => text).join('');
	if (byId('advice').dataset.text === text) {
		return;
	}
	byId('advice').dataset.text = text;
	byId('advice').hidden = !advice.length;
	byId('advice').replaceChildren(...advice.map(({ text, code }) => {
		if (code) {
			return commandElement(text);
		}
		const element = document.createElement('span');
		element.textContent = text;
		return element;
	}));
}

/** @param {import('../link/protocol.js').Choice[]} [choices] projects of servers behind a proxy */
function showChoices(choices = []) {
	byId('project-choice').hidden = !choices.length;
	const chosen = choices.find((choice) => choice.chosen);
	// Only if it has changed: a user may have the list open.
	const text = JSON.stringify(choices);
	if (byId('project').dataset.shown !== text) {
		byId('project').dataset.shown = text;
		byId('project').replaceChildren(...(chosen ? [] : [new Option('Choose…', '')]),
			...choices.map(({ project, port: of, socket }) => new Option(`${project} (${socket ?? `port ${of}`})`, String(of))));
		byId('project').value = String(chosen?.port ?? '');
	}
}

/** @param {import('../link/protocol.js').Untrusted} [untrusted] only what is shown in full can be trusted here */
function showUntrusted(untrusted) {
	byId('trust').hidden = !untrusted;
	if (!untrusted || byId('trust').dataset.revision === String(untrusted.revision)) {
		return;
	}
	const { project, rules, command, revision } = untrusted;
	byId('trust').dataset.revision = String(revision);
	byId('trust-why').textContent = `The .savecast of “${project}” reaches outside its folder. ` +
		'Such settings may come from other people, so they have no effect until you trust them.';
	byId('trust-rules').replaceChildren(...rules.map((rule) => {
		const item = document.createElement('li'), code = document.createElement('code');
		code.textContent = rule;
		item.append(code);
		return item;
	}));
	byId('trust-command').replaceChildren(...(rules.length ? [] : [commandElement(command)]));
	byId('trust-now').hidden = !rules.length;
}

/** @param {Description['problems']} problems */
function showProblems({ count, list }) {
	byId('problems').hidden = count === 0;
	byId('problem-list').replaceChildren(...list.map(({ message, file, line }) => {
		const item = document.createElement('li'), place = document.createElement('span');
		item.textContent = message;
		place.className = 'place';
		place.textContent = file ? `${file}${line ? `:${line}` : ''}` : '';
		item.append(place);
		return item;
	}));
	if (count > list.length) {
		const more = document.createElement('li');
		more.textContent = `and ${count - list.length} more`;
		byId('problem-list').append(more);
	}
}

/**
 * @param {Description['frames']} frames
 * @param {boolean} more whether there are frames that savecast does not follow
 */
function showFrames(frames, more) {
	byId('frames').hidden = !frames.length;
	const texts = frames.map(({ url, state, project, reason }) => ({ text: `${url}: ${state}${project ? `: ${project}` : ''}`, reason }));
	byId('frame-list').replaceChildren(...[...texts, ...(more ? [{ text: `and more: savecast follows the first ${MAX_FRAMES}`, reason: '' }] : [])].map(({ text, reason }) => {
		const item = document.createElement('li'), why = document.createElement('span');
		item.textContent = text;
		why.className = 'place';
		why.textContent = reason;
		item.append(why);
		return item;
	}));
}

/** @param {Description['events']} events open ones stay open, and the focus stays */
function showEvents(events) {
	const open = new Set([...document.querySelectorAll('#events details[open]')].map((one) => one.id));
	const focus = document.activeElement?.closest('#events details')?.id;
	byId('events').replaceChildren(...events.map((logged, i) => eventItem(logged, open.size ? open : i === 0)));
	if (focus) {
		byId(focus)?.querySelector('summary').focus();
	}
}

/**
 * With one daemon there is nothing to choose.
 *
 * @param {Description} now
 * @param {boolean} on
 */
function showDaemons({ entry, daemons }, on) {
	byId('daemon-choice').hidden = !on || daemons.length < 2;
	const options = [{ value: '', text: `Found automatically${entry?.chosen ? '' : ownerText(entry, daemons)}` },
		...daemons.map(({ id: value, name, knows, link }) => ({
			value, text: `${name}${knows ? ': knows this page' : link === 'up' || link === 'idle' ? '' : ': no connection'}`,
		}))];
	// Only if it has changed: a user may have the list open.
	const text = JSON.stringify(options);
	if (byId('daemon').dataset.shown !== text) {
		byId('daemon').dataset.shown = text;
		byId('daemon').replaceChildren(...options.map(({ value, text: label }) => new Option(label, value)));
	}
	byId('daemon').value = entry?.chosen ?? '';
}

/**
 * @param {Description['entry']} entry
 * @param {Description['daemons']} daemons
 */
function ownerText(entry, daemons) {
	const owner = daemons.find(({ id: one }) => one === entry?.daemon);
	return owner ? `: ${owner.name}` : '';
}

/**
 * One sentence.
 *
 * @param {string} name of the site
 * @param {boolean} asked whether the browser has asked the user, without getting the permission
 * @param {boolean} hasScripts whether the click on the icon gave access to the page until it is left
 */
function permissionText(name, asked, hasScripts) {
	const purpose = 'to change pages, styles and images in place, and to keep what you typed when a page reloads';
	return asked ? `savecast does not have permission for ${name}, and will not ask again by itself: click below if you want it ${purpose}.`
		: hasScripts ? `Until this tab leaves the site, styles and images are replaced in place and what you typed is kept; with permission for ${name}, this also works later.`
		: `${purpose.replace(/^t/, 'T')}, savecast needs permission for ${name}.`;
}

/** @param {Description} now */
async function showSite({ entry, sites, unpatched, asked }) {
	const address = toAddress(tab?.url ?? entry?.url);
	byId('site').hidden = 'why' in address;
	if ('why' in address) {
		return;
	}
	const site = siteOf(address.url);
	for (const element of document.querySelectorAll('.site')) {
		element.textContent = siteName(site);
	}
	const allowed = await hasPermission(address.url);
	byId('permission-why').textContent = permissionText(siteName(site), asked.includes(sitePattern(address.url)), entry?.hasScripts === true);
	byId('permission').hidden = allowed;
	byId('remember').checked = allowed && sites.includes(site);
	byId('patch').checked = !unpatched.includes(site);
	// The site would be stored, and nothing of a private window may be stored.
	byId('remember-row').hidden = Boolean(tab?.incognito);
	byId('patch-row').hidden = Boolean(tab?.incognito) || !allowed;
}

/**
 * Must be called in the click's handler: later, the browser refuses to ask the user.
 * Chromium closes this popup when it asks, so the background acts on the permission; only in
 * Firefox does the code after the question run.
 *
 * @param {string} url
 * @param {string} [site] to remember with the permission
 */
async function ask(url, site) {
	const asked = api.permissions.request({ origins: [sitePattern(url)] });
	port.postMessage({ to: 'asked', url, incognito: tab?.incognito });
	await setSiteToRemember(site);
	if (!await asked) {
		await setSiteToRemember(undefined);
	}
	if (last) {
		await show(last);
	}
}

byId('toggle').onclick = () => port.postMessage({ to: 'off' });
byId('action').onclick = () => {
	const action = last && actionFor(last);
	if (action?.to === 'settings') {
		byId('options').click();
	} else if (action) {
		port.postMessage({ to: action.to, url: tab?.url, incognito: tab?.incognito });
	}
};
byId('trust-now').onclick = () => port.postMessage({ to: 'trust', revision: Number(byId('trust').dataset.revision) });
byId('project').onchange = () => byId('project').value && port.postMessage({ to: 'choose', port: Number(byId('project').value) });
byId('daemon').onchange = () => port.postMessage({ to: 'daemon', daemon: byId('daemon').value || undefined });
byId('allow').onclick = () => {
	const url = tab?.url ?? last?.entry?.url;
	if (url) {
		ask(url);
	}
};
byId('remember').onchange = () => {
	const url = tab?.url ?? last?.entry?.url;
	const on = byId('remember').checked;
	if (!url) {
		return;
	}
	const site = siteOf(url);
	if (on && !byId('permission').hidden) {
		ask(url, site);
	} else {
		rememberSite(site, on);
	}
};
byId('patch').onchange = () => {
	const url = tab?.url ?? last?.entry?.url;
	if (url) {
		rememberPatches(siteOf(url), byId('patch').checked);
	}
};
port.onMessage.addListener(show);
