//! Who and what can stand on the stage, and their colours: names only.
//!
//! Does not know how they look.

macro_rules! vocabulary {
    ($(#[$doc:meta])* $kind:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each variant is its word")]
        pub(crate) enum $kind { $($variant),+ }

        impl $kind {
            /// All values; the first is the fallback when nothing else is understood.
            #[allow(dead_code, reason = "the same for every kind; not every kind is drawn from it")]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The canonical word.
            pub(crate) fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

vocabulary! {
    /// A figure or a thing.
    Subject {
        Mammoth = "mammoth", Thylacine = "thylacine", Couple = "couple", Matador = "matador",
        Neuron = "neuron", Scarecrow = "scarecrow", TinMan = "tin man", Witch = "witch",
        Wizard = "wizard", King = "king", Crowd = "crowd", OldWoman = "old woman",
        OldMan = "old man", Girl = "girl", Boy = "boy", Woman = "woman", Man = "man",
        Bull = "bull", Lion = "lion", Dog = "dog", Cat = "cat", Horse = "horse", Fox = "fox",
        Owl = "owl", Train = "train", Car = "car", Ship = "ship", Clock = "clock", Lamp = "lamp",
        Book = "book", Letter = "letter", Telephone = "telephone",
    }
}
vocabulary! {
    /// The colour of clothes.
    Colour {
        Red = "red", Blue = "blue", Green = "green", Yellow = "yellow", Brown = "brown",
        Black = "black", White = "white",
    }
}
vocabulary! {
    /// A painted set.
    Place {
        Stage = "stage", Scrapyard = "scrapyard", Ballroom = "ballroom", Bullring = "bullring",
        Castle = "castle", Room = "room", Forest = "forest", Street = "street",
        Harbour = "harbour", Road = "road", Backdrop = "backdrop",
    }
}
vocabulary! {
    /// The time of day.
    Time { Day = "day", Dusk = "dusk", Night = "night" }
}
vocabulary! {
    /// What the first subject does.
    Action {
        Stand = "stand", Walk = "walk", Run = "run", Dance = "dance", Jump = "jump",
        OpenMouth = "open mouth",
    }
}
vocabulary! {
    /// How large the figures are.
    Size { Medium = "medium", Wide = "wide", CloseUp = "close-up" }
}
vocabulary! {
    /// What the camera does.
    Move {
        Static = "static", PushIn = "push in", PullBack = "pull back", PanLeft = "pan left",
        PanRight = "pan right", TiltUp = "tilt up",
    }
}

impl Subject {
    /// People whose clothes come in every colour.
    pub(crate) const DRESSED: &'static [Self] =
        &[Self::OldWoman, Self::OldMan, Self::Girl, Self::Boy, Self::Woman, Self::Man];

    /// The colour they wear if nobody names one.
    pub(crate) fn usual_colour(self) -> Option<Colour> {
        Some(match self {
            Self::OldWoman => Colour::Black,
            Self::OldMan => Colour::Brown,
            Self::Girl => Colour::Yellow,
            Self::Boy => Colour::Blue,
            Self::Woman => Colour::Green,
            Self::Man => Colour::White,
            _ => return None,
        })
    }

    /// Whether it is a thing that does nothing by itself.
    pub(crate) fn is_thing(self) -> bool {
        matches!(self, Self::Clock | Self::Lamp | Self::Book | Self::Letter | Self::Telephone)
    }

    /// Whether it rolls or sails.
    pub(crate) fn is_vehicle(self) -> bool {
        matches!(self, Self::Train | Self::Car | Self::Ship)
    }
}

/// Somebody or something on the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Actor {
    /// Who.
    pub(crate) subject: Subject,
    /// The colour of the clothes, if the label names it.
    pub(crate) colour: Option<Colour>,
}

impl Actor {
    /// The actor in the named or the usual colour of their clothes.
    pub(crate) fn dressed(self) -> Self {
        Self { colour: self.colour.or_else(|| self.subject.usual_colour()), ..self }
    }
}
