// SPDX-License-Identifier: MIT

import { api } from '../common/api.js';
import { LOCAL, MAX_DAEMONS, loadSettings, rememberSite, saveDaemons, saveSettings } from '../common/settings.js';
import { siteName, sitePattern } from '../common/site.js';
import { codeOf, forgetKey, loadKey } from '../link/proof.js';

/** How long a question waits for the second click. */
const QUESTION_MSEC = 5000;

/**
 * The text and the icon of each state of a connection.
 *
 * @type {Record<import('../link/socket.js').Link, [string, string]>}
 */
const LINKS = {
	idle: ['looking', 'Not connected: no tab is switched on.'],
	connecting: ['looking', 'Connecting…'],
	up: ['live', 'Connected.'],
	down: ['disconnected', 'Not connected: no savecastd answers on this port.'],
	refused: ['disconnected', 'Not connected: the program that listens on this port does not accept this browser.'],
	foreign: ['disconnected', 'Not connected: the program that listens on this port is not the paired daemon.'],
	unconfirmed: ['disconnected', 'Not connected: the daemon does not know this browser yet. The popup shows how to accept it.'],
	replaced: ['disconnected', 'Not connected: another browser with a copy of this profile took over.'],
};

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/**
 * For what cannot be undone: the first click asks, the second one acts.
 *
 * @param {HTMLButtonElement} button
 * @param {string} question
 * @param {() => Promise<unknown>} act
 */
function askFirst(button, question, act) {
	const { textContent: label } = button;
	const reset = () => {
		delete button.dataset.asked;
		button.textContent = label;
	};
	button.onclick = async () => {
		if (button.dataset.asked) {
			reset();
			await act();
			await saved();
		} else {
			button.dataset.asked = 'yes';
			button.textContent = question;
			setTimeout(reset, QUESTION_MSEC);
		}
	};
}

async function show() {
	const { port, hidden, ask, sites, daemons } = await loadSettings();
	byId('port').value = port;
	byId('hidden').checked = hidden === 'wait';
	byId('ask').checked = ask;
	const key = await loadKey(LOCAL);
	byId('unpaired').hidden = key !== undefined;
	byId('paired').hidden = key === undefined;
	byId('pair').hidden = key === undefined;
	byId('code').textContent = key ? await codeOf(key) : '';
	byId('others').replaceChildren(...await Promise.all(
		daemons.filter(({ id }) => id !== LOCAL).map(daemonItem)));
	byId('none').hidden = sites.length > 0;
	byId('sites').replaceChildren(...sites.map((site) => {
		const item = document.createElement('li');
		const button = document.createElement('button');
		button.textContent = 'Forget';
		button.setAttribute('aria-label', `Forget ${siteName(site)}`);
		askFirst(button, 'Forget, and withdraw the permission?', async () => {
			await rememberSite(site, false);
			await removePermission(site);
		});
		item.append(`${siteName(site)} `, button);
		return item;
	}));
}

/**
 * The browser's permission covers all ports of a host: it stays while another site needs it.
 *
 * @param {string} site that was forgotten
 */
async function removePermission(site) {
	const pattern = sitePattern(site);
	const { sites } = await loadSettings();
	if (!sites.map(sitePattern).includes(pattern)) {
		await api.permissions.remove({ origins: [pattern] }).catch(() => {});
	}
}

/**
 * @param {string} text
 * @param {string} question
 * @param {string} label for a screen reader
 * @param {() => Promise<unknown>} act
 */
function button(text, question, label, act) {
	const made = document.createElement('button');
	made.textContent = text;
	made.setAttribute('aria-label', label);
	askFirst(made, question, act);
	return made;
}

/** @param {import('../common/settings.js').Daemon} daemon */
async function daemonItem({ id, name, port }) {
	const item = document.createElement('li');
	const key = await loadKey(id);
	const code = document.createElement('code');
	code.textContent = key ? await codeOf(key) : '';
	item.dataset.daemon = id;
	item.append(`${name}, port ${port}: `, ...(key
		? ['paired with ', code, ' ', button('Pair again', 'Forget its key?', `Pair again with ${name}`, () => forgetKey(id))]
		: ['not paired yet']), ' ', button('Remove', 'Remove it?', `Remove ${name}`, async () => {
		await saveDaemons((await loadSettings()).daemons.filter((one) => one.id !== id));
		await forgetKey(id);
	}));
	return item;
}

async function saved() {
	await show();
	byId('saved').textContent = 'Saved.';
}

byId('port').onchange = async () => {
	if (byId('port').reportValidity()) {
		await saveSettings({ port: Number(byId('port').value) });
		await saved();
	}
};
askFirst(byId('pair'), 'Forget this daemon, and pair with the next one that answers?', () => forgetKey(LOCAL));
api.runtime.connect({ name: 'daemons' }).onMessage.addListener((/** @type {{id: string, link: import('../link/socket.js').Link}[]} */ daemons) => {
	const { link = 'idle' } = daemons.find(({ id }) => id === LOCAL) ?? {};
	const [icon, text] = LINKS[link];
	byId('link-icon').src = `../icons/${icon}.svg`;
	byId('link').textContent = text;
});
byId('add').onsubmit = async (/** @type {Event} */ event) => {
	event.preventDefault();
	const { daemons } = await loadSettings();
	const name = byId('add-name').value.trim(), port = Number(byId('add-port').value);
	const same = daemons.find((one) => one.name === name || one.port === port);
	if (!name || same || daemons.length > MAX_DAEMONS) {
		byId('saved').textContent = same ? `${same.name} has this name or port already.`
			: `At most ${MAX_DAEMONS} daemons elsewhere.`;
		return;
	}
	await saveDaemons([...daemons, { id: crypto.randomUUID(), name, port }]);
	byId('add').reset();
	await saved();
};
byId('hidden').onchange = async () => {
	await saveSettings({ hidden: byId('hidden').checked ? 'wait' : 'now' });
	await saved();
};
byId('ask').onchange = async () => {
	await saveSettings({ ask: byId('ask').checked });
	await saved();
};
await show();
