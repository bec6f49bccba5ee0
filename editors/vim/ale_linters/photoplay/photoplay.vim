" Photoplay's language server for ALE (https://github.com/dense-analysis/ale).
call ale#Set('photoplay_executable', 'photoplay')

function! ale_linters#photoplay#photoplay#Root(buffer) abort
  return fnamemodify(bufname(a:buffer), ':p:h')
endfunction

call ale#linter#Define('photoplay', {
\   'name': 'photoplay',
\   'lsp': 'stdio',
\   'executable': {buffer -> ale#Var(buffer, 'photoplay_executable')},
\   'command': '%e lsp',
\   'project_root': function('ale_linters#photoplay#photoplay#Root'),
\})
