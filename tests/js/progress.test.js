// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress, report } from '../../browser-ext/background/progress.js';

test('a reload, from its message to the load', () => {
	const progress = new Progress();
	assert.deepEqual(progress.begin(7, 17), []);
	assert.deepEqual(progress.reloading(17), [report(7, 17, 'reloading')]);
	assert.ok(progress.isReloading(17));
	progress.loading(17);
	assert.deepEqual(progress.complete(17, 7), [report(7, 17, 'loaded')]);
	assert.deepEqual(progress.complete(17, 7), [], 'reported once');
});

test('a page that is not complete', () => {
	const progress = new Progress();
	progress.begin(7, 17);
	progress.reloading(17);
	progress.loading(17);
	progress.answered(17, 200);
	assert.deepEqual(progress.complete(17, 7, undefined, 'still loading'), [report(7, 17, 'loaded', 'answered 200, still loading')]);
});

test('what may be older than the save is said at the end, and how often a document has begun', () => {
	const progress = new Progress();
	progress.begin(7, 17);
	assert.equal(progress.loading(17), 0, 'before the reload');
	progress.mayStayOld(17, 'a worker may be old');
	progress.reloading(17);
	assert.deepEqual([progress.loading(17), progress.loading(17)], [1, 2]);
	progress.answered(17, 200);
	assert.deepEqual(progress.complete(17, 7), [report(7, 17, 'loaded', 'answered 200, a worker may be old')]);
	progress.begin(8, 17);
	progress.reloading(17);
	progress.loading(17);
	assert.deepEqual(progress.complete(17, 8), [report(8, 17, 'loaded')]);
});

test('the load of the previous page does not end the reload', () => {
	const progress = new Progress();
	progress.begin(7, 17);
	progress.loading(17);
	assert.deepEqual(progress.complete(17, 7), [], 'a link was followed before the reload was ordered');
	progress.reloading(17);
	assert.deepEqual(progress.complete(17, 7), []);
	progress.loading(17);
	assert.equal(progress.complete(17, 7)[0].step, 'loaded');
});

test('a newer reload replaces only an older one of the same tab', () => {
	const progress = new Progress();
	progress.begin(7, 17);
	progress.begin(7, 18);
	assert.deepEqual(progress.begin(8, 17), [
		report(7, 17, 'skipped', 'replaced by the newer save #8'),
	]);
	assert.deepEqual(progress.end(17, 'failed', 'late', 7), [], "the older event's end comes late");
	assert.equal(progress.event(17), 8);
	assert.equal(progress.event(18), 7);
});

test('the load for an older reload is not reported for the newer one', () => {
	const progress = new Progress();
	progress.begin(7, 17);
	progress.reloading(17);
	progress.loading(17);
	progress.begin(8, 17);
	assert.deepEqual(progress.complete(17, 7), []);
});

test('the result of an older page is not reported for the newer reload', () => {
	const progress = new Progress();
	progress.begin(7, 17);
	assert.equal(progress.committed(17), undefined);
	const seen = progress.committed(17);
	progress.reloading(17);
	progress.loading(17);
	assert.deepEqual(progress.complete(17, seen, 'no answer'), []);
	assert.deepEqual(progress.complete(17, progress.committed(17)), [report(7, 17, 'loaded')]);
});

test('the same reload message twice is one event', () => {
	const progress = new Progress();
	progress.begin(7, 17);
	assert.deepEqual(progress.begin(7, 17), []);
});

test('closing a tab ends its event, and a tab without an event is not an error', () => {
	const progress = new Progress();
	progress.begin(7, 17);
	assert.deepEqual(progress.end(17, 'skipped', 'tab is gone'), [
		report(7, 17, 'skipped', 'tab is gone'),
	]);
	assert.deepEqual(progress.end(17, 'skipped', 'tab is gone'), []);
});

test('a restart of the daemon drops all events', () => {
	const progress = new Progress();
	progress.begin(7, 17);
	progress.forget(17);
	assert.equal(progress.event(17), undefined);
});

/** @param {number} status */
function answeredWith(status) {
	const progress = new Progress();
	progress.begin(7, 17);
	progress.reloading(17);
	progress.loading(17);
	progress.answered(17, status);
	return progress;
}

test('the HTTP status is reported; 502, 503 and 504 have failed', () => {
	assert.deepEqual(answeredWith(200).complete(17, 7), [report(7, 17, 'loaded', 'answered 200')]);
	assert.deepEqual(answeredWith(500).complete(17, 7), [report(7, 17, 'loaded', 'answered 500')]);
	assert.deepEqual(answeredWith(503).complete(17, 7), [report(7, 17, 'failed', 'answered 503')]);
	assert.deepEqual(answeredWith(0).complete(17, 7), [report(7, 17, 'loaded')]);
	assert.deepEqual(answeredWith(0).complete(17, 7, 'no answer'), [report(7, 17, 'failed', 'no answer')]);
});

test('a pending reload stays the same event', () => {
	const progress = new Progress();
	progress.begin(7, 17);
	assert.deepEqual(progress.pending(17, 'hidden'), [report(7, 17, 'pending', 'hidden')]);
	progress.begin(7, 17);
	assert.deepEqual(progress.reloading(17), [report(7, 17, 'reloading')]);
});
