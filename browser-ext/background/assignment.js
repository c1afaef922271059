// SPDX-License-Identifier: MIT
//
// Which daemon a tab belongs to, and which daemons receive its URL. Pure.
//
// The first daemon, of this computer, is asked first. The others receive the URL only if it does not
// know the tab; then the tab belongs to the first of them that knows it. While that daemon is
// disconnected, the tab still belongs to it: the URL is not sent to other daemons for that reason.

/**
 * @typedef {import('../link/protocol.js').TabAnswer} TabAnswer
 * @typedef {import('../link/socket.js').Link} Link
 *
 * @typedef {object} Assignable a tab
 * @property {string} url
 * @property {string} [chosen] the daemon that the user has chosen for it
 * @property {string} [daemon] the one that it belongs to
 * @property {Record<string, TabAnswer>} [answers] of the daemons, by their id
 *
 * @typedef {object} Assignment
 * @property {string} [daemon] the one that the tab belongs to; undefined: none knows it
 * @property {string[]} told the daemons that the URL is sent to
 */

/** @param {TabAnswer | undefined} answer @returns {boolean} whether the daemon has a project for the tab, or for the page around the frame */
export function knows(answer) {
	return answer?.state === 'live' || answer?.state === 'waiting' || answer?.state === 'down' || answer?.cause === 'with-tab';
}

/**
 * @param {{id: string, link: Link}} daemon
 * @param {TabAnswer | undefined} answer
 * @returns {boolean} whether it may still answer
 */
function isPending({ link }, answer) {
	return link === 'idle' || link === 'connecting' ||
		(link === 'up' && (answer === undefined || answer.state === 'looking'));
}

/**
 * @param {Assignable} tab
 * @param {{id: string, link: Link}[]} daemons the one of this computer first
 * @returns {Assignment}
 */
export function assign({ url, chosen, daemon, answers = {} }, daemons) {
	const [local] = daemons;
	// Only this computer's daemon can see its files.
	const able = url.startsWith('file:') ? [local] : daemons;
	const find = (/** @type {string | undefined} */ id) => able.find((one) => one.id === id);
	const picked = find(chosen);
	if (picked) {
		// This computer's daemon gets the URL, too: it knows to which port elsewhere a tunnel leads.
		return { daemon: picked.id, told: picked === local ? [local.id] : [local.id, picked.id] };
	}
	const before = find(daemon);
	const lost = before?.link === 'up' && answers[before.id]?.state === 'none';
	const owner = before && !lost ? before
		: able.find(({ id, link }) => link === 'up' && knows(answers[id]));
	if (owner === local || isPending(local, answers[local.id])) {
		return { daemon: owner?.id, told: [local.id, ...(owner && owner !== local ? [owner.id] : [])] };
	}
	return { daemon: owner?.id, told: able.map(({ id }) => id) };
}

/**
 * The URL of a tab as a daemon elsewhere knows it: if this computer forwards the port to another
 * one, the URL has the port at the other end.
 *
 * @param {{url: string, forwarded?: number}} tab
 * @param {boolean} far whether the daemon runs on another computer
 */
export function urlFor({ url, forwarded }, far) {
	if (!far || !forwarded || forwarded > 65535) {
		return url;
	}
	const there = new URL(url);
	there.port = String(forwarded);
	return there.href;
}

/**
 * @param {Assignable} tab
 * @param {string[]} daemons their ids, in their order
 * @returns {TabAnswer | undefined} what to show: the answer of its daemon; if it has none, the first
 *	answer, preferably of a daemon that is still looking
 */
export function shownAnswer({ daemon, answers = {} }, daemons) {
	if (daemon !== undefined) {
		return answers[daemon];
	}
	const all = daemons.map((id) => answers[id]).filter((answer) => answer !== undefined);
	return all.find(({ state }) => state === 'looking') ?? all[0];
}
