;; Writes the class of every stretch of every script in a folder, as compare.mjs
;; reads them: SCRIPTS=folder emacs -Q --batch -l photoplay-mode.el -l classes.el
(setq coding-system-for-read 'utf-8-unix)
(dolist (script (directory-files (getenv "SCRIPTS") t "\\.\\(play\\|fountain\\)\\'"))
  (with-temp-buffer
    (insert-file-contents script)
    (goto-char (point-min))
    ;; An editor reads line ends of every kind as its own.
    (while (search-forward "\r\n" nil t) (replace-match "\n"))
    (let ((bom (eq (char-after (point-min)) ?\xfeff)) (row 1) list)
      (when bom (delete-region (point-min) (1+ (point-min))))
      (delay-mode-hooks (photoplay-mode))
      (font-lock-mode 1)
      (font-lock-ensure)
      (goto-char (point-min))
      (while (not (eobp))
        (let ((at (if (and bom (= row 1)) 3 0)))
          (while (not (eolp))
            (let* ((face (get-text-property (point) 'face))
                   (next (min (line-end-position)
                              (or (next-single-property-change (point) 'face) (point-max))))
                   (size (string-bytes (buffer-substring-no-properties (point) next))))
              (when face
                (push (format "%d:%d-%d %s" row at (+ at size)
                              (replace-regexp-in-string
                               "-" "_" (substring (symbol-name face) (length "photoplay-"))))
                      list))
              (setq at (+ at size))
              (goto-char next))))
        (setq row (1+ row))
        (forward-line 1))
      (let ((coding-system-for-write 'utf-8-unix))
        (with-temp-file (concat script ".emacs")
          (insert (mapconcat #'identity (nreverse list) "\n") "\n"))))))
