autocmd BufNewFile,BufRead *.play setfiletype photoplay
