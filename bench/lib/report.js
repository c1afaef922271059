// SPDX-License-Identifier: MIT
/** The results, as Markdown. Pure. */
import { figure, summary } from './stats.js';

/**
 * @typedef {object} Section what one measurement returns
 * @property {string} title
 * @property {string} about what was done, and what the figures mean
 * @property {Table[]} tables
 * @property {Goal[]} [goals]
 * @property {string[]} [notes]
 * @property {import('./plot.js').Bar[]} [bars] for the plot
 *
 * @typedef {object} Table
 * @property {string[]} head
 * @property {(string | number)[][]} rows
 *
 * @typedef {object} Goal
 * @property {string} what
 * @property {boolean} met
 * @property {string} measured
 * @property {string} [why] if it is not met: what takes the time, and what would meet the goal
 */

/** @param {string | number} cell */
const text = (cell) => (typeof cell === 'number' ? figure(cell) : cell).replaceAll('|', '\\|');

/** @param {Table} table */
export function table({ head, rows }) {
	const line = (/** @type {(string | number)[]} */ cells) => `| ${cells.map(text).join(' | ')} |`;
	const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
	return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** The columns of a table of times. */
export const TIMES = ['', 'p50', 'p95', 'p99', 'max', 'saves'];

/**
 * @param {string} name
 * @param {number[]} values
 */
export function times(name, values) {
	const all = summary(values);
	return all ? [name, all.p50, all.p95, all.p99, all.max, String(all.n)] : [name, '–', '–', '–', '–', '0'];
}

/** @param {Goal} goal */
const goalLine = ({ what, met, measured, why }) =>
	`- ${met ? 'met' : '**not met**'}: ${what}: ${measured}${!met && why ? `. ${why}` : ''}`;

/** @param {Section} section */
function sectionText({ title, about, tables, goals = [], notes = [] }) {
	return [
		`## ${title}`, about, ...tables.map(table), goals.map(goalLine).join('\n'), ...notes,
	].filter(Boolean).join('\n\n');
}

/**
 * @param {string[]} machine one line each
 * @param {Section[]} sections
 * @param {{plot?: string, by?: string}} [more] plot: the file name of the diagram; by: the program that wrote the report
 */
export function report(machine, sections, { plot, by = 'scripts/bench' } = {}) {
	const goals = sections.flatMap(({ goals: some = [] }) => some);
	const unmet = goals.filter(({ met }) => !met);
	return [
		'# savecast, measured',
		`Written by \`${by}\`. Times are in milliseconds unless a table says otherwise.`,
		machine.map(line => `- ${line}`).join('\n'),
		goals.length ? `${goals.length - unmet.length} of ${goals.length} goals are met.` : '',
		plot ? `![save to message](${plot})` : '',
		...sections.map(sectionText),
	].filter(Boolean).join('\n\n') + '\n';
}
