" SPDX-License-Identifier: MIT
" The ways in which an editor loads the plugin at its start: packages, vim-plug and
" lazy.nvim, each imitated in a few lines.
scriptencoding utf-8

if !executable('script')
  throw 'skip: : script(1) is not installed'
endif

" Makes {folder} a link to the plugin.
function! s:link(folder) abort
  call mkdir(fnamemodify(a:folder, ':h'), 'p')
  call system('ln -s ' . shellescape($SAVECAST_VIM) . ' ' . shellescape(a:folder))
endfunction

" An editor that starts with {vimrc} reports a save, once, and completes.
function! s:works_with(vimrc) abort
  call writefile([], $TEST_DIR . '/sent')
  call writefile(['set nocompatible noswapfile nofsync',
        \ 'let g:savecast_command = ' . string(Command('reads'))] + a:vimrc
        \ + ['autocmd VimEnter * call writefile(getcompletion("Savecast sta", "cmdline"), $TEST_DIR . "/completed")',
        \ 'autocmd VimEnter * call feedkeys("ityped\<Esc>:wq\<CR>", "t")'], $TEST_DIR . '/child.vim')
  call system(ChildCommand(Path('a.css')))
  call AssertSent([Path('a.css')])
  call assert_equal(['status'], readfile($TEST_DIR . '/completed'))
  call delete(Path('a.css'))
endfunction

function! Test_layout_package() abort
  call s:link($TEST_DIR . '/pack/any/start/savecast')
  call s:works_with(['let &packpath = $TEST_DIR'])
endfunction

function! Test_layout_package_by_hand() abort
  call s:link($TEST_DIR . '/pack/any/opt/savecast')
  call s:works_with(['let &packpath = $TEST_DIR', 'packadd savecast'])
  call s:works_with(['let &packpath = $TEST_DIR', 'autocmd VimEnter * packadd savecast'])
endfunction

" vim-plug: a subfolder of the repository is in 'runtimepath' in time.
function! Test_layout_of_vim_plug() abort
  call s:link($TEST_DIR . '/plugged/savecast/clients/vim')
  call s:works_with(['let &runtimepath = $TEST_DIR . "/plugged/savecast/clients/vim," . &runtimepath'])
endfunction

" lazy.nvim: Neovim does not load plugins; it reads their files by name, and adds the
" folder in 'runtimepath' for what is loaded later.
function! Test_layout_of_lazy_nvim() abort
  call s:link($TEST_DIR . '/lazy/savecast/clients/vim')
  call s:works_with(['set noloadplugins',
        \ 'let &runtimepath .= "," . $TEST_DIR . "/lazy/savecast/clients/vim"',
        \ 'source $TEST_DIR/lazy/savecast/clients/vim/plugin/savecast.vim'])
endfunction
