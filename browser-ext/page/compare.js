// SPDX-License-Identifier: MIT
//
// Compares what a document of the tab shows with what the server answers now, and patches the document
// if it can.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};
	const { ahead, patch, volatile } = shared;

	/**
	 * @typedef {{document: Document, ask: () => Promise<any>, steady: boolean}} Page ask: requests it; steady: two answers of the same
	 *	code were equal, so one that differs is probably made by new code
	 * @typedef {{status: number, text: string, policies: string}} Answer
	 * @typedef {{outcome: 'patched' | 'unused' | 'reload', detail: string, provisional?: boolean}} Compared provisional: only times or
	 *	random values may differ, so the new code may still be to come
	 */

	/** @param {string} detail @returns {Compared} */
	const reload = (detail) => ({ outcome: 'reload', detail });

	const nodes = (/** @type {number} */ count) => `${count} node${count === 1 ? '' : 's'}`;

	/** @param {Page} page @param {Answer} next @param {Answer} [second] the next one of the same code */
	const checkSteady = (page, next, second) => {
		page.steady = second?.text === next.text;
		return page.steady;
	};

	/**
	 * @param {Page} page
	 * @param {Answer} shown
	 * @param {Answer} next
	 * @param {boolean} [careful] whether to find out what differs in every answer
	 * @returns {Promise<Compared>} `unused`: only what differs in every answer differs
	 */
	const compare = async (page, shown, next, careful = false) => {
		if (shown.policies !== next.policies) {
			return reload('the page\'s headers changed');
		}
		if (shown.text === next.text) {
			page.steady = true;
			return { outcome: 'unused', detail: 'same answer' };
		}
		const before = ahead.parsed(shown), after = ahead.parse(next.text);
		const onlyRandom = volatile.mask(shown.text) === volatile.mask(next.text);
		const planned = (onlyRandom && !page.steady) || careful ? undefined : await patch(before, after, page.document);
		if (planned && !planned.reload) {
			// The page is patched. A second answer shows whether to keep waiting for new code.
			return { outcome: 'patched', detail: nodes(planned.nodes), provisional: onlyRandom && !checkSteady(page, next, (await page.ask()).answer) };
		}
		if (planned && !onlyRandom && !/script|inline/.test(planned.reload)) {
			return reload(planned.reload);
		}
		// A second answer of the same code shows what differs in every answer.
		const { answer: second } = await page.ask();
		checkSteady(page, next, second);
		if (!second || second.status !== next.status) {
			return reload(planned?.reload ?? 'the answers differ');
		}
		volatile.settle(before, after, ahead.parse(second.text));
		const provisional = onlyRandom || volatile.mask(before.documentElement.outerHTML) === volatile.mask(after.documentElement.outerHTML);
		const settled = await patch(before, after, page.document);
		return settled.reload ? reload(settled.reload)
			: settled.nodes ? { outcome: 'patched', detail: nodes(settled.nodes), provisional }
			: { outcome: 'unused', detail: 'same answer' };
	};

	shared.compare = compare;
}
