#!/bin/bash
# SPDX-License-Identifier: MIT
#
# HAProxy 2.6 (Debian 12) ends its connections to servers with a reset, not with FIN, also when all went
# well: the server has answered, the answer was passed on, and the connection was idle. A server sees
# ECONNRESET on each, and logs it as an error of the client if it logs such errors.
#
# Seen, three requests by curl, each on a connection of its own:
#   HAProxy 2.6.12: 3 answers, 3 connections to the server ended by: ECONNRESET
#   the same client without HAProxy: ended by: FIN
set -euo pipefail

folder=$(mktemp -d)
pids=()
finish() {
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
	rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
# Debian's packages, beside the system, at the version that Debian 12 has.
apt-get download --quiet haproxy liblua5.3-0 >/dev/null 2>&1
for package in ./*.deb; do dpkg -x "$package" .; done
LD_LIBRARY_PATH=$(dirname "$(find "$folder" -name 'liblua5.3.so.0' -print -quit)")
export LD_LIBRARY_PATH
version=$(usr/sbin/haproxy -v | sed -n 's/^HAProxy version \([0-9.]*\).*/\1/p')
[[ "$version" = 2.6.* ]]

port=$((20000 + RANDOM % 10000))
cat >server.cjs <<'JS'
// Prints how each connection that had a request was ended by its client.
require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
	let how;
	socket.on('data', () => { how ??= ''; socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'); })
		.on('end', () => { if (how === '') how = 'FIN'; socket.end(); })
		.on('error', ({ code }) => { if (how === '') how = code; })
		.on('close', () => { if (how) console.log(how); });
}).listen(Number(process.argv[2]), '127.0.0.1');
JS
cat >haproxy.cfg <<CFG
defaults
	mode http
	timeout connect 1s
	timeout client 2s
	timeout server 2s
frontend site
	bind 127.0.0.1:$((port + 1))
	default_backend server
backend server
	server one 127.0.0.1:$port
CFG
: >ends
node server.cjs "$port" >>ends &
pids+=($!)
usr/sbin/haproxy -f haproxy.cfg >log 2>&1 &
pids+=($!)

# ends PORT: three requests, and how the connections to the server ended
ends() {
	for _ in $(seq 100); do
		curl -s "http://127.0.0.1:$1/" >/dev/null && break
		sleep 0.1
	done
	: >ends
	for _ in 1 2 3; do
		[ "$(curl -s "http://127.0.0.1:$1/")" = ok ]
		sleep 0.5
	done
	for _ in $(seq 100); do
		[ "$(wc -l <ends)" -ge 3 ] && break
		sleep 0.1
	done
	head -3 ends | sort -u | paste -sd' '
}
through=$(ends $((port + 1)))
direct=$(ends "$port")
echo "HAProxy $version: 3 answers, 3 connections to the server ended by: $through"
echo "the same client without HAProxy: ended by: $direct"
[ "$through" = ECONNRESET ] || { echo "CHANGED: not by a reset"; exit 1; }
[ "$direct" = FIN ] || { echo "CHANGED: curl does not end by FIN"; exit 1; }
