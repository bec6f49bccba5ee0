// The places where an editor's grammar may differ from the compiler, with reasons.
// An exception that is not needed fails the test. `script` matches a script's name
// in the folder of scripts, `line` the text of the line.
const byLine = ["textmate", "sublime"];
const regexps = [...byLine, "vim"];
const all = [...regexps, "emacs"];

export const exceptions = [
  // No grammar knows these.
  {
    grammars: all,
    script: /^additions--Questions-in-a-.fountain|^tests-ui-lenient.fountain/,
    line: /^\[\[sound: period bell\?\]\]$/,
    why: "a question in a `.fountain` is a remark, and a grammar knows no file name",
  },
  {
    grammars: all,
    script: /^additions--Phrases-by-their-shape/,
    line: /low angle #5#$/,
    why: "a shot's second number is none to the compiler",
  },
  {
    grammars: all,
    script: /^additions--The-number-may-stand-anywhere/,
    line: /^!! WIDE #1A# \[\[#2#\]\]$/,
    why: "the same in its tail",
  },

  // The next line decides, and these grammars read one line at a time.
  {
    grammars: byLine,
    script: /^spec--Scene-Heading--must|^traps--A-heading-without|^tests-ui-suspect-cues/,
    line: /^(INT\. |She waits|He enters)/,
    why: "a heading with text under it is a cue",
  },
  {
    grammars: byLine,
    script: /^spec--Transition--uppercase/,
    line: /^(CUT TO:|THE HOUSE)$/,
    why: "a transition with text under it is a cue",
  },
  {
    grammars: byLine,
    script: /^spec--Character--uppercase|^spec--Scene-Heading--a-line-beg|^traps--(Capitals-above|Notes-and-synopses|One-space-on|Only-ASCII)/,
    line: /^(STEEL|INTERESTING HOUSE|EXTRA|THE DOOR|MARA|Hello\?|İNT\. EV - GÜN)$/,
    why: "a line of capitals with nothing under it is action",
  },
  {
    grammars: regexps,
    script: /^additions--A-directive-under-a-speech/,
    line: /^\[\[wear: MARA, a coat\]\]$/,
    why: "a directive with speech under it is a remark",
  },
  {
    grammars: regexps,
    script: /^tests-ui-(comment|note)-unclosed|^traps--A-(boneyard|note)-that-is-never-closed|^spec--Notes--may/,
    why: "a note or boneyard that is never closed is text; while it is typed it has its own colour",
  },

  // Rules that would make a grammar of regular expressions too complex.
  {
    grammars: regexps,
    script: /^additions--Only-the-last-note/,
    line: /\[\[check this\]\] ON MARA/,
    why: "a head goes on behind a remark",
  },
  {
    grammars: regexps,
    script: /^additions--A-cut-stands-before/,
    line: /\]\] ~Row, row$/,
    why: "a lyric that begins behind a cut",
  },
  {
    grammars: regexps,
    script: /^additions--Phrases-by-their-shape/,
    line: /continues #12C#/,
    why: "the number behind `continues` is the other shot's",
  },
  {
    grammars: regexps,
    script: /^spec--Boneyard--everything/,
    line: /^(BRICK|Scorpio|and b|On\.)/,
    why: "a boneyard inside a cue",
  },
  {
    grammars: regexps,
    script: /^spec--Emphasis--italics/,
    line: /\*\*\*both\*\* italic\*/,
    why: "marks that close in another order than they opened",
  },
  {
    grammars: regexps,
    script: /^traps--Brackets-and-carets|^traps--Notes-on-a-heading/,
    line: /^(GUARD|Halt|X\^2|Squared|MARA|Hello)/,
    why: "brackets, carets and notes in the middle of a name",
  },
  {
    grammars: regexps,
    script: /^traps--No-break-spaces/,
    why: "a no-break space before a line",
  },
  {
    grammars: ["vim"],
    script: /^traps--Notes-and-synopses/,
    line: /^THE DOOR$/,
    why: "a remark, then an empty line, under a line of capitals",
  },
  {
    grammars: all,
    script: /^traps--Old-Mac-line-ends/,
    why: "editors do not end a line at a lone carriage return",
  },
];
