// SPDX-License-Identifier: MIT
import { freePort } from '../../tests/lib/ports.js';
import { webSocket } from '../lib/listen.js';
import { program, version } from '../lib/npm.js';

/** @type {import('./peer.js').Peer} */
export const liveServer = {
	name: 'live-server',
	version: () => version('live-server'),
	async start(world) {
		const root = await world.folder('live-server', { 'index.html': '<h1>0</h1>' });
		const port = await freePort();
		const child = world.children.start('live-server',
			[program('live-server'), root, `--port=${port}`, '--no-browser', '--quiet'], { env: world.env });
		const log = await webSocket(world, `ws://127.0.0.1:${port}/ws`, { reloads: text => text === 'reload' });
		return { child, file: `${root}/index.html`, log };
	},
};
