//! How alike texts are: the cosine of their words and runs of letters, the rarer the heavier.
//! Deterministic, and without the engine, whose business is what a text means.

use std::collections::HashMap;

use crate::nlu::plain_words;

/// Runs of this many letters count beside the words.
const RUN: usize = 3;
/// What a run weighs beside a word.
const RUN_WEIGHT: f32 = 0.5;
/// What more texts than this hold tells nothing of any of them.
const MOST_LISTED: usize = 1_000;

/// Texts that can be compared.
#[derive(Debug)]
pub(super) struct Likeness {
    vectors: Vec<Vec<(u32, f32)>>,
    lists: Vec<Vec<(u32, f32)>>,
}

/// The words and runs of a text with their weights; a number is any number.
fn features(text: &str) -> Vec<(String, f32)> {
    let mut all = Vec::new();
    for word in plain_words(text).split(' ').filter(|word| !word.is_empty()) {
        if word.chars().any(|c| c.is_ascii_digit()) {
            all.push(("#".to_owned(), 1.0));
            continue;
        }
        let padded: Vec<char> = format!(" {word} ").chars().collect();
        all.extend(padded.windows(RUN).map(|run| (run.iter().collect(), RUN_WEIGHT)));
        all.push((format!("={word}"), 1.0));
    }
    all
}

impl Likeness {
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut ids: HashMap<String, u32> = HashMap::new();
        let mut counts: Vec<usize> = Vec::new();
        let mut vectors: Vec<Vec<(u32, f32)>> = Vec::new();
        for text in texts {
            let mut weights: Vec<(u32, f32)> = Vec::new();
            for (feature, weight) in features(text) {
                let next = u32::try_from(ids.len()).unwrap_or(u32::MAX);
                weights.push((*ids.entry(feature).or_insert(next), weight));
            }
            weights.sort_by_key(|(id, _)| *id);
            weights.dedup_by(|other, kept| {
                let same = other.0 == kept.0;
                kept.1 += if same { other.1 } else { 0.0 };
                same
            });
            counts.resize(ids.len(), 0);
            for (id, _) in &weights {
                counts[*id as usize] += 1;
            }
            vectors.push(weights);
        }
        Self::weighed(vectors, &counts)
    }

    fn weighed(mut vectors: Vec<Vec<(u32, f32)>>, counts: &[usize]) -> Self {
        let total = vectors.len() as f32;
        let mut lists = vec![Vec::new(); counts.len()];
        for (text, vector) in (0_u32..).zip(&mut vectors) {
            for (id, weight) in vector.iter_mut() {
                *weight *= (1.0 + total / counts[*id as usize] as f32).ln();
            }
            let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
            for (id, weight) in vector.iter_mut() {
                *weight /= length.max(f32::MIN_POSITIVE);
                if counts[*id as usize] <= MOST_LISTED {
                    lists[*id as usize].push((text, *weight));
                }
            }
        }
        Self { vectors, lists }
    }

    /// The cosine of one text to every text, in their order.
    pub(super) fn to_all(&self, text: usize) -> Vec<f32> {
        let mut scores = vec![0.0; self.vectors.len()];
        for (id, weight) in self.vectors.get(text).into_iter().flatten() {
            for (other, theirs) in &self.lists[*id as usize] {
                scores[*other as usize] += weight * theirs;
            }
        }
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_as_alike_as_what_tells_in_them() {
        let texts = [
            "dov'è il mio ordine",
            "Dove il mio ORDINE!",
            "dov'è il mio rimborso",
            "che tempo fa",
            "ordine AB123456",
            "ordine CD999999",
            "",
        ];
        let likeness = Likeness::of(texts.into_iter());
        let first = likeness.to_all(0);
        assert!((first[0] - 1.0).abs() < 1e-5, "{first:?}");
        assert!(first[1] > 0.5 && first[2] > 0.5 && first[3] < 0.01, "{first:?}");
        assert!((likeness.to_all(4)[5] - 1.0).abs() < 1e-5);
        assert!(likeness.to_all(6).iter().all(|score| *score == 0.0));
        assert!(likeness.to_all(99).iter().all(|score| *score == 0.0));
    }
}
