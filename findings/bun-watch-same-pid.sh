#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Bun 1.4.5, `bun --watch server.ts`: after a save the server runs the new code in the SAME process:
# pid and start time in /proc/PID/stat stay the same, since it executes itself in place. The
# listening socket (its inode) is a different one. While the file has a
# syntax error, the process still runs and nothing listens: connections are refused, and no process
# ends. A tool that recognizes a restart by the pid, the start time or the end of a process does not
# see it.
#
# Seen (Debian 12, Linux 6.18):
#   start time and socket: 4786371 34923215 -> 4786371 34924079, pid 15523
#   syntax error: process 15523 lives, nothing listens
set -euo pipefail

folder=$(mktemp -d)
pid=
finish() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || true
	rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . bun@1.4.5 >/dev/null
bun=$(readlink -f node_modules/.bin/bun)
[ "$("$bun" --version)" = 1.4.5 ]

port=$((20000 + RANDOM % 20000))
version() {
	cat >server.ts <<TS
Bun.serve({ port: $port, hostname: '127.0.0.1', fetch: () => new Response('v$1') });
TS
}
answers() {
	for _ in $(seq 200); do
		[ "$(curl -s --max-time 1 "http://127.0.0.1:$port/" || true)" = "$1" ] && return
		sleep 0.05
	done
	echo "no answer $1 within 10 s" >&2
	return 1
}
started() { sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20; }
socket() { awk -v at=":$(printf %04X "$port")" '$4 == "0A" && index($2, at) { print $10 }' /proc/net/tcp; }

version 1
"$bun" --watch server.ts >log 2>&1 &
pid=$!
answers v1
before="$(started) $(socket)"
sleep 0.5
version 2
answers v2
after="$(started) $(socket)"
echo "start time and socket: $before -> $after, pid $pid"
[ "${before% *}" = "${after% *}" ] || { echo "CHANGED: another start time"; exit 1; }
[ "${before#* }" != "${after#* }" ] || { echo "CHANGED: the same socket"; exit 1; }

sleep 0.5
echo 'Bun.serve({ port:' >server.ts
for _ in $(seq 100); do [ -n "$(socket)" ] || break; sleep 0.05; done
[ -z "$(socket)" ] || { echo "CHANGED: it listens with a syntax error"; exit 1; }
sleep 1
kill -0 "$pid" || { echo "CHANGED: the process ends at a syntax error"; exit 1; }
[ -z "$(socket)" ]
echo "syntax error: process $pid lives, nothing listens"
