//! Who is a woman and who a man: by the description, else by the pronouns of paragraphs
//! that name nobody else, else by the name, else by the clothes.
//!
//! Knows what paragraphs say; does not read them.

use crate::breakdown::description::Sex;
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::sexes;
use crate::breakdown::screenplay::{Character, Kind, Subject};

/// What paragraphs have said about named characters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sexes(Vec<(Subject, Sex)>);

impl Sexes {
    /// A paragraph has pronouns of a woman or a man for the only one it names.
    pub(crate) fn say(&mut self, subject: Subject, sex: Sex) {
        if subject.is_named() {
            self.0.push((subject, sex));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The statements after the first so many.
    pub(crate) fn since(&self, start: usize) -> Vec<(Subject, Sex)> {
        self.0[start..].to_vec()
    }

    /// Decides for every named character whether it is a woman or a man.
    pub(crate) fn decide(&self, characters: &mut [Character], grammar: &Grammar) {
        let mut more_women = vec![0_i32; characters.len()];
        for (who, sex) in &self.0 {
            more_women[who.0] += if *sex == Sex::Woman { 1 } else { -1 };
        }
        for (character, more) in characters.iter_mut().zip(more_women) {
            let of_most = || match more {
                0 if character.kind == Kind::Cast => sexes::of_name(&character.name),
                0 => None,
                more => Some(if more > 0 { Sex::Woman } else { Sex::Man }),
            };
            character.sex = sexes::of_description(&character.person, grammar)
                .or_else(of_most)
                .or_else(|| sexes::of_clothes(&character.outfit, grammar));
        }
    }
}
