-- What the README of ../neovim promises, in an editor that was set up by it:
--   SCRIPT=mistaken script, nvim --headless -l or -S neovim.lua
local function expect(what, holds)
  if not holds then
    io.stderr:write('neovim: ' .. what .. '\n')
    vim.cmd('cquit')
  end
end

vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.SCRIPT))
expect('file type ' .. vim.bo.filetype, vim.bo.filetype == 'photoplay')

local tree = vim.treesitter.get_parser(0, 'photoplay'):parse()[1]
expect('the script has an error', not tree:root():has_error())
local parse = vim.treesitter.query and vim.treesitter.query.get or vim.treesitter.get_query
local found = {}
for _, name in ipairs({ 'highlights', 'folds', 'locals' }) do
  local query = parse('photoplay', name)
  expect(name .. '.scm is missing', query)
  for id, node in query:iter_captures(tree:root(), 0, 0, -1) do
    found[query.captures[id] .. ' ' .. node:type()] = true
  end
end
for _, capture in ipairs({ 'markup.heading heading_text', 'type shot_head', 'constant words',
  'number duration', 'fold scene', 'local.scope script' }) do
  expect(capture .. ' is not captured', found[capture])
end

if vim.fn.has('nvim-0.8') == 1 then
  expect('tree-sitter gives no colours', vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()])
else
  local group = vim.fn.synIDattr(vim.fn.synIDtrans(vim.fn.synID(1, 1, 1)), 'name')
  expect('the heading has no colour but ' .. group, group == 'Title')
end

vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 20)
local first = vim.diagnostic.get(0)[1]
expect('the language server says nothing', first and first.message:find('is not a camera move'))
io.stdout:write('neovim: ' .. first.message:match('[^\n]+') .. '\n')
expect('no :PhotoplayWatch', vim.fn.exists(':PhotoplayWatch') == 2)
vim.cmd('qall!')
