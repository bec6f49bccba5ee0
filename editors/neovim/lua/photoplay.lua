-- Photoplay in Neovim: the language server, colours and folds by tree-sitter, and
-- the film in a browser.
local photoplay = {}

-- The `photoplay` program; `vim.g.photoplay_path` is its path.
function photoplay.program()
  return vim.g.photoplay_path or 'photoplay'
end

local function start_server(buffer)
  if vim.fn.executable(photoplay.program()) == 0 then
    vim.notify(
      ('`%s` is not there: install it with `cargo install --path .` in its repository, or set g:photoplay_path')
        :format(photoplay.program()),
      vim.log.levels.WARN
    )
    return
  end
  local config = {
    name = 'photoplay',
    cmd = { photoplay.program(), 'lsp' },
    root_dir = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ':p:h'),
  }
  if vim.lsp.start then
    vim.lsp.start(config, { bufnr = buffer })
    return
  end
  -- Neovim 0.7.
  photoplay.client = photoplay.client or vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(buffer, photoplay.client)
end

local function start_colours(buffer)
  -- Neovim before 0.8 does not know the names in highlights.scm; without the parser
  -- the syntax file colours.
  if vim.fn.has('nvim-0.8') == 0 or not pcall(vim.treesitter.start, buffer, 'photoplay') then
    return
  end
  if vim.treesitter.foldexpr then
    vim.wo.foldmethod = 'expr'
    vim.wo.foldexpr = 'v:lua.vim.treesitter.foldexpr()'
    vim.wo.foldlevel = 99
  end
end

-- Plays the film of the script in the browser, and rebuilds it after every save.
function photoplay.watch()
  local script = vim.api.nvim_buf_get_name(0)
  vim.cmd('botright 8split')
  vim.cmd('enew')
  vim.fn.termopen({ photoplay.program(), 'watch', '--open', script })
end

function photoplay.attach(buffer)
  buffer = buffer == 0 and vim.api.nvim_get_current_buf() or buffer
  start_colours(buffer)
  start_server(buffer)
  if vim.api.nvim_buf_create_user_command then
    vim.api.nvim_buf_create_user_command(buffer, 'PhotoplayWatch', photoplay.watch, {
      desc = 'Play the film of this script in the browser',
    })
  end
end

return photoplay
