//! In which classes a gram was seen.

use super::features::Vector;

/// The classes of each gram, one bit each.
#[derive(Debug)]
pub(super) struct Presence {
    /// Bytes a gram.
    width: usize,
    bits: Vec<u8>,
}

impl Presence {
    /// Gathers the classes of the examples of each gram.
    pub(super) fn of(
        vectors: &[&Vector],
        classes_of: &[usize],
        classes: usize,
        grams: usize,
    ) -> Self {
        let width = classes.div_ceil(8);
        let mut bits = vec![0; grams * width];
        for (vector, &class) in vectors.iter().zip(classes_of) {
            for (number, _) in &vector.entries {
                bits[*number as usize * width + class / 8] |= 1 << (class % 8);
            }
        }
        Self { width, bits }
    }

    /// What it takes in memory, in bytes.
    pub(super) const fn bytes(&self) -> usize {
        size_of_val(self.bits.as_slice())
    }

    /// Whether the gram stands in an example of the class.
    pub(super) fn has(&self, gram: u32, class: usize) -> bool {
        let byte = self.bits.get(gram as usize * self.width + class / 8);
        byte.is_some_and(|byte| byte & (1 << (class % 8)) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::features::Told;
    use super::*;

    #[test]
    fn a_gram_is_present_where_it_was_seen() {
        let vector = |numbers: &[u32]| Vector {
            entries: numbers.iter().map(|number| (*number, 1.0)).collect(),
            told: Told::default(),
            length: 1.0,
        };
        let all = [vector(&[0, 2]), vector(&[2]), vector(&[2, 1])];
        let vectors: Vec<&Vector> = all.iter().collect();
        let presence = Presence::of(&vectors, &[1, 1, 4], 6, 4);
        let classes = |gram| (0..6).filter(|class| presence.has(gram, *class)).collect::<Vec<_>>();
        assert_eq!(classes(0), [1]);
        assert_eq!(classes(1), [4]);
        assert_eq!(classes(2), [1, 4]);
        assert_eq!(classes(3), Vec::<usize>::new());
    }
}
