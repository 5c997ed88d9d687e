//! How similar a text is to the nearest example of one class: for sets too large to ask for every
//! example.

use super::features::{Vector, Vocabulary, normalise};

/// Of a larger class, only so many examples are compared.
const MOST: usize = 256;
/// So many examples of a class show how close it is.
const FEW: usize = 16;
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
    pub(super) fn gather(
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
        let asked = Asked::of(vocabulary.of_words(vector).collect());
        self.of(class).map(|at| self.cosine(at, &asked)).fold(0.0, f32::max)
    }

    /// By class: the cosine of its examples to the nearest of the others, on average of the first few.
    pub(super) fn usual(&self, classes: usize) -> Vec<f32> {
        let usual = |class| {
            let first = self.of(class).take(FEW);
            let size = first.len().max(1) as f32;
            let nearest = first.map(|example| {
                let asked = Asked::of(self.entries[self.range(example)].to_vec());
                let others = self.of(class).filter(|other| *other != example);
                others.map(|other| self.cosine(other, &asked)).fold(0.0, f32::max)
            });
            nearest.sum::<f32>() / size
        };
        (0..classes).map(usual).collect()
    }

    /// The examples of a class.
    fn of(&self, class: usize) -> std::ops::Range<usize> {
        match self.starts.get(class..class + 2) {
            Some(&[first, last]) => first..last,
            _ => 0..0,
        }
    }

    /// Where the entries of an example are.
    fn range(&self, example: usize) -> std::ops::Range<usize> {
        let from = if example == 0 { 0 } else { self.ends[example - 1] };
        from..self.ends[example]
    }

    fn cosine(&self, example: usize, asked: &Asked) -> f32 {
        let entries = &self.entries[self.range(example)];
        entries.iter().map(|(number, value)| value * asked.value(*number)).sum()
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
        let members = Members::gather(&vectors, &[1, 1, 0], 3, &vocabulary);
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
