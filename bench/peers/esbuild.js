// SPDX-License-Identifier: MIT
import { freePort } from '../../tests/lib/ports.js';
import { eventStream } from '../lib/listen.js';
import { program, version } from '../lib/npm.js';

/** @type {import('./peer.js').Peer} */
export const esbuild = {
	name: 'esbuild',
	slow: true,
	version: () => version('esbuild'),
	async start(world) {
		const root = await world.folder('esbuild', { 'app.js': 'console.log(0);' });
		const port = await freePort();
		const child = world.children.start('esbuild', [program('esbuild'), 'app.js', '--bundle', '--outdir=out',
			'--watch=forever', '--servedir=.', '--serve-fallback=index.html', `--serve=127.0.0.1:${port}`],
		{ cwd: root, env: world.env });
		return {
			child, file: `${root}/app.js`, text: n => `console.log(${n});\n`,
			log: await eventStream(world, `http://127.0.0.1:${port}/esbuild`, 'change'),
		};
	},
};
