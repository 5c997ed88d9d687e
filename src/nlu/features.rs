//! What a text is made of: words, pairs of neighbouring words, and runs of 2 to 4 characters
//! within a word, each hashed once to 64 bits; and how much each of them tells (inverse document
//! frequency), as a vector of length one.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::fold::words;

const SHORTEST_RUN: usize = 2;
const LONGEST_RUN: usize = 4;

/// What kind of thing was hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// One word.
    Word,
    /// Two neighbouring words.
    Pair,
    /// A run of characters, the blanks around the word included.
    Run,
}

/// How much there is to learn from: what helps with few examples costs more than it brings with many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Up to some thousands.
    Few,
    /// More.
    Many,
}

impl Kind {
    /// A pair of neighbours says more than either word. Where there are examples enough to know the
    /// words, runs of characters say less.
    const fn weight(self, scale: Scale) -> f32 {
        match (self, scale) {
            (Self::Pair, _) => 1.3,
            (Self::Run, Scale::Many) => 0.7,
            (Self::Run, Scale::Few) | (Self::Word, _) => 1.0,
        }
    }
}

/// One thing that a text is made of, and how often it stands there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gram {
    pub(super) hash: u64,
    pub(super) kind: Kind,
    pub(super) count: f32,
}

/// Everything that a folded text is made of, each once, in the order of their first places.
pub(super) fn grams(folded: &str) -> Vec<Gram> {
    let mut parts = Parts::default();
    parts.take(folded);
    parts.grams
}

/// A text taken apart, and the room that this needs; kept, it need not be made anew for each text.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// What was found in the last text.
    pub(super) grams: Vec<Gram>,
    letters: Vec<char>,
    /// Open addresses: a place in `grams` and one, if the stamp is that of this text.
    places: Vec<(u32, u32)>,
    stamp: u32,
}

impl Parts {
    /// Takes a folded text apart.
    pub(super) fn take(&mut self, folded: &str) {
        self.clear(6 * folded.len() + 8);
        let mut letters = std::mem::take(&mut self.letters);
        let mut previous = None;
        for word in words(folded) {
            letters.clear();
            letters.push(' ');
            letters.extend(word.chars());
            letters.push(' ');
            let hash = letters.iter().fold(WORD_SEED, |hash, &c| step(hash, c));
            self.add(finish(hash), Kind::Word);
            if let Some(previous) = previous {
                self.add(finish(hash ^ finish(previous)), Kind::Pair);
            }
            previous = Some(hash);
            self.runs(&letters);
        }
        self.letters = letters;
    }

    /// Forgets the last text and makes room for so many grams: never more than half is taken.
    fn clear(&mut self, most: usize) {
        self.grams.clear();
        if self.places.len() < most {
            self.places = vec![(0, 0); most.next_power_of_two()];
            self.stamp = 0;
        }
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.places.fill((0, 0));
            self.stamp = 1;
        }
    }

    fn runs(&mut self, letters: &[char]) {
        for start in 0..letters.len() {
            let mut hash = RUN_SEED;
            let end = letters.len().min(start + LONGEST_RUN);
            for (length, &letter) in letters[start..end].iter().enumerate() {
                hash = step(hash, letter);
                if length + 1 >= SHORTEST_RUN {
                    self.add(finish(hash), Kind::Run);
                }
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "the low bits are the place")]
    fn add(&mut self, hash: u64, kind: Kind) {
        let mask = self.places.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let (stamp, place) = self.places[at];
            if stamp != self.stamp {
                self.places[at] = (self.stamp, self.grams.len() as u32);
                self.grams.push(Gram { hash, kind, count: 1.0 });
                return;
            }
            let there = &mut self.grams[place as usize];
            if there.hash == hash {
                there.count += 1.0;
                return;
            }
            at = (at + 1) & mask;
        }
    }
}

const WORD_SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const RUN_SEED: u64 = 0xc2b2_ae3d_27d4_eb4f;

const fn step(hash: u64, letter: char) -> u64 {
    (hash ^ letter as u64).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(17)
}

const fn finish(hash: u64) -> u64 {
    let mixed = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The grams of a training set, numbered, with what each tells.
#[derive(Debug)]
pub(super) struct Vocabulary {
    numbers: HashMap<u64, u32, BuildHasherDefault<AsIs>>,
    /// By number: what it tells, and its kind.
    grams: Vec<(f32, Kind)>,
    unknown: f32,
    scale: Scale,
}

impl Vocabulary {
    /// Numbers the grams; of many texts only those that stand in two at least.
    pub(super) fn learn(texts: &[&[Gram]], scale: Scale) -> Self {
        let least = if scale == Scale::Few { 1 } else { 2 };
        let mut seen: HashMap<u64, u32, BuildHasherDefault<AsIs>> = HashMap::default();
        for gram in texts.iter().copied().flatten() {
            *seen.entry(gram.hash).or_default() += 1;
        }
        let all = texts.len() as f32 + 1.0;
        let mut numbers =
            HashMap::with_capacity_and_hasher(seen.len(), BuildHasherDefault::default());
        let mut known = Vec::with_capacity(seen.len());
        for gram in texts.iter().copied().flatten() {
            let count = seen.get(&gram.hash).copied().unwrap_or_default();
            if count >= least && !numbers.contains_key(&gram.hash) {
                numbers.insert(gram.hash, u32::try_from(known.len()).unwrap_or(u32::MAX));
                known.push(((all / (count as f32 + 1.0)).ln() + 1.0, gram.kind));
            }
        }
        Self { numbers, grams: known, unknown: all.ln() + 1.0, scale }
    }

    /// How many grams are known.
    pub(super) fn len(&self) -> usize {
        self.grams.len()
    }

    /// What it takes in memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let slot = size_of::<(u64, u32)>() + 1;
        self.numbers.capacity() * slot + size_of_val(self.grams.as_slice())
    }

    /// The text as a vector of length one over the known grams.
    pub(super) fn vector(&self, grams: &[Gram]) -> Vector {
        let mut vector = Vector::default();
        self.fill(grams, &mut vector);
        vector.entries.shrink_to_fit();
        vector
    }

    /// As `vector`, into one that is there already.
    pub(super) fn fill(&self, grams: &[Gram], vector: &mut Vector) {
        let entries = &mut vector.entries;
        entries.clear();
        let mut told = Told::default();
        for gram in grams {
            let number = self.numbers.get(&gram.hash).copied();
            let tells = number.map_or(self.unknown, |number| self.grams[number as usize].0);
            told.add(gram.kind, tells);
            if let Some(number) = number {
                entries.push((number, gram.count * tells * gram.kind.weight(self.scale)));
            }
        }
        vector.length = normalise(entries);
        vector.told = told;
    }

    /// Whether a gram is a word or a pair of neighbours.
    pub(super) fn is_of_words(&self, number: u32) -> bool {
        self.grams.get(number as usize).is_some_and(|(_, kind)| *kind != Kind::Run)
    }

    /// What those grams of a text tell that are known and pass the test, out of all that it tells.
    pub(super) fn share(&self, vector: &Vector, passes: impl Fn(u32) -> bool) -> Told {
        let mut told = Told::default();
        for &(number, _) in vector.entries.iter().filter(|(number, _)| passes(*number)) {
            let (tells, kind) = self.grams[number as usize];
            told.add(kind, tells);
        }
        told.of(vector.told)
    }
}

/// One text over the known grams.
#[derive(Debug, Default)]
pub(super) struct Vector {
    /// Gram numbers and values; the squares of the values add up to one (or there are none).
    pub(super) entries: Vec<(u32, f32)>,
    /// What all its grams tell, the unknown ones included.
    pub(super) told: Told,
    /// How long it was before.
    pub(super) length: f32,
}

/// What words and character runs tell.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    pub(super) words: f32,
    pub(super) runs: f32,
}

impl Told {
    const fn add(&mut self, kind: Kind, tells: f32) {
        match kind {
            Kind::Word => self.words += tells,
            Kind::Run => self.runs += tells,
            Kind::Pair => {}
        }
    }

    /// As a share of all, 0 to 1.
    fn of(self, all: Self) -> Self {
        let share = |part: f32, all: f32| if all > 0.0 { part / all } else { 0.0 };
        Self { words: share(self.words, all.words), runs: share(self.runs, all.runs) }
    }
}

/// Scales the values to length one; returns how long they were.
pub(super) fn normalise(entries: &mut [(u32, f32)]) -> f32 {
    let length = entries.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        for (_, value) in entries {
            *value /= length;
        }
    }
    length
}

/// Hashes that are mixed already need no second hashing.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str, kind: Kind) -> usize {
        grams(text).iter().filter(|gram| gram.kind == kind).count()
    }

    #[test]
    fn a_text_is_words_pairs_and_runs() {
        assert_eq!(count("il mio ordine", Kind::Word), 3);
        assert_eq!(count("il mio ordine", Kind::Pair), 2);
        // " il ": " i", "il", "l ", " il", "il ", " il ".
        assert_eq!(count("il", Kind::Run), 6);
        let word = grams("ciao ciao").iter().find(|g| g.kind == Kind::Word).unwrap().count;
        assert!((word - 2.0).abs() < f32::EPSILON);
        assert!(grams(" ?! ").is_empty());
    }

    #[test]
    fn rare_grams_tell_more_and_vectors_have_length_one() {
        let texts: Vec<_> = ["dove ordine", "dove reso", "dove pacco"].map(grams).into();
        let texts: Vec<&[Gram]> = texts.iter().map(Vec::as_slice).collect();
        let vocabulary = Vocabulary::learn(&texts, Scale::Few);
        let value = |word: &str| {
            let hash = grams(word).iter().find(|g| g.kind == Kind::Word).unwrap().hash;
            vocabulary.grams[vocabulary.numbers[&hash] as usize].0
        };
        assert!(value("reso") > value("dove"));
        let vector = vocabulary.vector(&grams("dove reso xyz"));
        let length: f32 = vector.entries.iter().map(|(_, v)| v * v).sum();
        assert!((length - 1.0).abs() < 1e-4);
        let known = vocabulary.share(&vector, |_| true).words;
        assert!(known > 0.4 && known < 0.7, "{known}");
        let unknown = vocabulary.vector(&grams("xyz"));
        assert!(vocabulary.share(&unknown, |_| true).words <= 0.0);
    }
}
