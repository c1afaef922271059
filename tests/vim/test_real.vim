" SPDX-License-Identifier: MIT
" With the real savecast and savecastd, on a bus of their own.
scriptencoding utf-8

function! s:needs(program) abort
  if !executable(a:program)
    throw 'skip: : ' . fnamemodify(a:program, ':t') . ' is not there'
  endif
endfunction

function! Test_real_command_without_a_bus() abort
  call s:needs($SAVECAST)
  let $DBUS_SESSION_BUS_ADDRESS = 'unix:path=' . $TEST_DIR . '/no-bus'
  let g:savecast_command = $SAVECAST
  call Save('a.css')
  call assert_true(WaitFor({-> !empty(Messages())}), 'no message')
  silent write
  silent write
  call assert_equal(1, len(Messages()), string(Messages()))
  call assert_match('^savecast: ', Messages()[0])
endfunction

" A git work tree, savecastd and twenty editors on a bus with nothing else on it.
function! Test_real_write_quit_reaches_the_daemon() abort
  let $SAVECASTD = fnamemodify($SAVECAST, ':h') . '/savecastd'
  for l:program in [$SAVECAST, $SAVECASTD, 'dbus-run-session', 'git', 'script']
    call s:needs(l:program)
  endfor
  call WriteChild(['let g:savecast_command = $SAVECAST'], 'ityped\<Esc>:wq\<CR>')
  let l:saves = map(range(20), {_, i -> ChildCommand(Path(i . '.css')) . ' >/dev/null; heard ' . i . '.css'})
  call writefile(['set -eu',
        \ 'git init -q .',
        \ 'mkdir -p "$XDG_CONFIG_HOME/savecast"',
        \ 'git config -f "$XDG_CONFIG_HOME/savecast/config" savecast.port ' . (20000 + getpid() % 20000),
        \ '"$SAVECASTD" &',
        \ 'trap "kill $!" EXIT',
        \ 'until_true() { for try in $(seq 200); do "$@" && return; sleep 0.05; done; return 1; }',
        \ 'up() { "$SAVECAST" status >/dev/null 2>&1; }',
        \ 'logged() { "$SAVECAST" log --json | grep -qF "/$1\""; }',
        \ 'heard() { until_true logged "$1" || { echo "lost: $1"; "$SAVECAST" log; exit 1; }; }',
        \ 'until_true up',
        \ ] + l:saves, $TEST_DIR . '/session.sh')
  let l:said = system('timeout -k 5 100 dbus-run-session -- sh ' . shellescape($TEST_DIR . '/session.sh') . ' 2>&1')
  call assert_equal(0, v:shell_error, l:said)
endfunction
