// SPDX-License-Identifier: MIT
/**
 * The results of the servers, as text.
 */
import { execFileSync } from 'node:child_process';

/** @typedef {import('./drive.js').Step} Step */
/** @typedef {{row: import('./rows.js').Row, steps?: Step[], why?: string, reason?: string}} Result */

/** @param {Step} step @returns what each of its reloads would have shown */
function shown(step) {
	return step.orders.map(({ at, got }) => {
		const kind = got.kind !== 'page' ? got.kind : got.marks === step.marks ? 'new' : 'old';
		return `${kind}@${Math.round(at - step.at)}`;
	});
}

/** @param {Step} step */
const line = step => `  ${step.what.padEnd(10)} new after ${step.first ? Math.round(step.first - step.at) : '-'} ms, late ${
	step.late === undefined ? '-' : Math.round(step.late)} ms: ${shown(step).join(' ') || 'no reload'}`;

/** @param {Result} result */
export function summary({ row, steps, why, reason }) {
	return [`${row.name}${why ? `: ${why}` : ''}${reason ? ` [${reason}]` : ''}`, ...(steps ?? []).filter(step => step.after).map(line)].join('\n');
}

/** @param {string[]} command */
function version(command) {
	try {
		const text = execFileSync(command[0], command.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
		return command[0] === 'dpkg-query' ? text.split('\t')[1].trim() : /\d+(\.\d+)+\S*/.exec(text)?.[0].replace(/[,)]$/, '') ?? '?';
	} catch {
		return '?';
	}
}

/** @param {Step[]} steps what differs in the listener after a save of the code */
function changed(steps) {
	const step = steps.find(({ what }) => what === 'code 2') ?? steps.find(({ what }) => what === 'code 1');
	if (!step?.before || !step.after) {
		return '-';
	}
	const { before, after } = step;
	const differ = (/** @type {(string | number)[]} */ a, /** @type {(string | number)[]} */ b) => a.join() !== b.join();
	const words = [];
	if (differ(before.pids, after.pids)) {
		words.push('pid');
	} else if (differ(before.images, after.images)) {
		words.push('exec in place');
	}
	if (differ(before.inodes, after.inodes)) {
		words.push('socket');
	}
	return words.join(', ') || 'nothing';
}

/** @param {Step | undefined} step */
function meanwhile(step) {
	if (!step?.first) {
		return '-';
	}
	/** @type {{kind: string, from: number, to: number}[]} */
	const spans = [];
	for (const answer of step.seen) {
		const kind = answer.kind === 'page' ? answer.marks === step.marks ? 'new' : 'old' : answer.kind;
		const from = Math.max(0, Math.round(answer.end - step.at));
		if (kind === 'new' || answer.end > step.first) {
			if (answer.end - answer.at > 60 && !spans.some(span => span.kind === 'held')) {
				spans.push({ kind: 'held', from: Math.max(0, Math.round(answer.at - step.at)), to: from });
			}
			break;
		}
		const last = spans.at(-1);
		if (last && last.kind === kind) {
			last.to = from;
		} else {
			spans.push({ kind, from, to: from });
		}
	}
	return spans.map(({ kind, to }) => `${kind} until ${to}`).join(', ') || 'new at once';
}

/** @param {Step | undefined} step */
function broken(step) {
	const last = step?.seen.at(-1);
	return !last ? '-' : last.kind === 'page' ? 'old answers' : last.kind === 'error' ? 'an error page' : last.kind;
}

/** @param {number[]} values */
const median = values => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** @param {Step[]} steps */
function does(steps) {
	const saves = steps.filter(step => step.after && step.what !== 'broken');
	const late = saves.map(step => step.late).filter(value => value !== undefined).map(Number);
	const bad = steps.flatMap(step => step.orders.map(({ got }) => ({ step, got }))).filter(({ step, got }) => step.what !== 'broken' && got.kind !== 'page');
	const served = saves.filter(step => step.first);
	const old = served.flatMap(step => step.orders.filter(({ got }) => got.kind === 'page' && got.marks !== step.marks));
	const named = (/** @type {Step[]} */ some) => some.map(({ what }) => what).join(', ');
	const never = named(served.filter(step => step.late === undefined)), missed = named(saves.filter(step => !step.first));
	return [`${Math.round(median(late))} ms (at most ${Math.round(Math.max(...late))})`, `${old.length} old, ${bad.length} failed`,
		never && `never: ${never}`, missed && `missed by its reloader: ${missed}`].filter(Boolean).join('; ');
}

/** @param {Result} result */
function cells({ row, steps = [] }) {
	const code = steps.find(({ what }) => what === 'code 2');
	return [row.name, version(row.version ?? ['true']), row.source, row.trigger, row.code ? changed(steps) : '-',
		row.code ? meanwhile(code) : meanwhile(steps.find(({ what }) => what === 'page 2')),
		row.code && row.broken !== '' ? broken(steps.find(({ what }) => what === 'broken')) : '-',
		does(steps)];
}

/** Longer than this is an outlier, and longer than that is an unnecessary wait, in ms. */
const OUTLIER_MSEC = 100, WAIT_MSEC = 300;

/** @param {Step} step @param {Step['orders'][0] | undefined} order */
const isNew = (step, order) => order?.got.marks === step.marks;

/** @param {{steps?: Step[]}} result @returns its steps, without those whose content the server never served */
const counted = ({ steps = [] }) => steps.filter(step => step.after && step.what !== 'broken' && step.first);

/**
 * The figures of all servers together.
 *
 * @param {{steps?: Step[]}[]} results
 */
export function figures(results) {
	const steps = results.flatMap(counted);
	const late = steps.map(step => step.late).filter(value => value !== undefined).map(Number).sort((a, b) => a - b);
	const at = (/** @type {number} */ part) => Math.round(late[Math.min(late.length - 1, Math.floor(late.length * part))] ?? NaN);
	const orders = steps.flatMap(step => step.orders.map(({ got }) => ({ step, got })));
	return {
		servers: results.filter(({ steps: all }) => all?.length).length,
		steps: steps.length,
		median: at(0.5),
		p99: at(0.99),
		[`waits over ${WAIT_MSEC} ms`]: late.filter(value => value > WAIT_MSEC).length,
		'never reloaded': steps.filter(step => step.late === undefined).length,
		'old last state': steps.filter(step => !isNew(step, step.orders.at(-1))).length,
		'reloads of an old page': orders.filter(({ step, got }) => got.kind === 'page' && got.marks !== step.marks).length,
		'reloads of an error': orders.filter(({ got }) => got.kind !== 'page').length,
		'first code save wrong': steps.filter(step => step.what === 'code 1' && !isNew(step, step.orders[0])).length,
	};
}

/**
 * A line for each step that was not right and soon: what it showed, and what savecast did.
 *
 * @param {{name: string, steps?: Step[]}[]} results
 */
export function outliers(results) {
	return results.flatMap(result => counted(result).filter(step => step.late === undefined || step.late > OUTLIER_MSEC
		|| step.orders.some(order => !isNew(step, order))).map(step => `${result.name}:${line(step)}\n${
		step.stories.map(({ source, steps }) => `      ${source}: ${steps.map((/** @type {any} */ done) => `${done.step} ${done.text}`).join('; ')}`).join('\n')}`));
}

/** @param {Result[]} results */
export function document(results) {
	const head = ['program', 'version', 'from', 'restarts after a save of', 'what the restart replaces', 'answers after a save (ms)', 'after a syntax error', 'reload after the first new answer'];
	const tried = results.filter(({ steps, why }) => steps?.length && !why);
	return `# Servers that were tried

\`scripts/servers --out docs/servers.md\` creates this table. It runs savecast with each of these servers and
does what a developer does: it saves a template twice and the code six times, makes a syntax error and
fixes it, saves the code twice within 300 ms, stops and starts the server, and saves the template again.
The machine was busy with other work at the time.

\`old until 98, held until 1107\` means that for 98 ms after the save the server answered with the old page,
and that requests after that waited for its first new answer, until 1107 ms after the save.

The last column says how long after the server's first new answer savecast sent the reload (the median,
and the longest time), how many reloads showed the old page, and how many failed because the server did
not answer. A negative time means that savecast sent the reload before the first new answer, and that
the request waited until the server was ready. If a server has several workers, the first new answer
comes when its last worker has been replaced; if a save of the template restarts the server too, it comes
after the restart. After a save of a PHP or JSP file, the page is requested until the server has checked the
file again; Tomcat answers with the old page while another request, here one of the test's, compiles the
new one. Some reloaders miss a save that comes right after a restart: the server never serves it. A restart
that takes more than 14 s, as Tomcat's did on the busy machine, is named as missed, too. If the program is
compiled first, its first restart may come after the second of two saves, and have the code of the first: then
the page is reloaded twice.

${[head, head.map(() => '---'), ...tried.map(cells)].map(row => `| ${row.join(' | ')} |`).join('\n')}

Not tried yet: Apache (it refuses to serve as root, and these tests run as root), watchexec and air (Debian
12 has neither, and npm has only an installer that downloads watchexec), a path unit of systemd (the machine had no
user manager), Shiny, Jekyll, MkDocs, sphinx-autobuild, Elixir, Strapi, AdonisJS, Sails, Nx. micro-dev did not start
here. Some others were tried once and have no row, because they behave as one that has: npm-watch, nodemon --exec
babel-node, node --watch with tsx or @swc-node/register, tsx watch with Hono or a cluster, turbo run, run-p, dotenv,
cross-env and env-cmd in front of one, deno task, bun run, moleculer-runner --hot, rerun, hupper, plackup -L Shotgun,
sinatra/reloader, gunicorn -k gthread and gevent, make. gunicorn -k uvicorn.workers.UvicornWorker --reload never loads
new code. If a program that did not start the server restarts it (a script that chokidar, watchmedo shell-command
or watchman-make runs; wireit; HUP for start_server), the first saves of the code reload the old page, and then the
new one. savecast leaves their files to servers that reload their pages themselves (Vite, webpack-dev-server, Next,
Hugo, Eleventy): see tests/e2e/gate-aside.test.js. Not installed on the machine that created this table, or did not start there: ${results.filter(({ why }) => why).map(({ row, why }) => `${row.name} (${why})`).join('; ') || 'none'}.
`;
}
