" SPDX-License-Identifier: MIT
" savecast - every save, cast to your browser.  See :help savecast
scriptencoding utf-8

if exists('g:loaded_savecast')
  finish
endif
if !has('nvim') && !(has('job') && has('channel') && has('timers'))
  finish
endif
let g:loaded_savecast = 1

" <amatch> and not <afile>: it is documented to be the full path, and <afile>
" is the buffer's name instead of the file's in ':w "x' and ':w |x'.
augroup savecast
  autocmd!
  autocmd BufWritePost,FileWritePost,FileAppendPost * call savecast#saved(expand('<amatch>'))
augroup END

command! -nargs=+ -complete=custom,savecast#command#complete Savecast call savecast#command#run(<f-args>)
command! SavecastHealth call savecast#health#show()
