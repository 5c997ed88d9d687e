//! What speaks for the likeliest intent being the right one, and what against it.

use std::ops::Range;

use super::features::Told;

/// How many signs there are, and a one.
pub(super) const SIZE: usize = 16;
/// The signs that may only speak for an answer: how near the nearest example is and how much of the
/// text is known. A text unlike all that was seen stays unlikely whatever else is said of it.
pub(super) const FAVOURABLE: Range<usize> = 2..5;
/// Beyond this, more margin is not more certainty in the same measure.
const LOW_TOTAL: f32 = 0.5;

/// What is seen of the best intent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signs {
    /// Its total margin.
    pub(super) total: f32,
    /// How far the next is behind.
    pub(super) gap: f32,
    /// The cosine to its nearest example.
    pub(super) nearest: f32,
    /// The cosine of its examples to the nearest of the others, on average.
    pub(super) usual: f32,
    /// The share of the text that is known at all.
    pub(super) known: Told,
    /// The share of the text that stands in its examples.
    pub(super) in_class: Told,
    /// How much the words of the text tell.
    pub(super) words: f32,
    /// What the gram brings that speaks most for it.
    pub(super) strongest: f32,
    /// What all grams bring that speak against it; at most 0.
    pub(super) against: f32,
    /// How much all known grams tell: the length of the text's vector before it is made one.
    pub(super) length: f32,
}

/// The signs, each brought to about the same size, and a one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Evidence(pub(super) [f64; SIZE]);

/// Of each sign, over many published intent sets: its middle and its width.
const SIZES: [(f32, f32); SIZE - 1] = [
    (0.26, 0.74),
    (0.52, 0.83),
    (0.43, 0.23),
    (0.94, 0.16),
    (0.76, 0.3),
    (0.7, 0.3),
    (0.56, 0.38),
    (3.5, 0.49),
    (2.9, 0.75),
    (2.6, 1.7),
    (0.26, 0.39),
    (-0.1, 0.22),
    (0.1, 0.089),
    (-0.13, 0.11),
    (33.0, 8.8),
];

impl Evidence {
    /// Brings them to size.
    pub(super) fn of(signs: &Signs) -> Self {
        let Signs { total, gap, nearest, known, in_class, words, .. } = *signs;
        let signs = [
            total,
            gap,
            nearest,
            known.runs,
            known.words,
            in_class.runs,
            in_class.words,
            words.ln_1p(),
            (words * in_class.words).ln_1p(),
            (words * (1.0 - in_class.words)).max(0.0).ln_1p(),
            total.min(LOW_TOTAL),
            nearest - signs.usual,
            signs.strongest,
            signs.against,
            signs.length,
        ];
        let mut sized = [1.0; SIZE];
        for ((sized, sign), (middle, width)) in sized.iter_mut().zip(signs).zip(SIZES) {
            *sized = f64::from((sign - middle) / width);
        }
        Self(sized)
    }
}
