// SPDX-License-Identifier: MIT
/**
 * What a restarting server does, seen from outside and independently of the
 * daemon: when its new code answers for the first time.
 */
import http from 'node:http';

/**
 * @param {string} url
 * @returns {Promise<string>} the body; '' if nobody answers
 */
function get(url) {
	return new Promise(resolve => {
		// A new connection each time: a kept one would end at the old worker.
		const request = http.get(url, { agent: false }, response => {
			let body = '';
			response.setEncoding('utf8').on('data', text => { body += text; });
			response.on('end', () => resolve(response.statusCode === 200 ? body : ''));
			response.on('error', () => resolve(''));
		});
		request.on('error', () => resolve(''));
	});
}

/**
 * @param {string} url
 * @param {string} wanted part of the new body
 * @param {number} [msec]
 * @returns {Promise<number>} microseconds of the monotonic clock, when it was answered first
 */
export async function firstAnswer(url, wanted, msec = 30000) {
	const deadline = performance.now() + msec;
	while (performance.now() < deadline) {
		if ((await get(url)).includes(wanted)) {
			return Number(process.hrtime.bigint() / 1000n);
		}
		await new Promise(resolve => { setTimeout(resolve, 1); });
	}
	throw new Error(`${url}: ${wanted}: not answered within ${msec} ms`);
}

/** @param {number[]} values */
export function median(values) {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
