-- A screenplay is prose: long lines wrap at words, and blanks at line ends are
-- the author's (two of them hold a speech together).
vim.cmd([==[
  setlocal wrap linebreak textwidth=0 commentstring=[[%s]] suffixesadd=.play
  let b:undo_ftplugin = 'setlocal wrap< linebreak< textwidth< commentstring< suffixesadd<'
]==])
require('photoplay').attach(0)
