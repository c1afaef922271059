#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Tornado 6.2 (Debian 12), debug=True: a save that comes between a restart and the reloader's first
# check, up to 500 ms after it, is never noticed. The reloader first reads a file's modification time
# at its first check, and compares only later checks with that. The server answers with the old code until the next
# save, and prints nothing. A tool that waits for a restart after each save waits forever.
#
# Seen, 3 of 3: v1 answers; v2 is written at once; 5 s later the answer is v1; after touch, v2.
set -euo pipefail

folder=$(mktemp -d)
pid=
finish() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || true
	rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
apt-get download --quiet python3-tornado >/dev/null 2>&1
dpkg -x ./*.deb .
export PYTHONPATH=$folder/usr/lib/python3/dist-packages PYTHONDONTWRITEBYTECODE=1
version=$(/usr/bin/python3 -c 'import tornado; print(tornado.version)')
[ "$version" = 6.2 ] || { echo "tornado is $version, not 6.2"; exit 1; }

port=$((20000 + RANDOM % 20000))
write() {
	cat >app.py <<PY
import asyncio, tornado.web
class Home(tornado.web.RequestHandler):
    def get(self):
        self.write("v$1")
async def main():
    tornado.web.Application([("/", Home)], debug=True).listen($port, "127.0.0.1")
    await asyncio.Event().wait()
asyncio.run(main())
PY
}
answer() { curl -s --max-time 1 "http://127.0.0.1:$port/" || true; }
answers() {
	for _ in $(seq 500); do
		[ "$(answer)" = "$1" ] && return
		sleep 0.02
	done
	echo "no answer $1 within 10 s" >&2
	return 1
}

write 0
/usr/bin/python3 app.py >log 2>&1 &
pid=$!
answers v0
for round in 1 2 3; do
	sleep 1.5 # the first check has been made
	write "$round"
	answers "v$round"
	write "$round-next"
	sleep 5
	got=$(answer)
	echo "written v$round-next as soon as v$round answered; 5 s later the answer is $got"
	[ "$got" = "v$round" ] || { echo "CHANGED: it has noticed the save"; exit 1; }
	touch app.py
	answers "v$round-next"
done
