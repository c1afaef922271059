// SPDX-License-Identifier: MIT

import { api } from '../common/api.js';
import { LOCAL, MAX_DAEMONS, loadSettings, rememberSite, saveDaemons, saveSettings } from '../common/settings.js';
import { siteName, sitePattern } from '../common/site.js';
import { codeOf, forgetKey, loadKey } from '../link/proof.js';

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

async function show() {
	const { port, hidden, sites, daemons } = await loadSettings();
	byId('port').value = port;
	byId('hidden').checked = hidden === 'wait';
	const key = await loadKey(LOCAL);
	byId('unpaired').hidden = key !== undefined;
	byId('paired').hidden = key === undefined;
	byId('code').textContent = key ? await codeOf(key) : '';
	byId('others').replaceChildren(...await Promise.all(
		daemons.filter(({ id }) => id !== LOCAL).map(daemonItem)));
	byId('none').hidden = sites.length > 0;
	byId('sites').replaceChildren(...sites.map((site) => {
		const item = document.createElement('li');
		const button = document.createElement('button');
		button.textContent = 'Forget';
		button.setAttribute('aria-label', `Forget ${siteName(site)}`);
		button.onclick = async () => {
			await rememberSite(site, false);
			await removePermission(site);
			await saved();
		};
		item.append(`${siteName(site)} `, button);
		return item;
	}));
}

/**
 * The browser's permission is for all ports of a host: it stays while another site needs it.
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
 * @param {string} label for a screen reader
 * @param {() => Promise<unknown>} act
 */
function button(text, label, act) {
	const made = document.createElement('button');
	made.textContent = text;
	made.setAttribute('aria-label', label);
	made.onclick = async () => {
		await act();
		await saved();
	};
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
		? ['paired with ', code, ' ', button('Pair again', `Pair again with ${name}`, () => forgetKey(id))]
		: ['not paired yet']), ' ', button('Remove', `Remove ${name}`, async () => {
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
byId('pair').onclick = async () => {
	await forgetKey(LOCAL);
	await saved();
};
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
await show();
