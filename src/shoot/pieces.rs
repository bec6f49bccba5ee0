//! The pieces of a take that is longer than the model makes at once.
//!
//! Knows recipes and frames; does not know shots.

use std::ops::Range;

use super::recipe::{KeyedRecipe, Preceding, Recipe, RecipeControl};

/// One recipe or, for more frames than the model makes at once, one for each
/// piece of the take. Each piece continues the last `overlap` frames of the one
/// before; without overlap each begins from noise of its own. `control` gives what
/// controls frames of the take.
pub(super) fn chain(
    recipe: &Recipe,
    frames: u32,
    (most, overlap): (u32, u32),
    control: &dyn Fn(Range<u32>) -> Option<RecipeControl>,
) -> Vec<KeyedRecipe> {
    let mut piece = Recipe { frames: frames.min(most), ..recipe.clone() };
    piece.control = control(0..piece.frames);
    let mut made = piece.frames;
    let mut chain: Vec<KeyedRecipe> = Vec::new();
    while made < frames {
        // Only the last piece ends with the given last frame.
        let before = KeyedRecipe::from(Recipe { last_image: None, ..piece });
        let new = (frames - made).min(most - overlap);
        // Lengths are 4k+1, and so is the number of shared frames.
        let given = overlap.max(1);
        let preceding = Preceding {
            take: before.key(),
            first: made - overlap,
            frames: overlap,
            next_piece: true,
        };
        chain.push(before);
        piece = Recipe {
            frames: given + (overlap + new - given).next_multiple_of(4),
            first_image: None,
            lettering: Vec::new(),
            seed: piece_seed(recipe.seed, chain.len(), Some(&preceding)),
            preceding: Some(preceding),
            ..recipe.clone()
        };
        piece.control = control(first_frame(&piece)..first_frame(&piece) + piece.frames);
        made += piece.frames - overlap;
    }
    chain.push(piece.into());
    chain
}

/// The seed of a piece. Pieces that share a frame keep the take's seed; others
/// need their own, or each would show the same picture.
pub(super) fn piece_seed(take: u64, piece: usize, preceding: Option<&Preceding>) -> u64 {
    let anew = preceding.is_some_and(|preceding| preceding.frames == 0);
    if anew { (take + piece as u64) & (u64::MAX >> 1) } else { take }
}

/// The frame of its take at which a piece begins.
pub(super) fn first_frame(piece: &Recipe) -> u32 {
    piece.preceding.filter(|preceding| preceding.next_piece).map_or(0, |before| before.first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shoot::plan::ShotTakes;
    use crate::shoot::recipe::tests::sample;
    use crate::shoot::seed::Slate;

    /// The last piece has the frames that the shot needs, for any overlap;
    /// rounded up to 4k+1 where each piece begins anew.
    #[test]
    fn a_chain_is_as_long_as_its_shot() {
        for (most, overlap) in [(13, 0), (81, 0), (13, 1), (13, 5), (81, 5), (121, 1)] {
            for frames in (1..400).step_by(4) {
                let mut made = 0;
                let mut seeds = std::collections::BTreeSet::new();
                for recipe in chain(&sample(), frames, (most, overlap), &|_| None) {
                    assert!(recipe.frames <= most && recipe.frames % 4 == 1, "{}", recipe.frames);
                    if let Some(Preceding { first, frames: shared, .. }) = recipe.preceding {
                        assert_eq!((first + shared, shared), (made, overlap));
                    }
                    made += recipe.stored_frames();
                    let anew = seeds.insert(recipe.seed);
                    assert!(anew || overlap > 0, "two pieces would be one picture");
                }
                let more = if overlap == 0 { 4 } else { 1 };
                assert!((frames..frames + more).contains(&made), "{made} frames of {frames}");
            }
        }
    }

    /// Take 0 gives the planned recipes; other takes differ in every piece.
    #[test]
    fn the_first_take_again_is_the_first_take() {
        for overlap in [0, 1, 5] {
            let slate = Slate::default();
            let first = Recipe { seed: slate.seed(0), ..sample() };
            let planned = ShotTakes {
                recipes: chain(&first, 41, (13, overlap), &|_| None),
                slate,
                ..ShotTakes::default()
            };
            assert!(planned.recipes.len() > 2);
            assert_eq!(planned.take(0), planned.recipes, "{overlap} frames shared");
            let keys =
                |take: u32| planned.take(take).iter().map(KeyedRecipe::key).collect::<Vec<_>>();
            assert!(keys(1).iter().all(|key| !keys(0).contains(key)));
        }
    }
}
