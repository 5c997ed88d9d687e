//! Texts that say the same, put together. Deterministic: the same texts give the same clusters.

use super::likeness::Likeness;

/// From this cosine on, two texts ask for the same.
const ALIKE: f32 = 0.33;

/// Puts texts together, given how much each counts: the places of the members of each cluster, its
/// middle first. Texts of different kinds never meet. `background` are other texts, which show what
/// words are usual.
pub(super) fn clusters(
    texts: &[&str],
    weights: &[u64],
    kinds: &[usize],
    background: &[&str],
) -> Vec<Vec<usize>> {
    let likeness = Likeness::of(texts.iter().chain(background).copied());
    let alike: Vec<Vec<(usize, f32)>> = (0..texts.len())
        .map(|at| {
            let scores = likeness.to_all(at).into_iter().take(texts.len()).enumerate();
            let near = scores.filter(|(other, score)| {
                *score >= ALIKE && *other != at && kinds.get(*other) == kinds.get(at)
            });
            near.collect()
        })
        .collect();
    let mut free = vec![true; texts.len()];
    let mut found = Vec::new();
    while let Some(middle) = heaviest(texts, weights, &alike, &free) {
        let mut members: Vec<(usize, f32)> =
            alike[middle].iter().copied().filter(|(other, _)| free[*other]).collect();
        members.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let cluster: Vec<usize> =
            std::iter::once(middle).chain(members.into_iter().map(|(at, _)| at)).collect();
        for at in &cluster {
            free[*at] = false;
        }
        found.push(cluster);
    }
    found
}

/// The free text with the most around it.
fn heaviest(
    texts: &[&str],
    weights: &[u64],
    alike: &[Vec<(usize, f32)>],
    free: &[bool],
) -> Option<usize> {
    let weight = |at: usize| {
        let around = alike[at].iter().filter(|(other, _)| free[*other]);
        weights[at] + around.map(|(other, _)| weights[*other]).sum::<u64>()
    };
    let candidates = (0..texts.len()).filter(|at| free[*at]);
    candidates.map(|at| (weight(at), std::cmp::Reverse(texts[at]), at)).max().map(|(.., at)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What customers usually write.
    const USUAL: [&str; 6] = [
        "è possibile far cambiare il nome su un ordine?",
        "vorrei far cambiare una taglia",
        "si può avere la fattura",
        "è possibile avere un rimborso sulla carta",
        "vorrei sapere in che giorni aprite",
        "fate sconti su una candela",
    ];

    #[test]
    fn texts_about_the_same_meet_and_others_do_not() {
        let texts = [
            "si può incidere un nome sulla candela?",
            "spedite in Svizzera?",
            "vorrei incidere un nome su una candela",
            "è possibile far incidere la candela",
            "fate spedizioni in Svizzera",
            "che tempo fa",
            "do you ship to Switzerland",
        ];
        let kinds = [0, 0, 0, 0, 0, 0, 1];
        let found = clusters(&texts, &[1; 7], &kinds, &USUAL);
        let mut sorted: Vec<Vec<usize>> = found
            .iter()
            .map(|cluster| {
                let mut cluster = cluster.clone();
                cluster.sort_unstable();
                cluster
            })
            .collect();
        sorted.sort();
        assert_eq!(sorted, [vec![0, 2, 3], vec![1, 4], vec![5], vec![6]]);
        assert_eq!(found, clusters(&texts, &[1; 7], &kinds, &USUAL));
        assert_eq!(clusters(&[], &[], &[], &USUAL), [[0; 0]; 0]);
    }

    #[test]
    fn what_was_asked_most_comes_first() {
        let texts = ["che tempo fa", "spedite in Svizzera?", "spedite in Svizzera o no"];
        assert_eq!(clusters(&texts, &[9, 1, 1], &[0, 0, 0], &USUAL)[0], [0]);
        assert_eq!(clusters(&texts, &[1, 1, 1], &[0, 0, 0], &USUAL)[0].len(), 2);
    }
}
