// SPDX-License-Identifier: MIT
/**
 * When a restarting server's new code answers for the first time, measured from outside and
 * independently of the daemon.
 */
import http from 'node:http';
import path from 'node:path';

import { run, tail } from './children.js';
import { until, within } from './events.js';
import { World } from './world.js';

/** @typedef {import('./browser/chromium-page.js').ChromiumPage} Page */
/** @typedef {import('./dev-servers.js').Server} Server */

/** A new connection each time: a kept connection would lead to the old worker. */
const ASKING = /** @type {http.RequestOptions} */ ({ agent: false, autoSelectFamily: true });

const now = () => Number(process.hrtime.bigint() / 1000n);

/**
 * @param {string} url
 * @returns {Promise<{body: string, refused: boolean, connected: number}>} body: '' if there is no answer
 */
function get(url) {
	return new Promise(resolve => {
		let connected = 0;
		const request = http.get(url, ASKING, response => {
			let body = '';
			response.setEncoding('utf8').on('data', text => { body += text; });
			response.on('end', () => resolve({ body: response.statusCode === 200 ? body : '', refused: false, connected }));
			response.on('error', () => resolve({ body: '', refused: false, connected }));
		});
		request.on('socket', socket => socket.on('connect', () => { connected = now(); }));
		request.on('error', () => resolve({ body: '', refused: !connected, connected }));
	});
}

/**
 * The moment from which the new code could be requested. If connections were refused until then,
 * it is when the first one was accepted: its answer may take long, because it is the first one of
 * the process. If connections are queued, it is when the answer came.
 *
 * @param {string} url
 * @param {string} wanted part of the new body
 * @param {number} [msec]
 * @returns {Promise<number>} microseconds of the monotonic clock
 */
export async function firstAnswer(url, wanted, msec = 60000) {
	const deadline = performance.now() + msec;
	let refused = false;
	while (performance.now() < deadline) {
		// The request may wait forever, if a server is down behind an open port.
		const answer = await within(get(url), `${url}: ${wanted}`, deadline - performance.now());
		if (answer.body.includes(wanted)) {
			return refused ? answer.connected : now();
		}
		refused = answer.refused;
		await new Promise(resolve => { setTimeout(resolve, 1); });
	}
	throw new Error(`${url}: ${wanted}: not answered within ${msec} ms`);
}

/** @param {number[]} values */
export function median(values) {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** @param {Page} page */
export const heading = page => page.evaluate('document.querySelector("h1")?.textContent');

/**
 * Installs a Debian package in a folder of its own.
 *
 * @param {World} world
 * @param {string} name
 */
async function unpacked(world, name) {
	const folder = path.join(world.temp, name);
	const { status } = await run(['sh', '-ec', `mkdir "$1" && cd "$1"
		apt-get download --quiet "$2" >/dev/null && dpkg -x "$2"_*.deb .`, 'sh', folder, name], world.env);
	return status === 0 ? folder : undefined;
}

/**
 * The server, its site in a git work tree, and a tab of it that is switched on.
 *
 * @param {import('node:test').TestContext} t
 * @param {Server} server
 * @param {Record<string, string>} [files] further files of the site
 */
export async function stage(t, { name, file, text, settle, command, needs, files: own }, files = {}) {
	const world = await World.open(t);
	if (needs) {
		const folder = await unpacked(world, needs);
		if (!folder) {
			t.skip(`${needs} cannot be downloaded with apt-get`);
			return undefined;
		}
		world.env.PYTHONPATH = path.join(folder, 'usr/lib/python3/dist-packages');
	}
	await world.startDaemon();
	const root = await world.folder('site', { ...own, ...files, [file]: text }, { git: true });
	if ((await run(['sh', '-c', `command -v ${command(0)[0]}`], world.env)).status !== 0) {
		t.skip(`${command(0)[0]} is not installed`);
		return undefined;
	}
	const log = name.replace(/\W+/g, '-');
	const { url, server } = await world.serve(log, root, command);
	const browser = await world.browser();
	const page = await browser.newPage(url);
	await page.clickAction();
	await until('the tab is live', async () =>
		(await world.bus.tabs()).some((/** @type {any} */ tab) => tab.state === 'live'));
	/** @type {number[]} */
	const loads = [];
	browser.cdp.on(({ method, sessionId }) => {
		if (method === 'Page.loadEventFired' && sessionId === page.session) {
			loads.push(performance.now());
		}
	});
	return { world, root, url, server, log, browser, page, loads, settle, file: path.join(root, file) };
}

/**
 * Waits until a reloader has scanned its files for the first time, which it does not report. It
 * misses a save before that.
 *
 * @param {{settle: number}} on
 */
export const settled = ({ settle }) => new Promise(resolve => { setTimeout(resolve, settle); });

/**
 * Saves a new version from a real Vim and waits until the page shows it.
 *
 * @param {NonNullable<Awaited<ReturnType<typeof stage>>>} on
 * @param {Awaited<ReturnType<typeof import('./editors.js').openEditor>>} vim
 * @param {number} round
 */
export async function saveAndSee(on, vim, round) {
	const { world, url, page } = on;
	await settled(on);
	await vim.do(`%s/"v\\d\\+"/"v${round}"/`);
	const answered = firstAnswer(url, `v${round}`);
	await vim.do('write');
	const first = await answered.catch(async error => {
		throw new Error(`${error.message}: ${JSON.stringify((await world.bus.events()).slice(-1))}\n${tail(on.server.log, 15)}`);
	});
	await until(`v${round} in the page`, async () => {
		const shown = await heading(page);
		if (shown !== `v${round}`) {
			throw new Error(`it shows ${shown}: ${JSON.stringify((await world.bus.events()).slice(-2))}`);
		}
		return true;
	}, { every: 5 });
	const events = await until('all events to be closed', async () => {
		const all = await world.bus.events();
		return all.every((/** @type {any} */ e) => e.closed) && all;
	});
	const save = events.filter((/** @type {any} */ e) => e.source === 'save').at(-1);
	const last = events.at(-1);
	const cast = last.steps.find((/** @type {any} */ s) => s.step === 'cast');
	return {
		late: (last.started + cast.at - first) / 1000, // ms, of the reload that showed it
		took: (first - save.started) / 1000, // ms, the restart
		gaveUp: save.steps.some((/** @type {any} */ s) => s.step === 'ready' && /shows no sign/.test(s.text)),
		failed: events.filter((/** @type {any} */ e) => e.steps.some((/** @type {any} */ s) => s.step === 'failed')),
		events,
	};
}
