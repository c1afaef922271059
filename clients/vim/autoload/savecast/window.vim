" SPDX-License-Identifier: MIT
" The window that shows texts; all commands share it.  The cursor stays in its window; q in
" the new one closes it.
scriptencoding utf-8
let s:cpoptions = &cpoptions
set cpoptions&vim

function! savecast#window#show(lines) abort
  let l:buffer = bufnr('^savecast://text$')
  let l:number = bufwinnr(l:buffer)
  if l:buffer > 0 && l:number < 0
    " In another tab page.
    execute 'bwipeout!' l:buffer
  endif
  if l:number > 0
    execute l:number . 'wincmd w'
  else
    botright new
    setlocal buftype=nofile bufhidden=wipe noswapfile nobuflisted nowrap
    file savecast://text
    nnoremap <buffer> <silent> q :close<CR>
  endif
  setlocal modifiable
  silent %delete _
  call setline(1, a:lines)
  setlocal nomodifiable
  execute 'resize' min([len(a:lines), &lines / 2])
  wincmd p
endfunction

let &cpoptions = s:cpoptions
unlet s:cpoptions
