#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Deno 2.9.6, `deno run --watch` and `deno serve --watch`: after a save the program starts again in
# the same process and without an exec: pid, start time and the address of the stack stay the same.
# Only the listening socket is a different one. The old one answers with the old code for about 200
# ms after the save; then connections are refused for some tens of milliseconds. Neither the end of
# a process nor a new one shows that there is new code.
#
# Seen (Debian 12, Linux 6.18):
#   deno run --watch: start time and stack 4786351 140733937014112 -> 4786351 140733937014112, socket 34923800 -> 34923515
#   deno serve --watch: start time and stack 4786446 140730121056448 -> 4786446 140730121056448, socket 34924600 -> 34924744
set -euo pipefail

folder=$(mktemp -d)
pid="" server=""
finish() {
	for process in $pid $server; do kill -KILL "$process" 2>/dev/null || true; done
	rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . deno@2.9.6 >/dev/null
export DENO_DIR="$folder/cache" DENO_NO_UPDATE_CHECK=1
deno=node_modules/.bin/deno
[[ "$("$deno" --version)" = "deno 2.9.6"* ]]

answers() {
	for _ in $(seq 300); do
		[ "$(curl -s --max-time 1 "http://127.0.0.1:$port/" || true)" = "$1" ] && return
		sleep 0.05
	done
	echo "no answer $1 within 15 s" >&2
	return 1
}
# The process that listens: npm's deno is a script that starts it.
socket() { awk -v at=":$(printf %04X "$port")" '$4 == "0A" && index($2, at) { print $10 }' /proc/net/tcp; }
holder() { { find /proc/[0-9]*/fd -lname "socket:\\[$1\\]" 2>/dev/null || true; } | head -n 1 | cut -d/ -f3; }
image() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20,26; }

for how in run serve; do
	port=$((20000 + RANDOM % 20000))
	write() {
		if [ $how = run ]; then
			echo "Deno.serve({ port: $port, hostname: '127.0.0.1' }, () => new Response('v$1'));" >server.ts
		else
			echo "export default { fetch: () => new Response('v$1') };" >server.ts
		fi
	}
	write 1
	if [ $how = run ]; then
		"$deno" run --watch -A server.ts >log 2>&1 &
	else
		"$deno" serve --watch --host 127.0.0.1 --port "$port" -A server.ts >log 2>&1 &
	fi
	pid=$!
	answers v1
	first=$(socket)
	server=$(holder "$first")
	before=$(image "$server")
	sleep 0.5
	write 2
	answers v2
	second=$(socket)
	after=$(image "$server")
	echo "deno $how --watch: start time and stack $before -> $after, socket $first -> $second"
	[ "$before" = "$after" ] || { echo "CHANGED: another process or program"; exit 1; }
	[ "$first" != "$second" ] || { echo "CHANGED: the same socket"; exit 1; }
	[ "$(holder "$second")" = "$server" ] || { echo "CHANGED: another process listens"; exit 1; }
	kill -KILL "$pid" "$server" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	pid="" server=""
done
