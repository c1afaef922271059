// SPDX-License-Identifier: MIT
//
// Each row of the table in SECURITY.md has tests that do exactly what its second column says, and the
// files that it names are theirs.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const TOP = new URL('../../', import.meta.url);

/**
 * By what a row's second column begins with, after "FROM: ": its tests, each "file: name", and of a
 * fuzzer the file.
 *
 * @type {Record<string, string[]>}
 */
const ROWS = {
	'a web page: a WebSocket or a request': [
		'websocket: only a browser extension of this user can connect', 'websocket: plain HTTP gets a 403 without details',
		"attack-handshake: requests that are not the extension\\'s handshake get the same short answer, or none",
		'attack-handshake: only an extension may see that the daemon answers a plain request',
		'protocol-limits: each row of the tables in protocol/websocket.md is what the daemon does'],
	'a client that is not a browser extension: TLS': [
		"attack-handshake: requests that are not the extension\\'s handshake get the same short answer, or none",
		'cookies: a handshake can be 1 MiB long, and uses no more memory', 'unit/test-handshake: malformed_heads_are_refused',
		'unit/test-handshake: the_size_of_a_head_is_limited', 'fuzz/fuzz-request'],
	'a web page: 100,000 errors': [
		'problems: the problems of a page are limited, and cannot name a file outside the project',
		'source-map: TypeScript through esbuild and Vite', 'js/source-map: broken maps', 'js/source-map: names of bundlers, and names that lead elsewhere'],
	'a web page: hundreds of frames': ['frames: frames without permission are left alone, and hundreds of frames are limited'],
	"another user's process: connections to 127.0.0.1": [
		"websocket: another user\\'s process gets a reset, even with a correct handshake",
		'attack-handshake: after 10,000 connections, of this user and of another, all resources are free again'],
	"another user's process: listens on the port": [
		'attack-squatter: a program that uses the port first receives no URL', 'attack-squatter: a program on the port cannot send the extension to other ports',
		"attack-squatter: a browser that is not paired yet believes only a proof", 'unit/test-proof: vectors',
		'js/proof: judged: a forged key, sent to a browser that has another one'],
	'an application on 127.0.0.1: sets as many cookies': ['cookies: cookies of other applications on 127.0.0.1 do not keep the extension from connecting'],
	'any process: slow or half-open handshakes': [
		'websocket: silent connections are closed, and at most 256 are accepted',
		'attack-handshake: slow, piecemeal and half-open handshakes end in time', 'attack-handshake: after 10,000 connections'],
	'an extension: frames at, above': [
		'attack-frames: frames of every kind are accepted or end their own connection', 'attack-frames: a flood of pings',
		'protocol-limits: each row of the tables in protocol/websocket.md', 'websocket: a message of 16 KiB is accepted, one more byte closes the connection',
		'websocket: the order of messages, and limits', 'fuzz/fuzz-wire'],
	'another extension of the user: pairs': [
		'pair: another extension learns nothing, and cannot disconnect the one that is known', 'unit/test-extensions: ours_and_the_first_of_firefox_are_accepted',
		'fuzz/fuzz-state'],
	'an extension: parts of pictures': ['screenshot: parts of a picture that the daemon does not await, too many of them, none'],
	'an extension: expects messages about projects': ['attack-paths: a browser learns only about the projects that its tabs show'],
	'a browser: never reads': [
		'attack-frames: many clients that never read', 'attack-frames: a connection can be closed at any moment',
		'websocket: a browser that does not read is disconnected, and delays no other'],
	'a process on the bus: 1,000 callers': [
		'attack-bus: 1,000 callers at once', 'attack-bus: arguments of a wrong type, huge or deep', "attack-bus: messages up to the bus\\'s limit of 128 MiB",
		'attack-bus: the number of calls that wait for a server is limited', 'dbus: a bad call gets an error that says what is wrong', 'fuzz/fuzz-options'],
	"a process on the bus: tries to take": ['attack-bus: no process can take the name, or forge signals about it'],
	'the name of a saved file: links out': [
		'attack-paths: links out of the project, link loops, pipes and devices can be saved', 'attack-paths: a name that is a different kind of file each time',
		'attack-paths: names with every byte are text in the log and in the browser'],
	'a network or FUSE file system: stops answering': [
		'mounts: a mount that does not answer: its saves wait and the log says so, others are served',
		'mounts: a daemon that starts while a mount does not answer', 'unit/test-mount-table: remote_mounts_are_found'],
	'a local project: links, or a git repository': [
		"mounts-links: git's data of a project is on a mount that does not answer", 'mounts-links: a file of a project leads to a mount that does not answer',
		'mounts-links: a repository begins and ceases to lead to a mount'],
	"a network or FUSE file system: has the user's home": [
		'mounts-home: on a mount that does not answer: the daemon starts, reads it later', 'mounts-home: on a mount that stops answering delays neither saves',
		'mounts-home: $HOME that is mounted after the start', "mounts-home: the user's git configuration is local, but names a file on a mount"],
	'a project: a `.savecast` that includes': [
		'attack-projects: a hostile .savecast is refused with a reason, and nothing hangs', "settings: a project\\'s own file is read again, with its limits",
		'fuzz/fuzz-setting', 'fuzz/fuzz-rule', 'fuzz/fuzz-url'],
	'a project that was cloned: a `.savecast` that claims': [
		'trust: a cloned project gets no URLs and files outside it until it is trusted', 'trust: a link that came with the repository leads no rule out of it',
		'trust: trust is for exactly these rules in exactly this folder', 'unit/test-trust: exactly_this_rule_in_this_folder', 'fuzz/fuzz-state'],
	'a project: manifests of packages': ['fuzz/fuzz-manifest', 'fuzz/fuzz-ts-config'],
	'a repository: configuration that names commands': [
		'attack-projects: a hostile repository runs nothing, hangs nothing, and is not read if another user owns it', 'git-torture: random git commands',
		'fuzz/fuzz-git-index'],
	'a server: a command line of escape sequences': [
		'attack-projects: a hostile command line of a server only appears as escaped text', 'unit/test-forwarder: names', 'fuzz/fuzz-command-line',
		'fuzz/fuzz-procfs', 'fuzz/fuzz-sock-diag'],
	'a server that may be a proxy: never answers': [
		'proxy: a server that answers with something that is not HTTP delays only its own tab', 'proxy: why answers in time even while many pages of a server that never answers',
		'proxy: a second proxy that passes requests on too late to be seen', 'proxy-apps: a program in an application server is sent no request, unless', 'proxy-down: a proxy whose server does not run gives a page no wrong project',
		'proxy-transports: a proxy that asks for a certificate, and has no connection to its server now',
		'proxy-transports: a server that never ends its TLS handshake keeps no tab waiting', 'unit/test-upstream-trials: limits_hold', 'fuzz/fuzz-sock-diag'],
	'`/etc/hosts`: any text': ['hosts: names of /etc/hosts: no DNS query is sent', 'fuzz/fuzz-hosts'],
	'an editor: broken frames': ["lsp: lsp: invalid messages get the protocol\\'s errors", 'lsp: lsp: an invalid stream ends with an error', 'fuzz/fuzz-lsp'],
	'a program that writes code: broken messages': ['mcp: mcp: an invalid message gets an error, and the next message is answered', 'fuzz/fuzz-mcp'],
	'a damaged disk: a state file or key': [
		'projects: a damaged state file is renamed, with a message', 'projects: a state file of another user is not read',
		'fault: a flipped bit in a state file is noticed', 'unit/test-proof: a_key_is_kept', 'unit/test-proof: a_flipped_bit_in_a_key_is_noticed', 'fuzz/fuzz-state'],
	'a hostile daemon on another machine that the user has added: answers': [
		'daemons: a hostile daemon elsewhere learns only about tabs that the daemon here does not know, and can reload only its own',
		'js/assignment: a tab stays with its daemon while that is not connected, and no other receives its URL',
		'js/assignment: a file belongs to this computer, whichever daemon claims it'],
	'a hostile daemon on another machine: requests for pictures': [
		'daemons: a hostile daemon elsewhere learns only about tabs that the daemon here does not know', 'screenshot: a picture of the visible tab after a click, and why there is none',
		'windows: savecast handles private windows only if the user allows it'],
	'a hostile daemon on another machine: an endless stream': [
		'daemons: an endless stream from a hostile daemon elsewhere does not delay other tabs', 'js/protocol: a daemon can suggest only commands of savecast',
		'protocol-limits: each row of the tables in protocol/websocket.md'],
	'a `savecast forward` that is left running: connections': [
		'forward: forward refuses connections of other users, and ends with its terminal', 'daemons: a daemon with a different key receives no URL'],
	'a user or process on the remote machine: a connection that is cut': [
		'ssh: times at random while saves arrive: every save after the reconnect is shown', 'ssh: the processes of a connection end with it',
		'ssh: a key that is not accepted is reported once'],
	'another user of the remote machine, or of a shared one: connects': [
		'devbox: a user who makes the folder of another user’s bus first is refused', 'devbox: no user reaches the daemon of the other, not even as root of a container',
		'devbox: a save by one user is not an event of the other', 'devbox: each user has the tabs of their own sites'],
	"a container's root: everything": [
		'daemons: a hostile daemon elsewhere learns only about tabs', 'devbox: no user reaches the daemon of the other, not even as root of a container',
		'container: a container, entered by podman exec and docker exec'],
	'another user of the remote machine: an `ssh -R`': [
		'remote-ports: no target: a socket of the file system, another host, different ports, another user', 'unit/test-forwarder: ssh_arguments', 'fuzz/fuzz-command-line'],
	'the network, a suspended computer: a connection that hangs': ['remote-browser: a port that ssh maps, several daemons'],
	'a daemon elsewhere: another key': ['daemons: a daemon with a different key receives no URL, and the others are not affected'],
	"another user's process: the socket of savecastd's own bus": [
		'private-bus: the folder of the bus must belong to the user', 'private-bus: a container: its own mounts, processes, network and users'],
	"another user's process: connections to the port of `savecast forward`": ['forward: forward refuses connections of other users', 'forward: another user'],
	'the command that `savecast forward` runs: bytes without end': [
		'forward: the bytes that wait are bounded, and a reader that hangs delays no other connection',
		'forward: a command that fails is reported once, and not run again at each attempt', 'unit/test-cli-relay: nothing_is_read_while_the_buffer_is_full',
		'unit/test-cli-forward-state: pauses_double_up_to_the_longest'],
	'any cause: a file system that hangs': ['storm: a file system that hangs, kills and floods'],
	'any cause: the daemon is killed': [
		'kill: times while saves arrive', 'owed: if the daemon is killed while it holds an acknowledged save', 'fault: a full disk',
		'fault-limits: no descriptors left', 'fault-limits: no inotify watches left', 'fault-limits: out of memory', 'kill: when the bus ends, the daemon exits'],
	'an attacker who controls the daemon: system calls': ['service: it is hardened', 'service: a forbidden system call ends the service'],
};

const rows = readFileSync(new URL('SECURITY.md', TOP), 'utf8').split('\n').filter((line) => line.startsWith('| ')).slice(1)
	.map((line) => line.split('|').map((cell) => cell.trim()))
	.map((cells) => ({ row: `${cells[1]}: ${cells[2]}`, files: cells.at(-2)?.replaceAll('`', '').split(/[,;]\s*/) ?? [] }));
const named = rows.flatMap(({ files }) => files);

/** The file of a test: without a folder it is one of tests/e2e. @param {string} name */
const file = (name) => ['', 'e2e/'].flatMap((folder) => ['.c', '.test.js'].map((end) => new URL(`tests/${folder}${name}${end}`, TOP)))
	.find((one) => existsSync(one));

for (const { row, files } of rows) {
	test(row.slice(0, 100), () => {
		const keys = Object.keys(ROWS).filter((key) => row.startsWith(key));
		assert.equal(keys.length, 1, `${row}: has no test here, or two`);
		const tests = ROWS[keys[0]].map((one) => [one.split(': ')[0], one.split(': ').slice(1).join(': ')]);
		for (const [name, title] of tests) {
			const where = file(name);
			assert.ok(where, `${name}: no such file`);
			const text = readFileSync(where, 'utf8');
			assert.ok(!title || text.split('\n').some((line) => /\btest\(|^static void|^\s*['"`]/.test(line) && line.includes(title)), `${name}: has no test "${title}"`);
		}
		assert.deepEqual([...new Set(tests.map(([name]) => name))].sort(), [...files].sort(), 'the files of the last column');
	});
}

test('each test here is of a row', () => {
	assert.deepEqual(Object.keys(ROWS).filter((key) => !rows.some(({ row }) => row.startsWith(key))), []);
});

test('each fuzzer and each attack test is in its table', () => {
	const fuzzers = readdirSync(new URL('tests/fuzz', TOP)).filter((name) => /^fuzz-.*\.c$/.test(name)).map((name) => `fuzz/${name.slice(0, -2)}`);
	const attacks = readdirSync(new URL('tests/e2e', TOP)).filter((name) => name.startsWith('attack-')).map((name) => name.split('.')[0]);
	assert.deepEqual([...fuzzers, ...attacks].filter((name) => !named.includes(name)), []);
});
