" SPDX-License-Identifier: MIT
" An editor in a real terminal, with typed keys.
scriptencoding utf-8

if !executable('script')
  throw 'skip: : script(1) is not installed'
endif

" The command reads only after the editor has ended.
function! s:leave_twenty_times(keys) abort
  call writefile([], $TEST_DIR . '/sent')
  for l:i in range(20)
    call delete($TEST_DIR . '/go')
    let l:file = Path(l:i . '.css')
    call assert_equal(0, Child(['let g:savecast_command = ' . string(Command('reads late'))], a:keys, l:file))
    call assert_equal(['typed'], readfile(l:file))
    call writefile([], $TEST_DIR . '/go')
    call AssertSent([l:file], 'time ' . l:i)
  endfor
  call assert_true(WaitFor({-> empty(filter(Pids(), {_, pid -> Alive(pid)}))}), 'commands still run')
endfunction

function! Test_write_quit_delivers() abort
  call s:leave_twenty_times('ityped\<Esc>:wq\<CR>')
endfunction

function! Test_capital_zz_delivers() abort
  call s:leave_twenty_times('ityped\<Esc>ZZ')
endfunction

function! Test_write_quit_with_a_stuck_command() abort
  let l:stuck = Command('never reads')
  let l:file = Path(repeat('x', 240))
  call assert_equal(0, Child(['let g:savecast_command = ' . string(l:stuck)],
        \ 'ityped\<Esc>:for i in range(900) | silent w | endfor\<CR>:wq\<CR>', l:file))
  call assert_equal(['typed'], readfile(l:file))
endfunction

" mode() begins with r while a prompt asks for Enter.
function! s:mode_after_the_message(command) abort
  call Child([
        \ 'let g:savecast_command = ' . string(a:command),
        \ 'function! Note(timer) abort',
        \ '  if execute("messages") =~# "savecast:"',
        \ '    call timer_stop(a:timer)',
        \ '    call timer_start(100, {-> writefile([mode(1)], $TEST_DIR . "/mode")})',
        \ '    call timer_start(200, {-> feedkeys("\<C-c>:qall!\<CR>", "t")})',
        \ '  endif',
        \ 'endfunction',
        \ 'call timer_start(20, function("Note"), {"repeat": 500})',
        \ ], 'ityped\<Esc>:w\<CR>', Path('a.css'))
  return readfile($TEST_DIR . '/mode')
endfunction

function! Test_message_does_not_ask_for_enter() abort
  call assert_equal(['n'], s:mode_after_the_message($TEST_DIR . '/missing'))
  call assert_equal(['n'], s:mode_after_the_message(Command('no daemon')), 'a long one')
endfunction
