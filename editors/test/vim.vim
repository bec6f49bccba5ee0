" What the README of ../vim promises, in an editor without settings of its own:
" colours, `:make`, and the language server by way of ALE where that is there.
"
"   SCRIPT=mistaken script, vim -i NONE -u vimrc -es -S vim.vim
let s:failed = []
function! s:expect(what, holds) abort
  if !a:holds
    call add(s:failed, 'vim: ' . a:what)
  endif
endfunction

execute 'edit' fnameescape($SCRIPT)
call s:expect('file type: ' . &filetype, &filetype ==# 'photoplay')
call s:expect('the heading has no colour', synIDattr(synIDtrans(synID(1, 1, 1)), 'name') ==# 'Title')
silent make!
let s:mistakes = filter(getqflist(), 'v:val.valid')
call s:expect('mistakes of :make: ' . string(s:mistakes), len(s:mistakes) >= 2
      \ && s:mistakes[0].lnum == 3 && s:mistakes[0].type ==# 'E'
      \ && s:mistakes[0].text =~# 'is not a camera move')

if exists(':ALEInfo')
  let s:waited = 0
  while empty(ale#engine#GetLoclist(bufnr(''))) && s:waited < 200
    sleep 50m
    let s:waited += 1
  endwhile
  let s:mistakes = ale#engine#GetLoclist(bufnr(''))
  call s:expect('the language server says nothing', !empty(s:mistakes)
        \ && s:mistakes[0].text =~# 'is not a camera move')
  call writefile(['vim: the language server, by way of ALE: ' . get(s:mistakes, 0, {'text': ''}).text], '/dev/stdout', 'a')
endif
call writefile(s:failed, '/dev/stderr', 'a')
execute empty(s:failed) ? 'qall!' : 'cquit!'
