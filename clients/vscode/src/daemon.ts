// SPDX-License-Identifier: MIT
/**
 * savecastd, through the D-Bus interface in protocol/io.github.savecast.Daemon1.xml.
 * Connects when there is something to send, and again after the connection has ended.
 */
import * as vscode from 'vscode';

import { BusError, DISCONNECTED, NO_BUS, SessionBus, uint64, type Signal } from './session-bus';

const NAME = 'io.github.savecast.Daemon1';
const PATH = '/io/github/savecast/Daemon1';
const PROJECT = 'io.github.savecast.Project1';
const BUS = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' };

const NOT_INSTALLED = 'savecastd is not installed here: it does not run, and no D-Bus service has its name';

/**
 * The names of these errors start like this: the bus, or systemd for it, tried to start the daemon
 * and failed.
 */
const CANNOT_START = ['org.freedesktop.DBus.Error.Spawn', 'org.freedesktop.systemd1.', 'org.freedesktop.DBus.Error.TimedOut'];

const NO_OWNER = 'org.freedesktop.DBus.Error.NameHasNoOwner';

/** Later daemons may have further keys. */
export interface Step {
	at: number;
	step: string;
	text?: string;
	tab?: number;
}

export interface LoggedEvent {
	serial: number;
	source: string;
	project?: string;
	files: string[];
	'file-count': number;
	steps: Step[];
}

export interface Tab {
	url: string;
	state: string;
	project?: string;
	reason?: string;
}

/** A problem of a page: an entry of a project's property Problems. */
export interface PageProblem {
	message: string;
	page: string;
	file?: string;
	line?: number;
	column?: number;
}

export type Presence =
	| { state: 'running' }
	/** It is not running; the next call starts it. */
	| { state: 'stopped' }
	| { state: 'missing'; why: string };

export class Daemon implements vscode.Disposable {
	presence: Presence = { state: 'stopped' };
	#bus: Promise<SessionBus> | undefined;
	#changed = new vscode.EventEmitter<void>();
	#problems = new vscode.EventEmitter<{ project: string; problems: PageProblem[] }>();
	#step = new vscode.EventEmitter<{ event: number; step: Step }>();
	/** The daemon has started or ended, or its projects or tabs have changed. */
	readonly onDidChange = this.#changed.event;
	readonly onStep = this.#step.event;
	/** All problems of the project's pages; `project` is its object path. */
	readonly onProblems = this.#problems.event;
	#disposed = false;

	/** Starts the daemon if it is not running, and subscribes to its events. */
	async start(): Promise<void> {
		await this.#call('Subscribe');
	}

	/** Does not start the daemon: fires onProblems for each project that has problems. */
	async readProblems(): Promise<void> {
		const bus = await this.#connected();
		const call = { destination: NAME, path: PATH, interface: 'org.freedesktop.DBus.ObjectManager', member: 'GetManagedObjects', passive: true };
		const [objects] = await bus.call(call);
		for (const [project, interfaces] of Object.entries<any>(objects)) {
			const problems = interfaces[PROJECT]?.Problems ?? [];
			if (problems.length) {
				this.#problems.fire({ project, problems });
			}
		}
	}

	async saved(files: string[]): Promise<number> {
		const [event] = await this.#again(() => this.#call('Saved', 'asa{sv}', [files, {}]));
		return event;
	}

	async reload(root: string): Promise<number> {
		const [event] = await this.#call('Reload', 'sa{sv}', [root, {}]);
		return event;
	}

	/** Does not start the daemon. */
	async tabs(): Promise<Tab[]> {
		const [tabs] = await this.#call('ListTabs', 'a{sv}', [{}], true);
		return tabs;
	}

	/** How many browsers are connected to the daemon. Does not start it. */
	async browsers(): Promise<number> {
		const bus = await this.#connected();
		const [count] = await bus.call({ destination: NAME, path: PATH, interface: 'org.freedesktop.DBus.Properties',
			member: 'Get', signature: 'ss', body: [NAME, 'Browsers'], passive: true });
		return count;
	}

	/**
	 * The events after that one, oldest first; if there are too many for one answer, only the first
	 * ones. Does not start the daemon.
	 */
	async eventsAfter(event: number): Promise<LoggedEvent[]> {
		const [events] = await this.#call('ListEvents', 'a{sv}', [{ after: uint64(event) }], true);
		return events;
	}

	/** All events that the daemon remembers. */
	async *events(): AsyncGenerator<LoggedEvent> {
		for (let some = await this.eventsAfter(0); some.length; some = await this.eventsAfter(some.at(-1)!.serial)) {
			yield* some;
		}
	}

	/**
	 * Repeats a call during which the daemon ended. It is harmless to report a save twice: the
	 * tabs reload once.
	 */
	async #again<T>(call: () => Promise<T>): Promise<T> {
		try {
			return await call();
		} catch (error) {
			const gone = error instanceof BusError &&
				(error.code === DISCONNECTED || error.code === 'org.freedesktop.DBus.Error.NoReply');
			if (gone && !this.#disposed) {
				return call();
			}
			throw error;
		}
	}

	async #call(member: string, signature = '', body: unknown[] = [], passive = false): Promise<any[]> {
		try {
			const bus = await this.#connected();
			return await bus.call({ destination: NAME, path: PATH, interface: NAME, member, signature, body, passive });
		} catch (error) {
			if (!passive) {
				this.#fault(error as Error);
			} else if (error instanceof BusError && error.code === NO_OWNER) {
				throw new BusError(NO_OWNER, 'savecastd is not running: the next save starts it');
			}
			throw error;
		}
	}

	#fault(error: Error) {
		const code = error instanceof BusError ? error.code : '';
		if (code === 'org.freedesktop.DBus.Error.ServiceUnknown') {
			this.#set({ state: 'missing', why: NOT_INSTALLED });
		} else if (CANNOT_START.some(start => code.startsWith(start)) || code === NO_BUS) {
			this.#set({ state: 'missing', why: error.message });
		}
	}

	#set(presence: Presence) {
		if (JSON.stringify(presence) !== JSON.stringify(this.presence)) {
			this.presence = presence;
			this.#changed.fire();
		}
	}

	#connected(): Promise<SessionBus> {
		this.#bus ??= this.#connect().catch(error => {
			this.#bus = undefined;
			throw error instanceof BusError ? new BusError(NO_BUS, error.message) : error;
		});
		return this.#bus;
	}

	async #connect(): Promise<SessionBus> {
		const bus = await SessionBus.open();
		bus.onSignal = signal => this.#signal(signal);
		bus.onClose = () => {
			this.#bus = undefined;
			this.#set({ state: 'stopped' });
		};
		for (const rule of [
			`type='signal',sender='${BUS.destination}',member='NameOwnerChanged',arg0='${NAME}'`,
			`type='signal',sender='${NAME}',path_namespace='${PATH}'`,
		]) {
			await bus.call({ ...BUS, member: 'AddMatch', signature: 's', body: [rule] });
		}
		// From here on only NameOwnerChanged counts: a reply may be read after the daemon's end.
		const [runs] = await bus.call({ ...BUS, member: 'NameHasOwner', signature: 's', body: [NAME] });
		this.#set(runs ? { state: 'running' } : await this.#absent(bus));
		if (runs) {
			const call = { destination: NAME, path: PATH, interface: NAME, member: 'Subscribe', passive: true };
			await bus.call(call).catch(() => {}); // It ended meanwhile: NameOwnerChanged follows.
		}
		return bus;
	}

	/** The name has no owner: finds out whether the next call can start the daemon. */
	async #absent(bus: SessionBus): Promise<Presence> {
		// A bus that cannot start programs may not have this method.
		const [names] = await bus.call({ ...BUS, member: 'ListActivatableNames', signature: '', body: [] }).catch(() => [[]]);
		return names.includes(NAME) ? { state: 'stopped' } : { state: 'missing', why: NOT_INSTALLED };
	}

	#signal({ interface: name, member, path, body }: Signal) {
		if (member === 'NameOwnerChanged' && name === BUS.interface && body[0] === NAME) {
			if (body[2]) {
				// Another program has started the daemon again: the new one does not have our subscription.
				this.#set({ state: 'running' });
				void this.start().catch(() => {});
			} else {
				this.#set({ state: 'stopped' });
				void this.#bus?.then(async bus => {
					const absent = await this.#absent(bus);
					if (this.presence.state === 'stopped') { // It was not started meanwhile.
						this.#set(absent);
					}
				}).catch(() => {});
			}
		} else if (member === 'EventStep' && name === NAME) {
			this.#step.fire({ event: body[0], step: body[1] });
		} else if (['PropertiesChanged', 'InterfacesAdded', 'InterfacesRemoved'].includes(member)) {
			if (member === 'PropertiesChanged' && body[0] === PROJECT && Array.isArray(body[1]?.Problems)) {
				this.#problems.fire({ project: path, problems: body[1].Problems });
			}
			this.#changed.fire();
		}
	}

	dispose() {
		this.#disposed = true;
		void this.#bus?.then(bus => bus.close(), () => {});
		this.#changed.dispose();
		this.#step.dispose();
		this.#problems.dispose();
	}
}
