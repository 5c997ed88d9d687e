//! How similar a text is to each training example. Cosines are added up in whole numbers of 16 bits.

use super::features::Vector;

/// What a cosine of one is; a little room is left for rounding.
const ONE: f32 = 65_000.0;
/// A feature that stands in more than one of so many examples has a value for every example.
const COMMON: usize = 8;

/// The training examples, listed by the features they hold.
#[derive(Debug)]
pub(super) struct Neighbours {
    /// By feature: where its examples are.
    places: Vec<Place>,
    /// Examples and their values.
    lists: Vec<(u16, u16)>,
    /// Values of common features, one for each example.
    rows: Vec<u16>,
    examples: usize,
    /// Examples that stand side by side and have the same class: where they end, and the class.
    spans: Vec<(usize, usize)>,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    /// From here to there in the lists.
    List(u32, u32),
    /// From here on in the rows.
    Row(u32),
}

impl Neighbours {
    /// Lists the examples of a vocabulary with that many features.
    pub(super) fn list(vectors: &[&Vector], classes_of: &[usize], features: usize) -> Self {
        let mut counts = vec![0_usize; features];
        for (number, _) in vectors.iter().flat_map(|vector| &vector.entries) {
            counts[*number as usize] += 1;
        }
        let (mut listed, mut rows) = (0_u32, 0_u32);
        let mut places: Vec<Place> = Vec::with_capacity(features);
        for count in counts {
            if count * COMMON > vectors.len() {
                places.push(Place::Row(rows));
                rows += short(vectors.len());
            } else {
                places.push(Place::List(listed, listed));
                listed += short(count);
            }
        }
        let mut lists = vec![(0, 0); listed as usize];
        let mut rows = vec![0; rows as usize];
        for (example, vector) in vectors.iter().enumerate() {
            for &(number, value) in &vector.entries {
                match &mut places[number as usize] {
                    Place::Row(first) => rows[*first as usize + example] = whole(value),
                    Place::List(_, end) => {
                        let place = u16::try_from(example).unwrap_or(u16::MAX);
                        lists[*end as usize] = (place, whole(value));
                        *end += 1;
                    }
                }
            }
        }
        let mut spans: Vec<(usize, usize)> = Vec::new();
        for (example, &class) in classes_of.iter().enumerate() {
            match spans.last_mut() {
                Some((end, of)) if *of == class => *end = example + 1,
                _ => spans.push((example + 1, class)),
            }
        }
        Self { places, lists, rows, examples: vectors.len(), spans }
    }

    /// What it takes in memory, in bytes.
    pub(super) const fn bytes(&self) -> usize {
        size_of_val(self.places.as_slice())
            + size_of_val(self.lists.as_slice())
            + size_of_val(self.rows.as_slice())
    }

    /// The cosine to each example, in their order, in parts of `ONE`.
    pub(super) fn similarities(&self, vector: &Vector, similarities: &mut Vec<u16>) {
        similarities.clear();
        similarities.resize(self.examples, 0);
        for &(number, value) in &vector.entries {
            let value = u32::from(whole(value));
            match self.places[number as usize] {
                Place::Row(first) => {
                    let row = &self.rows[first as usize..first as usize + self.examples];
                    add_row(&mut similarities[..self.examples], row, value);
                }
                Place::List(first, end) => {
                    for &(example, theirs) in &self.lists[first as usize..end as usize] {
                        let similarity = &mut similarities[usize::from(example)];
                        *similarity = similarity.wrapping_add(product(value, theirs));
                    }
                }
            }
        }
    }

    /// By class: the highest of the cosines to its examples.
    pub(super) fn nearest(&self, similarities: &[u16], nearest: &mut [f32]) {
        let mut start = 0;
        for &(end, class) in &self.spans {
            let most = similarities[start..end].iter().copied().max().unwrap_or_default();
            nearest[class] = nearest[class].max(cosine(most));
            start = end;
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
            room[example] = 0;
            let mut start = 0;
            let mut most = 0;
            for &(end, of) in &self.spans {
                if of == class {
                    most = most.max(room[start..end].iter().copied().max().unwrap_or_default());
                }
                start = end;
            }
            sums[class] += cosine(most);
            sizes[class] += 1.0;
        }
        sums.iter().zip(&sizes).map(|(sum, size)| sum / size.max(1.0)).collect()
    }
}

/// The cosine that a number of 16 bits stands for.
pub(super) fn cosine(similarity: u16) -> f32 {
    f32::from(similarity) / ONE
}

fn short(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A value from 0 to 1 as a number of 16 bits whose products are parts of `ONE`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 65,536")]
fn whole(value: f32) -> u16 {
    (value * (ONE * 65_536.0).sqrt() + 0.5) as u16
}

/// Adds a row of values, each times another. A plain loop, for builds that are not optimised.
fn add_row(similarities: &mut [u16], row: &[u16], value: u32) {
    let count = similarities.len().min(row.len());
    let (similarities, row) = (&mut similarities[..count], &row[..count]);
    let mut at = 0;
    while at < count {
        similarities[at] = similarities[at].wrapping_add(product(value, row[at]));
        at += 1;
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "bearable in builds that are not optimised")]
const fn product(one: u32, other: u16) -> u16 {
    ((one * other as u32) >> 16) as u16
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
        let neighbours = Neighbours::list(&vectors, &[0, 0, 1], 2);
        let usual = neighbours.usual(&vectors, &[0, 0, 1], 3);
        assert!((usual[0] - 0.6).abs() < 1e-3, "{usual:?}");
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
        let neighbours = Neighbours::list(&[&a, &b, &c], &[0, 1, 0], 3);
        let (mut found, mut nearest) = (vec![7; 9], [0.0; 2]);
        let mut near = |vector: &Vector| {
            neighbours.similarities(vector, &mut found);
            let found: Vec<f32> = found.iter().map(|one| (cosine(*one) * 1e3).round()).collect();
            found
        };
        assert_eq!(near(&b), [0.0, 1_000.0, 0.0]);
        assert_eq!(near(&vector(&[(0, 0.8), (1, 0.6)])), [800.0, 360.0, 0.0]);
        neighbours.nearest(&[40_000, 20_000, 50_000], &mut nearest);
        for (nearest, wanted) in nearest.into_iter().zip([50_000, 20_000]) {
            assert!((nearest - cosine(wanted)).abs() < 1e-6, "{nearest}");
        }
    }

    #[test]
    fn what_all_examples_share_counts_as_much_as_what_few_share() {
        let vector = |entries: &[(u32, f32)]| Vector {
            entries: entries.to_vec(),
            told: Told::default(),
            length: 1.0,
        };
        let all: Vec<Vector> = (1..9).map(|own| vector(&[(0, 0.6), (own, 0.8)])).collect();
        let vectors: Vec<&Vector> = all.iter().collect();
        let neighbours = Neighbours::list(&vectors, &[0; 8], 9);
        assert!(matches!(neighbours.places[..2], [Place::Row(0), Place::List(0, 1)]));
        let mut found = Vec::new();
        neighbours.similarities(&all[3], &mut found);
        for (example, found) in found.into_iter().enumerate() {
            let wanted = if example == 3 { 1.0 } else { 0.36 };
            assert!((cosine(found) - wanted).abs() < 1e-3, "{example}: {found}");
        }
    }
}
