// SPDX-License-Identifier: MIT
import { run } from '../../tests/lib/children.js';
import { freePort } from '../../tests/lib/ports.js';
import { LIVERELOAD, webSocket } from '../lib/listen.js';

/** @type {import('./peer.js').Peer} */
export const hugo = {
	name: 'Hugo',
	slow: true,
	version: async () => /v([\d.]+)/.exec((await run(['hugo', 'version'], process.env)).stdout)?.[1] ?? '',
	async start(world) {
		const root = await world.folder('hugo', {
			'config.toml': 'disableKinds = ["RSS", "sitemap", "taxonomy", "term"]\n',
			'layouts/index.html': '<h1>{{ .Title }}</h1>\n',
			'content/_index.md': '# 0\n',
		});
		const port = await freePort();
		const child = world.children.start('hugo', ['hugo', 'server', '--source', root, '--bind', '127.0.0.1',
			'--port', String(port), '--baseURL', `http://127.0.0.1:${port}/`], { env: world.env });
		return {
			child, file: `${root}/layouts/index.html`,
			log: await webSocket(world, `ws://127.0.0.1:${port}/livereload`, LIVERELOAD),
		};
	},
};
