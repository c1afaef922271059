// SPDX-License-Identifier: MIT
/**
 * The method of many articles: the page has a WebSocket to the app; when uvicorn restarts, the
 * page notices the lost connection, and tries to connect every 100 ms, five times.
 */
import WebSocket from 'ws';

import { EventLog, until } from '../../tests/lib/events.js';
import { run } from '../../tests/lib/children.js';
import { freePort } from '../../tests/lib/ports.js';

const RETRY_MSEC = 100, ATTEMPTS_MAX = 5;

/** @param {number} n */
export const app = n => `from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()

@app.get("/")
def home():
    return ${n}

@app.websocket("/ws")
async def ws(websocket: WebSocket):
    await websocket.accept()
    try:
        await websocket.receive_text()
    except WebSocketDisconnect:
        pass
`;

/**
 * Does what the page's script does; each successful connection counts as a reload.
 *
 * @param {string} url
 * @param {import('../lib/listen.js').Messages} log
 * @param {{ended: boolean, gaveUp: number}} state
 */
export function holdOn(url, log, state) {
	const connect = (/** @type {number} */ attempt) => {
		const socket = new WebSocket(url);
		let open = false;
		socket.on('error', () => {});
		socket.on('open', () => {
			open = true;
			log.push(attempt ? 'reload' : 'connected');
		});
		socket.on('close', () => {
			if (state.ended) {
				return;
			}
			if (!open && attempt >= ATTEMPTS_MAX) {
				state.gaveUp++; // The user reloads by hand.
				setTimeout(connect, RETRY_MSEC, 0);
				return;
			}
			setTimeout(connect, RETRY_MSEC, open ? 1 : attempt + (attempt > 0 ? 1 : 0));
		});
	};
	connect(0);
}

/** @type {import('./peer.js').Peer} */
export const origin = {
	name: 'uvicorn, socket drop and reconnect',
	slow: true,
	version: async () => /uvicorn ([\d.]+)/i.exec((await run(['/usr/bin/uvicorn', '--version'], process.env)).stdout)?.[1] ?? '',
	async start(world) {
		const root = await world.folder('origin', { 'main.py': app(0) });
		const port = await freePort();
		const child = world.children.start('origin',
			['/usr/bin/uvicorn', 'main:app', '--reload', '--port', String(port)], { cwd: root, env: world.env });
		/** @type {import('../lib/listen.js').Messages} */
		const log = new EventLog();
		const state = { ended: false, gaveUp: 0 };
		world.atEnd.push(async () => { state.ended = true; });
		holdOn(`ws://127.0.0.1:${port}/ws`, log, state);
		await until('the app', () => log.all.length > 0);
		return { child, file: `${root}/main.py`, text: app, log };
	},
};
