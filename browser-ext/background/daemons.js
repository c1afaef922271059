// SPDX-License-Identifier: MIT
//
// The daemons in the settings, each with a connection of its own, and the tabs that each of them
// watches. A daemon's message about a tab that it does not watch is ignored.

import { api } from '../common/api.js';
import { Socket } from '../link/socket.js';
import { assign, knows, shownAnswer, urlFor } from './assignment.js';
import { framesOf } from './places.js';

/**
 * @typedef {import('../common/settings.js').Daemon} Daemon
 * @typedef {import('../link/protocol.js').FromDaemon} FromDaemon
 * @typedef {import('../link/socket.js').Link} Link
 * @typedef {import('./tabs.js').TabEntry} TabEntry
 *
 * @typedef {object} Member
 * @property {Daemon} daemon
 * @property {Socket} socket
 * @property {Map<number, string>} told the URL of each tab that the daemon watches
 *
 * @typedef {object} Handlers
 * @property {() => import('../link/protocol.js').BrowserHello} hello
 * @property {(daemon: string, message: FromDaemon) => void} message of a daemon that has proved that it has the key
 * @property {(answer: import('../link/protocol.js').TabAnswer) => void} answered
 * @property {(tab: number) => void} changed called when the tab's daemon, its answer or its connection has changed
 * @property {(tab: number, to: string | undefined) => void} leaves called before the tab belongs to another daemon, or to none
 */

/** Wakes the worker if the browser ended it while no daemon was running. */
const ALARM = 'reconnect';
const ALARM_MINUTES = 0.5;

export class Daemons {
	#tabs;
	#handlers;
	/** @type {Member[]} in the order of the settings */
	#members = [];
	/** @type {boolean | undefined} */
	#alarm;

	/**
	 * @param {import('./tabs.js').Tabs} tabs
	 * @param {Handlers} handlers
	 */
	constructor(tabs, handlers) {
		this.#tabs = tabs;
		this.#handlers = handlers;
	}

	/** @param {Daemon[]} daemons the one of this computer first */
	configure(daemons) {
		const gone = this.#members.filter(({ daemon }) => !daemons.some(({ id }) => id === daemon.id));
		gone.forEach(({ socket }) => socket.want(false));
		this.#members = daemons.map((daemon, i) => {
			const member = this.#member(daemon.id) ?? this.#add(daemon, i > 0);
			member.daemon = daemon;
			member.socket.port = daemon.port;
			return member;
		});
		for (const [id, { answers }] of this.#tabs.all()) {
			gone.forEach(({ daemon }) => delete answers?.[daemon.id]);
			this.#update(id);
		}
		this.#connect();
	}

	/**
	 * @param {Daemon} daemon
	 * @param {boolean} far
	 * @returns {Member}
	 */
	#add(daemon, far) {
		const { id } = daemon;
		/** @type {Member} */
		const member = { daemon, told: new Map(), socket: new Socket(daemon, far, {
			hello: this.#handlers.hello,
			greeting: () => {
				// Tabs that belong to another daemon by now are left out.
				member.told = new Map(this.#tabs.watched()
					.filter(([, entry]) => this.#assign(entry).told.includes(id))
					.map(([tab, entry]) => [tab, urlFor(entry, far)]));
				return [...member.told].map(([tab, url]) => this.#watching(tab, url));
			},
			message: (message) => this.#received(member, message),
			link: (link) => this.#linkChanged(member, link),
		}) };
		return member;
	}

	/**
	 * @param {number} tab
	 * @param {string} url
	 * @returns {import('../link/protocol.js').Watch}
	 */
	#watching(tab, url) {
		const { parent } = this.#tabs.get(tab) ?? {};
		return { type: 'watch', tab, url, ...(parent !== undefined && { parent }) };
	}

	/**
	 * A frame belongs to the daemon of its tab.
	 *
	 * @param {TabEntry} entry
	 */
	#assign(entry) {
		const tab = entry.tab === undefined ? undefined : this.#tabs.get(entry.tab);
		return assign(tab ? { ...entry, chosen: tab.daemon } : entry, this.#links());
	}

	/** @param {string | undefined} id */
	#member(id) {
		return this.#members.find(({ daemon }) => daemon.id === id);
	}

	#links() {
		return this.#members.map(({ daemon: { id }, socket: { link } }) => ({ id, link }));
	}

	/**
	 * To be called when the tab is switched on, shows another URL, or was loaded again by the user.
	 *
	 * @param {number} tab
	 */
	watch(tab) {
		// The empty text differs from every URL, so that the tab is sent again or withdrawn.
		this.#members.filter(({ told }) => told.has(tab)).forEach(({ told }) => told.set(tab, ''));
		this.#update(tab);
		this.#connect();
	}

	/** @param {number} tab that is no longer on */
	unwatch(tab) {
		this.#members.forEach((member) => this.#tell(member, tab, undefined));
		this.#connect();
	}

	/**
	 * @param {number} tab
	 * @param {string | undefined} chosen the daemon's id; undefined: it is found again
	 */
	choose(tab, chosen) {
		this.#tabs.set(tab, { chosen, daemon: undefined });
		this.watch(tab);
	}

	/** Tries now to connect to each daemon to which a connection is wanted. */
	kick() {
		this.#members.forEach(({ socket }) => socket.kick());
	}

	/** @param {string} id the daemon whose key was forgotten */
	reconnect(id) {
		this.#member(id)?.socket.reconnect();
	}

	/**
	 * @param {string | undefined} daemon
	 * @param {import('../link/protocol.js').ToDaemon} message
	 */
	send(daemon, message) {
		this.#member(daemon)?.socket.send(message);
	}

	/** @param {string | undefined} daemon */
	isUp(daemon) {
		return this.#member(daemon)?.socket.link === 'up';
	}

	/**
	 * @param {number} tab
	 * @returns {string} the daemon that gets its reports
	 */
	of(tab) {
		return this.#tabs.get(tab)?.daemon ?? this.#members[0].daemon.id;
	}

	/**
	 * Sends the message to the daemon whose answer the tab shows.
	 *
	 * @param {number} tab
	 * @param {import('../link/protocol.js').ToDaemon} message
	 */
	sendFor(tab, message) {
		this.#serving(tab).socket.send(message);
	}

	/** @param {number} tab @returns {Member} */
	#serving(tab) {
		return this.#member(this.#tabs.get(tab)?.daemon) ??
			this.#members.find(({ told, socket }) => socket.link === 'up' && told.has(tab)) ?? this.#members[0];
	}

	/**
	 * The connection that a tab depends on: to its daemon; if it has none, to a daemon that watches
	 * it; otherwise to this computer's daemon.
	 *
	 * @param {number} tab
	 * @returns {{link: Link, port: number, name?: string}} `name` of a daemon elsewhere
	 */
	connection(tab) {
		const [local] = this.#members;
		const { daemon: { id, name, port }, socket: { link } } = this.#serving(tab);
		return id === local.daemon.id ? { link, port } : { link, port, name };
	}

	/** @param {TabEntry | undefined} entry @returns {{id: string, name: string, port: number, link: Link, knows: boolean}[]} */
	list(entry) {
		return this.#members.map(({ daemon, socket }) => ({
			...daemon, link: socket.link, knows: knows(entry?.answers?.[daemon.id]),
		}));
	}

	/**
	 * @param {Member} member
	 * @param {FromDaemon} message
	 */
	#received(member, message) {
		const { daemon: { id }, told } = member;
		if (message.type !== 'tab') {
			this.#handlers.message(id, message);
			return;
		}
		const entry = this.#tabs.get(message.tab);
		if (entry && entry.paused === undefined && told.has(message.tab)) {
			entry.answers = { ...entry.answers, [id]: message };
			this.#handlers.answered(message);
			if (member === this.#members[0] && message.state !== 'looking') {
				this.#tabs.set(message.tab, { forwarded: message.forwarded });
			}
			this.#update(message.tab);
			this.#connect();
		}
	}

	/**
	 * @param {Member} member
	 * @param {Link} link
	 */
	#linkChanged(member, link) {
		if (link !== 'up') {
			member.told.clear();
			for (const [, { answers }] of this.#tabs.all()) {
				delete answers?.[member.daemon.id];
			}
		}
		for (const [tab] of this.#tabs.all()) {
			this.#update(tab);
		}
		this.#connect();
	}

	/** @param {number} tab of which something may have changed */
	#update(tab) {
		const entry = this.#tabs.get(tab);
		if (!entry || entry.paused !== undefined) {
			this.#members.forEach((member) => this.#tell(member, tab, undefined));
			this.#handlers.changed(tab);
			return;
		}
		const { daemon, told } = this.#assign(entry);
		if (daemon !== entry.daemon) {
			if (entry.daemon !== undefined) {
				this.#handlers.leaves(tab, daemon);
			}
			this.#tabs.set(tab, { daemon });
			framesOf(tab).forEach((frame) => this.#update(frame));
		}
		for (const member of this.#members) {
			const { id } = member.daemon;
			if (!told.includes(id)) {
				delete entry.answers?.[id];
			}
			this.#tell(member, tab, told.includes(id) ? urlFor(entry, member !== this.#members[0]) : undefined);
		}
		entry.answer = shownAnswer(entry, this.#members.map(({ daemon: { id } }) => id));
		this.#handlers.changed(tab);
	}

	/**
	 * @param {Member} member
	 * @param {number} tab
	 * @param {string | undefined} url undefined: the daemon is not to watch it
	 */
	#tell({ told, socket }, tab, url) {
		if (socket.link !== 'up' || told.get(tab) === url) {
			return;
		}
		if (url === undefined) {
			told.delete(tab);
			socket.send({ type: 'unwatch', tab });
		} else {
			told.set(tab, url);
			socket.send(this.#watching(tab, url));
		}
	}

	/** Each daemon that is to watch a tab needs a connection. */
	#connect() {
		const links = this.#links();
		/** @type {Set<string>} */
		const wanted = new Set();
		for (const [, entry] of this.#tabs.all()) {
			if (entry.paused === undefined && wanted.size < links.length) {
				this.#assign(entry).told.forEach((id) => wanted.add(id));
			}
		}
		if (wanted.size > 0 !== this.#alarm) {
			this.#alarm = wanted.size > 0;
			if (this.#alarm) {
				api.alarms.create(ALARM, { periodInMinutes: ALARM_MINUTES });
			} else {
				api.alarms.clear(ALARM);
			}
		}
		this.#members.forEach(({ daemon, socket }) => socket.want(wanted.has(daemon.id)));
	}
}
