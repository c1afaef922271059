// SPDX-License-Identifier: MIT
/**
 * The output channel: the events of this window's saves and their steps, as they happen.
 *
 * Steps arrive as signals that have only their event's number. For a new event, the
 * daemon is asked for the event and its steps so far. Steps that arrive meanwhile may
 * be in the answer, too.
 */
import type * as vscode from 'vscode';

import type { Daemon, LoggedEvent, Step } from './daemon';
import type { Place } from './place';
import { eventTitle, stepText } from './event-text';

/** As many events as the daemon remembers. */
const EVENTS_MAX = 256;

type Known = { waiting: Step[] } | 'shown' | 'other';

function isSame(a: Step, b: Step): boolean {
	return a.at === b.at && a.step === b.step && a.tab === b.tab;
}

export class Ledger implements vscode.Disposable {
	#events = new Map<number, Known>();
	#listeners: vscode.Disposable[];

	constructor(
		private readonly daemon: Daemon,
		private readonly place: Place,
		private readonly channel: vscode.LogOutputChannel,
	) {
		this.#listeners = [
			daemon.onStep(({ event, step }) => void this.#step(event, step)),
			daemon.onDidChange(() => {
				if (daemon.presence.state !== 'running') {
					this.#events.clear(); // The next daemon counts from 1 again.
				}
			}),
		];
	}

	async #step(event: number, step: Step) {
		const known = this.#events.get(event);
		if (known === 'shown') {
			this.channel.info(`#${event} ${stepText(step)}`);
		} else if (known === undefined) {
			await this.#meet(event, step);
		} else if (known !== 'other') {
			known.waiting.push(step);
		}
	}

	async #meet(event: number, step: Step) {
		const meeting = { waiting: [step] };
		this.#events.set(event, meeting);
		if (this.#events.size > EVENTS_MAX) {
			this.#events.delete(this.#events.keys().next().value as number);
		}
		const [logged] = await this.daemon.eventsAfter(event - 1).catch((): LoggedEvent[] => []);
		if (logged?.serial !== event || !this.place.shows(logged.project)) {
			this.#events.set(event, 'other');
			return;
		}
		this.channel.info(eventTitle(logged, file => this.place.label(file)));
		const late = meeting.waiting.filter(one => !logged.steps.some(other => isSame(one, other)));
		for (const each of [...logged.steps, ...late]) {
			this.channel.info(`#${event} ${stepText(each)}`);
		}
		this.#events.set(event, 'shown');
	}

	dispose() {
		this.#listeners.forEach(listener => listener.dispose());
	}
}
