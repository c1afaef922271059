" SPDX-License-Identifier: MIT
" Runs one Test_* function, writes the result to $TEST_DIR/result, and ends.
" A test that cannot run here throws 'skip: why'.
set noswapfile nomore nofsync hidden
scriptencoding utf-8
set encoding=utf-8

source <sfile>:p:h/helpers.vim

let &runtimepath = $SAVECAST_VIM . ',' . &runtimepath
let g:savecast_command = Command('reads')
runtime plugin/savecast.vim

let s:word = 'ok  '
try
  execute 'source' fnameescape($TEST_FILE)
  call call($TEST_NAME, [])
catch /^skip: /
  let s:word = 'skip'
  let s:why = v:exception[5:]
catch
  call add(v:errors, v:exception . ' at ' . v:throwpoint)
endtry
if !empty(v:errors)
  let s:word = 'FAIL'
endif

let s:editor = has('nvim') ? 'nvim' : 'vim '
let s:result = [join([s:word, s:editor, $TEST_NAME]) . get(s:, 'why', '')]
for s:error in v:errors
  call add(s:result, '    ' . substitute(s:error, '^\S* *line\.\.script \S*\.\.', '', ''))
endfor
call writefile(s:result, $TEST_DIR . '/result')
qall!
