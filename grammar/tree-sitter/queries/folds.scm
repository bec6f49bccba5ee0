[
  (title_page)
  (section)
  (scene)
  (speech)
  (directive)
  (note)
  (boneyard)
] @fold
