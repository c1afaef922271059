#!/bin/sh
# SPDX-License-Identifier: MIT
# What a :w costs with the plugin and without, in Vim and in Neovim: saves of one
# file, in turns. Prints milliseconds; fails only if it cannot run.
#
#   tests/vim/bench.sh [SAVES]      (of each kind; default 200)

here=$(cd "$(dirname "$0")" && pwd)
export SAVECAST_VIM="$here/../../clients/vim" SAVES="${1:-200}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" BENCH_DIR="$work"
printf '#!/bin/sh\nexec cat >/dev/null\n' >"$work/savecast"
chmod +x "$work/savecast"

printf '%-24s %8s %8s\n' "ms per :w" p50 p95
for editor in vim nvim; do
	case $editor in
	vim) program=${VIM_BIN-vim} options='-es -N' ;;
	nvim) program=${NVIM_BIN-nvim} options='--headless' ;;
	esac
	command -v "$program" >/dev/null || continue
	# shellcheck disable=SC2086
	timeout 120 "$program" $options -i NONE -n -u NONE -S "$here/bench.vim" </dev/null >"$work/out" 2>&1 ||
		{ cat "$work/out"; exit 1; }
	sed "s/^/$editor, /" "$work/figures" | awk -F'\t' '{ printf "%-24s %8s %8s\n", $1, $2, $3 }'
done
