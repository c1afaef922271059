// SPDX-License-Identifier: MIT
//
// The welcome page: adds a button that copies to each command, and explains the icons with the
// table from which the toolbar's icons come.

import { TAB_STATES } from '../common/tab-states.js';
import { START_COMMAND, commandElement } from './command.js';

/** The states that the page explains, in the order in which a user meets them. */
const EXPLAINED = /** @type {const} */ ([
	['off', 'click to switch this tab on'],
	['live', 'each save of the project reloads this tab'],
	['problems', 'something went wrong in the page; click to see what'],
	['waiting', 'the server is restarting; the tab reloads when it answers'],
	['pending', 'click to reload now'],
	['down', 'the page stays as it is, and reloads when the server answers'],
	['none', 'savecast found no project or no server for this page; click to see why'],
	['disconnected', 'the daemon is not running; click to see how to start it'],
]);

document.getElementById('start')?.append(commandElement(START_COMMAND));
document.getElementById('icons')?.append(...EXPLAINED.map(([state, text]) => {
	const { icon, badge, color, heading } = TAB_STATES[state];
	const row = document.createElement('li');
	const picture = document.createElement('span');
	picture.className = 'icon';
	const image = document.createElement('img');
	image.src = `../icons/${icon}.svg`;
	image.alt = '';
	image.width = image.height = 24;
	picture.append(image);
	if (badge) {
		const mark = document.createElement('b');
		mark.textContent = badge;
		mark.style.background = color;
		picture.append(mark);
	}
	const name = document.createElement('strong');
	name.textContent = heading;
	const words = document.createElement('span');
	words.append(name, `: ${text}`);
	row.append(picture, words);
	return row;
}));
