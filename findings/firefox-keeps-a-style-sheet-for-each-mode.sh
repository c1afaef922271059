#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Firefox ESR 153.8.0 (Debian 12) keeps a style sheet in memory for pages in standards mode, and once more for pages in quirks
# mode. location.reload(true) of a page in standards mode requests the style sheet, shows the new one, and all pages in
# standards mode show it from then on. A page in quirks mode (without a doctype) that the tab has shown before still shows the
# old one when the tab goes there, although the HTTP cache has the new one under this URL.
#
# Seen, a style sheet with `Cache-Control: max-age=3600`, the number in the color on each page in turn:
#   quirks 1, standards 1, the same past the cache 2, quirks 1, standards 2
set -euo pipefail

version=$(firefox-esr --version)
[ "$version" = "Mozilla Firefox 153.8.0esr" ] || { echo "$version is not Firefox 153.8.0esr"; exit 1; }
folder=$(mktemp -d)
server='' browser=''
finish() {
	[ -z "$browser" ] || kill "$browser" 2>/dev/null || true
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	wait || true
	rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

# The page reports its color, and goes on as it is told.
cat >server.py <<'PY'
import http.server
PAGE = b"""<link rel="stylesheet" href="/a.css"><p>x</p>
<script>
onload = () => setTimeout(async () => {
    const color = /\\d+/.exec(getComputedStyle(document.querySelector("p")).color)[0];
    const next = await (await fetch(`/color/${color}`, { cache: "no-store" })).text();
    if (next === "past") {
        location.reload(true);
    } else if (next !== "end") {
        location.href = next;
    }
}, 100);
</script>"""
NEXT = ["/standards", "past", "/quirks", "/standards", "end"]
seen, number = [], 1

class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, kind, body, cache):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", cache)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        global number
        if self.path in ("/quirks", "/standards"):
            self.answer("text/html", (b"" if self.path == "/quirks" else b"<!doctype html>") + PAGE, "no-cache")
        elif self.path == "/a.css":
            self.answer("text/css", f"p {{ color: rgb({number}, 0, 0) }}".encode(), "max-age=3600")
        elif self.path.startswith("/color/"):
            seen.append(self.path.split("/")[2])
            following = NEXT[len(seen) - 1]
            number += following == "past"
            self.answer("text/plain", following.encode(), "no-store")
            if following == "end":
                with open("seen", "w") as file:
                    file.write(" ".join(seen) + "\n")
        else:
            self.send_error(404)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open("port", "w") as file:
    file.write(f"{server.server_port}\n")
server.serve_forever()
PY
# Waits until the file has a line.
line() {
	for _ in $(seq 600); do
		if [ -s "$1" ] && read -r text <"$1"; then
			echo "$text"
			return
		fi
		sleep 0.1
	done
	echo "$1: nothing within 60 s" >&2
	return 1
}
python3 server.py &
server=$!
port=$(line port)
mkdir profile
HOME=$folder firefox-esr --headless --no-remote --profile profile "http://127.0.0.1:$port/quirks" >firefox.log 2>&1 &
browser=$!
seen=$(line seen)
echo "numbers: $seen"
[ "$seen" = "1 1 2 1 2" ] || { echo "CHANGED: not 1 1 2 1 2"; exit 1; }
