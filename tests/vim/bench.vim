" SPDX-License-Identifier: MIT
" Run by bench.sh.
set noswapfile nofsync
scriptencoding utf-8

let &runtimepath = $SAVECAST_VIM . ',' . &runtimepath
let g:savecast_command = $BENCH_DIR . '/savecast'
runtime plugin/savecast.vim

function! s:time_a_write() abort
  let l:start = reltime()
  silent write
  return reltimefloat(reltime(l:start)) * 1000
endfunction

function! s:figures(what, times) abort
  let l:sorted = sort(copy(a:times), 'f')
  return printf("%s\t%.3f\t%.3f", a:what, l:sorted[len(l:sorted) / 2], l:sorted[len(l:sorted) * 95 / 100])
endfunction

execute 'edit' fnameescape($BENCH_DIR . '/page.html')
call setline(1, map(range(200), {_, i -> 'line ' . i}))
let s:first = s:time_a_write()
call s:time_a_write()

let s:without = []
let s:with = []
for s:turn in range($SAVES)
  set eventignore=BufWritePost
  call add(s:without, s:time_a_write())
  set eventignore=
  call add(s:with, s:time_a_write())
  " The editor returns to its main loop between two saves.
  sleep 2m
endfor

call writefile([
      \ s:figures('without', s:without),
      \ s:figures('with', s:with),
      \ printf("first save\t%.3f\t", s:first),
      \ ], $BENCH_DIR . '/figures')
qall!
