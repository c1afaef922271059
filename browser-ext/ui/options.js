// SPDX-License-Identifier: MIT

import { api } from '../common/api.js';
import { loadSettings, rememberSite, saveSettings } from '../common/settings.js';
import { siteName, sitePattern } from '../common/site.js';
import { codeOf, forgetKey, loadKey } from '../link/proof.js';

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

async function show() {
	const { port, hidden, sites } = await loadSettings();
	byId('port').value = port;
	byId('hidden').checked = hidden === 'wait';
	const key = await loadKey();
	byId('unpaired').hidden = key !== undefined;
	byId('paired').hidden = key === undefined;
	byId('code').textContent = key ? await codeOf(key) : '';
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
	await forgetKey();
	await saved();
};
byId('hidden').onchange = async () => {
	await saveSettings({ hidden: byId('hidden').checked ? 'wait' : 'now' });
	await saved();
};
await show();
