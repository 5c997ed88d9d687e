//! What a text is made of: words, pairs of neighbouring words, and runs of 2 to 4 characters
//! within a word, each hashed once to 64 bits; and how much each of them tells (inverse document
//! frequency), as a vector of length one.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::fold::words;

/// A pair of words says more than either.
const PAIR_WEIGHT: f32 = 1.3;
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

/// One thing that a text is made of, and how often it stands there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gram {
    pub(super) hash: u64,
    pub(super) kind: Kind,
    pub(super) count: f32,
}

/// Everything that a folded text is made of, each once, in the order of the hashes.
pub(super) fn grams(folded: &str) -> Vec<Gram> {
    let mut hashes = Vec::with_capacity(folded.len() * 4);
    let mut letters = Vec::new();
    let mut previous = None;
    for word in words(folded) {
        letters.clear();
        letters.push(' ');
        letters.extend(word.chars());
        letters.push(' ');
        let hash = letters.iter().fold(WORD_SEED, |hash, &c| step(hash, c));
        hashes.push((finish(hash), Kind::Word));
        if let Some(previous) = previous {
            hashes.push((finish(hash ^ finish(previous)), Kind::Pair));
        }
        previous = Some(hash);
        runs(&letters, &mut hashes);
    }
    counted(hashes)
}

fn runs(letters: &[char], hashes: &mut Vec<(u64, Kind)>) {
    for start in 0..letters.len() {
        let mut hash = RUN_SEED;
        let end = letters.len().min(start + LONGEST_RUN);
        for (length, &letter) in letters[start..end].iter().enumerate() {
            hash = step(hash, letter);
            if length + 1 >= SHORTEST_RUN {
                hashes.push((finish(hash), Kind::Run));
            }
        }
    }
}

fn counted(mut hashes: Vec<(u64, Kind)>) -> Vec<Gram> {
    hashes.sort_unstable();
    let mut grams: Vec<Gram> = Vec::with_capacity(hashes.len());
    for (hash, kind) in hashes {
        match grams.last_mut() {
            Some(last) if last.hash == hash => last.count += 1.0,
            _ => grams.push(Gram { hash, kind, count: 1.0 }),
        }
    }
    grams.shrink_to_fit();
    grams
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
    tells: Vec<f32>,
    unknown: f32,
}

impl Vocabulary {
    /// Numbers the grams that stand in at least `least` of the texts.
    pub(super) fn learn(texts: &[&[Gram]], least: u32) -> Self {
        let mut seen: HashMap<u64, u32, BuildHasherDefault<AsIs>> = HashMap::default();
        for gram in texts.iter().copied().flatten() {
            *seen.entry(gram.hash).or_default() += 1;
        }
        let all = texts.len() as f32 + 1.0;
        let mut numbers =
            HashMap::with_capacity_and_hasher(seen.len(), BuildHasherDefault::default());
        let mut tells = Vec::with_capacity(seen.len());
        for gram in texts.iter().copied().flatten() {
            let count = seen.get(&gram.hash).copied().unwrap_or_default();
            if count >= least && !numbers.contains_key(&gram.hash) {
                numbers.insert(gram.hash, u32::try_from(tells.len()).unwrap_or(u32::MAX));
                tells.push((all / (count as f32 + 1.0)).ln() + 1.0);
            }
        }
        Self { numbers, tells, unknown: all.ln() + 1.0 }
    }

    /// How many grams are known.
    pub(super) fn len(&self) -> usize {
        self.tells.len()
    }

    /// The text as a vector of length one over the known grams.
    pub(super) fn vector(&self, grams: &[Gram]) -> Vector {
        let mut entries = Vec::with_capacity(grams.len());
        let mut runs = Share::default();
        let mut words = Share::default();
        for gram in grams {
            let number = self.numbers.get(&gram.hash).copied();
            let tells = number.map_or(self.unknown, |number| self.tells[number as usize]);
            match gram.kind {
                Kind::Word => words.add(tells, number.is_some()),
                Kind::Run => runs.add(tells, number.is_some()),
                Kind::Pair => {}
            }
            if let Some(number) = number {
                let weight = if gram.kind == Kind::Pair { PAIR_WEIGHT } else { 1.0 };
                entries.push((number, gram.count * tells * weight));
            }
        }
        normalise(&mut entries);
        Vector { entries, known_runs: runs.of_all(), known_words: words.of_all() }
    }
}

/// One text over the known grams.
#[derive(Debug)]
pub(super) struct Vector {
    /// Gram numbers and values; the squares of the values add up to one (or there are none).
    pub(super) entries: Vec<(u32, f32)>,
    /// The share of what the character runs tell that is known, 0 to 1.
    pub(super) known_runs: f32,
    /// The share of what the words tell that is known, 0 to 1.
    pub(super) known_words: f32,
}

#[derive(Default)]
struct Share {
    known: f32,
    all: f32,
}

impl Share {
    fn add(&mut self, tells: f32, known: bool) {
        self.all += tells;
        self.known += if known { tells } else { 0.0 };
    }

    fn of_all(&self) -> f32 {
        if self.all > 0.0 { self.known / self.all } else { 0.0 }
    }
}

/// Scales the values to length one.
pub(super) fn normalise(entries: &mut [(u32, f32)]) {
    let length = entries.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        for (_, value) in entries {
            *value /= length;
        }
    }
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
        let vocabulary = Vocabulary::learn(&texts, 1);
        let value = |word: &str| {
            let hash = grams(word).iter().find(|g| g.kind == Kind::Word).unwrap().hash;
            vocabulary.tells[vocabulary.numbers[&hash] as usize]
        };
        assert!(value("reso") > value("dove"));
        let vector = vocabulary.vector(&grams("dove reso xyz"));
        let length: f32 = vector.entries.iter().map(|(_, v)| v * v).sum();
        assert!((length - 1.0).abs() < 1e-4);
        assert!(vector.known_words > 0.4 && vector.known_words < 0.7, "{}", vector.known_words);
        assert!(vocabulary.vector(&grams("xyz")).known_words <= 0.0);
    }
}
