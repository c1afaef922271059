// SPDX-License-Identifier: MIT
import { freePort } from '../../tests/lib/ports.js';
import { LIVERELOAD, webSocket } from '../lib/listen.js';
import { program, version } from '../lib/npm.js';

/** @type {import('./peer.js').Peer} */
export const livereload = {
	name: 'livereload',
	version: () => version('livereload'),
	async start(world) {
		const root = await world.folder('livereload', { 'index.html': '<h1>0</h1>' });
		const port = await freePort();
		const child = world.children.start('livereload', [program('livereload'), root, '--port', String(port)],
			{ env: world.env });
		return { child, file: `${root}/index.html`, log: await webSocket(world, `ws://127.0.0.1:${port}/livereload`, LIVERELOAD) };
	},
};
