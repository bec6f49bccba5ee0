//! What controls a take besides its prompt: the depth of its blocking, or nothing.
//!
//! Knows words; does not know models.

use serde::Serialize;

/// What controls a take besides its prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TakeControl {
    /// Nothing.
    Off,
    /// The depth of its blocking.
    Depth(ControlScale),
}

/// How strongly a take follows its control, in thousandths: 1000 as the model was trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ControlScale(pub u32);

impl ControlScale {
    /// The least and the greatest scale: less has no effect, and more than twice the scale
    /// of training only breaks pictures.
    const LIMITS: [Self; 2] = [Self(100), Self(2000)];

    /// As a factor.
    pub fn factor(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl TakeControl {
    /// The control that words ask for: `depth`, `depth 0.7`, `off`.
    pub fn of(words: &str) -> Option<Self> {
        let words = words.to_lowercase();
        match words.split_whitespace().collect::<Vec<_>>()[..] {
            ["off"] => Some(Self::Off),
            ["depth"] => Some(Self::Depth(ControlScale(1000))),
            ["depth", scale] => {
                let decimal = scale.chars().all(|c| c.is_ascii_digit() || c == '.');
                let scale = scale.parse::<f64>().ok().filter(|_| decimal)?;
                let scale = ControlScale((scale * 1000.0).round() as u32);
                let [least, most] = ControlScale::LIMITS;
                (least..=most).contains(&scale).then_some(Self::Depth(scale))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_lies_within_its_limits() {
        let depth = |scale| Some(TakeControl::Depth(ControlScale(scale)));
        let cases = [
            ("off", Some(TakeControl::Off)),
            ("Depth", depth(1000)),
            ("depth  0.7", depth(700)),
            ("depth 2", depth(2000)),
            ("depth 0.1", depth(100)),
            ("depth 0", None),
            ("depth 2.1", None),
            ("depth -1", None),
            ("depth 1e0", None),
            ("depth inf", None),
            ("pose", None),
            ("off 1", None),
            ("", None),
        ];
        for (words, expected) in cases {
            assert_eq!(TakeControl::of(words), expected, "{words}");
        }
    }
}
