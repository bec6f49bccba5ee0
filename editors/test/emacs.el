;; What the README of ../emacs promises, in an editor that was set up by it:
;;   SCRIPT=mistaken script, emacs --batch -l init.el -l emacs.el
(require 'flymake)
(require 'imenu)
(defun expect (what holds)
  (unless holds
    (message "emacs: %s" what)
    (kill-emacs 1)))

(find-file (getenv "SCRIPT"))
(expect (format "the mode is %s" major-mode) (eq major-mode 'photoplay-mode))
(font-lock-ensure)
(expect "the heading has no colour" (eq (get-text-property (point-min) 'face) 'photoplay-heading))
(expect "imenu finds no scene" (assoc "Scenes" (imenu--make-index-alist)))

;; Typing keeps the colours right: a line under it makes the heading a cue.
(goto-char (point-min))
(end-of-line)
(insert "\nShe waits.")
(font-lock-ensure)
(expect "a heading with text under it is no cue"
        (eq (get-text-property (point-min) 'face) 'photoplay-cue))
(delete-region (line-beginning-position 1) (line-end-position))
(delete-char -1)

(when (fboundp 'eglot-ensure)
  (unless (and (fboundp 'eglot-managed-p) (eglot-managed-p))
    (call-interactively #'eglot))
  (let ((waited 0))
    (while (and (< waited 400) (not (flymake-diagnostics)))
      (accept-process-output nil 0.05)
      (when (= 0 (% waited 20)) (flymake-start))
      (setq waited (1+ waited))))
  (let ((first (car (sort (mapcar #'flymake-diagnostic-text (flymake-diagnostics))
                          (lambda (text _) (string-match-p "camera move" text))))))
    (expect (format "the language server says nothing but %s" first)
            (and first (string-match-p "is not a camera move" first)))
    (princ (format "emacs: %s\n" (car (split-string first "\n"))))))
(set-buffer-modified-p nil)
(kill-emacs 0)
