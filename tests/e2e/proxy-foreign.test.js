// SPDX-License-Identifier: MIT
/** A real nginx of the system, started by root, with workers of its own user, in front of a server of the daemon's user. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { run, whileAlive } from '../lib/children.js';
import { until } from '../lib/events.js';
import { answers, freePort } from '../lib/ports.js';
import { SAVECAST, SAVECASTD, TOP, World } from '../lib/world.js';

const NGINX = '/usr/sbin/nginx', OTHER = 65534;
const skip = process.getuid?.() !== 0 ? 'needs root, to become other users' : !existsSync(NGINX) && `${NGINX} is not installed`;
const asOther = ['setpriv', `--reuid=${OTHER}`, `--regid=${OTHER}`, '--clear-groups'];

test('a page behind the nginx of the system has no wrong project, and the advice that the tab gives sets the right one', { skip }, async t => {
	const world = await World.open(t);
	const root = await world.folder('site', { 'index.html': '<h1>site</h1>' }, { git: true });
	await world.admit(OTHER);
	assert.equal((await run(['chown', '-R', `${OTHER}:${OTHER}`, world.temp], world.env)).status, 0);
	const at = await freePort();
	const site = world.children.start('site', [...asOther, process.execPath, path.join(TOP, 'tests/lib/site-server.js'), `${at}`], { cwd: root, env: world.env });
	await whileAlive(site, until('the site', () => answers('127.0.0.1', at)));
	// In the folder of another project of that user, which is wrong.
	const front = await world.folder('front', {}, { git: true });
	assert.equal((await run(['chown', '-R', `${OTHER}:${OTHER}`, front], world.env)).status, 0);
	const { port } = await world.serve('nginx', front, (own) => {
		writeFileSync(path.join(front, 'nginx.conf'), `user www-data; daemon off; pid ${front}/nginx.pid; error_log stderr; events {}
http { access_log off; client_body_temp_path ${front}/t1; proxy_temp_path ${front}/t2; fastcgi_temp_path ${front}/t3; uwsgi_temp_path ${front}/t4; scgi_temp_path ${front}/t5;
	server { listen 127.0.0.1:${own}; location / { proxy_pass http://127.0.0.1:${at}; } } }
`);
		return [NGINX, '-e', 'stderr', '-p', front, '-c', path.join(front, 'nginx.conf')];
	});
	assert.match(await (await fetch(`http://127.0.0.1:${port}/`)).text(), /<h1>site/);
	const daemon = world.children.start('savecastd', [...asOther, SAVECASTD], { env: world.env });
	await whileAlive(daemon, until('savecastd on the bus', () => world.bus.daemonRuns()));
	const why = async () => {
		const { status, stdout, stderr } = await run([...asOther, SAVECAST, 'why', `http://localhost:${port}/`, '--json'], world.env);
		assert.equal(status, 0, stderr);
		return JSON.parse(stdout);
	};
	const before = await why();
	assert.deepEqual(before.projects, [], before.reason);
	assert.match(before.reason, new RegExp(`^port ${port} is served by another user \\(uid 0\\), whose folders cannot be seen: to set its project, run savecast set --project url `));
	const set = await run([...asOther, 'sh', '-c', `cd "$1" && ${before.advice}`, 'sh', root], world.env);
	assert.equal(set.status, 0, set.stderr);
	const after = await why();
	assert.equal(after.projects[0]?.root, root, after.reason);
});
