use super::*;
use crate::dialogue::Wait;
use crate::domain::conversation::Owner;
use crate::domain::id::LookupId;
use crate::domain::source::SourceFile;
use crate::domain::time::UtcMillis;
use crate::knowledge::load;

fn knowledge() -> Arc<Knowledge> {
    let text = include_str!("../../../tests/it/fixtures/shop/shop.yaml").to_owned();
    let file = SourceFile { name: "shop.yaml".to_owned(), text };
    Arc::new(load::build(&[file]).unwrap().knowledge)
}

fn overheard(knowledge: &Arc<Knowledge>, text: &str) -> Overheard {
    let facts = Facts {
        now: UtcMillis(0),
        owner: Owner::Bot,
        language: None,
        reopenable: false,
        wait: Wait::Unknown,
        lookup_id: LookupId(Uuid::nil()),
    };
    let (knowledge, input) = (Arc::clone(knowledge), Input::Text(text.to_owned()));
    Overheard { knowledge, state: State::default(), input, facts, cause: None }
}

#[test]
fn what_does_not_fit_is_skipped_and_counted() {
    let (shadow, knowledge) = (Shadow::default(), knowledge());
    for _ in 0..MOST_WAITING + 3 {
        shadow.hear(overheard(&knowledge, "orari"));
    }
    let (turns, skipped) = shadow.take();
    assert_eq!((turns.len(), skipped), (MOST_WAITING, 3));
    assert_eq!(shadow.take().1, 0, "told once");

    shadow.hear(overheard(&knowledge, &"a".repeat(MOST_BYTES)));
    shadow.hear(overheard(&knowledge, "b"));
    let (turns, skipped) = shadow.take();
    assert_eq!((turns.len(), skipped), (1, 1), "long words fill the queue too");
    shadow.hear(overheard(&knowledge, "b"));
    assert_eq!(shadow.take().0.len(), 1, "and leave it");
}
