//! A figure, how it stands at a moment, and its path over a shot.
//!
//! Knows bodies and time; does not know who they are in the story.

use serde::{Deserialize, Serialize};

use super::geometry::{Point, mix_degrees, smooth, wrap_degrees};
use crate::breakdown::screenplay::Subject;

/// A person, an animal or a thing of a shot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// What a drawing calls it: `IDA`, `fox`.
    pub name: String,
    /// Its place among the shot's subjects and, after them, its reveals.
    pub subject: usize,
    /// Who it is, if the script gives a name.
    pub who: Option<Subject>,
    /// Which one of several that one subject stands for: of `two horses`, 0 and 1.
    pub individual: u32,
    /// Its body.
    pub shape: Shape,
    /// From the ground to the crown, standing, in metres.
    pub height: f64,
    /// From side to side, in metres.
    pub width: f64,
    /// From front to back, in metres.
    pub length: f64,
    /// Its colours, where the script says them.
    pub colours: FigureColours,
    /// The path it takes.
    pub path: FigurePath,
}

/// The colours of a figure as red, green and blue; `None` where the script says none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FigureColours {
    /// Of the clothes, of an animal's coat, of a thing.
    pub coat: Option<[u8; 3]>,
    /// Of the hair or the beard.
    pub hair: Option<[u8; 3]>,
}

/// What kind of body a figure has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Upright, on two legs.
    #[default]
    Person,
    /// A person with a larger head.
    Child,
    /// On four legs.
    Quadruped,
    /// Two legs and wings.
    Bird,
    /// A fish, a whale, a snake: long, without legs.
    Fish,
    /// On wheels.
    Vehicle,
    /// On water.
    Boat,
    /// With wings, without life.
    Aircraft,
    /// Rooted: a flower, a bush.
    Plant,
    /// A thing that is upright or round: a kettle, a lamp.
    Thing,
    /// A thing that lies: a letter, a knife.
    Flat,
}

impl Shape {
    /// Whether it has a face that looks, and moves by itself.
    pub fn is_alive(self) -> bool {
        matches!(self, Self::Person | Self::Child | Self::Quadruped | Self::Bird | Self::Fish)
    }

    /// Whether it goes upright on two legs.
    pub fn is_person(self) -> bool {
        matches!(self, Self::Person | Self::Child)
    }
}

/// How a body holds itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Posture {
    /// On its feet.
    #[default]
    Standing,
    /// On a seat, or on the ground if there is none.
    Sitting,
    /// On its knees.
    Kneeling,
    /// Bent low on its feet.
    Crouching,
    /// On the ground or a bed.
    Lying,
    /// In the air, stretched out.
    Flying,
    /// In water up to the neck.
    Swimming,
    /// In a saddle.
    Riding,
}

/// What arms and body do beside the posture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gesture {
    /// Waves one arm.
    Wave,
    /// Points ahead.
    Point,
    /// Reaches ahead with one hand.
    Reach,
    /// Holds something before the chest: a book, a letter.
    Hold,
    /// Both arms up.
    Raise,
    /// Strikes, throws, kicks.
    Strike,
    /// Both arms round somebody.
    Embrace,
    /// Hands before the face.
    Cover,
    /// Nods.
    Nod,
    /// Shakes the head.
    Shake,
    /// Turns, sways and hops.
    Dance,
    /// Works with both hands before the body.
    Work,
    /// A hand at the mouth: eats, drinks, smokes.
    Sip,
    /// Trembles.
    Tremble,
}

/// A figure at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FigurePose {
    /// The ground below it (of who sits: below the seat), with `lift` not yet added.
    pub feet: Point,
    /// Degrees: 0 looks away along +z, 90 to the right, 180 to the cameras' side.
    pub facing: f64,
    /// How it holds itself, or is about to.
    pub posture: Posture,
    /// The posture before a change of posture.
    pub earlier_posture: Posture,
    /// How far the change is: 0 is all `earlier_posture`, 1 all `posture`.
    pub posture_share: f64,
    /// Phase of the step, from 0 to 1; 0 when it stands.
    pub stride: f64,
    /// Metres per second.
    pub pace: f64,
    /// Degrees forward.
    pub lean: f64,
    /// Metres above the ground: a jump, a flight, a seat's or a table's top.
    pub lift: f64,
    /// How far the mouth is open, from 0 to 1.
    pub mouth: f64,
    /// What the arms do.
    pub gesture: Option<Gesture>,
    /// Phase of the gesture, from 0 to 1.
    pub swing: f64,
    /// Where the head is turned, in degrees from `facing`, positive to its right.
    pub look: f64,
}

/// A moment of a path that is decided; between two, the figure goes from one to the other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PathKey {
    /// Seconds from the beginning of the shot; may be negative.
    pub seconds: f64,
    /// The ground below the figure.
    pub feet: Point,
    /// As in [`FigurePose::facing`].
    pub facing: f64,
    /// The posture, reached at this moment.
    pub posture: Posture,
    /// As in [`FigurePose::lift`].
    pub lift: f64,
    /// As in [`FigurePose::lean`].
    pub lean: f64,
    /// As in [`FigurePose::look`].
    pub look: f64,
    /// How the figure goes on from here to the next moment.
    pub ease: Ease,
}

/// How a stretch of a path begins and ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ease {
    /// Starts and stops gently.
    #[default]
    Both,
    /// Starts gently and arrives at full pace.
    Start,
    /// Begins at full pace and stops gently.
    Stop,
    /// At an even pace.
    None,
}

/// The share of a stretch in which a figure gathers or loses its pace.
const RAMP: f64 = 0.25;

impl Ease {
    /// The share of the way after a share of the time. A ramp of constant acceleration
    /// leads to an even pace.
    pub fn share(self, time: f64) -> f64 {
        let t = time.clamp(0.0, 1.0);
        let (start, stop) = match self {
            Self::Both => (RAMP, RAMP),
            Self::Start => (RAMP, 0.0),
            Self::Stop => (0.0, RAMP),
            Self::None => (0.0, 0.0),
        };
        let pace = 1.0 / (1.0 - f64::midpoint(start, stop));
        if t < start {
            pace * t * t / (2.0 * start)
        } else if t <= 1.0 - stop {
            pace * (t - start / 2.0)
        } else {
            let rest = 1.0 - t;
            1.0 - pace * rest * rest / (2.0 * stop)
        }
    }
}

/// A stretch of time in which a gesture is made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GestureSpan {
    /// From when, in seconds.
    pub start: f64,
    /// Until when.
    pub end: f64,
    /// Which.
    pub gesture: Gesture,
    /// Seconds of one swing.
    pub period: f64,
}

/// Repeated hops: a jump, a dance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HopSpan {
    /// From when, in seconds.
    pub start: f64,
    /// Until when.
    pub end: f64,
    /// Metres.
    pub height: f64,
    /// Seconds of one hop.
    pub period: f64,
}

/// A figure's way through a shot.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FigurePath {
    /// In order of time; one at least.
    pub keys: Vec<PathKey>,
    /// What the arms do, in order of time.
    pub gestures: Vec<GestureSpan>,
    /// Hops, in order of time.
    pub hops: Vec<HopSpan>,
    /// When it speaks, in seconds.
    pub speaks: Vec<(f64, f64)>,
    /// When its mouth is wide open, in seconds.
    pub gapes: Vec<(f64, f64)>,
    /// Metres of one double step.
    pub stride: f64,
    /// Metres that it bobs with every step.
    pub bob: f64,
}

/// The share of a hop's period before it, and after it, on the ground.
const GATHERS: f64 = 0.2;

impl FigurePath {
    /// A figure that stays as it is.
    pub fn resting(key: PathKey) -> Self {
        Self { keys: vec![key], stride: 1.4, ..Self::default() }
    }

    /// Where the figure is and what it does at a moment, before and after the shot too.
    pub fn at(&self, seconds: f64) -> FigurePose {
        let (from, to, share, eased) = self.between(seconds);
        let feet = from.feet.mix(to.feet, eased);
        let length = to.seconds - from.seconds;
        let pace = if length > 0.0 { pace_between(from, to, share, length) } else { 0.0 };
        let walked = self.walked(seconds);
        let moving = pace > 0.05;
        let stride =
            if moving && self.stride > 0.0 { (walked / self.stride).rem_euclid(1.0) } else { 0.0 };
        let changes = from.posture != to.posture;
        let turn = smooth(share);
        let mix = |from: f64, to: f64, share: f64| from + (to - from) * share;
        let gesture = self.gestures.iter().find(|span| (span.start..span.end).contains(&seconds));
        let hop = self.hop(seconds);
        let bob =
            if moving { (stride * std::f64::consts::TAU).sin().abs() * self.bob } else { 0.0 };
        FigurePose {
            feet,
            facing: mix_degrees(from.facing, to.facing, turn),
            posture: to.posture,
            earlier_posture: from.posture,
            posture_share: if changes { turn } else { 1.0 },
            stride,
            pace,
            lean: mix(from.lean, to.lean, turn),
            lift: mix(from.lift, to.lift, eased) + hop + bob,
            mouth: self.mouth(seconds),
            gesture: gesture.map(|span| span.gesture),
            swing: gesture
                .map_or(0.0, |span| ((seconds - span.start) / span.period).rem_euclid(1.0)),
            look: wrap_degrees(mix(from.look, to.look, turn)),
        }
    }

    /// The keys around a moment, and the shares of time and way between them.
    fn between(&self, seconds: f64) -> (PathKey, PathKey, f64, f64) {
        let after = self.keys.partition_point(|key| key.seconds <= seconds);
        let from = self.keys[after.saturating_sub(1)];
        let to = self.keys[after.min(self.keys.len() - 1)];
        let length = to.seconds - from.seconds;
        if length <= 0.0 {
            return (from, to, 1.0, 1.0);
        }
        let share = (seconds - from.seconds) / length;
        (from, to, share, from.ease.share(share))
    }

    /// The way so far, in metres.
    fn walked(&self, seconds: f64) -> f64 {
        let mut walked = 0.0;
        for pair in self.keys.windows(2) {
            if pair[0].seconds > seconds {
                break;
            }
            let length = (pair[1].seconds - pair[0].seconds).max(1e-9);
            let share = ((seconds - pair[0].seconds) / length).clamp(0.0, 1.0);
            walked += pair[0].feet.distance_to(pair[1].feet) * pair[0].ease.share(share);
        }
        walked
    }

    fn hop(&self, seconds: f64) -> f64 {
        let span = self.hops.iter().find(|span| (span.start..span.end).contains(&seconds));
        span.map_or(0.0, |span| {
            let phase = ((seconds - span.start) / span.period).rem_euclid(1.0);
            // It gathers itself on the ground before and after every hop.
            let share = ((phase - GATHERS) / (1.0 - 2.0 * GATHERS)).clamp(0.0, 1.0);
            span.height * 4.0 * share * (1.0 - share)
        })
    }

    /// Syllables: some five a second, of uneven width.
    fn mouth(&self, seconds: f64) -> f64 {
        if let Some((start, end)) =
            self.gapes.iter().find(|(from, to)| (*from..*to).contains(&seconds))
        {
            return smooth((seconds - start) / 0.5) * smooth((end - seconds) / 0.5);
        }
        let speaks = self.speaks.iter().find(|(start, end)| (*start..*end).contains(&seconds));
        speaks.map_or(0.0, |(start, end)| {
            let t = seconds - start;
            let wave = |rate: f64, phase: f64| (t * rate * std::f64::consts::TAU + phase).sin();
            let open = 0.45 + 0.35 * wave(4.6, 0.0) + 0.2 * wave(2.1, 1.3);
            let edge = (t / 0.08).min((end - seconds) / 0.08).min(1.0);
            (open * edge).clamp(0.0, 1.0)
        })
    }
}

fn pace_between(from: PathKey, to: PathKey, share: f64, length: f64) -> f64 {
    let step = 1e-3;
    let way = from.ease.share(share + step) - from.ease.share(share - step);
    let time = ((share + step).min(1.0) - (share - step).max(0.0)) * length;
    from.feet.distance_to(to.feet) * way / time
}
