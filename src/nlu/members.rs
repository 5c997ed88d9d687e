//! How similar a text is to the nearest example of one class: for sets too large to ask for every
//! example.

use super::features::{Vector, Vocabulary, normalise};

/// Of a larger class, only so many examples are compared.
const MOST: usize = 256;
const EMPTY: u32 = u32::MAX;

/// The training examples, class by class.
#[derive(Debug)]
pub(super) struct Members {
    /// By class: where its examples start in `ends`; one entry more than classes.
    starts: Vec<usize>,
    /// By example, in the order of the classes: where its entries end.
    ends: Vec<usize>,
    entries: Vec<(u32, f32)>,
}

impl Members {
    /// Gathers the examples of each class.
    pub(super) fn of(
        vectors: &[&Vector],
        classes_of: &[usize],
        classes: usize,
        vocabulary: &Vocabulary,
    ) -> Self {
        let mut by_class: Vec<Vec<usize>> = vec![Vec::new(); classes];
        for (example, &class) in classes_of.iter().enumerate() {
            if by_class[class].len() < MOST {
                by_class[class].push(example);
            }
        }
        let mut members = Self { starts: vec![0], ends: Vec::new(), entries: Vec::new() };
        for examples in by_class {
            for example in examples {
                members.add(vectors[example], vocabulary);
                members.ends.push(members.entries.len());
            }
            members.starts.push(members.ends.len());
        }
        members
    }

    /// Only what words tell: character runs are many, and say little more here.
    fn add(&mut self, vector: &Vector, vocabulary: &Vocabulary) {
        let from = self.entries.len();
        self.entries.extend(vocabulary.of_words(vector));
        normalise(&mut self.entries[from..]);
    }

    /// What it takes in memory, in bytes.
    pub(super) const fn bytes(&self) -> usize {
        size_of_val(self.starts.as_slice())
            + size_of_val(self.ends.as_slice())
            + size_of_val(self.entries.as_slice())
    }

    /// The cosine to the nearest example of a class.
    pub(super) fn nearest(&self, class: usize, vector: &Vector, vocabulary: &Vocabulary) -> f32 {
        let Some(&[first, last]) = self.starts.get(class..class + 2).and_then(|s| s.first_chunk())
        else {
            return 0.0;
        };
        let asked = Asked::of(vocabulary.of_words(vector).collect());
        let mut from = if first == 0 { 0 } else { self.ends[first - 1] };
        self.ends[first..last].iter().fold(0.0, |best: f32, &end| {
            let cosine = self.entries[from..end].iter().map(|(n, value)| value * asked.value(*n));
            from = end;
            best.max(cosine.sum())
        })
    }
}

/// The values of a text, to be looked up by gram: open addresses, at most half of them taken.
struct Asked {
    slots: Vec<(u32, f32)>,
    mask: usize,
}

impl Asked {
    fn of(mut entries: Vec<(u32, f32)>) -> Self {
        normalise(&mut entries);
        let size = (2 * entries.len()).next_power_of_two().max(2);
        let mut asked = Self { slots: vec![(EMPTY, 0.0); size], mask: size - 1 };
        for (number, value) in entries {
            let mut at = number as usize & asked.mask;
            while asked.slots[at].0 != EMPTY {
                at = (at + 1) & asked.mask;
            }
            asked.slots[at] = (number, value);
        }
        asked
    }

    fn value(&self, number: u32) -> f32 {
        let mut at = number as usize & self.mask;
        loop {
            let (there, value) = self.slots[at];
            if there == number {
                return value;
            }
            if there == EMPTY {
                return 0.0;
            }
            at = (at + 1) & self.mask;
        }
    }
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
        let members = Members::of(&vectors, &[1, 1, 0], 3, &vocabulary);
        let near = |class, text: &str| {
            members.nearest(class, &vocabulary.vector(&grams(text)), &vocabulary)
        };
        assert!((near(1, "dove ordine") - 1.0).abs() < 1e-5);
        assert!(near(1, "ordine") > 0.3 && near(1, "ordine") < 0.9);
        for (class, text) in [(0, "dove ordine"), (1, "rimborso"), (2, "ordine"), (1, "xyz")] {
            assert!(near(class, text).abs() < 1e-6, "{class} {text}");
        }
    }
}
