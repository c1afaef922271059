// SPDX-License-Identifier: MIT
/**
 * From a save on another machine to the browser of this one, over the real ssh with round trips of
 * 0, 10 and 40 ms; compared with a save on this machine.
 */
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { whileAlive } from '../../tests/lib/children.js';
import { EventLog, until } from '../../tests/lib/events.js';
import { Forward } from '../../tests/lib/forward.js';
import { missing } from '../../tests/lib/live.js';
import { answers, freePort } from '../../tests/lib/ports.js';
import { slowNetwork } from '../../tests/lib/slow-network.js';
import { noSshd, startSshd } from '../../tests/lib/sshd.js';
import { SAVECAST, TOP } from '../../tests/lib/world.js';
import { Client } from '../../tests/lib/wire-client.js';
import { atDesk } from '../lib/desk.js';
import { TIMES, times } from '../lib/report.js';
import { figure, summary } from '../lib/stats.js';

const ROUND_TRIPS = [0, 10, 40];
/** Longer than the quiet time of a burst, and than all the work of a patch over the network. */
const GAP_MSEC = 100;

const NOW = 'performance.timeOrigin + performance.now()';
const now = () => performance.timeOrigin + performance.now();
const pause = (/** @type {number} */ msec) => new Promise(resolve => { setTimeout(resolve, msec); });
const p50 = (/** @type {number[]} */ values) => summary(values)?.p50 ?? NaN;

/** The page notes when its heading has changed, by the clock that all processes here have. */
const PAGE = (/** @type {string} */ text) => `<!doctype html><title>x</title><h1>${text}</h1><script>
window.seen ??= {};
const note = () => { seen[document.querySelector('h1').textContent] ??= ${NOW}; };
note();
new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
</script>\n`;

const FRUITS = ['apple', 'pear', 'plum', 'cherry', 'quince', 'lemon', 'orange', 'melon', 'grape', 'fig'];
let texts = 0;
/** A new text: in words, since the extension takes a changed number for something that differs in every answer. */
const nextText = () => [...String(++texts)].map(digit => FRUITS[Number(digit)]).join(' ');

/**
 * A site with its server, and a job that reports its saves as an editor does.
 *
 * @param {import('../../tests/lib/world.js').World} world
 * @param {string} name
 * @param {string} root
 * @param {string[]} as the words before a command of its user
 * @param {NodeJS.ProcessEnv} env
 */
async function openSite(world, name, root, as, env) {
	const port = await freePort();
	const server = world.children.start(`server-${name}`, [...as, process.execPath, path.join(TOP, 'tests/lib/site-server.js'), String(port)], { cwd: root, env });
	await whileAlive(server, until('the server', () => answers('127.0.0.1', port)));
	const job = world.children.start(`job-${name}`, [...as, SAVECAST, 'save', '--stdin'], { cwd: root, env, stdin: 'pipe' });
	const file = path.join(root, 'index.html');
	return {
		port,
		/** @param {string} text @returns {number} when */
		save(text) {
			const begun = now();
			writeFileSync(file, PAGE(text));
			job.process.stdin?.write(`${file}\n`);
			return begun;
		},
	};
}
/** @typedef {Awaited<ReturnType<typeof openSite>>} Site */

/**
 * @param {{port: number, atEnd: any[]}} daemon
 * @param {Site} site
 * @param {number} rounds
 */
async function toMessage(daemon, site, rounds) {
	const client = new Client(/** @type {any} */ (daemon));
	await client.opened;
	await client.hello('profile-of-bench');
	await client.watch(1, `http://localhost:${site.port}/`);
	/** @type {EventLog<number>} */
	const log = new EventLog();
	client.socket.on('message', data => {
		const at = now(), { type, event } = JSON.parse(String(data));
		if (type === 'reload') {
			log.push(at);
			client.send({ type: 'report', event, tab: 1, step: 'loaded' });
		}
	});
	const taken = [];
	for (let i = 0; i < rounds; i++) {
		const { mark } = log;
		const begun = site.save(nextText());
		taken.push(await log.next('the message', () => true, { mark }) - begun);
		await pause(GAP_MSEC);
	}
	client.socket.close();
	return taken.slice(1);
}

/**
 * @param {import('../../tests/lib/live.js').Page} page
 * @param {Site} site
 * @param {number} rounds
 */
async function toPage(page, site, rounds) {
	await page.activate();
	const taken = [];
	for (let i = 0; i < rounds; i++) {
		const text = nextText();
		const begun = site.save(text);
		taken.push(await until('the page', () => page.evaluate(`window.seen[${JSON.stringify(text)}]`), { every: 20 }) - begun);
		await pause(GAP_MSEC);
	}
	return taken.slice(1);
}

/**
 * The round trip of the simulated network.
 *
 * @param {import('../../tests/lib/world.js').World} world
 * @param {number} msec
 * @param {number} rounds
 */
async function roundTrips(world, msec, rounds) {
	const echo = net.createServer(socket => socket.setNoDelay().pipe(socket));
	await new Promise(resolve => { echo.listen(0, '127.0.0.1', () => resolve(undefined)); });
	const { port } = /** @type {net.AddressInfo} */ (echo.address());
	const socket = net.connect(await slowNetwork(world, port, msec / 2), '127.0.0.1').setNoDelay();
	const taken = [];
	for (let i = 0; i < rounds; i++) {
		const begun = now();
		socket.write('x');
		await new Promise(resolve => { socket.once('data', resolve); });
		taken.push(now() - begun);
	}
	socket.destroy();
	echo.close();
	return p50(taken.slice(1));
}

/** @param {number} rounds */
const runs = (rounds) => atDesk(async world => {
	const rows = [], goals = [];
	const root = await world.folder('site', { 'index.html': PAGE(nextText()) }, { git: true });
	await world.startDaemon();
	const here = await openSite(world, 'here', root, [], world.env);
	const { port: sshPort, there: account } = await startSshd(world);
	const made = await account.there('mkdir -p .config/savecast site && printf "[savecast]\\n\\twatch = false\\n" >.config/savecast/config && git init -q site && touch site/index.html');
	if (made.status !== 0) {
		throw new Error(made.stderr);
	}
	const browser = missing('chromium') ? undefined : await world.browser('chromium', { grant: ['http://localhost/*'] });
	const local = { message: await toMessage(world, here, rounds), page: /** @type {number[]} */ ([]) };
	const localPage = await browser?.newPage(`http://localhost:${here.port}/`);
	await localPage?.clickAction();
	if (localPage) {
		await until('the tab to be live', async () => (await world.bus.tabs()).some((/** @type {any} */ { state }) => state === 'live'));
		local.page = await toPage(localPage, here, rounds);
	}
	rows.push(times('on this machine: until the message', local.message), times('on this machine: until the page shows it', local.page));
	const pipe = await Forward.open(world, 'pipe', [...account.as, SAVECAST, 'stdio']);
	await account.there(`${SAVECAST} stdio </dev/null`); // starts the daemon there
	const there = await openSite(world, 'there', path.join(account.home, 'site'), account.as, process.env);
	const bare = await toMessage(/** @type {any} */ (pipe.world), there, rounds);
	rows.push(times('forward and stdio, without ssh: until the message', bare));
	for (const msec of ROUND_TRIPS) {
		const real = msec ? await roundTrips(world, msec, rounds) : 0;
		const network = msec ? await slowNetwork(world, sshPort, msec / 2) : sshPort;
		const forward = await Forward.open(world, `ssh-${msec}`, [...account.ssh('user', network), SAVECAST, 'stdio']);
		const message = await toMessage(/** @type {any} */ (forward.world), there, rounds);
		/** @type {number[]} */
		let shown = [];
		if (browser) {
			const mapped = await freePort();
			const [ssh, ...args] = account.ssh('user', network);
			const tunnel = world.children.start(`tunnel-${msec}`, [ssh, '-N', '-L', `${mapped}:localhost:${there.port}`, ...args], { env: world.env });
			await whileAlive(tunnel, until('the tunnel', () => answers('127.0.0.1', mapped)));
			await browser.evaluateInWorker(`chrome.storage.local.set(${JSON.stringify({ daemons: [{ id: `d${msec}`, name: 'there', port: forward.port }] })})`);
			const page = await browser.newPage(`http://localhost:${mapped}/`);
			await page.clickAction();
			await until('the tab to be live', async () => /live: site on there/.test((await browser.activeIcon()).title));
			shown = await toPage(page, there, rounds);
			await page.close();
		}
		const name = `ssh, round trip ${msec} ms${msec ? ` (measured: ${figure(real)})` : ''}`;
		rows.push(times(`${name}: until the message`, message), times(`${name}: until the page shows it`, shown));
		for (const [what, far, near] of /** @type {[string, number[], number[]][]} */ ([['message', message, local.message], ['page', shown, local.page]])) {
			const more = p50(far) - p50(near);
			goals.push({ what: `the ${what} at most 2 round trips of ${msec} ms and 1 ms later`, met: more <= 2 * real + 1, measured: `${figure(more)} ms`,
				why: 'ssh and sshd encrypt, and each wakes up for each message; for a new connection of the browser, ssh asks the other side first, which takes another round trip' });
		}
	}
	return { rows, goals };
});

/** @param {{quick: boolean}} how @returns {Promise<import('../lib/report.js').Section>} */
export async function measure({ quick }) {
	const why = noSshd();
	const { rows, goals } = why ? { rows: [], goals: [] } : await runs(quick ? 6 : 51);
	return {
		title: 'A save on another machine',
		about: 'From the moment before the file is written until a client here receives the message, and until the page in Chromium '
			+ 'here shows the new text. The other machine is another account behind the real sshd; the browser reaches its '
			+ 'server through `ssh -L`. The network is a program that delays each byte by half a round trip.',
		tables: rows.length ? [{ head: TIMES, rows }] : [],
		goals,
		notes: why ? [`Left out: ${why}.`] : [],
	};
}
