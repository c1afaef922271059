// SPDX-License-Identifier: MIT
import { EventLog, within } from '../../tests/lib/events.js';
import { freePort } from '../../tests/lib/ports.js';
import { file, program, version } from '../lib/npm.js';

/** @type {import('./peer.js').Peer} */
export const browserSync = {
	name: 'Browsersync',
	slow: true,
	version: () => version('browser-sync'),
	async start(world) {
		const { io } = await import(file('socket.io-client/build/esm-debug/index.js'));
		const root = await world.folder('browser-sync', { 'index.html': '<body><h1>0</h1></body>' });
		const port = await freePort();
		const child = world.children.start('browser-sync', [program('browser-sync'), 'start', '--server', root,
			'--files', root, '--port', String(port), '--no-open', '--no-ui', '--no-notify'], { env: world.env });
		/** @type {import('../lib/listen.js').Messages} */
		const log = new EventLog();
		const socket = io(`http://localhost:${port}/browser-sync`,
			{ path: '/browser-sync/socket.io', transports: ['websocket'], reconnectionDelay: 200 });
		world.atEnd.push(async () => { socket.close(); });
		socket.on('browser:reload', () => log.push('reload'));
		await within(new Promise(resolve => { socket.once('connect', () => resolve(undefined)); }), 'Browsersync');
		return { child, file: `${root}/index.html`, log };
	},
};
