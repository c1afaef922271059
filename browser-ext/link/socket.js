// SPDX-License-Identifier: MIT
//
// The connection to one daemon. While it is wanted, it is established within a second after the
// daemon has started; while it is not, there is neither a socket nor a timer.

import { api } from '../common/api.js';
import { floodGauge } from './flood.js';
import { findHosts } from './probe.js';
import { challenge, loadKey, prove } from './proof.js';
import { CLOSE_REFUSED, CLOSE_REPLACED, SUBPROTOCOL, UNCONFIRMED, encode, parse } from './protocol.js';

/**
 * @typedef {import('./protocol.js').FromDaemon} FromDaemon
 * @typedef {import('./protocol.js').ToDaemon} ToDaemon
 *
 * @typedef {'idle' | 'connecting' | 'up' | 'down' | 'refused' | 'foreign' | 'replaced' | 'unconfirmed'} Link
 *	`down`: no savecastd answers on the port: nothing listens, or a program whose answers
 *	an extension may not read. `refused`: a program answers, but closes our connection. `foreign`: it is not the daemon
 *	that we are paired with. `replaced`: another connection of this profile took over. `unconfirmed`:
 *	the daemon does not know this extension yet; the user must confirm it.
 *
 * @typedef {{welcome: boolean, foreign: boolean, code: number}} Ending of a connection: whether our
 *	daemon answered, or another program did, and the close code
 *
 * @typedef {object} Handlers
 * @property {() => import('./protocol.js').BrowserHello} hello the first message
 * @property {() => ToDaemon[]} greeting the messages after the daemon's proof: the watched tabs
 * @property {(message: FromDaemon) => void} message called for each message except `ping`
 * @property {(link: Link) => void} link called when it changed
 */

const PROBE_MSEC = 500;
/**
 * The first interval after the daemon has ended: most often it is only restarted. Doubled up to
 * PROBE_MSEC.
 */
const FIRST_PROBE_MSEC = 50;
const MAX_PAUSE_MSEC = 30000;
/**
 * How long an answer may take, and the longest interval between attempts. A connection to a daemon
 * elsewhere may start an ssh.
 */
const NEAR = { probeMsec: 2000, helloMsec: 5000, pauseMsec: PROBE_MSEC };
const FAR = { probeMsec: 15000, helloMsec: 20000, pauseMsec: 5000 };

/**
 * A daemon elsewhere that sends nothing for this long, not even its pings, cannot be reached, even if
 * ssh has not noticed that: the computer was suspended, or is in another network. Three pings are missing by then.
 */
const SILENT_MSEC = 65000;

/** On a busy machine, an answer may take longer: after each attempt without one, twice as long is waited, up to this factor. */
const MAX_PATIENCE = 8;

/** After a connection that has lasted this long, the next attempt follows at once. */
const STEADY_MSEC = 1000;

/** Browsers end a worker that does not call their API for 30 s. */
function keepAlive() {
	api.runtime.getPlatformInfo().catch(() => {});
}

/** @param {number} msec */
function pause(msec) {
	keepAlive();
	return new Promise((resolve) => setTimeout(resolve, msec));
}

export class Socket {
	#id;
	#port;
	#far;
	#limits;
	#handlers;
	/** @type {boolean | undefined} undefined: want() was not called yet */
	#wanted;
	/** @type {WebSocket | undefined} */
	#socket;
	/** Whether the other end has proved that it is our daemon. */
	#proven = false;
	/** @type {Link} */
	#link = 'idle';
	/** Attempts in a row that a program answered, but refused. */
	#refusals = 0;
	/** The number of the current loop; an older loop ends when it sees another number here. */
	#loop = 0;

	/**
	 * @param {{id: string, port: number}} daemon `id`: the key is stored under it
	 * @param {boolean} far whether it is on another machine
	 * @param {Handlers} handlers
	 */
	constructor({ id, port }, far, handlers) {
		this.#id = id;
		this.#port = port;
		this.#far = far;
		this.#limits = far ? FAR : NEAR;
		this.#handlers = handlers;
	}

	get link() {
		return this.#link;
	}

	get port() {
		return this.#port;
	}

	/** @param {number} port */
	set port(port) {
		if (port !== this.#port) {
			this.#port = port;
			this.reconnect();
		}
	}

	/** Connects again, since the port or the key has changed. */
	reconnect() {
		this.#drop();
		this.#setLink('idle');
		this.kick();
	}

	/** @param {boolean} wanted */
	want(wanted) {
		if (wanted === this.#wanted) {
			return;
		}
		this.#wanted = wanted;
		if (wanted) {
			this.kick();
		} else {
			this.#drop();
			this.#setLink('idle');
		}
	}

	/** Tries to connect now, if a connection is wanted and no attempt is under way. */
	kick() {
		if (this.#wanted && !this.#socket && this.#link !== 'connecting') {
			this.#connect(++this.#loop);
		}
	}

	/**
	 * Without a connection to our daemon the message is dropped: the first messages of the next
	 * connection contain the current state.
	 *
	 * @param {ToDaemon} message
	 */
	send(message) {
		if (this.#proven && this.#socket?.readyState === WebSocket.OPEN) {
			this.#socket.send(encode(message));
		}
	}

	/** @param {number} loop */
	async #connect(loop) {
		if (this.#link === 'idle') {
			this.#setLink('connecting');
		}
		let soon = FIRST_PROBE_MSEC, patience = 1;
		for (;;) {
			const began = performance.now();
			const met = await this.#converseWithAny(loop, patience);
			if (loop !== this.#loop) {
				return;
			}
			let msec = Math.min(soon, this.#limits.pauseMsec);
			const late = performance.now() - began >= this.#limits.probeMsec;
			patience = met?.welcome ? 1 : late ? Math.min(patience * 2, MAX_PATIENCE) : patience;
			if (met?.welcome && met.code === CLOSE_REPLACED) {
				// The next click or alarm tries again.
				this.#setLink('replaced');
				return;
			}
			if (met?.welcome && met.code !== CLOSE_REFUSED) {
				this.#refusals = 0;
				this.#setLink('connecting');
				if (performance.now() - began > STEADY_MSEC) {
					soon = FIRST_PROBE_MSEC;
					continue;
				}
				soon *= 2;
			} else if (met && (met.foreign || met.code)) {
				// Begins with the interval for a daemon that is not there: this one may only be too slow.
				msec = Math.min(PROBE_MSEC * 2 ** this.#refusals++, MAX_PAUSE_MSEC);
				this.#setLink(met.foreign ? 'foreign' : 'refused');
			} else {
				soon *= 2;
				this.#setLink('down');
			}
			await pause(msec);
			if (loop !== this.#loop) {
				return;
			}
		}
	}

	/**
	 * Converses with each program that answers on the port, until one is our daemon.
	 *
	 * @param {number} loop
	 * @param {number} patience a factor
	 * @returns {Promise<Ending | undefined>} undefined if nothing answers
	 */
	async #converseWithAny(loop, patience) {
		/** @type {Ending | undefined} */
		let met;
		for await (const host of findHosts(this.#port, this.#limits.probeMsec * patience)) {
			const key = await loadKey(this.#id);
			if (loop !== this.#loop) {
				break;
			}
			const ending = await this.#converse(host, key, this.#limits.helloMsec * patience);
			met = { ...ending, foreign: ending.foreign || Boolean(met?.foreign) };
			if (ending.welcome || loop !== this.#loop) {
				break;
			}
		}
		return met;
	}

	/**
	 * One connection from start to end.
	 *
	 * @param {string} host
	 * @param {string | undefined} key of our daemon
	 * @param {number} msec how long its answer may take
	 * @returns {Promise<Ending>}
	 */
	#converse(host, key, msec) {
		return new Promise((resolve) => {
			const hello = { ...this.#handlers.hello(), ...challenge(key), ...this.#far && { far: true } };
			const socket = new WebSocket(`ws://${host}:${this.#port}/`, SUBPROTOCOL);
			let welcome = false, foreign = false, judging = false;
			/** @type {ReturnType<typeof setTimeout> | undefined} */
			let silence;
			/** @param {number} code */
			const end = (code) => {
				clearTimeout(timer);
				clearTimeout(silence);
				if (this.#socket === socket) {
					this.#socket = undefined;
				}
				resolve({ welcome, foreign, code });
			};
			const timer = setTimeout(() => {
				socket.close();
				end(0);
			}, msec);
			const watchSilence = () => {
				clearTimeout(silence);
				silence = setTimeout(() => {
					console.warn(`daemon: port ${this.#port}: has sent nothing for ${SILENT_MSEC / 1000} s: connecting again`);
					socket.close();
					end(0);
				}, SILENT_MSEC);
			};

			/** @param {import('./protocol.js').DaemonHello} answer */
			const welcomed = async (answer) => {
				judging = true;
				foreign = !await prove(this.#id, key, hello, answer);
				if (this.#socket !== socket) {
					return;
				}
				if (foreign) {
					socket.close();
					end(0);
					return;
				}
				welcome = this.#proven = true;
				clearTimeout(timer);
				if (this.#far) {
					watchSilence();
				}
				this.#handlers.greeting().forEach((message) => this.send(message));
				this.#setLink('up');
				this.#handlers.message(answer);
			};

			this.#socket = socket;
			this.#proven = false;
			socket.onopen = () => socket.send(encode(hello));
			const isFlood = floodGauge();
			socket.onmessage = ({ data }) => {
				if (isFlood(data)) {
					console.warn(`daemon: port ${this.#port}: sends too much: disconnected`);
					socket.onmessage = null;
					socket.close();
					end(CLOSE_REFUSED);
					return;
				}
				if (welcome && this.#far && this.#socket === socket) {
					watchSilence();
				}
				const message = this.#socket === socket ? read(data) : null;
				if (!welcome && message?.type === 'error' && message.code === UNCONFIRMED) {
					// The answer comes when the user has confirmed us.
					clearTimeout(timer);
					this.#setLink('unconfirmed');
				}
				if (welcome && message?.type === 'ping') {
					keepAlive();
				} else if (message && (welcome || message.type === 'error')) {
					this.#handlers.message(message);
				} else if (message?.type === 'hello' && !judging) {
					welcomed(message).catch((error) => console.warn(`daemon: ${error}`));
				}
			};
			socket.onclose = ({ code }) => end(code);
		});
	}

	#drop() {
		this.#loop++;
		this.#refusals = 0;
		const socket = this.#socket;
		this.#socket = undefined;
		socket?.close(1000);
	}

	/** @param {Link} link */
	#setLink(link) {
		if (link !== this.#link) {
			this.#link = link;
			this.#handlers.link(link);
		}
	}
}

/**
 * @param {unknown} data
 * @returns {FromDaemon | null} null if it is to be ignored
 */
function read(data) {
	try {
		return parse(data);
	} catch (error) {
		console.warn(`daemon: ${error}`);
		return null;
	}
}
