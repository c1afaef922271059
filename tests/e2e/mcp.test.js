// SPDX-License-Identifier: MIT
//
// `savecast mcp` with a real client: a coding agent reads the problems of its pages.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import readline from 'node:readline';
import { test } from 'node:test';

import { missing, switchOn } from '../lib/live.js';
import { connectMcp } from '../lib/mcp-client.js';
import { SAVECAST, World } from '../lib/world.js';

/** @param {any} result @returns {any} */
const valueOf = (result) => {
	assert.equal(result.isError, false, JSON.stringify(result));
	assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
	return result.structuredContent;
};

test('mcp: the list of tools has their arguments', async t => {
	const world = await World.open(t);
	const client = await connectMcp(t, world);
	assert.equal(client.getServerVersion()?.name, 'savecast');
	const { tools } = await client.listTools();
	assert.deepEqual(tools.map(({ name }) => name), ['status', 'save_and_wait', 'problems', 'why', 'reload', 'screenshot']);
	assert.deepEqual(tools[1].inputSchema.required, ['files']);
	await client.ping();
	const down = await client.callTool({ name: 'why', arguments: { what: '/nowhere' } });
	assert.equal(down.isError, true, 'without a daemon');
	await assert.rejects(client.callTool({ name: 'why', arguments: {} }), /why: what: is missing/);
	await assert.rejects(client.callTool({ name: 'remove', arguments: {} }), /must be one of/);
});

test('mcp: a save, the error that it causes, and its fix', { skip: missing('chromium') }, async t => {
	const world = await World.open(t);
	await world.startDaemon();
	const site = await world.site('site', { 'index.html': '<!doctype html><title>t</title><script src="/app.js"></script>', 'app.js': '' });
	const browser = await world.browser('chromium', { grant: ['http://localhost/*'] });
	await switchOn(world, await browser.newPage(site.url));
	const client = await connectMcp(t, world);
	const file = path.join(site.root, 'app.js');
	await writeFile(file, 'window.cart.total();\n');
	const broken = valueOf(await client.callTool({ name: 'save_and_wait', arguments: { files: [file] } }));
	assert.equal(broken.settled, true);
	assert.deepEqual(broken.problems.map((/** @type {any} */ one) => [one.file, one.line, one.kind]), [[file, 1, 'error']]);
	await writeFile(file, '');
	assert.deepEqual(valueOf(await client.callTool({ name: 'save_and_wait', arguments: { files: [file] } })).problems, []);
	assert.deepEqual(valueOf(await client.callTool({ name: 'problems', arguments: { path: site.url } })).problems, []);
	assert.equal(valueOf(await client.callTool({ name: 'why', arguments: { what: file } })).kind, 'file');
	assert.equal(valueOf(await client.callTool({ name: 'status', arguments: {} })).tabs.length, 1);
	assert.ok(valueOf(await client.callTool({ name: 'reload', arguments: { path: site.root } })).event > broken.event);
});

test('mcp: an invalid message gets an error, and the next message is answered', async t => {
	const world = await World.open(t);
	const child = spawn(SAVECAST, ['mcp'], { env: world.env, stdio: ['pipe', 'pipe', 'inherit'] });
	t.after(() => child.kill());
	const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	/** @param {string} text */
	const ask = async (text) => {
		child.stdin.write(`${text}\n`);
		return JSON.parse((await lines.next()).value);
	};
	assert.equal((await ask('{')).error.code, -32700);
	assert.equal((await ask('[]')).error.code, -32600);
	assert.equal((await ask('{"id":{},"method":"ping"}')).error.code, -32600);
	assert.equal((await ask('{"jsonrpc":"2.0","id":1,"method":"no/such"}')).error.code, -32601);
	assert.equal((await ask('x'.repeat(1024 * 1024 + 10))).error.code, -32700);
	const { result } = await ask('{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"1999-01-01"}}');
	assert.match(result.protocolVersion, /^20\d\d-/);
	child.stdin.end();
	assert.equal(await new Promise((resolve) => child.on('exit', resolve)), 0);
});
