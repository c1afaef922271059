// SPDX-License-Identifier: MIT
//
// Browsers set what is selected in a form when they parse it, not when it is patched: inserting a
// selected option deselects the others. After a patch, each control gets the state that the new
// answer has when parsed, unless the user has changed it.
'use strict';

if (!/** @type {any} */ (globalThis).savecast?.forSaves) {
	const shared = /** @type {any} */ (globalThis).savecast ??= {};

	/** @param {Document} document @returns {any[]} */
	const controls = (document) => [...document.querySelectorAll('select, input[type=radio i], input[type=checkbox i]')];

	/** @param {any} control @returns {any[]} what can be on or off in it */
	const parts = (control) => (control.localName === 'select' ? [...control.options] : [control]);

	/** @param {any} part */
	const isOn = (part) => (part.localName === 'option' ? part.selected : part.checked);

	/** @param {any} part @param {boolean} on */
	const turn = (part, on) => {
		if (isOn(part) !== on) {
			part[part.localName === 'option' ? 'selected' : 'checked'] = on;
		}
	};

	/** @param {any} control */
	const choice = (control) => parts(control).map(isOn).join();

	/**
	 * To be called before a patch.
	 *
	 * @param {Document} base
	 * @param {Document} next
	 * @param {Document} live
	 * @returns {() => void} to be called after it
	 */
	const follow = (base, next, live) => {
		const made = controls(base), there = controls(live);
		const alike = made.length === there.length;
		const chosen = new Set(there.filter((control, i) => !alike || choice(control) !== choice(made[i])));
		return () => {
			const now = controls(live), wanted = controls(next);
			if (!alike || now.length !== wanted.length) {
				return;
			}
			/** @type {[any, boolean][]} */
			const turns = now.flatMap((control, i) => {
				const ours = parts(control), theirs = parts(wanted[i]);
				return chosen.has(control) || ours.length !== theirs.length ? []
					: ours.map((part, n) => /** @type {[any, boolean]} */ ([part, isOn(theirs[n])]));
			});
			// Turning one on turns others off, so that comes first.
			turns.sort(([, a], [, b]) => Number(b) - Number(a)).forEach(([part, on]) => turn(part, on));
		};
	};

	shared.controls = { follow };
}
