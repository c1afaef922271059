// SPDX-License-Identifier: MIT
/** Proxies that speak https with the browser. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import https from 'node:https';
import path from 'node:path';
import { test } from 'node:test';

import { run } from '../lib/children.js';
import { until } from '../lib/events.js';
import { certain, open, reaches, tlsProxy, why } from '../lib/proxies.js';
import { Client } from '../lib/wire-client.js';
import {World} from '../lib/world.js';

/**
 * @param {Awaited<ReturnType<typeof open>>} sites
 * @param {string} proxy its script
 */
async function serveTls({world, alpha, beta}, proxy, pool = '2')
{
	await writeFile(path.join(alpha.root, 'proxy.cjs'), proxy);
	const made = await run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost',
		'-keyout', path.join(alpha.root, 'key.pem'), '-out', path.join(alpha.root, 'cert.pem')], world.env);
	assert.equal(made.status, 0, made.stderr);
	const {port} = await world.serve('tls', alpha.root,
		at => [process.execPath, 'proxy.cjs', `${at}`, `${alpha.port}`, `${beta.port}`,
			pool]);
	return port;
}

test('a proxy with https is followed, too, even if it has no open connection', async t => {
	const sites = await open(t, 'Node, two connections for all');
	const { world, alpha, beta, client } = sites;
	const port = await serveTls(sites, tlsProxy());
	for (const [tab, host, site] of /** @type {const} */ ([[1, 'beta', beta], [2, 'alpha', alpha]])) {
		const url = `https://${host}.localhost:${port}/`;
		const answer = await certain(client, tab, url);
		assert.deepEqual([answer.state, answer.project], ['live', host], answer.reason);
		assert.match(answer.reason, new RegExp(`passes port ${port} on to port ${site.port}; `));
		assert.equal(await why(world, url), host);
		assert.deepEqual(await reaches(world, client, path.join(site.root, 'a.css')), [tab]);
	}
});

test('of a proxy that asks for a certificate, a tab has no project until the user has chosen one of its servers, which is kept', async t => {
	const sites = await open(t, 'Node, two connections for all');
	const { world, alpha, beta, client } = sites;
	const port = await serveTls(sites, tlsProxy("requestCert: true, ca: [require('node:fs').readFileSync('cert.pem')],"));
	const certificate = { key: await readFile(path.join(alpha.root, 'key.pem')), cert: await readFile(path.join(alpha.root, 'cert.pem')) };
	const url = `https://beta.localhost:${port}/`;
	/** The browser's request: then the proxy has a connection to beta for some seconds. */
	const load = () => new Promise((resolve, reject) => {
		https.get({ port, host: '127.0.0.1', path: '/', headers: { Host: `beta.localhost:${port}` }, rejectUnauthorized: false, ...certificate },
			(answer) => answer.resume().on('end', resolve)).on('error', reject);
	});
	const choices = await until('both servers to be offered', async () => {
		await load();
		/** @type {any} */
		const answer = await client.watch(1, url);
		assert.equal(answer.state, 'none', answer.reason);
		assert.match(answer.reason, /cannot be seen which one has this page/);
		return answer.choices?.length === 2 ? answer.choices : undefined;
	}, { every: 1100 });
	assert.deepEqual(choices, [{ project: 'beta', port: beta.port }, { project: 'alpha', port }]);
	assert.equal(await why(world, url), 'none');
	const chosen = await client.told(1, 'live', () => client.send({ type: 'choose', tab: 1, port: beta.port }));
	assert.equal(chosen.project, 'beta');
	assert.deepEqual(await reaches(world, client, path.join(beta.root, 'a.css')), [1]);
	await load();
	assert.equal((await client.watch(1, `${url}another`)).project, 'beta', 'for each page of the site');
	assert.equal(await why(world, `${url}another`), 'beta');
});

test('a proxy that asks for a certificate, and has no connection to its server now, gives a page of plain localhost no wrong project',
	async t => {
		const sites = await open(t, 'Node, one connection for each request');
		const {world, alpha, client} = sites;
		const port = await serveTls(sites,
			tlsProxy(
				"requestCert: true, ca: [require('node:fs').readFileSync('cert.pem')],"),
			'0');
		const url = `https://localhost:${port}/beta/`;
		/** @type {any} */
		let answer = await client.watch(1, url);
		// At the second look, too, which sends requests only with a reason.
		for (let i = 0; i < 2; i++) {
			assert.equal(answer.state, 'none', answer.reason);
			assert.match(answer.reason,
				/answers no request of savecast by https \(it may ask for a certificate\), and it cannot be seen which one has this page: port \d+ \(alpha\)/);
			assert.deepEqual(answer.choices, [ {project : 'alpha', port} ]);
			assert.equal(await why(world, url), 'none');
			answer = await certain(
				client, 2, `${url}?${i}`, ({state}) => state === 'none');
			answer = await client.watch(1, url);
		}
		await client.told(1, 'live', () => client.send({type : 'choose', tab : 1, port}));
		assert.deepEqual(
			await reaches(world, client, path.join(alpha.root, 'a.css')), [ 1, 2 ]);
	});

/** Sends a handshake a byte at a time, which would take half an hour. */
const DRIP = `
require('node:net').createServer((socket) => {
	socket.write(Buffer.from([22, 3, 3, 0x40, 0]));
	const timer = setInterval(() => socket.write(Buffer.from([0])), 100);
	socket.on('error', () => {}).on('close', () => { clearInterval(timer); console.log('closed'); });
}).listen(Number(process.argv[2]), '127.0.0.1');`;

test('a server that never ends its TLS handshake keeps no tab waiting, and not the end of the daemon',
	async t => {
		const world = await World.open(t);
		await world.startDaemon();
		const root =
			await world.folder('drip', {'drip.cjs' : DRIP, 'a.css' : ''}, {git : true});
		const {port} = await world.serve(
			'drip', root, (at) => [process.execPath, 'drip.cjs', String(at)]);
		const client = new Client(world);
		await client.hello();
		const url = `https://localhost:${port}/`;
		/** @type {any} */
		const answer = await client.watch(1, url);
		assert.equal(answer.state, 'none', answer.reason);
		assert.match(answer.reason, /answers no request of savecast by https/);
		assert.deepEqual(answer.choices, [ {project : 'drip', port} ]);
		assert.equal((await client.told(1, 'live',
				      () => client.send({type : 'choose', tab : 1, port})))
				     .project,
			'drip');
		// A search that has just begun.
		client.send({type : 'watch', tab : 2, url : `${url}two`});
		const closed = async () => (await world.log('drip')).split('closed').length;
		const before = await closed();
		await until('a request for it', async () => await closed() > before);
		await world.endDaemon();
	});
