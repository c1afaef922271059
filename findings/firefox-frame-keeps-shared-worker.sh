#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Firefox ESR 153.8.0 (Debian 12): a page that is the only one to use a shared worker gets a new worker at each reload. If a
# frame of the page uses the same worker, too, the old worker goes on after each reload of the page, also past the cache: the new
# page is connected to it before the frames of the old page have ended, although no other page uses it. Its script is not even
# requested again. If the page removes its frames in its pagehide event, the worker is new.
#
# Seen, the number of the worker's script at three loads of a page (the second is a reload, the third one past the cache), without
# a frame, with one, and with one that the page removes:
#   /alone: 1 2 3, /framed: 1 1 1, /removed: 1 2 3
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

# Each answer with a worker's script has another number, and is not cached. A page reports the number that its worker says
# when its frame has one, too, and loads itself again as it is told.
cat >server.py <<'PY'
import http.server
START = 'new SharedWorker("%s.js").port.onmessage = ({ data }) => '
PAGE = """<!doctype html><title>t</title>%s
<script>
const worker = new Promise((resolve) => { """ + START + """resolve(data); });
onload = () => setTimeout(async () => {
    await frame;
    const answer = await fetch(`/seen/${await worker}`, { cache: "no-store" });
    const next = await answer.text();
    if (next.startsWith("/")) {
        location.href = next;
    } else if (next !== "end") {
        location.reload(next === "past");
    }
}, 200);
</script>"""
FRAME = "<script>var told; const frame = new Promise((resolve) => { told = resolve; });</script><iframe srcdoc='<script>" + START + "parent.told();</script>'></iframe>"
REMOVES = '<script>addEventListener("pagehide", () => document.querySelector("iframe").remove());</script>'
PAGES = {
    "/alone": PAGE % ("<script>const frame = 0;</script>", "/alone"),
    "/framed": PAGE % (FRAME % "/framed", "/framed"),
    "/removed": PAGE % (FRAME % "/removed" + REMOVES, "/removed"),
}
NEXT = ["normal", "past", "/framed", "normal", "past", "/removed", "normal", "past", "end"]
seen, numbers = [], {}

class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body.encode())

    def do_GET(self):
        if self.path in PAGES:
            self.answer("text/html", PAGES[self.path])
        elif self.path.endswith(".js"):
            numbers[self.path] = numbers.get(self.path, 0) + 1
            self.answer("text/javascript", "onconnect = ({ ports: [port] }) => port.postMessage(%d);" % numbers[self.path])
        elif self.path.startswith("/seen/"):
            seen.append(self.path.split("/")[2])
            following = NEXT[len(seen) - 1]
            self.answer("text/plain", following)
            if following == "end":
                with open("seen", "w") as file:
                    file.write(", ".join(" ".join(seen[i:i + 3]) for i in (0, 3, 6)) + "\n")
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
HOME=$folder firefox-esr --headless --no-remote --profile profile "http://127.0.0.1:$port/alone" >firefox.log 2>&1 &
browser=$!
seen=$(line seen)
echo "alone, framed, and removed: $seen"
[ "$seen" = "1 2 3, 1 1 1, 1 2 3" ] || { echo "CHANGED: the workers were expected to be 1 2 3, 1 1 1, 1 2 3"; exit 1; }
