// SPDX-License-Identifier: MIT
import { run } from '../../tests/lib/children.js';
import { freePort } from '../../tests/lib/ports.js';
import { LIVERELOAD, webSocket } from '../lib/listen.js';

/** @type {import('./peer.js').Peer} */
export const pythonLivereload = {
	name: 'python-livereload',
	slow: true,
	version: async () => (await run(['/usr/bin/python3', '-c', 'import livereload; print(livereload.__version__)'],
		process.env)).stdout.trim(),
	async start(world) {
		const root = await world.folder('python-livereload', { 'index.html': '<h1>0</h1>' });
		const port = await freePort();
		const child = world.children.start('python-livereload',
			['/usr/bin/livereload', '--host', '127.0.0.1', '--port', String(port), root], { cwd: root, env: world.env });
		return {
			child, file: `${root}/index.html`,
			log: await webSocket(world, `ws://127.0.0.1:${port}/livereload`, LIVERELOAD),
		};
	},
};
