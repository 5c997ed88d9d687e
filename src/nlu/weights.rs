//! The weights of a trained classifier, one byte each: a gram's weights share one scale. A quarter of the
//! memory, and so fewer waits for it; the error is below a two-hundredth of a gram's largest weight.

use super::classifier::{Classifier, Lane};
use super::features::Vector;

const LARGEST: f32 = 127.0;

/// Weights of every class over the features of a vocabulary, eight classes to a lane.
#[derive(Debug)]
pub(super) struct Weights {
    lanes: usize,
    cells: Vec<[i8; 8]>,
    /// By feature: what a cell of one is worth.
    scales: Vec<f32>,
    /// What is always added.
    always: Vec<Lane>,
}

impl Weights {
    /// Rounds the weights of a classifier.
    pub(super) fn of(classifier: &Classifier) -> Self {
        let lanes = classifier.lanes();
        let (rows, always) = classifier.rows();
        let mut weights = Self {
            lanes,
            cells: Vec::with_capacity(rows.len()),
            scales: Vec::new(),
            always: always.to_vec(),
        };
        for row in rows.chunks_exact(lanes.max(1)) {
            let largest = row.as_flattened().iter().fold(0.0_f32, |most, it| most.max(it.abs()));
            let scale = if largest > 0.0 { largest / LARGEST } else { 1.0 };
            weights.scales.push(scale);
            weights.cells.extend(row.iter().map(|lane| lane.map(|weight| rounded(weight / scale))));
        }
        weights
    }

    /// The margin of each class, eight to a lane; what lies beyond the last class means nothing.
    pub(super) fn margins(&self, vector: &Vector, margins: &mut [Lane]) {
        margins.copy_from_slice(&self.always);
        for &(number, value) in &vector.entries {
            let first = number as usize * self.lanes;
            let value = value * self.scales[number as usize];
            for (margins, cells) in margins.iter_mut().zip(&self.cells[first..first + self.lanes]) {
                for (margin, cell) in margins.iter_mut().zip(cells) {
                    *margin += f32::from(*cell) * value;
                }
            }
        }
    }

    /// What one of the features brings to a class for each unit of its value.
    pub(super) fn weight(&self, number: u32, class: usize) -> f32 {
        let cells = self.cells.get(number as usize * self.lanes + class / 8);
        cells.map_or(0.0, |cells| f32::from(cells[class % 8]) * self.scales[number as usize])
    }

    /// What it takes in memory, in bytes.
    pub(super) const fn bytes(&self) -> usize {
        size_of_val(self.cells.as_slice()) + size_of_val(self.scales.as_slice())
    }

    /// How many lanes the margins take.
    pub(super) const fn lanes(&self) -> usize {
        self.lanes
    }
}

#[expect(clippy::cast_possible_truncation, reason = "at most 127 either way")]
fn rounded(weight: f32) -> i8 {
    weight.round() as i8
}

#[cfg(test)]
mod tests {
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
        let weights = Weights::of(&classifier);
        let (mut exact, mut near) = (vec![[0.0; 8]; 2], vec![[0.0; 8]; 2]);
        for vector in &all {
            classifier.margins(vector, &mut exact);
            weights.margins(vector, &mut near);
            let pairs = exact.as_flattened().iter().zip(near.as_flattened());
            assert!(
                pairs.clone().all(|(exact, near)| (exact - near).abs() < 0.02),
                "{exact:?} {near:?}"
            );
        }
        assert!(weights.weight(0, 0) > 0.1 && weights.weight(99, 0).abs() < 1e-9);
    }
}
