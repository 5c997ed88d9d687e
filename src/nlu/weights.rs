//! The weights of a trained classifier, one byte each: a gram's weights share one scale. A quarter of the
//! memory, and so fewer waits for it; the error is below a two-hundredth of a gram's largest weight.
//! Margins are added up in whole numbers of 16 bits, eight classes in one instruction.

use super::classifier::Classifier;
use super::features::Vector;

/// Eight classes side by side.
const OCTET: usize = 8;
const LARGEST: f32 = 127.0;
/// The largest margin that a text can have, in units of a sum: half of what 16 bits hold, since the
/// factor of a single gram must fit as well.
const MOST: f32 = 16_000.0;
/// A product of cell and factor is shifted by so much.
const SHIFTED: f32 = 256.0;

/// Weights of every class over the features of a vocabulary, eight classes to an octet.
#[derive(Debug)]
pub(super) struct Weights {
    octets: usize,
    cells: Vec<[i8; OCTET]>,
    /// By feature: what a cell of one is worth, in units of a shifted sum.
    scales: Vec<f32>,
    /// What is always added, by class.
    always: Vec<f32>,
    /// What one unit of a sum is worth.
    unit: f32,
}

/// The sums of a text, eight classes to an octet; kept, they need no new room.
pub(super) type Sums = Vec<[i16; OCTET]>;

impl Weights {
    /// Rounds the weights of a classifier over so many classes.
    pub(super) fn of(classifier: &Classifier, classes: usize) -> Self {
        let blocks = classifier.blocks();
        let features = blocks.first().map_or(0, |block| block.len() - 1);
        let octets = classes.div_ceil(OCTET);
        let mut cells = Vec::with_capacity(features * octets);
        let mut scales = Vec::with_capacity(features);
        let mut squares = vec![[0.0_f32; OCTET]; octets];
        for feature in 0..features {
            let row = blocks.iter().map(|block| &block[feature]);
            let largest = row.clone().flatten().fold(0.0_f32, |most, it| most.max(it.abs()));
            let scale = if largest > 0.0 { largest / LARGEST } else { 1.0 };
            scales.push(scale);
            for (row, squares) in row.zip(&mut squares) {
                let mut octet = [0; OCTET];
                for ((cell, weight), square) in octet.iter_mut().zip(row).zip(squares) {
                    *cell = rounded(weight / scale);
                    let weight = f32::from(*cell) * scale;
                    *square += weight * weight;
                }
                cells.push(octet);
            }
        }
        // No text's vector is longer than one: no margin is larger than its class's weights are long.
        let longest = squares.as_flattened().iter().fold(0.0_f32, |most, it| most.max(*it)).sqrt();
        let unit = longest.max(f32::MIN_POSITIVE) / MOST;
        for scale in &mut scales {
            *scale *= SHIFTED / unit;
        }
        let last = blocks.iter().filter_map(|block| block.last());
        let always = last.flatten().copied().take(classes).collect();
        Self { octets, cells, scales, always, unit }
    }

    /// The margin of each class.
    pub(super) fn margins(&self, vector: &Vector, sums: &mut Sums, margins: &mut Vec<f32>) {
        sums.clear();
        sums.resize(self.octets, [0; OCTET]);
        let mut all = 0.0;
        for &(number, value) in &vector.entries {
            let number = number as usize;
            let factor = factor(value * self.scales[number]);
            all += f32::from(factor);
            let first = number * self.octets;
            for (sums, cells) in sums.iter_mut().zip(&self.cells[first..first + self.octets]) {
                add(sums, *cells, factor);
            }
        }
        // Shifting rounds down: by half a unit on average, and each cell was half a cell too large.
        let lost = 0.5 * vector.entries.len() as f32 - all / (2.0 * SHIFTED);
        let sums = sums.as_flattened().iter().zip(&self.always);
        margins.clear();
        margins.extend(sums.map(|(sum, always)| always + (f32::from(*sum) + lost) * self.unit));
    }

    /// What one of the features brings to a class for each unit of its value.
    pub(super) fn weight(&self, number: u32, class: usize) -> f32 {
        let cells = self.cells.get(number as usize * self.octets + class / OCTET);
        let worth = self.unit / SHIFTED;
        cells.map_or(0.0, |cells| {
            f32::from(cells[class % OCTET]) * self.scales[number as usize] * worth
        })
    }

    /// What it takes in memory, in bytes.
    pub(super) const fn bytes(&self) -> usize {
        size_of_val(self.cells.as_slice()) + size_of_val(self.scales.as_slice())
    }
}

/// Adds eight products, each a 65,536th: the cell and a half in the high byte, so that rounding down
/// takes as much from an empty cell as from a full one. Written out for builds that are not optimised.
#[inline]
fn add(sums: &mut [i16; OCTET], cells: [i8; OCTET], factor: i16) {
    let factor = i32::from(factor);
    macro_rules! at {
        ($place:literal) => {
            let cell = (i32::from(cells[$place]) << 8) | 0x80;
            sums[$place] = sums[$place].wrapping_add(((cell * factor) >> 16) as i16);
        };
    }
    at!(0);
    at!(1);
    at!(2);
    at!(3);
    at!(4);
    at!(5);
    at!(6);
    at!(7);
}

#[expect(clippy::cast_possible_truncation, reason = "at most MOST times two")]
fn factor(factor: f32) -> i16 {
    (factor + 0.5) as i16
}

#[expect(clippy::cast_possible_truncation, reason = "at most 127 either way")]
fn rounded(weight: f32) -> i8 {
    // Rounded down above zero: half more is the nearest, without a call.
    ((weight + 128.5) as i32 - 128) as i8
}

#[cfg(test)]
mod tests {
    use super::super::classifier::margins;
    use super::super::features::Told;
    use super::*;

    #[test]
    fn rounded_margins_are_near_the_true_ones() {
        let vector = |at: u32| Vector {
            entries: vec![(at % 5, 0.6), (5 + at % 3, 0.8)],
            told: Told::default(),
            length: 1.0,
        };
        let all: Vec<Vector> = (0..30).map(vector).collect();
        let vectors: Vec<&Vector> = all.iter().collect();
        let classes: Vec<usize> = (0..30).map(|at| at % 15).collect();
        let classifier = Classifier::train(&vectors, &classes, 15, 8, 1.0);
        let weights = Weights::of(&classifier, 15);
        let (mut sums, mut near) = (Sums::new(), Vec::new());
        for vector in &all {
            weights.margins(vector, &mut sums, &mut near);
            let exact = classifier.blocks().iter().flat_map(|block| margins(block, vector));
            for (exact, near) in exact.zip(&near) {
                assert!((exact - near).abs() < 0.02, "{exact} {near}");
            }
            assert_eq!(near.len(), 15);
        }
        assert!(weights.weight(0, 0) > 0.1 && weights.weight(99, 0).abs() < 1e-9);
    }
}
