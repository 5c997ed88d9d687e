//! How similar a text is to each training example.

use super::features::Vector;

/// The training examples, listed by the features they hold.
#[derive(Debug)]
pub(super) struct Neighbours {
    /// Where each feature's list starts; one entry more than features.
    starts: Vec<usize>,
    /// Examples and their values.
    lists: Vec<(u32, f32)>,
    examples: usize,
}

impl Neighbours {
    /// Lists the examples of a vocabulary with that many features.
    pub(super) fn list(vectors: &[&Vector], features: usize) -> Self {
        let mut starts = vec![0_usize; features + 1];
        for (number, _) in vectors.iter().flat_map(|vector| &vector.entries) {
            starts[*number as usize + 1] += 1;
        }
        for feature in 0..features {
            starts[feature + 1] += starts[feature];
        }
        let mut free = starts.clone();
        let mut lists = vec![(0, 0.0); starts[features]];
        for (example, vector) in (0_u32..).zip(vectors) {
            for &(number, value) in &vector.entries {
                let place = &mut free[number as usize];
                lists[*place] = (example, value);
                *place += 1;
            }
        }
        Self { starts, lists, examples: vectors.len() }
    }

    /// What it takes in memory, in bytes.
    pub(super) const fn bytes(&self) -> usize {
        size_of_val(self.starts.as_slice()) + size_of_val(self.lists.as_slice())
    }

    /// The cosine to each example, in their order.
    pub(super) fn similarities(&self, vector: &Vector, similarities: &mut Vec<f32>) {
        similarities.clear();
        similarities.resize(self.examples, 0.0);
        for &(number, value) in &vector.entries {
            let feature = number as usize;
            for &(example, theirs) in &self.lists[self.starts[feature]..self.starts[feature + 1]] {
                similarities[example as usize] += value * theirs;
            }
        }
    }

    /// By class: the cosine of its examples to the nearest of the others, on average.
    pub(super) fn usual(
        &self,
        vectors: &[&Vector],
        classes_of: &[usize],
        classes: usize,
    ) -> Vec<f32> {
        let (mut sums, mut sizes) = (vec![0.0_f32; classes], vec![0.0_f32; classes]);
        let mut room = Vec::new();
        for (example, (vector, &class)) in vectors.iter().zip(classes_of).enumerate() {
            self.similarities(vector, &mut room);
            let others = room.iter().zip(classes_of).enumerate();
            let own = others.filter(|(other, (_, of))| **of == class && *other != example);
            sums[class] += own.map(|(_, (similarity, _))| *similarity).fold(0.0, f32::max);
            sizes[class] += 1.0;
        }
        sums.iter().zip(&sizes).map(|(sum, size)| sum / size.max(1.0)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::features::Told;
    use super::*;

    #[test]
    fn a_class_is_as_close_as_its_examples_are_to_each_other() {
        let vector = |entries: &[(u32, f32)]| Vector {
            entries: entries.to_vec(),
            told: Told::default(),
            length: 1.0,
        };
        let all = [vector(&[(0, 1.0)]), vector(&[(0, 0.6), (1, 0.8)]), vector(&[(0, 1.0)])];
        let vectors: Vec<&Vector> = all.iter().collect();
        let neighbours = Neighbours::list(&vectors, 2);
        let usual = neighbours.usual(&vectors, &[0, 0, 1], 3);
        assert!((usual[0] - 0.6).abs() < 1e-6, "{usual:?}");
        assert!(usual[1].abs() < 1e-6 && usual[2].abs() < 1e-6, "{usual:?}");
    }

    #[test]
    fn similarities_are_cosines() {
        let vector = |entries: &[(u32, f32)]| Vector {
            entries: entries.to_vec(),
            told: Told::default(),
            length: 1.0,
        };
        let (a, b, c) = (vector(&[(0, 1.0)]), vector(&[(1, 0.6), (2, 0.8)]), vector(&[]));
        let neighbours = Neighbours::list(&[&a, &b, &c], 3);
        let mut found = vec![7.0; 9];
        neighbours.similarities(&b, &mut found);
        assert_eq!(found, [0.0, 1.0, 0.0]);
        neighbours.similarities(&vector(&[(0, 0.8), (1, 0.6)]), &mut found);
        assert_eq!(found, [0.8, 0.36, 0.0]);
    }
}
