// SPDX-License-Identifier: MIT
import { until } from '../../tests/lib/events.js';
import { freePort } from '../../tests/lib/ports.js';
import { webSocket } from '../lib/listen.js';
import { program, version } from '../lib/npm.js';

/** @type {import('./peer.js').Peer} */
export const vite = {
	name: 'Vite',
	version: () => version('vite'),
	async start(world) {
		const root = await world.folder('vite', { 'index.html': '<h1>0</h1>' });
		const port = await freePort();
		const child = world.children.start('vite',
			[program('vite'), root, '--host', '127.0.0.1', '--port', String(port), '--strictPort'], { env: world.env });
		const token = await until('the token of Vite', async () => {
			const client = await (await fetch(`http://127.0.0.1:${port}/@vite/client`)).text();
			return /wsToken = "([^"]+)"/.exec(client)?.[1];
		}, { every: 100 });
		const log = await webSocket(world, `ws://127.0.0.1:${port}/?token=${token}`,
			{ protocols: 'vite-hmr', reloads: text => JSON.parse(text).type === 'full-reload' });
		return { child, file: `${root}/index.html`, log };
	},
};
