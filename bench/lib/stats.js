// SPDX-License-Identifier: MIT
/** Statistics of many times. Pure. */

/**
 * @typedef {object} Summary
 * @property {number} n
 * @property {number} p50
 * @property {number} p95
 * @property {number} p99
 * @property {number} max
 */

/**
 * The quantile: nearest rank, so it is always one of the values.
 *
 * @param {number[]} sorted not empty
 * @param {number} part from 0 to 1
 */
export function quantile(sorted, part) {
	return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

/** @param {number[]} values @returns {Summary | undefined} undefined if there are none */
export function summary(values) {
	if (values.length === 0) {
		return undefined;
	}
	const sorted = [...values].sort((a, b) => a - b);
	return {
		n: sorted.length,
		p50: quantile(sorted, 0.5),
		p95: quantile(sorted, 0.95),
		p99: quantile(sorted, 0.99),
		max: quantile(sorted, 1),
	};
}

/**
 * For display: three significant digits, but at most three decimals.
 *
 * @param {number} value
 */
export function figure(value) {
	if (!Number.isFinite(value)) {
		return '–';
	}
	const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
	return value === 0 ? '0' : value.toFixed(digits);
}
