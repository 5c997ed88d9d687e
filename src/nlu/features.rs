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
        let mut entries = Vec::with_capacity(grams.len());
        let mut told = Told::default();
        for gram in grams {
            let number = self.numbers.get(&gram.hash).copied();
            let tells = number.map_or(self.unknown, |number| self.grams[number as usize].0);
            told.add(gram.kind, tells);
            if let Some(number) = number {
                entries.push((number, gram.count * tells * gram.kind.weight(self.scale)));
            }
        }
        let length = normalise(&mut entries);
        Vector { entries, told, length }
    }

    /// The entries of words and pairs of neighbours.
    pub(super) fn of_words<'a>(
        &'a self,
        vector: &'a Vector,
    ) -> impl Iterator<Item = (u32, f32)> + 'a {
        let is_word =
            |number: u32| matches!(self.grams[number as usize].1, Kind::Word | Kind::Pair);
        vector.entries.iter().copied().filter(move |(number, _)| is_word(*number))
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
#[derive(Debug)]
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
