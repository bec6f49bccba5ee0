("[[" @open "]]" @close)
