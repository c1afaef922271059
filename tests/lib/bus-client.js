// SPDX-License-Identifier: MIT
/** The daemon's D-Bus interface through another library than the daemon's. */
import * as dbus from '@jellybrick/dbus-next';

import { EventLog } from './events.js';

export const NAME = 'io.github.savecast.Daemon1';
export const PATH = '/io/github/savecast/Daemon1';

/**
 * Variants and dictionaries as plain values.
 *
 * @param {any} value
 * @returns {any}
 */
export function plain(value) {
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

export class Bus {
	/** @type {EventLog<{path: string, interface: string, member: string, body: any[]}>} */
	signals = new EventLog();
	#connection;

	/** @param {string} address */
	static open(address) {
		/** @type {any} */
		const connection = dbus.sessionBus({ busAddress: address });
		return new Promise((resolve, reject) => {
			connection.once('connect', () => resolve(new Bus(connection)));
			connection.on('error', /** @type {any} */ (reject));
		});
	}

	/** @param {any} connection */
	constructor(connection) {
		this.#connection = connection;
		connection.on('message', (/** @type {any} */ message) => {
			if (message.type === dbus.MessageType.SIGNAL) {
				const { path, interface: name, member, body } = message;
				this.signals.push({ path, interface: name, member, body: plain(body) });
			}
		});
	}

	/**
	 * @param {object} to
	 * @param {string} [to.destination]
	 * @param {string} [to.path]
	 * @param {string} [to.interface]
	 * @param {string} to.member
	 * @param {string} [to.signature]
	 * @param {any[]} [to.body]
	 * @returns {Promise<any[]>} the arguments of the reply
	 */
	async call(to) {
		const reply = await this.#connection.call(new dbus.Message({
			destination: NAME, path: PATH, interface: NAME, signature: '', body: [], ...to,
		}));
		return plain(reply.body);
	}

	/**
	 * @param {string[]} files
	 * @returns {Promise<number>} the event
	 */
	async saved(...files) {
		const [event] = await this.call({ member: 'Saved', signature: 'asa{sv}', body: [files, {}] });
		return event;
	}

	/**
	 * @param {object} [to]
	 * @param {string} [to.path]
	 * @param {string} [to.interface]
	 */
	async properties({ path = PATH, interface: name = NAME } = {}) {
		const [all] = await this.call({
			path, interface: 'org.freedesktop.DBus.Properties', member: 'GetAll',
			signature: 's', body: [name],
		});
		return all;
	}

	/**
	 * All events that the daemon keeps; a long list comes in parts.
	 *
	 * @param {number} [since] only later ones
	 * @returns {Promise<any>} an array
	 */
	async events(since = 0) {
		/** @type {any[]} */
		const events = [];
		for (let after = BigInt(since), some; !some || some.length > 0; after = BigInt(events.at(-1)?.serial ?? since)) {
			[some] = await this.call({ member: 'ListEvents', signature: 'a{sv}', body: [{ after: new dbus.Variant('t', after) }] });
			events.push(...some);
		}
		return events;
	}

	/** @returns {Promise<any[]>} the properties of each */
	async projects() {
		const [objects] = await this.call({ path: PATH, interface: 'org.freedesktop.DBus.ObjectManager', member: 'GetManagedObjects' });
		return Object.values(objects).map(interfaces => interfaces['io.github.savecast.Project1']).filter(Boolean);
	}

	async tabs() {
		const [tabs] = await this.call({ member: 'ListTabs', signature: 'a{sv}', body: [{}] });
		return tabs;
	}

	/** Does not start the daemon. */
	async daemonRuns() {
		const [runs] = await this.call({
			destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus',
			interface: 'org.freedesktop.DBus', member: 'NameHasOwner', signature: 's', body: [NAME],
		});
		return runs;
	}

	/** @returns {Promise<number>} the process id of the daemon itself, not of a wrapper */
	async daemonPid() {
		const [pid] = await this.call({
			destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus',
			interface: 'org.freedesktop.DBus', member: 'GetConnectionUnixProcessID', signature: 's', body: [NAME],
		});
		return pid;
	}

	/** @param {string} rule */
	async match(rule) {
		await this.call({
			destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus',
			interface: 'org.freedesktop.DBus', member: 'AddMatch', signature: 's', body: [rule],
		});
	}

	close() {
		this.#connection.disconnect();
	}
}
