#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Firefox ESR 153.8.0 (Debian 12): while a page is being reloaded past the cache, location.reload(true), a request that its
# script sends with `cache: 'only-if-cached'` for the page itself fails, and removes the page from the cache: the same request
# fails also after the load event. If the first such request comes after the load event, or after a normal reload, it is
# answered with what the page shows. Until the load event, requests of the page are sent past the cache like the page; together
# with 'only-if-cached', that gives no answer, but the entry of the cache is replaced by an empty one.
#
# Seen, the answer to a request during the load (if any) and to one after it, for a normal reload and two reloads past the cache:
#   /early: shown-shown none-none none-none, /late: no-shown no-shown no-shown
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

# Each answer has another number. The page reports what the cache has for it, and loads itself again as it is told.
cat >server.py <<'PY'
import http.server
PAGE = """<!doctype html><title>t</title><p>number %d</p>
<script>
const cached = async () => {
    try {
        const answer = await fetch(location.href, { cache: "only-if-cached", mode: "same-origin" });
        return (await answer.text()).includes("<p>number %d</p>") ? "shown" : "other";
    } catch {
        return "none";
    }
};
const early = location.pathname === "/early" ? cached() : "no";
onload = () => setTimeout(async () => {
    const answer = await fetch(`/seen/${await early}/${await cached()}`, { cache: "no-store" });
    const next = await answer.text();
    if (next.startsWith("/")) {
        location.href = next;
    } else if (next !== "end") {
        location.reload(next === "past");
    }
}, 200);
</script>"""
NEXT = ["normal", "past", "past", "/late", "normal", "past", "past", "end"]
seen, number = [], 0

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
        if self.path in ("/early", "/late"):
            number += 1
            self.answer("text/html", (PAGE % (number, number)).encode(), "no-cache")
        elif self.path.startswith("/seen/"):
            seen.append("-".join(self.path.split("/")[2:]))
            following = NEXT[len(seen) - 1]
            self.answer("text/plain", following.encode(), "no-store")
            if following == "end":
                with open("seen", "w") as file:
                    file.write(" ".join(seen[1:4]) + ", " + " ".join(seen[5:8]) + "\n")
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
HOME=$folder firefox-esr --headless --no-remote --profile profile "http://127.0.0.1:$port/early" >firefox.log 2>&1 &
browser=$!
seen=$(line seen)
echo "early, and late: $seen"
IFS=, read -r early late <<<"$seen"
[ "$early" = "shown-shown none-none none-none" ] || { echo "CHANGED: a request during the load does not remove the page from the cache"; exit 1; }
[ "$late" = " no-shown no-shown no-shown" ] || { echo "CHANGED: a request after the load has another answer"; exit 1; }
