#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Firefox ESR 153.8.0 (Debian 12): once a page was reloaded normally, a reload that bypasses the cache,
# location.reload(true), requests what a <style> element imports with @import, but does not apply the answer: the page
# keeps the style sheet of the first load. The same reload applies the new style sheet of a <link>. Firefox keeps the style
# sheet of a <style> element for all elements with the same text, together with what it imports. So a tool that
# reloads a page past the cache after a save of the imported file still shows the old one.
#
# Seen, the number in the color after each of five loads, the second and third normal reloads, the last two past the cache:
#   by link 1 1 1 2 3, by import 1 1 1 1 1; requests of the imported style sheet: 3
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

# Both style sheets have the same number in their color. The page reports its colors, and loads itself again as it is told.
cat >server.py <<'PY'
import http.server
PAGE = b"""<!doctype html><link rel="stylesheet" href="/link.css"><style>@import "/import.css";</style>
<p class="link">x</p><p class="import">x</p>
<script>
onload = () => setTimeout(async () => {
    const color = (name) => /\\d+/.exec(getComputedStyle(document.querySelector(name)).color)[0];
    const answer = await fetch(`/colors/${color(".link")}/${color(".import")}`, { cache: "no-store" });
    const next = await answer.text();
    if (next !== "end") {
        location.reload(next === "past");
    }
}, 100);
</script>"""
NEXT = ["normal", "normal", "past", "past", "end"]
seen, requests, number = [], {"link": 0, "import": 0}, 1

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
        name = self.path[1:].removesuffix(".css")
        if self.path == "/":
            self.answer("text/html", PAGE, "no-cache")
        elif name in requests:
            requests[name] += 1
            self.answer("text/css", f".{name} {{ color: rgb({number}, 0, 0) }}".encode(), "max-age=3600")
        elif self.path.startswith("/colors/"):
            seen.append(self.path.split("/")[2:])
            following = NEXT[len(seen) - 1]
            number += following == "past"
            self.answer("text/plain", following.encode(), "no-store")
            if following == "end":
                with open("seen", "w") as file:
                    file.write(" ".join(one[0] for one in seen) + ", " + " ".join(one[1] for one in seen)
                        + f", {requests['import']}\n")
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
HOME=$folder firefox-esr --headless --no-remote --profile profile "http://127.0.0.1:$port/" >firefox.log 2>&1 &
browser=$!
seen=$(line seen)
echo "numbers by link, by import, and requests of the imported one: $seen"
IFS=, read -r link import requests <<<"$seen"
[ "$link" = "1 1 1 2 3" ] || { echo "CHANGED: a reload past the cache does not show a new linked style sheet"; exit 1; }
[ "$import" = " 1 1 1 1 1" ] || { echo "CHANGED: the imported style sheet is a new one"; exit 1; }
[ "$requests" -ge 2 ] || { echo "CHANGED: the imported style sheet is not requested"; exit 1; }
