// SPDX-License-Identifier: MIT
import { freePort } from '../../tests/lib/ports.js';
import { webSocket } from '../lib/listen.js';
import { file, version } from '../lib/npm.js';

// The server's command line does not watch files: this starts the server as Eleventy itself does.
const SCRIPT = `
	const [server, root, port] = process.argv.slice(1);
	require(server).getServer('bench', root, { port: Number(port), portReassignmentRetryCount: 0,
		watch: [root + '/index.html'] }).serve(Number(port));
`;

/** @type {import('./peer.js').Peer} */
export const eleventy = {
	name: 'Eleventy dev server',
	version: () => version('@11ty/eleventy-dev-server'),
	async start(world) {
		const root = await world.folder('eleventy', { 'index.html': '<h1>0</h1>' });
		const port = await freePort();
		const child = world.children.start('eleventy', [process.execPath, '-e', SCRIPT,
			file('@11ty/eleventy-dev-server/server.js'), root, String(port)], { env: world.env });
		const log = await webSocket(world, `ws://localhost:${port}/`,
			{ reloads: text => ['eleventy.reload', 'eleventy.domdiff'].includes(JSON.parse(text).type) });
		return { child, file: `${root}/index.html`, log };
	},
};
