#!/bin/bash
# SPDX-License-Identifier: MIT
#
# gunicorn 20.1.0 with uvicorn's worker 0.17.6 (Debian 12): "gunicorn -k uvicorn.workers.UvicornWorker --reload"
# notices a save and says "Worker reloading", but the worker goes on and answers with the old code. The reloader's
# thread ends itself with sys.exit() and clears worker.alive, which uvicorn's worker does not look at. A tool that
# trusts the command line, or that message, waits for a restart that does not come.
#
# Seen, 3 of 3: v1 answers; v2 is written; the message follows; 8 s later the same worker answers v1.
set -euo pipefail

folder=$(mktemp -d)
pid=
finish() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || true
	rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
apt-get download --quiet gunicorn python3-gunicorn python3-uvicorn uvicorn >/dev/null 2>&1
for package in ./*.deb; do
	dpkg -x "$package" .
done
export PYTHONPATH=$folder/usr/lib/python3/dist-packages PYTHONDONTWRITEBYTECODE=1
versions=$(/usr/bin/python3 -c 'import gunicorn, uvicorn; print(gunicorn.__version__, uvicorn.__version__)')
[ "$versions" = "20.1.0 0.17.6" ] || { echo "$versions, not 20.1.0 0.17.6"; exit 1; }

port=$((20000 + RANDOM % 20000))
write() {
	cat >main.py <<PY
import os
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"v$1 of worker %d" % os.getpid()})
PY
}
answer() { curl -s --max-time 1 "http://127.0.0.1:$port/" || true; }

write 1
/usr/bin/python3 -m gunicorn -k uvicorn.workers.UvicornWorker --reload -b "127.0.0.1:$port" main:app >log 2>&1 &
pid=$!
for _ in $(seq 200); do
	[ -n "$(answer)" ] && break
	sleep 0.1
done
echo "at first: $(answer)"
sleep 2
write 2
sleep 8
grep --only-matching 'Worker reloading.*' log || { echo "it has not noticed the save"; exit 1; }
echo "8 s after the save: $(answer)"
