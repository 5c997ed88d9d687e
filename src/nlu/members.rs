//! How similar a text is to the nearest example of one class, by its words: for sets too large to ask
//! for every example and every run of characters.

use super::features::{Vector, Vocabulary};

/// Of a larger class, only so many examples are compared.
const MOST: u16 = 256;
/// So many examples of a class show how close it is.
const FEW: u16 = 16;

/// One example that holds a gram.
#[derive(Clone, Copy, Debug)]
struct Holder {
    class: u16,
    /// Which of its class.
    example: u16,
    /// The gram's value in it.
    value: f32,
}

/// The training examples, listed by the words and pairs they hold, class by class.
#[derive(Debug)]
pub(super) struct Members {
    /// Where each gram's list starts; one entry more than grams.
    starts: Vec<u32>,
    holders: Vec<Holder>,
}

impl Members {
    /// Lists the examples of each class. Classes beyond 65,535 count as the last.
    pub(super) fn list(vectors: &[&Vector], classes_of: &[usize], vocabulary: &Vocabulary) -> Self {
        let mut sizes: Vec<u16> = Vec::new();
        let mut held: Vec<(u32, Holder)> = Vec::new();
        for (vector, &class) in vectors.iter().zip(classes_of) {
            let class = u16::try_from(class).unwrap_or(u16::MAX);
            sizes.resize(sizes.len().max(usize::from(class) + 1), 0);
            let example = sizes[usize::from(class)];
            if example < MOST {
                sizes[usize::from(class)] += 1;
                let length = length_of_words(vector, vocabulary);
                let of_words = of_words(vector, vocabulary);
                held.extend(
                    of_words
                        .map(|(n, value)| (n, Holder { class, example, value: value / length })),
                );
            }
        }
        held.sort_by_key(|(number, holder)| (*number, holder.class, holder.example));
        let mut starts = vec![0_u32; vocabulary.len() + 1];
        for (number, _) in &held {
            starts[*number as usize + 1] += 1;
        }
        for gram in 0..vocabulary.len() {
            starts[gram + 1] += starts[gram];
        }
        Self { starts, holders: held.into_iter().map(|(_, holder)| holder).collect() }
    }

    /// What it takes in memory, in bytes.
    pub(super) const fn bytes(&self) -> usize {
        size_of_val(self.starts.as_slice()) + size_of_val(self.holders.as_slice())
    }

    /// The cosine to the nearest example of a class; `room` is written over.
    pub(super) fn nearest(
        &self,
        class: usize,
        vector: &Vector,
        vocabulary: &Vocabulary,
        room: &mut Vec<f32>,
    ) -> f32 {
        self.cosines(class, vector, vocabulary, room);
        room.iter().copied().fold(0.0, f32::max)
    }

    /// By class: the cosine of its examples to the nearest of the others, on average of the first few.
    pub(super) fn usual(
        &self,
        vectors: &[&Vector],
        classes_of: &[usize],
        classes: usize,
        vocabulary: &Vocabulary,
    ) -> Vec<f32> {
        let (mut sums, mut asked) = (vec![0.0_f32; classes], vec![0_u16; classes]);
        let mut room = Vec::new();
        for (vector, &class) in vectors.iter().zip(classes_of) {
            if asked[class] < FEW {
                self.cosines(class, vector, vocabulary, &mut room);
                room[usize::from(asked[class])] = 0.0;
                sums[class] += room.iter().copied().fold(0.0, f32::max);
                asked[class] += 1;
            }
        }
        sums.iter().zip(&asked).map(|(sum, asked)| sum / f32::from(*asked).max(1.0)).collect()
    }

    /// The cosine to each example of a class.
    fn cosines(&self, class: usize, vector: &Vector, vocabulary: &Vocabulary, room: &mut Vec<f32>) {
        room.clear();
        room.resize(usize::from(MOST), 0.0);
        let class = u16::try_from(class).unwrap_or(u16::MAX);
        let mut squares = 0.0;
        for (number, value) in of_words(vector, vocabulary) {
            squares += value * value;
            let number = number as usize;
            let list =
                &self.holders[self.starts[number] as usize..self.starts[number + 1] as usize];
            let first = list.partition_point(|holder| holder.class < class);
            for holder in list[first..].iter().take_while(|holder| holder.class == class) {
                room[usize::from(holder.example)] += value * holder.value;
            }
        }
        if squares > 0.0 {
            let length = squares.sqrt();
            for cosine in room.iter_mut() {
                *cosine /= length;
            }
        }
    }
}

/// The entries of words and pairs of neighbours.
fn of_words<'a>(
    vector: &'a Vector,
    vocabulary: &'a Vocabulary,
) -> impl Iterator<Item = (u32, f32)> + 'a {
    vector.entries.iter().copied().filter(|(number, _)| vocabulary.is_of_words(*number))
}

/// How long the vector of the words alone is.
fn length_of_words(vector: &Vector, vocabulary: &Vocabulary) -> f32 {
    let squares: f32 = of_words(vector, vocabulary).map(|(_, value)| value * value).sum();
    if squares > 0.0 { squares.sqrt() } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::super::features::{Gram, Scale, grams};
    use super::*;

    #[test]
    fn the_nearest_of_the_class_counts_and_no_other() {
        let texts: Vec<_> = ["mio ordine", "dove ordine", "voglio rimborso"].map(grams).into();
        let texts: Vec<&[Gram]> = texts.iter().map(Vec::as_slice).collect();
        let vocabulary = Vocabulary::learn(&texts, Scale::Few);
        let all: Vec<_> = texts.iter().map(|text| vocabulary.vector(text)).collect();
        let vectors: Vec<&Vector> = all.iter().collect();
        let members = Members::list(&vectors, &[1, 1, 0], &vocabulary);
        let mut room = Vec::new();
        let mut near = |class, text: &str| {
            members.nearest(class, &vocabulary.vector(&grams(text)), &vocabulary, &mut room)
        };
        assert!((near(1, "dove ordine") - 1.0).abs() < 1e-5);
        assert!(near(1, "ordine") > 0.3 && near(1, "ordine") < 0.9);
        for (class, text) in [(0, "dove ordine"), (1, "rimborso"), (2, "ordine"), (1, "xyz")] {
            assert!(near(class, text).abs() < 1e-6, "{class} {text}");
        }
        let usual = members.usual(&vectors, &[1, 1, 0], 3, &vocabulary);
        assert!(usual[1] > 0.05 && usual[1] < 0.9, "{usual:?}");
        assert!(usual[0].abs() < 1e-6 && usual[2].abs() < 1e-6, "{usual:?}");
    }
}
