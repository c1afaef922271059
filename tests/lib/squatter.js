// SPDX-License-Identifier: MIT
//
// Another user's process on the daemon's port: it implements the protocol, sends given messages,
// and records what it receives.

import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { answers } from './ports.js';
import { whileAlive } from './children.js';
import { until } from './events.js';

/**
 * argv: port, then what to send after a browser's `hello`: a JSON array of messages, a close code, or
 * an object with a key of its own, which it proves to have.
 */
const SCRIPT = `
import base64, hashlib, hmac, json, socket, struct, sys, threading
port, says = int(sys.argv[1]), json.loads(sys.argv[2])
def frame(opcode, data):
	head = bytes([0x80 | opcode])
	n = len(data)
	head += bytes([n]) if n < 126 else b"\\x7e" + struct.pack(">H", n)
	return head + data
def exactly(s, n):
	data = b""
	while len(data) < n:
		more = s.recv(n - len(data))
		if not more: raise EOFError
		data += more
	return data
def serve(s):
	try:
		head = b""
		while b"\\r\\n\\r\\n" not in head:
			more = s.recv(4096)
			if not more: return
			head += more
		fields = dict(l.split(": ", 1) for l in head.decode().split("\\r\\n")[1:] if ": " in l)
		fields = {k.lower(): v for k, v in fields.items()}
		if "sec-websocket-key" not in fields:
			s.sendall(b"HTTP/1.1 403 Forbidden\\r\\nAccess-Control-Allow-Origin: *\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n")
			return
		accept = base64.b64encode(hashlib.sha1((fields["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
		s.sendall(("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: %s\\r\\nSec-WebSocket-Protocol: savecast.v1\\r\\n\\r\\n" % accept).encode())
		while True:
			first, second = exactly(s, 2)
			n = second & 127
			if n == 126: n = struct.unpack(">H", exactly(s, 2))[0]
			mask, data = exactly(s, 4), exactly(s, n)
			data = bytes(c ^ mask[i % 4] for i, c in enumerate(data))
			if first & 15 == 8: return
			print("heard", data.decode(), flush=True)
			if b'"hello"' in data:
				if isinstance(says, int):
					s.sendall(frame(8, struct.pack(">H", says)))
				elif isinstance(says, dict):
					asked, instance = json.loads(data), "0123456789abcdef"
					text = "savecast.v1 daemon\\n%s\\n%s\\n%s" % (asked["nonce"], asked["profile"], instance)
					proof = hmac.new(bytes.fromhex(says["key"]), text.encode(), "sha256").hexdigest()
					s.sendall(frame(1, json.dumps({"type": "hello", "version": "0.1.0", "instance": instance, "proof": proof, "key": says["key"]}).encode()))
				else:
					for message in says: s.sendall(frame(1, json.dumps(message).encode()))
	except (EOFError, OSError):
		pass
	finally:
		s.close()
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen(64)
while True:
	threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
`;

let count = 0;

/**
 * Needs root, to become the user nobody.
 *
 * @param {import('./world.js').World} world
 * @param {object[] | number | {key: string}} says after each hello: messages, the code to close with, or the
 *	proof that it has this key, and the key
 */
export async function startSquatter(world, says) {
	const name = `squatter-${++count}`;
	const child = world.children.start(name, ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups',
		'python3', '-u', '-c', SCRIPT, String(world.port), JSON.stringify(says)],
	{ cwd: '/', env: { PATH: '/usr/bin:/bin' } });
	await whileAlive(child, until('the squatter', () => answers('127.0.0.1', world.port)));
	const heard = async () => (await readFile(path.join(world.logs, `${name}.log`), 'utf8'))
		.split('\n').filter((line) => line.startsWith('heard ')).map((line) => JSON.parse(line.slice(6)));
	return {
		/** @returns {Promise<any[]>} every message that browsers sent */
		heard,
		/** @param {number} hellos */
		met: (hellos) => until(`${hellos} browsers at the squatter`, async () =>
			(await heard()).filter(({ type }) => type === 'hello').length >= hellos),
		end: () => world.children.stop(child),
	};
}
