// SPDX-License-Identifier: MIT
//
// The popup of one tab: shows what the background says of it, and asks the background to act.

import { toAddress } from '../common/address.js';
import { api } from '../common/api.js';
import { rememberSite } from '../common/settings.js';
import { hasSite, setWish, siteName, siteOf, sitePattern } from '../common/site.js';
import { adviceFor, failureOf, reasonOf, stateName } from './advice.js';
import { eventItem } from './popup-story.js';

/** @typedef {ReturnType<typeof import('../background/parts.js').describe>} Description */

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

const given = new URLSearchParams(location.search).get('tab');
const tab = given === null
	? (await api.tabs.query({ active: true, currentWindow: true }))[0]
	: await api.tabs.get(Number(given)).catch(() => undefined);
const id = tab?.id ?? -1;
const port = api.runtime.connect({ name: String(id) });
/** @type {Description | undefined} */
let last;

/** @param {Description} now */
async function show(now) {
	last = now;
	const { entry, face, events } = now;
	byId('icon').src = `../icons/${face.icon}.svg`;
	byId('state').textContent = stateName(now);
	byId('reason').textContent = reasonOf(now);
	showAdvice(adviceFor(now) ?? []);
	const said = failureOf(now)?.said ?? '';
	byId('said').hidden = !said;
	byId('said').textContent = said;
	const on = entry !== undefined && entry.paused === undefined;
	byId('toggle').hidden = false;
	byId('toggle').textContent = on ? 'Switch off' : 'Switch on';
	byId('reload').hidden = !on;
	byId('story').hidden = !events.length;
	showEvents(events);
	await showSite(now);
}

/** @param {import('./advice.js').Advice} advice is read aloud when it comes: so only what is new */
function showAdvice(advice) {
	if (byId('advice').textContent === advice.map(({ text }) => text).join('')) {
		return;
	}
	byId('advice').hidden = !advice.length;
	byId('advice').replaceChildren(...advice.map(({ text, code }) => {
		const element = document.createElement(code ? 'code' : 'span');
		element.textContent = text;
		return element;
	}));
}

/** @param {import('../background/history.js').Told[]} events what is open stays so, and the focus where it is */
function showEvents(events) {
	const open = new Set([...document.querySelectorAll('#events details[open]')].map((one) => one.id));
	const focus = document.activeElement?.closest('#events details')?.id;
	byId('events').replaceChildren(...events.map((told, i) => eventItem(told, open.size ? open : i === 0)));
	if (focus) {
		byId(focus)?.querySelector('summary').focus();
	}
}

/** @param {Description} now */
async function showSite({ entry, sites }) {
	const address = toAddress(tab?.url ?? entry?.url);
	byId('site').hidden = 'why' in address;
	if ('why' in address) {
		return;
	}
	const site = siteOf(address.url);
	for (const element of document.querySelectorAll('.site')) {
		element.textContent = siteName(site);
	}
	const leave = await hasSite(address.url);
	byId('leave').hidden = leave;
	byId('remember').checked = leave && sites.includes(site);
	// That would be written down, and outlive the private window.
	byId('remember-row').hidden = Boolean(tab?.incognito);
}

/**
 * In the click itself: a browser takes no later moment for the person's wish. Its question closes
 * this popup in Chromium, so a yes is heard by the background; what comes after it is Firefox's.
 *
 * @param {string} url
 * @param {string} [wish] a site to remember
 */
async function ask(url, wish) {
	const asked = api.permissions.request({ origins: [sitePattern(url)] });
	await setWish(wish);
	if (!await asked) {
		await setWish(undefined);
	}
	if (last) {
		await show(last);
	}
}

byId('toggle').onclick = () => {
	const on = last?.entry !== undefined && last.entry.paused === undefined;
	port.postMessage({ to: on ? 'off' : 'on', url: tab?.url, incognito: tab?.incognito });
};
byId('reload').onclick = () => port.postMessage({ to: 'reload', url: tab?.url });
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
	if (on && !byId('leave').hidden) {
		ask(url, site);
	} else {
		rememberSite(site, on);
	}
};
port.onMessage.addListener(show);
