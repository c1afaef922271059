// SPDX-License-Identifier: MIT
/** A diagram that compares times, as SVG. Pure. */
import { figure } from './stats.js';

/**
 * @typedef {object} Bar from p50 to p95, on a logarithmic scale
 * @property {string} name
 * @property {number} p50 ms
 * @property {number} p95
 */

const ROW = 26, LEFT = 210, RIGHT = 130, WIDTH = 800, TOP = 48;

/** @param {string} text */
const escaped = text => text.replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`);

/** @param {string} title @param {Bar[]} bars */
export function plot(title, bars) {
	const low = Math.floor(Math.log10(Math.min(...bars.map(({ p50 }) => p50))));
	const high = Math.ceil(Math.log10(Math.max(...bars.map(({ p95 }) => p95))));
	const height = TOP + bars.length * ROW + 12;
	const x = (/** @type {number} */ msec) =>
		LEFT + (Math.log10(msec) - low) / Math.max(1, high - low) * (WIDTH - LEFT - RIGHT);
	const lines = [];
	for (let power = low; power <= high; power++) {
		const at = x(10 ** power).toFixed(1);
		lines.push(`<line x1="${at}" x2="${at}" y1="${TOP - 8}" y2="${height - 12}" stroke="#ccc"/>`,
			`<text x="${at}" y="${TOP - 14}" text-anchor="middle">${figure(10 ** power)} ms</text>`);
	}
	bars.forEach(({ name, p50, p95 }, i) => {
		const y = TOP + i * ROW, color = name.startsWith('savecast') ? '#1a7f37' : '#777';
		lines.push(`<text x="${LEFT - 12}" y="${y + 13}" text-anchor="end">${escaped(name)}</text>`,
			`<rect x="${x(p50).toFixed(1)}" y="${y + 6}" height="6" fill="${color}" opacity="0.5" `
				+ `width="${Math.max(1, x(p95) - x(p50)).toFixed(1)}"/>`,
			`<circle cx="${x(p50).toFixed(1)}" cy="${y + 9}" r="5" fill="${color}"/>`,
			`<text x="${WIDTH - RIGHT + 14}" y="${y + 13}">${figure(p50)} / ${figure(p95)}</text>`);
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" `
		+ 'font-family="sans-serif" font-size="12">\n'
		+ '<rect width="100%" height="100%" fill="#fff"/>\n'
		+ `<text x="12" y="18" font-size="14">${escaped(title)}: p50, and up to p95 (logarithmic)</text>\n`
		+ `${lines.join('\n')}\n</svg>\n`;
}
