#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Firefox ESR 153.8.0 (Debian 12): a sound that a script plays with new Audio(url) is the one of the page before, also after
# location.reload(true), which bypasses the cache, and although the server does not allow the cache to keep the file
# without asking. Firefox takes the data of any element with the same URL that is still in memory; the script of the page
# before holds one. No request is sent. So a tool that reloads a page after a save of the file cannot make it play the new one.
#
# Seen, the length in seconds after each of four loads, past the cache, of a file that is one second longer each time:
#   1 1 1 1, requests of the file: 1
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

cat >server.py <<'PY'
import http.server
import struct
PAGE = b"""<!doctype html><script>
const audio = new Audio("/a.wav");
audio.preload = "auto";
audio.ondurationchange = () => setTimeout(async () => {
    const answer = await fetch(`/length/${audio.duration}`, { cache: "no-store" });
    if (await answer.text() !== "end") {
        location.reload(true);
    }
}, 300);
audio.load();
</script>"""
LOADS = 4
seen, requests = [], 0

def wav(seconds):
    data = b"\x80" * (8000 * seconds)
    return (b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
        + b"data" + struct.pack("<I", len(data)) + data)

class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, kind, body, cache):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", cache)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        global requests
        if self.path == "/":
            self.answer("text/html", PAGE, "no-cache")
        elif self.path == "/a.wav":
            requests += 1
            self.answer("audio/wav", wav(len(seen) + 1), "no-cache")
        elif self.path.startswith("/length/"):
            seen.append(round(float(self.path.split("/")[2])))
            self.answer("text/plain", b"end" if len(seen) == LOADS else b"again", "no-store")
            if len(seen) == LOADS:
                with open("seen", "w") as file:
                    file.write(" ".join(map(str, seen)) + f",{requests}\n")
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
IFS=, read -r lengths requests <<<"$(line seen)"
echo "lengths: $lengths, requests of the file: $requests"
[ "$lengths" = "1 1 1 1" ] || { echo "CHANGED: a reloaded page plays the new file"; exit 1; }
