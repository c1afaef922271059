# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# How the source tree is built. Source this file in the top folder.

# Shows the last "[done/all]" of ninja on a terminal; prints nothing otherwise.
build_progress() {
	if [ -t 2 ]; then
		awk 'match($0, /^\[[0-9]+\/[0-9]+\]/) { printf "\r  %s ", substr($0, RSTART, RLENGTH); fflush() }
			END { printf "\r\033[K" }' >&2
	else
		cat >/dev/null
	fi
}

# build_tree DIR [MESON OPTION...]: sets DIR up, or changes its options, and builds.
build_tree() {
	local dir=$1 log
	shift
	log=$(mktemp)
	echo "build: $dir"
	# A folder whose first setup failed has no build.ninja, and is set up again.
	if ! {
		if [ -f "$dir/build.ninja" ]; then
			# A folder of an older version may lack an option.
			if [ $# -gt 0 ]; then meson configure "$dir" "$@" || meson setup --reconfigure "$dir" "$@"; fi
		else
			meson setup "$dir" "$@"
		fi >"$log" 2>&1 && ninja -C "$dir" 2>&1 | tee -a "$log" | build_progress
	}; then
		tail -n 60 "$log" >&2
		rm -f "$log"
		echo "build: $dir: failed; the lines above are the last of it" >&2
		return 1
	fi
	# Warnings are shown even if the build succeeds.
	grep -E ': (warning|error):' "$log" || true
	rm -f "$log"
}
