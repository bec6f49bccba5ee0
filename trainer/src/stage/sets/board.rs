//! What all sets share: their edges, the hour and its light, sky and floor.

use crate::stage::cast::Time;
use crate::stage::paint::{Fill, Hex, Light, Painter};

/// Left edge, right edge, top and bottom of the painted area.
pub(super) const LEFT: f32 = -110.0;
pub(super) const RIGHT: f32 = 398.0;
pub(super) const WIDTH: f32 = RIGHT - LEFT;
pub(super) const TOP: f32 = -90.0;
pub(super) const BOTTOM: f32 = 230.0;
pub(super) const FLOOR: f32 = 112.0;

/// The light of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Daylight {
    Dawn,
    Day,
    Dusk,
    Night,
}

impl Daylight {
    pub(crate) const ALL: &'static [Self] = &[Self::Day, Self::Dusk, Self::Night, Self::Dawn];

    /// Its word in a prompt.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Dawn => "dawn",
            Self::Day => "day",
            Self::Dusk => "dusk",
            Self::Night => "night",
        }
    }
}

impl From<Time> for Daylight {
    fn from(time: Time) -> Self {
        match time {
            Time::Day => Self::Day,
            Time::Dusk => Self::Dusk,
            Time::Night => Self::Night,
        }
    }
}

/// What the sky does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weather {
    Clear,
    Overcast,
    Rain,
    Snow,
    Fog,
}

impl Weather {
    pub(crate) const ALL: &'static [Self] =
        &[Self::Clear, Self::Overcast, Self::Rain, Self::Snow, Self::Fog];

    /// Its word in a prompt.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Overcast => "overcast",
            Self::Rain => "rain",
            Self::Snow => "snow",
            Self::Fog => "fog",
        }
    }
}

/// The hour and the weather.
#[derive(Debug, Clone, Copy)]
pub(in crate::stage) struct Hour {
    pub(in crate::stage) time: Daylight,
    pub(in crate::stage) weather: Weather,
}

impl Hour {
    /// Whether the sky is grey.
    fn grey(self) -> bool {
        self.weather != Weather::Clear
    }

    /// The light on the sets.
    pub(in crate::stage) fn light(self) -> Light {
        let tint: [f32; 3] = match (self.time, self.grey()) {
            (Daylight::Dawn, false) => [1.0, 0.84, 0.84],
            (Daylight::Dawn, true) => [0.76, 0.74, 0.80],
            (Daylight::Day, false) => [1.0, 1.0, 1.0],
            (Daylight::Day, true) => [0.80, 0.82, 0.86],
            (Daylight::Dusk, false) => [1.0, 0.68, 0.56],
            (Daylight::Dusk, true) => [0.78, 0.58, 0.56],
            (Daylight::Night, false) => [0.42, 0.50, 0.86],
            (Daylight::Night, true) => [0.38, 0.43, 0.62],
        };
        let tint = match self.weather {
            Weather::Rain => [tint[0] * 0.82, tint[1] * 0.88, tint[2] * 0.96],
            Weather::Snow => tint.map(|c| (c * 1.12).min(1.0)),
            _ => tint,
        };
        Light { tint, grey: if self.grey() { 0.45 } else { 0.0 } }
    }

    /// The light on the figures: at night a lantern brightens it.
    pub(in crate::stage) fn on_figures(self) -> Light {
        let set = self.light();
        let help = if self.time == Daylight::Night { 0.55 } else { 0.4 };
        Light { tint: set.tint.map(|c| c + (1.0 - c) * help), grey: set.grey * 0.5 }
    }

    pub(super) fn sky(self) -> Fill {
        let (upper, lower) = match (self.time, self.grey()) {
            (Daylight::Dawn, false) => (0x6c90d8, 0xffc8b4),
            (Daylight::Dawn, true) => (0x8088a0, 0xc0b4b8),
            (Daylight::Day, false) => (0x4aa8f4, 0xc8ecff),
            (Daylight::Day, true) => (0x98a0a8, 0xc0c6cc),
            (Daylight::Dusk, false) => (0x5a3c98, 0xffa040),
            (Daylight::Dusk, true) => (0x706070, 0xc09080),
            (Daylight::Night, false) => (0x060a30, 0x203478),
            (Daylight::Night, true) => (0x141624, 0x2c3246),
        };
        Fill::LampFall(upper, lower)
    }

    /// A window pane or a lantern: lit from inside when it is dark outside.
    pub(in crate::stage) fn pane(self) -> Fill {
        if self.time == Daylight::Day { Fill::Flat(0x9cd4f0) } else { Fill::Lamp(0xffd860) }
    }
}

/// Fixed noise for set dressing, so that a set always looks the same.
pub(super) struct Dice(pub(super) u32);

impl Dice {
    pub(super) fn roll(&mut self, low: f32, high: f32) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        low + (high - low) * ((self.0 >> 8) as f32 / 16_777_216.0)
    }
}

/// The sky down to a horizon, with a moon and stars or clouds.
pub(in crate::stage) fn sky(p: &mut Painter<'_>, hour: Hour, horizon: f32) {
    p.rect(LEFT, TOP, WIDTH, horizon - TOP + 20.0, hour.sky());
    p.rect(
        LEFT,
        horizon + 19.0,
        WIDTH,
        BOTTOM - horizon,
        match hour.sky() {
            Fill::LampFall(_, lower) => Fill::Lamp(lower),
            other => other,
        },
    );
    if hour.grey() {
        for (x, y) in [
            (-80.0, 4.0),
            (-10.0, 20.0),
            (70.0, 2.0),
            (150.0, 18.0),
            (225.0, 4.0),
            (300.0, 20.0),
            (370.0, 6.0),
        ] {
            p.oval(x, y, 56.0, 12.0, Fill::Flat(0xc4c8d0));
        }
        return;
    }
    match hour.time {
        Daylight::Dawn => {
            p.glow(58.0, horizon - 14.0, (90.0, 60.0), 0xfff0c0, 0.9);
            p.oval(58.0, horizon - 16.0, 14.0, 14.0, Fill::Lamp(0xfffbe0));
            for (x, y) in [(-60.0, 18.0), (170.0, 8.0), (300.0, 22.0)] {
                p.oval(x, y, 44.0, 5.0, Fill::Lamp(0xffdcd0));
            }
        }
        Daylight::Day => {
            for (x, y) in [(-60.0, 10.0), (52.0, 22.0), (214.0, 14.0), (340.0, 26.0)] {
                p.oval(x, y, 24.0, 8.0, Fill::Lamp(0xffffff));
                p.oval(x - 6.0, y - 7.0, 12.0, 9.0, Fill::Lamp(0xffffff));
                p.oval(x + 9.0, y - 5.0, 10.0, 7.0, Fill::Lamp(0xffffff));
            }
        }
        Daylight::Dusk => {
            p.glow(216.0, horizon - 34.0, (70.0, 60.0), 0xffe070, 0.9);
            p.oval(216.0, horizon - 34.0, 16.0, 16.0, Fill::Lamp(0xfff0a0));
        }
        Daylight::Night => {
            let mut dice = Dice(11);
            for _ in 0..60 {
                let (x, y) = (dice.roll(LEFT, RIGHT), dice.roll(TOP, horizon - 26.0));
                let r = dice.roll(0.8, 1.5);
                p.oval(x, y, r, r, Fill::Lamp(0xfffce0));
            }
            p.glow(60.0, 26.0, (40.0, 40.0), 0xfff4b0, 0.5);
            p.oval(60.0, 26.0, 14.0, 14.0, Fill::Lamp(0xfff4c0));
            p.oval(66.0, 22.0, 12.0, 12.0, Fill::Lamp(0x142050));
        }
    }
}

pub(in crate::stage) fn floor(p: &mut Painter<'_>, far: Hex, near: Hex) {
    p.rect(LEFT, FLOOR, WIDTH, 60.0, Fill::Fall(far, near));
    p.rect(LEFT, FLOOR + 59.0, WIDTH, BOTTOM - FLOOR - 59.0, Fill::Flat(near));
}

pub(in crate::stage) fn boards(p: &mut Painter<'_>, far: Hex, near: Hex) {
    floor(p, far, near);
    for i in -9..=9 {
        let x = 144.0 + 22.0 * i as f32;
        p.line(&[(x, FLOOR), (x + (x - 144.0) * 1.2, BOTTOM)], 1.3, Fill::Flat(near));
    }
    p.rect(LEFT, FLOOR - 1.0, WIDTH, 2.5, Fill::Flat(near));
}
