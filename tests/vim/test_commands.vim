" SPDX-License-Identifier: MIT
" :Savecast, health, the statusline, the event and the signs, with a stand-in for the command.
scriptencoding utf-8

" Runs {body} for all arguments except save --stdin, and writes them to $TEST_DIR/asked.
function! s:tool(body) abort
  let l:path = $TEST_DIR . '/tool'
  call writefile(['#!/bin/sh', 'echo $$ >>"$TEST_DIR/pids"',
        \ '[ "$*" = "save --stdin" ] && exec cat >>"$TEST_DIR/sent"',
        \ 'printf "%s\n" "$*" >>"$TEST_DIR/asked"'] + a:body, l:path)
  call setfperm(l:path, 'rwx------')
  let g:savecast_command = l:path
endfunction

function! s:asked() abort
  let l:file = $TEST_DIR . '/asked'
  return filereadable(l:file) ? readfile(l:file) : []
endfunction

function! s:window() abort
  return getbufline('^savecast://text$', 1, '$')
endfunction

function! Test_command_shows_what_the_tool_says() abort
  call s:tool(['echo "one  $1"; echo two'])
  call Change('a.css')
  Savecast status
  call assert_true(WaitFor({-> s:window() == ['one  status', 'two']}), string(s:window()))
  call assert_equal(Path('a.css'), expand('%:p'), 'the cursor stays')
  Savecast log
  call assert_true(WaitFor({-> s:window() == ['one  log', 'two']}))
  call assert_equal(2, winnr('$'), 'one window for all')
  Savecast why
  call assert_true(WaitFor({-> s:window() == ['one  why', 'two']}))
  Savecast reload
  call assert_true(WaitFor({-> s:window() == ['one  reload', 'two']}))
  call assert_equal(['status', 'log', 'why -- ' . Path('a.css'), 'reload -- ' . $TEST_DIR . '/files'], s:asked())
endfunction

function! Test_command_shows_it_where_the_cursor_is() abort
  call s:tool(['echo "one  $1"'])
  call Change('a.css')
  Savecast status
  call assert_true(WaitFor({-> s:window() == ['one  status']}), string(s:window()))
  tabnew
  Savecast log
  call assert_true(WaitFor({-> s:window() == ['one  log']}), string(s:window()))
  call assert_equal([2, 2], [tabpagenr(), winnr('$')])
  call assert_equal(1, tabpagewinnr(1, '$'), 'nothing is left in the other tab page')
endfunction

function! Test_problems_are_the_quickfix_list() abort
  call s:tool(['[ -e "$TEST_DIR/fixed" ] && exit 0',
        \ 'echo "$TEST_DIR/files/a.js:2:7: ReferenceError: cart is not defined"',
        \ 'echo "http://localhost/x: answered 500"', 'exit 1'])
  call Change('a.js')
  Savecast problems
  call assert_true(WaitFor({-> len(getqflist()) == 2}), string(getqflist()))
  let l:first = getqflist()[0]
  call assert_equal([Path('a.js'), 2, 7, 'ReferenceError: cart is not defined'],
        \ [fnamemodify(bufname(l:first.bufnr), ':p'), l:first.lnum, l:first.col, l:first.text])
  call assert_equal(Path('a.js'), expand('%:p'), 'the cursor stays')
  call assert_equal(2, winnr('$'))
  call writefile([], $TEST_DIR . '/fixed')
  Savecast problems
  call assert_true(WaitFor({-> empty(getqflist()) && winnr('$') == 1}), string(getqflist()))
  call assert_equal('check --wait -- ' . Path('a.js'), s:asked()[-1])
endfunction

function! Test_command_completes_and_refuses() abort
  call assert_equal(['status'], getcompletion('Savecast st', 'cmdline'))
  Savecast frobnicate
  call assert_match('frobnicate: must be one of status, ', Messages()[-1])
  call s:tool(['echo "savecast: why: no such verb" >&2; exit 2'])
  Savecast why
  call assert_true(WaitFor({-> Messages()[-1] ==# 'savecast: why: no such verb'}), string(Messages()))
  let g:savecast_command = $TEST_DIR . '/missing'
  Savecast status
  call assert_match('command not found: see :help savecast-trouble', Messages()[-1])
endfunction

function! Test_command_never_waits() abort
  call s:tool(['exec sleep 600'])
  let l:start = reltime()
  Savecast status
  Savecast log
  call assert_true(reltimefloat(reltime(l:start)) < 2)
endfunction

function! Test_toggle() abort
  silent Savecast toggle
  call Save('a.css')
  call assert_equal('savecast: off', savecast#statusline())
  silent Savecast toggle
  call AssertNothingSent()
endfunction

function! s:story(steps) abort
  return ['printf ''{"serial":7,"source":"save","project":"%s","files":["%s"],"steps":[{"at":0,"step":"heard"}]}\n'' '
        \ . '"$TEST_DIR/files" "$TEST_DIR/files/a.css"'] + a:steps
endfunction

function! Test_statusline_and_event() abort
  let g:savecast_signs = 0
  call s:tool(s:story([
        \ 'echo ''{"event":7,"step":{"at":1000,"step":"waiting"}}''',
        \ 'while [ ! -e "$TEST_DIR/go" ]; do sleep 0.02; done',
        \ 'echo ''{"event":8,"step":{"at":1,"step":"failed"}}''',
        \ 'echo no JSON',
        \ 'echo ''{"event":7,"step":{"at":31500,"step":"loaded","tab":3}}''',
        \ 'exec sleep 600']))
  call assert_equal('', savecast#statusline())
  call Save('a.css')
  call AssertSent([Path('a.css')])
  call assert_true(WaitFor({-> savecast#statusline() ==# 'savecast: waiting'}), savecast#statusline())
  let g:heard = []
  autocmd User SavecastReloaded call add(g:heard, g:savecast_event)
  call writefile([], $TEST_DIR . '/go')
  call assert_true(WaitFor({-> savecast#statusline() ==# 'savecast: reloaded 31 ms'}), savecast#statusline())
  call assert_equal(1, len(g:heard))
  call assert_equal([Path('a.css')], g:heard[0].files)
  call assert_equal(['heard', 'waiting', 'loaded'], map(copy(g:heard[0].steps), {_, step -> step.step}))
  call assert_equal(['log --follow --json -n 1'], s:asked())
endfunction

function! Test_saves_of_others_do_not_change_the_statusline() abort
  call s:tool(s:story(['echo ''{"event":7,"step":{"at":31500,"step":"loaded"}}''', 'touch "$TEST_DIR/done"', 'exec sleep 600']))
  call assert_equal('', savecast#statusline())
  call Save('b.css')
  call assert_true(WaitFor({-> filereadable($TEST_DIR . '/done')}))
  sleep 50m
  call assert_equal('', savecast#statusline())
endfunction

function! Test_without_statusline_and_signs_no_log_runs() abort
  call s:tool(['exec sleep 600'])
  let g:savecast_signs = 0
  call Save('a.css')
  call AssertSent([Path('a.css')])
  call assert_equal([], s:asked())
endfunction

function! s:signs(name) abort
  return map(get(sign_getplaced(Path(a:name), {'group': 'savecast'}), 0, {'signs': []}).signs, {_, sign -> sign.lnum})
endfunction

function! Test_signs_at_problems_until_they_are_gone() abort
  call s:tool(['if [ "$1" = check ]; then pwd >"$TEST_DIR/folder"; cat "$TEST_DIR/problems"; exit 1; fi'] + s:story([
        \ 'until [ -e "$TEST_DIR/go" ]; do sleep 0.02; done',
        \ 'echo ''{"event":7,"step":{"at":1,"step":"loaded"}}''',
        \ 'until [ -e "$TEST_DIR/fixed" ]; do sleep 0.02; done',
        \ 'echo ''{"event":7,"step":{"at":1,"step":"patched"}}''',
        \ 'exec sleep 600']))
  call writefile([printf('{"problems":[{"file":"%s","line":2},{"file":"%s","line":3},{"file":"%s"},{"message":"no file"}]}',
        \ Path('a.css'), Path('b.css'), Path('a.css'))], $TEST_DIR . '/problems')
  call Save('a.css')
  call AssertSent([Path('a.css')])
  call writefile([], $TEST_DIR . '/go')
  call assert_true(WaitFor({-> s:signs('a.css') == [1, 2]}), string(s:signs('a.css')))
  call assert_equal([$TEST_DIR . '/files'], readfile($TEST_DIR . '/folder'))
  call writefile(['1', '2', '3'], Path('b.css'))
  execute 'edit' fnameescape(Path('b.css'))
  call assert_equal([3], s:signs('b.css'), 'opened afterwards')
  call writefile(['{"problems":[]}'], $TEST_DIR . '/problems')
  call writefile([], $TEST_DIR . '/fixed')
  call assert_true(WaitFor({-> s:signs('a.css') + s:signs('b.css') == []}), string(s:signs('a.css')))
endfunction

function! Test_health() abort
  call s:tool(['echo ''{"version":"0.1.0","port":7283,"port-error":"","browsers":1,"tabs":[]}'''])
  SavecastHealth
  call assert_equal(['ok', 'ok     savecastd 0.1.0 runs', 'ok     browsers connect on port 7283',
        \ 'ok     1 browser(s) connected', 'warn   0 tab(s) switched on'], ['ok'] + s:window()[1:])
  call s:tool(['echo "savecast: daemon: not running: start it" >&2; exit 3'])
  call assert_equal(['error', 'the daemon cannot be asked: savecast: daemon: not running: start it'],
        \ savecast#health#report()[-1])
  let g:savecast_command = $TEST_DIR . '/missing'
  call assert_match('is not found', savecast#health#report()[0][1])
  if has('nvim')
    execute 'checkhealth savecast'
    call assert_true(search('is not found') > 0, join(getline(1, '$'), '|'))
  endif
endfunction
