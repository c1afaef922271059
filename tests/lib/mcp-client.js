// SPDX-License-Identifier: MIT
/** A real client of the Model Context Protocol, connected to `savecast mcp`. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

import { SAVECAST } from './world.js';

/**
 * @param {import('node:test').TestContext} t closes it at the end
 * @param {import('./world.js').World} world
 */
export async function connectMcp(t, world) {
	const client = new Client({ name: 'test', version: '1' });
	await client.connect(new StdioClientTransport({
		command: SAVECAST, args: ['mcp'], env: /** @type {Record<string, string>} */ (world.env),
	}));
	t.after(() => client.close());
	return client;
}
