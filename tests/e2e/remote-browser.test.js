// SPDX-License-Identifier: MIT
//
// In both browsers, with the real ssh: a tab whose port ssh -L maps to another one, several daemons,
// and a choice between two that know the same page.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { whileAlive } from '../lib/children.js';
import { until } from '../lib/events.js';
import { Forward } from '../lib/forward.js';
import { BROWSERS, heading, missing } from '../lib/live.js';
import { answers, freePort } from '../lib/ports.js';
import { noSshd, siteOf, startSshd } from '../lib/sshd.js';
import { LONG, SAVECAST, World } from '../lib/world.js';

/** @typedef {import('../lib/live.js').Browser} Browser */
/** @typedef {import('../lib/live.js').Page} Page */

/** @param {Browser} browser @param {Page} page @param {RegExp} title */
const shows = (browser, page, title) => until(`${title}`, async () => {
	await page.activate();
	const face = await browser.activeIcon();
	if (!title.test(face.title)) {
		throw new Error(face.title);
	}
	return face;
});

for (const which of BROWSERS) {
	test(`${which}: a port that ssh maps, several daemons, and a choice that is kept`, { skip: missing(which) || noSshd() || (which === 'firefox' && !LONG && 'with --long') }, async t => {
		const [here, web] = [await World.open(t), await World.open(t)];
		await Promise.all([here, web].map((world) => world.startDaemon()));
		const { there: account } = await startSshd(here);
		const { port } = await siteOf(here, account);
		const forward = await Forward.open(here, 'devbox', [...account.ssh(), SAVECAST, 'stdio']);
		const mapped = await freePort();
		const [ssh, ...args] = account.ssh();
		const tunnel = here.children.start('tunnel', [ssh, '-N', '-L', `${mapped}:localhost:${port}`, ...args], { env: here.env });
		await whileAlive(tunnel, until('the tunnel', () => answers('127.0.0.1', mapped)));
		const local = await here.site('here', { 'index.html': '<h1>local</h1>' });
		// Another daemon that also knows the same page.
		const claim = await web.folder('claim', { 'index.html': 'x', '.savecast': `[savecast]\n\turl = http://localhost:${port}\n` }, { git: true });
		assert.equal((await web.savecast('track', claim)).status, 0);
		await web.trust(claim);

		const browser = await here.browser(which);
		const daemons = [{ id: 'd', name: 'devbox', port: forward.port }, { id: 'w', name: 'web', port: web.port }];
		await browser.evaluateInWorker(`chrome.storage.local.set(${JSON.stringify({ daemons: daemons.slice(0, 1) })})`);
		const page = await browser.newPage(`http://localhost:${mapped}/`);
		await page.clickAction();
		await shows(browser, page, /live: site on devbox: /);
		const own = await browser.newPage(local.url);
		await own.clickAction();
		await shows(browser, own, /live: here: /);

		const save = async (/** @type {string} */ text) => {
			const saved = await account.there(`cd site && echo '<h1>${text}</h1>' >index.html && ${SAVECAST} save index.html`);
			assert.equal(saved.status, 0, saved.stderr);
			await page.activate();
			await until('the new page', async () => await heading(page) === text);
		};
		await save('two');

		if (LONG) {
			// The network fails silently, as after a suspend: ssh hangs, but no connection is closed.
			const [hung] = await forward.commands();
			process.kill(hung, 'SIGSTOP');
			await until('another connection', async () => (await forward.commands()).some((pid) => pid !== hung), { msec: 120000 });
			await shows(browser, page, /live: site on devbox: /);
			await save('after the silence');
			process.kill(hung, 'SIGCONT');
		}

		// The connection is cut: its tab waits, the other one works.
		for (const pid of await account.sessions()) {
			try {
				process.kill(pid, 'SIGKILL');
			} catch {
				// It ended together with the process before it.
			}
		}
		await forward.state('lost', { mark: 0 });
		await writeFile(path.join(local.root, 'index.html'), '<h1>meanwhile</h1>');
		await here.savecast('save', path.join(local.root, 'index.html'));
		await own.activate();
		await until('the reload', async () => await heading(own) === 'meanwhile');
		await until('the tunnel again', async () => {
			if (!await answers('127.0.0.1', mapped)) {
				here.children.start('tunnel-again', [ssh, '-N', '-L', `${mapped}:localhost:${port}`, ...args], { env: here.env });
			}
			return answers('127.0.0.1', mapped);
		}, { every: 500 });
		await shows(browser, page, /live: site on devbox: /);
		await save('three');

		// A second daemon that knows the page does not take over the tab, but the user may choose that daemon.
		await browser.evaluateInWorker(`chrome.storage.local.set(${JSON.stringify({ daemons })})`);
		const { tab } = await shows(browser, page, /live: site on devbox: /);
		const popup = await browser.newPage(browser.extensionUrl(`ui/popup.html?tab=${tab}`));
		await until('the choice', async () => /web: knows this page/.test(await popup.evaluate('document.getElementById("daemon").textContent')));
		await popup.evaluate(`(() => { const list = document.getElementById('daemon'); list.value = 'w'; list.dispatchEvent(new Event('change')); })()`);
		await popup.close();
		await shows(browser, page, /live: claim on web: /);
		const later = await browser.newPage(`http://localhost:${mapped}/`);
		await later.clickAction();
		await shows(browser, later, /live: claim on web: /);
	});
}
