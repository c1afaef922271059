// SPDX-License-Identifier: MIT
//
// Random pages, and saves of the files that they use: what is shown is never older than what the log
// says. SAVECAST_LONG makes 1,000 saves in each browser, and goes on after a failure. SAVECAST_SEED=N
// starts with another seed, SAVECAST_SAVES=6 makes only the saves of this seed: 17 runs of 60 saves, with
// the seeds 1, 11, 21 and so on, make those of a long run.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { until } from '../lib/events.js';
import { BROWSERS, missingOrLong, pageScriptsReady, switchOn, words } from '../lib/live.js';
import { randomPages, STATES, tools } from '../lib/random-page.js';
import { LONG, TOP, World } from '../lib/world.js';

const SAVES = Number(process.env.SAVECAST_SAVES ?? (LONG ? 1000 : 8));
const SEED = Number(process.env.SAVECAST_SEED ?? 1);
const SAVES_OF_A_PAGE = 6;
/** The number in each file at first. */
const FIRST = 10;

/**
 * The two pages of a seed in a tab that is on.
 */
class Visit {
	/** The page that the tab shows, and those that it showed before. @type {number[]} */
	#shown = [];
	/** @type {Record<string, number>} the number in each file */
	#numbers = {};

	/**
	 * @param {World} world
	 * @param {import('../lib/live.js').Browser} browser
	 * @param {import('../lib/live.js').Page} page
	 * @param {{root: string, url: string, other: string}} site
	 * @param {number} seed
	 */
	constructor(world, browser, page, site, seed) {
		this.browser = browser;
		this.world = world;
		this.page = page;
		this.site = site;
		this.seed = seed;
		/** The event for which the reload of a page that answers a form is pending, or 0. */
		this.waits = 0;
		/** The event of the last save. */
		this.last = 0;
		this.made = randomPages(seed, `s${seed}`, site.other);
		this.tools = tools(seed + 1000000);
	}

	/** @param {string} name @param {string | Buffer} content */
	async #write(name, content) {
		await mkdir(path.dirname(path.join(this.site.root, name)), { recursive: true });
		await writeFile(path.join(this.site.root, name), content);
	}

	async begin() {
		const { saved, files, routes, headers } = this.made;
		for (const [name, content] of Object.entries(saved)) {
			this.#numbers[name] = FIRST;
			await this.#write(name, content(FIRST));
		}
		for (const [name, content] of [...Object.entries(files), ['.routes', JSON.stringify(routes)], ['.headers', JSON.stringify(headers)]]) {
			await this.#write(name, content);
		}
		await this.#open(0);
		await this.#check('at first');
	}

	get #at() {
		return this.made.pages[/** @type {number} */ (this.#shown.at(-1))];
	}

	/** Waits until the page is there, and the page scripts if it can have any. @param {() => Promise<unknown>} go */
	async #arrive(go) {
		await this.page.evaluate('(window.old = true, 1)').catch(() => {});
		await go();
		await until(`seed ${this.seed}: ${this.#at.name}`, async () => await this.page.evaluate(
			`window.old === undefined && location.pathname === '/${this.#at.name}' && document.readyState === 'complete'`).catch(() => false));
		if (this.#at.hasState) {
			await pageScriptsReady(this.browser);
		}
		if (this.waits) {
			// The next page may be reloaded for it.
			await this.#ends(this.waits);
			this.waits = 0;
		}
	}

	/** @param {number} i */
	async #open(i) {
		this.#shown.push(i);
		const url = `${this.site.url}${this.#at.name}`;
		await this.#arrive(() => (this.#at.answersForm && this.#shown.length > 1
			? this.page.evaluate(`(setTimeout(() => { const form = document.createElement('form'); form.method = 'post'; form.action = ${JSON.stringify(url)};
				document.documentElement.append(form); form.submit(); }, 1), 1)`)
			: this.page.goto(url)));
	}

	/** @param {string} when */
	async #check(when) {
		if (this.waits) {
			return;
		}
		for (const { file, way, shown } of this.#at.uses) {
			await until(`seed ${this.seed}, ${when}: ${file} by ${way}: ${this.#numbers[file]}`, async () => {
				assert.equal(await this.page.evaluate(shown), this.#numbers[file]);
				return true;
			});
		}
	}

	/** @param {number} event @param {string} [step] that is enough @returns {Promise<any>} the event, when it has ended */
	#ends(event, step = 'closed') {
		return until(`seed ${this.seed}: the end of event ${event}`, async () => {
			const told = (await this.world.bus.events(event - 1)).find((/** @type {any} */ one) => one.serial === event);
			return (told?.closed || words(told).includes(step)) && told;
		});
	}

	/** @returns {Promise<number>} how many reloads for the last save have begun or ended */
	async #reloads() {
		const told = (await this.world.bus.events(Math.max(0, this.last - 1))).find((/** @type {any} */ one) => one.serial === this.last);
		return words(told ?? { steps: [] }).filter((step) => ['reloading', 'loaded'].includes(step)).length;
	}

	/** @returns {Promise<string>} the last step */
	async save() {
		const { next, pick } = this.tools;
		const { saved } = this.made;
		// In Firefox, a viewer cannot know what the cache has for the pages.
		const file = this.#at.hasState ? pick(Object.keys(saved)) : this.#at.name;
		const n = ++this.#numbers[file];
		const [what, set, holds] = pick(STATES);
		const { hasState } = this.#at, before = await this.#reloads();
		if (hasState) {
			await this.page.evaluate(`(${set(n)}, 1)`);
		}
		await this.#write(file, saved[file](n));
		const event = await this.world.bus.saved(path.join(this.site.root, file)), told = await this.#ends(event, 'pending');
		const { step, text } = told.steps.filter((/** @type {any} */ one) => one.step !== 'problem').at(-1);
		assert.match(step, this.#at.answersForm ? /^(swapped|patched|unused|pending)$/ : /^(swapped|patched|loaded|unused)$/, `seed ${this.seed}: ${JSON.stringify(told.steps)}`);
		this.waits = step === 'pending' ? event : this.waits;
		await this.#check(`save of ${file}: ${step}: ${text}`);
		// If the page was still being reloaded for an earlier save, as a page from the cache is, nothing was done in a page that stayed.
		if (hasState && before === await this.#reloads()) {
			await until(`seed ${this.seed}: what the user did: ${what}`, async () => await this.page.evaluate(holds(n)));
		}
		this.last = event;
		if (next() < 0.4) {
			await this.#leave(pick(['other', 'other', 'back', 'reload']));
		}
		return step;
	}

	/** @param {string} how */
	async #leave(how) {
		const before = this.#shown.at(-2);
		if (how === 'reload' && !this.#at.answersForm) {
			await this.#arrive(() => this.page.evaluate('(setTimeout(() => location.reload(), 1), 1)'));
		} else if (how === 'back' && before !== undefined && !this.made.pages[before].answersForm) {
			this.#shown.pop();
			await this.#arrive(() => this.page.evaluate('(setTimeout(() => history.back(), 1), 1)'));
		} else {
			await this.#open(1 - /** @type {number} */ (this.#shown.at(-1)));
		}
		await this.#check(`after ${how}`);
	}
}

for (const which of BROWSERS) {
	test(`${which}: after ${SAVES} saves of random files, no page shows an old one`, { skip: missingOrLong(which), timeout: 3600000 }, async t => {
		const world = await World.open(t);
		await world.startDaemon();
		// Of files that are not in such a folder, a tab rarely knows that it does not use them.
		const root = path.join(await world.folder('site', { 'static/index.html': '<h1>site</h1>' }, { git: true }), 'static');
		const serve = (/** @type {string} */ name) => world.serve(name, root, (port) => [process.execPath, path.join(TOP, 'tests/lib/site-server.js'), String(port)]);
		const [site, other] = [await serve('site'), await serve('other')];
		const browser = await world.browser(which, { grant: ['http://localhost/*'] });
		const on = async () => {
			const page = await browser.newPage(site.url);
			await switchOn(world, page);
			return page;
		};
		let done = 0;
		/** @type {Record<string, number>} */
		const outcomes = {};
		/** @type {string[]} */
		const failures = [];
		for (let seed = SEED; done < SAVES; seed++) {
			const before = done;
			// In Chromium, a tab that was reloaded past the cache does not use it for some time.
			const page = await on();
			try {
				const visit = new Visit(world, browser, page, { root, url: site.url, other: other.url }, seed);
				await visit.begin();
				for (let n = 0; n < SAVES_OF_A_PAGE && done < SAVES; n++, done++) {
					const end = await visit.save();
					outcomes[end] = (outcomes[end] ?? 0) + 1;
				}
			} catch (error) {
				if (!LONG) {
					throw error;
				}
				failures.push(`save ${done - before + 1} of seed ${seed}, after ${done} saves: ${/** @type {Error} */ (error).message}`);
				console.error(failures.at(-1));
				done = before + SAVES_OF_A_PAGE;
			}
			await page.close();
		}
		t.diagnostic(JSON.stringify(outcomes));
		assert.deepEqual(failures, []);
		// In a part of the seeds, there may be none.
		const isPart = process.env.SAVECAST_SAVES !== undefined || process.env.SAVECAST_SEED !== undefined;
		assert.ok(isPart || (outcomes.swapped ?? 0) > done / 50, `style sheets and pictures are rarely replaced: ${JSON.stringify(outcomes)}`);
	});
}
