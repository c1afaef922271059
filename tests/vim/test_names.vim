" SPDX-License-Identifier: MIT
" Names arrive byte for byte.
scriptencoding utf-8

function! s:save_each(names) abort
  for l:name in a:names
    call Change('buffer')
    execute 'silent write!' fnameescape(Path(l:name))
    call AssertSent([Path(l:name)], 'another file, absolute: ' . l:name)
    execute 'silent write!' fnameescape('./' . l:name)
    call AssertSent([Path(l:name)], 'another file, relative: ' . l:name)
    bwipeout!
    call Save(l:name)
    call AssertSent([Path(l:name)], 'own file: ' . l:name)
    call assert_true(filereadable(Path(l:name)), l:name)
    bwipeout!
  endfor
endfunction

function! Test_spaces_and_quotes() abort
  call s:save_each(['a b.css', ' lead', 'trail ', "tab\t.css", "q'uote.css", 'dq"uote.css', 'back\slash', "cr\r"])
endfunction

function! Test_characters_special_to_vim() abort
  call s:save_each(['per%cent', 'ha#sh', '%', '#', '#1', '<afile>', '<cword>', '~', '~root', '$HOME', '${HOME}',
        \ '+cmd', '-dash', '--', '!bang', '|bar', '"quote', '`echo x`', '`=1`', 'a|b', '>>', '=', '@', ':', 'file:x', '.dot'])
endfunction

function! Test_wildcards() abort
  for l:name in ['ax', 'ay', 'bx']
    call writefile([], Path(l:name))
  endfor
  call s:save_each(['*', 'a*', '?', '[ab]x', '[', '{ax,bx}', '**'])
  set wildignore=*.css suffixes=.css
  call s:save_each(['ignored.css'])
endfunction

function! Test_names_that_look_special_without_a_folder() abort
  for l:name in ['"quote', '|bar', '-dash', '+plus', '#2', '=x']
    call Change('buffer')
    execute 'silent write!' fnameescape(l:name)
    bwipeout!
    call AssertSent([Path(l:name)], l:name)
  endfor
endfunction

function! Test_unicode_and_raw_bytes() abort
  call s:save_each(['uni-ü-日本.css', "e\u0301", "bad-\xff\xfe", "cut-\xe6\x97", "latin-\xe9.css"])
endfunction

function! Test_other_encoding() abort
  if has('nvim')
    throw 'skip: : Neovim supports only utf-8'
  endif
  set encoding=latin1
  call s:save_each(["latin-\xe9.css", "utf-\xc3\xa9.css"])
endfunction

function! Test_name_with_a_newline_is_sent_as_a_uri() abort
  call Save("two\nlines 100%\xff.css")
  call AssertSent(['file://' . Path('two%0Alines%20100%25%FF.css')])
endfunction

function! Test_long_name() abort
  let l:folder = 'files'
  for l:i in range(8)
    let l:folder = repeat('d', 200) . l:i
    call mkdir(l:folder)
    execute 'cd' l:folder
  endfor
  edit x.css
  call setline(1, 'x')
  silent write
  call AssertSent([getcwd() . '/x.css'])
endfunction
