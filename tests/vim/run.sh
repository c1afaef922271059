#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests of clients/vim, in Vim and in Neovim: each Test_* function of
# test_*.vim in an editor of its own, with a HOME of its own.
#
#   tests/vim/run.sh [NAME]      only the tests whose name contains NAME
#
# SAVECAST is the command line tool to test with (default: daemon/savecast in
# SAVECAST_BUILD, by default build); tests that need it are skipped without it.
# VIM_BIN and NVIM_BIN name other editors.

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
only=${1-}

build=$root/${SAVECAST_BUILD:-build}
case ${SAVECAST_BUILD-} in
/*) build=$SAVECAST_BUILD ;;
esac
SAVECAST=${SAVECAST:-$build/daemon/savecast}
export SAVECAST
export SAVECAST_VIM="$root/clients/vim"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Jobs in the background ignore the interrupt of a terminal.
# shellcheck disable=SC2046
trap 'kill $(jobs -p); exit 130' INT TERM

passed=0 failed=0 skipped=0

# Every stand-in for the command records its process id, since a test may leave one
# that hangs.
end_commands() {
	[ -f "$1/pids" ] || return 0
	while read -r pid; do
		kill -9 "$pid" 2>/dev/null
	done <"$1/pids"
}

run_one() {
	editor=$1 file=$2 name=$3
	dir=$work/$editor.$name
	mkdir -p "$dir/home" "$dir/files"
	(
		export HOME="$dir/home" XDG_CONFIG_HOME="$dir/home/.config" \
			XDG_DATA_HOME="$dir/home/.data" XDG_STATE_HOME="$dir/home/.state" \
			TEST_EDITOR="$program" TEST_DIR="$dir" TEST_FILE="$file" TEST_NAME="$name"
		unset VIMINIT EXINIT GVIMINIT MYVIMRC NVIM NVIM_LISTEN_ADDRESS DBUS_SESSION_BUS_ADDRESS
		cd "$dir/files" || exit 1
		# shellcheck disable=SC2086
		timeout -k 5 120 "$program" $options -i NONE -n -u NONE -S "$here/run.vim" </dev/null >"$dir/out" 2>&1
	)
	status=$?
	end_commands "$dir"
	[ "$status" = 0 ] || sed -i "1s/.*/FAIL $editor $name: the editor's exit status is $status/" "$dir/result" 2>/dev/null
	case $(head -n 1 "$dir/result" 2>/dev/null) in
	ok*) passed=$((passed + 1)) ;;
	skip*) skipped=$((skipped + 1)) ;;
	FAIL*) failed=$((failed + 1)) ;;
	*)
		failed=$((failed + 1))
		echo "FAIL $editor $name: the editor ended early, exit status $status"
		sed 's/^/    /' "$dir/out"
		;;
	esac
	cat "$dir/result" 2>/dev/null
	rm -rf "$dir"
}

# Runs the tests in one editor; its counts are in $work/EDITOR.counts.
run_editor() {
	editor=$1
	case $editor in
	vim) program=${VIM_BIN-vim} options='-es -N' ;;
	nvim) program=${NVIM_BIN-nvim} options='--headless' ;;
	esac
	program=$(command -v "$program")
	if [ -z "$program" ]; then
		echo "skip $editor: not installed"
		skipped=1
	else
		for file in "$here"/test_*.vim; do
			# shellcheck disable=SC2013
			for name in $(sed -n 's/^function! \(Test_[a-z_0-9]*\).*/\1/p' "$file"); do
				case $name in
				*"$only"*) run_one "$editor" "$file" "$name" ;;
				esac
			done
		done
	fi
	echo "$passed $failed $skipped" >"$work/$editor.counts"
}

# Both at once: most of their time they wait for timers and processes.
for editor in vim nvim; do
	run_editor "$editor" >"$work/$editor.log" 2>&1 &
done
wait
for editor in vim nvim; do
	cat "$work/$editor.log"
	if read -r p f s <"$work/$editor.counts"; then
		passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	else
		echo "FAIL $editor: its tests ended early"
		failed=$((failed + 1))
	fi
done

[ "$skipped" = 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
