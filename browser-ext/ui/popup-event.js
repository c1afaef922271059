// SPDX-License-Identifier: MIT
//
// One event in the popup's list: a line that opens to show its steps.

import { STEPS } from '../link/protocol.js';

/** With seconds, so that two saves differ. */
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/**
 * A class of popup.css: a step that changed nothing does not have the color of success.
 *
 * @param {string} step
 */
const meaningOf = (step) => STEPS[/** @type {keyof typeof STEPS} */ (step)] ?? '';

/** @param {string} file */
const nameOf = (file) => file.slice(file.lastIndexOf('/') + 1);

/**
 * As `savecast log` prints it, but without the folders, which the list below shows.
 *
 * @param {string[]} files
 * @param {string} [subject]
 */
function shortSubject(files, subject) {
	const names = files.map(nameOf).join(', ');
	return subject === undefined ? names || 'reload' : names ? `${subject.split(' ')[0]} ${names}` : subject;
}

/**
 * @param {string} name
 * @param {string} text
 * @param {string} [className]
 */
function element(name, text, className = '') {
	const made = document.createElement(name);
	made.textContent = text;
	made.className = className;
	return made;
}

/**
 * @param {import('../background/report-log.js').LoggedEvent & {frame?: string}} logged `frame`: the URL of the frame that it happened in
 * @param {boolean | Set<string>} open whether its steps show, or the ids of those that do
 * @returns {HTMLLIElement}
 */
export function eventItem({ event, at, files, subject, awaited, steps, frame }, open) {
	const item = document.createElement('li');
	const details = document.createElement('details');
	details.id = `event-${event}${frame ? `-${frame}` : ''}`;
	details.open = open === true || (open instanceof Set && open.has(details.id));
	const summary = document.createElement('summary');
	const last = steps.at(-1);
	summary.append(
		element('time', clock.format(at), 'dim'),
		element('span', `#${event} ${shortSubject(files, subject)}${frame ? ` (frame of ${new URL(frame).host})` : ''}`, 'what'),
		element('span', last ? `${last.step}${awaited ? '' : ` ${last.msec} ms`}` : '…', `end ${last ? meaningOf(last.step) : ''}`),
	);
	const list = document.createElement('ul');
	list.append(...files.filter((file) => nameOf(file) !== file).map((file) => element('li', file)));
	list.append(...steps.map(({ step, detail, msec }) =>
		element('li', `${msec} ms  ${step}${detail ? `: ${detail}` : ''}`, 'dim')));
	details.append(summary, list);
	item.append(details);
	return item;
}
