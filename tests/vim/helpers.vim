" SPDX-License-Identifier: MIT
" Shared by the tests: stand-ins for the command, and functions that wait for their input.
scriptencoding utf-8

let s:wait = 'while [ ! -e "$TEST_DIR/go" ]; do sleep 0.02; done; '

let s:bodies = {
      \ 'reads': 'exec cat >>"$TEST_DIR/sent"',
      \ 'reads late': s:wait . 'exec cat >>"$TEST_DIR/sent"',
      \ 'reads one late': s:wait . 'head -n 1 >>"$TEST_DIR/sent"; kill -9 $$',
      \ 'never reads': 'exec sleep 600',
      \ 'stops reading': 'head -n 1 >>"$TEST_DIR/sent"; exec <&-; echo >"$TEST_DIR/closed"; exec sleep 600',
      \ 'no daemon': 'while read -r name; do echo "savecast: save: $name: daemon: not running: '
      \   . repeat('and a long story, ', 10) . 'start savecastd" >&2; done; exit 3',
      \ 'exits 3': 'echo "savecast: bus: cannot be reached" >&2; exit 3',
      \ 'exits 2': 'exit 2',
      \ 'crashes': 'kill -SEGV $$',
      \ }

" A program that replaces savecast and records its process id.
function! Command(kind) abort
  let l:path = $TEST_DIR . '/' . substitute(a:kind, ' ', '-', 'g')
  call writefile(['#!/bin/sh', '[ "$*" = "save --stdin" ] || exit 2',
        \ 'echo $$ >>"$TEST_DIR/pids"', s:bodies[a:kind]], l:path)
  call setfperm(l:path, 'rwx------')
  return l:path
endfunction

function! WaitFor(Condition) abort
  for l:i in range(1000)
    if a:Condition()
      return 1
    endif
    sleep 10m
  endfor
  return 0
endfunction

function! s:lines(name) abort
  let l:file = $TEST_DIR . '/' . a:name
  return filereadable(l:file) ? readfile(l:file, 'b')[:-2] : []
endfunction

" Whole lines that the command has read so far.
function! Sent() abort
  return s:lines('sent')
endfunction

function! Pids() abort
  return map(s:lines('pids'), {_, pid -> str2nr(pid)})
endfunction

" A process that has ended but was not waited for counts as ended.
function! Alive(pid) abort
  try
    return readfile('/proc/' . a:pid . '/stat')[0] !~# ') [ZX] '
  catch
    return 0
  endtry
endfunction

" Waits for this many lines, compares them, and clears the list.
function! AssertSent(expected, ...) abort
  call WaitFor({-> len(Sent()) >= len(a:expected)})
  call assert_equal(a:expected, Sent(), a:0 ? a:1 : '')
  call writefile([], $TEST_DIR . '/sent')
endfunction

function! Path(name) abort
  return $TEST_DIR . '/files/' . a:name
endfunction

" A changed buffer with this name, ready to be written.
function! Change(name) abort
  execute 'edit' fnameescape(Path(a:name))
  call setline(1, [a:name, 'two', 'three'])
endfunction

function! Save(name) abort
  call Change(a:name)
  silent write
endfunction

" Anything else that was sent would have arrived before this.
function! AssertNothingSent(...) abort
  new
  call Save('sentinel')
  bwipeout!
  call AssertSent([Path('sentinel')], a:0 ? a:1 : '')
endfunction

function! Messages() abort
  return filter(split(execute('messages'), "\n"), {_, line -> line =~# 'savecast'})
endfunction

" What a child editor runs: {script}; then it types {keys}.
function! WriteChild(script, keys) abort
  call writefile(['set nocompatible noswapfile nofsync',
        \ 'let &runtimepath = $SAVECAST_VIM . "," . &runtimepath',
        \ 'runtime plugin/savecast.vim'] + a:script +
        \ ['autocmd VimEnter * call feedkeys("' . a:keys . '", "t")'], $TEST_DIR . '/child.vim')
endfunction

" A shell command: the child editor on {file}, in a terminal.
function! ChildCommand(file) abort
  let l:words = [$TEST_EDITOR, '-i', 'NONE', '-n', '-u', $TEST_DIR . '/child.vim', a:file]
  let l:editor = join(map(l:words, {_, word -> shellescape(word)}))
  return 'TERM=xterm timeout -k 5 30 script -qec ' . shellescape(l:editor) . ' /dev/null </dev/null'
endfunction

function! Child(script, keys, file) abort
  call WriteChild(a:script, a:keys)
  call system(ChildCommand(a:file))
  return v:shell_error
endfunction
