// SPDX-License-Identifier: MIT
/**
 * The user's session bus: calls that always settle, and signals. The only file that
 * uses the D-Bus library. It works around two limits of the library: a call never
 * settles if its connection ends, and callers are not notified of that end.
 */
import * as dbus from '@jellybrick/dbus-next';
import type { EventEmitter } from 'node:events';
import { existsSync, lstatSync, statSync } from 'node:fs';

/** A bus may take this long to start the daemon. */
const TIMEOUT_MSEC = 25000;

export interface Call {
	destination: string;
	path: string;
	interface: string;
	member: string;
	signature?: string;
	body?: unknown[];
	/** Fails if the name has no owner, instead of starting the program. */
	passive?: boolean;
}

export interface Signal {
	sender: string;
	path: string;
	interface: string;
	member: string;
	body: any[];
}

/**
 * The bus or the other side disconnected, or did not answer: `code` is the name of the D-Bus
 * error.
 */
export class BusError extends Error {
	constructor(public readonly code: string, text: string) {
		super(text);
	}
}

export const DISCONNECTED = 'org.freedesktop.DBus.Error.Disconnected';
export const NO_BUS = 'org.freedesktop.DBus.Error.NoServer';
const TIMEOUT = 'org.freedesktop.DBus.Error.Timeout';

/** Replaces variants by their values, and 64-bit integers by numbers. */
function plain(value: unknown): any {
	if (value instanceof dbus.Variant) {
		return plain(value.value);
	}
	if (Array.isArray(value)) {
		return value.map(plain);
	}
	if (value && typeof value === 'object') {
		return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
	}
	return typeof value === 'bigint' ? Number(value) : value;
}

/** An option of D-Bus type t. */
export const uint64 = (value: number) => new dbus.Variant('t', BigInt(value));

/**
 * The bus of a savecastd that `savecast stdio` has started because there is no session bus, as in
 * most containers: see file_private_folder() in daemon/util/file.h. Undefined if there is none, or
 * if its folder may belong to another user.
 */
function privateBus({ XDG_RUNTIME_DIR: runtime }: NodeJS.ProcessEnv): string | undefined {
	const uid = process.geteuid?.();
	const own = (folder: string, stat: typeof statSync) => {
		const found = stat(folder, { throwIfNoEntry: false });
		return found?.isDirectory() && found.uid === uid ? found : undefined;
	};
	// Only the runtime folder may be a symbolic link.
	const folder = runtime?.startsWith('/') && own(runtime, statSync) ? `${runtime}/savecast` : `/tmp/savecast-${uid}`;
	const mode = own(folder, lstatSync)?.mode ?? 0o777;
	return (mode & 0o077) === 0 && existsSync(`${folder}/bus`) ? `${folder}/bus` : undefined;
}

/** Where the bus may be: the places where the reference library looks for it, then our own. */
function address(env: NodeJS.ProcessEnv): string {
	if (env.DBUS_SESSION_BUS_ADDRESS) {
		return env.DBUS_SESSION_BUS_ADDRESS;
	}
	const session = `${env.XDG_RUNTIME_DIR || `/run/user/${process.getuid?.()}`}/bus`;
	const path = existsSync(session) ? session : privateBus(env);
	if (!path) {
		throw new BusError(NO_BUS, `session bus: ${session}: is not there, and DBUS_SESSION_BUS_ADDRESS is not set`);
	}
	return `unix:path=${path}`;
}

/**
 * The members of the library that are used; the last one is not public, and a test fails if it
 * moves.
 */
interface LibraryBus extends EventEmitter {
	call(message: dbus.Message): Promise<dbus.Message | null>;
	disconnect(): void;
	_connection: EventEmitter;
}

export class SessionBus {
	onSignal: (signal: Signal) => void = () => {};
	onClose: () => void = () => {};
	#bus: LibraryBus;
	#calls = new Set<(error: Error) => void>();
	#closed = false;

	static async open(env: NodeJS.ProcessEnv = process.env): Promise<SessionBus> {
		const where = address(env);
		const bus = new SessionBus(where);
		await bus.#settled(new Promise<void>(resolve => bus.#bus.once('connect', resolve)), 'Hello');
		return bus;
	}

	private constructor(where: string) {
		this.#bus = dbus.sessionBus({ busAddress: where }) as unknown as LibraryBus;
		this.#bus.on('error', (error: Error) => this.#end(`session bus: ${where}: ${error.message}`));
		this.#bus._connection.on('end', () => this.#end(`session bus: ${where}: has ended`));
		this.#bus.on('message', (message: dbus.Message) => {
			if (message.type === dbus.MessageType.SIGNAL) {
				const { sender, path, interface: name, member, body } = message;
				this.onSignal({ sender, path, interface: name, member, body: plain(body) } as Signal);
			}
		});
	}

	#end(why: string) {
		if (!this.#closed) {
			this.#closed = true;
			this.#calls.forEach(reject => reject(new BusError(DISCONNECTED, why)));
			this.#bus.disconnect();
			this.onClose();
		}
	}

	#settled<T>(promise: Promise<T>, what: string): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			const end = (error?: Error) => {
				clearTimeout(timer);
				this.#calls.delete(end);
				reject(error);
			};
			const timer = setTimeout(() =>
				end(new BusError(TIMEOUT, `${what}: no answer within ${TIMEOUT_MSEC / 1000} s`)), TIMEOUT_MSEC);
			timer.unref();
			this.#calls.add(end);
			promise.then(value => {
				resolve(value);
				end();
			}, end);
		});
	}

	/** Resolves to the reply's arguments; rejects with a BusError. */
	async call({ passive, ...call }: Call): Promise<any[]> {
		if (this.#closed) {
			throw new BusError(DISCONNECTED, `${call.member}: the session bus has ended`);
		}
		try {
			const flags = passive ? dbus.MessageFlag.NO_AUTO_START : 0;
			const message = new dbus.Message({ signature: '', body: [], flags, ...call });
			const reply = await this.#settled(this.#bus.call(message), call.member);
			return plain(reply?.body ?? []);
		} catch (error) {
			throw error instanceof dbus.DBusError ? new BusError(error.type, error.text) : error;
		}
	}

	close() {
		this.onClose = () => {};
		this.#end('session bus: closed');
	}
}
