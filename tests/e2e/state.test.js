// SPDX-License-Identifier: MIT
//
// What the user did to a page is restored after a reload.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { FakeDaemon } from '../lib/fake-daemon.js';
import { until } from '../lib/events.js';
import { BROWSERS, pageScriptsReady, missing, missingOrLong, reaches, switchOn } from '../lib/live.js';
import { TOP, World } from '../lib/world.js';

const INDEX = `<!doctype html><title>site</title><style>body { height: 4000px } #inner { height: 60px; overflow: auto }</style>
<input id="text"><textarea id="area"></textarea><input id="check" type="checkbox"><input type="radio" name="r" id="radio">
<select id="one"><option>a<option>b</select><select id="many" multiple><option>a<option>b<option>c</select>
<input id="password" type="password"><input id="card" autocomplete="cc-number"><div id="edit" contenteditable>edit</div>
<details id="details"><summary>s</summary>d</details><dialog id="dialog">d</dialog><div id="popover" popover>p</div>
<div id="inner"><div style="height:900px">x</div></div><p id="prose">some prose to select</p>
<dialog id="modal"><input id="inmodal"></dialog>
<div id="host"><template shadowrootmode="open"><input id="shaded"></template></div>
<iframe id="frame" srcdoc="<body style='height:3000px'><input id=framed>"></iframe>
<form id="form" style="height: 60px; overflow: auto"><input name="id"><div style="height: 900px">x</div></form>
<input id="paid" autocomplete="section-pay billing cc-number"><input id="new_password">
<form id="odd"><input name="children"><input name="matches"><input name="style"><input id="among"></form>
<input id="twin"><input id="twin">`;

const TOUCH = `(() => {
	const by = (id) => document.getElementById(id);
	by('text').value = 'typed'; by('area').value = 'many\\nlines'; by('check').checked = true; by('radio').checked = true;
	by('one').value = 'b'; by('many').options[0].selected = by('many').options[2].selected = true;
	by('password').value = 'secret'; by('card').value = '4111';
	const bold = document.createElement('b');
	bold.textContent = 'edi'; by('edit').replaceChildren(bold, 'ted');
	by('among').value = 'among fields that are named like properties';
	by('paid').value = '4111'; by('new_password').value = 'shown';
	by('host').shadowRoot.getElementById('shaded').value = 'in shadow';
	const frame = by('frame').contentDocument;
	frame.getElementById('framed').value = 'in frame'; frame.documentElement.scrollTop = 700;
	document.querySelectorAll('#twin').forEach((twin, i) => { twin.value = 'twin ' + i; });
	by('details').open = true; by('dialog').show(); by('popover').showPopover();
	by('inner').scrollTop = 300; by('form').scrollTop = 200; scrollTo(0, 1500);
	getSelection().setBaseAndExtent(by('prose').firstChild, 5, by('prose').firstChild, 10);
	by('text').focus({ preventScroll: true }); by('text').setSelectionRange(1, 3);
	return 1;
})()`;

const STATE = `(() => {
	const by = (id) => document.getElementById(id);
	return {
		text: by('text').value, area: by('area').value, check: by('check').checked, radio: by('radio').checked,
		one: by('one').value, many: [...by('many').selectedOptions].map(o => o.value).join(),
		edit: by('edit').innerHTML, details: by('details').open, dialog: by('dialog').open,
		modal: by('dialog').matches(':modal'), popover: by('popover').matches(':popover-open'),
		inner: by('inner').scrollTop, form: by('form').scrollTop, y: Math.round(scrollY),
		among: by('among').value, twins: [...document.querySelectorAll('#twin')].map(({ value }) => value).join(),
		shaded: by('host').shadowRoot.getElementById('shaded').value,
		framed: by('frame').contentDocument.getElementById('framed').value,
		frameY: by('frame').contentDocument.documentElement.scrollTop,
		focus: document.activeElement.id, from: by('text').selectionStart, to: by('text').selectionEnd,
	};
})()`;

for (const which of BROWSERS) {
	const skip = missing(which);

	/**
	 * @param {import('node:test').TestContext} t
	 * @param {object} [headers]
	 */
	const open = async (t, headers = {}) => {
		const world = await World.open(t, { patch: false });
		await world.startDaemon();
		const site = await world.site('site', {
			'index.html': INDEX, '.headers': JSON.stringify(headers),
		});
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await switchOn(world, page);
		await pageScriptsReady(browser);
		let n = 0;
		/** @returns {Promise<number>} the event */
		const save = async () => {
			const file = path.join(site.root, 'index.html');
			await writeFile(file, `${INDEX}<!-- ${++n} -->`);
			return world.bus.saved(file);
		};
		return { world, page, save };
	};

	for (const [name, headers] of /** @type {[string, object][]} */ ([
		['no headers', {}],
		['no-store and a strict policy', {
			'/': { 'Cache-Control': 'no-store', 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; require-trusted-types-for 'script'" },
		}],
	])) {
		test(`${which}: what the user did in a page survives a reload, with ${name}`, { skip }, async t => {
			const { world, page, save } = await open(t, headers);
			for (let round = 1; round <= 2; round++) {
				await page.evaluate(TOUCH);
				const before = await page.evaluate(STATE);
				await page.evaluate('window.old = true');
				const told = await reaches(world, await save(), 'loaded');
				assert.equal(told.steps.at(-1).text, 'answered 200');
				await until('the state', async () => {
					assert.deepEqual(await page.evaluate(STATE), before);
					return true;
				});
				assert.equal(await page.evaluate('window.old === undefined'), true);
				// Only the browser itself could restore these.
				const own = which === 'firefox' && !('/' in headers); // Its own reload keeps text fields.
				for (const id of own ? ['password'] : ['password', 'card', 'paid', 'new_password']) {
					assert.equal(await page.evaluate(`document.getElementById("${id}").value`), '', id);
				}
			}
		});
	}

	test(`${which}: a modal dialog and its field survive a reload`, { skip: missingOrLong(which) }, async t => {
		const { world, page, save } = await open(t);
		await page.evaluate(`(() => { const m = document.getElementById('modal'); m.showModal();
			document.getElementById('inmodal').value = 'x'; document.getElementById('inmodal').focus(); return 1; })()`);
		await reaches(world, await save(), 'loaded');
		await until('the dialog', () => page.evaluate(`document.getElementById('modal').matches(':modal') &&
			document.getElementById('inmodal').value === 'x' && document.activeElement.id === 'inmodal'`));
	});

	// The real daemon would not send the reload: see gate.test.js.
	test(`${which}: if the server does not answer, the reload fails and the page stays`, { skip }, async t => {
		const world = await World.open(t);
		const daemon = new FakeDaemon();
		await daemon.listen(world.port);
		t.after(() => daemon.close());
		const site = await world.site('site', { 'index.html': INDEX, '.headers': '{"/":{"status":503}}' });
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const page = await browser.newPage(site.url);
		await page.clickAction();
		const { tab } = await daemon.heard.next('watch', ({ type }) => type === 'watch', { mark: 0 });
		let event = 0;
		const reload = async () => {
			const mark = daemon.heard.mark;
			daemon.send({ type: 'reload', event: ++event, tabs: [tab] });
			const { step, detail } = await daemon.heard.next('the end', (one) => one.event === event && ['loaded', 'failed', 'stays'].includes(one.step), { mark });
			return `${step}: ${detail}`;
		};
		assert.equal(await reload(), 'failed: answered 503');
		await writeFile(path.join(site.root, '.headers'), '{}');
		assert.equal(await reload(), 'loaded: answered 200');
		site.server.process.kill();
		await site.server.ended;
		assert.equal(await reload(), 'stays: no answer');
		const script = path.join(TOP, 'tests/lib/site-server.js');
		world.children.start('site2', [process.execPath, script, String(site.port)], { cwd: site.root, env: world.env });
		await until('the server', async () => (await fetch(site.url)).ok);
		assert.equal(await reload(), 'loaded: answered 200');
		assert.deepEqual(daemon.heard.all.filter(({ event: one }) => one.type === 'unwatch'), []);
		assert.equal(await page.evaluate('document.getElementById("text") !== null'), true);
	});
}
