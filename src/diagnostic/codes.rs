//! Every diagnostic code, in one table: what it means, how grave it is, and
//! what to do about it. `docs/diagnostics.md` is made from it.
//!
//! Knows codes; does not know scripts.

use std::fmt;

use serde::{Serialize, Serializer};

/// How grave a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Hint,
    /// Probably not what was meant; the film is made.
    Warning,
    /// No film can be made of this.
    Error,
}

macro_rules! codes {
    ($($variant:ident = $code:literal, [$($severity:ident),+], $meaning:literal, $remedy:literal;)*) => {
        /// The stable name of a kind of message.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// All codes, in the order of the page that lists them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The code as people write it: `unknown-move`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// How grave its messages are in a `.play` script. In a `.fountain`
            /// script the errors are warnings, but for a film without a shot.
            pub const fn severities(self) -> &'static [Severity] {
                match self { $(Self::$variant => &[$(Severity::$severity),+],)* }
            }

            /// What it means, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// What to do about it, in a sentence.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)* }
            }
        }
    };
}

codes! {
    // ─── Reading the page ───────────────────────────────────────────────────────
    UnclosedNote = "unclosed-note", [Warning],
        "A note is opened with `[[` and never closed, so the text after it is read as script.",
        "Close the note with `]]`. An empty line inside a note needs two spaces.";
    UnclosedBoneyard = "unclosed-boneyard", [Warning],
        "A comment is opened with `/*` and never closed, so the text after it is read as script.",
        "Close the comment with `*/`.";
    MisspeltDirective = "misspelt-directive", [Warning],
        "A note begins with a word that is almost a directive, so it is read as a remark and changes nothing.",
        "Write the directive that the message suggests, or begin the note with `note:` if it is a remark.";
    MisplacedDirective = "misplaced-directive", [Warning],
        "A directive shares its line with other text, or stands inside a speech, so it changes nothing.",
        "Write the directive on a line of its own, outside of speeches. `cut` is the only directive of a speech.";
    ShotInSpeech = "shot-in-speech", [Warning],
        "A shot line follows a speech without an empty line. Other screenplay programs read it as speech.",
        "Leave an empty line before `!!`, or cut inside the speech with `[[cut: …]]`.";
    SuspectCue = "suspect-cue", [Warning],
        "A line in capitals with text under it is a speech by the rules of Fountain, but it looks like something else.",
        "Leave an empty line after it, or write `@` before it if it is a name.";
    MixedCaseCue = "mixed-case-cue", [Hint],
        "A line looks like the name above a speech, but a small letter makes it action.",
        "Write `@` before the name.";
    SceneNumber = "scene-number", [Warning],
        "Two scenes have the same written number; the second one gets another number.",
        "Give the scene a number of its own.";
    StrayMark = "stray-mark", [Warning],
        "The end of a comment or of a note stands without its beginning, or the signs of a scene number stand around something else.",
        "Remove the mark, or write the beginning that is missing.";
    StyledLine = "styled-line", [Warning],
        "Marks of emphasis keep a line from being read as a heading or a transition, or become part of a name.",
        "Remove the marks: headings, transitions and names need none.";
    UnknownCode = "unknown-code", [Warning],
        "`allow` names no code of a message that can be silenced.",
        "Copy the code that stands above the message. Errors cannot be silenced.";
    EmptyFilm = "empty-film", [Error],
        "The script has no shot: nothing of it can be filmed.",
        "Write a heading such as `INT. KITCHEN - NIGHT`, and under it what is seen.";
    // ─── Transitions ────────────────────────────────────────────────────────────
    UnknownTransition = "unknown-transition", [Error],
        "A line forced with `>` names no transition.",
        "Write one of the [transitions](language.md#cards-words-over-the-picture-transitions).";
    TransitionTail = "transition-tail", [Error],
        "The note after a transition holds something other than a length.",
        "Write a length in seconds, like `[[1.5s]]`.";
    CutLength = "cut-length", [Error],
        "A transition that takes no time is given a length.",
        "Remove the length, or use a transition that takes time, like `> DISSOLVE TO: [[1s]]`.";
    LongTransition = "long-transition", [Hint],
        "A transition is longer than the extra pictures that a take has at its ends, so it holds still pictures there.",
        "Write a shorter transition.";
    LostTransition = "lost-transition", [Warning],
        "Two transitions meet at one cut, or a transition has no shot before it, so it is not made.",
        "Keep one of the two.";
    MatchCutSizes = "match-cut-sizes", [Hint],
        "A match cut joins two shots of different sizes.",
        "Give both shots the same size.";
    // ─── Shot lines ─────────────────────────────────────────────────────────────
    OnlyWords = "only-words", [Warning],
        "A phrase of a shot line is a sentence of the prompt and nothing else, so the film may not show it.",
        "Follow the remedy of the message, which the film does show.";
    EmptyShot = "empty-shot", [Error],
        "A shot line has no words.",
        "Write a size or a subject: `!! WIDE`, `!! CLOSE ON MARA`.";
    Reserved = "reserved", [Error, Warning],
        "A word is reserved for a later edition of the language.",
        "Write the shots one by one.";
    UnknownPhrase = "unknown-phrase", [Error],
        "A phrase of a shot line is not in the vocabulary.",
        "Write a phrase of the [reference](language.md#shots). Only the subject before the first comma is free text.";
    UnknownMove = "unknown-move", [Error],
        "A phrase is almost a camera move, or adds words that do not go with the move.",
        "Write one of the [moves](language.md#moves), and what happens as action below the shot line.";
    TwoMoves = "two-moves", [Warning],
        "A shot line has two camera moves; the second one is left out.",
        "Write a second shot for the second move.";
    WrittenTwice = "written-twice", [Error, Warning],
        "A shot line, a transition or the settings of the film say the same kind of thing twice.",
        "Keep one of the two.";
    BareNumber = "bare-number", [Error],
        "A number has no unit.",
        "Write `3s` for seconds, `35mm` for a lens.";
    DecimalComma = "decimal-comma", [Error],
        "A comma inside a number splits it into two phrases.",
        "Write the number with a point: `1.5s`.";
    BadDuration = "bad-duration", [Error],
        "A phrase looks like a length of time but is not one.",
        "Write seconds, like `3s` or `1.5s`.";
    AbsurdDuration = "absurd-duration", [Error],
        "A shot or a transition is shorter or longer than is allowed.",
        "Write a length within the limits. `exactly` before the length of a shot allows more.";
    CannotContinue = "cannot-continue", [Error],
        "A shot with `continues` has no shot that it can continue.",
        "Remove `continues`, or give the earlier shot the number that is named.";
    CardWithoutWords = "card-without-words", [Warning],
        "A card has no words under it, so it is left out.",
        "Write the words centred under it, after an empty line: `> THE WORDS <`.";
    StateInsideShot = "state-inside-shot", [Warning],
        "A directive stands inside a shot. It takes effect at the next shot.",
        "Write the directive before the line of the shot that it should reach.";
    Lengthened = "lengthened", [Warning],
        "A speech takes longer than the written length of its shot, so the shot is made longer.",
        "Write the longer length, or `exactly` to let the voice run on over the next shot.";
    UnreadLetter = "unread-letter", [Warning],
        "A shot of words on paper is too short to read them.",
        "Write the length that the message gives.";
    ShortSuper = "short-super", [Hint],
        "A shot is too short to read the words over it.",
        "Make the shot longer, or the words fewer.";
    BoxedLetters = "boxed-letters", [Warning],
        "No font of this machine has some letters of a caption, a card or a super, so the film shows boxes in their place.",
        "Install a font that has the letters, or write `[[film: captions track]]`: then players show the captions, in fonts of their own.";
    VoicesOverlap = "voices-overlap", [Error, Warning],
        "A voice still speaks when the next one begins.",
        "Give the shot of the first voice more time.";
    // ─── Names ──────────────────────────────────────────────────────────────────
    UnknownName = "unknown-name", [Error],
        "A shot line or a directive names nobody who is known.",
        "Write the name as it is in the cast, add `[[cast: NAME, …]]`, or write a thing in small letters.";
    UnenteredName = "unentered-name", [Hint],
        "Somebody with a name acts, but no entry, cue or introduction says who it is, so no picture shows them.",
        "Add `[[cast: NAME, …]]`, or introduce them, as in `NAME (30s, red hair) comes in`.";
    UndeclaredThing = "undeclared-thing", [Hint],
        "A shot line names a thing in capitals that no entry describes, so it looks new in every shot.",
        "Describe it with `[[prop: NAME, …]]`, or write it in small letters.";
    SmallName = "small-name", [Warning],
        "A shot line has the name of somebody in small letters, which makes it a thing.",
        "Write the name in capitals.";
    AmbiguousName = "ambiguous-name", [Error, Warning],
        "Several people are called by one name.",
        "Use full names, or write `| also: NAME` in one of the entries.";
    TwoEntries = "two-entries", [Error],
        "Two entries have the same name.",
        "Rename one of them, or put both descriptions into one entry.";
    Introduction = "introduction", [Hint],
        "A sentence of action introduces somebody and fixes how they look.",
        "Nothing needs to be done. To say more, write `[[cast: NAME, …]]`.";
    // ─── Directives ─────────────────────────────────────────────────────────────
    Who = "who", [Error],
        "A directive does not say whom or what it concerns.",
        "Write a name, then a comma: `[[wear: MARA, a red hat]]`.";
    EmptyDirective = "empty-directive", [Error],
        "A directive has nothing after its colon.",
        "Write what the directive needs, like the example of the message.";
    BadDirective = "bad-directive", [Error],
        "A directive has a form that cannot be understood.",
        "Write it as the message says.";
    UnknownField = "unknown-field", [Error],
        "What stands after a `|` is not a field of this directive.",
        "Write one of the fields that the message lists.";
    BadFace = "bad-face", [Error],
        "The field `face` has a value other than `hidden` or `seen`.",
        "Write `face: hidden` or `face: seen`.";
    UnknownVoice = "unknown-voice", [Error],
        "The field `voice` of an entry names no voice, or a mixture whose shares are more than a whole.",
        "Write one of the [voices](voices.md), or several with their shares.";
    BadSetting = "bad-setting", [Error],
        "A setting of the film has a value that it cannot have.",
        "Write a value like the example of the message.";
    Gone = "gone", [Warning],
        "A shot line asks for somebody or something that is gone.",
        "Bring it back with `[[here: NAME]]`, or leave it out of the shot line.";
    NothingToTakeAway = "nothing-to-take-away", [Warning],
        "`gone` takes something away that nobody has.",
        "Add it first with `[[now: NAME, …]]`, or correct the words.";
    NoSound = "no-sound", [Hint],
        "A sound is asked for that the film leaves out: it is in words, or its file is not there.",
        "Give a file in quotes, and put it below the script's folder.";
    // ─── Files ──────────────────────────────────────────────────────────────────
    MissingFile = "missing-file", [Error],
        "A script names a file that is not there.",
        "Correct the name, or add the file.";
    OutsideProject = "outside-project", [Error],
        "A script names a file outside of its own folder.",
        "Move the file below the folder of the script.";
    UnreadableFile = "unreadable-file", [Error],
        "A file cannot be read as text: it is too large, not UTF-8, or not a regular file.",
        "Save the file as UTF-8 text of at most 1 MiB.";
    NotAPicture = "not-a-picture", [Error],
        "A file named as a picture cannot be read as one.",
        "Name a PNG, JPEG or WebP file.";
    RecursiveUse = "recursive-use", [Error],
        "A vocabulary uses itself, directly or through others.",
        "Remove one `use` of the circle.";
    BadVocabulary = "bad-vocabulary", [Error],
        "A vocabulary file is not YAML of the expected form.",
        "Write the file as the [reference](language.md#words-of-your-own) describes.";
    UnblockedWord = "unblocked-word", [Warning],
        "A word of your own vocabulary does not say what it does with the camera or the light, so \
         the animatic, the story reel and control pictures show nothing of it.",
        "Say which of our words it is like: `swoop: { like: crane }`.";
    BadCastFile = "bad-cast-file", [Error],
        "`cast.yaml` is not YAML of the expected form.",
        "Correct the file as the message says.";
    UnknownKey = "unknown-key", [Error],
        "`cast.yaml` has a key that means nothing there.",
        "Write one of the keys that the message lists.";
    // ─── Continuity ─────────────────────────────────────────────────────────────
    CrossedLine = "crossed-line", [Hint],
        "Two people change sides between two shots, and neither has moved: the camera has crossed the line between them.",
        "Take the shot from the other side, or let somebody cross first, like `[[block: MARA crosses to TUSK]]`.";
    JumpCut = "jump-cut", [Hint],
        "Two shots in a row show the same person in nearly the same size from nearly the same side, so the cut looks like a mistake.",
        "Change the size by two steps or the angle by 30°, or put another picture between.";
    Eyelines = "eyelines", [Hint],
        "Two people talk, and both look to the same side of the picture.",
        "Take one of the two from the other side.";
    LeftAndThere = "left-and-there", [Hint],
        "Somebody left in an earlier shot of the scene and is in the picture again.",
        "Let them come back, in the text or with `[[block: MARA enters left]]`.";
    SameSpot = "same-spot", [Hint],
        "Two people stand in the same area of the stage.",
        "Give one of them another area: left, right, centre, near, far.";
    VanishedThing = "vanished-thing", [Hint],
        "A thing that an earlier shot of the scene shows would be in this picture, and the shot does not show it.",
        "Name it in the action of this shot, or let somebody take it away.";
    // ─── Advice ─────────────────────────────────────────────────────────────────
    Negation = "negation", [Hint],
        "Action under a shot line says what does not happen. Models show the things that are named.",
        "Write what we see.";
    ManyActions = "many-actions", [Hint],
        "More happens in a shot than its length allows. Models show one action in a shot.",
        "Write a shot line for each action.";
    LongTake = "long-take", [Hint],
        "A shot is so long that it is made in several pieces.",
        "Cut it with `!!` lines, or with `[[cut: …]]` inside a speech.";
    TornTake = "torn-take", [Warning],
        "A shot is longer than the model makes at once, and the model cannot continue from a picture, so the shot jumps.",
        "Cut it with `!!` lines, or choose a model that takes a first frame.";
    ManySubjects = "many-subjects", [Hint],
        "A shot shows more people and things than the model was taught to show at once, so some may be missing.",
        "Give some of them a shot of their own, or write `[[film: motion reel]]`: the story reel draws everybody alone.";
    UnknownToModel = "unknown-to-model", [Warning],
        "The model of the film has no word for something in a shot.",
        "Use one of the words that the message lists, or another model.";
    NoModel = "no-model", [Error],
        "The model that the script names is not there, or cannot be read.",
        "Name a model of `photoplay models list`, a folder in the diffusers layout, or none for Toy Theatre.";
    NoControl = "no-control", [Warning],
        "Takes are asked to follow their blocking with `control`, and will not.",
        "Film with a model that understands a blocking, block the shot, or leave `control` out.";
    ShownAs = "shown-as", [Hint],
        "The model has no word for something in a shot, and shows something near to it.",
        "Nothing needs to be done.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
