//! In which classes a gram was seen.

use super::features::Vector;

/// The classes of each gram, in order.
#[derive(Debug)]
pub(super) struct Presence {
    /// Where each gram's classes start; one entry more than grams.
    starts: Vec<u32>,
    classes: Vec<u16>,
}

impl Presence {
    /// Gathers the classes of the examples of each gram. Classes beyond 65,535 count as the last.
    pub(super) fn of(vectors: &[&Vector], classes_of: &[usize], grams: usize) -> Self {
        let mut seen: Vec<(u32, u16)> = vectors
            .iter()
            .zip(classes_of)
            .flat_map(|(vector, &class)| {
                let class = u16::try_from(class).unwrap_or(u16::MAX);
                vector.entries.iter().map(move |(number, _)| (*number, class))
            })
            .collect();
        seen.sort_unstable();
        seen.dedup();
        let mut starts = vec![0_u32; grams + 1];
        for (number, _) in &seen {
            starts[*number as usize + 1] += 1;
        }
        for gram in 0..grams {
            starts[gram + 1] += starts[gram];
        }
        Self { starts, classes: seen.into_iter().map(|(_, class)| class).collect() }
    }

    /// What it takes in memory, in bytes.
    pub(super) const fn bytes(&self) -> usize {
        size_of_val(self.starts.as_slice()) + size_of_val(self.classes.as_slice())
    }

    /// Whether the gram stands in an example of the class.
    pub(super) fn has(&self, gram: u32, class: usize) -> bool {
        let class = u16::try_from(class).unwrap_or(u16::MAX);
        let gram = gram as usize;
        let range = self.starts[gram] as usize..self.starts[gram + 1] as usize;
        self.classes[range].binary_search(&class).is_ok()
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
        let presence = Presence::of(&vectors, &[1, 1, 4], 4);
        let classes = |gram| (0..6).filter(|class| presence.has(gram, *class)).collect::<Vec<_>>();
        assert_eq!(classes(0), [1]);
        assert_eq!(classes(1), [4]);
        assert_eq!(classes(2), [1, 4]);
        assert_eq!(classes(3), Vec::<usize>::new());
    }
}
