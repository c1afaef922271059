// SPDX-License-Identifier: MIT
/**
 * One real server under the real daemon, used as a developer uses it: two saves of a template, one
 * of the code, five more, a syntax error, its fix, two saves in quick succession, a restart by the
 * user, and a save of a template after it. Meanwhile the test sends requests to the server,
 * independently of the daemon, and records what each reload would have shown.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { until } from '../lib/events.js';
import { answers, freePort } from '../lib/ports.js';
import { Client } from '../lib/wire-client.js';
import { listening } from './listening.js';
import { get, Oracle } from './oracle.js';

/** @typedef {import('./oracle.js').Answer} Answer */
/** @typedef {import('./rows.js').Row} Row */
/** @typedef {import('../lib/world.js').World} World */

/**
 * @typedef {{what: string, at: number, marks: string, first?: number, orders: {at: number, got: Answer}[], seen: Answer[], late?: number,
 *   stories: any[], before?: import('./listening.js').Listening, after?: import('./listening.js').Listening}} Step first: since when
 *   the server has answered with the marks, and with nothing else
 */

const pause = (/** @type {number} */ msec) => new Promise(resolve => { setTimeout(resolve, msec); });

const alive = (/** @type {number} */ pid) => existsSync(`/proc/${pid}/cwd`);

/** A step must settle within this time. */
const STEP_MSEC = 14000;
/** How long after settling an unnecessary reload may still follow. */
const AFTER_MSEC = 700;

export class Drive {
	/** @type {Step[]} */
	steps = [];
	#code = 0;
	#page = 0;
	#starts = 0;
	#shown = 'c0 t0';
	#oldUntil = 0;
	#secondLook = /** @type {any} */ (undefined);
	/**
	 * If true, the test does not wait for a reloader's first scan, and the next step must not
	 * depend on it.
	 */
	brief = false;
	/**
	 * When restart() ended the server, until when nothing listened.
	 *
	 * @type {{from: number, to: number}[]}
	 */
	restarts = [];

	/**
	 * @param {World} world with its daemon running
	 * @param {Row} row
	 */
	constructor(world, row) {
		this.world = world;
		this.row = row;
	}

	get marks() { return `c${this.#code} t${this.#page}`; }

	/** The marks of the page that the tab shows; if its last reload failed, how. */
	get shown() {
		const last = this.orders?.at(-1)?.got;
		return last && last.kind !== 'page' ? last.kind : this.#shown;
	}

	get() { return get(/** @type {string} */ (this.url)); }

	async open() {
		const { world, row } = this;
		const files = { ...row.files };
		if (row.code) {
			files[row.code.file] = row.code.text('c0');
		}
		files[row.page.file] = row.page.text('t0', 'c0');
		this.root = await world.folder('site', files, { git: true });
		this.port = await freePort();
		await row.prepare?.(world, this.root, this.port);
		this.url = `http://localhost:${this.port}${row.path ?? '/'}`;
		await this.#start();
		const { url } = this;
		await until('its first page', async () => (await get(url, 5000)).marks === this.marks, { msec: 60000 });
		this.client = new Client(world);
		await this.client.hello();
		const told = await this.client.watch(1, url);
		if (told.state !== 'live') {
			throw new Error(`its tab is ${told.state}: ${told.reason}`);
		}
		this.reason = told.reason;
		/** @type {{at: number, got: Answer}[]} */
		this.orders = [];
		this.client.socket.on('message', data => this.#obey(JSON.parse(String(data))));
		this.oracle = new Oracle(url);
	}

	async #start() {
		const { world, row, port, root } = this;
		const name = `server-${++this.#starts}`;
		this.server = world.children.start(name, row.command(/** @type {number} */ (port), /** @type {string} */ (root)),
			{ cwd: path.join(/** @type {string} */ (root), row.folder ?? '.'), env: { ...world.env, ...row.env } });
		await until(`port ${port}`, () => answers('127.0.0.1', /** @type {number} */ (port)), { msec: 60000, every: 5 });
	}

	/**
	 * Does what the extension does, and records what the page would have shown.
	 *
	 * @param {any} message
	 */
	async #obey(message) {
		if (message.type !== 'reload') {
			return;
		}
		const at = performance.now();
		const report = (/** @type {string} */ step, /** @type {string} */ detail) =>
			this.client?.send({ type: 'report', event: message.event, tab: 1, step, ...(detail && { detail }) });
		report('reloading', '');
		const order = { at, got: /** @type {Answer} */ ({ at, end: 0, kind: 'held', marks: '', connected: 0 }) };
		this.orders?.push(order);
		const before = this.#shown, again = at < this.#oldUntil;
		this.#oldUntil = Math.max(this.#oldUntil, at + (message.old ?? 0));
		order.got = await get(/** @type {string} */ (this.url), 8000);
		if (order.got.end - order.got.at > Math.max(message.old ?? Infinity, 100)) {
			this.#oldUntil = performance.now() + message.old;
		}
		// Like a visible page: requests it until the answer differs.
		while (performance.now() < at + (message.old ?? 0) && (order.got.marks === before || again)) {
			await pause(60);
			order.at = performance.now();
			order.got = await get(/** @type {string} */ (this.url), 8000);
		}
		this.#shown = order.got.kind === 'page' ? order.got.marks : this.#shown;
		if (message.old) {
			clearTimeout(this.#secondLook);
			this.#secondLook = setTimeout(() => this.#lookAgain(), Math.max(0, this.#oldUntil - performance.now()));
		}
		const failed = order.got.kind === 'refused' || order.got.kind === 'reset';
		report(failed ? 'failed' : 'loaded', failed ? 'net::ERR_CONNECTION_REFUSED' : order.got.kind === 'page' ? 'answered 200' : 'answered 500');
	}

	/** The first answer that differed may be that of an earlier save. */
	async #lookAgain() {
		const order = { at: performance.now(), got: await get(/** @type {string} */ (this.url), 8000) };
		if (order.got.kind === 'page' && order.got.marks !== this.#shown) {
			this.orders?.push(order);
			this.#shown = order.got.marks;
		}
	}

	/**
	 * @param {string} what
	 * @param {'code' | 'page' | 'broken'} which
	 * @param {{waits?: boolean}} [options]
	 */
	async save(what, which, { waits = true } = {}) {
		const { row, world } = this, root = /** @type {string} */ (this.root);
		const source = which === 'page' ? row.page : /** @type {NonNullable<Row['code']>} */ (row.code);
		this.#page += Number(which === 'page');
		this.#code += Number(which !== 'page');
		const before = await listening(/** @type {number} */ (this.port));
		const text = which === 'page' ? row.page.text(`t${this.#page}`, `c${this.#code}`)
			: row.code?.text(`c${this.#code}`) ?? '';
		const file = path.join(root, source.file);
		const stories = (await world.bus.events()).length;
		const at = performance.now();
		await writeFile(file, which === 'broken' ? row.broken ?? `${text}\n}{ ( def syntax error\n` : text);
		await world.bus.saved(file);
		return this.#settle({ what, at, marks: this.marks, orders: [], seen: [], stories: [], before }, stories, which === 'broken', waits);
	}

	/**
	 * @param {Step} step
	 * @param {number} stories
	 * @param {boolean} broken
	 * @param {boolean} waits
	 */
	async #settle(step, stories, broken, waits) {
		const { world, oracle, orders } = this;
		this.steps.push(step);
		if (!waits) {
			return step;
		}
		const end = step.at + (broken ? 3500 : STEP_MSEC);
		/** @type {number | undefined} */
		let settled, replaced = 0;
		// If several workers hold the socket, any of them may answer until the last has been replaced. After a
		// save of a page, the old worker answers with the new content, even if it is about to be replaced.
		let workers = Number(step.before?.pids.length) > 2 || step.what.startsWith('page') ? step.before?.pids ?? [] : [];
		while (performance.now() < end) {
			step.first ??= oracle?.first(step.marks, step.at);
			const left = workers.filter(alive);
			replaced = left.length < workers.length ? performance.now() : replaced;
			workers = left;
			const right = orders?.some(({ at, got }) => at >= step.at - 500 && got.marks === step.marks);
			settled = !broken && step.first && right ? settled ?? performance.now() : undefined;
			if (settled && performance.now() > settled + AFTER_MSEC) {
				break;
			}
			await pause(10);
		}
		step.after = await listening(/** @type {number} */ (this.port));
		step.first = broken ? undefined : oracle?.first(step.marks, step.at, true) ?? step.first;
		step.first &&= Math.max(step.first, replaced);
		step.orders = orders?.filter(({ at }) => at >= step.at) ?? [];
		step.seen = oracle?.all.filter(answer => answer.end >= step.at) ?? [];
		// The page may be requested again after one reload, and another reload come meanwhile.
		const right = step.orders.filter(({ got }) => got.marks === step.marks).map(({ at }) => at);
		step.late = step.first && right.length ? Math.min(...right) - step.first : undefined;
		step.stories = (await world.bus.events()).slice(stories);
		await pause(this.brief ? 0 : this.row.settle ?? 1500);
		return step;
	}

	/** Saves the fix; if the whole program has ended, starts it again. */
	async #fix() {
		const ended = this.server?.process.exitCode !== null || this.server?.process.signalCode !== null;
		if (!ended) {
			return this.save('fix', 'code');
		}
		const step = await this.save('fix', 'code', { waits: false });
		const stories = (await this.world.bus.events()).length - 1;
		await this.#start();
		this.steps.pop();
		return this.#settle(step, stories, false, true);
	}

	/**
	 * Ends the server as Ctrl-C does, and starts it again.
	 *
	 * @param {boolean} [waits] until the server has settled
	 */
	async restart(waits = true) {
		const { world } = this;
		const stories = (await world.bus.events()).length;
		const before = await listening(/** @type {number} */ (this.port));
		const { pid } = /** @type {any} */ (this.server).process;
		const restart = { from: performance.now(), to: Infinity };
		this.restarts.push(restart);
		process.kill(-pid, 'SIGINT');
		const gone = await Promise.race([this.server?.ended.then(() => true), pause(2000)]);
		if (!gone) {
			await world.children.stop(/** @type {any} */ (this.server));
		}
		await this.row.ended?.(world, /** @type {string} */ (this.root));
		const at = performance.now();
		await this.#start();
		restart.to = performance.now();
		return this.#settle({ what: 'by hand', at, marks: this.marks, orders: [], seen: [], stories: [], before }, stories, false, waits);
	}

	/** The steps that are short enough for each run of the tests. */
	async runShort() {
		const { row } = this;
		this.brief = true;
		await pause(row.settle ?? 1500);
		await this.save('page 1', 'page');
		if (row.code) {
			await this.save('code 1', 'code');
		}
		await this.restart();
		await this.save('page after', 'page');
		return this.steps;
	}

	/**
	 * All steps.
	 *
	 * @param {{codes?: number, mistakes?: boolean}} [options] codes: how many saves of the code come first
	 */
	async run({ codes = 6, mistakes = true } = {}) {
		const { row } = this;
		await pause(row.settle ?? 1500);
		await this.save('page 1', 'page');
		await this.save('page 2', 'page');
		if (row.code) {
			await this.save('code 1', 'code');
			for (let i = 2; i <= codes; i++) {
				await this.save(`code ${i}`, 'code');
			}
			if (mistakes && row.broken !== '') {
				await this.save('broken', 'broken');
				await this.#fix();
			}
			await this.save('pair 1', 'code', { waits: false });
			await pause(300);
			await this.save('pair 2', 'code');
		}
		await this.restart();
		await this.save('page after', 'page');
		return this.steps;
	}

	async close() {
		clearTimeout(this.#secondLook);
		await this.oracle?.stop();
		await this.row.ended?.(this.world, /** @type {string} */ (this.root));
	}
}
