;;; photoplay-mode.el --- Screenplays that become films -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages, wp
;; SPDX-License-Identifier: MIT OR Apache-2.0

;;; Commentary:

;; A major mode for `.play' scripts: Fountain with shots and directives.  The
;; class of a line depends on the lines around it, so this reads whole paragraphs
;; by the rules of the compiler (src/script/lower.rs).  With eglot, `M-x eglot'
;; starts the language server, `photoplay lsp'.

;;; Code:

(require 'cl-lib)
(require 'pcase)
(require 'seq)
(require 'subr-x)

(defgroup photoplay nil
  "Screenplays that become films."
  :group 'text)

(defcustom photoplay-program "photoplay"
  "The `photoplay' program."
  :type 'string)

(defmacro photoplay--faces (&rest faces)
  "Define FACES, each a class of the compiler's and the face it is like."
  `(progn
     ,@(mapcar
        (lambda (face)
          `(defface ,(intern (format "photoplay-%s" (car face)))
             '((t :inherit ,(cadr face)))
             ,(format "What is classified as %s." (car face))))
        faces)))

(photoplay--faces
 (title-key font-lock-keyword-face) (title-value font-lock-string-face)
 (heading bold) (scene-number font-lock-constant-face)
 (action default) (cue font-lock-function-name-face)
 (extension font-lock-type-face) (dialogue default)
 (parenthetical font-lock-variable-name-face) (lyrics font-lock-string-face)
 (transition font-lock-keyword-face) (centered font-lock-constant-face)
 (emphasis italic) (shot-head font-lock-type-face)
 (technique font-lock-builtin-face) (shot-number font-lock-constant-face)
 (directive-word font-lock-preprocessor-face) (directive-body default)
 (note font-lock-comment-face) (boneyard font-lock-comment-face)
 (section font-lock-preprocessor-face) (synopsis font-lock-doc-face)
 (page-break font-lock-comment-delimiter-face))

;;; Boneyards and notes

(defconst photoplay--number "#[[:alnum:].-]+#")
(defconst photoplay--quoted "\"[^\"]*\"\\|“[^”]*”")
(defconst photoplay--directive
  (concat "[ \t\n]*\\(\\(?:film\\|cast\\|voice\\|group\\|place\\|prop\\|wear\\|now\\|gone"
          "\\|here\\|block\\|light\\|weather\\|style\\|music\\|sound\\|use\\|cut\\)\\)[ \t]*[:：]"))

(defun photoplay--gaps (beg end)
  "The boneyards and notes between BEG and END, as (START END KIND), in order."
  (let (gaps)
    (save-excursion
      (goto-char beg)
      (while (re-search-forward "/\\*\\|\\[\\[" end t)
        (let ((start (match-beginning 0)))
          (if (eq (char-after start) ?/)
              (when (search-forward "*/" nil t)
                (push (list start (point) 'boneyard) gaps))
            (let ((close (photoplay--note-end (point))))
              (when close
                (push (list start close 'note) gaps)
                (goto-char close)))))))
    (nreverse gaps)))

(defun photoplay--note-end (from)
  "The end of the note whose content begins at FROM, or nil."
  (save-excursion
    (goto-char from)
    (let (end)
      (while (and (not end)
                  (re-search-forward "\\]\\]\\|\\[\\[\\|/\\*\\|\n[ \t]?\r?\\(?:\n\\|\\'\\)" nil t)
                  (cond ((looking-back "\\]\\]" 2) (setq end (point)))
                        ((looking-back "/\\*" 2) (search-forward "*/" nil t) t)
                        (t nil))))
      end)))

(defun photoplay--bare (beg end gaps)
  "The text from BEG to END with GAPS blanked."
  (let ((text (buffer-substring-no-properties beg end)))
    (pcase-dolist (`(,from ,to ,_) gaps)
      (let ((from (max from beg)) (to (min to end)))
        (when (< from to)
          (store-substring text (- from beg) (make-string (- to from) ?\s)))))
    text))

;;; Lines

(defun photoplay--shape (line)
  "What LINE, without blanks around it, looks like by itself."
  (cond ((string-match-p "\\`====*\\'" line) 'page-break)
        ((string-match-p "\\`[!！][!！]\\(?:[^!！]\\|\\'\\)" line) 'shot)
        ((string-match-p "\\`!." line) 'forced-action)
        ((string-match-p "\\`~." line) 'lyrics)
        ((string-match-p "\\`#+[ \t]*[^#]" line) 'section)
        ((string-match-p "\\`=[^=]" line) 'synopsis)
        ((string-match-p "\\`>[ \t]*[^< \t]\\(?:.\\|\n\\)*<\\'" line) 'centered)
        ((string-match-p "\\`>." line) 'forced-transition)
        ((string-match-p "\\`\\.[[:alnum:]]" line) 'forced-heading)
        ((string-match-p "\\`@." line) 'forced-cue)
        ((string-match-p "\\`[(（]\\(?:.\\|\n\\)*[)）]\\'" line) 'parenthetical)
        (t 'plain)))

(defun photoplay--ends-speech-p (shape)
  "Whether a line of SHAPE can be no dialogue."
  (memq shape '(page-break shot forced-action section synopsis centered forced-transition)))

(defun photoplay--name (line)
  "The name of LINE read as a cue."
  (if (string-match "\\`\\([^(（^]+\\)\\(?:[(（][^)）]*[)）][ \t]*\\)*\\^?\\'" line)
      (string-trim-right (match-string 1 line))
    (string-trim-right line "[ \t]*\\^?")))

(defun photoplay--upper-p (name)
  "Whether NAME is in capitals."
  (let ((case-fold-search nil))
    (and (string-match-p "[[:upper:]]" name)
         (not (string-match-p "[[:lower:]]" name)))))

(defun photoplay--alone (line tight)
  "What LINE is between blank lines; TIGHT if no blank stands behind it."
  (cond ((let ((case-fold-search t))
           (string-match-p "\\`\\(?:INT\\./EXT\\|INT/EXT\\|INT\\|EXT\\|EST\\|I/E\\)[. \t]" line))
         'heading)
        ((let ((case-fold-search nil))
           (and tight (string-suffix-p "TO:" line) (not (string-match-p "[[:lower:]]" line))))
         'transition)
        (t 'action)))

;;; Fontification

(defvar photoplay--beg nil "Where the stretch begins that is read.")
(defvar photoplay--gaps nil "The gaps of the stretch that is read.")

(defun photoplay--put (from to class)
  "Give the letters between FROM and TO of the stretch the face of CLASS."
  (when (and class (< from to))
    (put-text-property (+ photoplay--beg from) (+ photoplay--beg to) 'face
                       (intern (format "photoplay-%s" class)))))

(defun photoplay--trim (text from to)
  "FROM and TO without the blanks around them in TEXT."
  (while (and (< from to) (string-match-p "[[:space:]\n]" (substring text from (1+ from))))
    (setq from (1+ from)))
  (while (and (< from to) (string-match-p "[[:space:]\n]" (substring text (1- to) to)))
    (setq to (1- to)))
  (cons from to))

(defun photoplay--split (text from to separator)
  "The parts of TEXT between FROM and TO, at each SEPARATOR outside of quotes."
  (let ((start from) (at from) (text (substring text 0 to)) parts)
    (while (string-match (concat photoplay--quoted "\\|\\([0-9],s\\(?:ec\\(?:ond\\)?s?\\)?\\_>\\)\\|"
                                 separator)
                         text at)
      (setq at (match-end 0))
      (when (and (= 1 (- (match-end 0) (match-beginning 0))) (not (match-beginning 1)))
        (push (photoplay--trim text start (match-beginning 0)) parts)
        (setq start at)))
    (push (photoplay--trim text start to) parts)
    (nreverse parts)))

(defun photoplay--phrase (text part class)
  "Fontify PART of TEXT as CLASS, and the number at its end."
  (let ((number (string-match (concat photoplay--number "\\'") (substring text 0 (cdr part))
                              (car part))))
    (if (and number (not (string-match-p "\\`continues[ \t]"
                                         (downcase (substring text (car part) (cdr part))))))
        (let ((words (photoplay--trim text (car part) number)))
          (photoplay--put (car words) (cdr words) class)
          (photoplay--put number (cdr part) 'shot-number))
      (photoplay--put (car part) (cdr part) class))))

(defun photoplay--phrases (text from to head)
  "Fontify the phrases of TEXT between FROM and TO, the first a HEAD or not."
  (dolist (part (photoplay--split text from to "[,，]"))
    (photoplay--phrase text part (if head 'shot-head 'technique))
    (setq head nil)))

(defun photoplay--note (gap place)
  "Fontify the note GAP, which stands at PLACE."
  (pcase-let* ((`(,beg ,end ,_) gap)
               (from (- beg photoplay--beg)) (to (- end photoplay--beg))
               (text (buffer-substring-no-properties photoplay--beg end))
               (inside (+ from 2)) (last (- to 2))
               (directive (and (let ((case-fold-search nil))
                                 (string-match photoplay--directive text inside))
                               (= (match-beginning 0) inside)
                               (<= (match-end 0) last)
                               (list (match-beginning 1) (match-end 1) (match-end 0)))))
    (photoplay--put from to 'note)
    (pcase-let ((`(,word ,word-end ,rest) directive))
      (cond
       ((eq place 'tail)
        (unless (string-prefix-p "note:" (string-trim-left (substring text inside last)))
          (photoplay--phrases text inside last nil)))
       ((not directive) nil)
       ((and (eq place 'speech) (equal (substring text word word-end) "cut"))
        (let ((body (photoplay--trim text rest last)))
          (if (string-match-p "\\`back\\'" (downcase (substring text (car body) (cdr body))))
              (photoplay--put word (cdr body) 'directive-word)
            (photoplay--phrases text (car body) last t)
            (photoplay--put word (car body) 'directive-word))))
       ((eq place 'alone)
        (photoplay--put word word-end 'directive-word)
        (dolist (part (photoplay--split text rest last "[|｜]"))
          (photoplay--put (car part) (cdr part) 'directive-body)))))))

(defun photoplay--line-gaps (from to place)
  "Fontify the gaps between FROM and TO, notes as they are at PLACE."
  (let* ((inside (seq-filter (lambda (gap) (and (>= (car gap) (+ photoplay--beg from))
                                                (< (car gap) (+ photoplay--beg to))))
                             photoplay--gaps))
         (last (car (last (seq-filter (lambda (gap) (eq (nth 2 gap) 'note)) inside)))))
    (dolist (gap inside)
      (if (eq (nth 2 gap) 'boneyard)
          (photoplay--put (- (car gap) photoplay--beg) (- (cadr gap) photoplay--beg) 'boneyard)
        (photoplay--note gap (if (and (eq place 'tail) (not (eq gap last))) 'text place))))))

;; What a mark of emphasis touches: 1 italics, 2 bold, 4 underline.

(defun photoplay--emphasis (text from to)
  "The marks of TEXT between FROM and TO: (START END STYLES CAN-OPEN CAN-CLOSE)."
  (let ((at from) (line (substring text 0 to)) marks)
    (while (string-match "\\\\[*_]\\|\\*+\\|_+" line at)
      (let* ((start (match-beginning 0)) (end (match-end 0)) (length (- end start))
             (sign (aref line start))
             (word (lambda (at) (not (string-match-p "[[:space:]\n]" (string (aref line at)))))))
        (setq at end)
        (when (and (/= sign ?\\) (<= length (if (= sign ?*) 3 1)))
          (push (list start end (if (= sign ?*) length 4)
                      (and (< end to) (funcall word end))
                      (and (> start from) (funcall word (1- start))))
                marks))))
    (nreverse marks)))

(defun photoplay--text (text from to class)
  "Fontify the words of TEXT between FROM and TO as CLASS, with their emphasis."
  (let ((marks (photoplay--emphasis text from to)) (open 0) (on 0) (done from))
    (while marks
      (pcase-let ((`(,start ,end ,styles ,can-open ,can-close) (pop marks)) (toggled 0) (first nil))
        (cond ((and can-close (/= 0 (logand open styles)))
               (setq toggled (logand on styles)
                     open (logand open (lognot styles))
                     first start))
              ((and can-open (= 0 (logand open styles)))
               (dolist (mark marks)
                 (when (nth 4 mark)
                   (setq toggled (logior toggled (logand styles (nth 2 mark))))))
               (setq open (logior open styles)
                     ;; The part of a mark that opens nothing is before it.
                     first (- end (logand toggled 3) (lsh (logand toggled 4) -2)))))
        (when first
          (photoplay--put done first (if (= on 0) class 'emphasis))
          (setq done (+ first (logand toggled 3) (lsh (logand toggled 4) -2))
                on (logxor on toggled)))))
    (photoplay--put done to (if (= on 0) class 'emphasis))))

;;; Lines in their surroundings

(cl-defstruct (photoplay--line (:constructor photoplay--line)) from to start end kind shape words)

(defun photoplay--read-line (bare from to)
  "The line of BARE between FROM and TO."
  (pcase-let* ((`(,start . ,end) (photoplay--trim bare from to))
               (words (substring bare start end))
               (gaps (seq-filter (lambda (gap) (and (>= (car gap) (+ photoplay--beg from))
                                                    (< (car gap) (+ photoplay--beg to))))
                                 photoplay--gaps)))
    (photoplay--line
     :from from :to to :start start :end end :words words
     :kind (cond ((< start end) 'written)
                 ((seq-find (lambda (gap) (eq (nth 2 gap) 'note)) gaps) 'notes)
                 (gaps 'dropped)
                 ((>= (seq-count (lambda (letter) (= letter ?\s)) (substring bare from to)) 2) 'held)
                 (t 'blank))
     :shape (and (< start end) (if (= (- end start) 1) 'plain (photoplay--shape words))))))

(defun photoplay--lines (bare)
  "The lines of BARE."
  (let ((at 0) lines)
    (while (< at (length bare))
      (let ((end (or (string-match "\n" bare at) (length bare))))
        (push (photoplay--read-line bare at end) lines)
        (setq at (1+ end))))
    (nreverse lines)))

(defun photoplay--speech-under-p (lines over-held)
  "Whether the first of LINES that is printed can be said, OVER-HELD lines or not."
  (while (and lines (or (memq (photoplay--line-kind (car lines)) '(notes dropped))
                        (and over-held (eq (photoplay--line-kind (car lines)) 'held))))
    (setq lines (cdr lines)))
  (and lines (eq (photoplay--line-kind (car lines)) 'written)
       (not (photoplay--ends-speech-p (photoplay--line-shape (car lines))))))

(defun photoplay--boneyard-under-p (lines)
  "Whether a boneyard on lines of its own is the first of LINES, notes passed over."
  (while (and lines (eq (photoplay--line-kind (car lines)) 'notes))
    (setq lines (cdr lines)))
  (and lines (eq (photoplay--line-kind (car lines)) 'dropped)))

(defun photoplay--directive-p (line)
  "Whether a directive is among the notes of LINE."
  (seq-find (lambda (gap)
              (and (>= (car gap) (+ photoplay--beg (photoplay--line-from line)))
                   (< (car gap) (+ photoplay--beg (photoplay--line-to line)))
                   (save-excursion
                     (goto-char (+ 2 (car gap)))
                     (let ((case-fold-search nil)) (looking-at-p photoplay--directive)))))
            photoplay--gaps))

(defun photoplay--inner (bare line)
  "Where the words of LINE, a line of BARE, begin and end without its marks."
  (let ((start (photoplay--line-start line)) (end (photoplay--line-end line)))
    (pcase (photoplay--line-shape line)
      ((or 'forced-action 'lyrics 'forced-heading) (cons (1+ start) end))
      ('shot (cons (+ 2 start) end))
      ('centered (photoplay--trim bare (1+ start) (1- end)))
      ('parenthetical (photoplay--trim bare (1+ start) (1- end)))
      ((or 'forced-transition 'forced-cue) (photoplay--trim bare (1+ start) end))
      (_ (cons start end)))))

(defun photoplay--cue (bare from to)
  "Fontify the cue of BARE between FROM and TO."
  (let* ((name (photoplay--name (substring bare from to))) (at (+ from (length name))))
    (photoplay--put from at 'cue)
    (while (and (string-match "[(（]\\([^)）]*\\)" bare at) (< (match-end 0) to))
      (let ((inside (photoplay--trim bare (match-beginning 1) (match-end 1))))
        (setq at (match-end 0))
        (photoplay--put (car inside) (cdr inside) 'extension)))))

(defun photoplay--written (bare line rest fresh)
  "Fontify LINE of BARE, with the lines REST under it; FRESH after a blank.
The value is what the line begins."
  (let* ((from (photoplay--line-from line)) (to (photoplay--line-to line))
         (start (photoplay--line-start line)) (end (photoplay--line-end line))
         (shape (photoplay--line-shape line)) (words (photoplay--line-words line))
         (inner (photoplay--inner bare line))
         (simple (lambda (class)
                   (photoplay--put (car inner) (cdr inner) class)
                   (photoplay--line-gaps from to 'text)
                   nil))
         (heading (lambda ()
                    (let* ((text (substring bare 0 (cdr inner)))
                           (number (string-match (concat photoplay--number "\\'") text (car inner))))
                      (photoplay--put (car inner) (or number (cdr inner)) 'heading)
                      (when number (photoplay--put number (cdr inner) 'scene-number))
                      (photoplay--line-gaps from to 'text)
                      nil)))
         (transition (lambda ()
                       (photoplay--put (car inner) (cdr inner) 'transition)
                       (photoplay--line-gaps from to 'tail)
                       nil))
         (speech (lambda ()
                   (photoplay--cue bare (car inner) (cdr inner))
                   (photoplay--line-gaps from to 'text)
                   'speech))
         (text (lambda (class mode)
                 (photoplay--text bare (car inner) (cdr inner) class)
                 (photoplay--line-gaps from to 'text)
                 mode)))
    (pcase shape
      ('page-break (funcall simple 'page-break))
      ('section (funcall simple 'section))
      ('synopsis (funcall simple 'synopsis))
      ('shot (photoplay--phrases bare (car inner) (cdr inner) t)
             (photoplay--put start (car inner) 'shot-head)
             (photoplay--line-gaps from to 'tail)
             nil)
      ('centered (funcall text 'centered nil))
      ('lyrics (funcall text 'lyrics nil))
      ('forced-transition (funcall transition))
      ('forced-action (funcall text 'action 'forced-action))
      ((and 'forced-heading (guard fresh)) (funcall heading))
      ((and 'forced-cue (guard fresh)) (funcall speech))
      ((guard (and fresh (memq shape '(plain parenthetical))))
       (setq inner (cons start end))
       (let ((over (photoplay--speech-under-p rest nil)))
         (pcase (and (or (not over) (photoplay--boneyard-under-p rest))
                     (photoplay--alone
                      words (or (= end to)
                                (not (string-match-p "\\` +\\'" (buffer-substring-no-properties
                                                                 (+ photoplay--beg end)
                                                                 (+ photoplay--beg to)))))))
           ('heading (funcall heading))
           ('transition (funcall transition))
           ((guard (and over (photoplay--upper-p (photoplay--name words)))) (funcall speech))
           (_ (funcall text 'action 'action)))))
      (_ (setq inner (cons start end))
         (funcall text 'action 'action)))))

(defun photoplay--spoken (bare line)
  "Fontify LINE of BARE as part of a speech."
  (let ((from (photoplay--line-from line)) (to (photoplay--line-to line))
        (inner (photoplay--inner bare line)))
    (pcase (photoplay--line-shape line)
      ('nil)
      ('parenthetical (photoplay--put (car inner) (cdr inner) 'parenthetical))
      ('lyrics (photoplay--text bare (car inner) (cdr inner) 'lyrics))
      (_ (photoplay--text bare (photoplay--line-start line) (photoplay--line-end line) 'dialogue)))
    (photoplay--line-gaps from to 'speech)))

(defun photoplay--body (bare lines)
  "Fontify LINES of BARE."
  (let ((fresh t) mode)
    (while lines
      (let* ((line (pop lines)) (kind (photoplay--line-kind line))
             (shape (photoplay--line-shape line)))
        (cond
         ((eq kind 'blank) (setq fresh t mode nil))
         ((eq kind 'held)
          (unless (and (eq mode 'speech) (photoplay--speech-under-p lines t))
            (setq fresh t mode nil)))
         ((eq kind 'dropped)
          (setq fresh t)
          (photoplay--line-gaps (photoplay--line-from line) (photoplay--line-to line) 'text))
         ((and (eq mode 'speech)
               (if (eq kind 'notes)
                   (or (not (photoplay--directive-p line)) (photoplay--speech-under-p lines t))
                 (not (photoplay--ends-speech-p shape))))
          (photoplay--spoken bare line))
         ((and (memq mode '(action forced-action))
               (if (eq kind 'notes)
                   (not (photoplay--directive-p line))
                 (or (memq shape '(plain parenthetical forced-heading forced-cue))
                     (and (eq mode 'forced-action) (eq shape 'forced-action)))))
          (let ((inner (if (eq shape 'forced-action) (photoplay--inner bare line)
                         (cons (photoplay--line-start line) (photoplay--line-end line)))))
            (photoplay--text bare (car inner) (cdr inner) 'action))
          (photoplay--line-gaps (photoplay--line-from line) (photoplay--line-to line) 'text))
         ((eq kind 'notes)
          (photoplay--line-gaps (photoplay--line-from line) (photoplay--line-to line) 'alone)
          (setq mode nil))
         (t (setq mode (photoplay--written bare line lines fresh)
                  fresh (memq shape '(shot section synopsis)))))))))

;;; The title page

(defconst photoplay--title-key "\\`[^ \t\n:][^:]*\\(:\\)")

(defun photoplay--opens-title-page-p (bare lines)
  "Whether LINES of BARE begin with a title page."
  (let* ((line (car lines)) (case-fold-search t)
         (text (substring bare (photoplay--line-from line) (photoplay--line-to line))))
    (and (eq (photoplay--line-shape line) 'plain)
         (string-match photoplay--title-key text)
         (let* ((key (substring text 0 (match-beginning 1)))
                (value (string-trim (substring text (match-end 1)))))
           (and (<= (length (split-string key)) 3)
                (not (string-match-p (concat "\\`\\(?:fade in\\|fade out\\|super\\|title over"
                                             "\\|chyron\\|black\\)\\'\\| to\\'")
                                     key))
                (eq (photoplay--alone (photoplay--line-words line) nil) 'action)
                (or (string-match-p (concat "\\`\\(?:title\\|credit\\|authors?\\|source"
                                            "\\|draft date\\|date\\|contact\\)\\'")
                                    key)
                    (not (string-empty-p value))
                    (let ((next (cadr lines)))
                      (and next (eq (photoplay--line-kind next) 'written)
                           (string-match-p "\\`\\(?:\t\\|   \\)"
                                           (substring bare (photoplay--line-from next)))))))))))

(defun photoplay--title-page (bare lines)
  "Fontify the title page that LINES of BARE begin with; the lines after it."
  (while (and lines (not (memq (photoplay--line-kind (car lines)) '(blank held))))
    (let* ((line (pop lines)) (from (photoplay--line-from line)) (to (photoplay--line-to line))
           (text (substring bare from to)) (value from))
      (when (string-match photoplay--title-key text)
        (photoplay--put from (+ from (match-beginning 1)) 'title-key)
        (setq value (+ from (match-end 1))))
      (let ((value (photoplay--trim bare value to)))
        (photoplay--put (car value) (cdr value) 'title-value))
      (photoplay--line-gaps from to 'text)))
  lines)

;;; The mode

(defun photoplay--blank-p ()
  "Whether point is at a line that ends a paragraph."
  (and (looking-at-p "[ \t]?$")
       (not (seq-find (lambda (gap) (and (< (car gap) (point)) (< (point) (cadr gap))))
                      photoplay--gaps))))

(defun photoplay-fontify-region (beg end &optional _loudly)
  "Fontify the paragraphs between BEG and END."
  (save-excursion
    (save-match-data
      (with-silent-modifications
        (let* ((photoplay--gaps (photoplay--gaps (point-min) (point-max))) photoplay--beg)
          (goto-char beg)
          (forward-line 0)
          (while (not (or (bobp) (photoplay--blank-p))) (forward-line -1))
          (setq photoplay--beg (point))
          (goto-char end)
          (forward-line 1)
          (while (not (or (eobp) (photoplay--blank-p))) (forward-line 1))
          (setq end (max end (point)))
          (remove-text-properties photoplay--beg end '(face nil))
          (let* ((bare (photoplay--bare photoplay--beg end photoplay--gaps))
                 (lines (photoplay--lines bare)))
            (when (= photoplay--beg (point-min))
              (let ((first (seq-drop-while (lambda (line)
                                             (memq (photoplay--line-kind line)
                                                   '(blank held dropped)))
                                           lines)))
                (when (and first (eq (photoplay--line-kind (car first)) 'written)
                           (photoplay--opens-title-page-p bare first))
                  (setq lines (photoplay--title-page bare first)))))
            (photoplay--body bare lines))
          `(jit-lock-bounds ,photoplay--beg . ,end))))))

(defvar photoplay-imenu
  '(("Sections" "^[ \t]*\\(#+[ \t]*[^#\n].*\\)" 1)
    ("Scenes" "^[ \t]*\\(\\(?:INT\\|EXT\\|EST\\|I/E\\)[./ ].*\\|\\.[[:alnum:]].*\\)" 1)
    ("Shots" "^[ \t]*[!！][!！][ \t]*\\(.*?\\)[ \t]*\\(?:\\[\\[\\|$\\)" 1))
  "What `imenu' lists of a script.")

(defun photoplay-watch ()
  "Play the film of this script in the browser, made anew after every save."
  (interactive)
  (let ((default-directory (file-name-directory buffer-file-name)))
    (compilation-start (format "%s watch --open %s" (shell-quote-argument photoplay-program)
                               (shell-quote-argument buffer-file-name))
                       nil (lambda (_) "*photoplay watch*"))))

;;;###autoload
(define-derived-mode photoplay-mode text-mode "Photoplay"
  "Screenplays that become films: Fountain with shots and directives."
  (setq-local comment-start "/* "
              comment-end " */"
              comment-start-skip "/\\*[ \t\n]*"
              ;; Blanks at line ends belong to the author.
              require-final-newline nil
              outline-regexp "#+\\|[ \t]*\\(?:INT\\|EXT\\|EST\\|I/E\\)[./ ]"
              imenu-generic-expression photoplay-imenu
              imenu-case-fold-search t
              compile-command (format "%s check %s" photoplay-program
                                      (if buffer-file-name
                                          (shell-quote-argument
                                           (file-name-nondirectory buffer-file-name))
                                        ""))
              jit-lock-contextually t
              font-lock-defaults '(nil t)
              font-lock-fontify-region-function #'photoplay-fontify-region)
  (visual-line-mode))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.play\\'" . photoplay-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               `(photoplay-mode . ,(lambda (&rest _) (list photoplay-program "lsp")))))

(provide 'photoplay-mode)
;;; photoplay-mode.el ends here
