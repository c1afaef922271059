// SPDX-License-Identifier: MIT
//
// A shell command that the user is to run, with a button that copies it.

/** The one command that starts the daemon now and at each login, as README and the manual name it. */
export const START_COMMAND = 'systemctl --user enable --now savecast';

/**
 * @param {string} text
 * @returns {HTMLSpanElement}
 */
export function commandElement(text) {
	const element = document.createElement('span');
	element.className = 'command';
	const code = document.createElement('code');
	code.textContent = text;
	const button = document.createElement('button');
	button.type = 'button';
	button.textContent = 'Copy';
	button.setAttribute('aria-label', `Copy: ${text}`);
	button.onclick = async () => {
		await navigator.clipboard.writeText(text);
		button.textContent = 'Copied';
		setTimeout(() => { button.textContent = 'Copy'; }, 2000);
	};
	element.append(code, ' ', button);
	return element;
}
