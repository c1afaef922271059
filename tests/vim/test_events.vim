" SPDX-License-Identifier: MIT
" Which files are reported: those that were written, in any way, and no others.
scriptencoding utf-8

function! Test_nothing_starts_before_the_first_save() abort
  call Change('a.css')
  call assert_equal([], Pids())
  call assert_equal(0, exists('*savecast#saved'))
  silent write
  call AssertSent([Path('a.css')])
  call assert_equal(1, len(Pids()))
endfunction

function! Test_write_and_update() abort
  call Save('a.css')
  call AssertSent([Path('a.css')])
  silent update
  call setline(1, 'changed')
  silent update
  call AssertSent([Path('a.css')])
  silent write
  call AssertSent([Path('a.css')])
  call assert_equal(1, len(Pids()), 'one job for all')
endfunction

function! Test_relative_name() abort
  edit rel.css
  call setline(1, 'x')
  silent write
  call AssertSent([Path('rel.css')])
  call mkdir('sub')
  cd sub
  silent write
  call AssertSent([Path('rel.css')])
  silent write ../up.css
  call AssertSent([Path('up.css')])
endfunction

function! Test_write_all() abort
  for l:name in ['1.css', '2.css', '3.css']
    call Change(l:name)
  endfor
  silent wall
  call AssertSent([Path('1.css'), Path('2.css'), Path('3.css')])
endfunction

function! Test_exit_and_write_quit() abort
  new
  call Change('a.css')
  silent exit
  new
  call Change('b.css')
  silent normal! ZZ
  new
  call Change('c.css')
  silent wq
  call AssertSent([Path('a.css'), Path('b.css'), Path('c.css')])
endfunction

function! Test_autowrite() abort
  set autowrite nohidden
  args a.css b.css
  call setline(1, 'a')
  silent next
  set noautowrite autowriteall
  call setline(1, 'b')
  silent edit c.css
  call AssertSent([Path('a.css'), Path('b.css')])
endfunction

function! Test_other_file() abort
  call Change('a.css')
  silent execute 'write' fnameescape(Path('other.css'))
  silent execute 'saveas' fnameescape(Path('as.css'))
  call AssertSent([Path('other.css'), Path('as.css')])
endfunction

function! Test_part_and_append() abort
  call Change('a.css')
  silent execute '1,2write' fnameescape(Path('part.css'))
  silent execute 'write >>' fnameescape(Path('part.css'))
  silent execute '1write >>' fnameescape(Path('part.css'))
  call AssertSent([Path('part.css')], 'all of one burst')
  call assert_equal(6, len(readfile(Path('part.css'))))
endfunction

function! Test_buffer_without_a_name() abort
  enew
  call setline(1, 'x')
  silent execute 'write' fnameescape(Path('named.css'))
  call AssertSent([Path('named.css')])
endfunction

function! Test_from_another_buffer() abort
  call Change('a.css')
  let l:number = bufnr('%')
  call Change('b.css')
  let b:savecast_enabled = 0
  silent execute l:number . 'bufdo write'
  call AssertSent([Path('a.css')])
endfunction

function! Test_filter_is_not_a_save() abort
  call Change('a.css')
  silent write !cat >/dev/null
  call AssertNothingSent()
endfunction

function! Test_special_buffers_are_not_saved_files() abort
  for l:type in ['nofile', 'acwrite', 'nowrite', 'help']
    new
    call setline(1, 'x')
    autocmd BufWriteCmd <buffer> setlocal nomodified | doautocmd BufWritePost
    execute 'file' l:type . '.txt'
    let &l:buftype = l:type
    silent! write
    silent! execute 'write!' fnameescape(Path('scratch.' . l:type))
    bwipeout!
    call AssertNothingSent(l:type)
  endfor
endfunction

function! Test_url_is_not_a_saved_file() abort
  autocmd BufWriteCmd scp://*,fugitive://* setlocal nomodified | doautocmd BufWritePost
  for l:name in ['scp://host/a.css', 'fugitive:///repo/.git//0/a.css']
    new
    execute 'file' fnameescape(l:name)
    call setline(1, 'x')
    silent write
    bwipeout!
    call AssertNothingSent(l:name)
  endfor
endfunction

function! Test_switched_off() abort
  let g:savecast_enabled = 0
  call Save('a.css')
  let b:savecast_enabled = 1
  silent write
  call AssertSent([Path('a.css')])
  unlet b:savecast_enabled
  let g:savecast_enabled = 1
  silent write
  call AssertSent([Path('a.css')])
  let b:savecast_enabled = 0
  silent write
  call AssertNothingSent()
endfunction

function! Test_is_loaded_once_and_with_any_cpoptions() abort
  let l:count = len(split(execute('autocmd savecast'), "\n"))
  set cpoptions=aABceFsC
  source $SAVECAST_VIM/plugin/savecast.vim
  unlet g:loaded_savecast
  source $SAVECAST_VIM/plugin/savecast.vim
  call assert_equal(l:count, len(split(execute('autocmd savecast'), "\n")))
  call Save('a.css')
  set cpoptions&vim
  call AssertSent([Path('a.css')])
endfunction

function! Test_help_tags() abort
  call mkdir($TEST_DIR . '/doc')
  call writefile(readfile($SAVECAST_VIM . '/doc/savecast.txt'), $TEST_DIR . '/doc/savecast.txt')
  execute 'helptags' fnameescape($TEST_DIR . '/doc')
  let l:tags = map(readfile($TEST_DIR . '/doc/tags'), {_, line -> split(line, "\t")[0]})
  for l:tag in ['savecast', 'savecast-install', 'savecast-trouble', 'g:savecast_command',
        \ 'g:savecast_enabled', 'b:savecast_enabled']
    call assert_true(index(l:tags, l:tag) >= 0, l:tag)
  endfor
endfunction
